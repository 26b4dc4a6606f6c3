//! What went over the wire, fit to be kept and shown: the evidence of a write.
//!
//! ```text
//! CredentialBody ─ written a second time with a mark for every secret ─▶ request body
//! answer of the API ─ members from an allow-list, texts that repeat nothing that was sent ─▶ response body
//! headers ─ from an allow-list ─▶ request headers, response headers
//! ```
//!
//! No secret is searched for and replaced in a request: it is never written there. A server may repeat what it was sent in
//! any text; a text that holds a piece of it, in any form in which it travelled, is left out as a whole.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use crate::refusal::describe;

/// Stands where a secret was sent.
pub const SECRET_MARK: &str = "‹secret›";
/// Stands where the server repeated what it was sent.
const REPEATED_MARK: &str = "‹left out: it repeats a secret that was sent›";
/// Stands for a member that is not on the list of what is kept.
const OTHER_MARK: &str = "‹not kept›";
/// Longest body that is kept, bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// Longest header that is kept, bytes.
const MAX_HEADER: usize = 256;
/// A piece of a secret of this length gives it away.
const PIECE: usize = 12;
/// A secret below this length is a word like any other: only alone it is one.
const SHORT: usize = 4;

/// Headers of an answer that are kept.
const ANSWER_HEADERS: [&str; 9] = [
    "content-type",
    "content-length",
    "date",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "dynatrace-response-source",
    "server",
];

/// Members of an answer that are kept, with the names that they have below them (contract 4.5 and 4.6).
const ANSWER_MEMBERS: [&str; 10] = [
    "error",
    "code",
    "message",
    "constraintViolations",
    "path",
    "parameterLocation",
    "location",
    "id",
    "name",
    "description",
];

/// One request and what came of it. Holds no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// When it was sent, milliseconds since the epoch.
    pub sent_at: i64,
    /// `POST`, `PUT`, `DELETE`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Name and value.
    pub request_headers: Vec<(String, String)>,
    /// JSON with [`SECRET_MARK`] in the place of every secret; at most [`MAX_BODY`].
    pub request_body: Option<String>,
    /// HTTP status, if an answer began.
    pub status: Option<u16>,
    /// Name and value, from an allow-list.
    pub response_headers: Vec<(String, String)>,
    /// What the answer said; at most [`MAX_BODY`]. None if it had no body, or none came.
    pub response_body: Option<String>,
    /// Why there is no answer.
    pub failure: Option<String>,
    /// Milliseconds to the end of the answer.
    pub took_ms: u64,
}

/// Where exchanges are gathered, in the order they ended.
#[derive(Debug, Default)]
pub struct Exchanges(Mutex<Vec<Exchange>>);

impl Exchanges {
    pub(crate) fn push(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }

    /// Takes them out.
    #[must_use]
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The headers of an answer that are kept.
pub(crate) fn kept_headers(headers: &HeaderMap, secrets: &[&str]) -> Vec<(String, String)> {
    let kept = |name: &&str| {
        let text = headers.get(*name)?.to_str().ok()?;
        let value = if repeats(text, secrets) { REPEATED_MARK.to_owned() } else { cut(text, MAX_HEADER) };
        Some(((*name).to_owned(), value))
    };
    ANSWER_HEADERS.iter().filter_map(kept).collect()
}

/// A body of ours, cut if it is long.
pub(crate) fn kept_request(shown: &str) -> String {
    cut(shown, MAX_BODY)
}

/// What is kept of an answer's body.
pub(crate) fn kept_answer(body: &[u8], gateway: bool, secrets: &[&str]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return Some(cut(&kept_value(&value, secrets, 0).to_string(), MAX_BODY));
    }
    // Looked at a little further than it is kept, so that a secret on the edge is seen whole.
    let text = String::from_utf8_lossy(&body[..body.len().min(2 * MAX_BODY)]);
    let clean = !repeats(&text, secrets);
    Some(if clean {
        cut(&printable(&text), MAX_BODY)
    } else {
        format!("{REPEATED_MARK} ({}, {} bytes)", describe(body, gateway), body.len())
    })
}

/// Deeper than any answer of this API.
const MAX_DEPTH: usize = 8;

fn kept_value(value: &Value, secrets: &[&str], depth: usize) -> Value {
    match value {
        _ if depth > MAX_DEPTH => OTHER_MARK.into(),
        Value::String(text) if repeats(text, secrets) => REPEATED_MARK.into(),
        Value::String(text) => printable(text).into(),
        Value::Array(all) => all.iter().map(|one| kept_value(one, secrets, depth + 1)).collect(),
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, value) in members {
                if ANSWER_MEMBERS.contains(&name.as_str()) {
                    kept.insert(name.clone(), kept_value(value, secrets, depth + 1));
                } else if !repeats(name, secrets) {
                    kept.insert(cut(&printable(name), MAX_HEADER), OTHER_MARK.into());
                }
            }
            Value::Object(kept)
        }
        // A number may be a secret that was sent as text.
        Value::Number(number) if repeats(&number.to_string(), secrets) => REPEATED_MARK.into(),
        plain => plain.clone(),
    }
}

/// Does the text hold a secret or a piece of one? Blanks and backslashes do not count: servers wrap and escape.
pub(crate) fn repeats(text: &str, secrets: &[&str]) -> bool {
    let text = bare(text);
    let mut pieces: Option<HashSet<&[u8]>> = None;
    secrets.iter().map(|secret| bare(secret)).any(|bytes| match bytes.len() {
        0 => false,
        length if length < SHORT => stands_alone(&text, &bytes),
        length if length < PIECE => text.windows(length).any(|window| window == bytes),
        _ => {
            let pieces = pieces.get_or_insert_with(|| text.windows(PIECE).collect());
            bytes.windows(PIECE).any(|piece| pieces.contains(piece))
        }
    })
}

/// Without what [`printable`] makes a blank of, too: a secret with such a character in it would come out readable.
fn bare(text: &str) -> Vec<u8> {
    let counts = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '\\';
    text.chars().filter(counts).collect::<String>().into_bytes()
}

fn stands_alone(text: &[u8], secret: &[u8]) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
    };
    text.windows(secret.len())
        .enumerate()
        .any(|(at, window)| window == secret && !word(at.checked_sub(1)) && !word(Some(at + secret.len())))
}

/// Without control characters but line breaks: the text is printed to terminals, which obey them.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}… (cut, {} bytes in all)", &text[..end], text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "MIIKUQIBAzCCChcGCSqGSIb3DQEHAaCCCggEggoEMIIKADCCBLc";

    #[test]
    fn any_piece_of_a_secret_is_seen_however_it_is_wrapped_or_escaped() {
        for text in [
            SECRET.to_owned(),
            format!("…{}…", &SECRET[20..40]),
            format!("{}\n  {}", &SECRET[20..28], &SECRET[28..36]),
            format!("{}\\n{}", &SECRET[20..32], &SECRET[32..40]),
            // What is kept has a blank in the place of a control character, and a blank does not count.
            format!("{}\u{1}{}", &SECRET[20..28], &SECRET[28..36]),
            format!("{}\u{85}{}", &SECRET[20..28], &SECRET[28..36]),
        ] {
            assert!(repeats(&text, &[SECRET]), "{text}");
        }
        assert!(!repeats("nothing of it: MIIK", &[SECRET]));
    }

    #[test]
    fn a_short_secret_is_seen_and_a_very_short_one_only_alone() {
        assert!(repeats("password hunter22x is weak", &["hunter22"]));
        assert!(repeats("the password 'abc' is weak", &["abc"]));
        assert!(!repeats("the alphabet: abcd", &["abc"]));
        assert!(!repeats("anything", &[""]));
    }

    #[test]
    fn an_answer_keeps_the_members_of_the_list_and_no_text_that_repeats_a_secret() {
        let answer = serde_json::json!({
            "id": "CREDENTIALS_VAULT-0000000000000001",
            "error": { "code": 400, "message": "no: hunter22",
                       "constraintViolations": [{ "path": "password", "message": "too weak" }] },
            "password": "something else", "hunter22": 1, "echo": { "token": "x" },
        });
        let kept = kept_answer(answer.to_string().as_bytes(), false, &["hunter22"]).unwrap();
        assert!(!kept.contains("hunter22") && !kept.contains("something else") && !kept.contains("\"x\""));
        assert!(kept.contains("CREDENTIALS_VAULT-0000000000000001") && kept.contains("too weak"), "{kept}");
        assert!(kept.contains(REPEATED_MARK) && kept.contains(OTHER_MARK), "{kept}");
    }

    #[test]
    fn a_page_is_kept_up_to_its_bound_unless_it_repeats_a_secret() {
        let page = format!("<html>{}</html>", "x".repeat(2 * MAX_BODY));
        let kept = kept_answer(page.as_bytes(), false, &["hunter22"]).unwrap();
        assert!(kept.starts_with("<html>") && kept.len() < MAX_BODY + 64);
        let echoing = kept_answer(b"<html>hunter22</html>", false, &["hunter22"]).unwrap();
        assert!(!echoing.contains("hunter22") && echoing.contains("21 bytes"), "{echoing}");
        assert_eq!(kept_answer(b"", false, &["hunter22"]), None);
    }

    #[test]
    fn a_header_outside_the_list_is_not_kept() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        headers.insert("set-cookie", "session=1".parse().unwrap());
        headers.insert("server", "hunter22".parse().unwrap());
        let kept = kept_headers(&headers, &["hunter22"]);
        let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["content-type", "server"]);
        assert_eq!(kept[1].1, REPEATED_MARK);
    }
}
