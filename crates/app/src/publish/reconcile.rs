//! Reconciling: finding out what became of every attempt that was left open or unclear, without sending anything.
//!
//! ```text
//! unresolved attempts, per environment
//!   look (whole list, linked sets by id) ─▶ settle what is certain ─▶ wait ─▶ look again … ─▶ settle the rest
//! ```
//!
//! A fresh set may be invisible for a while (contract 5.8), and a request that was given up on may still arrive: absence
//! counts only at the last look. An attempt of more than a minute ago is settled by one look.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sealpost_dynatrace::{Client, Error, ListFilter, RemoteSet};
use sealpost_vault::{Attempt, AttemptAction, AttemptId, Environment, EnvironmentId};

use super::fields::Fields;
use super::observe::{Observed, not_readable};
use super::queue::Unclear;
use super::settle::{Found, trace_update};
use super::unresolved::{Lost, Trace, trace_all};
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{FoundSet, ReconcileChoice, ReconcileItem, ReconcileOutcome, ReconcileView, RunState};

/// Waits between looks: 2, 5, 10 and 20 seconds after the first one.
const WAITS: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(3), Duration::from_secs(5), Duration::from_secs(10)];

/// A person's answers by attempt; none means that no set is it.
type Choices = HashMap<AttemptId, Option<String>>;

/// What one look at an environment saw.
struct Seen {
    sets: Vec<RemoteSet>,
    /// Sets that attempts name, by id; none if there is no such set.
    named: HashMap<String, Option<RemoteSet>>,
}

impl App {
    /// How many attempts have no known outcome.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`.
    pub async fn unresolved_count(&self) -> Result<u32, Problem> {
        let count = self.with_session(|session| Ok(session.vault.unresolved_attempts()?.len())).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Finds out what became of every attempt without a known outcome. Sends nothing; takes up to 20 seconds for
    /// attempts of the last minute. `choices` answer for attempts that several sets may belong to.
    ///
    /// # Errors
    /// `RunActive`, `VaultLocked`, `NotFound` for a choice that names no unresolved attempt. An environment that can't
    /// be read is told in its items.
    pub async fn reconcile(&self, choices: Vec<ReconcileChoice>) -> Result<ReconcileView, Problem> {
        let place = self.place().await?;
        let attempts = self.with_session(|session| Ok(session.vault.unresolved_attempts()?)).await?;
        let mut chosen = Choices::new();
        for choice in choices {
            let attempt = attempts
                .iter()
                .find(|attempt| attempt.id.to_string() == choice.attempt_id)
                .ok_or_else(|| Problem::not_found("unresolved attempt"))?;
            chosen.insert(attempt.id, choice.remote_id);
        }
        let order: Vec<String> = attempts.iter().map(|attempt| attempt.id.to_string()).collect();
        let mut by_environment: HashMap<EnvironmentId, Vec<Attempt>> = HashMap::new();
        for attempt in attempts {
            by_environment.entry(attempt.environment).or_default().push(attempt);
        }
        let chosen = Arc::new(chosen);
        let mut looking = tokio::task::JoinSet::new();
        for (environment, attempts) in by_environment {
            let (app, chosen) = (self.clone(), Arc::clone(&chosen));
            looking.spawn(async move { app.settle_all(environment, attempts, &chosen, |_| {}).await });
        }
        let mut items = Vec::new();
        while let Some(done) = looking.join_next().await {
            items.extend(done.unwrap_or_else(|_| Ok(Vec::new()))?);
        }
        items.sort_by_key(|item| order.iter().position(|id| *id == item.attempt_id));
        if !items.is_empty() {
            self.emit(crate::views::AppEvent::ContentChanged);
        }
        drop(place);
        Ok(ReconcileView { at: self.now(), items })
    }

    /// Settles rows of a run and shows what was found.
    pub(super) async fn settle_rows(&self, observed: &Observed, rows: Vec<Unclear>) {
        let environment = observed.environment.id;
        let ids: Vec<AttemptId> = rows.iter().map(|(_, id)| *id).collect();
        let attempts = self.with_session(move |session| {
            let all = session.vault.unresolved_attempts()?;
            Ok(all.into_iter().filter(|attempt| ids.contains(&attempt.id)).collect::<Vec<_>>())
        });
        let Ok(attempts) = attempts.await else { return };
        let waiting = |wait: Duration| {
            let until = self.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            for (place, _) in &rows {
                self.update_item(*place, true, |item| item.retry_at = Some(until));
            }
        };
        let found = self.settle_all(environment, attempts, &Choices::new(), waiting).await;
        for (place, id) in &rows {
            let of_row = |item: &&ReconcileItem| item.attempt_id == id.to_string();
            let settled = found.as_ref().ok().and_then(|items| items.iter().find(of_row));
            self.update_item(*place, true, |item| {
                item.retry_at = None;
                let Some(settled) = settled else { return };
                item.state = match settled.outcome {
                    ReconcileOutcome::Adopted | ReconcileOutcome::Confirmed => RunState::Done,
                    ReconcileOutcome::NotArrived => RunState::Failed,
                    ReconcileOutcome::Ask | ReconcileOutcome::Unclear | ReconcileOutcome::Unreadable => {
                        RunState::Unclear
                    }
                };
                if item.state == RunState::Done {
                    item.server_message = None;
                    item.violations.clear();
                }
                item.message.clone_from(&settled.message);
                item.hint.clone_from(&settled.hint);
                item.remote_id = settled.remote_id.clone().or_else(|| item.remote_id.take());
            });
        }
    }

    /// Looks as often as it takes, and settles.
    async fn settle_all(
        &self,
        environment: EnvironmentId,
        attempts: Vec<Attempt>,
        choices: &Choices,
        waiting: impl Fn(Duration) + Send,
    ) -> Result<Vec<ReconcileItem>, Problem> {
        let (environment, client) = match self.connect(environment).await {
            Ok(connected) => connected,
            Err(problem) if problem.code == Code::VaultLocked => return Err(problem),
            Err(problem) => return self.unread(environment, &attempts, &problem.title).await,
        };
        let (mut open, mut items) = (attempts, Vec::new());
        let mut waits = WAITS.iter();
        loop {
            // Before the look: what became visible while the answer travelled is not in it.
            let now = self.now();
            let seen = match self.look(&client, &open).await {
                Ok(seen) => seen,
                Err(error) => {
                    let why = not_readable(&error, &environment.meta.name);
                    items.extend(self.unread(environment.id, &open, &why).await?);
                    return Ok(items);
                }
            };
            let wait = waits.next().copied();
            let here = environment.clone();
            let choices = choices.clone();
            let looked = self.change(move |session| {
                let found = session.found(&here, &open, &seen, &choices, wait.is_none(), now)?;
                let (mut settled, mut left) = (Vec::new(), Vec::new());
                for (attempt, found) in open.into_iter().zip(found) {
                    match found {
                        Some(found) => settled.push(session.settle(&attempt, &here, found)?),
                        None => left.push(attempt),
                    }
                }
                Ok((settled, left))
            });
            let (settled, left) = looked.await?;
            items.extend(settled);
            open = left;
            let Some(wait) = wait.filter(|_| !open.is_empty()) else { return Ok(items) };
            waiting(wait);
            if !self.pause(wait).await {
                items.extend(self.unread(environment.id, &open, "The look was cancelled.").await?);
                return Ok(items);
            }
        }
    }

    async fn look(&self, client: &Client, attempts: &[Attempt]) -> Result<Seen, Error> {
        let all = ListFilter::default();
        let sets = self.reading(|| client.list(&all)).await?.sets;
        let mut named = HashMap::new();
        for id in attempts.iter().filter_map(|attempt| attempt.intent.remote_id.as_ref()) {
            let listed = sets.iter().find(|set| set.id == *id).cloned();
            let found = match listed {
                Some(set) => Some(set),
                None => match self.reading(|| client.get(id)).await {
                    Ok(set) => Some(set),
                    Err(error) if error.is_not_found() => None,
                    Err(error) => return Err(error),
                },
            };
            named.insert(id.clone(), found);
        }
        Ok(Seen { sets, named })
    }

    /// Items for attempts that could not be looked after; they stay as they are.
    async fn unread(
        &self,
        environment: EnvironmentId,
        attempts: &[Attempt],
        why: &str,
    ) -> Result<Vec<ReconcileItem>, Problem> {
        let (attempts, why) = (attempts.to_vec(), why.to_owned());
        self.with_session(move |session| {
            let name = session.vault.environment(environment).map(|one| one.meta.name).unwrap_or_default();
            Ok(attempts
                .iter()
                .map(|attempt| {
                    let mut item = session.reconcile_item(attempt, &name);
                    item.message.clone_from(&why);
                    item.hint = Some("Reconcile again when the environment can be read.".into());
                    item
                })
                .collect())
        })
        .await
    }
}

impl crate::app::Session {
    /// What one look says about each attempt; none for those that a later look may tell more about.
    fn found(
        &self,
        environment: &Environment,
        attempts: &[Attempt],
        seen: &Seen,
        choices: &Choices,
        last: bool,
        now: i64,
    ) -> Result<Vec<Option<Found>>, Problem> {
        let links = self.vault.publications_in(environment.id)?;
        let sent: Vec<Option<Fields>> = attempts.iter().map(|attempt| self.fields_sent(attempt)).collect();
        let lost: Vec<Lost<'_>> = attempts
            .iter()
            .zip(&sent)
            .filter(|(attempt, _)| attempt.action == AttemptAction::Create)
            .map(|(attempt, sent)| Lost { attempt, sent: sent.as_ref() })
            .collect();
        let sets: Vec<&RemoteSet> = seen.sets.iter().collect();
        let chosen = |id: &str| choices.values().flatten().any(|chosen| chosen == id);
        let linked =
            |id: &str| chosen(id) || links.iter().any(|link| link.meta.remote_id.as_deref() == Some(id));
        let mut traces: HashMap<AttemptId, Trace<'_>> =
            lost.iter().map(|lost| lost.attempt.id).zip(trace_all(&lost, &sets, &linked)).collect();
        let mut all = Vec::with_capacity(attempts.len());
        for (attempt, sent) in attempts.iter().zip(&sent) {
            let lost = Lost { attempt, sent: sent.as_ref() };
            let certain = last || lost.is_old(now);
            all.push(match attempt.action {
                AttemptAction::Create => match choices.get(&attempt.id) {
                    Some(choice) => Some(chosen_set(choice.as_deref(), &sets, attempt)?),
                    None => match traces.remove(&attempt.id).unwrap_or(Trace::None) {
                        Trace::One(set) => Some(Found::Arrived(Box::new(set.clone()))),
                        Trace::Ask(sets) if certain => {
                            Some(Found::Ask(sets.into_iter().map(FoundSet::from).collect()))
                        }
                        Trace::None if certain => Some(Found::NotArrived),
                        Trace::Ask(_) | Trace::None => None,
                    },
                },
                AttemptAction::Update => match seen.of(attempt) {
                    None => certain.then_some(Found::NotArrived),
                    Some(remote) => {
                        let link = links.iter().find(|link| link.draft == attempt.draft);
                        let secrets = self.secrets_changed(attempt, link);
                        match trace_update(sent.as_ref(), link, secrets, remote) {
                            found @ Found::Updated(_) => Some(found),
                            other => certain.then_some(other),
                        }
                    }
                },
                AttemptAction::Delete => match seen.of(attempt) {
                    None => Some(Found::Gone),
                    Some(_) => certain.then_some(Found::NotArrived),
                },
            });
        }
        Ok(all)
    }
}

impl Seen {
    /// The set that an attempt names.
    fn of(&self, attempt: &Attempt) -> Option<&RemoteSet> {
        attempt.intent.remote_id.as_ref().and_then(|id| self.named.get(id)).and_then(Option::as_ref)
    }
}

/// A person's answer, if it can be true.
fn chosen_set(choice: Option<&str>, sets: &[&RemoteSet], attempt: &Attempt) -> Result<Found, Problem> {
    let Some(id) = choice else { return Ok(Found::NotArrived) };
    let found = sets.iter().find(|set| set.id == id && set.type_name == attempt.intent.type_name);
    match found {
        Some(set) if !attempt.intent.same_name_before.contains(&set.id) => {
            Ok(Found::Arrived(Box::new((*set).clone())))
        }
        _ => Err(Problem::invalid(
            format!(
                "{id} can't be the set of this create: it is not there, of another type, or was there before."
            ),
            "Choose one of the sets that were named.",
        )),
    }
}
