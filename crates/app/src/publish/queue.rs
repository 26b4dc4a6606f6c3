//! One environment's queue: one write at a time. While it is under way, the next row is made ready and the one before is
//! read back and recorded, so that the environment never waits for us.
//!
//! ```text
//! ready(n+1)      read, secrets opened ─┐
//! begin(n) ─▶ send(n)  the one write    ├─ at the same time
//! conclude(n-1)   read back, recorded  ─┘
//! ```
//!
//! A row that needs what another one leaves behind waits for it to be recorded: the id of a companion, or the set of a
//! draft of the same name, without which an answer that is lost could not be told apart.

use std::collections::VecDeque;
use std::sync::Arc;

use sealpost_dynatrace::Client;
use sealpost_vault::{AttemptId, AttemptState};

use super::classify::stops_the_queue;
use super::execute::{Answered, Readied};
use super::observe::Observed;
use super::runs::Job;
use super::send::Sent;
use crate::app::App;

/// A row whose outcome is not known, and its attempt.
pub(super) type Unclear = (usize, AttemptId);

impl App {
    /// Works off one environment's rows in order, and looks at the end what became of those without an answer.
    pub(super) async fn run_queue(&self, observed: Arc<Observed>, jobs: Vec<Job>) {
        let client = match self.connect(observed.environment.id).await {
            Ok((_, client)) => client,
            Err(problem) => return self.skip_all(&jobs, &problem.to_string()),
        };
        let mut jobs = VecDeque::from(jobs);
        let (mut unclear, mut stop) = (Vec::new(), None);
        let (mut ready, mut answered): (Option<Readied>, Option<Answered>) = (None, None);
        while stop.is_none() && !self.inner.runs.cancelled() {
            let current = match ready.take() {
                Some(readied) => readied,
                None => {
                    stop = self.conclude_if(&client, &observed, answered.take()).await;
                    let Some(job) = jobs.pop_front().filter(|_| stop.is_none()) else { break };
                    match self.ready(&client, &observed, job).await {
                        Ok(readied) => readied,
                        Err(stopped) => {
                            stop = stopped;
                            continue;
                        }
                    }
                }
            };
            let Some(attempt) = self.begin(&observed, &current).await else { continue };
            let before = answered.take();
            let free = |job: &Job| {
                !job.waits_for(&current.job)
                    && before.as_ref().is_none_or(|before| !job.waits_for(&before.readied.job))
            };
            let next = if jobs.front().is_some_and(free) { jobs.pop_front() } else { None };
            let (now, readied, concluded) = tokio::join!(
                self.answer(&client, current, attempt),
                self.ready_if(&client, &observed, next),
                self.conclude_if(&client, &observed, before),
            );
            match &now.sent {
                Sent::Failed { state: AttemptState::Unclear, .. } => {
                    unclear.push((now.readied.job.place, attempt));
                }
                // Told when it is concluded; nothing more is begun until then.
                Sent::Failed { error, .. } if stops_the_queue(error) => {
                    stop = self.conclude(&client, &observed, now).await;
                    ready = readied.unwrap_or(Ok(None)).ok().flatten();
                    break;
                }
                Sent::Failed { .. } | Sent::Accepted { .. } => {}
            }
            answered = Some(now);
            stop = concluded;
            match readied {
                Some(Ok(readied)) => ready = readied,
                Some(Err(stopped)) => stop = stop.or(stopped),
                None => {}
            }
        }
        let concluded = self.conclude_if(&client, &observed, answered).await;
        if let Some(why) = stop.or(concluded) {
            let rest: Vec<Job> = ready.map(|readied| readied.job).into_iter().chain(jobs).collect();
            self.skip_all(&rest, &why);
        }
        if !unclear.is_empty() {
            self.settle_rows(&observed, unclear).await;
        }
    }

    async fn conclude_if(
        &self,
        client: &Client,
        observed: &Observed,
        answered: Option<Answered>,
    ) -> Option<String> {
        self.conclude(client, observed, answered?).await
    }

    async fn ready_if(
        &self,
        client: &Client,
        observed: &Observed,
        job: Option<Job>,
    ) -> Option<Result<Option<Readied>, Option<String>>> {
        Some(self.ready(client, observed, job?).await.map(Some))
    }
}
