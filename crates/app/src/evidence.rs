//! The evidence of one attempt: who, what, when, where, and what went over the wire.
//!
//! ```text
//! witnessed write ─▶ Exchange (dynatrace, no secret by construction) ─▶ sealed with the attempt ─▶ AttemptEvidence
//! ```
//!
//! It is opened for one attempt at a time, when somebody asks; the report over all attempts has none of it.

use std::collections::HashMap;

use sealpost_vault::{AttemptId, Exchange};

use crate::app::App;
use crate::problem::Problem;
use crate::report::line;
use crate::views::{AttemptEvidence, DetailLine, ExchangeView};

impl App {
    /// What is kept of an attempt, named by its id or a unique beginning of it.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` if several attempts begin so, `VaultLocked`, `Unreadable`, `Storage`.
    pub async fn attempt_evidence(&self, id: &str) -> Result<AttemptEvidence, Problem> {
        let text = id.to_owned();
        self.with_session(move |session| {
            let id = match text.parse() {
                Ok(id) => id,
                Err(_) => one_of(&session.vault.attempts_beginning(&text)?, &text)?,
            };
            let attempt = session.vault.attempt(id)?;
            let exchanges = session.vault.exchanges(id)?;
            let environments = session.vault.environments()?;
            let names: HashMap<_, _> =
                environments.iter().map(|env| (env.id, env.meta.name.as_str())).collect();
            let outcome = attempt.outcome.clone().unwrap_or_default();
            Ok(AttemptEvidence {
                message: outcome.message,
                server_message: outcome.server_message,
                attempt: line(attempt, &names),
                exchanges: exchanges.into_iter().map(view).collect(),
            })
        })
        .await
    }
}

fn one_of(found: &[AttemptId], text: &str) -> Result<AttemptId, Problem> {
    match found {
        [one] if text.len() >= 4 => Ok(*one),
        [] => Err(Problem::not_found("attempt")),
        _ => Err(Problem::invalid(
            format!("Several attempts begin with {text}."),
            "Write more of the id: sealpost report lists them.",
        )),
    }
}

fn view(exchange: Exchange) -> ExchangeView {
    let lines = |all: Vec<(String, String)>| {
        all.into_iter().map(|(label, value)| DetailLine { label, value }).collect()
    };
    ExchangeView {
        sent_at: exchange.sent_at,
        method: exchange.method,
        path: exchange.path,
        request_headers: lines(exchange.request_headers),
        request_body: exchange.request_body,
        status: exchange.status,
        response_headers: lines(exchange.response_headers),
        response_body: exchange.response_body,
        failure: exchange.failure,
        took_ms: exchange.took_ms,
    }
}
