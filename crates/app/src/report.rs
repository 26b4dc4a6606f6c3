//! The report of what was published, from the journal of attempts.
//!
//! ```text
//! Attempt + names of environments ─▶ AttemptLine, field by field from an allow-list ─▶ JSON, Markdown
//! ```
//!
//! A field is in the report because it was put there by name. What a server said and what was sent is left out as a
//! whole: nothing else keeps a secret out for certain.

use std::collections::HashMap;

use sealpost_vault::{Attempt, EnvironmentId, Timestamp};

use crate::app::App;
use crate::problem::Problem;
use crate::time::moment;
use crate::views::{AttemptLine, AttemptReport};

impl App {
    /// Every attempt since a time (milliseconds since the epoch; all without one), as rows and as Markdown.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`, `Storage`.
    pub async fn attempt_report(&self, since: Option<i64>) -> Result<AttemptReport, Problem> {
        let now = self.now();
        self.with_session(move |session| {
            let environments = session.vault.environments()?;
            let names: HashMap<_, _> =
                environments.iter().map(|env| (env.id, env.meta.name.as_str())).collect();
            let attempts = session.vault.attempts_since(Timestamp::from_millis(since.unwrap_or(i64::MIN)))?;
            let lines: Vec<_> = attempts.into_iter().map(|attempt| line(attempt, &names)).collect();
            let made_at = moment(now);
            Ok(AttemptReport { markdown: markdown(&made_at, &lines), made_at, attempts: lines })
        })
        .await
    }
}

pub(crate) fn line(attempt: Attempt, names: &HashMap<EnvironmentId, &str>) -> AttemptLine {
    let outcome = attempt.outcome.unwrap_or_default();
    let name = names.get(&attempt.environment).map(|name| (*name).to_owned());
    AttemptLine {
        id: attempt.id.to_string(),
        at: moment(attempt.started_at.as_millis()),
        action: attempt.action.as_str().to_owned(),
        state: attempt.state.as_str().to_owned(),
        name: attempt.intent.name,
        draft_id: attempt.draft.to_string(),
        revision: attempt.draft_revision,
        environment: name.unwrap_or_else(|| attempt.environment.to_string()),
        remote_id: outcome.remote_id.or(attempt.intent.remote_id),
        token_owner: attempt.intent.token_owner,
        owner_before: attempt.intent.owner_before,
        owner_after: outcome.owner_after,
        local_user: attempt.intent.local_user,
        status: outcome.status,
        took_ms: attempt.finished_at.map(|_| outcome.took_ms),
    }
}

const HEADS: [&str; 13] = [
    "Time (UTC)",
    "Action",
    "Result",
    "Draft",
    "Revision",
    "Environment",
    "ID",
    "Token of",
    "Owner before",
    "Owner after",
    "User",
    "Took",
    "Attempt",
];

fn markdown(made_at: &str, lines: &[AttemptLine]) -> String {
    let mut out =
        format!("# Sealpost: what was published\n\nMade {made_at} UTC, {} attempts.\n\n", lines.len());
    row(&mut out, HEADS);
    row(&mut out, HEADS.map(|_| "---"));
    for one in lines {
        let result = match one.status {
            Some(status) => format!("{} ({status})", one.state),
            None => one.state.clone(),
        };
        let revision = one.revision.to_string();
        let optional = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        let cells = [
            cell(&one.at),
            cell(&one.action),
            cell(&result),
            cell(&one.name),
            cell(&revision),
            cell(&one.environment),
            optional(&one.remote_id),
            optional(&one.token_owner),
            optional(&one.owner_before),
            optional(&one.owner_after),
            optional(&one.local_user),
            one.took_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
            one.id.clone(),
        ];
        row(&mut out, cells.each_ref().map(String::as_str));
    }
    out
}

fn row<const N: usize>(out: &mut String, cells: [&str; N]) {
    out.push_str("| ");
    out.push_str(&cells.join(" | "));
    out.push_str(" |\n");
}

/// A name can hold anything; in a table it stays one cell of plain text.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use sealpost_vault::{AttemptAction, AttemptId, AttemptIntent, AttemptOutcome, AttemptState, DraftId};

    use super::*;

    fn attempt(name: &str, outcome: Option<AttemptOutcome>) -> Attempt {
        Attempt {
            id: AttemptId::from_bytes([1; 16]),
            draft: DraftId::from_bytes([2; 16]),
            environment: EnvironmentId::from_bytes([3; 16]),
            action: AttemptAction::Create,
            state: if outcome.is_some() { AttemptState::Refused } else { AttemptState::Open },
            draft_revision: 4,
            started_at: Timestamp::from_millis(0),
            finished_at: outcome.as_ref().map(|_| Timestamp::from_millis(9)),
            intent: AttemptIntent {
                name: name.into(),
                token_owner: Some("me".into()),
                ..AttemptIntent::default()
            },
            outcome,
        }
    }

    #[test]
    fn what_a_server_said_is_in_no_report() {
        let outcome = AttemptOutcome {
            status: Some(400),
            message: "zebra-message".into(),
            server_message: Some("zebra-echo".into()),
            took_ms: 9,
            ..AttemptOutcome::default()
        };
        let line = line(attempt("shop", Some(outcome)), &HashMap::new());
        let text = markdown("now", std::slice::from_ref(&line));
        let json = serde_json::to_string(&line).unwrap();
        assert!(!text.contains("zebra") && !json.contains("zebra"), "{text}\n{json}");
        assert!(text.contains("refused (400)") && json.contains("\"tookMs\":9"), "{text}\n{json}");
    }

    #[test]
    fn an_attempt_without_an_outcome_and_without_its_environment_is_still_a_line() {
        let line = line(attempt("shop", None), &HashMap::new());
        assert_eq!((line.state.as_str(), line.took_ms), ("open", None));
        assert_eq!(line.environment, EnvironmentId::from_bytes([3; 16]).to_string());
    }

    #[test]
    fn a_name_stays_one_cell_of_one_row() {
        let odd = "a | b\n| c | <img src=x> [link](x) `code`";
        let line = line(attempt(odd, None), &HashMap::new());
        let text = markdown("now", &[line]);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 3, "{text}");
        assert_eq!(rows[2].replace("\\|", "").matches('|').count(), HEADS.len() + 1, "{text}");
        assert!(!text.contains(" <img") && !text.contains(" [link"), "{text}");
    }
}
