//! Opening the file: permissions, pragmas, what is refused.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::migrate;
use crate::error::{Error, StoreError};
use crate::vault::remove_files;

/// The file's name inside the vault's folder.
pub const VAULT_FILE: &str = "vault.sealpost";

/// "Slpt" in SQLite's header: tells our file from another program's.
pub(super) const APPLICATION_ID: i32 = 0x536c_7074;

/// How long a write waits for another process.
const BUSY: Duration = Duration::from_secs(5);

/// The vault's file in a folder.
#[must_use]
pub fn vault_path(folder: &Path) -> PathBuf {
    folder.join(VAULT_FILE)
}

/// Makes the folder (0700) and an empty file (0600) beside the vault's name, to be filled and then [`publish`]ed: a
/// creation that is cut off leaves no half vault behind.
pub(crate) fn reserve(folder: &Path, tag: &str) -> Result<PathBuf, Error> {
    make_private_folder(folder)?;
    let path = folder.join(format!("{VAULT_FILE}.new-{tag}"));
    private_new(&path)?;
    Ok(path)
}

/// Makes an empty file (0600) where there is none.
pub(super) fn private_new(path: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    private_mode(&mut options);
    options.open(path)?;
    Ok(())
}

/// Gives a filled file the vault's name, unless that is taken: of two creations one wins, and neither overwrites.
pub(crate) fn publish(filled: &Path, folder: &Path) -> Result<PathBuf, Error> {
    let path = vault_path(folder);
    match fs::hard_link(filled, &path) {
        Ok(()) => fs::remove_file(filled).map_err(StoreError::from)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(Error::Exists(path)),
        // Some file systems have no hard links.
        Err(_) if !path.exists() => fs::rename(filled, &path).map_err(StoreError::from)?,
        Err(_) => return Err(Error::Exists(path)),
    }
    sync_folder(folder)?;
    Ok(path)
}

/// A new name survives a power cut only after its folder is synced (POSIX; Windows does it with the file).
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Opens a vault's file that exists and is ours, and migrates it.
pub(crate) fn open_existing(path: &Path) -> Result<Connection, Error> {
    match fs::metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::Absent(path.to_owned()));
        }
        Err(error) => return Err(StoreError::from(error).into()),
    }
    check_magic(path)?;
    let mut connection = connect(path)?;
    let application_id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application_id != APPLICATION_ID {
        return Err(StoreError::NotAVault.into());
    }
    let copy = migrate::pending(&connection)?
        .then(|| super::backup::before_migration(path, &connection))
        .transpose()?;
    match (migrate::up(&mut connection), copy) {
        // The vault is as it was. A copy for each time somebody tries would take the rest of the disk.
        (Err(Error::Store(StoreError::Full)), Some(copy)) => {
            remove_files(&copy);
            Err(StoreError::Full.into())
        }
        (migrated, _) => migrated.map(|()| connection),
    }
}

/// Opens the reserved, empty file of a new vault and lays out its tables.
pub(crate) fn open_new(path: &Path) -> Result<Connection, Error> {
    let mut connection = connect(path)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate::up(&mut connection)?;
    Ok(connection)
}

/// SQLite takes any file shorter than a page for an empty database; ours must begin as one.
pub(super) fn check_magic(path: &Path) -> Result<(), StoreError> {
    let mut magic = [0; 16];
    let mut file = fs::File::open(path)?;
    match file.read_exact(&mut magic) {
        Ok(()) if magic == *b"SQLite format 3\0" => Ok(()),
        Ok(()) | Err(_) => Err(StoreError::NotAVault),
    }
}

pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // NOFOLLOW refuses symbolic links in the whole path, so the folder's own links are resolved first.
    let real = match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    };
    let connection = Connection::open_with_flags(real, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

pub(super) fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Only the owner may read and write it.
pub(super) fn private_mode(options: &mut fs::OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}
