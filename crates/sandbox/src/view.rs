//! How a set looks from outside (contract 4.2 to 4.4), with the shapes a fault can ask for.

use serde_json::{Map, Value, json};

use crate::external;
use crate::faults::Shape;
use crate::set::{ExternalVault, StoredSet};

/// One element of the list, which is also the answer of GET. Write-only members cannot appear: they are not stored.
pub(crate) fn element(set: &StoredSet, shape: Shape) -> Value {
    let meta = &set.metadata;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("id", set.id.clone().into());
    put("name", meta.name.clone().into());
    put("description", meta.description.clone().into());
    put("owner", set.owner.clone().into());
    put("type", if shape.unknown_enums { "FUTURE_CREDENTIAL_TYPE" } else { meta.kind.name() }.into());
    put("ownerAccessOnly", flag(meta.owner_access_only, shape));
    let mut scopes = meta.scopes.clone();
    if shape.unknown_enums {
        scopes.push("FUTURE_SCOPE".to_owned());
    }
    let single =
        if let ([only], false) = (scopes.as_slice(), meta.kind.is_aws()) { Some(only.clone()) } else { None };
    // Several scopes do not fit into `scope`; they stay in `scopes` even for an old server (our choice (c)).
    if !(shape.scope_only && single.is_some()) {
        put("scopes", scopes.into());
    }
    if let Some(scope) = single {
        put("scope", scope.into());
    }
    let mut entities: Vec<Value> =
        meta.allowed_entities.iter().map(|entity| json!({ "type": entity.kind, "id": entity.id })).collect();
    if shape.unknown_enums {
        entities.push(json!({ "type": "FUTURE_ENTITY", "id": "future" }));
    }
    put("allowedEntities", entities.into());
    // AWS entries come flat and without these two in the official example (contract 4.2).
    if !meta.kind.is_aws() {
        put("allowContextlessRequests", flag(meta.allow_contextless_requests, shape));
        put("credentialUsageSummary", usage(set, shape));
    }
    if let Some(vault) = &meta.external_vault {
        put("externalVault", external_vault(vault, shape));
    }
    for (key, value) in [
        ("awsPartition", &meta.aws_partition),
        ("accountID", &meta.account_id),
        ("iamRole", &meta.iam_role),
        ("externalID", &set.external_id),
    ] {
        if let Some(value) = value {
            put(key, value.clone().into());
        }
    }
    if shape.extra_fields {
        put("futureField", json!({ "nested": [1, "two", null] }));
    }
    out.into()
}

fn flag(value: bool, shape: Shape) -> Value {
    if shape.string_booleans { value.to_string().into() } else { value.into() }
}

/// Shape A, or B on request (contract 4.4). A set no monitor uses has an empty list (our choice (c)).
fn usage(set: &StoredSet, shape: Shape) -> Value {
    let (http, browser) = (set.http_usage(), set.browser_monitors);
    let mut kinds = Vec::new();
    if http + browser > 0 {
        kinds.extend([("HTTP_MONITOR", http), ("BROWSER_MONITOR", browser)]);
    }
    if shape.unknown_enums {
        kinds.push(("FUTURE_MONITOR", 1));
    }
    if shape.usage_b && !kinds.is_empty() {
        let all: Map<String, Value> =
            kinds.iter().map(|(kind, count)| ((*kind).to_owned(), (*count).into())).collect();
        return json!([all]);
    }
    kinds.iter().map(|(kind, count)| json!({ "type": kind, "count": count })).collect()
}

/// Contract 3.3: as sent, with the model name and the companions computed here.
fn external_vault(vault: &ExternalVault, shape: Shape) -> Value {
    let mut out: Map<String, Value> =
        vault.fields.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
    let method = vault.source_auth_method.as_str();
    let (method, model) = match external::model(method) {
        _ if shape.unknown_enums => ("FUTURE_AUTH_METHOD", Some("FUTURE_MODEL")),
        model => (method, model),
    };
    out.insert("sourceAuthMethod".to_owned(), method.into());
    if let Some(model) = model {
        out.insert("type".to_owned(), model.into());
    }
    out.insert("credentialsUsedForExternalSynchronization".to_owned(), vault.companions.clone().into());
    if shape.extra_fields {
        out.insert("futureField".to_owned(), true.into());
    }
    out.into()
}
