//! Reads what comes with a status of 400 and more (contract 4.5): one envelope, an array of them, nothing at all, a web
//! page, an answer of the gateway. Whatever it is, it ends in an [`Error`] without a secret and of bounded length.

use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, MAX_MESSAGE, Violation};

/// Most violations that are kept.
const MAX_VIOLATIONS: usize = 100;

/// The parts of such an answer.
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
    /// The platform's gateway answered, not the API.
    pub(crate) gateway: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal<'_> {
    /// `clean` takes out what was sent; it sees each text whole, before it is cut.
    pub(crate) fn into_error(self, clean: &dyn Fn(&str) -> String) -> Error {
        let value: Option<Value> = serde_json::from_slice(self.body).ok();
        let envelopes: Vec<&Value> = match &value {
            Some(Value::Array(all)) => all.iter().filter_map(envelope).collect(),
            Some(one) => envelope(one).into_iter().collect(),
            None => Vec::new(),
        };
        if self.is_from_elsewhere(!envelopes.is_empty()) {
            return Error::unreadable(self.status, describe(self.body, self.gateway));
        }
        let tidy = |text: &str| cut(&printable(&clean(text)));
        let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
        let messages: Vec<String> = envelopes
            .iter()
            .filter_map(|error| text(error, "message"))
            .filter(|message| !message.trim().is_empty())
            .collect();
        let violations = envelopes
            .iter()
            .filter_map(|error| error.get("constraintViolations").and_then(Value::as_array))
            .flatten()
            .filter(|violation| violation.is_object())
            .take(MAX_VIOLATIONS)
            .map(|violation| Violation {
                path: tidy(&text(violation, "path").unwrap_or_default()),
                message: tidy(&text(violation, "message").unwrap_or_default()),
            })
            .collect();
        let message = if messages.is_empty() {
            format!("The server gave no reason: {}.", describe(self.body, self.gateway))
        } else {
            tidy(&messages.join(" "))
        };
        Error::Refused { status: self.status, message, violations, retry_after: self.retry_after }
    }

    /// A page or another API answers at this address. It must not pass for the API's own "unknown id", after which a
    /// linked set would be taken for deleted. A 429 or 5xx is passed on: load balancers answer those with pages.
    fn is_from_elsewhere(&self, has_envelope: bool) -> bool {
        if self.status == 429 || self.status >= 500 {
            return false;
        }
        let unknown = self.status == 404 && !self.body.is_empty() && (self.gateway || !has_envelope);
        unknown || (!has_envelope && is_page(self.body))
    }
}

/// The `error` of an envelope.
fn envelope(value: &Value) -> Option<&Value> {
    value.get("error").filter(|error| error.is_object())
}

fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(512)]);
    start.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// What an answer that is not of this API looks like, with the likely cause. It quotes nothing of it.
pub(crate) fn describe(body: &[u8], gateway: bool) -> &'static str {
    if body.is_empty() {
        "an empty answer"
    } else if is_page(body) {
        "a web page; the address may belong to another product, a login page or a proxy"
    } else if gateway {
        "an answer of the platform's gateway; the address may be the platform's instead of the environment's"
    } else if serde_json::from_slice::<Value>(body).is_ok() {
        "JSON of another form; the address may belong to another API"
    } else {
        "neither JSON nor a web page"
    }
}

/// Without control characters: the text is printed to terminals, which obey them.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
