//! A draft: one credential set as written here.
//!
//! [`DraftMeta`] is everything that a list may show; it is sealed on disk but opened as a whole when the vault is
//! unlocked. Secrets stand apart in [`DraftSecrets`](crate::secret::DraftSecrets) and are opened one draft at a
//! time, for one purpose. The variants of [`Details`] are the API's types (contract sections 2.4 to 2.10).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::external_vault::{ExternalVault, Reference};
use crate::ids::{DraftId, EnvironmentId};
use crate::overrides::DraftOverride;
use crate::secret::SecretField;

/// The API's `type`, the discriminator of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialType {
    /// `USERNAME_PASSWORD`
    UsernamePassword,
    /// `TOKEN`
    Token,
    /// `CERTIFICATE`
    Certificate,
    /// `PUBLIC_CERTIFICATE`
    PublicCertificate,
    /// `SNMPV3`
    SnmpV3,
    /// `AWS_MONITORING_KEY_BASED`
    AwsKeyBased,
    /// `AWS_MONITORING_ROLE_BASED`
    AwsRoleBased,
    /// A type this version does not know; kept as it came, read-only (contract 6, row 6).
    Unknown(String),
}

impl CredentialType {
    /// The seven types that can be drafted, in the order of the type picker.
    pub const KNOWN: [Self; 7] = [
        Self::UsernamePassword,
        Self::Token,
        Self::Certificate,
        Self::PublicCertificate,
        Self::SnmpV3,
        Self::AwsKeyBased,
        Self::AwsRoleBased,
    ];

    /// The API's spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::UsernamePassword => "USERNAME_PASSWORD",
            Self::Token => "TOKEN",
            Self::Certificate => "CERTIFICATE",
            Self::PublicCertificate => "PUBLIC_CERTIFICATE",
            Self::SnmpV3 => "SNMPV3",
            Self::AwsKeyBased => "AWS_MONITORING_KEY_BASED",
            Self::AwsRoleBased => "AWS_MONITORING_ROLE_BASED",
            Self::Unknown(name) => name,
        }
    }

    /// Reads the API's spelling, and the two old names of contract 2.11.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "AWS_KEY_BASED" => Self::AwsKeyBased,
            "AWS_ROLE_BASED" => Self::AwsRoleBased,
            _ => Self::KNOWN
                .into_iter()
                .find(|known| known.as_str() == name)
                .unwrap_or_else(|| Self::Unknown(name.to_owned())),
        }
    }
}

impl fmt::Display for CredentialType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A scope, as the API spells it. An open set: a value this version does not know is kept (contract 6, row 6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Scope(pub String);

impl Scope {
    /// Synthetic monitors.
    pub const SYNTHETIC: &'static str = "SYNTHETIC";
    /// Validation of extension signatures.
    pub const EXTENSION: &'static str = "EXTENSION";
    /// Extensions log in to a target.
    pub const EXTENSION_AUTHENTICATION: &'static str = "EXTENSION_AUTHENTICATION";
    /// Apps and ad hoc functions; SaaS only.
    pub const APP_ENGINE: &'static str = "APP_ENGINE";
    /// AWS monitoring (contract 6, row 5).
    pub const CLOUDS_MONITORING: &'static str = "CLOUDS_MONITORING_AUTHENTICATION";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Scope {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One entry of `allowedEntities` (contract 2.2). Both parts are open sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AllowedEntity {
    /// `USER` or `APPLICATION`.
    #[serde(rename = "type")]
    pub entity_type: String,
    /// A user name or UUID, or an app id.
    pub id: String,
}

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

/// Everything of a draft that is not a secret. Sealed on disk as format 1 (docs/formats.md).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DraftMeta {
    /// Display name; not unique here or there (contract 5.3).
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Scopes, compared as a set.
    #[serde(default)]
    pub scopes: BTreeSet<Scope>,
    /// Only the owner may see and use the set. Always sent (contract 2.1).
    pub owner_access_only: bool,
    /// Users and apps that may use the set, compared as a set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub allowed_entities: BTreeSet<AllowedEntity>,
    /// Apps may use the set without a user's context; needs `APP_ENGINE`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_contextless_requests: bool,
    /// The fields of the type.
    pub details: Details,
    /// A note for the person who drafts; never sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Labels for finding; never sent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// When the secret stops working, if the person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub expires_at: Option<Timestamp>,
    /// Fields received from a server that this version does not know.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// Which secret fields are set, so that a list can say so without opening them.
    #[serde(default)]
    pub secrets_set: BTreeSet<SecretField>,
    /// What differs per environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub overrides: BTreeMap<EnvironmentId, DraftOverride>,
}

impl DraftMeta {
    /// An empty draft of a type, open to its owner only, with the scope the product page names first for the type.
    #[must_use]
    pub fn new(name: &str, details: Details) -> Self {
        let scope = match details.credential_type() {
            CredentialType::PublicCertificate => Scope::EXTENSION,
            CredentialType::SnmpV3 => Scope::EXTENSION_AUTHENTICATION,
            CredentialType::AwsKeyBased | CredentialType::AwsRoleBased => Scope::CLOUDS_MONITORING,
            _ => Scope::SYNTHETIC,
        };
        Self {
            name: name.to_owned(),
            description: String::new(),
            scopes: BTreeSet::from([Scope::from(scope)]),
            owner_access_only: true,
            allowed_entities: BTreeSet::new(),
            allow_contextless_requests: false,
            details,
            note: String::new(),
            tags: BTreeSet::new(),
            expires_at: None,
            extra: Map::new(),
            secrets_set: BTreeSet::new(),
            overrides: BTreeMap::new(),
        }
    }

    /// When this draft's secret stops working: the person's date, or the certificate's end of validity.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires_at.or(self.details.facts().map(|facts| facts.not_after))
    }
}

/// A draft as listed: metadata opened, secrets still sealed on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Counts the saves, from 1; a save says which revision it edited.
    pub revision: u32,
    /// First save.
    pub created_at: Timestamp,
    /// Last save.
    pub updated_at: Timestamp,
    /// When it went to the trash.
    pub deleted_at: Option<Timestamp>,
    /// Everything but the secrets.
    pub meta: DraftMeta,
}
