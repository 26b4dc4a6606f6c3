//! What the tenant keeps of a credential set: metadata, never a secret.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::options::Permission;

/// The seven types (contract section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are those of the API")]
pub enum CredentialType {
    UsernamePassword,
    Token,
    Certificate,
    PublicCertificate,
    Snmpv3,
    AwsMonitoringKeyBased,
    AwsMonitoringRoleBased,
}

impl CredentialType {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::UsernamePassword,
        Self::Token,
        Self::Certificate,
        Self::PublicCertificate,
        Self::Snmpv3,
        Self::AwsMonitoringKeyBased,
        Self::AwsMonitoringRoleBased,
    ];

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UsernamePassword => "USERNAME_PASSWORD",
            Self::Token => "TOKEN",
            Self::Certificate => "CERTIFICATE",
            Self::PublicCertificate => "PUBLIC_CERTIFICATE",
            Self::Snmpv3 => "SNMPV3",
            Self::AwsMonitoringKeyBased => "AWS_MONITORING_KEY_BASED",
            Self::AwsMonitoringRoleBased => "AWS_MONITORING_ROLE_BASED",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn is_aws(self) -> bool {
        matches!(self, Self::AwsMonitoringKeyBased | Self::AwsMonitoringRoleBased)
    }
}

/// One entry of `allowedEntities` (contract 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedEntity {
    /// `USER` or `APPLICATION`.
    #[serde(rename = "type")]
    pub kind: String,
    /// User name, or id of the app.
    pub id: String,
}

/// The stored part of `externalVault` (contract section 3): names, paths and ids, never a literal secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalVault {
    /// One of the five methods.
    pub source_auth_method: String,
    /// The other members as sent.
    pub fields: BTreeMap<String, String>,
    /// Ids of the companion sets, computed here.
    pub companions: Vec<String>,
}

/// What one write sets. PUT replaces it as a whole, which is what makes PUT a full replacement (contract 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetMetadata {
    /// Display name, not unique.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: CredentialType,
    /// Empty when it was left out.
    pub description: String,
    /// Only the owner may use it.
    pub owner_access_only: bool,
    /// Apps may use it without a user.
    pub allow_contextless_requests: bool,
    /// Union of `scopes` and `scope`, in the order sent, without repetition.
    pub scopes: Vec<String>,
    /// Users and apps.
    pub allowed_entities: Vec<AllowedEntity>,
    /// Synchronisation from an external vault.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub external_vault: Option<ExternalVault>,
    /// `awsPartition` of a key-based AWS set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aws_partition: Option<String>,
    /// `accountID` of a role-based AWS set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_id: Option<String>,
    /// `iamRole` of a role-based AWS set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iam_role: Option<String>,
}

/// A credential set as the tenant keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSet {
    /// `CREDENTIALS_VAULT-…`.
    pub id: String,
    /// The user behind the token that created it or last took it over.
    pub owner: String,
    /// What the last write set.
    #[serde(flatten)]
    pub metadata: SetMetadata,
    /// `externalID` of a role-based AWS set, made by the server.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub external_id: Option<String>,
    /// HTTP monitors that use it, without the one that synchronises it.
    pub http_monitors: u32,
    /// Browser monitors that use it.
    pub browser_monitors: u32,
    /// How often it was written: 1 after POST, one more with each PUT.
    pub revision: u64,
    /// Not found before this moment (fault `delay-visible`).
    #[serde(skip)]
    pub visible_from: Option<SystemTime>,
}

impl SetMetadata {
    /// Open to everybody: not owner-only and no user is named (contract 2.2).
    pub(crate) fn open_to_all(&self) -> bool {
        !self.owner_access_only && !self.allowed_entities.iter().any(|entity| entity.kind == "USER")
    }
}

impl StoredSet {
    /// HTTP monitors including the one that synchronises a synced set (contract 3.4, row 7).
    #[must_use]
    pub fn http_usage(&self) -> u32 {
        self.http_monitors + u32::from(self.metadata.external_vault.is_some())
    }

    /// Contract 5.1; that a user named in `allowedEntities` sees the set is our choice (c).
    pub(crate) fn seen_by(&self, user: &str, permission: Permission) -> bool {
        match permission {
            Permission::ChangeMonitoring => true,
            Permission::View => self.owner == user || self.metadata.open_to_all() || self.shared_with(user),
            Permission::ZoneOnly => self.metadata.open_to_all(),
        }
    }

    /// Contract 5.1.
    pub(crate) fn changed_by(&self, user: &str, permission: Permission) -> bool {
        match permission {
            Permission::ChangeMonitoring => true,
            Permission::View => self.owner == user,
            Permission::ZoneOnly => false,
        }
    }

    fn shared_with(&self, user: &str) -> bool {
        let named = |entity: &AllowedEntity| entity.kind == "USER" && entity.id == user;
        !self.metadata.owner_access_only && self.metadata.allowed_entities.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_types_are_those_of_the_api_in_json_too() {
        for kind in CredentialType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
