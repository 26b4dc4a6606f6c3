//! The contract's own examples, there and back.

use serde_json::{Map, Value, json};

use super::*;

macro_rules! examples {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../../tests/fixtures/bodies/", $name, ".json")))),*]
    };
}

const EXAMPLES: [(&str, &str); 12] = examples![
    "username-password",
    "token",
    "certificate",
    "public-certificate",
    "snmpv3",
    "aws-key-based",
    "aws-role-based",
    "hashicorp-approle",
    "hashicorp-certificate",
    "azure-client-secret",
    "cyberark-username-password",
    "cyberark-allowed-location",
];

/// Writes a draft as a body again, from what was kept and from nothing else.
fn as_body(draft: &ImportedDraft) -> Value {
    use base64::Engine as _;
    let meta = serde_json::to_value(&draft.meta).unwrap();
    let mut body = meta["details"].as_object().unwrap().clone();
    body.remove("facts");
    for field in
        ["name", "description", "scopes", "ownerAccessOnly", "allowContextlessRequests", "allowedEntities"]
    {
        if let Some(value) = meta.get(field) {
            body.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(vault) = body.get_mut("externalVault") {
        body_references(vault);
        body.remove("user");
    }
    for (field, value) in draft.secrets.iter() {
        let is_file = draft.secrets.get(SecretField::Certificate).is_some();
        let text = if is_file {
            base64::engine::general_purpose::STANDARD.encode(value.expose())
        } else {
            value.expose_text().unwrap().to_owned()
        };
        body.insert(field.name().to_owned(), text.into());
    }
    Value::Object(body)
}

fn body_references(vault: &mut Value) {
    for value in vault.as_object_mut().unwrap().values_mut() {
        if let Some(id) = value.get("remote") {
            *value = id.clone();
        }
    }
}

/// What the reader is allowed to change: absent, empty and default are one; `scope` joins `scopes`; order is none.
fn normal(body: &Value) -> Value {
    let mut body = body.as_object().unwrap().clone();
    let mut scopes: Vec<Value> = body.remove("scopes").map_or(vec![], |all| all.as_array().unwrap().clone());
    scopes.extend(body.remove("scope"));
    scopes.sort_by_key(Value::to_string);
    scopes.dedup();
    body.insert("scopes".into(), scopes.into());
    if let Some(entities) = body.get_mut("allowedEntities") {
        entities.as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    body.entry("ownerAccessOnly").or_insert(json!(true));
    if body["type"] == "PUBLIC_CERTIFICATE" {
        body.remove("password");
    }
    if let Some(Value::Object(vault)) = body.get_mut("externalVault") {
        vault.retain(|_, value| *value != json!(""));
    }
    Value::Object(
        body.into_iter()
            .filter(|(_, value)| ![json!(""), json!([]), json!(false)].contains(value))
            .collect::<Map<_, _>>(),
    )
    .also(|body| body["ownerAccessOnly"] = body.get("ownerAccessOnly").cloned().unwrap_or(json!(false)))
}

trait Also: Sized {
    fn also(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

impl Also for Value {}

#[test]
fn every_example_of_the_contract_survives_the_way_in_and_out() {
    for (name, text) in EXAMPLES {
        let written: Vec<Value> = serde_json::from_str(text).unwrap();
        let read = parse_bodies(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.len(), written.len(), "{name}");
        for (draft, body) in read.iter().zip(&written) {
            assert_eq!(normal(&as_body(draft)), normal(body), "{name}");
            let expected: Vec<SecretField> =
                draft.secrets.iter().filter(|(_, value)| !value.is_empty()).map(|(field, _)| field).collect();
            assert_eq!(draft.meta.secrets_set.iter().copied().collect::<Vec<_>>(), expected, "{name}");
            assert!(draft.meta.extra.is_empty(), "{name}");
        }
    }
}

#[test]
fn a_maximal_example_has_nothing_to_note() {
    for (name, text) in EXAMPLES {
        let read = parse_bodies(text.as_bytes()).unwrap();
        assert_eq!(noted(&read[0]), ["ownerAccessOnly"], "{name}, minimal");
        // The maximal public certificate sends the dummy password that some clients send.
        let expected: &[&str] = if name == "public-certificate" { &["password"] } else { &[] };
        assert_eq!(noted(&read[1]), expected, "{name}, maximal");
    }
}

#[test]
fn one_object_reads_as_an_array_of_it() {
    for (_, text) in EXAMPLES {
        let written: Vec<Value> = serde_json::from_str(text).unwrap();
        for body in written {
            one(&body.to_string());
        }
    }
}

#[test]
fn an_example_cut_at_any_byte_is_refused() {
    for (_, text) in EXAMPLES {
        let text = text.trim_end();
        for end in 0..text.len() {
            let error = refused(&text.as_bytes()[..end]);
            assert!(matches!(error.kind, BodyErrorKind::NotJson | BodyErrorKind::Empty), "{error}");
        }
    }
}

#[test]
fn ten_thousand_items_are_read_at_once() {
    let item = r#"{"type":"USERNAME_PASSWORD","name":"shop login","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"not-a-real-one"}"#;
    let text = format!("[{}]", vec![item; 10_000].join(","));
    let start = std::time::Instant::now();
    assert_eq!(parse_bodies(text.as_bytes()).unwrap().len(), 10_000);
    // 200 ms are promised of the release build; this one is not optimised.
    let limit = if cfg!(debug_assertions) { 3000 } else { 200 };
    assert!(start.elapsed().as_millis() < limit, "{:?}", start.elapsed());
}
