//! A passphrase that was set on a slow machine, or years ago, costs a guesser less than one that is set today. Whoever opens the
//! vault with it gives us what is needed to raise that: the passphrase itself.

use crate::error::Error;
use crate::key::{Cost, Keyring, PassphraseParameters};
use crate::seal::{SlotKey, SlotKind};
use crate::secret::SecretValue;
use crate::slots::keyring_key;
use crate::store::key_slots::{self, StoredSlot};
use crate::store::{self, NewActivity};
use crate::vault::Vault;

impl Vault {
    /// Makes a guess at this passphrase cost what one that is set today costs, if it costs less. Never less than before. One
    /// transaction; the old slot opens until it is done. Gives whether anything was raised.
    ///
    /// # Errors
    /// [`Error::WrongSecret`]: it is not the vault's passphrase; [`Error::Passphrase`]: not enough memory; any of the keyring's
    /// where its key is needed too; [`Error::Store`]. The slot is as it was.
    pub fn raise_passphrase_cost(
        &mut self,
        passphrase: &SecretValue,
        today: Cost,
        keyring: &dyn Keyring,
    ) -> Result<bool, Error> {
        // A new key brings a slot that costs what it should; a change to the one of before would end a new key that was begun.
        if self.rekey_is_begun() {
            return Ok(false);
        }
        let all = key_slots::all(&self.connection)?;
        let mut raised = false;
        for slot in all.iter().filter(|slot| slot.kind == SlotKind::Passphrase) {
            let before = PassphraseParameters::parse(&slot.parameters)?;
            let Some(cost) = before.cost().raised_to(today) else { continue };
            let entry = before.keyring.then(|| keyring_key(keyring, self.id())).transpose()?;
            let key_of = |parameters: &PassphraseParameters| -> Result<SlotKey, Error> {
                let derived = parameters.derive(passphrase)?;
                Ok(entry.as_ref().map_or_else(|| derived.clone(), |entry| SlotKey::both(entry, &derived)))
            };
            // A mistyped one must not become the vault's own.
            if slot.unwrap(self.id(), &key_of(&before)?).is_none() {
                return Err(Error::WrongSecret("passphrase"));
            }
            let entropy = self.sealer.entropy();
            let after = PassphraseParameters::make(cost, before.keyring, entropy);
            // What could not be read again must not be written.
            PassphraseParameters::parse(&after.text())?;
            let place = (slot.id, slot.kind, after.text());
            let key = key_of(&after)?;
            let new = StoredSlot::wrap(self.id(), place, &key, &self.data_key, slot.created_at, entropy)?;
            let now = self.clock.now();
            let tx = store::write(&mut self.connection)?;
            key_slots::replace(&tx, slot, &new)?;
            store::activity::insert(&tx, &self.sealer, now, &NewActivity::of("passphraseCostRaised"))?;
            tx.commit()?;
            raised = true;
        }
        Ok(raised)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::key::{KeyError, MemoryMood};
    use crate::slots::{Access, NewPassphrase, UnlockMode};
    use crate::testing::{Bench, SameKeyring};
    use crate::{OsEntropy, PassphraseError};

    const WORDS: &str = "correct horse battery staple";
    const MORE: Cost = Cost { memory_kib: 64, passes: 3, lanes: 4 };

    fn with_passphrase(mode: UnlockMode) -> (tempfile::TempDir, Bench, Vault) {
        let (dir, bench) = Bench::temporary();
        let mut vault = bench.create().unwrap();
        let passphrase = SecretValue::from(WORDS);
        let new = NewPassphrase { passphrase: &passphrase, cost: Cost::LEAST, mode };
        vault.set_passphrase(new, &*bench.keyring, &SameKeyring(Arc::clone(&bench.keyring))).unwrap();
        (dir, bench, vault)
    }

    fn stored(vault: &Vault) -> StoredSlot {
        let all = key_slots::all(&vault.connection).unwrap();
        all.into_iter().find(|slot| slot.kind == SlotKind::Passphrase).unwrap()
    }

    fn cost(vault: &Vault) -> Cost {
        PassphraseParameters::parse(&stored(vault).parameters).unwrap().cost()
    }

    fn opens(bench: &Bench) -> bool {
        let (words, entropy) = (SecretValue::from(WORDS), Arc::new(OsEntropy::new()));
        let access = Access::Passphrase(&words);
        Vault::open_with(&bench.folder, access, &*bench.keyring, bench.clock.clone(), entropy).is_ok()
    }

    #[test]
    fn a_slot_that_costs_less_than_today_is_raised_once_and_opens_with_the_same_passphrase() {
        for mode in [UnlockMode::Either, UnlockMode::Both, UnlockMode::Passphrase] {
            let (_dir, bench, mut vault) = with_passphrase(mode);
            let (before, salt) = (stored(&vault), stored(&vault).parameters);
            assert!(vault.raise_passphrase_cost(&WORDS.into(), MORE, &*bench.keyring).unwrap(), "{mode:?}");
            assert_eq!(cost(&vault), MORE, "{mode:?}");
            let after = stored(&vault);
            assert!(
                (after.id, after.created_at) == (before.id, before.created_at) && after.parameters != salt
            );
            assert_eq!(UnlockMode::of(&vault.slots().unwrap()), mode, "and stays what it was");
            assert!(opens(&bench), "{mode:?}");
            assert!(
                !vault.raise_passphrase_cost(&WORDS.into(), MORE, &*bench.keyring).unwrap(),
                "{mode:?}: again"
            );
            assert!(vault.verify().unwrap().sound(), "{mode:?}");
        }
    }

    #[test]
    fn nothing_is_ever_made_cheaper() {
        let (_dir, bench, mut vault) = with_passphrase(UnlockMode::Either);
        vault.raise_passphrase_cost(&WORDS.into(), MORE, &*bench.keyring).unwrap();
        for (today, want) in [
            (Cost::LEAST, MORE),
            (Cost { memory_kib: 32, passes: 9, lanes: 1 }, Cost { passes: 9, ..MORE }),
            (Cost { memory_kib: 128, passes: 1, lanes: 1 }, Cost { memory_kib: 128, passes: 9, lanes: 4 }),
            // Not worth a rewrite: clocks differ by that much from day to day.
            (Cost { memory_kib: 128, passes: 10, lanes: 4 }, Cost { memory_kib: 128, passes: 9, lanes: 4 }),
        ] {
            vault.raise_passphrase_cost(&WORDS.into(), today, &*bench.keyring).unwrap();
            assert_eq!(cost(&vault), want, "{today:?}");
            assert!(opens(&bench), "{today:?}");
        }
    }

    #[test]
    fn whatever_fails_leaves_the_slot_as_it_was() {
        let (_dir, bench, mut vault) = with_passphrase(UnlockMode::Both);
        let before = stored(&vault).parameters;
        let wrong = vault.raise_passphrase_cost(&"incorrect horse".into(), MORE, &*bench.keyring);
        assert!(matches!(wrong, Err(Error::WrongSecret("passphrase"))), "{wrong:?}");
        let much = Cost { memory_kib: u32::MAX, passes: 1, lanes: 4 };
        let no_memory = vault.raise_passphrase_cost(&WORDS.into(), much, &*bench.keyring);
        assert!(matches!(no_memory, Err(Error::Passphrase(PassphraseError::Parameters))), "{no_memory:?}");
        bench.keyring.set_mood(MemoryMood::Fails(KeyError::NoService("gone".into())));
        assert!(vault.raise_passphrase_cost(&WORDS.into(), MORE, &*bench.keyring).is_err());
        bench.keyring.set_mood(MemoryMood::Fine);
        assert_eq!(stored(&vault).parameters, before);
        assert!(opens(&bench));
    }

    #[test]
    fn a_vault_without_a_passphrase_has_nothing_to_raise() {
        let (_dir, bench) = Bench::temporary();
        let mut vault = bench.create().unwrap();
        assert!(!vault.raise_passphrase_cost(&WORDS.into(), MORE, &*bench.keyring).unwrap());
    }
}
