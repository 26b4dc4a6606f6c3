//! The application: one vault, its list in memory, and what is under way. Every caller holds a clone.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealpost_vault::key::{Keyring, OsKeyring, SecondProcess};
use sealpost_vault::{Clock, Entropy, OsEntropy, SystemClock, Vault};
use tokio::sync::broadcast;

use crate::backups::Background;
use crate::dropped::Dropped;
use crate::idle::Presence;
use crate::index::Index;
use crate::key_slots::PendingRecovery;
use crate::matrix::Unmanaged;
use crate::new_key::Rekeying;
use crate::problem::{Code, Problem};
use crate::publish::{Runs, Seen};
use crate::sandbox_environment::SandboxHost;
use crate::views::{AppEvent, VaultState};
use crate::wait::{RealSleeper, Sleeper};

/// What the application is made of. Time, randomness and the keyring are passed in.
#[derive(Clone)]
pub struct Parts {
    /// Folder of the vault.
    pub folder: PathBuf,
    /// Where the key is kept.
    pub keyring: Arc<dyn Keyring>,
    /// How a second process is asked to read the keyring.
    pub second_process: Arc<dyn SecondProcess>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Waiting.
    pub sleeper: Arc<dyn Sleeper>,
    /// User of this computer, for the journal.
    pub user: Option<String>,
}

impl Parts {
    /// The real ones.
    #[must_use]
    pub fn real(folder: PathBuf, second_process: Arc<dyn SecondProcess>) -> Self {
        Self {
            folder,
            keyring: Arc::new(OsKeyring::default()),
            second_process,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy::new()),
            sleeper: Arc::new(RealSleeper),
            user: ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()),
        }
    }
}

/// The application.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    session: Mutex<Option<Session>>,
    events: broadcast::Sender<AppEvent>,
    pub(crate) runs: Runs,
    /// When somebody was here last.
    pub(crate) presence: Presence,
    pub(crate) sandbox: SandboxHost,
    pub(crate) recovery: PendingRecovery,
    pub(crate) dropped: Dropped,
    pub(crate) rekeying: Rekeying,
    /// Work that nobody waits for but the end of the program.
    pub(crate) background: Mutex<Vec<Background>>,
    /// Held while the day's copy is made.
    pub(crate) backing_up: Mutex<()>,
}

/// An open vault and its list.
pub(crate) struct Session {
    pub(crate) vault: Vault,
    pub(crate) index: Index,
    /// The sets of environments as they were seen last.
    pub(crate) seen: Seen,
    /// Rows of the matrix that are no drafts.
    pub(crate) unmanaged: Unmanaged,
    /// What the person should know of this vault until it is locked.
    pub(crate) notices: Vec<Problem>,
    /// When the vault's generation was raised last, milliseconds.
    pub(crate) raised_at: i64,
}

impl App {
    /// An application over a folder; opens nothing yet.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let (events, _) = broadcast::channel(256);
        let inner = Inner {
            parts,
            session: Mutex::new(None),
            events,
            runs: Runs::default(),
            presence: Presence::default(),
            sandbox: SandboxHost::default(),
            recovery: PendingRecovery::default(),
            dropped: Dropped::default(),
            rekeying: Rekeying::default(),
            background: Mutex::default(),
            backing_up: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.events.subscribe()
    }

    /// Folder of the vault.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.parts.folder
    }

    /// Tells everyone who listens; nobody listening is fine.
    pub(crate) fn emit(&self, event: AppEvent) {
        drop(self.inner.events.send(event));
    }

    /// Milliseconds since the epoch, by the clock that was passed in.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.inner.parts.clock.now().as_millis()
    }

    pub(crate) fn lock_session(&self) -> MutexGuard<'_, Option<Session>> {
        // A panic while holding the lock leaves an open connection whose transaction SQLite rolls back.
        self.inner.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs blocking work off the caller's thread: the window never waits for SQLite or the keyring.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app)).await.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "Sealpost met an error of its own.",
                "What was stored before is unchanged.",
                "Try again; if it happens again, report it with the activity entry.",
            ))
        })
    }

    /// Runs work on the open vault.
    pub(crate) async fn with_session<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(move |app| {
            let mut guard = app.lock_session();
            let session = guard.as_mut().ok_or_else(Problem::locked)?;
            if session.vault.is_rekeyed()? {
                // Nothing opens with the key of before: better locked than full of rows that do not open.
                *guard = None;
                drop(guard);
                app.emit_state(VaultState::Locked);
                return Err(sealpost_vault::StoreError::Rekeyed.into());
            }
            let done = work(session);
            app.raise_now_and_then(session);
            done
        })
        .await
    }

    /// Runs work that changes drafts, environments or publications, and tells the callers.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = self.with_session(work).await?;
        self.emit(AppEvent::ContentChanged);
        Ok(done)
    }

    pub(crate) fn emit_state(&self, state: VaultState) {
        self.emit(AppEvent::VaultChanged { state });
    }
}
