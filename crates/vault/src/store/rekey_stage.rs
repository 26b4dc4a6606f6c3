//! What a new key has encrypted so far: a file of its own beside the vault, so that the vault is read and not written until
//! everything is ready, and what was done before an interruption need not be done again (docs/formats.md, "The stage").
//!
//! ```text
//! vault.sealpost ── each row, read ──▶ vault.sealpost.rekey    rows under the new key, ways in that wrap it
//!                ◀── one transaction: rows that are still as they were read, the rest encrypted then
//! ```
//!
//! Nothing in the file is believed: a row is taken from it only with a digest, under the new key, over what it was made from and
//! what it became; and the file as a whole only if its ways in are of the vault as it is now. Else it is made anew.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::file::private_new;
use super::key_slots::{self, StoredSlot};
use super::rekey::{Resealed, Source};
use super::sealed::SealedTable;
use super::vault_path;
use crate::clock::Timestamp;
use crate::error::{Error, StoreError};
use crate::ids::VaultId;
use crate::seal::{Digest, Sealer, sha256};
use crate::vault::remove_files;

/// "SlpR" in SQLite's header.
const APPLICATION_ID: i32 = 0x536c_7052;
/// Number of this layout.
const FORMAT: i32 = 1;

/// As `key_slot` is in the vault; a row has as many sealed columns as the widest table.
const LAYOUT: &str = "
    CREATE TABLE stage (
        one         INTEGER PRIMARY KEY CHECK (one = 1),
        vault_id    BLOB    NOT NULL,
        key_epoch   INTEGER NOT NULL,
        ways_before BLOB    NOT NULL,
        started_at  INTEGER NOT NULL,
        proof       BLOB    NOT NULL
    ) STRICT;
    CREATE TABLE key_slot (
        id          BLOB    PRIMARY KEY,
        kind        TEXT    NOT NULL,
        parameters  TEXT    NOT NULL,
        wrapped     BLOB    NOT NULL,
        created_at  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE done (
        of          INTEGER NOT NULL,
        row         INTEGER NOT NULL,
        value_1     BLOB,
        value_2     BLOB,
        value_3     BLOB,
        digest      BLOB,
        proof       BLOB    NOT NULL,
        PRIMARY KEY (of, row)
    ) STRICT, WITHOUT ROWID;";

const ROW: &str = "SELECT value_1, value_2, value_3, digest, proof FROM done WHERE of = ?1 AND row = ?2";

/// Of which vault, in which state, a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Basis {
    vault: VaultId,
    epoch: i64,
    /// SHA-256 of the vault's ways in: whoever changes one wants it to hold.
    ways: [u8; 32],
}

impl Basis {
    /// Of the vault as it is now.
    pub(crate) fn of(vault: VaultId, connection: &Connection) -> Result<Self, StoreError> {
        let epoch = connection.query_row("SELECT key_epoch FROM main.vault", [], |row| row.get(0))?;
        Ok(Self { vault, epoch, ways: sha256(&ways(&key_slots::all(connection)?).concat()) })
    }
}

#[cfg(test)]
impl Stage {
    pub(crate) fn write_raw(&self, sql: &str) {
        drop(self.connection.execute_batch(sql));
    }
}

#[cfg(test)]
impl Basis {
    pub(crate) fn ways(&self) -> [u8; 32] {
        self.ways
    }
}

fn ways(slots: &[StoredSlot]) -> Vec<Vec<u8>> {
    let mut slots: Vec<&StoredSlot> = slots.iter().collect();
    slots.sort_by_key(|slot| *slot.id.as_bytes());
    let mut parts = Vec::new();
    for slot in slots {
        let (kind, parameters) = (slot.kind.as_str().as_bytes(), slot.parameters.as_bytes());
        for part in [slot.id.as_bytes().as_slice(), kind, parameters, &slot.wrapped] {
            parts.push((part.len() as u64).to_be_bytes().to_vec());
            parts.push(part.to_vec());
        }
    }
    parts
}

/// An open stage; this process alone has it until it is dropped.
pub(crate) struct Stage {
    connection: Connection,
    path: PathBuf,
    basis: Basis,
    started_at: Timestamp,
}

/// What stands in the place of a stage.
pub(crate) enum Found {
    /// Nothing, or something that is no stage of this vault's key.
    None,
    /// One that was begun for this key and can't be gone on with: a way in was changed since, or it can't be read.
    Lost,
    /// One to go on with.
    Stage(Stage),
}

/// The stage's file beside a vault's.
pub(crate) fn path_beside(vault: &Path) -> PathBuf {
    let folder = vault.parent().unwrap_or(Path::new(""));
    let mut name = vault_path(folder).into_os_string();
    name.push(".rekey");
    name.into()
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Who is at it stays at it: nobody waits.
    connection.busy_timeout(Duration::ZERO)?;
    // Two that encrypt into one file would each take the other's rows for their own.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    Ok(connection)
}

impl Stage {
    /// A stage for these ways in; one that was there is no more.
    ///
    /// # Errors
    /// [`StoreError::Busy`]: another process is at it; [`Error::Store`]. Nothing is left then.
    pub(crate) fn create(
        vault: &Path,
        basis: Basis,
        slots: &[StoredSlot],
        new: &Sealer,
        now: Timestamp,
    ) -> Result<Self, Error> {
        Self::clear(vault)?;
        let path = path_beside(vault);
        private_new(&path)?;
        let made = (|| {
            let connection = connect(&path)?;
            let proof = proof_of_ways(new, basis, slots);
            connection.execute_batch("BEGIN")?;
            connection.execute_batch(LAYOUT)?;
            connection.execute(
                "INSERT INTO stage VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                params![basis.vault.as_bytes(), basis.epoch, basis.ways, now.as_millis(), proof],
            )?;
            slots.iter().try_for_each(|slot| key_slots::insert(&connection, slot))?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            connection.pragma_update(None, "user_version", FORMAT)?;
            connection.execute_batch("COMMIT")?;
            Ok::<_, StoreError>(connection)
        })();
        match made {
            Ok(connection) => Ok(Self { connection, path, basis, started_at: now }),
            Err(error) => {
                remove_files(&path);
                Err(error.into())
            }
        }
    }

    /// Removes whatever stands in the place of a stage.
    ///
    /// # Errors
    /// [`StoreError::Busy`]: another process is at it.
    pub(crate) fn clear(vault: &Path) -> Result<(), StoreError> {
        let path = path_beside(vault);
        if std::fs::symlink_metadata(&path).is_ok() {
            if matches!(connect(&path), Err(StoreError::Busy)) {
                return Err(StoreError::Busy);
            }
            remove_files(&path);
            if std::fs::symlink_metadata(&path).is_ok() {
                return Err(StoreError::ReadOnly(format!("{} can't be removed", path.display())));
            }
        }
        Ok(())
    }

    /// Looks for the stage beside a vault. Whatever stands there and can't be gone on with is removed.
    ///
    /// # Errors
    /// [`StoreError::Busy`]: another process is at it; [`StoreError::ReadOnly`]: it can't be opened here.
    pub(crate) fn open(vault: &Path, basis: Basis) -> Result<Found, StoreError> {
        let path = path_beside(vault);
        // An empty one is just being made by somebody, or was never more than begun.
        if std::fs::metadata(&path).map_or(0, |file| file.len()) == 0 {
            return Ok(Found::None);
        }
        let found = match Self::read(&path, basis) {
            Ok(Found::Stage(stage)) => return Ok(Found::Stage(stage)),
            Err(error @ (StoreError::Busy | StoreError::ReadOnly(_))) => return Err(error),
            Ok(found) => found,
            Err(_) => Found::Lost,
        };
        remove_files(&path);
        Ok(found)
    }

    fn read(path: &Path, basis: Basis) -> Result<Found, StoreError> {
        let connection = connect(path)?;
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        if (number("application_id")?, number("user_version")?) != (APPLICATION_ID, FORMAT) {
            return Ok(Found::None);
        }
        let read = connection.query_row(
            "SELECT vault_id, key_epoch, ways_before, started_at FROM stage",
            [],
            |row| {
                let found =
                    Basis { vault: VaultId::from_bytes(row.get(0)?), epoch: row.get(1)?, ways: row.get(2)? };
                Ok((found, Timestamp::from_millis(row.get(3)?)))
            },
        )?;
        let (found, started_at) = read;
        if (found.vault, found.epoch) != (basis.vault, basis.epoch) {
            return Ok(Found::None);
        }
        if found != basis {
            return Ok(Found::Lost);
        }
        let stage = Self { connection, path: path.to_owned(), basis, started_at };
        // What can't be read to the end here is made anew, and does not fail somewhere on the way.
        stage.slots()?;
        stage.count()?;
        stage.connection.prepare(ROW)?;
        Ok(Found::Stage(stage))
    }

    /// Is the vault in the state that it is of?
    pub(crate) fn is_still_of(&self, basis: Basis) -> bool {
        self.basis == basis
    }

    /// When the new key was begun.
    pub(crate) fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// The ways in that wrap the new key.
    pub(crate) fn slots(&self) -> Result<Vec<StoredSlot>, StoreError> {
        key_slots::all(&self.connection)
    }

    /// Are these the ways in that the new key was wrapped for, over the vault as it is?
    pub(crate) fn brings(&self, slots: &[StoredSlot], new: &Sealer) -> Result<bool, StoreError> {
        let stored: Vec<u8> = self.connection.query_row("SELECT proof FROM stage", [], |row| row.get(0))?;
        Ok(stored == proof_of_ways(new, self.basis, slots))
    }

    /// Lets it count for this process only: interrupted, it is no stage.
    pub(crate) fn for_this_process_only(&self) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "user_version", 0)?)
    }

    /// Rows in it.
    pub(crate) fn count(&self) -> Result<u64, StoreError> {
        let rows: i64 = self.connection.query_row("SELECT count(*) FROM done", [], |row| row.get(0))?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }

    /// The row as it was encrypted before, if it is still what that was made from.
    pub(crate) fn get(&self, table: &SealedTable, source: &Source, new: &Sealer) -> Option<Resealed> {
        let read = || {
            self.connection
                .prepare_cached(ROW)?
                .query_row(params![number(table), source.rowid], |row| {
                    let blobs = (0..table.columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?;
                    Ok((Resealed { blobs, digest: row.get(3)? }, row.get::<_, Vec<u8>>(4)?))
                })
                .optional()
        };
        // A row that can't be read is one that was not done.
        let (resealed, proof) = read().ok().flatten()?;
        (proof == proof_of_row(new, table, source, &resealed)).then_some(resealed)
    }

    /// Keeps a row, inside [`Stage::batch`].
    pub(crate) fn put(
        &self,
        table: &SealedTable,
        source: &Source,
        resealed: &Resealed,
        new: &Sealer,
    ) -> Result<(), StoreError> {
        let mut statement =
            self.connection.prepare_cached("REPLACE INTO done VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        let blob = |at: usize| resealed.blobs.get(at).and_then(Option::as_ref);
        statement.execute(params![
            number(table),
            source.rowid,
            blob(0),
            blob(1),
            blob(2),
            resealed.digest,
            proof_of_row(new, table, source, resealed)
        ])?;
        Ok(())
    }

    /// Makes what is done in `work` durable in one step.
    pub(crate) fn batch<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let tx = self.connection.unchecked_transaction()?;
        let done = work()?;
        tx.commit()?;
        Ok(done)
    }

    /// Removes it: everything is in the vault, or is not wanted any more.
    pub(crate) fn remove(self) {
        let Self { connection, path, .. } = self;
        // Windows removes no open file.
        drop(connection);
        remove_files(&path);
    }
}

/// A table's number in the stage: history has the draft's in its binding, and rows of its own.
fn number(table: &SealedTable) -> i64 {
    super::sealed::SEALED.iter().position(|each| each.name == table.name).map_or(-1, |at| at as i64)
}

fn digest(new: &Sealer, label: &str, parts: &[Vec<u8>]) -> Digest {
    new.digest(label, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn proof_of_row(new: &Sealer, table: &SealedTable, source: &Source, resealed: &Resealed) -> Digest {
    let mut parts = vec![table.name.as_bytes().to_vec()];
    parts.extend(source.parts());
    parts.extend(resealed.parts());
    digest(new, "re-keyed row", &parts)
}

fn proof_of_ways(new: &Sealer, basis: Basis, slots: &[StoredSlot]) -> Digest {
    let mut parts = vec![basis.epoch.to_be_bytes().to_vec(), basis.ways.to_vec()];
    parts.extend(ways(slots));
    digest(new, "re-keyed ways in", &parts)
}
