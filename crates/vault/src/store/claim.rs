//! One process publishes at a time: two would race for the same sets, and one would take the open attempt of the other
//! for the trace of a crash. The operating system drops the lock with the process, also when that is killed.

use std::fs::{File, OpenOptions, TryLockError};

use crate::error::{Error, StoreError};
use crate::vault::Vault;

/// The lock's file beside the vault's; empty.
const LOCK_FILE: &str = "publish.lock";

/// The right to publish from this vault, held until dropped.
#[derive(Debug)]
pub struct PublishClaim {
    _locked: File,
}

impl Vault {
    /// Takes the right to publish; `None` if another process, or this one, holds it.
    ///
    /// # Errors
    /// [`Error::Store`]: the folder can't be written, or has no locks.
    pub fn claim_publishing(&self) -> Result<Option<PublishClaim>, Error> {
        let path = self.path().with_file_name(LOCK_FILE);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        super::file::private_mode(&mut options);
        let file = options.open(path).map_err(StoreError::from)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(PublishClaim { _locked: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::from(error).into()),
        }
    }
}
