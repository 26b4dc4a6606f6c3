//! External vault synchronisation (contract section 3).

use url::Url;

use super::{CheckInput, Issue, IssueCode, text};
use crate::draft::{CredentialType, Scope};
use crate::external_vault::{ExternalVault, Reference, SourceAuthMethod};

pub(super) fn check(input: &CheckInput<'_>, vault: &ExternalVault, issues: &mut Vec<Issue>) {
    check_scope(input, issues);
    check_method(input, vault, issues);
    check_url(&vault.vault_url, issues);
    check_secret_names(input, vault, issues);
    for (field, value, what) in literals(&vault.method) {
        let path = path(field);
        if text::required(&path, value, what, issues) {
            text::one_line(&path, value, issues);
        }
    }
    for (field, wanted, reference) in vault.method.references() {
        check_reference(input, field, &wanted, reference, issues);
    }
}

fn path(field: &str) -> String {
    format!("externalVault.{field}")
}

fn is_cyberark(method: &SourceAuthMethod) -> bool {
    matches!(
        method,
        SourceAuthMethod::CyberarkUsernamePassword { .. } | SourceAuthMethod::CyberarkAllowedLocation { .. }
    )
}

fn check_scope(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    let mut scopes = input.meta.scopes.iter().map(Scope::as_str);
    if !scopes.clone().any(|scope| scope == Scope::SYNTHETIC) {
        issues.push(Issue::error(
            "scopes",
            IssueCode::ScopeMismatch,
            "Values from an external vault are available to synthetic monitors only. Add the scope SYNTHETIC.",
        ));
    } else if scopes.any(|scope| scope != Scope::SYNTHETIC) {
        issues.push(Issue::warning(
            "scopes",
            IssueCode::ScopeMismatch,
            "SYNTHETIC is the only scope documented for values from an external vault. Check that the others are meant.",
        ));
    }
}

fn check_method(input: &CheckInput<'_>, vault: &ExternalVault, issues: &mut Vec<Issue>) {
    if input.meta.details.credential_type() == CredentialType::Token && is_cyberark(&vault.method) {
        issues.push(Issue::error(
            "externalVault.sourceAuthMethod",
            IssueCode::Malformed,
            "A token can't come from CyberArk. Use Azure Key Vault or HashiCorp Vault, or the type USERNAME_PASSWORD.",
        ));
    }
}

fn check_url(value: &str, issues: &mut Vec<Issue>) {
    const PATH: &str = "externalVault.vaultUrl";
    if !text::required(PATH, value, "the address of the vault", issues) {
        return;
    }
    text::stray_whitespace(PATH, value, issues);
    let parsed = Url::parse(value.trim()).ok().filter(Url::has_host);
    match parsed {
        Some(url) if url.scheme() == "https" || url.scheme() == "http" => {
            if url.scheme() == "http" {
                issues.push(Issue::warning(
                    PATH,
                    IssueCode::Advice,
                    "This address is not encrypted, so secrets would cross the network in clear. Use https.",
                ));
            }
            if !url.username().is_empty() || url.password().is_some() {
                issues.push(Issue::error(
                    PATH,
                    IssueCode::Malformed,
                    "The address holds a user name or a password. Remove the part before the @.",
                ));
            }
        }
        _ => issues.push(Issue::error(
            PATH,
            IssueCode::Malformed,
            "This is not a web address. Enter it in the form https://vault.example.com:8200.",
        )),
    }
}

/// Azure and HashiCorp need the names of the secrets; CyberArk's account holds both values.
fn check_secret_names(input: &CheckInput<'_>, vault: &ExternalVault, issues: &mut Vec<Issue>) {
    let token = input.meta.details.credential_type() == CredentialType::Token;
    let cyberark = is_cyberark(&vault.method);
    for (field, value, for_token, what) in [
        (
            "usernameSecretName",
            &vault.username_secret_name,
            false,
            "the name of the secret that holds the user name",
        ),
        (
            "passwordSecretName",
            &vault.password_secret_name,
            false,
            "the name of the secret that holds the password",
        ),
        ("tokenSecretName", &vault.token_secret_name, true, "the name of the secret that holds the token"),
    ] {
        let path = path(field);
        if !cyberark && for_token == token {
            if text::required(&path, value, what, issues) {
                text::one_line(&path, value, issues);
            }
        } else if !value.is_empty() {
            issues.push(Issue::warning(
                &path,
                IssueCode::Advice,
                "This form does not use this name. Clear it to keep the draft easy to read.",
            ));
        }
    }
}

/// The required fields of a form that are plain text (contract 3.2, "schema" and "in practice" taken together).
fn literals(method: &SourceAuthMethod) -> Vec<(&'static str, &str, &'static str)> {
    use SourceAuthMethod as M;
    match method {
        M::HashicorpApprole { path_to_credentials, role_id, vault_namespace, .. } => vec![
            ("pathToCredentials", path_to_credentials, "the path to the credentials"),
            ("roleId", role_id, "the role ID"),
            ("vaultNamespace", vault_namespace, "the vault namespace"),
        ],
        M::HashicorpCertificate { path_to_credentials, .. } => {
            vec![("pathToCredentials", path_to_credentials, "the path to the credentials")]
        }
        M::AzureClientSecret { tenant_id, .. } => vec![("tenantId", tenant_id, "the directory (tenant) ID")],
        M::CyberarkUsernamePassword { application_id, safe_name, account_name, .. }
        | M::CyberarkAllowedLocation { application_id, safe_name, account_name, .. } => vec![
            ("applicationId", application_id, "the application ID"),
            ("safeName", safe_name, "the name of the safe"),
            ("accountName", account_name, "the name of the account"),
        ],
    }
}

fn check_reference(
    input: &CheckInput<'_>,
    field: &str,
    wanted: &CredentialType,
    reference: &Reference,
    issues: &mut Vec<Issue>,
) {
    let path = path(field);
    let mut bad = |message: String| issues.push(Issue::error(&path, IssueCode::BadReference, message));
    match reference {
        Reference::Draft(id) if Some(*id) == input.self_id => {
            bad("A draft can't take its access from itself. Pick another draft.".to_owned());
        }
        Reference::Draft(id) => match (input.references)(id) {
            None => bad("The draft this refers to is gone. Pick another one, or restore it from the trash."
                .to_owned()),
            Some(target) if target.credential_type != *wanted => bad(format!(
                "“{}” has the type {}, and {wanted} is needed here. Pick another draft.",
                target.name, target.credential_type
            )),
            Some(_) => {}
        },
        empty if empty.is_empty() => issues.push(Issue::error(
            &path,
            IssueCode::Required,
            format!("Pick the {wanted} draft that gives access to the vault."),
        )),
        Reference::Remote(id) if !looks_like_id(id) => issues.push(Issue::warning(
            &path,
            IssueCode::BadReference,
            "This does not look like the ID of a credential set (CREDENTIALS_VAULT-…). Pick a draft instead.",
        )),
        Reference::Remote(_) => issues.push(Issue::warning(
            &path,
            IssueCode::Advice,
            "This ID exists in one environment only. Pick a draft instead to publish to several.",
        )),
        Reference::Literal(_) if matches!(field, "clientId" | "clientSecret") => issues.push(Issue::warning(
            &path,
            IssueCode::Advice,
            "The value is kept and shown as plain text. Put it into a TOKEN draft and pick that one instead.",
        )),
        Reference::Literal(_) => bad(format!("Only the ID of a {wanted} set works here. Pick a draft.")),
    }
}

/// Ids are opaque (contract 5.4), but all that were ever seen start like this.
pub(crate) fn looks_like_id(text: &str) -> bool {
    const PREFIX: &str = "CREDENTIALS_VAULT-";
    text.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
        && text.len() > PREFIX.len()
}
