//! A run on its way, and what is new of it since somebody last looked.
//!
//! ```text
//! update_item(place) ─▶ version + 1, the row remembers it ─▶ RunMoved{after, version, rows moved since, counts}
//! ```
//!
//! An event carries the rows that moved since the last one, never the whole run: what a run of n rows sends grows with n
//! and not with its square. Whoever missed an event sees it by `after` and asks for what is new since their version.

use crate::views::{MovedItem, RunCounts, RunItem, RunMoved, RunState, RunView};

/// The run under way, or the last one.
pub(super) struct Progress {
    run: RunView,
    /// By place: the version in which it moved last.
    moved: Vec<u64>,
    /// The version that the last event told.
    told: u64,
}

impl Progress {
    pub(super) fn new(run: RunView) -> Self {
        Self { moved: vec![run.version; run.items.len()], told: run.version, run }
    }

    pub(super) fn view(&self) -> &RunView {
        &self.run
    }

    /// Changes a row.
    pub(super) fn update(&mut self, place: usize, change: impl FnOnce(&mut RunItem)) {
        let Some((item, moved)) = self.run.items.get_mut(place).zip(self.moved.get_mut(place)) else {
            return;
        };
        change(item);
        self.run.version += 1;
        *moved = self.run.version;
    }

    /// A person asked to stop; `true` if there was something to stop.
    pub(super) fn cancel(&mut self) -> bool {
        let under_way = self.run.finished_at.is_none();
        self.run.cancelling = under_way;
        self.run.version += u64::from(under_way);
        under_way
    }

    /// The run has ended. Rows that never started are skipped, by name.
    pub(super) fn end(&mut self, at: i64) {
        for place in 0..self.run.items.len() {
            let open = |item: &RunItem| {
                matches!(item.state, RunState::Queued | RunState::Sending | RunState::Waiting)
            };
            if self.run.items.get(place).is_some_and(open) {
                self.update(place, |item| {
                    item.retry_at = None;
                    item.state = RunState::Skipped;
                    if item.message.is_empty() {
                        item.message = "Not started: the run was cancelled.".into();
                    }
                });
            }
        }
        self.run.finished_at = Some(at);
        self.run.version += 1;
    }

    /// What is new since a version.
    pub(super) fn since(&self, after: u64) -> RunMoved {
        let rows = self.run.items.iter().zip(&self.moved).enumerate();
        RunMoved {
            id: self.run.id.clone(),
            after,
            version: self.run.version,
            finished_at: self.run.finished_at,
            cancelling: self.run.cancelling,
            counts: self.counts(),
            items: rows
                .filter(|(_, (_, moved))| **moved > after)
                .map(|(place, (item, _))| MovedItem {
                    place: u32::try_from(place).unwrap_or(u32::MAX),
                    item: item.clone(),
                })
                .collect(),
        }
    }

    /// What was not told yet; told with this.
    pub(super) fn untold(&mut self) -> RunMoved {
        let moved = self.since(self.told);
        self.told = moved.version;
        moved
    }

    fn counts(&self) -> RunCounts {
        let mut counts = RunCounts::default();
        for item in &self.run.items {
            counts.total += 1;
            counts.waiting += u32::from(item.retry_at.is_some());
            match item.state {
                RunState::Queued | RunState::Sending | RunState::Waiting | RunState::Verifying => {
                    counts.open += 1;
                }
                RunState::Done => counts.done += 1,
                RunState::Failed | RunState::Unclear => counts.failed += 1,
                RunState::Skipped => {}
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::PlanAction;

    fn item(number: usize) -> RunItem {
        RunItem {
            key: format!("0192f4c2-0000-7000-8000-{number:012}:0192f4c2-0000-7000-8000-00000000000e"),
            draft_id: format!("0192f4c2-0000-7000-8000-{number:012}"),
            draft_name: format!("draft number {number}"),
            type_name: "USERNAME_PASSWORD".into(),
            environment_id: "0192f4c2-0000-7000-8000-00000000000e".into(),
            environment: "staging".into(),
            action: PlanAction::Create,
            state: RunState::Queued,
            remote_id: None,
            owner: None,
            attempt_id: None,
            message: String::new(),
            server_message: None,
            violations: Vec::new(),
            hint: None,
            retry_at: None,
            took_ms: None,
        }
    }

    fn run(rows: usize) -> RunView {
        RunView {
            id: "run".into(),
            started_at: 0,
            finished_at: None,
            cancelling: false,
            version: 0,
            items: (0..rows).map(item).collect(),
        }
    }

    /// Bytes of all events of a run in which every step of every row is told at once, the most there can be.
    fn bytes_sent(rows: usize) -> usize {
        let mut progress = Progress::new(run(rows));
        let mut bytes = 0;
        for place in 0..rows {
            for state in [RunState::Sending, RunState::Verifying, RunState::Done] {
                progress.update(place, |item| item.state = state);
                bytes += serde_json::to_vec(&progress.untold()).unwrap().len();
            }
        }
        progress.end(1);
        bytes + serde_json::to_vec(&progress.untold()).unwrap().len()
    }

    #[test]
    fn what_is_sent_grows_with_the_rows_and_not_with_their_square() {
        let (few, many) = (bytes_sent(500), bytes_sent(5_000));
        assert!(many < 11 * few, "500 rows: {few} bytes, 5,000 rows: {many} bytes");
        assert!(many < 5_000 * 3 * 1_024, "less than a kilobyte per step: {many} bytes");
    }

    #[test]
    fn whoever_merges_every_event_has_the_run_and_so_has_whoever_missed_some_and_asks() {
        let mut progress = Progress::new(run(3));
        let (mut merged, mut late) = (progress.view().clone(), progress.view().clone());
        let take = |run: &mut RunView, moved: RunMoved| {
            assert!(moved.after <= run.version, "nothing was missed");
            for one in moved.items {
                run.items[one.place as usize] = one.item;
            }
            (run.version, run.finished_at, run.cancelling) =
                (moved.version, moved.finished_at, moved.cancelling);
        };
        for (place, state) in [(0, RunState::Sending), (2, RunState::Failed), (0, RunState::Done)] {
            progress.update(place, |item| item.state = state);
            take(&mut merged, progress.untold());
        }
        assert!(progress.cancel());
        progress.end(7);
        let last = progress.untold();
        assert!(last.after > late.version, "the late one sees that it missed something");
        take(&mut merged, last);
        let missed = progress.since(late.version);
        take(&mut late, missed);
        assert_eq!((&merged, &late), (progress.view(), progress.view()));
        let counts = progress.since(0).counts;
        assert_eq!((counts.total, counts.open, counts.done, counts.failed), (3, 0, 1, 1));
        assert!(!progress.cancel(), "an ended run is not cancelled");
    }

    #[test]
    fn an_event_without_news_carries_no_row() {
        let mut progress = Progress::new(run(3));
        progress.update(1, |item| item.state = RunState::Done);
        assert_eq!(progress.untold().items.len(), 1);
        assert_eq!(progress.untold().items.len(), 0);
        progress.update(9, |item| item.state = RunState::Done);
        assert_eq!(progress.untold().items.len(), 0, "a place that is not there");
    }
}
