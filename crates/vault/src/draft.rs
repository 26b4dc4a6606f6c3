//! A draft: one credential set as written here.
//!
//! [`DraftMeta`] is everything that a list may show; it is sealed on disk but opened as a whole when the vault is
//! unlocked. Secrets stand apart in [`DraftSecrets`](crate::secret::DraftSecrets) and are opened one draft at a
//! time, for one purpose. The variants of [`Details`] are the API's types (contract sections 2.4 to 2.10).

mod details;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::details::{CertificateFacts, CertificateFormat, Details};
use crate::clock::Timestamp;
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
