//! One environment's queue: one write at a time. While it is under way, the next rows are made ready and those before are
//! read back and recorded, so that the environment never waits for us.
//!
//! ```text
//! waiting ─▶ readying (read, secrets opened) ─▶ begun, then sent: one at a time ─▶ recording (read back, recorded)
//!            at most AHEAD at a time                                              at most BEHIND at a time
//! ```
//!
//! A row that needs what another one leaves behind waits for it to be recorded: the id of a companion, or the set of a
//! draft of the same name, without which an answer that is lost could not be told apart.

use std::collections::VecDeque;
use std::sync::Arc;

use sealpost_dynatrace::Client;
use sealpost_vault::{AttemptId, AttemptState};
use tokio::task::JoinHandle;

use super::classify::stops_the_queue;
use super::execute::{Answered, Readied};
use super::observe::Observed;
use super::runs::{Job, Subject};
use super::send::Sent;
use crate::app::App;

/// Rows made ready while another is sent. Two, so that one slow reading does not hold up the next write.
const AHEAD: usize = 2;
/// Rows read back and recorded while another is sent.
const BEHIND: usize = 2;

/// A row whose outcome is not known, and its attempt.
pub(super) type Unclear = (usize, AttemptId);

/// Ready to be sent, or why not: with a reason if it stops the queue.
type Ready = Result<Readied, Option<String>>;

/// One environment's rows on their way.
struct Queue {
    app: App,
    client: Arc<Client>,
    observed: Arc<Observed>,
    waiting: VecDeque<Job>,
    readying: VecDeque<(Subject, JoinHandle<Ready>)>,
    sending: Option<Subject>,
    recording: VecDeque<(Subject, JoinHandle<Option<String>>)>,
    unclear: Vec<Unclear>,
    /// Why nothing more is begun.
    stop: Option<String>,
}

impl App {
    /// Works off one environment's rows in order, and looks at the end what became of those without an answer.
    pub(super) async fn run_queue(&self, observed: Arc<Observed>, jobs: Vec<Job>) {
        let client = match self.connect(observed.environment.id).await {
            Ok((_, client)) => Arc::new(client),
            Err(problem) => return self.skip_all(&jobs, &problem.to_string()),
        };
        let mut queue = Queue {
            app: self.clone(),
            client,
            observed: Arc::clone(&observed),
            waiting: jobs.into(),
            readying: VecDeque::new(),
            sending: None,
            recording: VecDeque::new(),
            unclear: Vec::new(),
            stop: None,
        };
        queue.work_off().await;
        queue.wind_up().await;
        if !queue.unclear.is_empty() {
            self.settle_rows(&observed, queue.unclear).await;
        }
    }
}

impl Queue {
    async fn work_off(&mut self) {
        while self.stop.is_none() && !self.app.inner.runs.cancelled() {
            self.make_ready();
            let Some((_, readying)) = self.readying.pop_front() else {
                if self.waiting.is_empty() {
                    return;
                }
                // The next one needs what is still being recorded.
                self.recorded().await;
                continue;
            };
            match result_of(readying).await {
                Ok(readied) => self.write(readied).await,
                Err(stopped) => self.stop = self.stop.take().or(stopped),
            }
        }
    }

    /// Starts to make ready what can be sent next.
    fn make_ready(&mut self) {
        while self.readying.len() < AHEAD && self.waiting.front().is_some_and(|job| self.is_free(job)) {
            let Some(job) = self.waiting.pop_front() else { return };
            let subject = job.subject();
            let (app, client, observed) = self.parts();
            let task = tokio::spawn(async move { app.ready(&client, &observed, job).await });
            self.readying.push_back((subject, task));
        }
    }

    /// Does nothing on its way leave behind what this one needs?
    fn is_free(&self, job: &Job) -> bool {
        let readying = self.readying.iter().map(|(subject, _)| subject);
        let recording = self.recording.iter().map(|(subject, _)| subject);
        !readying.chain(recording).chain(&self.sending).any(|subject| job.waits_for(subject))
    }

    /// The one write.
    async fn write(&mut self, readied: Readied) {
        let Some(attempt) = self.app.begin(&self.observed, &readied).await else { return };
        let subject = readied.job.subject();
        self.sending = Some(subject.clone());
        self.make_ready();
        let answered = self.app.answer(&self.client, readied, attempt).await;
        self.sending = None;
        match &answered.sent {
            Sent::Failed { state: AttemptState::Unclear, .. } => {
                self.unclear.push((answered.readied.job.place, attempt));
            }
            // Recorded before anything else: what it says decides whether another one may begin.
            Sent::Failed { error, .. } if stops_the_queue(error) => {
                self.stop = self.app.conclude(&self.client, &self.observed, answered).await;
                return;
            }
            Sent::Failed { .. } | Sent::Accepted { .. } => {}
        }
        self.record(subject, answered).await;
    }

    /// Reads back and records, while the next one is sent.
    async fn record(&mut self, subject: Subject, answered: Answered) {
        while self.recording.len() >= BEHIND {
            self.recorded().await;
        }
        let (app, client, observed) = self.parts();
        let task = tokio::spawn(async move { app.conclude(&client, &observed, answered).await });
        self.recording.push_back((subject, task));
    }

    /// Waits for the oldest one that is being recorded.
    async fn recorded(&mut self) {
        if let Some((_, recording)) = self.recording.pop_front() {
            let stopped = result_of(recording).await;
            self.stop = self.stop.take().or(stopped);
        }
    }

    /// Waits for what is being recorded, and tells the rows that are left why they were not sent.
    async fn wind_up(&mut self) {
        while !self.recording.is_empty() {
            self.recorded().await;
        }
        let mut left = Vec::new();
        for (_, readying) in std::mem::take(&mut self.readying) {
            // One that could not be made ready was told so then.
            left.extend(result_of(readying).await.ok().map(|readied| readied.job));
        }
        left.extend(self.waiting.drain(..));
        if let Some(why) = &self.stop {
            self.app.skip_all(&left, why);
        }
    }

    fn parts(&self) -> (App, Arc<Client>, Arc<Observed>) {
        (self.app.clone(), Arc::clone(&self.client), Arc::clone(&self.observed))
    }
}

/// What a task of ours ended with; it is never cancelled, and its panic is the queue's.
async fn result_of<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(result) => result,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}
