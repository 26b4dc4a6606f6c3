//! Reading answers, tolerantly (contract 4 and 6): every field but `id`, `name` and `type` has a default, both shapes
//! of usage and of scopes are understood, booleans may be strings, and what is not known is kept.

use serde_json::{Map, Value};

use crate::body::AllowedEntity;
use crate::retry_after::iso_date;

/// Monitors of one kind that use a set (contract 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// `HTTP_MONITOR`, `BROWSER_MONITOR` or another.
    pub kind: String,
    /// How many.
    pub count: u32,
}

/// A set as it lives in an environment: metadata, never a secret (contract 4.2).
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteSet {
    /// Opaque (contract 5.4).
    pub id: String,
    /// Display name.
    pub name: String,
    /// `type` as received, known or not.
    pub type_name: String,
    /// Empty if missing.
    pub description: String,
    /// User behind the token that wrote it last; empty if missing.
    pub owner: String,
    /// Owner only.
    pub owner_access_only: bool,
    /// Union of `scopes` and `scope`.
    pub scopes: Vec<String>,
    /// `None` if the answer had none: the examples leave it out.
    pub allowed_entities: Option<Vec<AllowedEntity>>,
    /// `None` if the answer had none.
    pub allow_contextless_requests: Option<bool>,
    /// Both shapes.
    pub usage: Vec<Usage>,
    /// As received (contract 3.3).
    pub external_vault: Option<Map<String, Value>>,
    /// AWS key-based sets.
    pub aws_partition: Option<String>,
    /// AWS role-based sets.
    pub account_id: Option<String>,
    /// AWS role-based sets.
    pub iam_role: Option<String>,
    /// Made by the server, needed for the AWS trust policy.
    pub external_id: Option<String>,
    /// The whole answer, unknown fields included.
    pub raw: Map<String, Value>,
}

impl RemoteSet {
    /// Reads one element; `None` without the three fields that must be there.
    #[must_use]
    pub fn from_json(value: Value) -> Option<Self> {
        let Value::Object(raw) = value else { return None };
        let text = |key: &str| raw.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").filter(|id| !id.is_empty())?;
        let (name, type_name) = (text("name")?, text("type")?);
        Some(Self {
            id,
            name,
            type_name,
            description: text("description").unwrap_or_default(),
            owner: text("owner").unwrap_or_default(),
            owner_access_only: raw.get("ownerAccessOnly").and_then(boolean).unwrap_or(false),
            scopes: scopes(&raw),
            allowed_entities: raw.get("allowedEntities").and_then(Value::as_array).map(|all| entities(all)),
            allow_contextless_requests: raw.get("allowContextlessRequests").and_then(boolean),
            usage: raw
                .get("credentialUsageSummary")
                .and_then(Value::as_array)
                .map_or_else(Vec::new, |all| usage(all)),
            external_vault: raw.get("externalVault").and_then(Value::as_object).cloned(),
            aws_partition: text("awsPartition"),
            account_id: text("accountID"),
            iam_role: text("iamRole"),
            external_id: text("externalID"),
            raw,
        })
    }
}

/// A boolean, or the string of one (contract 2.1).
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn scopes(raw: &Map<String, Value>) -> Vec<String> {
    let listed = raw.get("scopes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let single = raw.get("scope").and_then(Value::as_str);
    let mut all: Vec<String> =
        listed.chain(single).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    all.sort();
    all.dedup();
    all
}

fn entities(all: &[Value]) -> Vec<AllowedEntity> {
    let text =
        |entity: &Value, key: &str| entity.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    all.iter()
        .map(|entity| AllowedEntity { entity_type: text(entity, "type"), id: text(entity, "id") })
        .collect()
}

/// Shape A has `type` and `count`; in shape B each numeric member is one kind (contract 4.4).
fn usage(all: &[Value]) -> Vec<Usage> {
    let number = |value: &Value| value.as_u64().map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let mut out = Vec::new();
    for entry in all.iter().filter_map(Value::as_object) {
        if let Some(kind) = entry.get("type").and_then(Value::as_str) {
            let count = entry.get("count").and_then(number).unwrap_or(0);
            out.push(Usage { kind: kind.to_owned(), count });
        } else {
            out.extend(
                entry.iter().filter_map(|(kind, count)| {
                    number(count).map(|count| Usage { kind: kind.clone(), count })
                }),
            );
        }
    }
    out
}

/// One page of a list (contract 4.3).
pub(crate) struct Page {
    pub(crate) sets: Vec<RemoteSet>,
    pub(crate) skipped: u32,
    pub(crate) next: Option<String>,
    /// Not to be relied on (contract 1.5); shown only.
    pub(crate) total: Option<u64>,
}

/// Reads a page; `None` if it has no `credentials`, which a page of another product has not.
pub(crate) fn page(value: Value) -> Option<Page> {
    let Value::Object(mut object) = value else { return None };
    let Some(Value::Array(elements)) = object.remove("credentials") else { return None };
    let next =
        object.get("nextPageKey").and_then(Value::as_str).filter(|key| !key.is_empty()).map(str::to_owned);
    let total = object.get("totalCount").and_then(Value::as_u64);
    let all = elements.len();
    let sets: Vec<RemoteSet> = elements.into_iter().filter_map(RemoteSet::from_json).collect();
    Some(Page { skipped: u32::try_from(all - sets.len()).unwrap_or(u32::MAX), sets, next, total })
}

/// A synthetic monitor that uses a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// `HTTP_CHECK-…` or `SYNTHETIC_TEST-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `HTTP`, `BROWSER` or another.
    pub kind: String,
    /// Does it run?
    pub enabled: bool,
}

/// Reads a list of monitors; elements without an id are left out.
pub(crate) fn monitors(value: &Value) -> Option<Vec<Monitor>> {
    let all = value.get("monitors")?.as_array()?;
    let text = |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let read = |one: &Value| Monitor {
        id: text(one, "entityId"),
        name: text(one, "name"),
        kind: text(one, "type"),
        enabled: one.get("enabled").and_then(boolean).unwrap_or(true),
    };
    Some(all.iter().map(read).filter(|monitor| !monitor.id.is_empty()).collect())
}

/// What a token look-up tells (contract 1.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenInfo {
    /// Safe to show.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Disabled tokens are refused.
    pub enabled: bool,
    /// A personal access token can't hold the vault's scopes.
    pub personal: bool,
    /// Becomes owner of everything published.
    pub owner: String,
    /// An open set.
    pub scopes: Vec<String>,
    /// ISO 8601; none if it never expires.
    pub expiration_date: Option<String>,
}

impl TokenInfo {
    /// When it ends, milliseconds since the epoch; none if it never does, or in a form that can't be read.
    #[must_use]
    pub fn expires_at(&self) -> Option<i64> {
        self.expiration_date.as_deref().and_then(iso_date)
    }

    /// May it read the vault? `ReadConfig` is the broader old scope (contract 1.2).
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "credentialVault.read" || scope == "ReadConfig")
    }

    /// May it write to the vault?
    #[must_use]
    pub fn can_write(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "credentialVault.write" || scope == "WriteConfig")
    }
}

pub(crate) fn token_info(value: &Value) -> Option<TokenInfo> {
    let object = value.as_object()?;
    let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    object.get("scopes")?;
    Some(TokenInfo {
        id: text("id").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        enabled: object.get("enabled").and_then(boolean).unwrap_or(true),
        personal: object.get("personalAccessToken").and_then(boolean).unwrap_or(false),
        owner: text("owner").unwrap_or_default(),
        scopes: scopes(object),
        expiration_date: text("expirationDate"),
    })
}

/// The id of a create: any JSON object with a string `id` (contract 6, row 2).
pub(crate) fn created_id(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}
