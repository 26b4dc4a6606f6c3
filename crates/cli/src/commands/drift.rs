//! What differs there, and how it is settled.

use sealpost_app::problem::Code;
use sealpost_app::views::{DriftField, DriftSettlement, DriftView, FieldStanding};

use super::{Done, Opened};
use crate::args::{DriftCommand, DriftFields, DriftListArgs, DriftPlace};
use crate::output::{Ended, Out, SOME_FAILED};
use crate::words;

impl Opened<'_> {
    /// Lists what differs; ends with 3 if anything is open or could not be read.
    pub(super) async fn drift(&self, out: &Out, arguments: &DriftListArgs) -> Done {
        let mut drafts = Vec::new();
        for draft in &arguments.drafts {
            drafts.push(self.find(draft).await?);
        }
        let environment = match &arguments.env {
            Some(name) => Some(self.environment(name).await?.id),
            None => None,
        };
        let mut unread = None;
        if arguments.refresh {
            match self.0.publication_refresh(&drafts).await {
                Err(problem) if problem.code == Code::Network => unread = Some(problem),
                read => drop(read?),
            }
        }
        let found = self.0.drift(&drafts, environment.as_deref()).await?;
        let text = out.render(&found, |out| {
            let all: Vec<String> = found.iter().map(|one| describe(out, one)).collect();
            if all.is_empty() { "Nothing differs from what was published.".into() } else { all.join("\n") }
        });
        if let Some(problem) = &unread {
            out.note(&format!("{} {problem}", out.paint("warn", "warning:")));
        }
        let open = found.iter().any(is_open) || unread.is_some();
        Ok(if open { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    pub(super) async fn settle_drift(&self, out: &Out, command: DriftCommand) -> Done {
        let (DriftFields { place, fields }, how) = match command {
            DriftCommand::Accept(fields) => (fields, DriftSettlement::Accept),
            DriftCommand::Ignore(fields) => (fields, DriftSettlement::Ignore),
            DriftCommand::Compare(fields) => (fields, DriftSettlement::Compare),
            DriftCommand::Take(place) => return self.take(out, &place).await,
            DriftCommand::Forget(place) => return self.forget(out, &place).await,
        };
        let (draft, environment) = self.place(&place).await?;
        let view = self.0.drift_settle(&draft, &environment, fields, how).await?;
        Ok(out.view(&view, |out| describe(out, &view)))
    }

    async fn take(&self, out: &Out, place: &DriftPlace) -> Done {
        let (draft, environment) = self.place(place).await?;
        let view = self.0.drift_take_theirs(&draft, &environment).await?;
        Ok(out.view(&view, |_| format!("{}: revision {} has what is there.", view.name, view.revision)))
    }

    async fn forget(&self, out: &Out, place: &DriftPlace) -> Done {
        let (draft, environment) = self.place(place).await?;
        self.0.drift_forget(&draft, &environment).await?;
        let view = self.0.draft_get(&draft).await?;
        Ok(out
            .view(&view, |_| format!("Forgot the set of {} in {}. The draft is kept.", view.name, place.env)))
    }

    async fn place(&self, place: &DriftPlace) -> Result<(String, String), sealpost_app::problem::Problem> {
        Ok((self.find(&place.draft).await?, self.environment(&place.env).await?.id))
    }
}

/// Is there something that a person has not settled?
fn is_open(one: &DriftView) -> bool {
    one.fields.is_empty() || one.fields.iter().any(|field| field.standing == FieldStanding::Open)
}

fn describe(out: &Out, one: &DriftView) -> String {
    let mut lines = vec![format!(
        "{} in {}: {}   {}",
        one.draft_name,
        one.environment,
        words::state(one.state),
        out.paint("dim", &one.remote_id)
    )];
    if let Some(at) = one.seen_at {
        lines.push(out.paint("dim", &format!("  first seen {}", words::moment(Some(at)))));
    }
    lines.extend(one.fields.iter().flat_map(|field| field_lines(out, field)));
    lines.join("\n")
}

fn field_lines(out: &Out, field: &DriftField) -> Vec<String> {
    let standing = match field.standing {
        FieldStanding::Open => String::new(),
        FieldStanding::Accepted => out.paint("ok", "  accepted"),
        FieldStanding::Ignored => out.paint("dim", "  ignored"),
    };
    let lines = |lines: &[String]| if lines.is_empty() { "(empty)".to_owned() } else { lines.join(", ") };
    vec![
        format!("  {} ({}){standing}", field.label, field.path),
        format!("    published  {}", lines(&field.published)),
        format!("    there      {}", lines(&field.theirs)),
        format!("    draft      {}", lines(&field.mine)),
    ]
}
