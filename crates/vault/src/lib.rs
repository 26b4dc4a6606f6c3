//! What Sealpost keeps: one SQLite file per vault, sealed under a key in the OS keyring.
//!
//! Sync, no network, no user interface. rusqlite lives only in [`store`], ring only in `seal/hazmat.rs`, the keyring
//! only in [`key`]. Callers see domain types and an open [`Vault`].
//!
//! **Types, named for the state of the data.** [`DraftMeta`] is everything a person typed that is not a secret;
//! [`DraftSecrets`] are the secrets; [`Draft`] is a stored draft with its metadata open and its secrets still sealed.
//! [`SecretEdit`] is what an editor may say of a secret it never saw. [`Environment`], [`Publication`] and
//! [`Attempt`] follow the same pattern: ids, states and times in clear, the rest in one sealed column.
//!
//! **Flow of a save.** Caller merges edits → [`Vault::save_draft`] seals metadata and secrets apart, bound to vault,
//! table, row, field and revision ([`seal`]) → one IMMEDIATE transaction with full sync: compare-and-swap on the
//! revision, the replaced revision kept in history, an activity entry → committed or unchanged, nothing between.
//!
//! **Flow of opening.** File checked (ours, not newer, migrated) → keyring asked on its own thread with a deadline, or a
//! recovery code or passphrase taken ([`slots`]) → data key unwrapped → sealer. No path leads from "no key" to "new key": only [`Vault::create`] makes one, and it
//! refuses where a file exists.
//!
//! ```
//! use std::sync::Arc;
//! use sealpost_vault::{Details, DraftMeta, Error, FixedClock, OsEntropy, Vault};
//! # use sealpost_vault::key::OsKeyring;
//! # fn open() -> Result<(), Error> {
//! let folder = std::path::Path::new("/tmp/no-vault-here");
//! let vault = Vault::open(folder, &OsKeyring::default(), Arc::new(FixedClock::default()), Arc::new(OsEntropy::new()));
//! assert!(matches!(vault, Err(Error::Absent(_))));
//! # Ok(()) }
//! # open().unwrap();
//! ```

pub mod body;
pub mod certificate;
pub mod check;
pub mod clock;
pub mod draft;
pub mod error;
pub mod external_vault;
#[cfg(any(test, feature = "testing"))]
pub mod fuzzed;
pub mod generation;
mod hex;
pub mod ids;
pub mod key;
pub mod overrides;
pub mod portable;
pub mod rekey;
pub mod seal;
pub mod secret;
pub mod slots;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod vault;

pub use body::{BodyError, BodyErrorKind, ImportedDraft, parse_bodies};
pub use certificate::{CertificateError, detect_format, inspect};
pub use check::{
    CheckInput, Issue, IssueCode, ReferenceTarget, SecretPresence, Severity, can_publish, check_draft,
    check_for_environment, strength,
};
pub use clock::{Clock, FixedClock, SystemClock, Timestamp};
pub use draft::{
    AllowedEntity, CertificateFacts, CertificateFormat, CredentialType, Details, Draft, DraftMeta, Scope,
};
pub use error::{Error, StoreError};
pub use external_vault::{ExternalVault, Reference, SourceAuthMethod};
pub use generation::{OlderCopy, forget_generation};
pub use hex::{hex, unhex};
pub use ids::{
    AttemptId, DraftId, EnvironmentId, GroupId, KeySlotId, NotAnId, PublicationId, RotationId, VaultId,
};
pub use key::{KeyError, PassphraseError, RecoveryCode, RecoveryCodeError};
pub use overrides::{DraftDigests, DraftOverride, OverriddenFile, RolledBack};
pub use portable::{Carried, Portable, PortableError, read_portable};
pub use rekey::{InterruptedRekey, NewWaysIn, Rekey, RekeyState};
pub use seal::{Digest, Entropy, OsEntropy, SlotKind};
pub use secret::{DraftSecrets, SecretEdit, SecretField, SecretValue, WipedBytes};
pub use slots::{Access, KeySlot, NewPassphrase, UnlockMode};
pub use store::{
    Activity, ActivityDetail, Attempt, AttemptAction, AttemptIntent, AttemptOutcome, AttemptState,
    DraftChanges, DraftSummary, Environment, EnvironmentGroup, EnvironmentMeta, Exchange, Findings,
    GroupMeta, LinkChange, ListedDraft, NewActivity, NewAttempt, NewDraft, Publication, PublicationMeta,
    PublicationState, PublishClaim, PublishedSnapshot, RecordedProblem, RecordedUsage, Revision, Rotation,
    RotationMeta, SaveDraft, SaveEnvironment, Settled, Standing, Unreadable, Unsaved, Whole,
};
pub use vault::{LockedVault, Vault, look, vault_exists};
