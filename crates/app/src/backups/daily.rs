//! What runs beside an open vault: the day's copy, a little after it was opened or when it is locked, and a new generation
//! now and then.

use std::sync::PoisonError;
use std::time::Duration;

use sealpost_vault::Vault;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{DAILY, copies, due, make};
use crate::app::{App, Session};
use crate::problem::{Code, Problem};
use crate::views::BackupDone;

/// How long a vault that was just opened has the processors and the disk to itself.
const FIRST_LIST: Duration = Duration::from_secs(10);

/// How long a session's work may stay without a new generation.
const RAISED_EVERY_MS: i64 = 60_000;
/// How many rows may.
const MANY_ROWS: u64 = 500;

/// Work that nobody waits for but the end of the program.
pub(crate) struct Background {
    task: JoinHandle<()>,
    /// Dropped to start at once what waits.
    start_now: Option<oneshot::Sender<()>>,
}

impl App {
    /// Makes the day's copy if it is due, on a connection of its own, while the caller goes on. Waits first, since a copy
    /// reads every row and the first list does so too.
    pub(crate) fn back_up_soon(&self) {
        if !self.backup_due() {
            return;
        }
        let app = self.clone();
        let (start_now, told) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            tokio::select! {
                // By the real clock in every case: it is a real disk that is left alone.
                () = tokio::time::sleep(FIRST_LIST) => {}
                _ = told => {}
            }
            let copied = app.blocking(|app| {
                // Locked meanwhile: locking made the copy.
                let again = app.lock_session().as_ref().map(|session| session.vault.again());
                if let Some(Ok(vault)) = again {
                    app.back_up_with(vault);
                }
                Ok(())
            });
            drop(copied.await);
        });
        self.in_background(task, Some(start_now));
    }

    /// Makes the day's copy if it is due, at once: the session is about to end.
    pub(crate) fn back_up_now(&self, session: &Session) {
        if !self.backup_due() {
            return;
        }
        let Ok(vault) = session.vault.again() else { return };
        let app = self.clone();
        self.in_background(tokio::task::spawn_blocking(move || app.back_up_with(vault)), None);
    }

    /// Raises the generation of a session that stays open: at most a minute of its work, or some hundred rows, can be taken
    /// back by an older copy without being announced. Beside the session, since a keyring may take long to answer.
    pub(crate) fn raise_now_and_then(&self, session: &mut Session) {
        let (rows, now) = (session.vault.rows_since_raise(), self.now());
        if rows == 0 || (rows < MANY_ROWS && now.saturating_sub(session.raised_at) < RAISED_EVERY_MS) {
            return;
        }
        let Ok(vault) = session.vault.again() else { return };
        session.vault.raised_beside();
        session.raised_at = now;
        let keyring = self.inner.parts.keyring.clone();
        // Not raised is made up for by the next one.
        self.in_background(tokio::task::spawn_blocking(move || drop(vault.raise_beside(&*keyring))), None);
    }

    fn backup_due(&self) -> bool {
        due(&copies(&self.backup_folder()), self.now())
    }

    fn back_up_with(&self, mut vault: Vault) {
        // One at a time: a second one that waited finds the first one's copy.
        let _turn = self.inner.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.backup_due() {
            return;
        }
        match make(&mut vault, DAILY) {
            Ok(done) if done.unreadable == 0 && done.damage.is_empty() => {}
            Ok(done) => self.notice(damaged(&done)),
            Err(problem) => self.notice(not_backed_up(&problem)),
        }
    }

    fn in_background(&self, task: JoinHandle<()>, start_now: Option<oneshot::Sender<()>>) {
        let work = Background { task, start_now };
        self.inner.background.lock().unwrap_or_else(PoisonError::into_inner).push(work);
    }

    /// Waits for what runs in the background, so that a program that ends does not cut it off. What was to start later
    /// starts now.
    pub async fn settled(&self) {
        let works =
            std::mem::take(&mut *self.inner.background.lock().unwrap_or_else(PoisonError::into_inner));
        for Background { task, start_now } in works {
            drop(start_now);
            drop(task.await);
        }
    }
}

fn not_backed_up(problem: &Problem) -> Problem {
    Problem::new(
        Code::Storage,
        format!("The daily backup was not made. {}", problem.title),
        "The vault itself is unchanged, and earlier backups are kept.",
        problem.hint.clone(),
    )
}

/// A copy holds what the vault holds: what does not open in it is the vault's.
fn damaged(done: &BackupDone) -> Problem {
    let what = done.damage.first().cloned().unwrap_or_else(|| match done.unreadable {
        1 => "1 value does not open".into(),
        number => format!("{number} values do not open"),
    });
    Problem::new(
        Code::Unreadable,
        format!("The vault is damaged: {what}."),
        "Everything else opens. Earlier copies are kept.",
        "Look at the whole vault in the settings, Backup; then restore a copy, or go on without what is lost.",
    )
}
