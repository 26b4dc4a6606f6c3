//! The fields of a set that can be compared, as paths and lines; the ground of every diff.

use std::collections::BTreeMap;

use sealpost_vault::{Details, DraftId, DraftMeta, ExternalVault, SecretField};

use crate::views::FieldChange;

/// Path → its lines. Only what a person may see: no secret has a place here.
pub(crate) type Fields = BTreeMap<String, Vec<String>>;

/// A label for people.
pub(crate) fn label(path: &str) -> &str {
    match path {
        "name" => "Name",
        "description" => "Description",
        "scopes" => "Scopes",
        "ownerAccessOnly" => "Owner only",
        "allowedEntities" => "Allowed users and apps",
        "allowContextlessRequests" => "Contextless requests",
        "type" => "Type",
        "user" | "username" => "Username",
        "password" => "Password",
        "token" => "Token",
        "certificate" => "Certificate",
        "certificateFormat" => "Certificate format",
        "securityLevel" => "Security level",
        "authenticationProtocol" => "Authentication protocol",
        "authenticationPassword" => "Authentication password",
        "privacyProtocol" => "Privacy protocol",
        "privacyPassword" => "Privacy password",
        "accessKeyID" => "Access key ID",
        "secretKey" => "Secret key",
        "awsPartition" => "AWS partition",
        "accountID" => "AWS account",
        "iamRole" => "IAM role",
        "externalVault" => "External vault",
        "externalVault.sourceAuthMethod" => "Vault kind",
        "externalVault.vaultUrl" => "Vault URL",
        "externalVault.usernameSecretName" => "Username secret name",
        "externalVault.passwordSecretName" => "Password secret name",
        "externalVault.tokenSecretName" => "Token secret name",
        "externalVault.locationForSynchronizationId" => "Synchronisation location",
        "externalVault.pathToCredentials" => "Path",
        "externalVault.roleId" => "Role ID",
        "externalVault.secretId" => "Secret ID",
        "externalVault.vaultNamespace" => "Namespace",
        "externalVault.certificate" => "Vault certificate",
        "externalVault.tenantId" => "Tenant ID",
        "externalVault.clientId" => "Client ID",
        "externalVault.clientSecret" => "Client secret",
        "externalVault.applicationId" => "Application ID",
        "externalVault.safeName" => "Safe",
        "externalVault.accountName" => "Account",
        "externalVault.folderName" => "Folder",
        "externalVault.usernamePasswordForCPM" => "Login for the provider",
        "note" => "Note",
        "tags" => "Tags",
        "expiresAt" => "Expiry",
        other => other,
    }
}

/// How another draft is written in a diff: the id it has in the environment, or its own.
pub(crate) type Resolve<'a> = &'a dyn Fn(DraftId) -> String;

/// Every field of a draft that would be sent and may be seen.
pub(crate) fn sent_fields(meta: &DraftMeta, resolve: Resolve<'_>) -> Fields {
    let mut out = Fields::new();
    let mut set = |path: &str, lines: Vec<String>| drop(out.insert(path.to_owned(), lines));
    let line = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    set("type", line(meta.details.credential_type().as_str()));
    set("name", line(&meta.name));
    set("description", line(&meta.description));
    set("scopes", meta.scopes.iter().map(|scope| scope.0.clone()).collect());
    set("ownerAccessOnly", line(yes_no(meta.owner_access_only)));
    set("allowContextlessRequests", line(yes_no(meta.allow_contextless_requests)));
    set(
        "allowedEntities",
        meta.allowed_entities.iter().map(|e| format!("{} {}", e.entity_type, e.id)).collect(),
    );
    match &meta.details {
        Details::UsernamePassword { user, external_vault, .. } => match external_vault {
            None => set("user", line(user)),
            Some(vault) => external_fields(vault, resolve, &mut set),
        },
        Details::Token { external_vault: Some(vault) } => external_fields(vault, resolve, &mut set),
        Details::Certificate { certificate_format, .. }
        | Details::PublicCertificate { certificate_format, .. } => {
            set("certificateFormat", line(certificate_format.as_str()));
        }
        Details::SnmpV3 { username, security_level, authentication_protocol, privacy_protocol } => {
            set("username", line(username));
            set("securityLevel", line(security_level));
            set("authenticationProtocol", authentication_protocol.iter().cloned().collect());
            set("privacyProtocol", privacy_protocol.iter().cloned().collect());
        }
        Details::AwsKeyBased { access_key_id, aws_partition } => {
            set("accessKeyID", line(access_key_id));
            set("awsPartition", line(aws_partition));
        }
        Details::AwsRoleBased { account_id, iam_role } => {
            set("accountID", line(account_id));
            set("iamRole", line(iam_role));
        }
        Details::Token { external_vault: None } | Details::Unknown { .. } => {}
    }
    out
}

fn external_fields(vault: &ExternalVault, resolve: Resolve<'_>, set: &mut dyn FnMut(&str, Vec<String>)) {
    let mut put = |name: &str, value: &str| {
        let lines = if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        set(&format!("externalVault.{name}"), lines);
    };
    put("sourceAuthMethod", vault.method.as_str());
    for (name, text) in vault.texts() {
        put(name, text);
    }
    for (name, _, reference) in vault.method.references() {
        put(name, &reference.text(resolve));
    }
}

pub(crate) const fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Field by field what differs, and the labels of what does not.
pub(crate) fn diff(before: &Fields, after: &Fields) -> (Vec<FieldChange>, Vec<String>) {
    let (mut changes, mut unchanged) = (Vec::new(), Vec::new());
    for path in before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))) {
        let empty = Vec::new();
        let (was, is) = (before.get(path).unwrap_or(&empty), after.get(path).unwrap_or(&empty));
        if was != is {
            changes.push(FieldChange {
                path: path.clone(),
                label: label(path).to_owned(),
                secret: false,
                before: was.clone(),
                after: is.clone(),
            });
        } else if !is.is_empty() {
            unchanged.push(label(path).to_owned());
        }
    }
    (changes, unchanged)
}

/// The change of a secret: that it changed, never what.
pub(crate) fn secret_change(field: SecretField) -> FieldChange {
    FieldChange {
        path: field.name().to_owned(),
        label: label(field.name()).to_owned(),
        secret: true,
        before: Vec::new(),
        after: Vec::new(),
    }
}

/// Labels of what differs between two revisions, what is never sent included.
pub(crate) fn changed_labels(before: &DraftMeta, after: &DraftMeta) -> Vec<String> {
    let fields = |meta: &DraftMeta| {
        let mut fields = sent_fields(meta, &|id| format!("draft {id}"));
        fields.insert("note".into(), vec![meta.note.clone()]);
        fields.insert("tags".into(), meta.tags.iter().cloned().collect());
        fields.insert(
            "expiresAt".into(),
            meta.expires_at.iter().map(|at| at.as_millis().to_string()).collect(),
        );
        fields
    };
    diff(&fields(before), &fields(after)).0.into_iter().map(|change| change.label).collect()
}
