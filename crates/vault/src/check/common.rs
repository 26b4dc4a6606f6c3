//! Fields that every type has (contract 2.1 to 2.3), and the size of the request (contract 4.7).

use super::{CheckInput, Issue, IssueCode, text};
use crate::clock::Timestamp;
use crate::draft::{CredentialType, DraftMeta, Scope};
use crate::secret::SecretField;

const DAY: i64 = 24 * 60 * 60 * 1000;
const SOON_DAYS: i64 = 30;

/// Contract 4.7: 1 MB for every API without an exception.
const MAX_BODY: usize = 1_000_000;

pub(super) fn check(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    let meta = input.meta;
    if text::required("name", &meta.name, "a name", issues) {
        text::one_line("name", &meta.name, issues);
    }
    if meta.description.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        issues.push(Issue::warning(
            "description",
            IssueCode::Malformed,
            "The description holds a control character. Remove it unless it is meant.",
        ));
    }
    check_scopes(meta, issues);
    check_access(meta, issues);
    if let Some(expires_at) = meta.expires_at {
        check_end(input.now, expires_at, "expiresAt", "The secret", issues);
    }
}

/// A date of expiry: passed, or within 30 days.
pub(super) fn check_end(now: Timestamp, end: Timestamp, path: &str, what: &str, issues: &mut Vec<Issue>) {
    let left = end.as_millis().saturating_sub(now.as_millis());
    if left <= 0 {
        let message = format!("{what} has expired. Replace it before you publish.");
        issues.push(Issue::warning(path, IssueCode::Expired, message));
    } else if left <= SOON_DAYS * DAY {
        let days = left / DAY;
        let when = match days {
            0 => "in less than a day".to_owned(),
            1 => "in 1 day".to_owned(),
            _ => format!("in {days} days"),
        };
        let message = format!("{what} expires {when}. Plan its replacement.");
        issues.push(Issue::warning(path, IssueCode::ExpiresSoon, message));
    }
}

fn check_scopes(meta: &DraftMeta, issues: &mut Vec<Issue>) {
    const PATH: &str = "scopes";
    let named = meta.scopes.iter().filter(|scope| !scope.as_str().trim().is_empty()).count();
    if named == 0 {
        issues.push(Issue::error(PATH, IssueCode::Required, "Pick at least one scope."));
    }
    for scope in &meta.scopes {
        match scope.as_str() {
            "UNKNOWN" => issues.push(Issue::error(
                PATH,
                IssueCode::UnknownValue,
                "The scope UNKNOWN is a placeholder in answers and can't be sent. Pick the real scope.",
            )),
            "ALL" => issues.push(Issue::warning(
                PATH,
                IssueCode::UnknownValue,
                "The scope ALL is no longer part of the API. Replace it by the scopes you need.",
            )),
            blank if blank.trim().is_empty() && named > 0 => {
                issues.push(Issue::error(PATH, IssueCode::Malformed, "One scope is empty. Remove it."));
            }
            known => check_scope(known, &meta.details.credential_type(), issues),
        }
    }
}

/// The table of contract 2.3. No pair is documented as forbidden, so a mismatch only warns.
fn check_scope(scope: &str, credential_type: &CredentialType, issues: &mut Vec<Issue>) {
    use CredentialType as T;
    let fits = match scope {
        Scope::SYNTHETIC => matches!(credential_type, T::UsernamePassword | T::Certificate | T::Token),
        Scope::EXTENSION_AUTHENTICATION => matches!(credential_type, T::UsernamePassword | T::SnmpV3),
        Scope::EXTENSION => matches!(credential_type, T::PublicCertificate),
        Scope::CLOUDS_MONITORING => matches!(credential_type, T::AwsKeyBased | T::AwsRoleBased),
        Scope::APP_ENGINE | "" => true,
        _ => {
            issues.push(Issue::warning(
                "scopes",
                IssueCode::UnknownValue,
                format!(
                    "The scope {} is not known to this version of Sealpost. It is sent as written.",
                    shown(scope)
                ),
            ));
            return;
        }
    };
    if !fits {
        issues.push(Issue::warning(
            "scopes",
            IssueCode::ScopeMismatch,
            format!(
                "Nothing with the scope {scope} is known to use the type {credential_type}. Check the scope."
            ),
        ));
    }
}

fn check_access(meta: &DraftMeta, issues: &mut Vec<Issue>) {
    let scoped = |name: &str| meta.scopes.iter().any(|scope| scope.as_str() == name);
    let users = meta.allowed_entities.iter().filter(|entity| entity.entity_type == "USER").count();
    for (index, entity) in meta.allowed_entities.iter().enumerate() {
        let at = |part: &str| format!("allowedEntities[{index}].{part}");
        match entity.entity_type.as_str() {
            "USER" if meta.owner_access_only => issues.push(Issue::warning(
                &at("type"),
                IssueCode::Advice,
                "Only the owner has access, so this user has none. Share the set, or remove the user.",
            )),
            "APPLICATION" if !scoped(Scope::APP_ENGINE) => issues.push(Issue::warning(
                &at("type"),
                IssueCode::ScopeMismatch,
                "Apps can use the set only with the scope APP_ENGINE. Add the scope, or remove the app.",
            )),
            "USER" | "APPLICATION" => {}
            "" | "UNKNOWN" => issues.push(Issue::error(
                &at("type"),
                IssueCode::UnknownValue,
                "Say whether this entry is a USER or an APPLICATION.",
            )),
            _ => issues.push(Issue::warning(
                &at("type"),
                IssueCode::UnknownValue,
                "This kind of entry is not known to this version of Sealpost. It is sent as written.",
            )),
        }
        if text::required(&at("id"), &entity.id, "the user name or the app ID", issues) {
            text::one_line(&at("id"), &entity.id, issues);
        }
    }
    if meta.allow_contextless_requests {
        if !scoped(Scope::APP_ENGINE) {
            issues.push(Issue::error(
                "allowContextlessRequests",
                IssueCode::ScopeMismatch,
                "Requests without a user need the scope APP_ENGINE. Add the scope, or turn this off.",
            ));
        }
        if !meta.owner_access_only && users == 0 {
            issues.push(Issue::error(
                "allowContextlessRequests",
                IssueCode::ContextlessRule,
                "Dynatrace refuses requests without a user on a set that everybody may use. List the users who may use it, or limit it to the owner.",
            ));
        }
    }
    if scoped(Scope::EXTENSION_AUTHENTICATION) && meta.owner_access_only {
        issues.push(Issue::warning(
            "ownerAccessOnly",
            IssueCode::Advice,
            "Extensions have been seen to find only sets that are not limited to their owner. Share the set if an extension can't use it.",
        ));
    }
}

/// Estimates the request: each text escaped as JSON does it, the certificate as base64.
pub(super) fn check_size(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    if issues.iter().any(|issue| issue.code == IssueCode::TooLarge) {
        // The certificate file alone is too large; once is enough.
        return;
    }
    // The metadata blob holds every text that is sent, and a little more.
    let meta = serde_json::to_vec(input.meta).map_or(0, |json| json.len());
    let secrets: usize = input.secrets.values.map_or(0, |values| {
        values
            .iter()
            .map(|(field, value)| match field {
                SecretField::Certificate => value.len().div_ceil(3) * 4,
                _ => value.expose().iter().map(|byte| escaped_len(*byte)).sum(),
            })
            .sum()
    });
    if meta.saturating_add(secrets) <= MAX_BODY {
        return;
    }
    let (path, what) = if secrets >= meta && input.secrets.has(SecretField::Certificate) {
        ("certificate", "Use a file with only the certificate, its key and its chain.")
    } else {
        ("", "Shorten its longest field.")
    };
    issues.push(Issue::error(
        path,
        IssueCode::TooLarge,
        format!("The request would be larger than 1 MB, which Dynatrace refuses. {what}"),
    ));
}

/// Length of a byte inside a JSON string.
fn escaped_len(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 2,
        0x00..0x20 => 6,
        _ => 1,
    }
}

/// A value from outside, short and without control characters, for a sentence.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
