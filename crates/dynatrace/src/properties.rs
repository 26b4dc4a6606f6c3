//! No answer makes a reader panic, whatever its bytes.

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::error::{Error, MAX_MESSAGE};
use crate::read::{self, RemoteSet};
use crate::redact::redact;
use crate::refusal::{Refusal, describe};
use crate::retry_after::{iso_date, retry_after};

/// Every member name that a reader looks for.
const KEYS: [&str; 26] = [
    "id",
    "name",
    "type",
    "description",
    "owner",
    "ownerAccessOnly",
    "scope",
    "scopes",
    "allowedEntities",
    "allowContextlessRequests",
    "credentialUsageSummary",
    "count",
    "externalVault",
    "awsPartition",
    "accountID",
    "iamRole",
    "externalID",
    "credentials",
    "nextPageKey",
    "totalCount",
    "error",
    "message",
    "constraintViolations",
    "path",
    "enabled",
    "expirationDate",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("true")),
    ];
    leaf.prop_recursive(5, 80, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..8).prop_map(|members| {
                Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>())
            }),
        ]
    })
}

fn refuse(status: u16, body: &[u8], gateway: bool) -> Error {
    Refusal { status, body, gateway, retry_after: None }.into_error(&|text| text.to_owned())
}

fn bounded(error: &Error) -> bool {
    match error {
        Error::Refused { message, violations, .. } => {
            let short = |text: &str| text.chars().count() <= MAX_MESSAGE + 1;
            short(message) && violations.iter().all(|v| short(&v.path) && short(&v.message))
        }
        Error::Unreadable { hint, .. } => hint.len() < 200,
        _ => false,
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read_or_refused(
        body in prop::collection::vec(any::<u8>(), 0..200),
        status in 400u16..600,
        gateway: bool,
    ) {
        let _ = read::created_id(&body);
        let _ = describe(&body, gateway);
        prop_assert!(bounded(&refuse(status, &body, gateway)));
    }

    #[test]
    fn json_of_any_shape_is_read_or_refused(value in json(), status in 400u16..600, gateway: bool) {
        let body = value.to_string();
        prop_assert!(bounded(&refuse(status, body.as_bytes(), gateway)));
        let id = read::created_id(body.as_bytes());
        prop_assert!(id.is_none_or(|id| !id.is_empty()));
        let _ = read::token_info(&value);
        let _ = read::monitors(&value);
        if let Some(page) = read::page(value.clone()) {
            let all = value["credentials"].as_array().map_or(0, Vec::len);
            prop_assert_eq!(page.sets.len() + page.skipped as usize, all);
        }
        if let Some(set) = RemoteSet::from_json(value.clone()) {
            prop_assert!(!set.id.is_empty());
            prop_assert_eq!(Value::Object(set.raw), value, "nothing is lost");
        }
    }

    #[test]
    fn dates_and_waits_of_any_text_are_read_or_ignored(text in "\\PC{0,40}", now: i64) {
        let _ = retry_after(&text, now);
        let _ = iso_date(&text);
    }

    #[test]
    fn dates_that_look_right_are_read_or_ignored(
        text in "[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,19} [0-9]{1,3}:[0-9]{1,3}:[0-9]{1,19} GMT",
        iso in "[0-9+-]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
        now: i64,
    ) {
        let _ = retry_after(&text, now);
        let _ = iso_date(&iso);
    }

    #[test]
    fn no_secret_of_some_length_survives_an_echo(
        secret in "[a-zäß🔑0-9+/=]{4,80}",
        before in "[ A-Z.]{0,20}",
        after in "[ A-Z.]{0,20}",
    ) {
        let text = redact(&format!("{before}{secret}{after}{secret}"), std::iter::once(secret.as_str()));
        prop_assert!(!text.contains(&secret), "{}", text);
    }
}
