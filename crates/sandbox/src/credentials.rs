//! The five operations on credential sets (contract 1.4, 5).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal};
use crate::draft::{self, Circumstances};
use crate::fault::{FaultKind, On};
use crate::options::Permission;
use crate::page::Query;
use crate::set::{CredentialType, SetMetadata, StoredSet};
use crate::tenant::{State, Tenant};
use crate::token::KnownToken;
use crate::{SandboxError, random, view};

/// 500 when the file cannot be written or the operating system gives no random bytes.
impl From<SandboxError> for Refusal {
    fn from(_: SandboxError) -> Self {
        Self::transient()
    }
}

/// `GET /credentials`
pub(crate) fn list(
    tenant: &Tenant,
    caller: &KnownToken,
    parameters: &[(String, String)],
) -> Result<Answer, Refusal> {
    let query = Query::read(parameters, &tenant.page_keys)?;
    let now = tenant.clock.now();
    let state = tenant.state();
    let matching: Vec<_> = state.all_seen(caller, now).filter(|set| query.matches(set)).collect();
    let (page, next) = query.page(&matching, &tenant.page_keys)?;
    let shape = tenant.faults.shape();
    let elements: Vec<Value> = page.into_iter().map(|set| view::element(set, shape)).collect();
    let mut out = json!({ "totalCount": matching.len(), "pageSize": query.size, "credentials": elements });
    if let Some(key) = next {
        out["nextPageKey"] = key.into();
    }
    if shape.extra_fields {
        out["futureField"] = "future".into();
    }
    Ok(Answer::json(StatusCode::OK, out))
}

/// `GET /credentials/{id}`
pub(crate) fn get(tenant: &Tenant, caller: &KnownToken, id: &str) -> Result<Answer, Refusal> {
    let state = tenant.state();
    let set = state.seen(id, caller, tenant.clock.now())?;
    Ok(Answer::json(StatusCode::OK, view::element(set, tenant.faults.shape())))
}

/// `POST /credentials`
pub(crate) fn create(tenant: &Tenant, caller: &KnownToken, body: &Value) -> Result<Answer, Refusal> {
    let mut state = tenant.state();
    let id = loop {
        let id = random::credential_id()?;
        if !state.sets.contains_key(&id) {
            break id;
        }
    };
    insert(tenant, &mut state, caller, body, &id)?;
    state.writes.posts += 1;
    Ok(Answer::json(StatusCode::CREATED, json!({ "id": id })))
}

/// `PUT /credentials/{id}`
pub(crate) fn replace(
    tenant: &Tenant,
    caller: &KnownToken,
    body: &Value,
    id: &str,
) -> Result<Answer, Refusal> {
    let mut state = tenant.state();
    let now = tenant.clock.now();
    if !state.sets.contains_key(id) && tenant.faults.strikes(On::Put, &FaultKind::PutUnknownCreates) {
        insert(tenant, &mut state, caller, body, id)?;
        state.writes.puts += 1;
        return Ok(Answer::json(StatusCode::CREATED, json!({ "id": id })));
    }
    let old = state.seen(id, caller, now)?;
    may_change(old, caller)?;
    let previous = Some((id, &old.metadata));
    let metadata = read(tenant, &state, caller, body, previous, "update")?;
    state.change(|sets| {
        if let Some(set) = sets.get_mut(id) {
            set.metadata = metadata;
            // Overwriting makes this user the owner (contract 5.1).
            set.owner.clone_from(&caller.user);
            set.revision += 1;
        }
    })?;
    state.writes.puts += 1;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /credentials/{id}`
pub(crate) fn delete(tenant: &Tenant, caller: &KnownToken, id: &str) -> Result<Answer, Refusal> {
    let mut state = tenant.state();
    let set = state.seen(id, caller, tenant.clock.now())?;
    may_change(set, caller)?;
    // The monitor that synchronises a set goes with it (contract 3.4, row 4), so it does not stand in the way.
    let used = set.http_monitors + set.browser_monitors > 0;
    let is_companion = state.sets.values().any(|other| {
        other
            .metadata
            .external_vault
            .as_ref()
            .is_some_and(|vault| vault.companions.iter().any(|used| used == id))
    });
    if used || is_companion {
        return Err(Refusal::bad_request(format!(
            "It is not possible to delete credential with ID: {id} as long as there are monitors assigned to it."
        )));
    }
    if tenant.faults.strikes(On::Delete, &FaultKind::DeleteEmptyError) {
        return Ok(Answer::empty(StatusCode::INTERNAL_SERVER_ERROR));
    }
    state.change(|sets| {
        sets.remove(id);
    })?;
    state.writes.deletes += 1;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn insert(
    tenant: &Tenant,
    state: &mut State,
    caller: &KnownToken,
    body: &Value,
    id: &str,
) -> Result<(), Refusal> {
    if caller.permission == Permission::ZoneOnly {
        return Err(forbidden("Creating credentials needs permission to view the environment."));
    }
    let metadata = read(tenant, state, caller, body, None, "add")?;
    let external_id = match metadata.kind {
        CredentialType::AwsMonitoringRoleBased => Some(random::uuid()?),
        _ => None,
    };
    let now = tenant.clock.now();
    let set = StoredSet {
        id: id.to_owned(),
        owner: caller.user.clone(),
        metadata,
        external_id,
        http_monitors: 0,
        browser_monitors: 0,
        revision: 1,
        visible_from: tenant.faults.delay_visible().and_then(|delay| now.checked_add(delay)),
    };
    state.change(|sets| {
        sets.insert(set.id.clone(), set);
    })?;
    Ok(())
}

/// Reads the body as this caller may send it.
fn read(
    tenant: &Tenant,
    state: &State,
    caller: &KnownToken,
    body: &Value,
    previous: Option<(&str, &SetMetadata)>,
    verb: &'static str,
) -> Result<SetMetadata, Refusal> {
    let now = tenant.clock.now();
    let type_of = |id: &str| state.seen(id, caller, now).ok().map(|set| set.metadata.kind);
    let around = Circumstances {
        mode: tenant.mode,
        verb,
        previous,
        may_synchronise: caller.permission == Permission::ChangeMonitoring,
        type_of: &type_of,
    };
    draft::read(body, &around)
}

/// A set one may see but not change: 403 (contract 4.6). The text is our choice (c).
fn may_change(set: &StoredSet, caller: &KnownToken) -> Result<(), Refusal> {
    if set.changed_by(&caller.user, caller.permission) {
        return Ok(());
    }
    Err(forbidden("The credential belongs to another user."))
}

fn forbidden(message: &str) -> Refusal {
    Refusal::plain(StatusCode::FORBIDDEN, message)
}
