//! `SNMPV3` (contract 2.8): what a security level needs, and what it does not use.

use super::{CheckInput, Issue, IssueCode, text};
use crate::draft::Details;
use crate::secret::SecretField;

const LEVELS: [&str; 3] = ["NO_AUTH_NO_PRIV", "AUTH_NO_PRIV", "AUTH_PRIV"];
const AUTHENTICATION: [&str; 6] = ["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"];
const PRIVACY: [&str; 6] = ["DES", "AES", "AES192", "AES192C", "AES256", "AES256C"];

/// Shorter ones are refused by SNMP agents (RFC 3414, section 11.2); the API states no minimum.
const MIN_PASSPHRASE: usize = 8;

pub(super) fn check(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    let Details::SnmpV3 { username, security_level, authentication_protocol, privacy_protocol } =
        &input.meta.details
    else {
        return;
    };
    if text::required("username", username, "the SNMP user name", issues) {
        text::one_line("username", username, issues);
    }
    if !text::one_of("securityLevel", security_level, &LEVELS, "a security level", issues) {
        return;
    }
    let part = Part { input, level: security_level };
    part.check(
        security_level != "NO_AUTH_NO_PRIV",
        (
            "authenticationProtocol",
            authentication_protocol.as_deref(),
            &AUTHENTICATION,
            "an authentication protocol",
        ),
        (SecretField::AuthenticationPassword, "the authentication password"),
        issues,
    );
    part.check(
        security_level == "AUTH_PRIV",
        ("privacyProtocol", privacy_protocol.as_deref(), &PRIVACY, "a privacy protocol"),
        (SecretField::PrivacyPassword, "the privacy password"),
        issues,
    );
}

struct Part<'a> {
    input: &'a CheckInput<'a>,
    level: &'a str,
}

impl Part<'_> {
    fn check(
        &self,
        needed: bool,
        (path, protocol, allowed, what): (&str, Option<&str>, &[&str], &str),
        (field, secret): (SecretField, &str),
        issues: &mut Vec<Issue>,
    ) {
        if needed {
            text::one_of(path, protocol.unwrap_or_default(), allowed, what, issues);
            text::required_secret(self.input.secrets, field, secret, issues);
            self.check_length(field, issues);
            return;
        }
        if protocol.is_some_and(|protocol| !protocol.is_empty()) {
            self.unused(path, issues);
        }
        if self.input.secrets.has(field) {
            self.unused(field.name(), issues);
        }
    }

    fn unused(&self, path: &str, issues: &mut Vec<Issue>) {
        let message = format!(
            "The security level {} does not use this field. Clear it, or pick a higher level.",
            self.level
        );
        issues.push(Issue::warning(path, IssueCode::Advice, message));
    }

    fn check_length(&self, field: SecretField, issues: &mut Vec<Issue>) {
        let Some(text) = self.input.secrets.value(field).and_then(|value| value.expose_text()) else {
            return;
        };
        if (1..MIN_PASSPHRASE).contains(&text.chars().count()) {
            issues.push(Issue::warning(
                field.name(),
                IssueCode::ShortPassphrase,
                "Most SNMP agents refuse passphrases of fewer than 8 characters. Check it against the device.",
            ));
        }
    }
}
