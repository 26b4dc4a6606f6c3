//! A new key beside a session that goes on, and one that a lock interrupts.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sealpost_vault::testing::{Bench, login, quiet};
use sealpost_vault::{Entropy, OsEntropy};
use tokio::runtime::Handle;

use super::*;
use crate::testing::parts;
use crate::views::{DraftQuery, Settings, VaultState};

#[test]
fn progress_is_told_from_the_first_row_to_the_last_in_at_most_a_hundred_steps() {
    for total in [1, 2, 99, 100, 101, 40_000] {
        let told = RefCell::new(Vec::new());
        let mut tell = told_in_steps(|done, of| told.borrow_mut().push((done, of)));
        for done in 1..=total {
            tell(done, total);
        }
        drop(tell);
        let told = told.into_inner();
        assert_eq!((told.first(), told.last()), (Some(&(1, total)), Some(&(total, total))), "{total}");
        assert!(told.len() as u64 <= STEPS + 1, "{total}: {}", told.len());
    }
}

type Act = Box<dyn FnOnce() + Send>;

/// Random bytes; something is done the first time that they are asked for to encrypt under a new key.
struct Meanwhile {
    stage: PathBuf,
    act: Mutex<Option<Act>>,
}

impl Entropy for Meanwhile {
    fn fill(&self, buffer: &mut [u8]) {
        OsEntropy::new().fill(buffer);
        let act = if self.stage.exists() { self.act.lock().unwrap().take() } else { None };
        act.into_iter().for_each(|act| act());
    }
}

struct World {
    _dir: tempfile::TempDir,
    app: App,
    meanwhile: Arc<Meanwhile>,
}

/// An open vault with some drafts.
async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    let mut vault = bench.create().unwrap();
    for number in 0..20 {
        vault.save_draft(&login(&format!("shop {number}"), "robot", "hunter2"), &quiet()).unwrap();
    }
    drop(vault);
    let stage = bench.folder.join("vault.sealpost.rekey");
    let meanwhile = Arc::new(Meanwhile { stage, act: Mutex::default() });
    let app = App::new(Parts { entropy: meanwhile.clone(), ..parts(&bench) });
    app.vault_unlock().await.unwrap();
    app.settled().await;
    World { _dir: dir, app, meanwhile }
}

impl World {
    fn meanwhile(&self, act: impl FnOnce() + Send + 'static) {
        *self.meanwhile.act.lock().unwrap() = Some(Box::new(act));
    }

    /// A new key that a lock interrupted; the vault is open again.
    async fn interrupted(&self) {
        self.put_off(true).await;
    }

    async fn put_off(&self, resumable: bool) {
        let (app, on) = (self.app.clone(), Handle::current());
        self.meanwhile(move || {
            let locking = app.clone();
            on.spawn(async move { locking.vault_lock().await });
            let patience = Instant::now() + Duration::from_secs(20);
            while !app.inner.rekeying.is_stopped() {
                assert!(Instant::now() < patience, "a lock stops it");
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let stopped = self.app.rekey(Vec::new(), None, resumable).await.unwrap_err();
        assert_eq!(stopped.code, Code::RekeyUnfinished);
        while self.app.vault_status().await.unwrap().state != VaultState::Locked {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.app.vault_unlock().await.unwrap();
        self.app.settled().await;
    }

    async fn drafts(&self) -> usize {
        let list = self.app.draft_list(DraftQuery::default()).await.unwrap();
        list.counts.all as usize
    }

    async fn copies(&self) -> usize {
        self.app.backup_status().await.unwrap().backups.len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_goes_on_while_everything_is_encrypted_and_what_it_saves_is_kept() {
    let world = world().await;
    let (app, on) = (world.app.clone(), Handle::current());
    world.meanwhile(move || {
        let theme = Settings { theme: "dark".into(), ..Settings::default() };
        on.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), app.set_settings(theme)).await.unwrap().unwrap();
            assert_eq!(app.draft_list(DraftQuery::default()).await.unwrap().counts.all, 20);
        });
    });
    world.app.rekey(Vec::new(), None, true).await.unwrap();
    assert!(world.meanwhile.act.lock().unwrap().is_none(), "it was done meanwhile");
    assert_eq!(world.app.settings().await.unwrap().theme, "dark");
    assert_eq!(world.drafts().await, 20);
    world.app.vault_lock().await.unwrap();
    let status = world.app.vault_unlock().await.unwrap();
    assert_eq!((status.drafts, status.unfinished_key), (Some(20), None));
    assert!(world.app.doctor().await.unwrap().healthy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_puts_it_off_the_next_unlock_says_so_and_it_is_finished_from_there() {
    let world = world().await;
    let copies = world.copies().await;
    world.interrupted().await;
    let status = world.app.vault_status().await.unwrap();
    let found = status.unfinished_key.unwrap();
    assert_eq!(found.needs, RekeyNeeds::Nothing);
    assert!((1..found.total).contains(&found.done), "{found:?}");
    assert!(status.notices.iter().any(|notice| notice.code == Code::RekeyUnfinished));
    assert_eq!(world.copies().await, copies, "a copy of before is none yet");
    let done = world.app.rekey_resume(None).await.unwrap();
    assert!(std::path::Path::new(&done.backup).is_file());
    let status = world.app.vault_status().await.unwrap();
    assert_eq!((status.unfinished_key, status.notices), (None, Vec::new()));
    assert_eq!(world.drafts().await, 20);
    assert_eq!(world.app.rekey_resume(None).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_forgotten_leaves_the_vault_as_it_was() {
    let world = world().await;
    world.interrupted().await;
    let status = world.app.rekey_discard().await.unwrap();
    assert_eq!((status.unfinished_key, status.notices), (None, Vec::new()));
    assert!(!world.meanwhile.stage.exists());
    assert_eq!(world.app.rekey_resume(None).await.unwrap_err().code, Code::NotFound);
    assert!(world.app.doctor().await.unwrap().healthy);
    world.app.rekey(Vec::new(), None, true).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_second_key_is_begun_beside_one_that_can_be_finished() {
    let world = world().await;
    world.interrupted().await;
    let before = world.app.vault_status().await.unwrap().unfinished_key;
    let refused = world.app.rekey(Vec::new(), None, true).await.unwrap_err();
    assert_eq!(refused.code, Code::RekeyUnfinished);
    assert_eq!(world.app.vault_status().await.unwrap().unfinished_key, before);
    world.app.rekey_resume(None).await.unwrap();
    world.app.rekey(Vec::new(), None, true).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_a_changed_way_in_ended_is_told_until_the_vault_is_locked() {
    let world = world().await;
    world.interrupted().await;
    let status = world.app.rewrap().await.unwrap();
    assert_eq!(status.unfinished_key, None);
    for _ in 0..2 {
        let told = world.app.vault_status().await.unwrap().notices;
        assert!(matches!(&told[..], [one] if one.title.contains("can't be finished")), "{told:?}");
    }
    world.app.vault_lock().await.unwrap();
    assert_eq!(world.app.vault_unlock().await.unwrap().notices, Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_after_the_encryption_keeps_what_was_done_and_leaves_no_copy() {
    let world = world().await;
    let copies = world.copies().await;
    let file = world.app.folder().join("vault.sealpost");
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (told, holds) = std::sync::mpsc::channel::<()>();
    world.meanwhile(move || {
        std::thread::spawn(move || {
            let other = rusqlite::Connection::open(file).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            told.send(()).unwrap();
            let _released = held.recv_timeout(Duration::from_secs(60));
        });
        holds.recv().unwrap();
    });
    let busy = world.app.rekey(Vec::new(), None, true).await.unwrap_err();
    assert_eq!(busy.code, Code::VaultBusy);
    release.send(()).unwrap();
    let found = world.app.vault_status().await.unwrap().unfinished_key.unwrap();
    assert_eq!(found.done, found.total);
    assert_eq!(world.copies().await, copies);
    world.app.rekey_resume(None).await.unwrap();
    assert_eq!((world.drafts().await, world.copies().await), (20, copies + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_code_nobody_has_seen_is_not_resumed() {
    let world = world().await;
    world.put_off(false).await;
    let status = world.app.vault_status().await.unwrap();
    assert_eq!((status.unfinished_key, status.notices), (None, Vec::new()));
    assert_eq!(world.app.rekey_resume(None).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_published_while_a_key_is_made() {
    let world = world().await;
    let folder = world.app.folder().to_owned();
    let (told, claimed) = std::sync::mpsc::channel();
    world.meanwhile(move || {
        let lock = std::fs::OpenOptions::new().write(true).open(folder.join("publish.lock")).unwrap();
        told.send(lock.try_lock().is_err()).unwrap();
    });
    world.app.rekey(Vec::new(), None, true).await.unwrap();
    assert!(claimed.recv().unwrap(), "it holds the claim");
}
