//! Executing a plan: per environment one queue, one write at a time; per row attempt, request, read-back, record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sealpost_dynatrace::{Client, Error, ListFilter, RemoteSet, RequestBody, UpdateOutcome};
use sealpost_vault::{
    AttemptAction, AttemptId, AttemptIntent, AttemptState, Digest, DraftMeta, DraftSecrets, PublishedSnapshot,
};

use super::body::body_of;
use super::classify::{Verdict, judge, problem_of, stops_the_queue};
use super::observe::Observed;
use super::record::Ending;
use super::runs::{Job, Runs};
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{PlanAction, RunState};

/// A fresh id may be unknown for a while (contract 5.8): read again after these waits.
const READ_BACK_WAITS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// A row ready to be sent: its secrets are in `body` only.
struct Prepared {
    body: RequestBody,
    meta: DraftMeta,
    digest: Digest,
    snapshot: PublishedSnapshot,
}

/// How a request ended.
enum Sent {
    Accepted { remote_id: String },
    Failed { error: Error, state: AttemptState },
}

impl App {
    /// Works off one environment's rows in order.
    pub(super) async fn run_queue(&self, observed: Arc<Observed>, jobs: Vec<Job>) {
        let client = match self.connect(observed.environment.id).await {
            Ok((_, client)) => client,
            Err(problem) => return self.skip_all(&jobs, &problem.to_string()),
        };
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            if self.runs().cancelled() {
                return;
            }
            match self.run_job(&client, &observed, &job).await {
                Ok(None) => {}
                Ok(Some(stop)) => {
                    let rest: Vec<Job> = jobs.collect();
                    return self.skip_all(&rest, &stop);
                }
                Err(problem) if problem.code == Code::StaleRevision || problem.code == Code::PlanMoved => {
                    self.skip(
                        &job,
                        "Not sent: the draft was saved again since the plan was made. Make the plan again.",
                    );
                }
                Err(problem) => self.fail_locally(&job, &problem),
            }
        }
    }

    fn runs(&self) -> &Runs {
        &self.inner.runs
    }

    fn skip_all(&self, jobs: &[Job], why: &str) {
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

    /// One row. `Some` stops the environment's queue, with the reason.
    async fn run_job(
        &self,
        client: &Client,
        observed: &Observed,
        job: &Job,
    ) -> Result<Option<String>, Problem> {
        self.update_item(job.place, false, |item| item.state = RunState::Sending);
        let prepared = self.prepare(observed, job).await?;
        if prepared.body.is_too_large() {
            return Err(Problem::invalid(
                "the request is over 1 MB, the most the API takes.",
                "Use a smaller file.",
            ));
        }
        let action = match job.row.action {
            PlanAction::Update => AttemptAction::Update,
            _ => AttemptAction::Create,
        };
        let intent = match self.intent(client, observed, job, action, &prepared.meta).await {
            Ok(intent) => intent,
            Err(error) => return Ok(self.not_begun(observed, job, action, &error)),
        };
        let (draft, revision, environment) = (job.draft, job.row.revision, observed.environment.id);
        let for_attempt = intent.clone();
        let attempt = self
            .with_session(move |session| {
                Ok(session.vault.begin_attempt(draft, revision, environment, action, &for_attempt)?)
            })
            .await?;
        let start = Instant::now();
        let sent = self.send(client, job, action, &intent, &prepared.body).await;
        self.conclude(client, observed, job, (attempt, action, intent), prepared, sent, start).await
    }

    /// Opens the secrets of exactly the planned revision and writes the body.
    async fn prepare(&self, observed: &Observed, job: &Job) -> Result<Prepared, Problem> {
        let (draft, revision, environment) = (job.draft, job.row.revision, observed.environment.id);
        self.with_session(move |session| {
            let (stored, digest) = session.vault.draft(draft)?;
            let (secrets_revision, secrets): (u32, DraftSecrets) = session.vault.draft_secrets(draft)?;
            if stored.revision != revision || secrets_revision != revision || stored.deleted_at.is_some() {
                return Err(Problem::new(
                    Code::PlanMoved,
                    "The draft moved since the plan was made.",
                    "",
                    "",
                ));
            }
            let body = body_of(&stored.meta, &secrets, &|id| session.remote_id(id, environment))
                .map_err(|missing| Problem::invalid(missing.sentence(), "Make the plan again."))?;
            let snapshot = PublishedSnapshot {
                meta: stored.meta.clone(),
                secret_digests: session.vault.secret_digests(&secrets),
            };
            Ok(Prepared { body: body.to_request(), meta: stored.meta, digest, snapshot })
        })
        .await
    }

    /// What the attempt means to do. Before a create, the ids of all sets of that name are read: whatever appears
    /// later and is not among them may be ours (contract 5.5).
    async fn intent(
        &self,
        client: &Client,
        observed: &Observed,
        job: &Job,
        action: AttemptAction,
        meta: &DraftMeta,
    ) -> Result<AttemptIntent, Error> {
        let mut intent = AttemptIntent {
            remote_id: job.row.remote_id.clone(),
            name: meta.name.clone(),
            type_name: job.row.type_name.clone(),
            same_name_before: Vec::new(),
            token_owner: observed.token_owner.clone(),
            owner_before: None,
        };
        match (action, &job.row.remote_id) {
            (AttemptAction::Create, _) => {
                let named = client.list(&ListFilter { name: Some(meta.name.clone()) }).await?;
                intent.same_name_before =
                    named.sets.into_iter().filter(|set| set.name == meta.name).map(|set| set.id).collect();
            }
            (_, Some(id)) => intent.owner_before = observed.sets.get(id).map(|set| set.owner.clone()),
            _ => {}
        }
        Ok(intent)
    }

    /// The list before a create failed: nothing was begun, nothing was sent.
    fn not_begun(
        &self,
        observed: &Observed,
        job: &Job,
        action: AttemptAction,
        error: &Error,
    ) -> Option<String> {
        let problem = problem_of(action, AttemptState::NotSent, error, &observed.environment.meta.name);
        self.update_item(job.place, true, |item| {
            item.state = RunState::Failed;
            item.message = problem.message.clone();
            item.server_message = problem.server_message.clone();
            item.hint = problem.hint.clone();
        });
        stops_the_queue(error).then_some(problem.message)
    }

    /// Sends, waits and sends again as far as that is safe.
    async fn send(
        &self,
        client: &Client,
        job: &Job,
        action: AttemptAction,
        intent: &AttemptIntent,
        body: &RequestBody,
    ) -> Sent {
        let mut tries = 0;
        loop {
            let id = intent.remote_id.clone().unwrap_or_default();
            let answer = match action {
                AttemptAction::Update => client.update(&id, body).await.map(|outcome| match outcome {
                    UpdateOutcome::Updated => id,
                    // Contract 4.6: relink if the server gave another id.
                    UpdateOutcome::Created(new) => new,
                }),
                _ => client.create(body).await,
            };
            let error = match answer {
                Ok(remote_id) => return Sent::Accepted { remote_id },
                Err(error) => error,
            };
            match judge(action, &error, tries) {
                Verdict::Close(state) => return Sent::Failed { error, state },
                Verdict::Retry(wait) => {
                    tries += 1;
                    let until = self.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                    self.update_item(job.place, true, |item| {
                        item.state = RunState::Waiting;
                        item.retry_at = Some(until);
                        item.message =
                            format!("Waiting before try {} of {}.", tries + 1, super::classify::RETRIES + 1);
                    });
                    if !self.wait(wait).await {
                        // Cancelled while waiting: close with what is known of the last try.
                        let state = if action == AttemptAction::Update && error.may_have_been_applied() {
                            AttemptState::Unclear
                        } else {
                            AttemptState::Refused
                        };
                        return Sent::Failed { error, state };
                    }
                    self.update_item(job.place, true, |item| {
                        item.state = RunState::Sending;
                        item.retry_at = None;
                        item.message.clear();
                    });
                }
            }
        }
    }

    /// Waits unless the run is cancelled meanwhile.
    async fn wait(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        while Instant::now() < until {
            if self.runs().cancelled() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(100).min(until - Instant::now())).await;
        }
        true
    }

    /// Reads back what was written and records everything in one transaction.
    #[expect(clippy::too_many_arguments, reason = "what one row has gathered on its way")]
    async fn conclude(
        &self,
        client: &Client,
        observed: &Observed,
        job: &Job,
        (attempt, action, intent): (AttemptId, AttemptAction, AttemptIntent),
        prepared: Prepared,
        sent: Sent,
        start: Instant,
    ) -> Result<Option<String>, Problem> {
        let name = observed.environment.meta.name.clone();
        let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (ending, stop) = match sent {
            Sent::Accepted { remote_id } => {
                self.update_item(job.place, false, |item| {
                    item.state = RunState::Verifying;
                    item.remote_id = Some(remote_id.clone());
                });
                let remote = read_back(client, &remote_id).await;
                let ending = Ending::Published {
                    remote_id,
                    remote: remote.map(Box::new),
                    digest: prepared.digest,
                    snapshot: Box::new(prepared.snapshot),
                };
                (ending, None)
            }
            Sent::Failed { error, state } => {
                let problem = problem_of(action, state, &error, &name);
                let stop = stops_the_queue(&error).then(|| format!("Not started: {}", problem.message));
                (Ending::Failed { state, status: error.status(), problem }, stop)
            }
        };
        let written =
            if let Ending::Published { remote_id, .. } = &ending { Some(remote_id.clone()) } else { None };
        match self.record(observed, job, attempt, action, intent, ending, took_ms).await {
            Ok(()) => Ok(stop),
            Err(problem) => {
                self.not_recorded(job, written, &problem);
                // What can't be recorded must not be followed by more that can't be recorded.
                Ok(Some(format!("Not started: the vault could not be written. {}", problem.title)))
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

/// The set as the server has it now; none if it can't be read yet.
async fn read_back(client: &Client, id: &str) -> Option<RemoteSet> {
    for wait in READ_BACK_WAITS {
        tokio::time::sleep(wait).await;
        match client.get(id).await {
            Ok(set) => return Some(set),
            Err(error) if error.is_not_found() || error.is_retryable() => {}
            Err(_) => return None,
        }
    }
    None
}
