//! Copies of a whole vault: made by SQLite's online backup, so that writing may go on, and read back before they count.
//!
//! ```text
//! vault ─ backup API ─▶ name.part-id (0600) ─ one file, no log ─▶ read back: structure, every value ─▶ synced ─▶ named
//! ```
//!
//! A backup is a complete vault file with the slots of its time. Nothing is ever overwritten: neither an earlier backup by
//! a new one, nor the vault by a restored one, which keeps the vault's name for itself only after the file that had it has
//! another name too.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::file::{APPLICATION_ID, check_magic, connect, private_new, sync_folder};
use super::verify::{structure, verify};
use super::{Findings, migrate, vault_path};
use crate::error::{Error, StoreError};
use crate::ids::{KeySlotId, VaultId};
use crate::key::Keyring;
use crate::seal::Sealer;
use crate::slots::{self, Access};
use crate::store::key_slots;
use crate::vault::{Vault, remove_files, vault_id};

/// Pages copied between two chances for a writer.
const PAGES: i32 = 1000;

/// Copies one database into another, page by page; starts over by itself when somebody writes.
fn copy(from: &Connection, to: &mut Connection) -> Result<(), StoreError> {
    let backup = Backup::new(from, to)?;
    let mut waits = 0;
    loop {
        match backup.step(PAGES)? {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked if waits > 200 => return Err(StoreError::Busy),
            StepResult::Busy | StepResult::Locked => {
                waits += 1;
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            _ => {}
        }
    }
}

/// Copies into a file that does not exist yet, as one file without a log, and syncs it.
fn copy_to_file(from: &Connection, path: &Path) -> Result<(), Error> {
    private_new(path)?;
    let copied = (|| {
        let mut to = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        copy(from, &mut to)?;
        to.pragma_update(None, "journal_mode", "DELETE")?;
        to.close().map_err(|(_, error)| StoreError::from(error))?;
        // Windows syncs only what is open for writing.
        fs::OpenOptions::new().write(true).open(path)?.sync_all()?;
        Ok::<_, StoreError>(())
    })();
    if copied.is_err() {
        remove_files(path);
    }
    Ok(copied?)
}

/// Reads a vault's file into memory; the file is not changed, whatever its schema.
pub(crate) fn into_memory(path: &Path) -> Result<Connection, Error> {
    if let Err(error) = fs::metadata(path) {
        return Err(match error.kind() {
            std::io::ErrorKind::NotFound => Error::Absent(path.to_owned()),
            _ => StoreError::from(error).into(),
        });
    }
    check_magic(path)?;
    let mut memory = Connection::open_in_memory().map_err(StoreError::from)?;
    let file =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreError::from)?;
    copy(&file, &mut memory)?;
    let id: i32 = memory.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID {
        return Err(StoreError::NotAVault.into());
    }
    let broken = structure(&memory)?;
    if !broken.is_empty() {
        return Err(StoreError::Corrupt(broken.join("; ")).into());
    }
    migrate::up(&mut memory)?;
    Ok(memory)
}

/// Keeps a copy of a vault that is about to be migrated, and names it. The copy is read back, and the migration is tried on it in memory
/// first, so that a step that fails has touched nothing.
pub(super) fn before_migration(path: &Path, connection: &Connection) -> Result<PathBuf, Error> {
    let folder = path.with_file_name("backups");
    super::file::make_private_folder(&folder)?;
    let name = |number: u32| folder.join(format!("before-schema-{}-{number}.sealpost", migrate::SCHEMA));
    let free = (1..u32::MAX).map(name).find(|file| fs::symlink_metadata(file).is_err());
    let file = free.ok_or_else(|| Error::Exists(name(1)))?;
    copy_to_file(connection, &file)?;
    match into_memory(&file) {
        Ok(_) => Ok(file),
        Err(error) => {
            remove_files(&file);
            Err(error)
        }
    }
}

/// A name beside `path` that nobody has.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{what}"));
    PathBuf::from(name)
}

/// Gives a finished copy its name, unless that is taken.
fn name_it(finished: &Path, path: &Path) -> Result<(), Error> {
    match fs::hard_link(finished, path) {
        Ok(()) => fs::remove_file(finished).map_err(StoreError::from)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Error::Exists(path.to_owned()));
        }
        // Some file systems have no hard links.
        Err(_) if !path.exists() => fs::rename(finished, path).map_err(StoreError::from)?,
        Err(_) => return Err(Error::Exists(path.to_owned())),
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        sync_folder(folder)?;
    }
    Ok(())
}

impl Vault {
    /// Writes a complete copy of this vault to a new file and reads it back: every page, every sealed value.
    ///
    /// # Errors
    /// [`Error::Exists`]: there is a file of that name; [`Error::Store`]. No file is left then.
    pub fn backup_to(&self, path: &Path) -> Result<Findings, Error> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(Error::Exists(path.to_owned()));
        }
        let part = beside(path, &format!("part-{}", KeySlotId::make(&*self.clock, self.sealer.entropy())));
        copy_to_file(&self.connection, &part)?;
        let kept = into_memory(&part)
            .and_then(|copy| verify(&copy, &self.sealer))
            .and_then(|findings| name_it(&part, path).map(|()| findings));
        if kept.is_err() {
            remove_files(&part);
        }
        kept
    }

    /// Opens a backup of this vault in memory, with this vault's key, and opens everything in it.
    ///
    /// # Errors
    /// [`Error::OtherVault`], [`Error::Store`].
    pub fn drill(&self, backup: &Path) -> Result<Findings, Error> {
        let copy = into_memory(backup)?;
        if vault_id(&copy)? != self.id() {
            return Err(Error::OtherVault);
        }
        verify(&copy, &self.sealer)
    }
}

/// Opens a backup in memory by one of its own ways in, and opens everything in it.
///
/// # Errors
/// As [`Vault::open_with`].
pub fn check_backup(
    backup: &Path,
    access: Access<'_>,
    keyring: &dyn Keyring,
) -> Result<(VaultId, Findings), Error> {
    let copy = into_memory(backup)?;
    let id = vault_id(&copy)?;
    let (data_key, _) = slots::data_key(&key_slots::all(&copy)?, id, access, keyring)?;
    let sealer = Sealer::new(id, &data_key, std::sync::Arc::new(crate::seal::OsEntropy::new()));
    Ok((id, verify(&copy, &sealer)?))
}

/// Puts a backup in the vault's place. What is there keeps existing under the name that is returned, with its log beside
/// it where it could not be folded in.
///
/// # Errors
/// [`StoreError::Busy`]: another process has the vault open; [`Error::Exists`]: `kept_as` is taken; [`Error::Store`]. The
/// vault is in its place then.
pub fn restore(folder: &Path, backup: &Path, kept_as: &str) -> Result<Option<PathBuf>, Error> {
    let path = vault_path(folder);
    super::file::make_private_folder(folder)?;
    let new = beside(&path, &format!("new-{kept_as}"));
    let source = into_memory_as_it_is(backup)?;
    copy_to_file(&source, &new)?;
    let placed = keep(&path, &beside(&path, kept_as)).and_then(|kept| {
        // Replaces the name in one step: there is a vault in its place at every moment.
        fs::rename(&new, &path).map_err(StoreError::from)?;
        sync_folder(folder)?;
        Ok(kept)
    });
    if placed.is_err() {
        remove_files(&new);
    }
    placed
}

/// As [`into_memory`], without a step of migration: a restored file is what was backed up.
fn into_memory_as_it_is(path: &Path) -> Result<Connection, Error> {
    into_memory(path)?;
    let file =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreError::from)?;
    let mut memory = Connection::open_in_memory().map_err(StoreError::from)?;
    copy(&file, &mut memory)?;
    Ok(memory)
}

/// Gives the vault's file a second name, its log folded in if the file is sound enough for that.
fn keep(path: &Path, kept: &Path) -> Result<Option<PathBuf>, Error> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    if fs::symlink_metadata(kept).is_ok() {
        return Err(Error::Exists(kept.to_owned()));
    }
    let folded = check_magic(path).and_then(|()| {
        let connection = connect(path)?;
        // Needs the file for itself: fails while another process has it open.
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        connection.close().map_err(|(_, error)| StoreError::from(error))
    });
    if matches!(folded, Err(StoreError::Busy)) {
        return Err(StoreError::Busy.into());
    }
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let with = |name: &Path| {
            let mut name = name.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let (from, to) = (with(path), with(kept));
        if fs::symlink_metadata(&from).is_ok() {
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(|_| ()))
                .map_err(StoreError::from)?;
        }
    }
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    // A log that belongs to the file of before must not be replayed into the restored one.
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::from(error).into());
            }
            _ => {}
        }
    }
    Ok(Some(kept.to_owned()))
}

#[cfg(test)]
mod tests;
