//! What the slots promise: there is always a way in, and never one that was taken away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;
use crate::key::{MemoryKeyring, MemoryMood};
use crate::testing::{Bench, SameKeyring, login, quiet};
use crate::{OsEntropy, PassphraseError, look};

const WORDS: &str = "correct horse battery staple";

fn open(bench: &Bench, access: Access<'_>) -> Result<Vault, Error> {
    let entropy = Arc::new(OsEntropy::new());
    Vault::open_with(&bench.folder, access, &*bench.keyring, bench.clock.clone(), entropy)
}

fn by_passphrase(bench: &Bench, words: &str) -> Result<Vault, Error> {
    open(bench, Access::Passphrase(&words.into()))
}

fn set(bench: &Bench, vault: &mut Vault, words: &str, mode: UnlockMode) -> Result<(), Error> {
    let passphrase = SecretValue::from(words);
    let new = NewPassphrase { passphrase: &passphrase, cost: Cost::LEAST, mode };
    vault.set_passphrase(new, &*bench.keyring, &SameKeyring(Arc::clone(&bench.keyring)))
}

fn rewrite(bench: &Bench, vault: &mut Vault) -> Result<(), Error> {
    vault.rewrite_keyring(&*bench.keyring, &SameKeyring(Arc::clone(&bench.keyring)))
}

/// A vault with one draft and a recovery code.
fn with_code() -> (TempDir, Bench, RecoveryCode) {
    let (dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    vault.save_draft(&login("shop", "robot", "hunter2"), &quiet()).unwrap();
    let code = RecoveryCode::make(&OsEntropy::new());
    vault.set_recovery(&code).unwrap();
    (dir, bench, code)
}

fn drafts(vault: &Vault) -> usize {
    vault.drafts_since(0).unwrap().drafts.len()
}

#[test]
fn the_recovery_code_opens_the_vault_when_the_keyring_is_gone() {
    let (_dir, bench, code) = with_code();
    bench.keyring.set_mood(MemoryMood::Fails(KeyError::NoService("gone".into())));
    assert!(matches!(bench.open(), Err(Error::Key(KeyError::NoService(_)))));
    assert_eq!(drafts(&open(&bench, Access::Recovery(&code)).unwrap()), 1);
}

#[test]
fn after_a_recovery_the_keyring_opens_the_vault_again_and_the_code_still_does() {
    let (_dir, bench, code) = with_code();
    bench.keyring.delete(&account(look(&bench.folder).unwrap().id)).unwrap();
    assert!(matches!(bench.open(), Err(Error::Key(KeyError::Missing))));
    let mut vault = open(&bench, Access::Recovery(&code)).unwrap();
    rewrite(&bench, &mut vault).unwrap();
    assert_eq!(drafts(&bench.open().unwrap()), 1);
    assert_eq!(drafts(&open(&bench, Access::Recovery(&code)).unwrap()), 1);
    assert_eq!(vault.slots().unwrap().len(), 2, "the slot of the lost entry is gone");
}

#[test]
fn a_new_code_replaces_the_old_one_and_another_vaults_code_opens_nothing() {
    let (_dir, bench, old) = with_code();
    let new = RecoveryCode::make(&OsEntropy::new());
    bench.open().unwrap().set_recovery(&new).unwrap();
    assert!(open(&bench, Access::Recovery(&new)).is_ok());
    assert!(matches!(open(&bench, Access::Recovery(&old)), Err(Error::WrongSecret("recovery code"))));
    let (_other_dir, _other, foreign) = with_code();
    assert!(matches!(open(&bench, Access::Recovery(&foreign)), Err(Error::WrongSecret(_))));
}

#[test]
fn a_way_in_that_the_vault_does_not_have_is_named() {
    let (_dir, bench) = Bench::temporary();
    bench.create().unwrap();
    let code = RecoveryCode::make(&OsEntropy::new());
    assert!(matches!(open(&bench, Access::Recovery(&code)), Err(Error::NoSlot("recovery"))));
    assert!(matches!(by_passphrase(&bench, WORDS), Err(Error::NoSlot("passphrase"))));
}

#[test]
fn a_passphrase_beside_the_keyring_opens_where_the_keyring_does_not() {
    let (_dir, bench, _) = with_code();
    set(&bench, &mut bench.open().unwrap(), WORDS, UnlockMode::Either).unwrap();
    assert_eq!(UnlockMode::of(&look(&bench.folder).unwrap().slots), UnlockMode::Either);
    assert!(bench.open().is_ok(), "the keyring alone still opens it");
    bench.keyring.set_mood(MemoryMood::Fails(KeyError::Denied("no".into())));
    assert_eq!(drafts(&by_passphrase(&bench, WORDS).unwrap()), 1);
    for wrong in
        ["", "correct horse battery stapl", "correct horse battery staple ", "Correct horse battery staple"]
    {
        assert!(matches!(by_passphrase(&bench, wrong), Err(Error::WrongSecret("passphrase"))), "{wrong:?}");
    }
}

#[test]
fn where_both_are_needed_neither_opens_alone() {
    let (_dir, bench, code) = with_code();
    set(&bench, &mut bench.open().unwrap(), WORDS, UnlockMode::Both).unwrap();
    assert_eq!(UnlockMode::of(&look(&bench.folder).unwrap().slots), UnlockMode::Both);
    assert!(matches!(bench.open(), Err(Error::PassphraseNeeded)), "the keyring alone");
    assert_eq!(drafts(&by_passphrase(&bench, WORDS).unwrap()), 1);
    let id = look(&bench.folder).unwrap().id;
    bench.keyring.write(&account(id), &[7; 32]).unwrap();
    assert!(matches!(by_passphrase(&bench, WORDS), Err(Error::WrongSecret(_))), "another keyring entry");
    bench.keyring.delete(&account(id)).unwrap();
    assert!(
        matches!(by_passphrase(&bench, WORDS), Err(Error::Key(KeyError::Missing))),
        "the passphrase alone"
    );
    let mut vault = open(&bench, Access::Recovery(&code)).unwrap();
    assert!(matches!(rewrite(&bench, &mut vault), Err(Error::PassphraseNeeded)));
    bench.keyring.write(&account(id), &[9; 32]).unwrap();
    set(&bench, &mut vault, "another passphrase", UnlockMode::Both).unwrap();
    assert!(by_passphrase(&bench, "another passphrase").is_ok() && by_passphrase(&bench, WORDS).is_err());
}

#[test]
fn a_machine_without_a_keyring_has_a_vault_under_a_passphrase_and_asks_no_keyring() {
    let (_dir, bench) = Bench::temporary();
    bench.keyring.set_mood(MemoryMood::Fails(KeyError::NoService("none here".into())));
    let words = SecretValue::from(WORDS);
    let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode: UnlockMode::Passphrase };
    let second = SameKeyring(Arc::clone(&bench.keyring));
    let made = Vault::create_with(
        &bench.folder,
        Some(new),
        &*bench.keyring,
        &second,
        bench.clock.clone(),
        Arc::new(OsEntropy::new()),
    );
    drop(made.unwrap());
    assert_eq!(UnlockMode::of(&look(&bench.folder).unwrap().slots), UnlockMode::Passphrase);
    assert!(by_passphrase(&bench, WORDS).is_ok());
    assert!(matches!(bench.open(), Err(Error::PassphraseNeeded)));
}

#[test]
fn a_passphrase_that_is_too_short_makes_no_vault_and_changes_no_slot() {
    let (_dir, bench) = Bench::temporary();
    let words = SecretValue::from("short");
    let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode: UnlockMode::Either };
    let second = SameKeyring(Arc::clone(&bench.keyring));
    let clock = bench.clock.clone();
    let entropy = Arc::new(OsEntropy::new());
    let made = Vault::create_with(&bench.folder, Some(new), &*bench.keyring, &second, clock, entropy);
    assert!(matches!(made, Err(Error::Passphrase(PassphraseError::TooShort))));
    assert!(!crate::vault_exists(&bench.folder) && bench.keyring.is_empty());
    let mut vault = bench.create().unwrap();
    let before = vault.slots().unwrap();
    assert!(set(&bench, &mut vault, "short", UnlockMode::Both).is_err());
    assert_eq!(vault.slots().unwrap(), before);
}

#[test]
fn going_back_to_the_keyring_alone_takes_the_passphrase_away() {
    let (_dir, bench, _) = with_code();
    let mut vault = bench.open().unwrap();
    set(&bench, &mut vault, WORDS, UnlockMode::Passphrase).unwrap();
    assert!(bench.keyring.is_empty(), "an entry that opens nothing is not left behind");
    rewrite(&bench, &mut vault).unwrap();
    vault.remove_slots(SlotKind::Passphrase, &*bench.keyring).unwrap();
    assert_eq!(UnlockMode::of(&vault.slots().unwrap()), UnlockMode::Keyring);
    assert!(bench.open().is_ok() && by_passphrase(&bench, WORDS).is_err());
}

fn keyring_alone(bench: &Bench, vault: &mut Vault) -> Result<(), Error> {
    vault.keyring_alone(&*bench.keyring, &SameKeyring(Arc::clone(&bench.keyring)))
}

#[test]
fn from_every_way_with_a_passphrase_there_is_a_way_to_the_keyring_alone_and_its_words_open_nothing_then() {
    for mode in [UnlockMode::Either, UnlockMode::Both, UnlockMode::Passphrase] {
        let (_dir, bench, code) = with_code();
        let mut vault = bench.open().unwrap();
        set(&bench, &mut vault, WORDS, mode).unwrap();
        keyring_alone(&bench, &mut vault).unwrap();
        assert_eq!(UnlockMode::of(&vault.slots().unwrap()), UnlockMode::Keyring, "{mode:?}");
        drop(vault);
        assert_eq!(drafts(&bench.open().unwrap()), 1, "{mode:?}");
        assert!(by_passphrase(&bench, WORDS).is_err(), "{mode:?}");
        assert!(open(&bench, Access::Recovery(&code)).is_ok(), "{mode:?}");
    }
}

#[test]
fn without_a_keyring_to_go_back_to_the_passphrase_stays() {
    for mode in [UnlockMode::Both, UnlockMode::Passphrase] {
        let (_dir, bench, _) = with_code();
        let mut vault = bench.open().unwrap();
        set(&bench, &mut vault, WORDS, mode).unwrap();
        let before = vault.slots().unwrap();
        bench.keyring.set_mood(MemoryMood::Fails(KeyError::NoService("none here".into())));
        assert!(matches!(keyring_alone(&bench, &mut vault), Err(Error::Key(_))), "{mode:?}");
        assert_eq!(vault.slots().unwrap(), before, "{mode:?}");
    }
    let (_dir, bench, _) = with_code();
    let mut vault = bench.open().unwrap();
    assert!(matches!(keyring_alone(&bench, &mut vault), Err(Error::NoSlot("passphrase"))));
}

#[test]
fn the_last_way_in_is_never_removed() {
    let (_dir, bench, code) = with_code();
    let mut vault = bench.open().unwrap();
    vault.remove_slots(SlotKind::Keyring, &*bench.keyring).unwrap();
    assert!(matches!(vault.remove_slots(SlotKind::Recovery, &*bench.keyring), Err(Error::LastSlot)));
    assert!(matches!(vault.remove_slots(SlotKind::Passphrase, &*bench.keyring), Err(Error::NoSlot(_))));
    assert!(open(&bench, Access::Recovery(&code)).is_ok());
}

#[test]
fn a_slots_cost_can_not_be_lowered_in_the_file() {
    let (_dir, bench, _) = with_code();
    let mut vault = bench.open().unwrap();
    set(&bench, &mut vault, WORDS, UnlockMode::Either).unwrap();
    let lowered = "UPDATE key_slot SET parameters = replace(parameters, '\"passes\":1', '\"passes\":2')";
    assert_eq!(vault.connection.execute(lowered, []).unwrap(), 3);
    assert!(matches!(by_passphrase(&bench, WORDS), Err(Error::WrongSecret(_))));
}

#[test]
fn the_keyring_that_held_the_key_is_known_by_name() {
    let (_dir, bench) = Bench::temporary();
    bench.create().unwrap();
    let slots = look(&bench.folder).unwrap().slots;
    assert_eq!(slots[0].store.as_deref(), Some("memory"));
}

/// A keyring that dies after a number of calls; what was written stays.
struct DiesAfter<'a> {
    keyring: &'a MemoryKeyring,
    calls: AtomicUsize,
}

impl DiesAfter<'_> {
    fn call(&self) -> Result<(), KeyError> {
        let left = self.calls.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(|_| ()).map_err(|_| KeyError::NoService("died".into()))
    }
}

impl Keyring for DiesAfter<'_> {
    fn name(&self) -> String {
        "mortal".into()
    }
    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.call()?;
        self.keyring.read(account)
    }
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError> {
        self.call()?;
        self.keyring.write(account, bytes)
    }
    fn delete(&self, account: &str) -> Result<(), KeyError> {
        self.call()?;
        self.keyring.delete(account)
    }
}

#[test]
fn a_keyring_that_dies_midway_leaves_a_way_in_at_every_point() {
    let mut finished = 0;
    for calls in 0..12 {
        let (_dir, bench, code) = with_code();
        let mut vault = bench.open().unwrap();
        let dying = DiesAfter { keyring: &bench.keyring, calls: AtomicUsize::new(calls) };
        let done = vault.rewrite_keyring(&dying, &SameKeyring(Arc::clone(&bench.keyring)));
        finished += usize::from(done.is_ok());
        drop(vault);
        let keyring = bench.open();
        assert!(keyring.is_ok(), "after {calls} calls: {keyring:?}");
        assert!(open(&bench, Access::Recovery(&code)).is_ok(), "after {calls} calls");
        let mut again = keyring.unwrap();
        rewrite(&bench, &mut again).unwrap();
        assert_eq!(again.slots().unwrap().len(), 2, "what a failure left is cleared up");
    }
    assert!(finished > 0 && finished < 12, "some died and some did not: {finished}");
}
