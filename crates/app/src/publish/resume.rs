//! Runs that did not come to their end: what a run set out to do is stored sealed before it starts, so that after a
//! crash the rest of it is known, and not only what was under way.

use std::collections::HashMap;

use sealpost_vault::{AttemptState, Timestamp};
use serde::{Deserialize, Serialize};

use super::make::{Pair, Purpose};
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::{PlanAction, PlanView, RunState, RunView, UnfinishedRun};

const RUN: &str = "run";

/// What a run set out to do.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RecordedRun {
    started_at: Timestamp,
    /// It came to its end; what failed in it was told.
    ended: bool,
    deletes: bool,
    rows: Vec<Pair>,
}

/// How a row of a run stands by the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Done,
    Failed,
    Unresolved,
    NotStarted,
}

/// A run that was cut off, and how each of its rows stands.
type CutOff = (RecordedRun, Vec<(Pair, Standing)>);

fn pairs_of(run: &RunView, wanted: impl Fn(RunState) -> bool) -> Result<Vec<Pair>, Problem> {
    let items = run.items.iter().filter(|item| wanted(item.state));
    items.map(|item| Ok((parse_id(&item.draft_id)?, parse_environment_id(&item.environment_id)?))).collect()
}

impl App {
    /// Stores what a run sets out to do, before anything of it is sent.
    pub(super) async fn remember_run(&self, run: &RunView) -> Result<(), Problem> {
        let record = RecordedRun {
            started_at: Timestamp::from_millis(run.started_at),
            ended: false,
            deletes: run.items.iter().any(|item| item.action == PlanAction::Delete),
            rows: pairs_of(run, |_| true)?,
        };
        self.with_session(move |session| Ok(session.vault.set_setting(RUN, &record)?)).await
    }

    /// The run did what it could. If this can't be stored, the next start offers to resume a run with nothing left.
    pub(super) async fn run_came_to_its_end(&self) {
        let stored = self.with_session(|session| {
            let Some(mut record) = session.vault.setting::<RecordedRun>(RUN)? else { return Ok(()) };
            record.ended = true;
            Ok(session.vault.set_setting(RUN, &record)?)
        });
        drop(stored.await);
    }

    /// The last run, if the process ended before it did; none while a run is under way.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`.
    pub async fn publish_unfinished(&self) -> Result<Option<UnfinishedRun>, Problem> {
        if self.publish_state().is_some_and(|run| run.finished_at.is_none()) {
            return Ok(None);
        }
        self.with_session(|session| {
            // Another process is at it right now.
            if session.vault.claim_publishing()?.is_none() {
                return Ok(None);
            }
            let Some((record, standings)) = session.cut_off()? else { return Ok(None) };
            let count = |wanted| {
                u32::try_from(standings.iter().filter(|(_, standing)| *standing == wanted).count())
                    .unwrap_or(u32::MAX)
            };
            let run = UnfinishedRun {
                started_at: record.started_at.as_millis(),
                total: u32::try_from(standings.len()).unwrap_or(u32::MAX),
                done: count(Standing::Done),
                failed: count(Standing::Failed),
                unresolved: count(Standing::Unresolved),
                not_started: count(Standing::NotStarted),
            };
            Ok(Some(run).filter(|run| run.done < run.total))
        })
        .await
    }

    /// A plan over the rows of the last run that were not done: those that failed, are unclear, were skipped or never
    /// started. Nothing is sent before it is agreed to.
    ///
    /// # Errors
    /// `NotFound` if there is nothing left to do; as [`App::publish_plan`].
    pub async fn publish_resume(&self) -> Result<PlanView, Problem> {
        let (pairs, purpose) = match self.publish_state() {
            Some(run) => {
                let deletes = run.items.iter().any(|item| item.action == PlanAction::Delete);
                (pairs_of(&run, |state| state != RunState::Done)?, purpose_of(deletes))
            }
            None => {
                let left = self.with_session(Session::cut_off).await?;
                left.map_or((Vec::new(), Purpose::Publish), |(record, standings)| {
                    let open = standings.into_iter().filter(|(_, standing)| *standing != Standing::Done);
                    (open.map(|(pair, _)| pair).collect(), purpose_of(record.deletes))
                })
            }
        };
        if pairs.is_empty() {
            return Err(Problem::new(
                Code::NotFound,
                "Nothing is left of the last publish.",
                "Nothing was changed.",
                "",
            ));
        }
        self.plan_of(pairs, purpose).await
    }
}

const fn purpose_of(deletes: bool) -> Purpose {
    if deletes { Purpose::Unpublish } else { Purpose::Publish }
}

impl Session {
    /// The last run if it was cut off, and how each of its rows stands. Rows whose draft or environment is gone are
    /// left out.
    fn cut_off(&mut self) -> Result<Option<CutOff>, Problem> {
        let Some(record) = self.vault.setting::<RecordedRun>(RUN)?.filter(|record| !record.ended) else {
            return Ok(None);
        };
        let since = self.vault.attempts_since(record.started_at)?;
        let latest: HashMap<Pair, AttemptState> =
            since.into_iter().map(|attempt| ((attempt.draft, attempt.environment), attempt.state)).collect();
        self.refresh()?;
        let known = |(draft, environment): &Pair| {
            self.vault.draft(*draft).is_ok_and(|(draft, _)| draft.deleted_at.is_none())
                && self.index.environments().iter().any(|one| one.id == *environment)
        };
        let standing = |pair: &Pair| match latest.get(pair) {
            None => Standing::NotStarted,
            Some(AttemptState::Done) => Standing::Done,
            Some(AttemptState::Open | AttemptState::Unclear) => Standing::Unresolved,
            Some(AttemptState::Refused | AttemptState::NotSent) => Standing::Failed,
        };
        let standings =
            record.rows.iter().filter(|pair| known(pair)).map(|pair| (*pair, standing(pair))).collect();
        Ok(Some((record, standings)))
    }
}
