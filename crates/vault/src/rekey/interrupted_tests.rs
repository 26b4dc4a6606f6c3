//! What a new key that was interrupted promises: until it is in force the vault is the one of before, what was done need not be
//! done again, and nothing that somebody did to it meanwhile is lost or taken back.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::tests::{WORDS, World, new_code, password, world};
use super::*;
use crate::SecretField;
use crate::clock::Clock as _;
use crate::key::Cost;
use crate::secret::SecretValue;
use crate::store::rekey_stage::path_beside;
use crate::store::{AttemptAction, AttemptIntent, AttemptOutcome, AttemptState, LinkChange, NewAttempt};
use crate::testing::{login, quiet, tamper};

fn stage_of(world: &World) -> PathBuf {
    path_beside(&crate::store::vault_path(&world.bench.folder))
}

/// What can be resumed, if anything.
fn found(vault: &Vault) -> Option<InterruptedRekey> {
    match vault.interrupted_rekey().unwrap() {
        RekeyState::Interrupted(found) => Some(found),
        RekeyState::None | RekeyState::Lost => None,
    }
}

fn begin(world: &World, vault: &mut Vault, code: &RecoveryCode) -> Rekey {
    let ways = NewWaysIn { recovery: Some(code), ..NewWaysIn::default() };
    vault.begin_rekey(ways, &*world.bench.keyring, &world.second()).unwrap()
}

fn resume(world: &World, vault: &mut Vault) -> Result<Rekey, Error> {
    vault.resume_rekey(Access::Keyring, &*world.bench.keyring)
}

/// Encrypts all, or the first rows only; gives how many were encrypted now, and not before.
fn encrypt(vault: &Vault, rekey: &Rekey, rows: u64) -> u64 {
    let before = rekey.stage.count().unwrap();
    let mut on = |done, _| if done == rows { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let finished = vault.encrypt_for(rekey, &mut on).unwrap();
    assert_eq!(finished, rows == ALL);
    rekey.stage.count().unwrap() - before
}

const ALL: u64 = u64::MAX;

/// A key that was begun and encrypted this many rows before the program was gone.
fn interrupted(world: &World, code: &RecoveryCode, rows: u64) {
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(world, &mut vault, code);
    encrypt(&vault, &rekey, rows);
}

/// Everything is there, under the key that this code opens, and no stage.
fn in_force(world: &World, code: &RecoveryCode) -> Vault {
    let vault = world.open(Access::Recovery(code)).unwrap();
    assert!(vault.verify().unwrap().sound());
    assert_eq!(vault.environment_token(world.environment).unwrap().expose(), b"the-token");
    assert!(matches!(world.open(Access::Recovery(&world.code)), Err(Error::WrongSecret(_))));
    assert!(!stage_of(world).exists(), "nothing is left of it");
    vault
}

#[test]
fn interrupted_after_any_row_the_vault_is_as_before_and_what_was_done_is_not_done_again() {
    let rows = {
        let (world, code) = (world(), new_code());
        interrupted(&world, &code, ALL);
        world.bench.open().unwrap().verify().unwrap().items
    };
    for cut in 1..=rows {
        let (world, code) = (world(), new_code());
        interrupted(&world, &code, cut);
        assert!(world.open(Access::Recovery(&world.code)).unwrap().verify().unwrap().sound(), "after {cut}");
        assert!(matches!(world.open(Access::Recovery(&code)), Err(Error::WrongSecret(_))), "not yet");

        let mut vault = world.bench.open().unwrap();
        let found = found(&vault).unwrap();
        assert_eq!((found.done, found.started_at), (cut, world.bench.clock.now()));
        assert_eq!(found.slots.len(), 2);
        let rekey = resume(&world, &mut vault).unwrap();
        assert_eq!(encrypt(&vault, &rekey, ALL), found.total - cut, "after {cut}");
        assert_eq!(vault.finish_rekey(rekey).unwrap(), found.total);
        assert_eq!(password(&in_force(&world, &code), world.draft), "first");
        assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::None);
    }
}

#[test]
fn what_was_encrypted_before_the_interruption_is_what_comes_into_force() {
    let (world, code) = (world(), new_code());
    interrupted(&world, &code, ALL);
    let staged = |column: &str| -> Vec<u8> {
        let stage = rusqlite::Connection::open(stage_of(&world)).unwrap();
        stage.query_row(&format!("SELECT {column} FROM done WHERE of = 0"), [], |row| row.get(0)).unwrap()
    };
    let (meta, secrets) = (staged("value_1"), staged("value_2"));
    let mut vault = world.bench.open().unwrap();
    let rekey = resume(&world, &mut vault).unwrap();
    vault.finish_rekey(rekey).unwrap();
    let stored: (Vec<u8>, Vec<u8>) = vault
        .connection
        .query_row("SELECT meta, secrets FROM draft", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(stored, (meta, secrets));
}

#[test]
fn who_writes_while_everything_is_encrypted_is_not_kept_waiting_and_loses_nothing() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let mut other = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    let mut written = Vec::new();
    let mut on = |done: u64, _| {
        let mut again = login("shop", "robot", &format!("changed {done}"));
        again.over = Some((world.draft, u32::try_from(done).unwrap()));
        other.save_draft(&again, &quiet()).unwrap();
        written.push(other.save_draft(&login(&format!("new {done}"), "robot", "new"), &quiet()).unwrap().id);
        ControlFlow::Continue(())
    };
    assert!(vault.encrypt_for(&rekey, &mut on).unwrap());
    other.set_trashed(&[written.pop().unwrap()], true, &quiet()).unwrap();
    let last = written.len() + 1;
    vault.finish_rekey(rekey).unwrap();
    let vault = in_force(&world, &code);
    assert_eq!(password(&vault, world.draft), format!("changed {last}"));
    assert!(last > 5 && written.iter().all(|id| password(&vault, *id) == "new"));
    assert!(other.is_rekeyed().unwrap(), "and afterwards it is told");
}

#[test]
fn a_row_that_was_changed_after_it_was_encrypted_is_encrypted_as_it_is_now() {
    let (world, code) = (world(), new_code());
    interrupted(&world, &code, ALL);
    let mut vault = world.bench.open().unwrap();
    let mut again = login("shop", "robot", "second");
    again.over = Some((world.draft, 1));
    vault.save_draft(&again, &quiet()).unwrap();
    vault.set_setting("theme", &"light").unwrap();
    let rekey = resume(&world, &mut vault).unwrap();
    vault.finish_rekey(rekey).unwrap();
    let vault = in_force(&world, &code);
    assert_eq!(password(&vault, world.draft), "second");
    assert_eq!(vault.setting::<String>("theme").unwrap().as_deref(), Some("light"));
    let (_, first) = vault.revision(world.draft, 1).unwrap();
    assert_eq!(first.get(SecretField::Password).unwrap().expose(), b"first");
}

#[test]
fn an_attempt_whose_end_came_after_it_was_encrypted_has_its_end() {
    // Its revision is always 1: only what stands in it tells that it moved on.
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let new = NewAttempt {
        draft: world.draft,
        draft_revision: 1,
        environment: world.environment,
        publication_revision: Some(1),
        known: Vec::new(),
        action: AttemptAction::Update,
        intent: AttemptIntent::default(),
    };
    let attempt = vault.begin_attempt(&new).unwrap();
    drop(vault);
    interrupted(&world, &code, ALL);
    let mut vault = world.bench.open().unwrap();
    let outcome = AttemptOutcome { status: Some(204), ..Default::default() };
    vault.finish_attempt(attempt, AttemptState::Done, &outcome, LinkChange::Keep, &quiet()).unwrap();
    let rekey = resume(&world, &mut vault).unwrap();
    vault.finish_rekey(rekey).unwrap();
    let found = in_force(&world, &code).attempt(attempt).unwrap();
    assert_eq!(found.outcome.and_then(|outcome| outcome.status), Some(204));
}

#[test]
fn what_something_else_wrote_into_the_stage_never_comes_into_the_vault() {
    let changes = [
        "UPDATE done SET value_1 = zeroblob(80)",
        "UPDATE done SET value_2 = NULL",
        "UPDATE done SET digest = zeroblob(32)",
        "UPDATE done SET proof = zeroblob(32)",
        "UPDATE done SET row = row + 1000 WHERE of = 5",
        "UPDATE done SET value_1 = (SELECT value_1 FROM done LIMIT 1), proof = (SELECT proof FROM done LIMIT 1)",
        "DELETE FROM done WHERE row % 2",
        "DELETE FROM done; DROP TABLE done",
    ];
    for change in changes {
        let (world, code) = (world(), new_code());
        interrupted(&world, &code, ALL);
        tamper(&stage_of(&world), change).unwrap();
        let mut vault = world.bench.open().unwrap();
        if let Ok(rekey) = resume(&world, &mut vault) {
            vault.finish_rekey(rekey).unwrap();
            assert_eq!(password(&in_force(&world, &code), world.draft), "first", "{change}");
        } else {
            assert!(vault.verify().unwrap().sound(), "{change}");
        }
    }
}

#[test]
fn an_earlier_copy_of_a_row_is_not_taken_for_the_row() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    encrypt(&vault, &rekey, ALL);
    drop(rekey);
    let earlier = fs::read(stage_of(&world)).unwrap();
    let mut again = login("shop", "robot", "second");
    again.over = Some((world.draft, 1));
    vault.save_draft(&again, &quiet()).unwrap();
    let rekey = resume(&world, &mut vault).unwrap();
    encrypt(&vault, &rekey, ALL);
    drop(rekey);
    fs::write(stage_of(&world), earlier).unwrap();
    let rekey = resume(&world, &mut vault).unwrap();
    vault.finish_rekey(rekey).unwrap();
    assert_eq!(password(&in_force(&world, &code), world.draft), "second");
}

#[test]
fn ways_in_that_were_changed_since_are_not_undone_by_a_key_that_was_begun_before() {
    let (world, code) = (world(), new_code());
    interrupted(&world, &code, 3);
    let kept = fs::read(stage_of(&world)).unwrap();
    let mut vault = world.bench.open().unwrap();
    let newest = new_code();
    vault.set_recovery(&newest).unwrap();
    assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::Lost, "it is said once");
    assert!(!stage_of(&world).exists(), "it can't be resumed, so it is gone");
    assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::None);
    // Nor does somebody who has an earlier copy of both bring it back.
    fs::write(stage_of(&world), &kept).unwrap();
    assert!(matches!(resume(&world, &mut vault), Err(Error::NoRekey)));
    fs::write(stage_of(&world), &kept).unwrap();
    let now = Basis::of(vault.id(), &vault.connection).unwrap();
    let raw = rusqlite::Connection::open(stage_of(&world)).unwrap();
    raw.execute("UPDATE stage SET ways_before = ?1", [now.ways()]).unwrap();
    drop(raw);
    assert!(found(&vault).is_some(), "it looks like one of this vault");
    assert!(matches!(resume(&world, &mut vault), Err(Error::NoRekey)), "and its proof says that it is not");
    assert!(world.open(Access::Recovery(&newest)).is_ok());
}

#[test]
fn a_way_in_that_is_changed_between_the_encryption_and_the_switch_stops_it() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    encrypt(&vault, &rekey, ALL);
    let newest = new_code();
    world.bench.open().unwrap().set_recovery(&newest).unwrap();
    assert!(matches!(vault.finish_rekey(rekey), Err(Error::NoRekey)));
    assert!(world.open(Access::Recovery(&newest)).unwrap().verify().unwrap().sound());
    assert!(matches!(world.open(Access::Recovery(&code)), Err(Error::WrongSecret(_))));
}

#[test]
fn ways_in_that_something_else_wrote_into_the_stage_never_come_into_force() {
    for change in [
        "UPDATE key_slot SET wrapped = zeroblob(60)",
        "UPDATE key_slot SET kind = 'nobody'",
        "UPDATE key_slot SET parameters = '{}'",
        "DELETE FROM key_slot",
    ] {
        let (world, code) = (world(), new_code());
        let mut vault = world.bench.open().unwrap();
        let rekey = begin(&world, &mut vault, &code);
        encrypt(&vault, &rekey, ALL);
        // As a program that asks for no lock, or a disk that forgets, would: under our own connection.
        rekey.stage.write_raw(change);
        vault.finish_rekey(rekey).unwrap();
        assert_eq!(password(&in_force(&world, &code), world.draft), "first", "{change}");
        assert!(world.bench.open().is_ok(), "{change}: the keyring opens it too");
    }
}

#[test]
fn what_was_done_to_the_rows_while_they_were_encrypted_is_not_sealed_as_right() {
    for change in [
        "UPDATE draft SET deleted_at = 7",
        "DELETE FROM setting WHERE name = 'theme'",
        "DELETE FROM activity WHERE seq = 1",
        "UPDATE vault SET ledger = NULL",
        "CREATE TABLE of_a_later_version (meta BLOB)",
    ] {
        let (world, code) = (world(), new_code());
        let mut vault = world.bench.open().unwrap();
        let rekey = begin(&world, &mut vault, &code);
        encrypt(&vault, &rekey, ALL);
        tamper(vault.path(), change).unwrap();
        let refused = vault.finish_rekey(rekey);
        assert!(matches!(refused, Err(Error::NotWhole(_))), "{change}: {refused:?}");
        assert!(!world.open(Access::Recovery(&world.code)).unwrap().verify().unwrap().sound(), "{change}");
    }
}

#[test]
fn one_for_this_process_only_is_finished_here_and_resumed_by_nobody() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    rekey.for_this_process_only().unwrap();
    encrypt(&vault, &rekey, ALL);
    drop(rekey);
    assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::None);
    assert!(matches!(resume(&world, &mut vault), Err(Error::NoRekey)));
    assert!(world.open(Access::Recovery(&world.code)).is_ok());
    let rekey = begin(&world, &mut vault, &code);
    rekey.for_this_process_only().unwrap();
    encrypt(&vault, &rekey, ALL);
    vault.finish_rekey(rekey).unwrap();
    in_force(&world, &code);
}

#[test]
fn opening_the_vault_changes_no_way_in_while_a_new_key_is_begun() {
    let (world, code) = (world(), new_code());
    world.set_passphrase(UnlockMode::Either);
    let words = SecretValue::from(WORDS);
    let mut vault = world.bench.open().unwrap();
    let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode: UnlockMode::Either };
    let ways = NewWaysIn { recovery: Some(&code), passphrase: Some(new) };
    drop(vault.begin_rekey(ways, &*world.bench.keyring, &world.second()).unwrap());
    drop(vault);
    let mut vault = world.open(Access::Passphrase(&words)).unwrap();
    let more = Cost { passes: Cost::LEAST.passes + 1, ..Cost::LEAST };
    assert!(!vault.raise_passphrase_cost(&words, more, &*world.bench.keyring).unwrap());
    assert!(found(&vault).is_some(), "and it can still be resumed");
    vault.discard_rekey().unwrap();
    assert!(vault.raise_passphrase_cost(&words, more, &*world.bench.keyring).unwrap());
}

#[test]
fn beginning_and_forgetting_leaves_no_way_in_that_opens_nothing() {
    let world = world();
    world.set_passphrase(UnlockMode::Both);
    let words = SecretValue::from(WORDS);
    let mut vault = world.open(Access::Passphrase(&words)).unwrap();
    let before = vault.slots().unwrap().len();
    for _ in 0..3 {
        let code = new_code();
        let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode: UnlockMode::Both };
        let ways = NewWaysIn { recovery: Some(&code), passphrase: Some(new) };
        drop(vault.begin_rekey(ways, &*world.bench.keyring, &world.second()).unwrap());
        vault.discard_rekey().unwrap();
    }
    assert_eq!(vault.slots().unwrap().len(), before);
    assert!(world.open(Access::Passphrase(&words)).unwrap().verify().unwrap().sound());
}

#[test]
fn a_stage_that_is_just_being_made_is_left_alone() {
    let world = world();
    fs::write(stage_of(&world), b"").unwrap();
    let vault = world.bench.open().unwrap();
    assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::None);
    assert!(stage_of(&world).exists(), "an empty file is somebody's who has not got his lock yet");
    vault.discard_rekey().unwrap();
    assert!(!stage_of(&world).exists());
}

#[test]
fn a_key_that_another_one_overtook_is_never_finished() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    encrypt(&vault, &rekey, ALL);
    drop(rekey);
    let kept = fs::read(stage_of(&world)).unwrap();
    let newest = new_code();
    world.rekey(&mut vault, NewWaysIn { recovery: Some(&newest), passphrase: None }).unwrap();
    fs::write(stage_of(&world), kept).unwrap();
    assert_eq!(vault.interrupted_rekey().unwrap(), RekeyState::None);
    in_force(&world, &newest);
}

#[test]
fn a_stage_of_another_vault_or_of_no_vault_is_not_resumed() {
    let (world, other, code) = (world(), world(), new_code());
    interrupted(&other, &code, 3);
    let foreign = fs::read(stage_of(&other)).unwrap();
    for stage in [foreign, Vec::new(), b"SQLite format 3\0".to_vec(), vec![7; 5000]] {
        fs::write(stage_of(&world), stage).unwrap();
        let mut vault = world.bench.open().unwrap();
        assert_eq!(found(&vault), None);
        assert!(matches!(resume(&world, &mut vault), Err(Error::NoRekey)));
        assert!(vault.verify().unwrap().sound());
    }
}

#[test]
fn a_key_that_another_process_is_at_is_neither_resumed_nor_begun_anew() {
    let (world, code) = (world(), new_code());
    let mut vault = world.bench.open().unwrap();
    let rekey = begin(&world, &mut vault, &code);
    let mut other = world.bench.open().unwrap();
    assert_eq!(other.interrupted_rekey().unwrap(), RekeyState::None, "it is not interrupted");
    assert!(matches!(resume(&world, &mut other), Err(Error::Store(StoreError::Busy))));
    let ways = NewWaysIn { recovery: Some(&code), ..NewWaysIn::default() };
    let second = other.begin_rekey(ways, &*world.bench.keyring, &world.second());
    assert!(matches!(second, Err(Error::Store(StoreError::Busy))));
    assert!(other.verify().unwrap().sound());
    drop(rekey);
    // Nor once it is resumed there, before a row more is in it.
    let rekey = resume(&world, &mut vault).unwrap();
    assert!(matches!(resume(&world, &mut other), Err(Error::Store(StoreError::Busy))));
    drop(rekey);
    assert!(other.discard_rekey().is_ok() && !stage_of(&world).exists());
    assert!(world.open(Access::Recovery(&world.code)).is_ok(), "and the ways in of before hold");
}

#[test]
fn every_mode_is_resumed_by_one_of_its_ways_in_and_by_nothing_else() {
    for mode in [UnlockMode::Either, UnlockMode::Both, UnlockMode::Passphrase] {
        let (world, code) = (world(), new_code());
        world.set_passphrase(mode);
        let (words, wrong) = (SecretValue::from(WORDS), SecretValue::from("another passphrase"));
        let mut vault = world.open(Access::Passphrase(&words)).unwrap();
        let new = NewPassphrase { passphrase: &words, cost: Cost::LEAST, mode };
        let ways = NewWaysIn { recovery: Some(&code), passphrase: Some(new) };
        let rekey = vault.begin_rekey(ways, &*world.bench.keyring, &world.second()).unwrap();
        encrypt(&vault, &rekey, 3);
        drop((rekey, vault));
        let mut vault = world.open(Access::Passphrase(&words)).unwrap();
        let resume = |vault: &mut Vault, access| vault.resume_rekey(access, &*world.bench.keyring);
        let refused = [Access::Passphrase(&wrong), Access::Recovery(&world.code)]
            .map(|access| resume(&mut vault, access).unwrap_err());
        assert!(refused.iter().all(|error| matches!(error, Error::WrongSecret(_))), "{refused:?}");
        let alone = resume(&mut vault, Access::Keyring);
        assert_eq!(alone.is_ok(), mode == UnlockMode::Either, "{alone:?}");
        drop(alone);
        drop(resume(&mut vault, Access::Recovery(&code)).unwrap());
        let rekey = resume(&mut vault, Access::Passphrase(&words)).unwrap();
        vault.finish_rekey(rekey).unwrap();
        assert_eq!(UnlockMode::of(&vault.slots().unwrap()), mode);
        assert_eq!(password(&in_force(&world, &code), world.draft), "first");
        assert!(world.open(Access::Passphrase(&words)).is_ok());
    }
}

#[test]
fn a_value_that_does_not_open_any_more_stops_what_was_begun_before() {
    let (world, code) = (world(), new_code());
    interrupted(&world, &code, 3);
    let mut vault = world.bench.open().unwrap();
    tamper(vault.path(), "UPDATE environment SET token = zeroblob(80)").unwrap();
    let refused = resume(&world, &mut vault).unwrap_err();
    assert!(matches!(refused, Error::Unreadable { what: "environment", .. }), "{refused:?}");
    assert!(world.open(Access::Recovery(&world.code)).is_ok());
}

#[test]
fn the_stage_holds_nothing_in_clear_and_is_for_its_owner_alone() {
    let (world, code) = (world(), new_code());
    interrupted(&world, &code, ALL);
    let bytes = fs::read(stage_of(&world)).unwrap();
    for word in ["shop", "robot", "first", "the-token", "x.example", "prod", "dark"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(stage_of(&world)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn every_sealed_column_has_a_place_in_the_stage() {
    for table in in_order() {
        assert!(table.columns.len() <= 3, "{}", table.name);
    }
    assert_eq!(in_order().count(), crate::store::sealed::SEALED.len());
}
