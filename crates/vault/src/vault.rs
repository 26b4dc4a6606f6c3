//! A vault: created once, opened by a key slot, closed by dropping it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::clock::{Clock, Timestamp};
use crate::error::{Error, StoreError};
use crate::ids::{KeySlotId, VaultId};
use crate::key::{KeyError, Keyring, SecondProcess, check_keyring};
use crate::seal::{DataKey, Entropy, Sealer, SlotKey, SlotKind, unwrap, wrap};
use crate::store;

/// An open vault. It belongs to one thread at a time; other processes may have it open too.
pub struct Vault {
    pub(crate) connection: Connection,
    pub(crate) sealer: Sealer,
    pub(crate) clock: Arc<dyn Clock>,
    id: VaultId,
    path: PathBuf,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One way to open a vault, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySlot {
    /// Its id.
    pub id: KeySlotId,
    /// Its kind.
    pub kind: SlotKind,
    /// When it was made.
    pub created_at: Timestamp,
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

/// The keyring account that holds a vault's key.
fn account(id: VaultId) -> String {
    format!("vault-{id}")
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
    Ok(LockedVault { id: vault_id(&connection)?, schema: store::SCHEMA, slots: slots(&connection)? })
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
        if vault_exists(folder) {
            return Err(Error::Exists(store::vault_path(folder)));
        }
        if let Some(failure) = check_keyring(keyring, second, &*entropy).failure {
            return Err(failure.into());
        }
        let id = VaultId::make(&*clock, &*entropy);
        let new = store::reserve(folder, &id.to_string())?;
        let made =
            Self::fill(&new, id, keyring, &clock, &*entropy).and_then(|()| store::publish(&new, folder));
        if let Err(error) = made {
            // Only what this call made: both names carry the fresh vault id.
            drop(keyring.delete(&account(id)));
            remove_files(&new);
            return Err(error);
        }
        Self::open(folder, keyring, clock, entropy)
    }

    fn fill(
        path: &Path,
        id: VaultId,
        keyring: &dyn Keyring,
        clock: &Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<(), Error> {
        let mut connection = store::open_new(path)?;
        let (slot_key, data_key) = (SlotKey::make(entropy), DataKey::make(entropy));
        let slot = KeySlotId::make(&**clock, entropy);
        let wrapped = wrap(id, slot, SlotKind::Keyring, &slot_key, &data_key, entropy)?;
        keyring.write(&account(id), slot_key.as_bytes())?;
        let read_back = keyring.read(&account(id))?;
        let read_key = SlotKey::from_bytes(&read_back).ok_or(KeyError::NotAKey)?;
        unwrap(id, slot, SlotKind::Keyring, &read_key, &wrapped).map_err(|_| KeyError::NotAKey)?;

        let now = clock.now().as_millis();
        let tx = store::write(&mut connection)?;
        tx.execute(
            "INSERT INTO vault (one, id, created_at) VALUES (1, ?1, ?2)",
            params![id.as_bytes(), now],
        )?;
        tx.execute(
            "INSERT INTO key_slot (id, kind, wrapped, created_at) VALUES (?1, ?2, ?3, ?4)",
            params![slot.as_bytes(), SlotKind::Keyring.as_str(), wrapped, now],
        )?;
        tx.commit()?;
        // Closing folds the log into the file, so that the file alone is the vault when it gets its name.
        connection.close().map_err(|(_, error)| StoreError::from(error))?;
        Ok(())
    }

    /// Opens a vault with its keyring slot.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Key`] (no entry, refused, silent: no key is ever made here), [`Error::WrongKey`],
    /// [`Error::Store`].
    pub fn open(
        folder: &Path,
        keyring: &dyn Keyring,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Error> {
        let path = store::vault_path(folder);
        let connection = store::open_existing(&path)?;
        let id = vault_id(&connection)?;
        let candidates = wrapped_keys(&connection, SlotKind::Keyring)?;
        if candidates.is_empty() {
            return Err(Error::NoSlot(SlotKind::Keyring.as_str()));
        }
        let bytes = keyring.read(&account(id))?;
        let slot_key = SlotKey::from_bytes(&bytes).ok_or(KeyError::NotAKey)?;
        let data_key = candidates
            .iter()
            .find_map(|(slot, wrapped)| unwrap(id, *slot, SlotKind::Keyring, &slot_key, wrapped).ok())
            .ok_or(Error::WrongKey)?;
        let sealer = Sealer::new(id, &data_key, entropy);
        Ok(Self { connection, sealer, clock, id, path })
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

    /// Ways to open it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn slots(&self) -> Result<Vec<KeySlot>, Error> {
        slots(&self.connection)
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

    /// Schema version of the file.
    #[must_use]
    pub const fn schema(&self) -> u32 {
        store::SCHEMA
    }
}

fn vault_id(connection: &Connection) -> Result<VaultId, Error> {
    use rusqlite::OptionalExtension as _;
    let id = connection.query_row("SELECT id FROM vault", [], |row| row.get(0)).optional()?;
    id.map(VaultId::from_bytes).ok_or_else(|| {
        StoreError::Corrupt("the file has no vault row: its creation was cut off".into()).into()
    })
}

fn slots(connection: &Connection) -> Result<Vec<KeySlot>, Error> {
    let mut statement =
        connection.prepare("SELECT id, kind, created_at FROM key_slot ORDER BY created_at, id")?;
    let rows = statement.query_map([], |row| {
        Ok((
            KeySlotId::from_bytes(row.get(0)?),
            row.get::<_, String>(1)?,
            Timestamp::from_millis(row.get(2)?),
        ))
    })?;
    let mut all = Vec::new();
    for row in rows {
        let (id, kind, created_at) = row?;
        // A kind of a later version can't be used here, and is no reason to hide the others.
        if let Some(kind) = SlotKind::parse(&kind) {
            all.push(KeySlot { id, kind, created_at });
        }
    }
    Ok(all)
}

fn wrapped_keys(connection: &Connection, kind: SlotKind) -> Result<Vec<(KeySlotId, Vec<u8>)>, Error> {
    let mut statement = connection.prepare("SELECT id, wrapped FROM key_slot WHERE kind = ?1")?;
    let rows =
        statement.query_map([kind.as_str()], |row| Ok((KeySlotId::from_bytes(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn remove_files(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        drop(std::fs::remove_file(name));
    }
}
