//! A vault for tests: in a given folder, under a keyring in memory, at a fixed time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::key::{MemoryKeyring, SecondProcess, second_process_answer};
use crate::{
    Details, DraftMeta, DraftSecrets, Error, FixedClock, NewActivity, OsEntropy, SaveDraft, SecretField,
    SecretValue, StoreError, Timestamp, Vault,
};

/// Where the clock of tests stands: 2026-11-24 08:00 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_507_200_000);

/// Folder, keyring and clock of one vault; opens it as often as wanted.
#[derive(Debug)]
pub struct Bench {
    /// The vault's folder.
    pub folder: PathBuf,
    /// Its keyring.
    pub keyring: Arc<MemoryKeyring>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
}

/// The second process of the keyring check, played by this one.
pub struct SameKeyring(pub Arc<MemoryKeyring>);

impl SecondProcess for SameKeyring {
    fn digest_of(&self, account: &str) -> Result<String, String> {
        second_process_answer(&*self.0, account).map_err(|error| error.to_string())
    }
}

impl Bench {
    /// No vault yet.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            keyring: Arc::new(MemoryKeyring::default()),
            clock: Arc::new(FixedClock::at(NOW)),
        }
    }

    /// In a folder that goes with the first value.
    #[cfg(test)]
    pub(crate) fn temporary() -> (tempfile::TempDir, Self) {
        let dir = tempfile::tempdir().unwrap();
        let bench = Self::at(&dir.path().join("vault"));
        (dir, bench)
    }

    /// Creates the vault.
    ///
    /// # Errors
    /// As [`Vault::create`].
    pub fn create(&self) -> Result<Vault, Error> {
        let second = SameKeyring(Arc::clone(&self.keyring));
        Vault::create(&self.folder, &*self.keyring, &second, self.clock.clone(), Arc::new(OsEntropy::new()))
    }

    /// Opens it (again).
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open(&self) -> Result<Vault, Error> {
        Vault::open(&self.folder, &*self.keyring, self.clock.clone(), Arc::new(OsEntropy::new()))
    }
}

/// A user and password draft to be saved.
#[must_use]
pub fn login(name: &str, user: &str, password: &str) -> SaveDraft {
    let details = Details::UsernamePassword { user: user.into(), external_vault: None, allow_colon: false };
    let mut secrets = DraftSecrets::new();
    secrets.set(SecretField::Password, SecretValue::from(password));
    SaveDraft { over: None, meta: DraftMeta::new(name, details), secrets }
}

/// An activity entry that says nothing.
#[must_use]
pub fn quiet() -> NewActivity {
    NewActivity::of("draftSaved")
}

/// Writes into a vault's file as something other than Sealpost would.
///
/// # Errors
/// [`Error::Store`].
pub fn tamper(file: &Path, sql: &str) -> Result<(), Error> {
    let raw = rusqlite::Connection::open(file).map_err(StoreError::from)?;
    raw.execute_batch(sql).map_err(StoreError::from)?;
    Ok(())
}
