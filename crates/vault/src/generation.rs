//! Has an older copy of the file been put in the vault's place? Sealed values open in it as they always did, so the file
//! alone can't tell.
//!
//! A counter stands sealed in the vault and, as a copy, in a keyring entry of its own, apart from the key, so that writing
//! it can never harm the key. Whoever writes to the vault raises both when done ([`Vault::raise_generation`]), and in a
//! session that stays open now and then ([`Vault::raise_beside`]). A vault whose counter is below the keyring's is an older
//! copy, also one of the same session. What this does not see: a copy from between two raises (ADR 21), and a vault that no
//! keyring knows.

use crate::error::Error;
use crate::ids::VaultId;
use crate::key::{KeyError, Keyring};
use crate::vault::Vault;

const SETTING: &str = "generation";

/// A vault's counter, and the one that was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OlderCopy {
    /// In the file.
    pub found: u64,
    /// In the keyring.
    pub last_seen: u64,
}

fn account(id: VaultId) -> String {
    format!("generation-{id}")
}

fn last_seen(id: VaultId, keyring: &dyn Keyring) -> Option<u64> {
    let bytes = keyring.read(&account(id)).ok()?;
    bytes.as_slice().try_into().ok().map(u64::from_be_bytes)
}

/// Forgets what was seen last, since an older copy was put there on purpose.
pub fn forget_generation(id: VaultId, keyring: &dyn Keyring) {
    drop(keyring.delete(&account(id)));
}

impl Vault {
    fn generation(&self) -> u64 {
        // One that does not open or is gone counts as the oldest: that is announced, and not hidden.
        self.setting(SETTING).ok().flatten().unwrap_or_default()
    }

    /// Is this file older than the one that was here last? None if not, or if the keyring can't tell.
    #[must_use]
    pub fn older_copy(&self, keyring: &dyn Keyring) -> Option<OlderCopy> {
        let (found, last_seen) = (self.generation(), last_seen(self.id(), keyring)?);
        (found < last_seen).then_some(OlderCopy { found, last_seen })
    }

    /// Raises the counter here and in the keyring if this vault was written to since it was opened here, above whatever was
    /// seen: an older copy that somebody goes on with is the current one from then on.
    ///
    /// # Errors
    /// [`Error::Store`], any of the keyring's. Then the next raise makes up for it.
    pub fn raise_generation(&mut self, keyring: &dyn Keyring) -> Result<(), Error> {
        if self.rows_since_raise() == 0 {
            return Ok(());
        }
        self.raise(keyring)
    }

    /// Rows that were written here since the counter was raised last, or the vault opened.
    #[must_use]
    pub fn rows_since_raise(&self) -> u64 {
        self.connection.total_changes() - self.changes_at_open
    }

    /// The counter is raised on another connection ([`Vault::again`]): this one's writes count as seen.
    pub fn raised_beside(&mut self) {
        self.changes_at_open = self.connection.total_changes();
    }

    /// Raises the counter for what another connection of this program wrote.
    ///
    /// # Errors
    /// As [`Vault::raise_generation`].
    pub fn raise_beside(mut self, keyring: &dyn Keyring) -> Result<(), Error> {
        self.raise(keyring)
    }

    fn raise(&mut self, keyring: &dyn Keyring) -> Result<(), Error> {
        let next = self.generation().max(last_seen(self.id(), keyring).unwrap_or_default()) + 1;
        self.set_setting(SETTING, &next)?;
        self.changes_at_open = self.connection.total_changes();
        match keyring.write(&account(self.id()), &next.to_be_bytes()) {
            Ok(()) => Ok(()),
            // A machine without a keyring has nothing to compare with.
            Err(KeyError::NoService(_)) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::vault_path;
    use crate::testing::{Bench, login, quiet};

    fn write_and_close(bench: &Bench, mut vault: Vault) -> Vec<u8> {
        vault.save_draft(&login("a", "b", "c"), &quiet()).unwrap();
        vault.raise_generation(&*bench.keyring).unwrap();
        drop(vault);
        fs::read(vault_path(&bench.folder)).unwrap()
    }

    #[test]
    fn an_older_copy_in_the_vaults_place_is_announced_until_somebody_goes_on_with_it() {
        let (_dir, bench) = Bench::temporary();
        let older = write_and_close(&bench, bench.create().unwrap());
        write_and_close(&bench, bench.open().unwrap());
        assert_eq!(bench.open().unwrap().older_copy(&*bench.keyring), None);
        fs::write(vault_path(&bench.folder), &older).unwrap();
        for _ in 0..2 {
            let vault = bench.open().unwrap();
            assert_eq!(vault.older_copy(&*bench.keyring), Some(OlderCopy { found: 1, last_seen: 2 }));
        }
        write_and_close(&bench, bench.open().unwrap());
        assert_eq!(bench.open().unwrap().older_copy(&*bench.keyring), None);
    }

    #[test]
    fn a_counter_that_was_taken_out_of_the_file_counts_as_the_oldest() {
        let (_dir, bench) = Bench::temporary();
        write_and_close(&bench, bench.create().unwrap());
        let vault = bench.open().unwrap();
        vault.connection.execute("DELETE FROM setting", []).unwrap();
        assert_eq!(vault.older_copy(&*bench.keyring), Some(OlderCopy { found: 0, last_seen: 1 }));
    }

    #[test]
    fn who_only_reads_writes_nothing_and_who_can_not_ask_is_not_alarmed() {
        let (_dir, bench) = Bench::temporary();
        write_and_close(&bench, bench.create().unwrap());
        let before = fs::read(vault_path(&bench.folder)).unwrap();
        let mut vault = bench.open().unwrap();
        drop(vault.drafts_since(0).unwrap());
        vault.raise_generation(&*bench.keyring).unwrap();
        drop(vault);
        assert_eq!(fs::read(vault_path(&bench.folder)).unwrap(), before);
        let vault = bench.open().unwrap();
        forget_generation(vault.id(), &*bench.keyring);
        assert_eq!(vault.older_copy(&*bench.keyring), None);
    }
}
