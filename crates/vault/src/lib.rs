//! What Sealpost keeps.

pub mod check;
pub mod clock;
pub mod draft;
pub mod external_vault;
pub mod ids;
pub mod seal;
pub mod secret;

pub use check::{Issue, IssueCode, Severity};
pub use clock::{Clock, FixedClock, SystemClock, Timestamp};
pub use draft::{
    AllowedEntity, CertificateFacts, CertificateFormat, CredentialType, Details, Draft, DraftMeta, Scope,
};
pub use external_vault::{ExternalVault, Reference, SourceAuthMethod};
pub use ids::{AttemptId, DraftId, EnvironmentId, KeySlotId, NotAnId, PublicationId, VaultId};
pub use seal::Entropy;
pub use secret::{DraftSecrets, SecretEdit, SecretField, SecretValue, WipedBytes};
