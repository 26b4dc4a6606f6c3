//! Where the keys of slots come from: the OS keyring, which holds 32 random bytes per vault, the recovery code, and the
//! passphrase.
//!
//! A keyring can be absent, locked, denied, silent or forgetful, and each is told apart (issue #2). Every call runs on
//! a thread of its own with a deadline, since a locked Secret Service blocks until somebody answers its prompt, and
//! blocking zbus must not run on an async runtime's thread. `Missing` never leads to a new key: only
//! [`create`](crate::Vault::create) makes one, and it refuses where a vault exists.

mod deadline;
mod os;
mod passphrase;
mod probe;
mod recovery;

#[cfg(any(test, feature = "testing"))]
mod memory;

use zeroize::Zeroizing;

#[cfg(any(test, feature = "testing"))]
pub use memory::{MemoryKeyring, MemoryMood};
pub use os::OsKeyring;
pub(crate) use passphrase::PassphraseParameters;
pub use passphrase::{Cost, PassphraseError, SHORTEST, calibrate, check_passphrase, time_of};
pub use probe::{ProbeReport, SecondProcess, check_keyring, second_process_answer};
pub use recovery::{GROUP_LEN, GROUPS, RecoveryCode, RecoveryCodeError};

/// The service name of all entries.
pub const SERVICE: &str = "sealpost";

/// Where keys are kept. Calls may block for as long as the deadline of the implementation.
pub trait Keyring: Send + Sync {
    /// Name for people: `Secret Service`, `macOS Keychain`.
    fn name(&self) -> String;
    /// Reads an entry.
    ///
    /// # Errors
    /// See [`KeyError`]; `Missing` if there is no such entry.
    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError>;
    /// Writes an entry, replacing one of the same name.
    ///
    /// # Errors
    /// See [`KeyError`].
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError>;
    /// Deletes an entry.
    ///
    /// # Errors
    /// See [`KeyError`]; `Missing` if there is no such entry.
    fn delete(&self, account: &str) -> Result<(), KeyError>;
}

/// Why the key is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The keyring answers and has no such entry.
    #[error("the keyring has no entry for this vault")]
    Missing,
    /// The keyring is locked and its prompt was dismissed, or access was refused.
    #[error("the keyring refused access: {0}")]
    Denied(String),
    /// No keyring service runs here.
    #[error("no keyring service answered: {0}")]
    NoService(String),
    /// No answer before the deadline: probably locked, with a prompt open.
    #[error("the keyring did not answer within {0} s")]
    NoAnswer(u64),
    /// A second process did not find what was written.
    #[error("the keyring does not keep what is written: {0}")]
    NotPersistent(String),
    /// The entry is there and is not a key.
    #[error("the keyring's entry is not a key of this vault")]
    NotAKey,
}
