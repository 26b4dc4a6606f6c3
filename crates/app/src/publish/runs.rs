//! Plans that were shown and the run under way. One run at a time: two would race for the same sets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sealpost_vault::{DraftId, EnvironmentId};
use tokio::sync::Notify;

use super::observe::Observed;
use crate::app::App;
use crate::views::{AppEvent, PlanRow, PlanView, RunItem, RunState, RunView};

/// Plans kept for approval; older ones are forgotten.
const KEPT_PLANS: usize = 8;
/// Shortest time between two progress events, so that a run of thousands does not flood the window.
const BEAT: Duration = Duration::from_millis(80);

/// A plan that was shown, with what its rows were decided on.
pub(crate) struct StoredPlan {
    pub(crate) view: PlanView,
    pub(crate) observed: HashMap<EnvironmentId, Arc<Observed>>,
}

/// One row on its way.
pub(crate) struct Job {
    pub(crate) row: PlanRow,
    pub(crate) draft: DraftId,
    pub(crate) place: usize,
}

/// Plans and the run.
#[derive(Default)]
pub(crate) struct Runs {
    plans: Mutex<Vec<Arc<StoredPlan>>>,
    current: Mutex<Option<RunView>>,
    cancelled: AtomicBool,
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
        lock(&self.current).clone()
    }

    fn active(&self) -> bool {
        lock(&self.current).as_ref().is_some_and(|run| run.finished_at.is_none())
    }

    /// Takes the place of the one run; `false` if one is under way.
    pub(super) fn begin(&self, run: RunView) -> bool {
        let mut current = lock(&self.current);
        if current.as_ref().is_some_and(|run| run.finished_at.is_none()) {
            return false;
        }
        self.cancelled.store(false, Ordering::SeqCst);
        *current = Some(run);
        true
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
            if !self.active() {
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

impl App {
    /// The run, under way or ended, if there was one since unlocking.
    #[must_use]
    pub fn publish_state(&self) -> Option<RunView> {
        self.inner.runs.view()
    }

    /// Asks the run to stop: the request in flight is finished and recorded, the rest is skipped.
    ///
    /// # Errors
    /// None; without a run it does nothing.
    pub async fn publish_cancel(&self) -> Result<(), crate::problem::Problem> {
        self.inner.runs.cancelled.store(true, Ordering::SeqCst);
        let mut changed = false;
        if let Some(run) = lock(&self.inner.runs.current).as_mut() {
            changed = run.finished_at.is_none();
            run.cancelling = changed;
        }
        if changed {
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
        if let Some(item) = lock(&self.inner.runs.current).as_mut().and_then(|run| run.items.get_mut(place)) {
            change(item);
        }
        let mut beat = lock(&self.inner.runs.beat);
        if now || beat.is_none_or(|last| last.elapsed() >= BEAT) {
            *beat = Some(Instant::now());
            drop(beat);
            self.tell_run();
        }
    }

    fn tell_run(&self) {
        if let Some(run) = self.inner.runs.view() {
            self.emit(AppEvent::RunChanged { run });
        }
    }

    /// Closes the run. Rows that never started are skipped, by name.
    pub(super) fn end_run(&self) {
        let at = self.now();
        if let Some(run) = lock(&self.inner.runs.current).as_mut() {
            run.finished_at = Some(at);
            for item in &mut run.items {
                if item.state == RunState::Queued {
                    item.state = RunState::Skipped;
                    if item.message.is_empty() {
                        item.message = "Not started: the run was cancelled.".into();
                    }
                }
            }
        }
        self.inner.runs.ended.notify_waiters();
        self.tell_run();
        self.emit(AppEvent::ContentChanged);
    }
}
