//! A new data key: everything is encrypted again, and every way in is made anew.
//!
//! ```text
//! 1. everything opens?  the passphrase is right?        else: refused, nothing was changed
//! 2. fresh keyring entry beside the old one's slot      a crash leaves both slots: either entry opens the vault
//! 3. one transaction: every value, every digest, every slot, the epoch
//!                                                       a crash leaves the vault as it was before this step, or done
//! 4. the log is emptied, so that nothing under the old key is left in it
//! ```
//!
//! It is one transaction because there is no half way then: no two keys to keep, no list of what is done. Readers read on;
//! a writer waits, and finds that its key is of an earlier epoch ([`StoreError::Rekeyed`]).

use crate::error::{Error, StoreError};
use crate::ids::KeySlotId;
use crate::key::{Keyring, RecoveryCode, SecondProcess};
use crate::seal::{DataKey, Sealer, SlotKey, SlotKind};
use crate::slots::{
    Access, NewPassphrase, RECOVERY_PARAMETERS, UnlockMode, data_key, keyring_key, keyring_parameters,
    passphrase_slot, write_and_read_back,
};
use crate::store::key_slots::{self, StoredSlot};
use crate::store::{self, NewActivity};
use crate::vault::Vault;

/// What the new slots are made from. A vault that has a recovery code needs a new one, since nobody can wrap for a code
/// that only a piece of paper knows; one that has a passphrase needs it typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewWaysIn<'a> {
    /// A new recovery code, confirmed by the person.
    pub recovery: Option<&'a RecoveryCode>,
    /// The passphrase that the vault has, and what its derivation shall cost from now on.
    pub passphrase: Option<NewPassphrase<'a>>,
}

impl Vault {
    /// Gives the vault a new data key and makes every way in anew. Gives the number of rows that were encrypted again.
    /// `progress` is called with the number done so far and the number of all.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: something does not open, and would be lost for good; [`Error::NotWhole`]; [`Error::NoSlot`] with the way in that
    /// was not given; [`Error::WrongSecret`]; any of the keyring's; [`Error::Store`]. The vault opens as before then.
    pub fn rekey(
        &mut self,
        ways: NewWaysIn<'_>,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, Error> {
        let stored = key_slots::all(&self.connection)?;
        let listed = self.slots()?;
        let has = |kind| listed.iter().any(|slot| slot.kind == kind);
        let mode = UnlockMode::of(&listed);
        if has(SlotKind::Recovery) && ways.recovery.is_none() {
            return Err(Error::NoSlot(SlotKind::Recovery.as_str()));
        }
        let passphrase = match (has(SlotKind::Passphrase), ways.passphrase) {
            (true, None) => return Err(Error::PassphraseNeeded),
            (true, Some(new)) => {
                // A mistyped one must not become the vault's own.
                data_key(&stored, self.id(), Access::Passphrase(new.passphrase), keyring)?;
                Some(NewPassphrase { mode, ..new })
            }
            (false, _) => None,
        };
        let findings = self.verify()?;
        if let Some(first) = findings.unreadable.first() {
            return Err(Error::Unreadable { what: first.what, id: first.id.clone() });
        }
        // Under the new key all rows are sealed as they are: what somebody did to them would be hidden for ever.
        if let Some(first) = findings.damage().into_iter().next() {
            return Err(Error::NotWhole(first));
        }
        let entry = match mode {
            UnlockMode::Passphrase => None,
            UnlockMode::Both => Some(self.fresh_entry_for_both(passphrase, keyring)?),
            // A vault that only its recovery code opens has no entry either.
            UnlockMode::Keyring | UnlockMode::Either if !has(SlotKind::Keyring) => None,
            UnlockMode::Keyring | UnlockMode::Either => {
                self.rewrite_keyring(keyring, second)?;
                Some(keyring_key(keyring, self.id())?)
            }
        };
        let new_key = DataKey::make(self.sealer.entropy());
        let slots = self.new_slots(&new_key, mode, entry.as_ref(), ways.recovery, passphrase, keyring)?;
        let done = self.switch(new_key, &slots, progress)?;
        // Pages of before are overwritten in the file (secure_delete); the log still has them.
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(StoreError::from)?;
        Ok(done)
    }

    /// A fresh keyring entry for a slot that needs it and the passphrase; the old pair's slot stays until the switch.
    fn fresh_entry_for_both(
        &mut self,
        passphrase: Option<NewPassphrase<'_>>,
        keyring: &dyn Keyring,
    ) -> Result<SlotKey, Error> {
        let new = passphrase.ok_or(Error::PassphraseNeeded)?;
        let entropy = self.sealer.entropy();
        let (key, id) = (SlotKey::make(entropy), KeySlotId::make(&*self.clock, entropy));
        let slot =
            passphrase_slot(self.id(), id, new, Some(&key), &self.data_key, self.clock.now(), entropy)?;
        let tx = store::write(&mut self.connection)?;
        key_slots::insert(&tx, &slot)?;
        tx.commit()?;
        write_and_read_back(keyring, self.id(), &key)?;
        Ok(key)
    }

    fn new_slots(
        &self,
        new_key: &DataKey,
        mode: UnlockMode,
        entry: Option<&SlotKey>,
        recovery: Option<&RecoveryCode>,
        passphrase: Option<NewPassphrase<'_>>,
        keyring: &dyn Keyring,
    ) -> Result<Vec<StoredSlot>, Error> {
        let entropy = self.sealer.entropy();
        let now = self.clock.now();
        let place = |kind, parameters: String| (KeySlotId::make(&*self.clock, entropy), kind, parameters);
        let mut slots = Vec::new();
        if let (Some(entry), UnlockMode::Keyring | UnlockMode::Either) = (entry, mode) {
            let place = place(SlotKind::Keyring, keyring_parameters(keyring));
            slots.push(StoredSlot::wrap(self.id(), place, entry, new_key, now, entropy)?);
        }
        if let Some(code) = recovery {
            let place = place(SlotKind::Recovery, RECOVERY_PARAMETERS.to_owned());
            slots.push(StoredSlot::wrap(self.id(), place, code.slot_key(), new_key, now, entropy)?);
        }
        if let Some(new) = passphrase {
            let id = KeySlotId::make(&*self.clock, entropy);
            let entry = entry.filter(|_| mode == UnlockMode::Both);
            slots.push(passphrase_slot(self.id(), id, new, entry, new_key, now, entropy)?);
        }
        if slots.is_empty() { Err(Error::LastSlot) } else { Ok(slots) }
    }

    /// The one transaction.
    fn switch(
        &mut self,
        new_key: DataKey,
        slots: &[StoredSlot],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, Error> {
        let now = self.clock.now();
        let sealer = Sealer::new(self.id(), &new_key, self.sealer.entropy_source());
        let tx = store::write(&mut self.connection)?;
        let done = store::rekey::reseal(&tx, &self.sealer, &sealer, progress)?;
        tx.execute("DELETE FROM key_slot", [])?;
        for slot in slots {
            key_slots::insert(&tx, slot)?;
        }
        store::activity::insert(&tx, &sealer, now, &NewActivity::of("vaultRekeyed"))?;
        tx.execute("UPDATE vault SET key_epoch = key_epoch + 1, change_seq = change_seq + 1", [])?;
        store::activity_chain::relink(&tx, &sealer)?;
        tx.commit_under(&sealer)?;
        store::ledger::watch(&self.connection, &sealer)?;
        self.sealer = sealer;
        self.data_key = new_key;
        store::remember_epoch(&self.connection)?;
        Ok(done)
    }

    /// Was the vault given a new key since it was opened here? Then it must be opened again.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn is_rekeyed(&self) -> Result<bool, Error> {
        Ok(!store::same_epoch(&self.connection)?)
    }
}

#[cfg(test)]
mod tests;
