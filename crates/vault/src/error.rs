//! What can go wrong with a vault. No variant can hold a value of a person's: ids, paths, numbers and the texts of
//! the operating system only.

use std::path::PathBuf;

use crate::key::{KeyError, PassphraseError, RecoveryCodeError};
use crate::seal::{DoesNotOpen, DoesNotSeal};

/// A failure of the vault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no vault in the folder.
    #[error("there is no vault at {0}")]
    Absent(PathBuf),
    /// There is a vault already; nothing was changed.
    #[error("there is a vault already at {0}")]
    Exists(PathBuf),
    /// The keyring's entry is a key, but not of this vault.
    #[error("the keyring's key does not open this vault")]
    WrongKey,
    /// No slot opens by the keyring alone; one opens with a passphrase.
    #[error("this vault opens with its passphrase")]
    PassphraseNeeded,
    /// The recovery code or passphrase that was given does not open this vault.
    #[error("this {0} does not open this vault")]
    WrongSecret(&'static str),
    /// The only way in can't be removed.
    #[error("it is the only way to open this vault")]
    LastSlot,
    /// A text that is no recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// A passphrase that can't be used.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The vault has no slot of the kind asked for.
    #[error("this vault has no {0} slot")]
    NoSlot(&'static str),
    /// No new key was begun for the vault as it is now.
    #[error("there is no new key to be finished")]
    NoRekey,
    /// An export that can't be read.
    #[error(transparent)]
    Portable(#[from] crate::portable::PortableError),
    /// The file is a vault, but another one.
    #[error("the file is of another vault")]
    OtherVault,
    /// No such row.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Somebody saved in between; nothing was changed.
    #[error("revision {expected} was edited, revision {found} is stored")]
    StaleRevision {
        /// The revision the caller edited.
        expected: u32,
        /// The revision that is stored.
        found: u32,
    },
    /// Another attempt for the same draft in the same environment is under way, or its outcome is not known yet.
    #[error("another attempt for this draft there is unresolved")]
    AttemptOpen,
    /// Another environment has the name.
    #[error("the name is taken")]
    NameTaken,
    /// The row is in use; nothing was changed.
    #[error("still linked to {0} drafts")]
    InUse(u32),
    /// A sealed row does not open, or does not hold what its format says.
    #[error("{what} {id} is unreadable")]
    Unreadable {
        /// `draft`, `environment`, …
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Rows of the vault are not those that Sealpost wrote; going on would take them for right.
    #[error("{0}")]
    NotWhole(String),
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] DoesNotSeal),
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A failure of the vault's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the write lock for longer than we wait.
    #[error("another process is writing to the vault")]
    Busy,
    /// The disk is full; the transaction was rolled back.
    #[error("the disk is full")]
    Full,
    /// The file or its folder can't be written.
    #[error("the file can't be written: {0}")]
    ReadOnly(String),
    /// The file is damaged.
    #[error("the file is damaged: {0}")]
    Corrupt(String),
    /// The file is something else.
    #[error("the file is not a Sealpost vault")]
    NotAVault,
    /// The file is of a newer version.
    #[error("the file has schema {found}, this version knows {known}")]
    TooNew {
        /// Schema of the file.
        found: u32,
        /// Newest schema this version knows.
        known: u32,
        /// The version that can open it, if the file says so.
        needs: Option<String>,
    },
    /// Another process gave the vault a new data key since it was opened here.
    #[error("the vault has a new key since it was opened here")]
    Rekeyed,
    /// Another failure of the file system.
    #[error("{0}")]
    Io(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        // SQLite's own message names tables and files, never bound values.
        let text = error.to_string();
        // The shared-memory file beside the vault could not grow: SQLite has no word of its own for that disk.
        let extended = error.sqlite_error().map(|error| error.extended_code);
        if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly(text)
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt(text),
            Some(ErrorCode::NotADatabase) => Self::NotAVault,
            _ => Self::Io(text),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly(error.to_string())
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

impl Error {
    /// A sealed row of a kind that did not open.
    pub(crate) fn unreadable(
        what: &'static str,
        id: impl std::fmt::Display,
    ) -> impl FnOnce(DoesNotOpen) -> Self {
        let id = id.to_string();
        move |_| Self::Unreadable { what, id }
    }
}
