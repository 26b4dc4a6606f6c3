//! What is around the vault: token lookup, monitors, and the sandbox's own control paths.

use axum::http::StatusCode;
use ring::digest;
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal, Violation};
use crate::fault::Fault;
use crate::random;
use crate::set::StoredSet;
use crate::tenant::Tenant;
use crate::token::KnownToken;

/// `POST /api/v2/apiTokens/lookup` (contract 1.3): any valid token may look any token up.
pub(crate) fn lookup(tenant: &Tenant, body: &Value) -> Result<Answer, Refusal> {
    let Some(text) = body.get("token").and_then(Value::as_str) else {
        let violation = Violation { path: "token".to_owned(), message: "must not be null".to_owned() };
        return Err(Refusal::body(vec![violation]));
    };
    Ok(match tenant.state().tokens.find(text) {
        Some(token) => Answer::json(StatusCode::OK, token.metadata()),
        None => Answer::empty(StatusCode::NOT_FOUND),
    })
}

/// `GET /api/v1/synthetic/monitors?credentialId=…`: the monitors that use a set, or all monitors. Part of the sandbox
/// so that "who uses it" can be shown; its members are our choice (c).
pub(crate) fn monitors(tenant: &Tenant, caller: &KnownToken, parameters: &[(String, String)]) -> Answer {
    let only = parameters.iter().find(|(name, _)| name == "credentialId").map(|(_, id)| id.as_str());
    let state = tenant.state();
    let seen = state.all_seen(caller, tenant.clock.now());
    let monitors: Vec<Value> =
        seen.filter(|set| only.is_none_or(|id| id == set.id)).flat_map(monitors_of).collect();
    Answer::json(StatusCode::OK, json!({ "monitors": monitors }))
}

fn monitors_of(set: &StoredSet) -> Vec<Value> {
    let id = &set.id;
    let http = (1..=set.http_monitors)
        .map(|n| monitor(set, "HTTP", "HTTP_CHECK", &format!("HTTP monitor {n} using {id}")));
    let browser = (1..=set.browser_monitors)
        .map(|n| monitor(set, "BROWSER", "SYNTHETIC_TEST", &format!("Browser monitor {n} using {id}")));
    // Named after the id of the synced set (contract 3.4, row 7).
    let sync = set.metadata.external_vault.is_some().then(|| monitor(set, "HTTP", "HTTP_CHECK", id));
    sync.into_iter().chain(http).chain(browser).collect()
}

/// The same monitor has the same id in every answer.
fn monitor(set: &StoredSet, kind: &str, prefix: &str, name: &str) -> Value {
    let digest = digest::digest(&digest::SHA256, format!("{}|{kind}|{name}", set.id).as_bytes());
    let entity = format!("{prefix}-{}", random::hex(&digest.as_ref()[..8]).to_uppercase());
    json!({ "entityId": entity, "name": name, "type": kind, "enabled": true })
}

/// `GET /sandbox/faults`
pub(crate) fn faults(tenant: &Tenant) -> Answer {
    let specs: Vec<String> = tenant.faults.list().iter().map(ToString::to_string).collect();
    Answer::json(StatusCode::OK, json!({ "faults": specs }))
}

/// `PUT /sandbox/faults` with `["429", …]` or `{"faults": ["429", …]}`: replaces all faults, or none if one is wrong.
pub(crate) fn set_faults(tenant: &Tenant, body: &Value) -> Result<Answer, Refusal> {
    let specs = body.get("faults").unwrap_or(body).as_array();
    let specs = specs.ok_or_else(|| Refusal::bad_request("The body must be an array of fault specs."))?;
    let parsed: Result<Vec<Fault>, String> = specs
        .iter()
        .map(|spec| Fault::parse(spec.as_str().unwrap_or_default()).map_err(|error| error.to_string()))
        .collect();
    tenant.faults.set(parsed.map_err(Refusal::bad_request)?);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// `PUT /sandbox/usage/{id}` with `{"http": 1, "browser": 0}`: says how many monitors use a set.
pub(crate) fn set_usage(tenant: &Tenant, id: &str, body: &Value) -> Result<Answer, Refusal> {
    let count = |key: &str| match body.get(key) {
        None => Ok(0),
        Some(value) => value
            .as_u64()
            .and_then(|count| u32::try_from(count).ok())
            .filter(|count| *count <= 1000)
            .ok_or_else(|| Refusal::bad_request(format!("{key} must be a number up to 1000."))),
    };
    let (http, browser) = (count("http")?, count("browser")?);
    match tenant.state().use_by_monitors(id, http, browser)? {
        true => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        false => Err(Refusal::unknown_id(id)),
    }
}

/// `GET /sandbox/state`: every set whoever owns it, counters, faults. Metadata only, like everything here.
pub(crate) fn state(tenant: &Tenant) -> Result<Answer, Refusal> {
    let state = tenant.state();
    let sets: Vec<&StoredSet> = state.sets.values().collect();
    let sets = serde_json::to_value(sets).map_err(|_| Refusal::transient())?;
    let specs: Vec<String> = tenant.faults.list().iter().map(ToString::to_string).collect();
    Ok(Answer::json(
        StatusCode::OK,
        json!({ "mode": tenant.mode, "sets": sets, "writes": state.writes, "requests": state.log.count(), "faults": specs }),
    ))
}
