//! Settling one attempt whose answer is missing: from what is there now to what is recorded. Reading only; nothing is
//! ever sent to settle an attempt.

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{
    Attempt, AttemptAction, AttemptOutcome, AttemptState, DraftMeta, Environment, LinkChange, NewActivity,
    Publication, PublicationState, PublishedSnapshot, RecordedProblem, Timestamp,
};

use super::compare::{companion_ids, is_as_sent, published_fields};
use super::fields::{Fields, sent_fields};
use super::record::{Ending, after, forget_secrets};
use crate::app::Session;
use crate::problem::Problem;
use crate::views::{FoundSet, PlanAction, ReconcileItem, ReconcileOutcome};

/// What was found out about an attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// The create made this set.
    Arrived(Box<RemoteSet>),
    /// The update is what is there now.
    Updated(Box<RemoteSet>),
    /// The set that was to be deleted is gone.
    Gone,
    /// It did not arrive.
    NotArrived,
    /// A person has to say which of these sets it made, if any.
    Ask(Vec<FoundSet>),
    /// It can't be told from what can be read there, for this reason.
    CantTell(String),
}

/// What an update did, by what can be read of its set; `None` if it may still arrive. Secrets can't be read: an update
/// that changed nothing else can't be told from one that did not arrive.
pub(super) fn trace_update(
    sent: Option<&Fields>,
    before: Option<&Publication>,
    secrets_changed: bool,
    remote: &RemoteSet,
) -> Found {
    let Some(sent) = sent else {
        return Found::CantTell("the revision that was sent can't be read here any more".into());
    };
    let before = before.and_then(|link| link.meta.published.as_ref()).map(published_fields);
    let as_before = before.as_ref().is_some_and(|fields| is_as_sent(fields, remote));
    match (is_as_sent(sent, remote), as_before) {
        (true, false) => Found::Updated(Box::new(remote.clone())),
        (true, true) if !secrets_changed => Found::Updated(Box::new(remote.clone())),
        (true, true) => Found::CantTell("it changed secrets only, and secrets can't be read there".into()),
        (false, true) => Found::NotArrived,
        (false, false) => Found::CantTell("the set was changed there meanwhile".into()),
    }
}

impl Session {
    /// Did the revision that an update sent have other secrets than those last known to be there?
    pub(super) fn secrets_changed(&self, attempt: &Attempt, link: Option<&Publication>) -> bool {
        let sent = self.vault.revision_in(attempt.draft, attempt.draft_revision, attempt.environment);
        let published = link.and_then(|link| link.meta.published.as_ref());
        match (sent, published) {
            (Ok((_, secrets)), Some(published)) => {
                self.vault.secret_digests(&secrets) != published.secret_digests
            }
            _ => true,
        }
    }

    /// The fields that an attempt sent, if its revision can still be read.
    pub(super) fn fields_sent(&self, attempt: &Attempt) -> Option<Fields> {
        let (meta, _) =
            self.vault.revision_in(attempt.draft, attempt.draft_revision, attempt.environment).ok()?;
        let environment = attempt.environment;
        Some(sent_fields(&meta, &|id| self.remote_id(id, environment).unwrap_or_default()))
    }

    /// Records what was found and says it.
    pub(super) fn settle(
        &mut self,
        attempt: &Attempt,
        environment: &Environment,
        found: Found,
    ) -> Result<ReconcileItem, Problem> {
        let now = self.vault.now();
        let mut item = self.reconcile_item(attempt, &environment.meta.name);
        let mut link = match self.vault.publication(attempt.draft, attempt.environment)? {
            Some(link) => link,
            None => Publication::new(&self.vault, attempt.draft, attempt.environment),
        };
        let name = &environment.meta.name;
        let entry = |kind, message: &str| {
            NewActivity::of(kind)
                .about_draft(attempt.draft)
                .with_draft_name(&item.draft_name)
                .about_environment(attempt.environment, name)
                .line("What happened", message)
        };
        let mut state = AttemptState::Done;
        let mut outcome = AttemptOutcome::default();
        let mut remove = false;
        let activity;
        match found {
            Found::Arrived(remote) | Found::Updated(remote) => {
                item.outcome = match attempt.action {
                    AttemptAction::Create => ReconcileOutcome::Adopted,
                    _ => ReconcileOutcome::Confirmed,
                };
                item.message = format!("It had arrived: {} in {name} is the set of this draft.", remote.id);
                item.remote_id = Some(remote.id.clone());
                outcome.remote_id = Some(remote.id.clone());
                activity =
                    entry("reconciled", &item.message).line("ID", &remote.id).line("Owner", &remote.owner);
                self.link_as_sent(attempt, &mut link, *remote, now)?;
            }
            Found::Gone => {
                item.outcome = ReconcileOutcome::Confirmed;
                item.message = format!("The set is gone from {name}. The draft is kept here.");
                activity = entry("reconciled", &item.message);
                remove = true;
            }
            Found::NotArrived => {
                state = AttemptState::NotSent;
                item.outcome = ReconcileOutcome::NotArrived;
                item.message = format!("The request did not arrive in {name}.");
                item.hint = Some("Nothing was changed there. Publishing again is safe.".into());
                activity = entry("publishNotSent", &item.message);
                fail(&mut link, PublicationState::Failed, &item);
            }
            Found::Ask(sets) => {
                state = AttemptState::Unclear;
                item.outcome = ReconcileOutcome::Ask;
                let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
                item.message = format!(
                    "Which set in {name} this create made can't be told for sure: {}.",
                    ids.join(", ")
                );
                item.hint = Some("Say which one it is, or that none is.".into());
                activity = entry("publishUnclear", &item.message);
                item.candidates = sets;
                fail(&mut link, PublicationState::Unclear, &item);
            }
            Found::CantTell(why) => {
                state = AttemptState::Unclear;
                item.outcome = ReconcileOutcome::Unclear;
                item.message = format!("Whether it reached {name} can't be read there: {why}.");
                item.hint = Some("Publish again: an update can be repeated.".into());
                activity = entry("publishUnclear", &item.message);
                fail(&mut link, PublicationState::Unclear, &item);
                forget_secrets(&mut link);
            }
        }
        outcome.message.clone_from(&item.message);
        let known = state == AttemptState::Unclear && attempt.state == AttemptState::Unclear;
        let stored = self.vault.publication(attempt.draft, attempt.environment)?;
        // Looking again must not fill the journal with the same answer.
        if !(known && stored.is_some_and(|stored| stored.meta.problem == link.meta.problem)) {
            let change = if remove { LinkChange::Remove } else { LinkChange::Store(&mut link) };
            self.vault.finish_attempt(attempt.id, state, &outcome, change, &activity)?;
        }
        Ok(item)
    }

    /// The link as it would be had the answer come.
    fn link_as_sent(
        &self,
        attempt: &Attempt,
        link: &mut Publication,
        remote: RemoteSet,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let environment = attempt.environment;
        match self.vault.revision_in(attempt.draft, attempt.draft_revision, attempt.environment) {
            Ok((meta, secrets)) => {
                let ending = Ending::Published {
                    remote_id: remote.id.clone(),
                    digest: self.vault.digest_of(&meta, &secrets)?,
                    snapshot: Box::new(PublishedSnapshot {
                        secret_digests: self.vault.secret_digests(&secrets),
                        companions: companion_ids(&meta, &|id| self.remote_id(id, environment)),
                        meta,
                    }),
                    remote: Some(Box::new(remote)),
                };
                after(link, &ending, attempt.action, attempt.draft_revision, &attempt.intent, now);
            }
            Err(_) => {
                // What was sent is not known here any more: linked, and the next plan sends everything.
                link.state = PublicationState::Adopted;
                link.digest = None;
                link.meta.published = None;
                link.meta.remote_id = Some(remote.id.clone());
                super::record::take_remote(link, &remote, now);
            }
        }
        Ok(())
    }

    /// An item that says nothing yet.
    pub(super) fn reconcile_item(&self, attempt: &Attempt, environment: &str) -> ReconcileItem {
        let named = self.vault.draft(attempt.draft).map(|(draft, _)| draft.meta);
        let name = |meta: DraftMeta| meta.name;
        ReconcileItem {
            attempt_id: attempt.id.to_string(),
            draft_id: attempt.draft.to_string(),
            draft_name: named.map_or_else(|_| attempt.intent.name.clone(), name),
            environment_id: attempt.environment.to_string(),
            environment: environment.to_owned(),
            action: match attempt.action {
                AttemptAction::Create => PlanAction::Create,
                AttemptAction::Update => PlanAction::Update,
                AttemptAction::Delete => PlanAction::Delete,
            },
            started_at: attempt.started_at.as_millis(),
            outcome: ReconcileOutcome::Unreadable,
            remote_id: attempt.intent.remote_id.clone(),
            candidates: Vec::new(),
            message: String::new(),
            hint: None,
        }
    }
}

fn fail(link: &mut Publication, state: PublicationState, item: &ReconcileItem) {
    link.state = state;
    link.meta.problem = Some(RecordedProblem {
        message: item.message.clone(),
        hint: item.hint.clone(),
        ..RecordedProblem::default()
    });
}
