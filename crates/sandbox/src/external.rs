//! External vault synchronisation (contract section 3): names of secrets and references to other sets.

use std::collections::BTreeMap;

use crate::check::{Check, Node};
use crate::draft::Circumstances;
use crate::set::{CredentialType, ExternalVault, SetMetadata};

/// One member of a variant.
struct Member {
    key: &'static str,
    needed: bool,
    refers_to: Option<CredentialType>,
    /// May also be a literal (contract section 6, row 11).
    literal: bool,
}

const fn plain(key: &'static str, needed: bool) -> Member {
    Member { key, needed, refers_to: None, literal: true }
}

const fn companion(key: &'static str, needed: bool, kind: CredentialType) -> Member {
    Member { key, needed, refers_to: Some(kind), literal: false }
}

const fn companion_or_literal(key: &'static str) -> Member {
    Member { key, needed: true, refers_to: Some(CredentialType::Token), literal: true }
}

const APPROLE: &[Member] = &[
    plain("pathToCredentials", true),
    plain("roleId", true),
    companion("secretId", true, CredentialType::Token),
    plain("vaultNamespace", true),
];
const HASHICORP_CERTIFICATE: &[Member] =
    &[companion("certificate", true, CredentialType::Certificate), plain("pathToCredentials", true)];
const AZURE: &[Member] =
    &[plain("tenantId", true), companion_or_literal("clientId"), companion_or_literal("clientSecret")];
const CYBERARK_CPM: &[Member] = &[
    plain("applicationId", true),
    plain("safeName", true),
    plain("accountName", true),
    companion("usernamePasswordForCPM", true, CredentialType::UsernamePassword),
    companion("certificate", false, CredentialType::Certificate),
    plain("folderName", false),
];
const CYBERARK_LOCATION: &[Member] = &[
    plain("applicationId", true),
    plain("safeName", true),
    plain("accountName", true),
    companion("certificate", false, CredentialType::Certificate),
    plain("folderName", false),
];

/// Method, response model (contract 3.3), members, and whether it is CyberArk.
const METHODS: [(&str, &str, &[Member], bool); 5] = [
    ("HASHICORP_VAULT_APPROLE", "HASHICORP_APPROLE_MODEL", APPROLE, false),
    ("HASHICORP_VAULT_CERTIFICATE", "HASHICORP_CERTIFICATE_MODEL", HASHICORP_CERTIFICATE, false),
    ("AZURE_KEY_VAULT_CLIENT_SECRET", "AZURE_CLIENT_SECRET_MODEL", AZURE, false),
    ("CYBERARK_VAULT_USERNAME_PASSWORD", "CYBERARK_VAULT_USERNAME_PASSWORD_MODEL", CYBERARK_CPM, true),
    ("CYBERARK_VAULT_ALLOWED_LOCATION", "CYBERARK_VAULT_ALLOWED_LOCATION_MODEL", CYBERARK_LOCATION, true),
];

/// The name of the response model of a method.
pub(crate) fn model(method: &str) -> Option<&'static str> {
    METHODS.iter().find(|(name, ..)| *name == method).map(|(_, model, ..)| *model)
}

/// Reads `externalVault`. What the schema leaves optional and practice needs is needed here; all such refusals, and
/// those about types, scopes and values sent beside it, are our choice (c).
pub(crate) fn read(
    check: &mut Check,
    body: Node<'_>,
    set: &SetMetadata,
    around: &Circumstances<'_>,
) -> Option<ExternalVault> {
    let Some(object) = body.get("externalVault")?.as_object() else {
        check.wrong("externalVault", "must be an object");
        return None;
    };
    let node = Node { object, prefix: "externalVault." };
    let values: &[&str] = match set.kind {
        CredentialType::UsernamePassword => &["user", "password"],
        CredentialType::Token => &["token"],
        _ => {
            check.wrong("externalVault", "is possible for USERNAME_PASSWORD and TOKEN only");
            return None;
        }
    };
    for key in values.iter().filter(|key| body.get(key).is_some()) {
        check.wrong(*key, "must not be set together with externalVault");
    }
    if !set.scopes.iter().any(|scope| scope == "SYNTHETIC") {
        check.wrong("scopes", "must contain SYNTHETIC for external vault synchronization");
    }
    let names = METHODS.map(|(name, ..)| name);
    let method = check.choice(node, "sourceAuthMethod", &names);
    let mut vault = ExternalVault {
        source_auth_method: method?.to_owned(),
        fields: BTreeMap::new(),
        companions: Vec::new(),
    };
    let (_, _, members, cyberark) = METHODS.iter().find(|(name, ..)| *name == vault.source_auth_method)?;
    if *cyberark && set.kind == CredentialType::Token {
        check.wrong("externalVault.sourceAuthMethod", "is possible for USERNAME_PASSWORD only");
    }
    if let Some(url) = check.filled(node, "vaultUrl") {
        if !url.is_empty() && !is_url(url) {
            check.wrong("externalVault.vaultUrl", "must be a URL");
        }
        vault.fields.insert("vaultUrl".to_owned(), url.to_owned());
    }
    let needed_names: &[&str] = match set.kind {
        _ if *cyberark => &[],
        CredentialType::Token => &["tokenSecretName"],
        _ => &["usernameSecretName", "passwordSecretName"],
    };
    for key in ["usernameSecretName", "passwordSecretName", "tokenSecretName"] {
        let text =
            if needed_names.contains(&key) { check.filled(node, key) } else { check.optional(node, key) };
        keep(&mut vault, key, text);
    }
    // Request only, never answered (contract 3.3).
    check.optional(node, "locationForSynchronizationId");
    for member in *members {
        let text =
            if member.needed { check.filled(node, member.key) } else { check.optional(node, member.key) };
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        let is_literal = member.literal && !text.starts_with("CREDENTIALS_VAULT-");
        if let (Some(kind), false) = (member.refers_to, is_literal) {
            refer(check, node, member.key, kind, around);
            if !vault.companions.iter().any(|id| id == text) {
                vault.companions.push(text.to_owned());
            }
        }
        // A literal client secret is a secret: looked at, not kept.
        if !(is_literal && member.key == "clientSecret") {
            keep(&mut vault, member.key, Some(text));
        }
    }
    Some(vault)
}

fn keep(vault: &mut ExternalVault, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        vault.fields.insert(key.to_owned(), text.to_owned());
    }
}

/// A reference has to lead to a set of the right type that the caller can see.
fn refer(check: &mut Check, node: Node<'_>, key: &str, kind: CredentialType, around: &Circumstances<'_>) {
    let Some(id) = node.get(key).and_then(|value| value.as_str()) else { return };
    if around.previous.is_some_and(|(own, _)| own == id) {
        return check.wrong(node.path(key), "must not be the credential itself");
    }
    match (around.type_of)(id) {
        None => check.wrong(node.path(key), "must be the id of an existing credential"),
        Some(found) if found != kind => {
            let (found, wanted) = (found.name(), kind.name());
            check.wrong(node.path(key), format!("must be the id of a {wanted} credential, not {found}"));
        }
        Some(_) => {}
    }
}

fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace))
}
