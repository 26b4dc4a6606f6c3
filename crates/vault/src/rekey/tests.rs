//! What a new key promises: everything is there, nothing opens by the old one, and at no point is there no way in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;
use crate::key::{Cost, KeyError, MemoryKeyring};
use crate::secret::SecretValue;
use crate::slots::account;
use crate::store::{EnvironmentMeta, PublicationState, PublishedSnapshot, SaveEnvironment};
use crate::testing::{Bench, SameKeyring, login, quiet};
use crate::{DraftId, DraftOverride, EnvironmentId, OsEntropy, Publication, SecretField};

pub(super) const WORDS: &str = "correct horse battery staple";

pub(super) struct World {
    _dir: TempDir,
    pub(super) bench: Bench,
    pub(super) code: RecoveryCode,
    pub(super) draft: DraftId,
    pub(super) environment: EnvironmentId,
}

/// A vault with two revisions of a draft, the first of them published, an environment, a setting, and a recovery code.
pub(super) fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    let mut vault = bench.create().unwrap();
    let draft = vault.save_draft(&login("shop", "robot", "first"), &quiet()).unwrap().id;
    let meta = EnvironmentMeta { name: "prod".into(), url: "https://x.example".into(), ..Default::default() };
    let save = SaveEnvironment { over: None, meta, token: "the-token".into() };
    let environment = vault.save_environment(&save, None).unwrap().id;
    let mut link = Publication::new(&vault, draft, environment);
    let (stored, digests) = vault.draft(draft).unwrap();
    let secret_digests = vault.secret_digests(&vault.draft_secrets(draft).unwrap().1);
    link.state = PublicationState::Published;
    (link.draft_revision, link.digest) = (Some(1), Some(digests.own));
    link.meta.published =
        Some(PublishedSnapshot { meta: stored.meta, secret_digests, companions: Default::default() });
    vault.put_publication(&mut link).unwrap();
    vault.set_setting("theme", &"dark").unwrap();
    let code = RecoveryCode::make(&OsEntropy::new());
    vault.set_recovery(&code).unwrap();
    World { _dir: dir, bench, code, draft, environment }
}

impl World {
    pub(super) fn second(&self) -> SameKeyring {
        SameKeyring(Arc::clone(&self.bench.keyring))
    }

    pub(super) fn open(&self, access: Access<'_>) -> Result<Vault, Error> {
        let entropy = Arc::new(OsEntropy::new());
        Vault::open_with(&self.bench.folder, access, &*self.bench.keyring, self.bench.clock.clone(), entropy)
    }

    pub(super) fn rekey(&self, vault: &mut Vault, ways: NewWaysIn<'_>) -> Result<u64, Error> {
        vault.rekey(ways, &*self.bench.keyring, &self.second(), &mut |_, _| {})
    }

    pub(super) fn set_passphrase(&self, mode: UnlockMode) {
        let words = SecretValue::from(WORDS);
        let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode };
        self.bench.open().unwrap().set_passphrase(new, &*self.bench.keyring, &self.second()).unwrap();
    }
}

pub(super) fn new_code() -> RecoveryCode {
    RecoveryCode::make(&OsEntropy::new())
}

pub(super) fn password(vault: &Vault, id: DraftId) -> String {
    let (_, secrets) = vault.draft_secrets(id).unwrap();
    secrets.get(SecretField::Password).unwrap().expose_text().unwrap().to_owned()
}

#[test]
fn everything_opens_under_the_new_key_and_nothing_under_the_old_one() {
    let world = world();
    let mut vault = world.bench.open().unwrap();
    let old = vault.sealer.again();
    let before = vault.verify().unwrap();
    let code = new_code();
    let done = world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap();
    assert!(done >= before.items);
    for vault in [vault, world.bench.open().unwrap(), world.open(Access::Recovery(&code)).unwrap()] {
        assert!(vault.verify().unwrap().sound());
        assert_eq!(password(&vault, world.draft), "first");
        assert_eq!(vault.environment_token(world.environment).unwrap().expose(), b"the-token");
        assert_eq!(vault.setting::<String>("theme").unwrap().as_deref(), Some("dark"));
        let by_old = store::verify::verify(&vault.connection, &old).unwrap();
        // A draft and an environment have two sealed values each.
        assert_eq!(by_old.unreadable.len() as u64, by_old.items + 2, "no value is left under the old key");
    }
    assert!(matches!(world.open(Access::Recovery(&world.code)), Err(Error::WrongSecret(_))));
}

#[test]
fn what_was_published_unchanged_is_still_known_to_be_unchanged() {
    let world = world();
    let mut vault = world.bench.open().unwrap();
    let code = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap();
    let link = vault.publication(world.draft, world.environment).unwrap().unwrap();
    let (_, digests) = vault.draft(world.draft).unwrap();
    assert_eq!(link.digest, Some(digests.own));
    let secrets = vault.draft_secrets(world.draft).unwrap().1;
    assert_eq!(link.meta.published.unwrap().secret_digests, vault.secret_digests(&secrets));

    let mut again = login("shop", "robot", "second");
    again.over = Some((world.draft, 1));
    vault.save_draft(&again, &quiet()).unwrap();
    let code = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap();
    let link = vault.publication(world.draft, world.environment).unwrap().unwrap();
    let (_, digests) = vault.draft(world.draft).unwrap();
    assert_ne!(link.digest, Some(digests.own), "and what changed since, to be changed");
    let (_, first) = vault.revision(world.draft, 1).unwrap();
    assert_eq!(link.meta.published.unwrap().secret_digests, vault.secret_digests(&first));
}

#[test]
fn what_was_published_with_an_override_is_still_known_to_be_unchanged() {
    let world = world();
    let mut vault = world.bench.open().unwrap();
    let mut save = login("shop", "robot", "first");
    save.over = Some((world.draft, 1));
    let here = DraftOverride { name: Some("shop there".into()), ..DraftOverride::default() };
    save.meta.overrides.insert(world.environment, here);
    save.secrets.set_override(world.environment, SecretField::Password, "there".into());
    vault.save_draft(&save, &quiet()).unwrap();
    let (meta, secrets) = vault.revision_in(world.draft, 2, world.environment).unwrap();
    let mut link = vault.publication(world.draft, world.environment).unwrap().unwrap();
    (link.draft_revision, link.digest) = (Some(2), Some(vault.digest_of(&meta, &secrets).unwrap()));
    let secret_digests = vault.secret_digests(&secrets);
    link.meta.published = Some(PublishedSnapshot { meta, secret_digests, companions: Default::default() });
    vault.put_publication(&mut link).unwrap();

    let code = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap();
    let (_, digests) = vault.draft(world.draft).unwrap();
    let (meta, secrets) = vault.revision_in(world.draft, 2, world.environment).unwrap();
    assert_eq!(secrets.get(SecretField::Password).unwrap().expose(), b"there");
    let there = digests.in_environment(world.environment);
    assert_eq!(*there, vault.digest_of(&meta, &secrets).unwrap());
    assert_ne!(*there, digests.own);
    let link = vault.publication(world.draft, world.environment).unwrap().unwrap();
    assert_eq!(link.digest.as_ref(), Some(there));
    assert_eq!(link.meta.published.unwrap().secret_digests, vault.secret_digests(&secrets));
}

#[test]
fn a_process_with_the_old_key_writes_nothing_any_more() {
    let world = world();
    let mut other = world.bench.open().unwrap();
    let mut vault = world.bench.open().unwrap();
    let code = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap();
    assert!(other.is_rekeyed().unwrap() && !vault.is_rekeyed().unwrap());
    let refused = other.save_draft(&login("late", "robot", "lost?"), &quiet()).unwrap_err();
    assert!(matches!(refused, Error::Store(StoreError::Rekeyed)), "{refused:?}");
    assert!(other.set_setting("theme", &"light").is_err() && other.record(&quiet()).is_err());
    assert!(matches!(other.again().unwrap_err(), Error::Store(StoreError::Rekeyed)));
    assert!(vault.verify().unwrap().sound());
    vault.save_draft(&login("on", "robot", "and on"), &quiet()).unwrap();
    assert!(world.bench.open().unwrap().verify().unwrap().sound());
}

#[test]
fn a_way_in_that_can_not_be_made_anew_stops_it_before_anything_changes() {
    let world = world();
    world.set_passphrase(UnlockMode::Either);
    let mut vault = world.bench.open().unwrap();
    let before = vault.slots().unwrap();
    let (code, words, wrong) =
        (new_code(), SecretValue::from(WORDS), SecretValue::from("another passphrase"));
    let with = |passphrase| NewPassphrase { passphrase, cost: Cost::LEAST, mode: UnlockMode::Either };
    let no_code = NewWaysIn { recovery: None, passphrase: Some(with(&words)) };
    assert!(matches!(world.rekey(&mut vault, no_code), Err(Error::NoSlot("recovery"))));
    let no_words = NewWaysIn { recovery: Some(&code), passphrase: None };
    assert!(matches!(world.rekey(&mut vault, no_words), Err(Error::PassphraseNeeded)));
    let mistyped = NewWaysIn { recovery: Some(&code), passphrase: Some(with(&wrong)) };
    assert!(matches!(world.rekey(&mut vault, mistyped), Err(Error::WrongSecret(_))));
    assert_eq!(vault.slots().unwrap(), before);
    let right = NewWaysIn { recovery: Some(&code), passphrase: Some(with(&words)) };
    world.rekey(&mut vault, right).unwrap();
    assert_eq!(UnlockMode::of(&vault.slots().unwrap()), UnlockMode::Either);
    assert!(world.open(Access::Passphrase(&words)).is_ok() && world.bench.open().is_ok());
}

#[test]
fn every_mode_stays_what_it_is() {
    for mode in [UnlockMode::Both, UnlockMode::Passphrase] {
        let world = world();
        world.set_passphrase(mode);
        let (code, words) = (new_code(), SecretValue::from(WORDS));
        let mut vault = world.open(Access::Passphrase(&words)).unwrap();
        let entry = world.bench.keyring.read(&account(vault.id())).ok();
        let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode: UnlockMode::Either };
        world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: Some(new) }).unwrap();
        assert_eq!(UnlockMode::of(&vault.slots().unwrap()), mode);
        assert_eq!(vault.slots().unwrap().len(), 2);
        assert!(world.open(Access::Passphrase(&words)).unwrap().verify().unwrap().sound());
        assert!(world.bench.open().is_err());
        let after = world.bench.keyring.read(&account(vault.id())).ok();
        assert_eq!(entry == after, mode == UnlockMode::Passphrase, "a keyring entry is a fresh one");
    }
}

#[test]
fn a_vault_that_something_else_wrote_to_gets_no_new_key_that_would_hide_it() {
    let world = world();
    let mut vault = world.open(Access::Keyring).unwrap();
    for sql in ["UPDATE draft SET deleted_at = 7", "UPDATE vault SET ledger = NULL"] {
        let raw = rusqlite::Connection::open(crate::store::vault_path(&world.bench.folder)).unwrap();
        raw.execute(sql, []).unwrap();
        let code = new_code();
        let refused = world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), ..NewWaysIn::default() });
        assert!(matches!(refused, Err(Error::NotWhole(_))), "{sql}: {refused:?}");
        assert!(!vault.verify().unwrap().sound(), "{sql}: and it is still said");
    }
    vault.accept_rows().unwrap();
    let code = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), ..NewWaysIn::default() }).unwrap();
    assert!(vault.verify().unwrap().sound());
}

#[test]
fn who_reads_while_the_new_key_is_made_sees_the_vault_as_it_was_and_afterwards_is_told() {
    let world = world();
    let mut vault = world.open(Access::Keyring).unwrap();
    let mut reader = world.open(Access::Keyring).unwrap();
    let code = new_code();
    let ways = NewWaysIn { recovery: Some(&code), ..NewWaysIn::default() };
    let mut looks = 0;
    let second = world.second();
    let done = vault.rekey(ways, &*world.bench.keyring, &second, &mut |_, _| {
        assert_eq!(password(&reader, world.draft), "first");
        assert_eq!(reader.environment_token(world.environment).unwrap().expose(), b"the-token");
        // One that opens now, by the way in of before, too: the slots of before are still what a reader sees.
        let opened = world.open(Access::Recovery(&world.code)).unwrap();
        assert_eq!(password(&opened, world.draft), "first");
        looks += 1;
    });
    assert!(done.unwrap() > 0 && looks > 0);
    assert!(reader.is_rekeyed().unwrap());
    let refused = reader.set_setting("theme", &"light");
    assert!(matches!(refused, Err(Error::Store(StoreError::Rekeyed))), "{refused:?}");
    assert_eq!(password(&world.open(Access::Recovery(&code)).unwrap(), world.draft), "first");
}

#[test]
fn a_value_that_does_not_open_stops_it_since_it_would_be_lost_for_good() {
    let world = world();
    let mut vault = world.bench.open().unwrap();
    vault.connection.execute("UPDATE draft SET secrets = zeroblob(80)", []).unwrap();
    let code = new_code();
    let refused = world.rekey(&mut vault, NewWaysIn { recovery: Some(&code), passphrase: None }).unwrap_err();
    assert!(matches!(refused, Error::Unreadable { what: "draft", .. }), "{refused:?}");
    assert!(world.bench.open().is_ok() && world.open(Access::Recovery(&world.code)).is_ok());
}

/// A keyring that dies after a number of calls; what was written stays.
struct DiesAfter(Arc<MemoryKeyring>, AtomicUsize);

impl DiesAfter {
    fn call(&self) -> Result<&MemoryKeyring, KeyError> {
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(|_| &*self.0).map_err(|_| KeyError::NoService("died".into()))
    }
}

impl Keyring for DiesAfter {
    fn name(&self) -> String {
        "mortal".into()
    }
    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.call()?.read(account)
    }
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError> {
        self.call()?.write(account, bytes)
    }
    fn delete(&self, account: &str) -> Result<(), KeyError> {
        self.call()?.delete(account)
    }
}

#[test]
fn a_keyring_that_dies_midway_leaves_the_old_ways_in_or_the_new_ones() {
    let mut finished = 0;
    for calls in 0..10 {
        let world = world();
        let mut vault = world.bench.open().unwrap();
        let code = new_code();
        let dying = DiesAfter(Arc::clone(&world.bench.keyring), AtomicUsize::new(calls));
        let ways = NewWaysIn { recovery: Some(&code), passphrase: None };
        let done = vault.rekey(ways, &dying, &world.second(), &mut |_, _| {});
        drop(vault);
        assert!(world.bench.open().unwrap().verify().unwrap().sound(), "after {calls} calls");
        let holds = if done.is_ok() { &code } else { &world.code };
        assert!(world.open(Access::Recovery(holds)).is_ok(), "after {calls} calls");
        finished += usize::from(done.is_ok());
    }
    assert!((1..10).contains(&finished), "some died and some did not: {finished}");
}
