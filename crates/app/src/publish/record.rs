//! Recording how an attempt ended: attempt, publication and activity in one transaction, then the run's row.

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{
    AttemptAction, AttemptId, AttemptIntent, AttemptOutcome, AttemptState, Digest, Exchange, LinkChange,
    NewActivity, Publication, PublicationState, PublishedSnapshot, RecordedProblem, RecordedUsage, Timestamp,
};

use super::observe::Observed;
use super::runs::Job;
use crate::app::App;
use crate::problem::Problem;
use crate::views::{DetailLine, RunState};

/// How an attempt ended.
pub(super) enum Ending {
    /// Written there; read back if that worked.
    Published {
        remote_id: String,
        remote: Option<Box<RemoteSet>>,
        digest: Digest,
        snapshot: Box<PublishedSnapshot>,
    },
    /// Gone there.
    Deleted,
    /// Not written, or nobody knows.
    Failed { state: AttemptState, problem: RecordedProblem },
}

/// What was seen of an attempt's requests.
pub(super) struct Evidence {
    /// Milliseconds from the first byte to the last answer.
    pub(super) took_ms: u64,
    /// Each request and its answer.
    pub(super) exchanges: Vec<sealpost_dynatrace::Exchange>,
}

impl Evidence {
    /// HTTP status of the last answer.
    fn status(&self) -> Option<u16> {
        self.exchanges.last().and_then(|exchange| exchange.status)
    }

    /// As it is kept.
    fn kept(self) -> Vec<Exchange> {
        self.exchanges
            .into_iter()
            .map(|one| Exchange {
                sent_at: one.sent_at,
                method: one.method,
                path: one.path,
                request_headers: one.request_headers,
                request_body: one.request_body,
                status: one.status,
                response_headers: one.response_headers,
                response_body: one.response_body,
                failure: one.failure,
                took_ms: one.took_ms,
            })
            .collect()
    }
}

/// Takes over what a read of the remote set shows.
pub(super) fn take_remote(publication: &mut Publication, remote: &RemoteSet, now: Timestamp) {
    let meta = &mut publication.meta;
    meta.owner = Some(remote.owner.clone()).filter(|owner| !owner.is_empty());
    meta.scopes.clone_from(&remote.scopes);
    meta.usage =
        remote.usage.iter().map(|u| RecordedUsage { kind: u.kind.clone(), count: u.count }).collect();
    meta.external_id.clone_from(&remote.external_id);
    meta.remote = Some(serde_json::Value::Object(remote.raw.clone()));
    meta.unverified = None;
    publication.verified_at = Some(now);
}

/// The publication after the attempt. Pure.
pub(super) fn after(
    publication: &mut Publication,
    ending: &Ending,
    action: AttemptAction,
    revision: u32,
    intent: &AttemptIntent,
    now: Timestamp,
) {
    match ending {
        Ending::Published { remote_id, remote, digest, snapshot } => {
            publication.state = PublicationState::Published;
            publication.draft_revision = Some(revision);
            publication.published_at = Some(now);
            publication.digest = Some(*digest);
            publication.meta.remote_id = Some(remote_id.clone());
            publication.meta.published = Some((**snapshot).clone());
            publication.meta.problem = None;
            // What is there now is what was sent: the value that was accepted is not there any more.
            publication.meta.settled.accepted.clear();
            publication.meta.drift_seen_at = None;
            if let Some(remote) = remote {
                take_remote(publication, remote, now);
            }
            let owner = publication.meta.owner.clone();
            publication.meta.previous_owner =
                intent.owner_before.clone().filter(|before| Some(before) != owner.as_ref());
        }
        Ending::Deleted => {}
        Ending::Failed { state, problem } => {
            // A create whose outcome is unknown blocks the next one; a failed update leaves the link as it was.
            publication.state = match state {
                AttemptState::Unclear => PublicationState::Unclear,
                _ => PublicationState::Failed,
            };
            if let (AttemptState::Unclear, AttemptAction::Update) = (state, action) {
                forget_secrets(publication);
            }
            publication.meta.problem = Some(problem.clone());
        }
    }
}

/// Which secrets are there is no longer known: the next plan sends them again.
pub(super) fn forget_secrets(publication: &mut Publication) {
    if let Some(sent) = &mut publication.meta.published {
        sent.secret_digests.clear();
    }
    publication.digest = None;
}

fn activity(
    ending: &Ending,
    action: AttemptAction,
    job: &Job,
    observed: &Observed,
    evidence: &Evidence,
) -> NewActivity {
    let kind = match (ending, action) {
        (Ending::Published { .. }, AttemptAction::Update) => "updated",
        (Ending::Published { .. }, _) => "created",
        (Ending::Deleted, _) => "unpublished",
        (Ending::Failed { state: AttemptState::NotSent, .. }, _) => "publishNotSent",
        (Ending::Failed { state: AttemptState::Unclear, .. }, _) => "publishUnclear",
        (Ending::Failed { .. }, _) => "publishRefused",
    };
    let entry = NewActivity::of(kind)
        .about_draft(job.draft)
        .with_draft_name(&job.row.draft_name)
        .about_environment(observed.environment.id, &observed.environment.meta.name)
        .line("Request", &job.row.request)
        .line("Revision", job.row.revision.to_string())
        .line("Duration", format!("{} ms", evidence.took_ms));
    let entry = match evidence.status() {
        Some(status) => entry.line("Status", status.to_string()),
        None => entry,
    };
    match ending {
        Ending::Published { remote_id, remote, .. } => {
            let entry = entry.line("ID", remote_id);
            match remote {
                Some(set) => entry.line("Owner", &set.owner).line("Scopes", set.scopes.join(", ")),
                None => entry.line("Owner", "could not be read yet"),
            }
        }
        Ending::Deleted => match &job.row.remote_id {
            Some(id) => entry.line("ID", id),
            None => entry,
        },
        Ending::Failed { problem, .. } => {
            let entry = entry.line("What happened", &problem.message);
            match &problem.server_message {
                Some(text) => entry.line("Server said", text),
                None => entry,
            }
        }
    }
}

impl App {
    #[expect(clippy::too_many_arguments, reason = "what one row has gathered on its way")]
    pub(super) async fn record(
        &self,
        observed: &Observed,
        job: &Job,
        attempt: AttemptId,
        action: AttemptAction,
        intent: AttemptIntent,
        ending: Ending,
        evidence: Evidence,
    ) -> Result<(), Problem> {
        let (draft, environment, revision) = (job.draft, observed.environment.id, job.row.revision);
        let entry = activity(&ending, action, job, observed, &evidence);
        let (status, took_ms) = (evidence.status(), evidence.took_ms);
        let now = Timestamp::from_millis(self.now());
        let (ending, owner) = self
            .with_session(move |session| {
                let mut publication = match session.vault.publication(draft, environment)? {
                    Some(publication) => publication,
                    None => Publication::new(&session.vault, draft, environment),
                };
                after(&mut publication, &ending, action, revision, &intent, now);
                let mut outcome = AttemptOutcome {
                    status,
                    took_ms,
                    exchanges: evidence.kept(),
                    ..AttemptOutcome::default()
                };
                let state = match &ending {
                    Ending::Published { remote_id, remote, .. } => {
                        outcome.remote_id = Some(remote_id.clone());
                        outcome.owner_after = remote.as_ref().map(|set| set.owner.clone());
                        AttemptState::Done
                    }
                    Ending::Deleted => AttemptState::Done,
                    Ending::Failed { state, problem } => {
                        outcome.message.clone_from(&problem.message);
                        outcome.server_message.clone_from(&problem.server_message);
                        *state
                    }
                };
                let link = match &ending {
                    Ending::Deleted => LinkChange::Remove,
                    _ => LinkChange::Store(&mut publication),
                };
                session.vault.finish_attempt(attempt, state, &outcome, link, &entry)?;
                Ok((ending, publication.meta.owner))
            })
            .await?;
        self.show(job, attempt, ending, owner, took_ms);
        Ok(())
    }

    fn show(&self, job: &Job, attempt: AttemptId, ending: Ending, owner: Option<String>, took_ms: u64) {
        self.update_item(job.place, false, |item| {
            item.attempt_id = Some(attempt.to_string());
            item.took_ms = i64::try_from(took_ms).ok();
            item.retry_at = None;
            match ending {
                Ending::Published { remote_id, remote, .. } => {
                    item.state = RunState::Done;
                    item.remote_id = Some(remote_id);
                    item.owner = owner.filter(|_| remote.is_some());
                    item.message = if remote.is_some() {
                        String::new()
                    } else {
                        "Written. Owner and metadata could not be read yet; check for drift later.".into()
                    };
                }
                Ending::Deleted => {
                    item.state = RunState::Done;
                    item.message = "Deleted there. The draft is kept here.".into();
                }
                Ending::Failed { state, problem } => {
                    item.state =
                        if state == AttemptState::Unclear { RunState::Unclear } else { RunState::Failed };
                    item.message = problem.message;
                    item.server_message = problem.server_message;
                    item.hint = problem.hint;
                    item.violations = problem
                        .violations
                        .into_iter()
                        .map(|(label, value)| DetailLine { label, value })
                        .collect();
                }
            }
        });
    }
}
