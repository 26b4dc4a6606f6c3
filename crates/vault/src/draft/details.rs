//! What only one type of a draft has (contract sections 2.4 to 2.10), and what a certificate file says of itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::CredentialType;
use crate::clock::Timestamp;
use crate::external_vault::{ExternalVault, Reference};
use crate::ids::DraftId;
use crate::secret::SecretField;

/// Format of a certificate file (contract 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum CertificateFormat {
    /// PEM text.
    #[serde(rename = "PEM")]
    Pem,
    /// A `.pfx` or `.p12` file.
    #[serde(rename = "PKCS12")]
    Pkcs12,
}

impl CertificateFormat {
    /// The API's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Pkcs12 => "PKCS12",
        }
    }
}

/// What a certificate file says of itself, read once when it is set, so that the list can show it without opening
/// the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CertificateFacts {
    /// Subject of the first (leaf) certificate, as RFC 4514 text.
    pub subject: String,
    /// Issuer, as RFC 4514 text.
    pub issuer: String,
    /// Start of validity.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub not_before: Timestamp,
    /// End of validity.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub not_after: Timestamp,
    /// Number of certificates in the file.
    pub certificates: u32,
    /// Does the file hold a private key?
    pub has_private_key: bool,
    /// Names of the subject alternative name extension.
    pub alternative_names: Vec<String>,
    /// SHA-256 of the leaf certificate, hex.
    pub fingerprint: String,
    /// Key kind and size, for example `RSA 2048` or `EC P-256`.
    pub key: String,
    /// Name of the picked file, if known.
    pub file_name: Option<String>,
}

/// The fields that only one type has, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Details {
    /// Contract 2.4.
    #[serde(rename = "USERNAME_PASSWORD")]
    UsernamePassword {
        /// The user name; sealed, but shown in the list.
        #[serde(default)]
        user: String,
        /// Values come from an external vault instead (contract 3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_vault: Option<ExternalVault>,
        /// The person said that a `:` in the user name is meant (contract 6, row 14).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        allow_colon: bool,
    },
    /// Contract 2.5.
    #[serde(rename = "TOKEN")]
    Token {
        /// Values come from an external vault instead (contract 3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_vault: Option<ExternalVault>,
    },
    /// Contract 2.6.
    #[serde(rename = "CERTIFICATE")]
    Certificate {
        /// Format of the file.
        certificate_format: CertificateFormat,
        /// What the file says of itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<CertificateFacts>,
    },
    /// Contract 2.7.
    #[serde(rename = "PUBLIC_CERTIFICATE")]
    PublicCertificate {
        /// Format of the file.
        certificate_format: CertificateFormat,
        /// What the file says of itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<CertificateFacts>,
    },
    /// Contract 2.8. Note `username`, not `user`.
    #[serde(rename = "SNMPV3")]
    SnmpV3 {
        /// The SNMP user.
        #[serde(default)]
        username: String,
        /// `NO_AUTH_NO_PRIV`, `AUTH_NO_PRIV` or `AUTH_PRIV`.
        security_level: String,
        /// `MD5`, `SHA`, `SHA224`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authentication_protocol: Option<String>,
        /// `DES`, `AES`, `AES192`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        privacy_protocol: Option<String>,
    },
    /// Contract 2.9.
    #[serde(rename = "AWS_MONITORING_KEY_BASED")]
    AwsKeyBased {
        /// `accessKeyID`, with that capital `ID`.
        #[serde(rename = "accessKeyID", default)]
        access_key_id: String,
        /// `DEFAULT`, `CHINA` or `US_GOV`.
        aws_partition: String,
    },
    /// Contract 2.10. Holds no secret.
    #[serde(rename = "AWS_MONITORING_ROLE_BASED")]
    AwsRoleBased {
        /// 12 digits, kept as text for the leading zeros.
        #[serde(rename = "accountID", default)]
        account_id: String,
        /// The role's name, not its ARN.
        #[serde(default)]
        iam_role: String,
    },
    /// A type this version does not know.
    #[serde(rename = "UNKNOWN")]
    Unknown {
        /// The `type` as received.
        type_name: String,
        /// Every field as received.
        fields: Map<String, Value>,
    },
}

impl Details {
    /// The type.
    #[must_use]
    pub fn credential_type(&self) -> CredentialType {
        match self {
            Self::UsernamePassword { .. } => CredentialType::UsernamePassword,
            Self::Token { .. } => CredentialType::Token,
            Self::Certificate { .. } => CredentialType::Certificate,
            Self::PublicCertificate { .. } => CredentialType::PublicCertificate,
            Self::SnmpV3 { .. } => CredentialType::SnmpV3,
            Self::AwsKeyBased { .. } => CredentialType::AwsKeyBased,
            Self::AwsRoleBased { .. } => CredentialType::AwsRoleBased,
            Self::Unknown { type_name, .. } => CredentialType::Unknown(type_name.clone()),
        }
    }

    /// The external vault the values come from, if any.
    #[must_use]
    pub fn external_vault(&self) -> Option<&ExternalVault> {
        match self {
            Self::UsernamePassword { external_vault, .. } | Self::Token { external_vault } => {
                external_vault.as_ref()
            }
            _ => None,
        }
    }

    /// The drafts its external vault refers to: each needs an id in an environment first (contract 3.4).
    #[must_use]
    pub fn companions(&self) -> Vec<DraftId> {
        let references = self.external_vault().map(|vault| vault.method.references()).unwrap_or_default();
        let draft = |reference: &Reference| match reference {
            Reference::Draft(id) => Some(*id),
            Reference::Remote(_) | Reference::Literal(_) => None,
        };
        references.into_iter().filter_map(|(_, _, reference)| draft(reference)).collect()
    }

    /// The secret fields this form of this type has, required or not.
    #[must_use]
    pub fn secret_fields(&self) -> &'static [SecretField] {
        use SecretField::{AuthenticationPassword, Certificate, Password, PrivacyPassword, SecretKey, Token};
        match self {
            Self::UsernamePassword { external_vault: None, .. } => &[Password],
            Self::Token { external_vault: None } => &[Token],
            Self::Certificate { .. } => &[Certificate, Password],
            Self::PublicCertificate { .. } => &[Certificate],
            Self::SnmpV3 { .. } => &[AuthenticationPassword, PrivacyPassword],
            Self::AwsKeyBased { .. } => &[SecretKey],
            Self::UsernamePassword { external_vault: Some(_), .. }
            | Self::Token { external_vault: Some(_) }
            | Self::AwsRoleBased { .. }
            | Self::Unknown { .. } => &[],
        }
    }

    /// What the certificate file says of itself, for the two certificate types.
    #[must_use]
    pub fn facts(&self) -> Option<&CertificateFacts> {
        match self {
            Self::Certificate { facts, .. } | Self::PublicCertificate { facts, .. } => facts.as_ref(),
            _ => None,
        }
    }

    /// Sets what the file says of itself; other types have no file.
    pub fn set_facts(&mut self, new: Option<CertificateFacts>) {
        if let Self::Certificate { facts, .. } | Self::PublicCertificate { facts, .. } = self {
            *facts = new;
        }
    }

    /// Format of the certificate file.
    #[must_use]
    pub fn certificate_format(&self) -> Option<CertificateFormat> {
        match self {
            Self::Certificate { certificate_format, .. }
            | Self::PublicCertificate { certificate_format, .. } => Some(*certificate_format),
            _ => None,
        }
    }

    /// Sets the format of the certificate file; other types have no file.
    pub fn set_certificate_format(&mut self, format: CertificateFormat) {
        if let Self::Certificate { certificate_format, .. }
        | Self::PublicCertificate { certificate_format, .. } = self
        {
            *certificate_format = format;
        }
    }

    /// Drops what is kept here and never sent: facts read from a file, the override of a warning.
    pub(crate) fn forget_local(&mut self) {
        match self {
            Self::Certificate { facts, .. } | Self::PublicCertificate { facts, .. } => *facts = None,
            Self::UsernamePassword { allow_colon, .. } => *allow_colon = false,
            _ => {}
        }
    }

    /// What stands beside the name in a list: a user, a subject, a key id, a role.
    #[must_use]
    pub fn summary(&self) -> &str {
        match self {
            Self::UsernamePassword { user, external_vault, .. } => {
                external_vault.as_ref().map_or(user.as_str(), |vault| vault.product())
            }
            Self::Token { external_vault } => external_vault.as_ref().map_or("", |vault| vault.product()),
            Self::Certificate { facts, .. } | Self::PublicCertificate { facts, .. } => {
                facts.as_ref().map_or("", |facts| facts.subject.as_str())
            }
            Self::SnmpV3 { username, .. } => username,
            Self::AwsKeyBased { access_key_id, .. } => access_key_id,
            Self::AwsRoleBased { iam_role, .. } => iam_role,
            Self::Unknown { type_name, .. } => type_name,
        }
    }
}
