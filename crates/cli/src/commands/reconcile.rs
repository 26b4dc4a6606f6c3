//! Reconcile and adopt: what is there already, and whose it is.

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{ReconcileChoice, ReconcileOutcome, ReconcileView};

use super::{Done, Opened};
use crate::output::{Ended, Out, SOME_FAILED};

impl Opened<'_> {
    pub(super) async fn reconcile(&self, out: &mut Out, choose: &[String]) -> Done {
        let choices = choose.iter().map(|text| choice(text)).collect::<Result<Vec<_>, _>>()?;
        let found = self.0.reconcile(choices).await?;
        let open = found.items.iter().any(|item| {
            matches!(
                item.outcome,
                ReconcileOutcome::Ask | ReconcileOutcome::Unclear | ReconcileOutcome::Unreadable
            )
        });
        let text = out.render(&found, |out| describe(out, &found));
        Ok(if open { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    pub(super) async fn remote_adopt(
        &self,
        out: &mut Out,
        name: &str,
        remote_id: &str,
        draft: Option<&str>,
    ) -> Done {
        let environment = self.environment(name).await?.id;
        let draft = match draft {
            Some(text) => Some(self.find(text).await?),
            None => None,
        };
        let view = self.0.remote_adopt(&environment, remote_id, draft.as_deref()).await?;
        Ok(out.view(&view, |_| match draft {
            Some(_) => format!("Linked {} to {remote_id} in {name}.", view.name),
            None => format!(
                "Made the draft {} from {remote_id} in {name}. Its secrets can't be read there: fill them in before publishing.",
                view.name
            ),
        }))
    }
}

fn choice(text: &str) -> Result<ReconcileChoice, Problem> {
    let Some((attempt, set)) = text.split_once('=') else {
        return Err(Problem::new(
            Code::Invalid,
            format!("{text} is no choice."),
            "Nothing was changed.",
            "Write --choose ATTEMPT=ID, or ATTEMPT=none.",
        ));
    };
    Ok(ReconcileChoice {
        attempt_id: attempt.to_owned(),
        remote_id: Some(set.to_owned()).filter(|set| set != "none"),
    })
}

/// What became of each attempt, for people.
pub(super) fn describe(out: &Out, found: &ReconcileView) -> String {
    let mut lines = Vec::new();
    for item in &found.items {
        let (tone, word) = match item.outcome {
            ReconcileOutcome::Adopted => ("ok", "adopted"),
            ReconcileOutcome::Confirmed => ("ok", "confirmed"),
            ReconcileOutcome::NotArrived => ("ok", "safe to retry"),
            ReconcileOutcome::Ask => ("warn", "choose"),
            ReconcileOutcome::Unclear => ("warn", "unclear"),
            ReconcileOutcome::Unreadable => ("bad", "not read"),
        };
        lines.push(format!(
            "{}  {} in {}: {}",
            out.paint(tone, word),
            item.draft_name,
            item.environment,
            item.message
        ));
        lines.extend(item.candidates.iter().map(|set| {
            format!(
                "      --choose {}={}   owner {}, {}",
                item.attempt_id,
                set.id,
                set.owner,
                set.scopes.join(", ")
            )
        }));
        if !item.candidates.is_empty() {
            lines.push(format!("      --choose {}=none", item.attempt_id));
        }
        if let Some(hint) = &item.hint {
            lines.push(out.paint("dim", &format!("      {hint}")));
        }
    }
    if lines.is_empty() { "Nothing is unresolved.".into() } else { lines.join("\n") }
}
