//! Writing a draft by answering questions on a terminal.

use std::collections::BTreeMap;

use sealpost_app::parts::{SecretEdit, SecretField, SecretValue};
use sealpost_app::views::{DraftContent, DraftSave, DraftView};
use serde_json::{Value, json};

use super::internal;
use crate::input::{ask, ask_again, ask_secret, bytes_from, can_ask};
use crate::output::{Out, Stop};

/// A type: its name, the scope it usually has, and its fields with the values they may have (none: free text).
struct Kind {
    name: &'static str,
    scope: &'static str,
    fields: &'static [(&'static str, &'static [&'static str])],
    secrets: &'static [SecretField],
}

const AUTH: [&str; 6] = ["SHA256", "SHA", "SHA224", "SHA384", "SHA512", "MD5"];
const PRIVACY: [&str; 6] = ["AES256", "AES", "AES192", "AES192C", "AES256C", "DES"];
const LEVELS: [&str; 3] = ["AUTH_PRIV", "AUTH_NO_PRIV", "NO_AUTH_NO_PRIV"];

const KINDS: [Kind; 7] = [
    Kind {
        name: "USERNAME_PASSWORD",
        scope: "SYNTHETIC",
        fields: &[("user", &[])],
        secrets: &[SecretField::Password],
    },
    Kind { name: "TOKEN", scope: "SYNTHETIC", fields: &[], secrets: &[SecretField::Token] },
    Kind {
        name: "CERTIFICATE",
        scope: "SYNTHETIC",
        fields: &[],
        secrets: &[SecretField::Certificate, SecretField::Password],
    },
    Kind {
        name: "PUBLIC_CERTIFICATE",
        scope: "EXTENSION",
        fields: &[],
        secrets: &[SecretField::Certificate],
    },
    Kind {
        name: "SNMPV3",
        scope: "EXTENSION_AUTHENTICATION",
        fields: &[
            ("username", &[]),
            ("securityLevel", &LEVELS),
            ("authenticationProtocol", &AUTH),
            ("privacyProtocol", &PRIVACY),
        ],
        secrets: &[SecretField::AuthenticationPassword, SecretField::PrivacyPassword],
    },
    Kind {
        name: "AWS_MONITORING_KEY_BASED",
        scope: "CLOUDS_MONITORING_AUTHENTICATION",
        fields: &[("accessKeyID", &[]), ("awsPartition", &["DEFAULT", "CHINA", "US_GOV"])],
        secrets: &[SecretField::SecretKey],
    },
    Kind {
        name: "AWS_MONITORING_ROLE_BASED",
        scope: "CLOUDS_MONITORING_AUTHENTICATION",
        fields: &[("accountID", &[]), ("iamRole", &[])],
        secrets: &[],
    },
];

/// Asks for a new draft.
///
/// # Errors
/// There is no terminal, or it went away.
pub(super) fn new(out: &Out) -> Result<DraftSave, Stop> {
    if !can_ask() {
        return Err(Stop::usage(
            "There is no terminal to ask.",
            "Nothing was stored.",
            "Pass request bodies with --from FILE, or --from - for standard input.",
        ));
    }
    for (number, kind) in KINDS.iter().enumerate() {
        out.note(&format!("  {}  {}", number + 1, kind.name));
    }
    let chosen = |answer: &str| {
        let number = answer.parse::<usize>().ok().and_then(|number| KINDS.get(number.checked_sub(1)?));
        number.or_else(|| KINDS.iter().find(|kind| kind.name.eq_ignore_ascii_case(answer)))
    };
    let kind = loop {
        match chosen(&ask("Type, by number or name")?) {
            Some(kind) => break kind,
            None => out.note("One of the numbers or names above."),
        }
    };
    let name = ask_again("Name", "")?;
    let description = ask("Description, may be empty")?;
    let scopes = ask_again("Scopes, separated by commas", kind.scope)?;
    // Extensions have been seen to find only sets that are not limited to their owner.
    let usual = if scopes.contains("EXTENSION") { "no" } else { "yes" };
    let owner_only = ask_again("Only its owner may use it, yes or no", usual)?;
    let mut details = json!({ "type": kind.name });
    if kind.secrets.contains(&SecretField::Certificate) {
        // Recognised by its content once the file is read.
        details["certificateFormat"] = "PEM".into();
    }
    ask_fields(out, kind, &mut details)?;
    let content = json!({
        "name": name,
        "description": description,
        "scopes": scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect::<Vec<_>>(),
        "ownerAccessOnly": !owner_only.to_lowercase().starts_with('n'),
        "details": details,
    });
    let secrets = ask_secrets(kind, &details, false)?;
    Ok(DraftSave {
        id: None,
        expected_revision: None,
        content: content_from(content)?,
        secrets,
        override_secrets: Default::default(),
        unsaved: None,
    })
}

/// Asks what to change of a draft; an empty answer keeps what is stored.
///
/// # Errors
/// There is no terminal, or it went away.
pub(super) fn edit(out: &Out, view: &DraftView) -> Result<DraftSave, Stop> {
    if !can_ask() {
        return Err(Stop::usage(
            "An edit needs its new content, and there is no terminal to ask.",
            "Nothing was changed.",
            "Pass a request body with --from FILE, or --from - for standard input.",
        ));
    }
    out.note("An empty answer keeps what is stored.");
    let mut content = serde_json::to_value(&view.content).map_err(|error| internal(&error.to_string()))?;
    for path in ["name", "description"] {
        let stored = content[path].as_str().unwrap_or_default().to_owned();
        let answer = ask(&question(path, &stored))?;
        content[path] = if answer.is_empty() { stored } else { answer }.into();
    }
    let external = content["details"].get("externalVault").is_some();
    let mut secrets = BTreeMap::new();
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == view.type_name && !external) {
        ask_fields(out, kind, &mut content["details"])?;
        secrets = ask_secrets(kind, &content["details"], true)?;
    }
    Ok(DraftSave {
        id: Some(view.id.clone()),
        expected_revision: Some(view.revision),
        content: content_from(content)?,
        secrets,
        override_secrets: Default::default(),
        unsaved: None,
    })
}

fn content_from(content: Value) -> Result<DraftContent, Stop> {
    // No message of serde is shown: it would quote what was typed.
    serde_json::from_value(content).map_err(|_| internal("the answers make no draft").into())
}

fn question(label: &str, stored: &str) -> String {
    if stored.is_empty() { label.to_owned() } else { format!("{label} [{stored}]") }
}

/// Is the field of use at this SNMP level?
fn wanted(field: &str, details: &Value) -> bool {
    match (field, details["securityLevel"].as_str()) {
        (_, Some("NO_AUTH_NO_PRIV")) => matches!(field, "username" | "securityLevel"),
        ("privacyProtocol" | "privacyPassword", Some("AUTH_NO_PRIV")) => false,
        _ => true,
    }
}

fn ask_fields(out: &Out, kind: &Kind, details: &mut Value) -> Result<(), Stop> {
    for (field, values) in kind.fields {
        if !wanted(field, details) {
            if let Some(fields) = details.as_object_mut() {
                fields.remove(*field);
            }
            continue;
        }
        let stored = details[*field].as_str().or_else(|| values.first().copied()).unwrap_or_default();
        let label =
            if values.is_empty() { (*field).to_owned() } else { format!("{field}, {}", values.join(" or ")) };
        let (label, stored) = (question(&label, stored), stored.to_owned());
        details[*field] = loop {
            let answer = ask(&label)?;
            let answer = if answer.is_empty() { stored.clone() } else { answer };
            if values.is_empty() || values.contains(&answer.as_str()) {
                break answer.into();
            }
            out.note("One of these values, spelled as the API spells them.");
        };
    }
    Ok(())
}

fn ask_secrets(
    kind: &Kind,
    details: &Value,
    stored: bool,
) -> Result<BTreeMap<SecretField, SecretEdit>, Stop> {
    let mut secrets = BTreeMap::new();
    // A PEM file has no password of its own (contract 2.6).
    let mut pem = stored && details["certificateFormat"] == "PEM";
    let is_certificate = kind.secrets.contains(&SecretField::Certificate);
    for field in kind.secrets.iter().filter(|field| wanted(field.name(), details)) {
        if *field == SecretField::Certificate {
            let path = ask("Certificate file, PEM or PKCS#12")?;
            if !path.is_empty() {
                let bytes = bytes_from(&path)?;
                pem = bytes.windows(10).any(|part| part == b"-----BEGIN");
                secrets.insert(*field, SecretEdit::Set { value: SecretValue::new(bytes.to_vec()) });
            }
            continue;
        }
        if is_certificate && pem {
            continue;
        }
        let typed = ask_secret(&format!("{}, not shown", field.name()))?;
        if !typed.is_empty() {
            secrets.insert(*field, SecretEdit::Set { value: SecretValue::from(typed.as_str()) });
        }
    }
    Ok(secrets)
}
