//! The members of each type without an external vault (contract 2.4 to 2.10).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::answer::Refusal;
use crate::check::{Check, Node};
use crate::set::{CredentialType, SetMetadata};

/// Checks the members of the type and keeps those that are not secret.
pub(crate) fn read(check: &mut Check, node: Node<'_>, set: &mut SetMetadata) {
    match set.kind {
        CredentialType::UsernamePassword => {
            check.filled(node, "user");
            // An empty password is possible (contract 2.4).
            check.required(node, "password");
        }
        CredentialType::Token => {
            check.filled(node, "token");
        }
        CredentialType::Certificate | CredentialType::PublicCertificate => {
            check.filled(node, "certificate");
            // `UNKNOWN` is in the enum and never to be sent; refusing it is our choice (c).
            check.choice(node, "certificateFormat", &["PEM", "PKCS12"]);
            check.required(node, "password");
        }
        CredentialType::Snmpv3 => snmp(check, node),
        CredentialType::AwsMonitoringKeyBased => {
            check.filled(node, "accessKeyID");
            check.filled(node, "secretKey");
            let partition = check.choice(node, "awsPartition", &["DEFAULT", "CHINA", "US_GOV"]);
            set.aws_partition = partition.map(str::to_owned);
        }
        CredentialType::AwsMonitoringRoleBased => {
            let account = check.required(node, "accountID");
            if account.is_some_and(|id| id.len() != 12 || !id.bytes().all(|digit| digit.is_ascii_digit())) {
                check.wrong("accountID", "must be 12 digits");
            }
            let role = check.filled(node, "iamRole");
            if role.is_some_and(|name| name.starts_with("arn:")) {
                check.wrong("iamRole", "must be the name of the role, not its ARN");
            }
            set.account_id = account.map(str::to_owned);
            set.iam_role = role.map(str::to_owned);
        }
    }
}

/// Contract 2.8. The passwords per level are in the schema text; that protocols are needed is our choice (c).
fn snmp(check: &mut Check, node: Node<'_>) {
    check.filled(node, "username");
    let level = check.choice(node, "securityLevel", &["NO_AUTH_NO_PRIV", "AUTH_NO_PRIV", "AUTH_PRIV"]);
    let authenticated = matches!(level, Some("AUTH_NO_PRIV" | "AUTH_PRIV"));
    let private = level == Some("AUTH_PRIV");
    let authentication = ["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"];
    let privacy = ["DES", "AES", "AES192", "AES192C", "AES256", "AES256C"];
    for (needed, protocol, all, password) in [
        (authenticated, "authenticationProtocol", authentication, "authenticationPassword"),
        (private, "privacyProtocol", privacy, "privacyPassword"),
    ] {
        if needed {
            check.choice(node, protocol, &all);
            check.filled(node, password);
        } else {
            check.optional_choice(node, protocol, &all);
            check.optional(node, password);
        }
    }
}

/// The rules of contract 2.6 and 2.7 about what is in the members: base64 of the file, base64 of the password, and
/// no password for PEM (c). A public certificate may carry a dummy password, as some clients send.
pub(crate) fn certificate(node: Node<'_>, kind: CredentialType, verb: &str) -> Result<(), Refusal> {
    if !matches!(kind, CredentialType::Certificate | CredentialType::PublicCertificate) {
        return Ok(());
    }
    let text = |key| node.get(key).and_then(Value::as_str).unwrap_or_default();
    let refuse = |what: &str| Err(Refusal::bad_request(format!("Could not {verb} credential: {what}")));
    if let Some(fault) = base64_fault(text("certificate")) {
        return refuse(&format!("Failed to decode certificate payload {fault}"));
    }
    if kind == CredentialType::PublicCertificate {
        return Ok(());
    }
    if text("certificateFormat") == "PEM" && !text("password").is_empty() {
        return refuse("A certificate in PEM format must not have a password");
    }
    match base64_fault(text("password")) {
        Some(fault) => refuse(&format!("Failed to decode certificate password {fault}")),
        None => Ok(()),
    }
}

/// What Java's decoder says about text that is not base64; it does not mind missing padding.
fn base64_fault(text: &str) -> Option<String> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let strange = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
    if let Some(c) = text.chars().find(strange) {
        return Some(format!("Illegal base64 character {:x}", u32::from(c)));
    }
    match LENIENT.decode(text).map(zeroize::Zeroizing::new) {
        Ok(_) => None,
        Err(_) => Some("Input byte array has wrong 4-byte ending unit".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_base64_is_named_by_its_first_illegal_character_in_hex() {
        assert_eq!(base64_fault("-----BEGIN").as_deref(), Some("Illegal base64 character 2d"));
        assert_eq!(base64_fault("AAAA\nAAAA").as_deref(), Some("Illegal base64 character a"));
        assert_eq!(base64_fault("QUJ_").as_deref(), Some("Illegal base64 character 5f"));
        assert!(base64_fault("A").is_some());
        assert!(base64_fault("QQ==QQ==").is_some());
        for good in ["", "QQ", "QQ==", "QUJD", "+/+/"] {
            assert_eq!(base64_fault(good), None, "{good}");
        }
    }
}
