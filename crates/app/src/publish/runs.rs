//! Plans that were shown and the run under way. One run at a time: two would race for the same sets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sealpost_vault::{AttemptAction, AttemptId, DraftId, EnvironmentId, PublishClaim};
use tokio::sync::Notify;

use super::observe::Observed;
use super::progress::Progress;
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{AppEvent, PlanAction, PlanRow, PlanView, RunItem, RunMoved, RunView};

/// Plans kept for approval; older ones are forgotten.
const KEPT_PLANS: usize = 8;
/// Shortest time between two progress events, so that a run of thousands does not flood the window.
const BEAT: Duration = Duration::from_millis(80);

/// A plan that was shown, with what its rows were decided on.
pub(crate) struct StoredPlan {
    pub(crate) view: PlanView,
    pub(crate) observed: HashMap<EnvironmentId, Arc<Observed>>,
    /// By row key.
    pub(crate) basis: HashMap<String, RowBasis>,
}

/// What must still be true of a row's link when it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowBasis {
    /// Revision of the publication, if there was one.
    pub(crate) publication: Option<u32>,
    /// Unresolved attempts that the row takes into account.
    pub(crate) known: Vec<AttemptId>,
    /// Drafts whose ids it needs.
    pub(crate) companions: Vec<DraftId>,
}

/// One row on its way.
pub(crate) struct Job {
    pub(crate) row: PlanRow,
    pub(crate) draft: DraftId,
    pub(crate) place: usize,
    pub(crate) basis: RowBasis,
}

/// What a row on its way is about.
#[derive(Clone)]
pub(super) struct Subject {
    draft: DraftId,
    name: String,
}

impl Job {
    pub(super) fn subject(&self) -> Subject {
        Subject { draft: self.draft, name: self.row.draft_name.clone() }
    }

    /// Must that one be recorded before this one is made ready?
    pub(super) fn waits_for(&self, other: &Subject) -> bool {
        self.basis.companions.contains(&other.draft) || self.row.draft_name == other.name
    }

    /// What is sent for it.
    pub(super) const fn action(&self) -> AttemptAction {
        match self.row.action {
            PlanAction::Update | PlanAction::Adopt | PlanAction::Conflict => AttemptAction::Update,
            PlanAction::Delete => AttemptAction::Delete,
            PlanAction::Create | PlanAction::NoChange | PlanAction::Blocked => AttemptAction::Create,
        }
    }
}

/// Plans and the run.
#[derive(Default)]
pub(crate) struct Runs {
    plans: Mutex<Vec<Arc<StoredPlan>>>,
    current: Mutex<Option<Progress>>,
    cancelled: AtomicBool,
    cancel: Notify,
    /// Held while something is sent or looked for: by this process for all of the computer.
    claim: Mutex<Option<PublishClaim>>,
    beat: Mutex<Option<Instant>>,
    ended: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runs {
    pub(super) fn keep(&self, plan: StoredPlan) {
        let mut plans = lock(&self.plans);
        if plans.len() >= KEPT_PLANS {
            plans.remove(0);
        }
        plans.push(Arc::new(plan));
    }

    pub(super) fn plan(&self, id: &str) -> Option<Arc<StoredPlan>> {
        lock(&self.plans).iter().find(|plan| plan.view.id == id).cloned()
    }

    /// The run, under way or ended.
    pub(crate) fn view(&self) -> Option<RunView> {
        lock(&self.current).as_ref().map(|progress| progress.view().clone())
    }

    /// Puts a run into the [`Place`] that was taken.
    pub(super) fn begin(&self, run: RunView) {
        *lock(&self.current) = Some(Progress::new(run));
    }

    pub(super) fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Returns when no run is under way.
    pub(crate) async fn finished(&self) {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // Registered before the check, so that an end in between is not missed.
            ended.as_mut().enable();
            if lock(&self.claim).is_none() {
                return;
            }
            ended.await;
        }
    }

    /// Drops plans and reports: they hold names.
    pub(crate) fn forget(&self) {
        lock(&self.plans).clear();
        *lock(&self.current) = None;
    }
}

/// The one place for publishing and reconciling, on this whole computer; given free when dropped.
pub(super) struct Place(App);

impl Drop for Place {
    fn drop(&mut self) {
        let runs = &self.0.inner.runs;
        *lock(&runs.claim) = None;
        runs.cancelled.store(false, Ordering::SeqCst);
        runs.ended.notify_waiters();
    }
}

impl App {
    /// Takes the place.
    ///
    /// # Errors
    /// `RunActive` if it is taken; `VaultLocked`.
    pub(super) async fn place(&self) -> Result<Place, Problem> {
        let claim = self.with_session(|session| Ok(session.vault.claim_publishing()?)).await?;
        let Some(claim) = claim else {
            return Err(Problem::new(
                Code::RunActive,
                "The vault is being published from, or given a new key, here or in another Sealpost.",
                "Nothing was sent.",
                "Wait for that to end, or cancel it.",
            ));
        };
        self.inner.runs.cancelled.store(false, Ordering::SeqCst);
        *lock(&self.inner.runs.claim) = Some(claim);
        Ok(Place(self.clone()))
    }

    /// Waits; `false` at once if the run is cancelled before or meanwhile.
    pub(super) async fn pause(&self, time: Duration) -> bool {
        let runs = &self.inner.runs;
        let cancelled = runs.cancel.notified();
        tokio::pin!(cancelled);
        // Registered before the check, so that a cancel in between is not missed.
        cancelled.as_mut().enable();
        if runs.cancelled() {
            return false;
        }
        tokio::select! {
            () = self.inner.parts.sleeper.sleep(time) => !runs.cancelled(),
            () = cancelled => false,
        }
    }

    /// The run, under way or ended, if there was one since unlocking.
    #[must_use]
    pub fn publish_state(&self) -> Option<RunView> {
        self.inner.runs.view()
    }

    /// What is new of a run since a version of it; none if it is not the last one.
    #[must_use]
    pub fn publish_moved(&self, id: &str, after: u64) -> Option<RunMoved> {
        let current = lock(&self.inner.runs.current);
        current.as_ref().filter(|progress| progress.view().id == id).map(|progress| progress.since(after))
    }

    /// Asks the run to stop: the request in flight is finished and recorded, the rest is skipped.
    ///
    /// # Errors
    /// None; without a run it does nothing.
    pub async fn publish_cancel(&self) -> Result<(), Problem> {
        if lock(&self.inner.runs.claim).is_none() {
            return Ok(());
        }
        self.inner.runs.cancelled.store(true, Ordering::SeqCst);
        self.inner.runs.cancel.notify_waiters();
        let stopping = lock(&self.inner.runs.current).as_mut().is_some_and(Progress::cancel);
        if stopping {
            self.tell_run();
        }
        Ok(())
    }

    /// Returns the report once the run has ended.
    pub async fn publish_wait(&self) -> Option<RunView> {
        self.inner.runs.finished().await;
        self.inner.runs.view()
    }

    /// Changes one row of the run and tells the callers, at most every [`BEAT`] unless `now`.
    pub(super) fn update_item(&self, place: usize, now: bool, change: impl FnOnce(&mut RunItem)) {
        if let Some(progress) = lock(&self.inner.runs.current).as_mut() {
            progress.update(place, change);
        }
        let mut beat = lock(&self.inner.runs.beat);
        if now || beat.is_none_or(|last| last.elapsed() >= BEAT) {
            *beat = Some(Instant::now());
            drop(beat);
            self.tell_run();
        }
    }

    fn tell_run(&self) {
        let moved = lock(&self.inner.runs.current).as_mut().map(Progress::untold);
        if let Some(moved) = moved {
            self.emit(AppEvent::RunMoved { moved });
        }
    }

    /// Closes the run. Rows that never started are skipped, by name.
    pub(super) fn end_run(&self) {
        let at = self.now();
        if let Some(progress) = lock(&self.inner.runs.current).as_mut() {
            progress.end(at);
        }
        self.tell_run();
        self.emit(AppEvent::ContentChanged);
    }
}
