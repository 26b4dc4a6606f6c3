//! Every reader of this crate that is given bytes from outside, each as a function of bytes that checks what the reader
//! promises of whatever it reads. The fuzz targets (`fuzz/`) and the replay of their corpora in the ordinary tests call the
//! same functions (docs/adr/0019-fuzz-targets-and-tests-share-one-function.md).
//!
//! A promise that does not hold is a panic here; nothing else in this crate panics on input.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::error::{Error, MAX_MESSAGE};
use crate::exchange::{MAX_BODY, kept_answer, repeats};
use crate::read::{self, RemoteSet};
use crate::redact::redact;
use crate::refusal::{Refusal, describe};
use crate::retry_after::{iso_date, retry_after};
use crate::token::ApiToken;

/// What was sent, and must not come out of an answer: a long one, a short one, one of two characters.
pub const SENT: [&str; 3] = ["zebra-secret-of-some-length-0123456789", "zebra-pin", "q7"];

/// The address of an environment as pasted: its base is an address of the same environment, and holds no secret.
pub fn endpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(endpoint) = Endpoint::parse(text) else { return };
    let base = endpoint.base();
    assert!(
        endpoint.is_encrypted() || endpoint.is_local(),
        "only this computer is spoken to in clear: {base}"
    );
    assert!(!base.contains(['@', '?', '#']) && !base.ends_with('/'), "{base}");
    let again = Endpoint::parse(base).map(|again| (again.base().to_owned(), again.kind()));
    assert_eq!(again, Ok((base.to_owned(), endpoint.kind())), "a base is its own base");
    assert!(!endpoint.note().is_empty());
    for id in ["CREDENTIALS_VAULT-1", "..", "a/../b", text] {
        if let Some(url) = endpoint.set_url(id) {
            let below =
                url.as_str().strip_prefix(base).and_then(|rest| rest.strip_prefix("/api/v2/credentials/"));
            let one = below.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#']));
            assert!(one, "an id is one segment: {url}");
        }
    }
}

/// An API token as pasted: what may be shown of it is not its secret part.
pub fn token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(token) = ApiToken::new(&SecretString::from(text)) else { return };
    let whole = text.trim();
    assert!(whole.bytes().all(|byte| byte.is_ascii_graphic()), "it can stand in a header");
    let shown = token.identifier();
    assert!(whole.starts_with(&shown) && shown.len() < whole.len());
    assert_eq!(format!("{token:?}"), format!("ApiToken({shown}…)"));
    let _ = (token.kind(), token.warning());
}

/// `Retry-After`, and the date of a look-up: no wait is longer than what is believed, and no number has a sign.
pub fn retry_after_and_dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for now in [i64::MIN, 0, 784_111_777_000, i64::MAX] {
        let Some(wait) = retry_after(text, now) else { continue };
        assert!(wait <= Duration::from_secs(3600), "{wait:?}");
        assert!(!text.contains(['+', '-']), "neither form has a sign: {text:?}");
    }
    if let Some(at) = iso_date(text) {
        assert!((0..=253_402_300_800_000).contains(&at), "{at}");
        assert!(!text.contains('+'), "it has no sign: {text:?}");
    }
}

/// An answer: the first byte says of which status and of whom, the rest is its body. All readers see it.
pub fn api_answer(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let status = [200, 201, 400, 401, 403, 404, 409, 413, 429, 500, 503][usize::from(first & 0x0f) % 11];
    let gateway = first & 0x80 != 0;
    refusal(status, gateway, body);
    let _ = describe(body, gateway);
    if let Some(kept) = kept_answer(body, gateway, &SENT) {
        assert!(kept.len() <= MAX_BODY + 16, "{}", kept.len());
        assert!(!repeats(&kept, &SENT), "what is kept repeats nothing of what was sent");
    }
    let id = read::created_id(body);
    assert!(id.is_none_or(|id| !id.is_empty()));
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        readers(&value);
    }
}

fn readers(value: &Value) {
    if let Some(info) = read::token_info(value) {
        let _ = (info.expires_at(), info.can_read(), info.can_write());
    }
    let monitors = read::monitors(value).unwrap_or_default();
    assert!(monitors.iter().all(|monitor| !monitor.id.is_empty()));
    if let Some(page) = read::page(value.clone()) {
        let all = value["credentials"].as_array().map_or(0, Vec::len);
        assert_eq!(page.sets.len() + page.skipped as usize, all, "every element is read or counted");
        assert!(page.next.is_none_or(|next| !next.is_empty()));
    }
    if let Some(set) = RemoteSet::from_json(value.clone()) {
        assert!(!set.id.is_empty());
        assert_eq!(Value::Object(set.raw), *value, "nothing is lost");
    }
}

fn refusal(status: u16, gateway: bool, body: &[u8]) {
    if status < 400 {
        return;
    }
    let clean = |text: &str| redact(text, SENT.into_iter());
    match (Refusal { status, body, gateway, retry_after: None }).into_error(&clean) {
        Error::Refused { message, violations, .. } => {
            let all = violations.iter().flat_map(|one| [&one.path, &one.message]).chain([&message]);
            for text in all {
                assert!(text.chars().count() <= MAX_MESSAGE + 1, "{}", text.len());
                assert!(
                    !text.chars().any(char::is_control),
                    "it is printed to terminals, which obey such: {text:?}"
                );
                assert!(!text.contains(SENT[0]) && !text.contains(SENT[1]), "{text}");
            }
        }
        Error::Unreadable { hint, .. } => assert!(hint.len() < 200),
        other => assert!(other.to_string().is_empty(), "no other comes of an answer"),
    }
}

/// The CA file of an environment: every certificate of it is usable, or it is refused.
pub fn ca_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(all) = crate::tls::certificates(text) {
        assert!(!all.is_empty());
    }
}
