//! A vault: created once, opened by a key slot, closed by dropping it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::clock::{Clock, Timestamp};
use crate::error::{Error, StoreError};
use crate::ids::{KeySlotId, VaultId};
use crate::key::{Keyring, SecondProcess, check_keyring};
use crate::seal::{DataKey, Entropy, Sealer, SlotKey, SlotKind};
use crate::slots::{self, Access, KeySlot, NewPassphrase, OpenedBy, UnlockMode};
use crate::store;
use crate::store::key_slots::{self, StoredSlot};

/// An open vault. It belongs to one thread at a time; other processes may have it open too.
pub struct Vault {
    pub(crate) connection: Connection,
    pub(crate) sealer: Sealer,
    pub(crate) clock: Arc<dyn Clock>,
    /// Kept for the slots: each wraps it.
    pub(crate) data_key: DataKey,
    /// Rows this connection had changed when the vault was opened, or its generation last raised.
    pub(crate) changes_at_open: u64,
    /// The rows were sealed when the vault was opened, or are since.
    pub(crate) sealed_at_open: bool,
    id: VaultId,
    path: PathBuf,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a locked vault tells without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedVault {
    /// Its id.
    pub id: VaultId,
    /// Schema of the file after opening.
    pub schema: u32,
    /// Ways to open it.
    pub slots: Vec<KeySlot>,
}

/// Is there a file of the vault's name in the folder? Whatever it is, nothing is created over it.
#[must_use]
pub fn vault_exists(folder: &Path) -> bool {
    std::fs::symlink_metadata(store::vault_path(folder)).is_ok()
}

/// Looks at a vault without opening it.
///
/// # Errors
/// [`Error::Absent`], [`Error::Store`].
pub fn look(folder: &Path) -> Result<LockedVault, Error> {
    let connection = store::open_existing(&store::vault_path(folder))?;
    Ok(LockedVault {
        id: vault_id(&connection)?,
        schema: store::SCHEMA,
        slots: slots::listed(&key_slots::all(&connection)?),
    })
}

impl Vault {
    /// Creates a vault in a folder that has none, with a keyring slot.
    ///
    /// The keyring is tried first: write, read back from a second process, delete. Its entry is written, read back
    /// and used to unwrap the data key before the vault is said to exist. If any step fails, both the file and the
    /// entry are removed again: nothing was in them.
    ///
    /// # Errors
    /// [`Error::Exists`] (nothing was touched), [`Error::Key`], [`Error::Store`].
    pub fn create(
        folder: &Path,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        Self::create_with(folder, None, keyring, second, clock, entropy)
    }

    /// As [`Vault::create`], with a passphrase beside the keyring, together with it, or in its place; then the keyring
    /// is not asked at all.
    ///
    /// # Errors
    /// As [`Vault::create`]; [`Error::Passphrase`].
    pub fn create_with(
        folder: &Path,
        passphrase: Option<NewPassphrase<'_>>,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        if vault_exists(folder) {
            return Err(Error::Exists(store::vault_path(folder)));
        }
        let with_keyring = passphrase.is_none_or(|new| new.mode != UnlockMode::Passphrase);
        if with_keyring && let Some(failure) = check_keyring(keyring, second, &*entropy).failure {
            return Err(failure.into());
        }
        let id = VaultId::make(&*clock, &*entropy);
        let data_key = DataKey::make(&*entropy);
        let made = store::reserve(folder, &id.to_string()).and_then(|new| {
            let filled = Self::first_slots(id, passphrase, keyring, &*clock, &*entropy, &data_key)
                .and_then(|slots| {
                    Self::fill(&new, &Sealer::new(id, &data_key, Arc::clone(&entropy)), &slots, clock.now())
                })
                .and_then(|()| store::publish(&new, folder));
            if filled.is_err() {
                remove_files(&new);
            }
            filled
        });
        if let Err(error) = made {
            // Only what this call made: file and entry carry the fresh vault id.
            if with_keyring {
                drop(keyring.delete(&slots::account(id)));
            }
            return Err(error);
        }
        let path = store::vault_path(folder);
        let connection = store::open_existing(&path)?;
        store::remember_epoch(&connection)?;
        Self::opened(connection, id, path, (data_key, None), clock, entropy)
    }

    /// Wraps the fresh data key for the first slots; what goes into the keyring was read back from there.
    fn first_slots(
        id: VaultId,
        passphrase: Option<NewPassphrase<'_>>,
        keyring: &dyn Keyring,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
        data_key: &DataKey,
    ) -> Result<Vec<StoredSlot>, Error> {
        let mode = passphrase.map_or(UnlockMode::Keyring, |new| new.mode);
        let entry = if mode == UnlockMode::Passphrase {
            None
        } else {
            let key = SlotKey::make(entropy);
            slots::write_and_read_back(keyring, id, &key)?;
            Some(key)
        };
        let mut made = Vec::new();
        let now = clock.now();
        if let (Some(key), UnlockMode::Keyring | UnlockMode::Either) = (&entry, mode) {
            let place =
                (KeySlotId::make(clock, entropy), SlotKind::Keyring, slots::keyring_parameters(keyring));
            made.push(StoredSlot::wrap(id, place, key, data_key, now, entropy)?);
        }
        if let Some(new) = passphrase {
            let slot = KeySlotId::make(clock, entropy);
            let entry = entry.as_ref().filter(|_| mode == UnlockMode::Both);
            made.push(slots::passphrase_slot(id, slot, new, entry, data_key, now, entropy)?);
        }
        Ok(made)
    }

    fn fill(path: &Path, sealer: &Sealer, slots: &[StoredSlot], now: Timestamp) -> Result<(), Error> {
        let mut connection = store::open_new(path)?;
        let tx = connection.transaction().map_err(StoreError::from)?;
        tx.execute(
            "INSERT INTO vault (one, id, created_at, needs) VALUES (1, ?1, ?2, ?3)",
            params![sealer.vault().as_bytes(), now.as_millis(), store::THIS_VERSION],
        )?;
        for slot in slots {
            key_slots::insert(&tx, slot)?;
        }
        // With the slots that promise it: there is no moment at which it could be missing.
        store::ledger::establish(&tx, sealer)?;
        tx.commit()?;
        // Closing folds the log into the file, so that the file alone is the vault when it gets its name.
        connection.close().map_err(|(_, error)| StoreError::from(error))?;
        Ok(())
    }

    /// Opens a vault with its keyring slot.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Key`] (no entry, refused, silent: no key is ever made here), [`Error::WrongKey`],
    /// [`Error::PassphraseNeeded`], [`Error::Store`].
    pub fn open(
        folder: &Path,
        keyring: &dyn Keyring,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        Self::open_with(folder, Access::Keyring, keyring, clock, entropy)
    }

    /// Opens a vault by one of its ways in.
    ///
    /// # Errors
    /// As [`Vault::open`]; [`Error::NoSlot`], [`Error::WrongSecret`], [`Error::Passphrase`].
    pub fn open_with(
        folder: &Path,
        access: Access<'_>,
        keyring: &dyn Keyring,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        let path = store::vault_path(folder);
        let connection = store::open_existing(&path)?;
        let id = vault_id(&connection)?;
        // Before the slots are read: a new key in between is noticed at the first write.
        store::remember_epoch(&connection)?;
        let (data_key, by) = slots::data_key(&key_slots::all(&connection)?, id, access, keyring)?;
        Self::opened(connection, id, path, (data_key, Some(by)), clock, entropy)
    }

    /// The same open vault on a connection of its own, for work beside this one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn again(&self) -> Result<Self, Error> {
        let connection = store::open_existing(&self.path)?;
        let sealer = self.sealer.again();
        store::remember_epoch(&connection)?;
        // The new connection remembers the epoch of now, the key is of then: they must be the same.
        if self.is_rekeyed()? {
            return Err(StoreError::Rekeyed.into());
        }
        store::ledger::watch(&connection, &sealer)?;
        let (clock, data_key, path) = (self.clock.clone(), self.data_key.clone(), self.path.clone());
        let (changes_at_open, sealed_at_open) = (connection.total_changes(), self.sealed_at_open);
        Ok(Self { connection, sealer, clock, data_key, changes_at_open, sealed_at_open, id: self.id, path })
    }

    fn opened(
        connection: Connection,
        id: VaultId,
        path: PathBuf,
        (data_key, by): (DataKey, Option<OpenedBy>),
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        let sealer = Sealer::new(id, &data_key, entropy);
        store::ledger::watch(&connection, &sealer)?;
        let (changes_at_open, sealed_at_open) = (0, false);
        let mut vault =
            Self { connection, sealer, clock, data_key, changes_at_open, sealed_at_open, id, path };
        // A vault that can't be written to can be read; the next one who can write seals it.
        vault.sealed_at_open = vault.seal_rows_once().is_ok();
        if let Some(by) = by {
            drop(vault.promise_ledger(by));
        }
        vault.changes_at_open = vault.connection.total_changes();
        Ok(vault)
    }

    /// The vault's id.
    #[must_use]
    pub fn id(&self) -> VaultId {
        self.id
    }

    /// The vault's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that grows whenever this or another process has written.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn change_seq(&self) -> Result<i64, Error> {
        let mut statement = self.connection.prepare_cached("SELECT change_seq FROM vault")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The time by the clock this vault was opened with.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A keyed digest of parts, for "is it the same as before?"; says nothing without this vault's key.
    #[must_use]
    pub fn keyed_digest(&self, label: &str, parts: &[&[u8]]) -> crate::seal::Digest {
        self.sealer.digest(label, parts)
    }

    /// Random bytes from the source this vault was opened with.
    pub fn fill_random(&self, buffer: &mut [u8]) {
        self.sealer.entropy().fill(buffer);
    }

    /// Does the system keep the vault's key out of the swap?
    #[must_use]
    pub const fn key_is_locked(&self) -> bool {
        self.data_key.is_locked()
    }

    /// Schema version of the file.
    #[must_use]
    pub const fn schema(&self) -> u32 {
        store::SCHEMA
    }
}

pub(crate) fn vault_id(connection: &Connection) -> Result<VaultId, Error> {
    use rusqlite::OptionalExtension as _;
    let id = connection.query_row("SELECT id FROM vault", [], |row| row.get(0)).optional()?;
    id.map(VaultId::from_bytes).ok_or_else(|| {
        StoreError::Corrupt("the file has no vault row: its creation was cut off".into()).into()
    })
}

pub(crate) fn remove_files(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        drop(std::fs::remove_file(name));
    }
}
