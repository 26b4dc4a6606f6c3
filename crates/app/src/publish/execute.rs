//! The steps of one row: made ready, its attempt committed, sent, read back, recorded. `queue` puts them in order.

use std::time::Instant;

use sealpost_dynatrace::{Client, Error, Exchanges, ListFilter, RequestBody};
use sealpost_vault::{
    AttemptAction, AttemptId, AttemptIntent, AttemptState, DraftId, DraftMeta, DraftSecrets, EnvironmentId,
    NewAttempt, PublishedSnapshot, Timestamp,
};

use super::body::{NoBody, body_of};
use super::classify::{in_use, problem_of, stops_the_queue};
use super::compare::{companion_ids, metadata_of};
use super::observe::Observed;
use super::record::{Ending, Evidence};
use super::runs::Job;
use super::send::{Prepared, Sent};
use crate::app::{App, Session};
use crate::problem::{Code, Problem};
use crate::views::RunState;

/// An id is fresh for so long after it was made, milliseconds.
const FRESH_MS: i64 = 60_000;

/// Why an attempt was not even begun.
enum NotBegun {
    /// The environment could not be read.
    Unread(Error),
    /// Something there is no longer what the plan was decided on.
    Moved(String),
}

/// A row whose request can leave.
pub(super) struct Readied {
    pub(super) job: Job,
    prepared: Prepared,
    intent: AttemptIntent,
}

/// A row whose request has ended.
pub(super) struct Answered {
    pub(super) readied: Readied,
    pub(super) attempt: AttemptId,
    pub(super) sent: Sent,
    evidence: Evidence,
}

impl App {
    pub(super) fn skip_all(&self, jobs: &[Job], why: &str) {
        for job in jobs {
            self.skip(job, why);
        }
    }

    fn skip(&self, job: &Job, why: &str) {
        self.update_item(job.place, true, |item| {
            item.state = RunState::Skipped;
            item.message = why.to_owned();
        });
    }

    /// Nothing was sent: something of ours stood in the way.
    fn fail_locally(&self, job: &Job, problem: &Problem) {
        self.update_item(job.place, true, |item| {
            item.state = RunState::Failed;
            item.message = format!("Not sent: {}", problem.title);
            item.hint = Some(problem.hint.clone());
        });
    }

    /// Why a row was not sent, told in the run.
    fn not_sent(&self, job: &Job, problem: &Problem) {
        match problem.code {
            Code::StaleRevision => self.skip(
                job,
                "Not sent: the draft was saved or published again since the plan was made. Make the plan again.",
            ),
            Code::PlanMoved => self.skip(job, &format!("Not sent: {} Make the plan again.", problem.title)),
            _ => self.fail_locally(job, problem),
        }
    }

    /// Makes a row ready: secrets opened, everything read that has to be read before. `Err` if it can't be sent, which
    /// is told then; with a reason if it stops the environment's queue.
    pub(super) async fn ready(
        &self,
        client: &Client,
        observed: &Observed,
        job: Job,
    ) -> Result<Readied, Option<String>> {
        let prepared = match self.prepare(observed, &job).await {
            Ok(prepared) => prepared,
            Err(problem) => {
                self.not_sent(&job, &problem);
                return Err(None);
            }
        };
        if prepared.body.as_ref().is_some_and(RequestBody::is_too_large) {
            let problem =
                Problem::invalid("the request is over 1 MB, the most the API takes.", "Use a smaller file.");
            self.not_sent(&job, &problem);
            return Err(None);
        }
        match self.intent(client, observed, &job, &prepared).await {
            Ok(intent) => Ok(Readied { job, prepared, intent }),
            Err(NotBegun::Unread(error)) => Err(self.not_begun(observed, &job, &error)),
            Err(NotBegun::Moved(what)) => {
                self.not_sent(&job, &Problem::new(Code::PlanMoved, what, "", ""));
                Err(None)
            }
        }
    }

    /// Commits the attempt of a row, if everything is still what the plan saw; else tells why not.
    pub(super) async fn begin(&self, observed: &Observed, readied: &Readied) -> Option<AttemptId> {
        let job = &readied.job;
        self.update_item(job.place, false, |item| item.state = RunState::Sending);
        let new = NewAttempt {
            draft: job.draft,
            draft_revision: job.row.revision,
            environment: observed.environment.id,
            publication_revision: job.basis.publication,
            action: job.action(),
            intent: readied.intent.clone(),
            known: job.basis.known.clone(),
        };
        match self.with_session(move |session| Ok(session.vault.begin_attempt(&new)?)).await {
            Ok(attempt) => Some(attempt),
            Err(problem) => {
                self.not_sent(job, &problem);
                None
            }
        }
    }

    /// Sends the request of an attempt that was begun.
    pub(super) async fn answer(&self, client: &Client, readied: Readied, attempt: AttemptId) -> Answered {
        let (start, exchanges) = (Instant::now(), Exchanges::default());
        let sent = self.send(client, &readied.job, &readied.intent, &readied.prepared, &exchanges).await;
        let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Answered { readied, attempt, sent, evidence: Evidence { took_ms, exchanges: exchanges.take() } }
    }

    /// Opens the secrets of exactly the planned revision and writes the body.
    async fn prepare(&self, observed: &Observed, job: &Job) -> Result<Prepared, Problem> {
        let (draft, revision, environment) = (job.draft, job.row.revision, observed.environment.id);
        let (action, now) = (job.action(), self.now());
        self.with_session(move |session| {
            let (stored, digests) = session.vault.draft(draft)?;
            let (secrets_revision, secrets): (u32, DraftSecrets) = session.vault.draft_secrets(draft)?;
            let trashed = stored.deleted_at.is_some() && action != AttemptAction::Delete;
            if stored.revision != revision || secrets_revision != revision || trashed {
                return Err(Problem::new(
                    Code::PlanMoved,
                    "the draft was saved again since the plan was made.",
                    "",
                    "",
                ));
            }
            // From here on it is the draft as this environment gets it.
            let meta = stored.meta.in_environment(environment);
            let (secrets, digest) =
                (secrets.in_environment(environment), *digests.in_environment(environment));
            let link = session.vault.publication(draft, environment)?;
            let made = link.and_then(|link| link.published_at).map(Timestamp::as_millis);
            let id_of = |id| session.remote_id(id, environment);
            let body = match action {
                AttemptAction::Delete => None,
                _ => Some(
                    body_of(&meta, &secrets, &id_of)
                        .map_err(|missing| session.no_body(&missing, &meta, environment))?
                        .to_request(),
                ),
            };
            let snapshot = PublishedSnapshot {
                meta: meta.clone(),
                secret_digests: session.vault.secret_digests(&secrets),
                companions: companion_ids(&meta, &id_of),
            };
            let fresh = made.is_some_and(|at| now.saturating_sub(at) < FRESH_MS);
            Ok(Prepared { body, meta, digest, snapshot, fresh })
        })
        .await
    }

    /// What the attempt means to do. Before a create, the ids of all sets of that name are read: whatever appears
    /// later and is not among them may be ours (contract 5.5). Before an update or a delete, the set itself is read:
    /// what moved since the plan is not touched.
    async fn intent(
        &self,
        client: &Client,
        observed: &Observed,
        job: &Job,
        prepared: &Prepared,
    ) -> Result<AttemptIntent, NotBegun> {
        let mut intent = AttemptIntent {
            remote_id: job.row.remote_id.clone(),
            name: prepared.meta.name.clone(),
            type_name: job.row.type_name.clone(),
            same_name_before: Vec::new(),
            token_owner: observed.token_owner.clone(),
            owner_before: None,
            local_user: self.inner.parts.user.clone(),
        };
        match (job.action(), &job.row.remote_id) {
            (AttemptAction::Create, _) => {
                intent.same_name_before = self.same_name(client, observed, &prepared.meta.name).await?;
            }
            (action, Some(id)) => {
                let read = self.in_run(job, action, prepared.fresh, || client.get(id)).await;
                let seen = observed.sets.get(id);
                match (read, seen) {
                    (Ok(now), Some(seen)) if metadata_of(&now) == metadata_of(seen) => {
                        intent.owner_before = Some(now.owner);
                    }
                    (Ok(_), _) => {
                        return Err(NotBegun::Moved(format!(
                            "{id} was changed there since the plan was made."
                        )));
                    }
                    (Err(given_up), seen) if given_up.error.is_not_found() => {
                        // A deletion of what is gone is done; anything else would be a surprise.
                        if seen.is_some() && action != AttemptAction::Delete {
                            return Err(NotBegun::Moved(format!(
                                "{id} is gone there since the plan was made."
                            )));
                        }
                    }
                    (Err(given_up), _) => return Err(NotBegun::Unread(given_up.error)),
                }
            }
            _ => {}
        }
        Ok(intent)
    }

    /// Ids of all sets of that name there. One that the plan did not know and no draft is linked to is a reason to stop.
    async fn same_name(
        &self,
        client: &Client,
        observed: &Observed,
        name: &str,
    ) -> Result<Vec<String>, NotBegun> {
        let filter = ListFilter { name: Some(name.to_owned()) };
        let named = self.reading(|| client.list(&filter)).await.map_err(NotBegun::Unread)?;
        let ids: Vec<String> =
            named.sets.into_iter().filter(|set| set.name == name).map(|set| set.id).collect();
        let mut news: Vec<String> =
            ids.iter().filter(|id| !observed.sets.contains_key(*id)).cloned().collect();
        if !news.is_empty() {
            // Linked by a draft, or perhaps made by a create of ours without an answer, which the snapshot tells apart.
            let (environment, named) = (observed.environment.id, name.to_owned());
            let known = self.with_session(move |session| {
                let links = session.vault.publications_in(environment)?;
                let lost = session.vault.unresolved_attempts()?.into_iter().any(|attempt| {
                    attempt.environment == environment
                        && attempt.action == AttemptAction::Create
                        && attempt.intent.name == named
                });
                Ok((links, lost))
            });
            if let Ok((links, lost)) = known.await {
                news.retain(|id| !lost && !links.iter().any(|link| link.meta.remote_id.as_ref() == Some(id)));
            }
        }
        match news.first() {
            Some(id) => Err(NotBegun::Moved(format!(
                "another set of this name, {id}, appeared there since the plan was made."
            ))),
            None => Ok(ids),
        }
    }

    /// The list before a create failed: nothing was begun, nothing was sent.
    fn not_begun(&self, observed: &Observed, job: &Job, error: &Error) -> Option<String> {
        let name = &observed.environment.meta.name;
        let problem = problem_of(job.action(), AttemptState::NotSent, error, name);
        self.update_item(job.place, true, |item| {
            item.state = RunState::Failed;
            item.message = problem.message.clone();
            item.server_message = problem.server_message.clone();
            item.hint = problem.hint.clone();
        });
        stops_the_queue(error).then_some(problem.message)
    }

    /// Reads back what was written and records everything in one transaction. `Some` stops the environment's queue.
    pub(super) async fn conclude(
        &self,
        client: &Client,
        observed: &Observed,
        answered: Answered,
    ) -> Option<String> {
        let Answered { readied: Readied { job, prepared, intent }, attempt, sent, evidence } = answered;
        let (name, action) = (observed.environment.meta.name.clone(), job.action());
        let (ending, stop) = match sent {
            Sent::Accepted { .. } if action == AttemptAction::Delete => (Ending::Deleted, None),
            Sent::Accepted { remote_id } => {
                self.update_item(job.place, false, |item| {
                    item.state = RunState::Verifying;
                    item.remote_id = Some(remote_id.clone());
                });
                let remote = self.read_back(client, &remote_id).await;
                let ending = Ending::Published {
                    remote_id,
                    remote: remote.map(Box::new),
                    digest: prepared.digest,
                    snapshot: Box::new(prepared.snapshot),
                };
                (ending, None)
            }
            Sent::Failed { error, state, in_use: used } => {
                let problem = if used { in_use(&name) } else { problem_of(action, state, &error, &name) };
                let stop = stops_the_queue(&error).then(|| format!("Not started: {}", problem.message));
                (Ending::Failed { state, problem }, stop)
            }
        };
        let written =
            if let Ending::Published { remote_id, .. } = &ending { Some(remote_id.clone()) } else { None };
        match self.record(observed, &job, attempt, action, intent, ending, evidence).await {
            Ok(()) => stop,
            Err(problem) => {
                self.not_recorded(&job, written, &problem);
                // What can't be recorded must not be followed by more that can't be recorded.
                Some(format!("Not started: the vault could not be written. {}", problem.title))
            }
        }
    }
}

impl App {
    /// The request went out and the vault could not be written: the attempt stays open in the journal, and the row says
    /// what a person must not lose, the id.
    fn not_recorded(&self, job: &Job, written: Option<String>, problem: &Problem) {
        self.update_item(job.place, true, |item| {
            item.state = RunState::Unclear;
            item.message = match &written {
                Some(id) => format!("Written there as {id}, but not recorded here: {}", problem.title),
                None => {
                    format!("The request ended, but its outcome could not be recorded: {}", problem.title)
                }
            };
            item.remote_id = written;
            item.hint = Some(format!("Keep the ID. The attempt stays open in the vault. {}", problem.hint));
        });
    }
}

impl Session {
    /// Why a draft can't be sent, with what exists already of the group it belongs to.
    fn no_body(&self, missing: &NoBody, meta: &DraftMeta, environment: EnvironmentId) -> Problem {
        let mut hint = "Make the plan again.".to_owned();
        if let NoBody::MissingCompanion(_) = missing {
            let name =
                |id: DraftId| self.vault.draft(id).map(|(draft, _)| draft.meta.name).unwrap_or_default();
            let exists: Vec<String> = companion_ids(meta, &|id| self.remote_id(id, environment))
                .into_iter()
                .map(|(id, remote)| format!("{} as {remote}", name(id)))
                .collect();
            hint = if exists.is_empty() {
                "None of the sets it refers to exists there yet. Resolve what stopped them, then publish again.".into()
            } else {
                format!(
                    "There already: {}. They stay, nothing uses them yet, and publishing again makes no second ones.",
                    exists.join(", ")
                )
            };
        }
        Problem::invalid(missing.sentence(), hint)
    }
}
