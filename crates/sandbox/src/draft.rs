//! A request body becomes [`SetMetadata`], or a refusal. Secrets are looked at here and go no further.

use axum::http::StatusCode;
use serde_json::Value;

use crate::answer::Refusal;
use crate::check::{Check, Node};
use crate::options::Mode;
use crate::set::{AllowedEntity, CredentialType, SetMetadata};
use crate::{external, variant};

/// Scopes a request may name. `CLOUDS_MONITORING_AUTHENTICATION` is in no enum but in the official AWS example
/// (contract 2.3); that `ALL` and `UNKNOWN` are refused is our choice (c), they left the enum.
const SCOPES: [&str; 5] =
    ["SYNTHETIC", "EXTENSION", "EXTENSION_AUTHENTICATION", "APP_ENGINE", "CLOUDS_MONITORING_AUTHENTICATION"];

/// What a body is judged against.
pub(crate) struct Circumstances<'a> {
    pub(crate) mode: Mode,
    /// `add` or `update`, as in `Could not add credential: …`.
    pub(crate) verb: &'static str,
    /// The set a PUT replaces.
    pub(crate) previous: Option<(&'a str, &'a SetMetadata)>,
    /// Users with only View environment cannot use external synchronisation (contract 5.1).
    pub(crate) may_synchronise: bool,
    /// The type of a set the caller can see.
    pub(crate) type_of: &'a dyn Fn(&str) -> Option<CredentialType>,
}

/// Reads the body of POST or PUT. Order, as far as it shows: shape, enum of the type, missing and wrong members
/// together, then the rules that need the whole body.
pub(crate) fn read(body: &Value, around: &Circumstances<'_>) -> Result<SetMetadata, Refusal> {
    let Some(object) = body.as_object() else {
        return Err(Refusal::bad_request("The request body must be a JSON object."));
    };
    let node = Node { object, prefix: "" };
    if object.contains_key("id") {
        // Our choice (c): the schema has the member, the operations forbid it in bodies (contract 2.1).
        let message = "must not be set, the server assigns the id";
        return Err(Refusal::body(vec![crate::answer::Violation {
            path: "id".to_owned(),
            message: message.to_owned(),
        }]));
    }
    let kind = credential_type(node)?;
    let mut check = Check::default();
    let name = check.filled(node, "name").unwrap_or_default();
    let scopes = scopes(&mut check, node, around.mode);
    let description = check.optional(node, "description").unwrap_or_default();
    // Our choice (c): left out means shared with everybody; no source tells the default (contract section 6, row 10).
    let owner_access_only = check.flag(node, "ownerAccessOnly").unwrap_or(false);
    let allow_contextless_requests = check.flag(node, "allowContextlessRequests").unwrap_or(false);
    let allowed_entities = allowed_entities(&mut check, node);
    if allow_contextless_requests && !scopes.iter().any(|scope| scope == "APP_ENGINE") {
        check.wrong("allowContextlessRequests", "is possible with scope APP_ENGINE only");
    }
    let Some(kind) = kind else {
        check.wrong("type", "must not be null");
        return Err(check.refusal());
    };
    let mut set = SetMetadata {
        name: name.to_owned(),
        kind,
        description: description.to_owned(),
        owner_access_only,
        allow_contextless_requests,
        scopes,
        allowed_entities,
        external_vault: None,
        aws_partition: None,
        account_id: None,
        iam_role: None,
    };
    if node.get("externalVault").is_some() {
        set.external_vault = external::read(&mut check, node, &set, around);
    } else {
        variant::read(&mut check, node, &mut set);
    }
    check.finish()?;
    if set.external_vault.is_some() && !around.may_synchronise {
        let message = "External vault synchronization needs permission to change monitoring settings.";
        return Err(Refusal::plain(StatusCode::FORBIDDEN, message));
    }
    if set.external_vault.is_none() {
        variant::certificate(node, kind, around.verb)?;
    }
    contextless_rule(&set)?;
    replacement_rules(&set, around)?;
    Ok(set)
}

/// The discriminator. A missing one is a violation like any other, an unknown one is refused on its own.
fn credential_type(node: Node<'_>) -> Result<Option<CredentialType>, Refusal> {
    let Some(value) = node.get("type") else { return Ok(None) };
    let known = value.as_str().and_then(CredentialType::named);
    known.map(Some).ok_or_else(|| {
        let names = CredentialType::ALL.map(CredentialType::name).join(", ");
        Refusal::bad_request(format!(
            "Could not map the request body: unknown value of type, known are [{names}]"
        ))
    })
}

/// The union of `scopes` and the older `scope`; servers take either (contract 2.3).
fn scopes(check: &mut Check, node: Node<'_>, mode: Mode) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let sent = check.list(node, "scopes").unwrap_or_default();
    let single = node.get("scope");
    if node.get("scopes").is_none() && single.is_none() {
        check.wrong("scopes", "must not be null");
    } else if sent.is_empty() && single.is_none() {
        check.wrong("scopes", "must not be empty");
    }
    let listed = sent.iter().map(|value| ("scopes", value));
    for (path, value) in listed.chain(single.map(|value| ("scope", value))) {
        match value.as_str() {
            Some("APP_ENGINE") if mode == Mode::Managed => {
                check.wrong(path, "APP_ENGINE is not available on this environment");
            }
            Some(scope) if SCOPES.contains(&scope) => {
                if !all.iter().any(|known| known == scope) {
                    all.push(scope.to_owned());
                }
            }
            _ => check.wrong(path, format!("must be one of [{}]", SCOPES.join(", "))),
        }
    }
    all
}

fn allowed_entities(check: &mut Check, node: Node<'_>) -> Vec<AllowedEntity> {
    let mut all = Vec::new();
    for (index, value) in check.list(node, "allowedEntities").unwrap_or_default().iter().enumerate() {
        let prefix = format!("allowedEntities[{index}].");
        let Some(object) = value.as_object() else {
            check.wrong(format!("allowedEntities[{index}]"), "must be an object");
            continue;
        };
        let entity = Node { object, prefix: &prefix };
        // `UNKNOWN` is for answers only; refusing it is our choice (c).
        let kind = check.choice(entity, "type", &["USER", "APPLICATION"]);
        let id = check.filled(entity, "id");
        if let (Some(kind), Some(id)) = (kind, id) {
            let entity = AllowedEntity { kind: kind.to_owned(), id: id.to_owned() };
            if !all.contains(&entity) {
                all.push(entity);
            }
        }
    }
    all
}

/// Since 1.337 (contract 2.2). The text is our choice (c).
fn contextless_rule(set: &SetMetadata) -> Result<(), Refusal> {
    if set.allow_contextless_requests && set.open_to_all() {
        return Err(Refusal::bad_request(
            "Contextless requests are not possible for a credential that is available to all users: restrict it to \
             the owner or to named users.",
        ));
    }
    Ok(())
}

/// What a PUT may not change (contract 5.6 and 3.4, row 5; the refusals are our choice (c)).
fn replacement_rules(set: &SetMetadata, around: &Circumstances<'_>) -> Result<(), Refusal> {
    let Some((_, previous)) = around.previous else { return Ok(()) };
    if previous.kind != set.kind {
        let (old, new) = (previous.kind.name(), set.kind.name());
        return Err(Refusal::bad_request(format!(
            "The type of a credential cannot be changed from {old} to {new}."
        )));
    }
    if previous.external_vault.is_some() && set.external_vault.is_none() {
        return Err(Refusal::bad_request(
            "A credential that is synchronized with an external vault can only be updated with an external vault \
             configuration.",
        ));
    }
    Ok(())
}
