//! The request and the answer of an attempt.

use sealpost_app::views::{AttemptEvidence, DetailLine, ExchangeView};

use super::{Done, Opened};
use crate::output::Out;
use crate::words;

impl Opened<'_> {
    pub(super) async fn evidence(&self, out: &Out, attempt: &str) -> Done {
        let evidence = self.0.attempt_evidence(attempt).await?;
        Ok(out.view(&evidence, |out| describe(out, &evidence)))
    }
}

fn describe(out: &Out, evidence: &AttemptEvidence) -> String {
    let AttemptEvidence { attempt, message, server_message, exchanges } = evidence;
    let mut lines = vec![
        format!("{}  {} of {} in {}", attempt.at, attempt.action, attempt.name, attempt.environment),
        format!("attempt {}", attempt.id),
    ];
    let status = attempt.status.map(|status| status.to_string());
    let took = attempt.took_ms.map(|ms| format!("{ms} ms"));
    for (label, value) in [
        ("result", Some(&attempt.state)),
        ("status", status.as_ref()),
        ("took", took.as_ref()),
        ("id", attempt.remote_id.as_ref()),
        ("token of", attempt.token_owner.as_ref()),
        ("user", attempt.local_user.as_ref()),
        ("owner before", attempt.owner_before.as_ref()),
        ("owner after", attempt.owner_after.as_ref()),
        ("what happened", Some(message).filter(|text| !text.is_empty())),
        ("server said", server_message.as_ref()),
    ] {
        lines.extend(value.map(|value| format!("{label:<14}{value}")));
    }
    if exchanges.is_empty() {
        lines.push(
            "Nothing of the request is kept: it never left, or Sealpost ended before the answer.".into(),
        );
    }
    for exchange in exchanges {
        lines.push(String::new());
        lines.extend(exchange_lines(out, exchange));
    }
    lines.join("\n")
}

fn exchange_lines(out: &Out, exchange: &ExchangeView) -> Vec<String> {
    let headers = |all: &[DetailLine]| -> Vec<String> {
        all.iter()
            .map(|line| format!("  {}", out.paint("dim", &format!("{}: {}", line.label, line.value))))
            .collect()
    };
    let at = words::moment(Some(exchange.sent_at));
    let mut lines = vec![format!("> {} {}  {at}", exchange.method, exchange.path)];
    lines.extend(headers(&exchange.request_headers));
    lines.extend(exchange.request_body.as_deref().map(indented));
    lines.push(match exchange.status {
        Some(status) => format!("< {status}  {} ms", exchange.took_ms),
        None => format!("< no answer  {} ms", exchange.took_ms),
    });
    lines.extend(headers(&exchange.response_headers));
    lines.extend(exchange.response_body.as_deref().map(indented));
    lines.extend(exchange.failure.as_ref().map(|why| format!("  {why}")));
    lines
}

/// JSON over several lines, anything else as it is.
fn indented(text: &str) -> String {
    let pretty = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let lines: Vec<String> =
        pretty.as_deref().unwrap_or(text).lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
