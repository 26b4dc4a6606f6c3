//! Ways into a vault: how each opens it, and how they are added, replaced and removed.
//!
//! ```text
//! Access (keyring · recovery code · passphrase) ─▶ slots of that kind ─▶ data key, or why not
//! change: new key made and read back ─▶ wrapped, unwrapped again ─▶ one transaction with the old slot's removal
//! ```
//!
//! A crash at any point leaves a way in that worked before. A new keyring entry replaces the old one under the same name,
//! so the file carries a slot for either of them from before that write until after it was read back. The last slot
//! stays, and no slot is made but for an open vault.

mod cost;
mod promise;

use serde::{Deserialize, Serialize};

use self::promise::Promise;
pub(crate) use self::promise::{OpenedBy, RECOVERY_PARAMETERS, promises_ledger};

use crate::clock::Timestamp;
use crate::error::Error;
use crate::ids::{KeySlotId, VaultId};
use crate::key::{
    Cost, KeyError, Keyring, PassphraseParameters, RecoveryCode, SecondProcess, check_keyring,
    check_passphrase,
};
use crate::seal::{DataKey, Entropy, SlotKey, SlotKind};
use crate::secret::SecretValue;
use crate::store::key_slots::{self, StoredSlot};
use crate::store::{self, NewActivity};
use crate::vault::Vault;

/// One way to open a vault, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySlot {
    /// Its id.
    pub id: KeySlotId,
    /// Its kind.
    pub kind: SlotKind,
    /// When it was made.
    pub created_at: Timestamp,
    /// Name of the keyring that holds its key, if it is known.
    pub store: Option<String>,
    /// A passphrase that opens only together with the keyring's key.
    pub needs_keyring: bool,
}

/// What opens the vault from day to day; a recovery code opens it beside each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum UnlockMode {
    /// The keyring alone.
    Keyring,
    /// The keyring, or the passphrase.
    Either,
    /// The keyring and the passphrase, both.
    Both,
    /// The passphrase alone: for a machine without a keyring.
    Passphrase,
}

impl UnlockMode {
    /// The mode that these slots make.
    #[must_use]
    pub fn of(slots: &[KeySlot]) -> Self {
        let keyring = slots.iter().any(|slot| slot.kind == SlotKind::Keyring);
        let passphrase = slots.iter().find(|slot| slot.kind == SlotKind::Passphrase);
        match (keyring, passphrase) {
            (_, None) => Self::Keyring,
            (true, Some(_)) => Self::Either,
            (false, Some(slot)) if slot.needs_keyring => Self::Both,
            (false, Some(_)) => Self::Passphrase,
        }
    }
}

/// A passphrase to set, what its derivation shall cost, and whether the keyring's key is needed too.
#[derive(Debug, Clone, Copy)]
pub struct NewPassphrase<'a> {
    /// The passphrase.
    pub passphrase: &'a SecretValue,
    /// What each guess costs.
    pub cost: Cost,
    /// `Either`, `Both` or `Passphrase`.
    pub mode: UnlockMode,
}

/// What a vault is opened with.
#[derive(Debug, Clone, Copy)]
pub enum Access<'a> {
    /// The keyring's entry.
    Keyring,
    /// A recovery code.
    Recovery(&'a RecoveryCode),
    /// A passphrase, together with the keyring's entry if the slot says so.
    Passphrase(&'a SecretValue),
}

/// Parameters of a keyring slot: which keyring it was, so that a change of it can be named.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeyringParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<String>,
    #[serde(flatten)]
    promise: Promise,
}

/// The keyring account that holds a vault's key.
pub(crate) fn account(id: VaultId) -> String {
    format!("vault-{id}")
}

/// The key in the keyring.
pub(crate) fn keyring_key(keyring: &dyn Keyring, id: VaultId) -> Result<SlotKey, Error> {
    Ok(SlotKey::from_bytes(&keyring.read(&account(id))?).ok_or(KeyError::NotAKey)?)
}

/// Writes a key into the keyring and reads it back: only what was read back may wrap anything.
pub(crate) fn write_and_read_back(keyring: &dyn Keyring, id: VaultId, key: &SlotKey) -> Result<(), Error> {
    keyring.write(&account(id), key.as_bytes())?;
    if keyring_key(keyring, id)?.as_bytes() == key.as_bytes() {
        Ok(())
    } else {
        Err(KeyError::NotAKey.into())
    }
}

/// Parameters of a slot whose key this keyring holds.
pub(crate) fn keyring_parameters(keyring: &dyn Keyring) -> String {
    let promise = Promise { ledger: true };
    serde_json::to_string(&KeyringParameters { store: Some(keyring.name()), promise })
        .unwrap_or_else(|_| RECOVERY_PARAMETERS.to_owned())
}

/// Slots as listed.
pub(crate) fn listed(stored: &[StoredSlot]) -> Vec<KeySlot> {
    let list = |slot: &StoredSlot| KeySlot {
        id: slot.id,
        kind: slot.kind,
        created_at: slot.created_at,
        store: serde_json::from_str::<KeyringParameters>(&slot.parameters).ok().and_then(|read| read.store),
        needs_keyring: PassphraseParameters::parse(&slot.parameters).is_ok_and(|read| read.keyring),
    };
    stored.iter().map(list).collect()
}

/// The data key, by one of the ways in; and which slot it was.
pub(crate) fn data_key(
    stored: &[StoredSlot],
    vault: VaultId,
    access: Access<'_>,
    keyring: &dyn Keyring,
) -> Result<(DataKey, OpenedBy), Error> {
    let unwrapped = |slot: &StoredSlot, key: &SlotKey| {
        let by = || OpenedBy { slot: slot.clone(), key: key.clone() };
        slot.unwrap(vault, key).map(|data_key| (data_key, by()))
    };
    let of = |kind| stored.iter().filter(move |slot| slot.kind == kind);
    let kind = match access {
        Access::Keyring => SlotKind::Keyring,
        Access::Recovery(_) => SlotKind::Recovery,
        Access::Passphrase(_) => SlotKind::Passphrase,
    };
    if of(kind).next().is_none() {
        return Err(match access {
            Access::Keyring if of(SlotKind::Passphrase).next().is_some() => Error::PassphraseNeeded,
            _ => Error::NoSlot(kind.as_str()),
        });
    }
    match access {
        Access::Keyring => {
            let key = keyring_key(keyring, vault)?;
            of(kind).find_map(|slot| unwrapped(slot, &key)).ok_or(Error::WrongKey)
        }
        Access::Recovery(code) => of(kind)
            .find_map(|slot| unwrapped(slot, code.slot_key()))
            .ok_or(Error::WrongSecret("recovery code")),
        Access::Passphrase(passphrase) => {
            for slot in of(kind) {
                let parameters = PassphraseParameters::parse(&slot.parameters)?;
                // Asked first: waiting a second for the derivation and then failing on the keyring would mislead.
                let entry = parameters.keyring.then(|| keyring_key(keyring, vault)).transpose()?;
                let derived = parameters.derive(passphrase)?;
                let key = entry.map_or_else(|| derived.clone(), |entry| SlotKey::both(&entry, &derived));
                if let Some(opened) = unwrapped(slot, &key) {
                    return Ok(opened);
                }
            }
            Err(Error::WrongSecret("passphrase"))
        }
    }
}

/// A passphrase slot that is not stored yet.
pub(crate) fn passphrase_slot(
    vault: VaultId,
    id: KeySlotId,
    new: NewPassphrase<'_>,
    entry: Option<&SlotKey>,
    data_key: &DataKey,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<StoredSlot, Error> {
    check_passphrase(new.passphrase)?;
    let parameters = PassphraseParameters::make(new.cost, entry.is_some(), entropy);
    let derived = parameters.derive(new.passphrase)?;
    let with = entry.map_or_else(|| derived.clone(), |entry| SlotKey::both(entry, &derived));
    Ok(StoredSlot::wrap(vault, (id, SlotKind::Passphrase, parameters.text()), &with, data_key, now, entropy)?)
}

impl Vault {
    /// Ways to open it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn slots(&self) -> Result<Vec<KeySlot>, Error> {
        Ok(listed(&key_slots::all(&self.connection)?))
    }

    /// Makes the code the one recovery code of this vault; an earlier one no longer opens it. To be called after the
    /// person has confirmed that the code is written down.
    ///
    /// # Errors
    /// [`Error::Store`]: the earlier code still holds.
    pub fn set_recovery(&mut self, code: &RecoveryCode) -> Result<(), Error> {
        let slot = self.wrapped(SlotKind::Recovery, RECOVERY_PARAMETERS.to_owned(), code.slot_key())?;
        self.replace_slots(&[SlotKind::Recovery], &[slot], "recoveryCodeSet")
    }

    /// Sets the passphrase and what it opens.
    ///
    /// # Errors
    /// [`Error::Passphrase`], any of the keyring's where the mode needs it: nothing was changed.
    pub fn set_passphrase(
        &mut self,
        new: NewPassphrase<'_>,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
    ) -> Result<(), Error> {
        check_passphrase(new.passphrase)?;
        let mut slots = Vec::new();
        let entry = match new.mode {
            UnlockMode::Keyring | UnlockMode::Passphrase => None,
            UnlockMode::Either => {
                let entry = self.entry(keyring, second)?;
                slots.push(self.wrapped(SlotKind::Keyring, keyring_parameters(keyring), &entry)?);
                None
            }
            UnlockMode::Both => Some(self.entry(keyring, second)?),
        };
        let entropy = self.sealer.entropy();
        let id = KeySlotId::make(&*self.clock, entropy);
        let now = self.clock.now();
        slots.push(passphrase_slot(self.id(), id, new, entry.as_ref(), &self.data_key, now, entropy)?);
        self.replace_slots(&[SlotKind::Keyring, SlotKind::Passphrase], &slots, "passphraseSet")?;
        if new.mode == UnlockMode::Passphrase {
            // It opens nothing any more; that it stays where it can't be deleted harms nobody.
            drop(keyring.delete(&account(self.id())));
        }
        Ok(())
    }

    /// Takes the passphrase away and lets the keyring alone open the vault. Where the passphrase opened it without the
    /// keyring, or together with it, the keyring's slot is made in the transaction that removes the passphrase's.
    ///
    /// # Errors
    /// [`Error::NoSlot`]: there is no passphrase; any of the keyring's: nothing was changed.
    pub fn keyring_alone(&mut self, keyring: &dyn Keyring, second: &dyn SecondProcess) -> Result<(), Error> {
        let slots = self.slots()?;
        if !slots.iter().any(|slot| slot.kind == SlotKind::Passphrase) {
            return Err(Error::NoSlot(SlotKind::Passphrase.as_str()));
        }
        let mut new = Vec::new();
        if !slots.iter().any(|slot| slot.kind == SlotKind::Keyring) {
            let entry = self.entry(keyring, second)?;
            new.push(self.wrapped(SlotKind::Keyring, keyring_parameters(keyring), &entry)?);
        }
        self.replace_slots(&[SlotKind::Passphrase], &new, "keySlotRemoved")
    }

    /// The key in the keyring's entry of this vault; where no slot uses it yet, a fresh one, written and read back.
    fn entry(&self, keyring: &dyn Keyring, second: &dyn SecondProcess) -> Result<SlotKey, Error> {
        let used = self.slots()?.iter().any(|slot| slot.kind == SlotKind::Keyring || slot.needs_keyring);
        if used {
            return keyring_key(keyring, self.id());
        }
        self.probe(keyring, second)?;
        let key = SlotKey::make(self.sealer.entropy());
        write_and_read_back(keyring, self.id(), &key)?;
        Ok(key)
    }

    /// Gives the vault a fresh keyring entry and slot: after a recovery, on another machine, or to re-wrap. The entry is
    /// probed, written, read back, and only then is the earlier slot removed.
    ///
    /// # Errors
    /// Any of the keyring's: what opened the vault before still does. [`Error::PassphraseNeeded`] where the keyring's
    /// key works only together with the passphrase: set that instead.
    pub fn rewrite_keyring(
        &mut self,
        keyring: &dyn Keyring,
        second: &dyn SecondProcess,
    ) -> Result<(), Error> {
        if UnlockMode::of(&self.slots()?) == UnlockMode::Both {
            return Err(Error::PassphraseNeeded);
        }
        self.probe(keyring, second)?;
        let earlier = key_slots::all(&self.connection)?;
        let key = SlotKey::make(self.sealer.entropy());
        let slot = self.wrapped(SlotKind::Keyring, keyring_parameters(keyring), &key)?;
        // Both slots stand in the file while the entry changes: whichever key a crash leaves there opens the vault.
        self.replace_slots(&[], std::slice::from_ref(&slot), "keyringSlotAdded")?;
        // On failure both stay: nobody knows which key the entry holds now, and the next rewrite clears up.
        write_and_read_back(keyring, self.id(), &key)?;
        let tx = store::write(&mut self.connection)?;
        for old in earlier.iter().filter(|old| old.kind == SlotKind::Keyring) {
            key_slots::delete(&tx, old.id)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Removes every slot of a kind.
    ///
    /// # Errors
    /// [`Error::LastSlot`]: nothing else would open the vault; [`Error::NoSlot`].
    pub fn remove_slots(&mut self, kind: SlotKind, keyring: &dyn Keyring) -> Result<(), Error> {
        let slots = self.slots()?;
        if !slots.iter().any(|slot| slot.kind == kind) {
            return Err(Error::NoSlot(kind.as_str()));
        }
        if slots.iter().all(|slot| slot.kind == kind) {
            return Err(Error::LastSlot);
        }
        self.replace_slots(&[kind], &[], "keySlotRemoved")?;
        let entry_needed =
            self.slots()?.iter().any(|slot| slot.kind == SlotKind::Keyring || slot.needs_keyring);
        if !entry_needed {
            drop(keyring.delete(&account(self.id())));
        }
        Ok(())
    }

    fn probe(&self, keyring: &dyn Keyring, second: &dyn SecondProcess) -> Result<(), Error> {
        check_keyring(keyring, second, self.sealer.entropy())
            .failure
            .map_or(Ok(()), |failure| Err(failure.into()))
    }

    fn wrapped(&self, kind: SlotKind, parameters: String, with: &SlotKey) -> Result<StoredSlot, Error> {
        let entropy = self.sealer.entropy();
        let id = KeySlotId::make(&*self.clock, entropy);
        let place = (id, kind, parameters);
        Ok(StoredSlot::wrap(self.id(), place, with, &self.data_key, self.clock.now(), entropy)?)
    }

    /// One transaction: slots of these kinds out, these slots in, an entry in the activity log.
    fn replace_slots(
        &mut self,
        out: &[SlotKind],
        new: &[StoredSlot],
        activity: &'static str,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = store::write(&mut self.connection)?;
        for old in key_slots::all(&tx)?.iter().filter(|old| out.contains(&old.kind)) {
            key_slots::delete(&tx, old.id)?;
        }
        for slot in new {
            key_slots::insert(&tx, slot)?;
        }
        store::activity::insert(&tx, &self.sealer, now, &NewActivity::of(activity))?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
