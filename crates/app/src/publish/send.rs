//! Sending one request of an attempt that was begun, again as far as that is safe, and reading back what it made.

use std::time::Duration;

use sealpost_dynatrace::{Client, Error, Exchanges, RemoteSet, RequestBody, UpdateOutcome};
use sealpost_vault::{AttemptAction, AttemptIntent, AttemptState, Digest, DraftMeta, PublishedSnapshot};

use super::classify::{TRIES, Tries, closed, resend};
use super::repeat::GivenUp;
use super::runs::Job;
use crate::app::App;
use crate::views::RunState;

/// A fresh id may be unknown for a while (contract 5.8): read again after these waits.
const READ_BACK_WAITS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];

/// A row ready to be sent: its secrets are in `body` only.
pub(super) struct Prepared {
    /// None for a delete.
    pub(super) body: Option<RequestBody>,
    pub(super) meta: DraftMeta,
    pub(super) digest: Digest,
    pub(super) snapshot: PublishedSnapshot,
    /// The set was made moments ago.
    pub(super) fresh: bool,
}

/// How a request ended.
pub(super) enum Sent {
    Accepted {
        remote_id: String,
    },
    Failed {
        error: Error,
        state: AttemptState,
        /// Monitors are known to use the set that was to be deleted.
        in_use: bool,
    },
}

impl App {
    /// Sends until it works or is given up, and shows the waits in the run's row.
    pub(super) async fn in_run<T, F: Future<Output = Result<T, Error>> + Send>(
        &self,
        job: &Job,
        action: AttemptAction,
        fresh: bool,
        send: impl Fn() -> F + Send,
    ) -> Result<T, GivenUp> {
        let next = |error: &Error, tries: &Tries| resend(action, error, tries);
        let waiting = |wait: Option<(u32, Duration)>| match wait {
            Some((made, wait)) => {
                let until = self.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                self.update_item(job.place, true, |item| {
                    item.state = RunState::Waiting;
                    item.retry_at = Some(until);
                    item.message = format!("Waiting before try {} of {TRIES}.", made + 1);
                });
            }
            None => self.update_item(job.place, true, |item| {
                item.state = RunState::Sending;
                item.retry_at = None;
                item.message.clear();
            }),
        };
        self.repeat(fresh, next, waiting, send).await
    }

    /// Sends the request of an attempt that was begun.
    pub(super) async fn send(
        &self,
        client: &Client,
        job: &Job,
        intent: &AttemptIntent,
        prepared: &Prepared,
        exchanges: &Exchanges,
    ) -> Sent {
        let (action, id) = (job.action(), intent.remote_id.clone().unwrap_or_default());
        let writes = client.witnessed(exchanges);
        let request = || async {
            match (&prepared.body, action) {
                (Some(body), AttemptAction::Create) => writes.create(body).await,
                (Some(body), _) => match writes.update(&id, body).await? {
                    UpdateOutcome::Updated => Ok(id.clone()),
                    // Contract 4.6: relink if the server gave another id.
                    UpdateOutcome::Created(new) => Ok(new),
                },
                (None, _) => delete(client, exchanges, &id).await.map(|()| id.clone()),
            }
        };
        match self.in_run(job, action, prepared.fresh, request).await {
            Ok(remote_id) => Sent::Accepted { remote_id },
            Err(GivenUp { error, maybe_applied }) => {
                let state = closed(&error, maybe_applied);
                let unsure_delete = action == AttemptAction::Delete && state == AttemptState::Unclear;
                match if unsure_delete { client.get(&id).await.ok() } else { None } {
                    // It is still there: whatever was sent, it did not delete it.
                    Some(set) => {
                        let in_use = set.usage.iter().any(|usage| usage.count > 0);
                        Sent::Failed { state: AttemptState::Refused, error, in_use }
                    }
                    None => Sent::Failed { state, error, in_use: false },
                }
            }
        }
    }

    /// The set as the server has it now; none if it can't be read yet.
    pub(super) async fn read_back(&self, client: &Client, id: &str) -> Option<RemoteSet> {
        for wait in READ_BACK_WAITS {
            if !wait.is_zero() {
                self.inner.parts.sleeper.sleep(wait).await;
            }
            match client.get(id).await {
                Ok(set) => return Some(set),
                Err(error) if error.is_not_found() || error.is_retryable() => {}
                Err(_) => return None,
            }
        }
        None
    }
}

/// Deletes a set. After a failure of the server's own the set is looked for: it may be gone all the same (contract
/// 5.7, an empty 500).
async fn delete(client: &Client, exchanges: &Exchanges, id: &str) -> Result<(), Error> {
    let Err(error) = client.witnessed(exchanges).delete(id).await else { return Ok(()) };
    if !error.may_have_been_applied() {
        return Err(error);
    }
    match client.get(id).await {
        Err(found) if found.is_not_found() => Ok(()),
        _ => Err(error),
    }
}
