//! External vault synchronisation: the set holds names of secrets, never values (contract section 3).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::draft::CredentialType;
use crate::ids::DraftId;

/// A companion set. Ids exist per environment and only after publishing, so a draft refers to another draft, which
/// is resolved for each environment when publishing (contract 3.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Reference {
    /// Another draft in this vault.
    Draft(#[cfg_attr(feature = "ts", ts(type = "string"))] DraftId),
    /// An id as written: it works in the one environment that has it.
    Remote(String),
    /// A literal, allowed for Azure `clientId` and `clientSecret` only (contract 6, row 11).
    Literal(String),
}

impl Default for Reference {
    fn default() -> Self {
        Self::Remote(String::new())
    }
}

impl Reference {
    /// Has it been filled in?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Draft(_) => false,
            Self::Remote(text) | Self::Literal(text) => text.trim().is_empty(),
        }
    }

    /// What stands in its field: the id or literal as written, or what `of_draft` says of another draft.
    pub fn text(&self, of_draft: impl FnOnce(DraftId) -> String) -> String {
        match self {
            Self::Draft(id) => of_draft(*id),
            Self::Remote(text) | Self::Literal(text) => text.clone(),
        }
    }
}

/// The five forms (contract 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "sourceAuthMethod", rename_all_fields = "camelCase")]
pub enum SourceAuthMethod {
    /// HashiCorp Vault with AppRole.
    #[serde(rename = "HASHICORP_VAULT_APPROLE")]
    HashicorpApprole {
        /// Folders separated by `/`.
        #[serde(default)]
        path_to_credentials: String,
        /// Literal.
        #[serde(default)]
        role_id: String,
        /// A `TOKEN` set.
        #[serde(default)]
        secret_id: Reference,
        /// Literal, for example `admin`.
        #[serde(default)]
        vault_namespace: String,
    },
    /// HashiCorp Vault with a client certificate.
    #[serde(rename = "HASHICORP_VAULT_CERTIFICATE")]
    HashicorpCertificate {
        /// A `CERTIFICATE` set.
        #[serde(default)]
        certificate: Reference,
        /// Folders separated by `/`.
        #[serde(default)]
        path_to_credentials: String,
    },
    /// Azure Key Vault with a client secret.
    #[serde(rename = "AZURE_KEY_VAULT_CLIENT_SECRET")]
    AzureClientSecret {
        /// Directory id, literal.
        #[serde(default)]
        tenant_id: String,
        /// A `TOKEN` set, or a literal with a warning.
        #[serde(default)]
        client_id: Reference,
        /// A `TOKEN` set, or a literal with a warning.
        #[serde(default)]
        client_secret: Reference,
    },
    /// CyberArk with a user and password for the Central Credential Provider.
    #[serde(rename = "CYBERARK_VAULT_USERNAME_PASSWORD")]
    CyberarkUsernamePassword {
        /// Literal.
        #[serde(default)]
        application_id: String,
        /// Literal.
        #[serde(default)]
        safe_name: String,
        /// Literal.
        #[serde(default)]
        account_name: String,
        /// Default `Root`.
        #[serde(default)]
        folder_name: String,
        /// A `USERNAME_PASSWORD` set.
        #[serde(rename = "usernamePasswordForCPM", default)]
        username_password_for_cpm: Reference,
        /// A `CERTIFICATE` set, recommended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Reference>,
    },
    /// CyberArk with allowed machines.
    #[serde(rename = "CYBERARK_VAULT_ALLOWED_LOCATION")]
    CyberarkAllowedLocation {
        /// Literal.
        #[serde(default)]
        application_id: String,
        /// Literal.
        #[serde(default)]
        safe_name: String,
        /// Literal.
        #[serde(default)]
        account_name: String,
        /// Default `Root`.
        #[serde(default)]
        folder_name: String,
        /// A `CERTIFICATE` set, recommended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Reference>,
    },
}

impl SourceAuthMethod {
    /// The API's spelling.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::HashicorpApprole { .. } => "HASHICORP_VAULT_APPROLE",
            Self::HashicorpCertificate { .. } => "HASHICORP_VAULT_CERTIFICATE",
            Self::AzureClientSecret { .. } => "AZURE_KEY_VAULT_CLIENT_SECRET",
            Self::CyberarkUsernamePassword { .. } => "CYBERARK_VAULT_USERNAME_PASSWORD",
            Self::CyberarkAllowedLocation { .. } => "CYBERARK_VAULT_ALLOWED_LOCATION",
        }
    }

    /// The plain fields of the form, in the API's spelling; companions are apart.
    #[must_use]
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::HashicorpApprole { path_to_credentials, role_id, vault_namespace, .. } => vec![
                ("pathToCredentials", path_to_credentials),
                ("roleId", role_id),
                ("vaultNamespace", vault_namespace),
            ],
            Self::HashicorpCertificate { path_to_credentials, .. } => {
                vec![("pathToCredentials", path_to_credentials)]
            }
            Self::AzureClientSecret { tenant_id, .. } => vec![("tenantId", tenant_id)],
            Self::CyberarkUsernamePassword {
                application_id, safe_name, account_name, folder_name, ..
            }
            | Self::CyberarkAllowedLocation {
                application_id, safe_name, account_name, folder_name, ..
            } => vec![
                ("applicationId", application_id),
                ("safeName", safe_name),
                ("accountName", account_name),
                ("folderName", folder_name),
            ],
        }
    }

    /// The companions with the API's field name and the type each must have (contract 3.4 point 2).
    #[must_use]
    pub fn references(&self) -> Vec<(&'static str, CredentialType, &Reference)> {
        match self {
            Self::HashicorpApprole { secret_id, .. } => {
                vec![("secretId", CredentialType::Token, secret_id)]
            }
            Self::HashicorpCertificate { certificate, .. } => {
                vec![("certificate", CredentialType::Certificate, certificate)]
            }
            Self::AzureClientSecret { client_id, client_secret, .. } => vec![
                ("clientId", CredentialType::Token, client_id),
                ("clientSecret", CredentialType::Token, client_secret),
            ],
            Self::CyberarkUsernamePassword { username_password_for_cpm, certificate, .. } => {
                let mut all = vec![(
                    "usernamePasswordForCPM",
                    CredentialType::UsernamePassword,
                    username_password_for_cpm,
                )];
                all.extend(certificate.iter().map(|c| ("certificate", CredentialType::Certificate, c)));
                all
            }
            Self::CyberarkAllowedLocation { certificate, .. } => {
                certificate.iter().map(|c| ("certificate", CredentialType::Certificate, c)).collect()
            }
        }
    }

    /// The same companions, to be replaced by others.
    #[must_use]
    pub fn references_mut(&mut self) -> Vec<&mut Reference> {
        match self {
            Self::HashicorpApprole { secret_id, .. } => vec![secret_id],
            Self::HashicorpCertificate { certificate, .. } => vec![certificate],
            Self::AzureClientSecret { client_id, client_secret, .. } => vec![client_id, client_secret],
            Self::CyberarkUsernamePassword { username_password_for_cpm, certificate, .. } => {
                std::iter::once(username_password_for_cpm).chain(certificate).collect()
            }
            Self::CyberarkAllowedLocation { certificate, .. } => certificate.iter_mut().collect(),
        }
    }
}

/// The `externalVault` object (contract 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ExternalVault {
    /// The vault's address.
    #[serde(default)]
    pub vault_url: String,
    /// Key that holds the user name (Azure, HashiCorp).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username_secret_name: String,
    /// Key that holds the password (Azure, HashiCorp).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub password_secret_name: String,
    /// Key that holds the token (Azure, HashiCorp).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token_secret_name: String,
    /// Synthetic location that runs the sync; never in a response, so kept here (contract 3.3).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location_for_synchronization_id: String,
    /// The form and its fields.
    #[serde(flatten)]
    pub method: SourceAuthMethod,
    /// Fields received that this version does not know.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl ExternalVault {
    /// Every plain field that is sent, in the API's spelling: the common ones, then those of the form.
    #[must_use]
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut all = vec![
            ("vaultUrl", self.vault_url.as_str()),
            ("usernameSecretName", &self.username_secret_name),
            ("passwordSecretName", &self.password_secret_name),
            ("tokenSecretName", &self.token_secret_name),
            ("locationForSynchronizationId", &self.location_for_synchronization_id),
        ];
        all.extend(self.method.texts());
        all
    }

    /// The product's name, for lists.
    #[must_use]
    pub fn product(&self) -> &'static str {
        match self.method {
            SourceAuthMethod::HashicorpApprole { .. } | SourceAuthMethod::HashicorpCertificate { .. } => {
                "HashiCorp Vault"
            }
            SourceAuthMethod::AzureClientSecret { .. } => "Azure Key Vault",
            SourceAuthMethod::CyberarkUsernamePassword { .. }
            | SourceAuthMethod::CyberarkAllowedLocation { .. } => "CyberArk",
        }
    }
}
