//! What the daily copies promise.

use sealpost_vault::key::{KeyError, MemoryMood};
use sealpost_vault::testing::{Bench, login, quiet, tamper};

use super::*;
use crate::problem::Code;
use crate::testing::app;
use crate::views::{AppEvent, VaultState};

fn named(file: &str) -> Named {
    read_name(file).unwrap()
}

fn daily(day: u32) -> Named {
    named(&format!("vault-202611{day:02}-080000-daily.sealpost"))
}

/// 2026-11-24 08:00 UTC.
const NOW: i64 = 1_795_507_200_000;

#[test]
fn a_copys_name_says_when_and_why_and_other_files_are_none() {
    let copy = named("vault-20261124-080000-before-rekey.sealpost");
    assert_eq!((copy.stamp.as_str(), copy.why.as_str()), ("20261124-080000", "before-rekey"));
    assert_eq!(stamp(NOW), "20261124-080000");
    for other in [
        "vault.sealpost",
        "vault-20261124-080000.sealpost",
        "vault-2026112a-080000-daily.sealpost",
        "vault-20261124-080000-daily.sealpost.part-1",
        "vault-é",
        "vault-",
        "",
    ] {
        assert_eq!(read_name(other), None, "{other}");
    }
}

#[test]
fn a_copy_is_due_once_a_day_and_a_clock_that_was_set_back_does_not_stop_it() {
    assert!(due(&[], NOW));
    let recent = named("vault-20261123-090000-daily.sealpost");
    assert!(!due(&[recent], NOW));
    assert!(due(&[daily(23)], NOW), "a day old to the second");
    assert!(due(&[named("vault-20261124-070000-asked.sealpost")], NOW), "another kind does not count");
    assert!(due(&[named("vault-20991124-080000-daily.sealpost")], NOW), "made in the future");
}

#[test]
fn only_daily_copies_beyond_the_last_ones_go() {
    let mut all: Vec<Named> = (1..=20).rev().map(daily).collect();
    all.push(named("vault-20260101-080000-before-rekey.sealpost"));
    all.push(named("vault-20260101-080000-asked.sealpost"));
    let gone = superfluous(&all, 7);
    assert_eq!(gone.len(), 13);
    assert!(gone.iter().all(|copy| copy.why == DAILY && copy.stamp < daily(14).stamp));
}

fn filled() -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    bench.create().unwrap().save_draft(&login("shop", "robot", "hunter2"), &quiet()).unwrap();
    (dir, bench)
}

async fn opened(app: &App) -> usize {
    app.vault_unlock().await.unwrap();
    app.settled().await;
    app.backup_status().await.unwrap().backups.len()
}

#[tokio::test]
async fn opening_makes_one_copy_a_day_and_the_last_seven_are_kept() {
    let (_dir, bench) = filled();
    for (day, expected) in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 7), (8, 7)] {
        let app = app(&bench);
        assert_eq!(opened(&app).await, expected, "day {day}");
        assert_eq!(opened(&app).await, expected, "twice on one day");
        bench.clock.advance_millis(DAY_MS);
    }
}

#[tokio::test]
async fn a_copy_that_fails_is_told_and_does_not_stop_the_work() {
    let (_dir, bench) = filled();
    std::fs::write(bench.folder.join(FOLDER), "a file where the folder should be").unwrap();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    app.settled().await;
    let status = app.vault_status().await.unwrap();
    assert_eq!(status.drafts, Some(1));
    assert!(status.notices[0].title.starts_with("The daily backup was not made"), "{:?}", status.notices);
}

#[tokio::test]
async fn the_drill_says_when_and_how_much_and_finds_a_copy_that_went_bad() {
    let (_dir, bench) = filled();
    let app = app(&bench);
    opened(&app).await;
    bench.clock.advance_millis(1000);
    let drill = app.backup_drill().await.unwrap();
    assert!(drill.sound && drill.drafts == 1 && drill.at == NOW + 1000, "{drill:?}");
    assert_eq!(app.backup_status().await.unwrap().last_drill, Some(drill));
    let copy = newest(&bench.folder).unwrap();
    std::fs::write(&copy, &std::fs::read(&copy).unwrap()[..5000]).unwrap();
    assert_eq!(app.backup_drill().await.unwrap_err().code, Code::VaultCorrupt);
}

#[tokio::test]
async fn the_newest_copy_comes_back_and_what_was_there_is_kept() {
    let (_dir, bench) = filled();
    let app = app(&bench);
    opened(&app).await;
    let vault = sealpost_vault::store::vault_path(&bench.folder);
    app.vault_lock().await.unwrap();
    std::fs::write(&vault, "torn").unwrap();
    let offered = app.vault_unlock().await.unwrap_err();
    assert_eq!(offered.code, Code::VaultCorrupt);
    assert!(offered.hint.contains("vault restore") && offered.hint.contains("-daily.sealpost"), "{offered}");
    let done = app.restore(None, None).await.unwrap();
    assert_eq!(std::fs::read(done.kept.unwrap()).unwrap(), b"torn");
    assert_eq!(app.vault_unlock().await.unwrap().drafts, Some(1));
}

#[tokio::test]
async fn copies_and_restores_within_one_second_all_get_a_name() {
    let (_dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    app.settled().await;
    let copies: Vec<String> = [app.backup_now().await, app.backup_now().await, app.backup_now().await]
        .map(|done| done.unwrap().file)
        .to_vec();
    let asked: Vec<String> = app
        .backup_status()
        .await
        .unwrap()
        .backups
        .into_iter()
        .filter(|copy| copy.why == "asked")
        .map(|copy| copy.file)
        .collect();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert_eq!(
        newest(&bench.folder).unwrap().display().to_string(),
        copies[2],
        "in the order they were made"
    );
    let mut kept = Vec::new();
    for _ in 0..2 {
        kept.push(app.restore(None, None).await.unwrap().kept.unwrap());
        app.vault_unlock().await.unwrap();
    }
    assert_ne!(kept[0], kept[1]);
    assert!(kept.iter().all(|file| std::path::Path::new(file).is_file()), "{kept:?}");
}

#[tokio::test]
async fn a_new_key_that_fails_leaves_no_copy_more_however_often_it_is_tried() {
    let (_dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    app.settled().await;
    let before = app.backup_status().await.unwrap();
    for mood in [MemoryMood::Forgets, MemoryMood::Fails(KeyError::NoAnswer(60))] {
        bench.keyring.set_mood(mood);
        app.rekey(Vec::new(), None, true).await.unwrap_err();
        assert_eq!(app.backup_status().await.unwrap(), before, "nor is a drill told of that had another one");
    }
    bench.keyring.set_mood(MemoryMood::Fine);
    let done = app.rekey(Vec::new(), None, true).await.unwrap();
    assert!(std::path::Path::new(&done.backup).is_file());
    assert_eq!(app.backup_status().await.unwrap().backups.len(), before.backups.len() + 1);
}

#[tokio::test]
async fn a_backup_that_does_not_open_is_never_put_in_the_vaults_place() {
    let (dir, bench) = filled();
    let (_other_dir, other) = filled();
    let file = dir.path().join("foreign.sealpost");
    other.open().unwrap().backup_to(&file).unwrap();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    let refused = app.restore(Some(file), None).await.unwrap_err();
    assert_eq!(refused.code, Code::KeyMissing, "{refused}");
    assert!(app.settings().await.is_ok(), "the vault that stays is still open");
    let damaged = dir.path().join("damaged");
    app.backup_to(damaged.clone()).await.unwrap();
    std::fs::write(&damaged, &std::fs::read(&damaged).unwrap()[..5000]).unwrap();
    let notes = dir.path().join("notes.sealpost");
    std::fs::write(&notes, "no backup of anything\n".repeat(400)).unwrap();
    for (file, code) in [
        (dir.path().join("none"), Code::NotFound),
        (damaged, Code::VaultCorrupt),
        (notes, Code::Invalid),
        // A folder.
        (dir.path().to_owned(), Code::Invalid),
    ] {
        let refused = app.restore(Some(file), None).await.unwrap_err();
        assert_eq!(refused.code, code, "{refused}");
        assert!(!refused.title.contains("vault's place"), "{refused}");
        assert!(app.settings().await.is_ok(), "the vault that stays is still open: {refused}");
    }
    assert_eq!(app.vault_unlock().await.unwrap().drafts, Some(1));
}

#[tokio::test]
async fn an_export_is_read_back_overwrites_nothing_and_comes_into_another_vault() {
    let (dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    let file = dir.path().join("all.age");
    let words = || SecretValue::from("correct horse battery staple");
    assert_eq!(app.export_to(file.clone(), "short".into()).await.unwrap_err().code, Code::Invalid);
    assert!(!file.exists());
    assert_eq!(app.export_to(file.clone(), words()).await.unwrap().drafts, 1);
    assert_eq!(app.export_to(file.clone(), words()).await.unwrap_err().code, Code::Invalid);
    assert_eq!(app.import_from(file.clone(), "wrong words".into()).await.unwrap_err().code, Code::Invalid);
    assert_eq!(app.import_from(file, words()).await.unwrap().drafts, 1);
    assert_eq!(app.vault_status().await.unwrap().drafts, Some(2));
}

#[tokio::test]
async fn an_older_file_is_announced_and_one_that_was_restored_is_not() {
    let (dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    let copy = dir.path().join("copy.sealpost");
    app.backup_to(copy.clone()).await.unwrap();
    app.set_settings(app.settings().await.unwrap()).await.unwrap();
    app.vault_lock().await.unwrap();
    app.settled().await;
    let vault = sealpost_vault::store::vault_path(&bench.folder);
    std::fs::copy(&copy, &vault).unwrap();
    let status = app.vault_unlock().await.unwrap();
    assert_eq!(status.notices.iter().map(|notice| notice.code).collect::<Vec<_>>(), [Code::OlderCopy]);
    app.restore(Some(copy), None).await.unwrap();
    assert_eq!(app.vault_unlock().await.unwrap().notices, []);
}

#[tokio::test]
async fn a_copy_is_restored_by_its_name_among_the_vaults_own_and_by_no_other() {
    let (dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    app.settled().await;
    bench.clock.advance_millis(1000);
    app.backup_now().await.unwrap();
    let copies = app.backup_status().await.unwrap().backups;
    assert_eq!(copies.iter().map(|copy| copy.why.as_str()).collect::<Vec<_>>(), ["asked", DAILY]);
    let outside = dir.path().join("vault-20261124-080000-asked.sealpost");
    std::fs::copy(bench.folder.join(FOLDER).join(&copies[1].file), &outside).unwrap();
    for name in [
        "../vault.sealpost",
        "vault-20261124-080000-../../../vault-20261124-080000-asked.sealpost",
        "vault-20261124-080000-daily/../../vault.sealpost",
        "vault-20200101-080000-daily.sealpost",
        "",
        outside.to_str().unwrap(),
    ] {
        let refused = app.restore_copy(Some(name.into()), None).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound, "{name}: {refused}");
    }
    let mut events = app.events();
    let done = app.restore_copy(Some(copies[1].file.clone()), None).await.unwrap();
    assert!(done.file.ends_with(&copies[1].file) && done.kept.is_some(), "{done:?}");
    assert_eq!(events.recv().await.unwrap(), AppEvent::VaultChanged { state: VaultState::Locked });
    assert_eq!(app.vault_unlock().await.unwrap().drafts, Some(1));
}

#[tokio::test]
async fn damage_that_the_daily_copy_finds_is_told_and_the_window_asks_for_it() {
    let (_dir, bench) = filled();
    let file = sealpost_vault::store::vault_path(&bench.folder);
    tamper(&file, "DELETE FROM draft").unwrap();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    let mut events = app.events();
    app.settled().await;
    let notices = app.vault_status().await.unwrap().notices;
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].title.starts_with("The vault is damaged: rows were taken out"), "{notices:?}");
    assert_eq!(events.recv().await.unwrap(), AppEvent::VaultChanged { state: VaultState::Unlocked });
}

async fn save_something(app: &App) {
    app.set_settings(app.settings().await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_older_copy_of_the_same_session_is_announced_although_the_program_ended_by_force() {
    let (dir, bench) = filled();
    let first = app(&bench);
    first.vault_unlock().await.unwrap();
    first.settled().await;
    save_something(&first).await;
    let copy = dir.path().join("copy.sealpost");
    first.backup_to(copy.clone()).await.unwrap();
    bench.clock.advance_millis(60_000);
    save_something(&first).await;
    first.settled().await;
    // Nobody locked, nobody was done with it.
    drop(first);
    let vault = sealpost_vault::store::vault_path(&bench.folder);
    let current = std::fs::read(&vault).unwrap();
    std::fs::copy(&copy, &vault).unwrap();
    let second = app(&bench);
    let codes = |status: crate::views::VaultStatus| {
        status.notices.iter().map(|notice| notice.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(second.vault_unlock().await.unwrap()), [Code::OlderCopy]);
    drop(second);
    std::fs::write(&vault, current).unwrap();
    assert_eq!(codes(app(&bench).vault_unlock().await.unwrap()), [], "the newer one is not");
}

async fn generation(app: &App) -> u64 {
    app.with_session(|session| Ok(session.vault.setting("generation")?)).await.unwrap().unwrap_or(0)
}

#[tokio::test]
async fn reading_raises_nothing_and_a_keyring_that_fails_holds_up_no_save() {
    let (_dir, bench) = filled();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    app.settled().await;
    save_something(&app).await;
    let before = generation(&app).await;
    bench.clock.advance_millis(60_000);
    let silent = sealpost_vault::KeyError::NoAnswer(60);
    bench.keyring.set_mood(sealpost_vault::key::MemoryMood::Fails(silent));
    save_something(&app).await;
    app.settled().await;
    assert!(generation(&app).await > before, "the file is ahead, which harms nobody");
    bench.clock.advance_millis(600_000);
    drop(app.settings().await.unwrap());
    app.settled().await;
    let all_raised = generation(&app).await;
    for _ in 0..3 {
        bench.clock.advance_millis(600_000);
        drop(app.settings().await.unwrap());
        app.settled().await;
    }
    assert_eq!(generation(&app).await, all_raised);
}
