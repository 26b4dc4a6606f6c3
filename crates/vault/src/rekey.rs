//! A new data key: everything is encrypted again, and every way in is made anew.
//!
//! ```text
//! begin    1. everything opens?  the passphrase is right?        else: refused, nothing was changed
//!          2. fresh keyring entry beside the old one's slot      a crash leaves both slots: either entry opens the vault
//!          3. the stage beside the vault: the new ways in        (store/rekey_stage.rs)
//! encrypt  4. every row into the stage, under the new key        the vault is read; who writes to it goes on
//! finish   5. one transaction: every row, every digest, every slot, the epoch
//!                                                               a crash leaves the vault as it was before this step, or done
//!          6. the log is emptied, so that nothing under the old key is left in it; the stage goes
//! ```
//!
//! Interrupted in 4 or 5, the stage is there, and [`Vault::resume_rekey`] goes on from it; a row that was written meanwhile is
//! encrypted again. The vault itself has no half way: no two keys to keep, no list of what is done (ADR 26). Readers read on; a
//! writer waits for 5, and finds that its key is of an earlier epoch ([`StoreError::Rekeyed`]).

use std::ops::ControlFlow;

use crate::clock::Timestamp;
use crate::error::{Error, StoreError};
use crate::ids::KeySlotId;
use crate::key::{Keyring, RecoveryCode, SecondProcess};
use crate::seal::{DataKey, Sealer, SlotKey, SlotKind};
use crate::slots::{
    Access, KeySlot, NewPassphrase, RECOVERY_PARAMETERS, UnlockMode, data_key, keyring_key,
    keyring_parameters, listed, passphrase_slot, write_and_read_back,
};
use crate::store::key_slots::{self, StoredSlot};
use crate::store::rekey::{Source, in_order, rowids};
use crate::store::rekey_stage::{Basis, Found, Stage, path_beside};
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

/// Rows that are made durable at once: what a crash takes back.
const BATCH: usize = 1000;

/// A new key that is being made: nothing of it is in force yet. Dropped, it can be resumed.
pub struct Rekey {
    stage: Stage,
    /// The new ways in, as they were wrapped here or proved to be: not what the file says when the key comes into force.
    slots: Vec<StoredSlot>,
    data_key: DataKey,
    sealer: Sealer,
}

impl std::fmt::Debug for Rekey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rekey").finish_non_exhaustive()
    }
}

/// Was a new key begun and not finished?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RekeyState {
    /// None was.
    None,
    /// One was, and is no more: a way in was changed since, or its file can't be read. Told once.
    Lost,
    /// One was, and can be resumed.
    Interrupted(InterruptedRekey),
}

/// A new key that was begun and not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterruptedRekey {
    /// When it was begun.
    pub started_at: Timestamp,
    /// Rows that are encrypted under it.
    pub done: u64,
    /// Rows of the vault.
    pub total: u64,
    /// The ways in that it brings; one of them resumes it.
    pub slots: Vec<KeySlot>,
}

impl Vault {
    /// Gives the vault a new data key, from the beginning to the end. Gives the number of rows that were encrypted again.
    /// `progress` is called with the number done so far and the number of all.
    ///
    /// # Errors
    /// As [`Vault::begin_rekey`] and [`Vault::finish_rekey`]. The vault opens as before then.
    pub fn rekey(
        &mut self,
        ways: NewWaysIn<'_>,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, Error> {
        let rekey = self.begin_rekey(ways, keyring, second)?;
        let mut on = |done, total| {
            progress(done, total);
            ControlFlow::Continue(())
        };
        match self.encrypt_for(&rekey, &mut on) {
            Ok(_) => self.finish_rekey(rekey),
            Err(error) => {
                // Whoever runs it in one go begins anew; on a full disk it would only take room.
                rekey.discard();
                Err(error)
            }
        }
    }

    /// Makes a new data key and the new ways in, and nothing else yet. One that was begun before is discarded.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: something does not open, and would be lost for good; [`Error::NotWhole`]; [`Error::NoSlot`] with the way in that
    /// was not given; [`Error::WrongSecret`]; any of the keyring's; [`Error::Store`]. The vault opens as before then.
    pub fn begin_rekey(
        &mut self,
        ways: NewWaysIn<'_>,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
    ) -> Result<Rekey, Error> {
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
        self.must_be_whole()?;
        // Before a way in is touched: the new key of another process that is at it would come to nothing.
        Stage::clear(self.path())?;
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
        let data_key = DataKey::make(self.sealer.entropy());
        let slots = self.new_slots(&data_key, mode, entry.as_ref(), ways.recovery, passphrase, keyring)?;
        let sealer = Sealer::new(self.id(), &data_key, self.sealer.entropy_source());
        let basis = Basis::of(self.id(), &self.connection)?;
        let stage = Stage::create(self.path(), basis, &slots, &sealer, self.clock.now())?;
        Ok(Rekey { stage, slots, data_key, sealer })
    }

    /// Under the new key all rows are sealed as they are: what does not open would be lost, and what somebody did to them hidden
    /// for ever.
    fn must_be_whole(&self) -> Result<(), Error> {
        let findings = self.verify()?;
        if let Some(first) = findings.unreadable.first() {
            return Err(Error::Unreadable { what: first.what, id: first.id.clone() });
        }
        findings.damage().into_iter().next().map_or(Ok(()), |first| Err(Error::NotWhole(first)))
    }

    /// Was a new key begun and not finished? One that another process is at is none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn interrupted_rekey(&self) -> Result<RekeyState, Error> {
        let stage = match Stage::open(self.path(), Basis::of(self.id(), &self.connection)?) {
            Ok(Found::Stage(stage)) => stage,
            Ok(Found::Lost) => return Ok(RekeyState::Lost),
            Ok(Found::None) | Err(StoreError::Busy | StoreError::ReadOnly(_)) => return Ok(RekeyState::None),
            Err(error) => return Err(error.into()),
        };
        let (done, slots) = (stage.count()?, listed(&stage.slots()?));
        let mut total = 0;
        for table in in_order() {
            total += rowids(&self.connection, table)?.len() as u64;
        }
        let started_at = stage.started_at();
        Ok(RekeyState::Interrupted(InterruptedRekey { started_at, done, total, slots }))
    }

    /// Is there a new key that was begun, or is being made? Slots are left alone meanwhile where nobody asked for a change.
    pub(crate) fn rekey_is_begun(&self) -> bool {
        std::fs::symlink_metadata(path_beside(self.path())).is_ok()
    }

    /// Goes on with a new key that was interrupted. `access` is one of its new ways in.
    ///
    /// # Errors
    /// [`Error::NoRekey`]; [`Error::WrongSecret`], [`Error::WrongKey`], any of the keyring's: it can still be resumed;
    /// [`Error::Unreadable`], [`Error::NotWhole`] as for a new one; [`Error::Store`].
    pub fn resume_rekey(&mut self, access: Access<'_>, keyring: &dyn Keyring) -> Result<Rekey, Error> {
        let basis = Basis::of(self.id(), &self.connection)?;
        let Found::Stage(stage) = Stage::open(self.path(), basis)? else { return Err(Error::NoRekey) };
        let slots = stage.slots()?;
        let (data_key, _) = data_key(&slots, self.id(), access, keyring)?;
        let sealer = Sealer::new(self.id(), &data_key, self.sealer.entropy_source());
        if !stage.brings(&slots, &sealer)? {
            stage.remove();
            return Err(Error::NoRekey);
        }
        self.must_be_whole()?;
        Ok(Rekey { stage, slots, data_key, sealer })
    }

    /// Forgets a new key that was interrupted. The ways in that it would have brought open nothing.
    ///
    /// # Errors
    /// [`Error::Store`]: another process is at it.
    pub fn discard_rekey(&self) -> Result<(), Error> {
        Ok(Stage::clear(self.path())?)
    }

    /// Encrypts every row under the new key, beside the vault, which is only read. Gives false if `progress` stopped it. What is
    /// written to the vault meanwhile is encrypted when the key comes into force.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::Store`]. What was done stays done.
    pub fn encrypt_for(
        &self,
        rekey: &Rekey,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<bool, Error> {
        let Rekey { stage, sealer: new, .. } = rekey;
        let mut tables = Vec::new();
        for table in in_order() {
            tables.push((table, rowids(&self.connection, table)?));
        }
        let total = tables.iter().map(|(_, rows)| rows.len() as u64).sum();
        let mut done = 0;
        for (table, rows) in tables {
            for rows in rows.chunks(BATCH) {
                let mut stopped = false;
                stage.batch(|| {
                    // What belongs together is read as of one moment.
                    let tx = self.connection.unchecked_transaction()?;
                    for row in rows {
                        if let Some(source) = Source::read(&tx, table, *row)?
                            && stage.get(table, &source, new).is_none()
                        {
                            let resealed = source.reseal(table, &self.sealer, new)?;
                            stage.put(table, &source, &resealed, new)?;
                        }
                        done += 1;
                        if progress(done, total).is_break() {
                            stopped = true;
                            break;
                        }
                    }
                    Ok(())
                })?;
                if stopped {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Brings the new key into force, in one transaction. Gives the number of rows.
    ///
    /// # Errors
    /// [`StoreError::Rekeyed`]: another process gave it one meanwhile; [`Error::NoRekey`]: a way in was changed meanwhile;
    /// [`Error::Unreadable`]; [`Error::Store`]. The vault opens as before then.
    pub fn finish_rekey(&mut self, rekey: Rekey) -> Result<u64, Error> {
        let Rekey { stage, slots, data_key, sealer } = rekey;
        let rows = match self.switch(&stage, &slots, data_key, sealer) {
            Ok(rows) => rows,
            Err(error) => {
                // On a full disk the stage is in the way of the next try, which makes it again.
                if matches!(error, Error::Store(StoreError::Full | StoreError::Rekeyed) | Error::NoRekey) {
                    stage.remove();
                }
                return Err(error);
            }
        };
        stage.remove();
        // Pages of before are overwritten in the file (secure_delete); the log still has them. Whether it can be emptied now or
        // with a later write, the key is in force: no error may say otherwise.
        drop(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        Ok(rows)
    }

    /// A fresh keyring entry for a slot that needs it and the passphrase; the old pair's slot stays until the entry was read back.
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
        let earlier = key_slots::all(&self.connection)?;
        let tx = store::write(&mut self.connection)?;
        key_slots::insert(&tx, &slot)?;
        tx.commit()?;
        write_and_read_back(keyring, self.id(), &key)?;
        // Their entry is overwritten: they open nothing, and each would cost a derivation at every opening.
        let tx = store::write(&mut self.connection)?;
        for old in earlier.iter().filter(|old| old.kind == SlotKind::Passphrase) {
            key_slots::delete(&tx, old.id)?;
        }
        tx.commit()?;
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

    /// The one transaction. After its commit nothing fails any more.
    fn switch(
        &mut self,
        stage: &Stage,
        slots: &[StoredSlot],
        data_key: DataKey,
        new: Sealer,
    ) -> Result<u64, Error> {
        let (id, now, sealed) = (self.id(), self.clock.now(), self.sealed_at_open);
        let tx = store::write(&mut self.connection)?;
        if !stage.is_still_of(Basis::of(id, &tx)?) {
            return Err(Error::NoRekey);
        }
        // Again, under the lock: all of it is sealed anew as it stands here, whatever happened since it was looked at.
        if let Some(damage) = store::verify::rows_damage(&tx, &self.sealer, sealed)? {
            return Err(Error::NotWhole(damage));
        }
        let mut rows = 0;
        for table in in_order() {
            for row in rowids(&tx, table)? {
                let Some(source) = Source::read(&tx, table, row)? else { continue };
                let resealed = match stage.get(table, &source, &new) {
                    Some(done) => done,
                    None => source.reseal(table, &self.sealer, &new)?,
                };
                resealed.write(&tx, table, row)?;
                rows += 1;
            }
        }
        tx.execute("DELETE FROM key_slot", [])?;
        for slot in slots {
            key_slots::insert(&tx, slot)?;
        }
        store::activity::insert(&tx, &new, now, &NewActivity::of("vaultRekeyed"))?;
        tx.execute("UPDATE vault SET key_epoch = key_epoch + 1, change_seq = change_seq + 1", [])?;
        store::activity_chain::relink(&tx, &new)?;
        tx.commit_under(&new)?;
        // A connection that can't be told remembers the epoch of before: it writes nothing more, and is opened again.
        if store::ledger::watch(&self.connection, &new).is_ok() {
            drop(store::remember_epoch(&self.connection));
        }
        self.sealer = new;
        self.data_key = data_key;
        Ok(rows)
    }

    /// Was the vault given a new key since it was opened here? Then it must be opened again.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn is_rekeyed(&self) -> Result<bool, Error> {
        Ok(!store::same_epoch(&self.connection)?)
    }
}

impl Rekey {
    /// Lets nobody resume it: for a caller whose recovery code nobody has seen before the key is in force.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn for_this_process_only(&self) -> Result<(), Error> {
        Ok(self.stage.for_this_process_only()?)
    }

    /// Forgets it: the ways in that it would have brought open nothing.
    pub fn discard(self) {
        self.stage.remove();
    }
}

#[cfg(test)]
mod interrupted_tests;
#[cfg(test)]
mod tests;
