//! The plan: a pure value over drafts, publications and what was observed. Computing it changes nothing.

use std::collections::BTreeMap;

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::check::{can_publish, check_for_environment};
use sealpost_vault::{
    Attempt, AttemptAction, Draft, DraftId, EnvironmentId, Issue, Publication, SecretField, Settled, Severity,
};

use super::compare::{Sides, compare, compare_secrets, published_fields, remote_fields};
use super::fields::{Fields, diff, secret_change, sent_fields};
use super::observe::Observed;
use super::unresolved::{Lost, Trace};
use crate::views::{FoundSet, OwnerChange, PlanAction, PlanRow, UsageView};

/// A draft as the planner sees it. Its secrets are here as keyed digests only.
pub(crate) struct PlannedDraft {
    pub(crate) draft: Draft,
    pub(crate) secret_digests: BTreeMap<SecretField, String>,
    pub(crate) issues: Vec<Issue>,
    /// What it is where an override makes it another one.
    pub(crate) there: BTreeMap<EnvironmentId, Self>,
}

impl PlannedDraft {
    /// The draft as it would be sent to an environment.
    pub(crate) fn in_environment(&self, environment: EnvironmentId) -> &Self {
        self.there.get(&environment).unwrap_or(self)
    }
}

/// Everything one row is decided on.
pub(crate) struct RowInput<'a> {
    pub(crate) planned: &'a PlannedDraft,
    pub(crate) publication: Option<&'a Publication>,
    pub(crate) observed: &'a Observed,
    /// The companion's id there, or nothing if it has none yet.
    pub(crate) companion_id: &'a dyn Fn(DraftId) -> Option<String>,
    /// Is the companion published earlier in this plan?
    pub(crate) companion_planned: &'a dyn Fn(DraftId) -> bool,
    /// Attempts of this draft there whose outcome is not known, oldest first, with what they sent.
    pub(crate) unresolved: &'a [(&'a Attempt, Option<Fields>)],
    /// Is a set there linked to any draft?
    pub(crate) linked: &'a dyn Fn(&str) -> bool,
    /// The time now, milliseconds since the epoch.
    pub(crate) now: i64,
    /// A draft's name, for sentences.
    pub(crate) name_of: &'a dyn Fn(DraftId) -> String,
}

/// Name of a row within its plan.
pub(crate) fn row_key(draft: DraftId, environment: EnvironmentId) -> String {
    format!("{draft}:{environment}")
}

/// A row that says nothing yet.
pub(super) fn blank_row(draft: &Draft, environment: EnvironmentId) -> PlanRow {
    PlanRow {
        key: row_key(draft.id, environment),
        draft_id: draft.id.to_string(),
        draft_name: draft.meta.name.clone(),
        type_name: draft.meta.details.credential_type().as_str().to_owned(),
        revision: draft.revision,
        environment_id: environment.to_string(),
        action: PlanAction::NoChange,
        remote_id: None,
        request: String::new(),
        summary: String::new(),
        changes: Vec::new(),
        unchanged: Vec::new(),
        reasons: Vec::new(),
        warnings: Vec::new(),
        owner_change: None,
        usage: Vec::new(),
        monitors: Vec::new(),
        adoptable: Vec::new(),
        conflict: Vec::new(),
        standing: Vec::new(),
        fingerprint: String::new(),
    }
}

/// Turns a row with reasons into a blocked one.
pub(super) fn block(row: &mut PlanRow) {
    if let Some(first) = row.reasons.first() {
        row.action = PlanAction::Blocked;
        row.summary.clone_from(first);
        row.owner_change = None;
        row.adoptable.clear();
    }
}

/// Decides one row.
pub(crate) fn plan_row(input: &RowInput<'_>) -> PlanRow {
    let mut row = blank_row(&input.planned.draft, input.observed.environment.id);
    reasons_of_draft(input, &mut row);
    match input
        .publication
        .and_then(|publication| publication.meta.remote_id.as_deref().map(|id| (publication, id)))
    {
        Some((publication, id)) => plan_linked(input, publication, id, &mut row),
        None => plan_create(input, &mut row),
    }
    block(&mut row);
    row
}

/// What stands against publishing this draft at all, or here.
fn reasons_of_draft(input: &RowInput<'_>, row: &mut PlanRow) {
    let (draft, observed) = (&input.planned.draft, input.observed);
    if draft.deleted_at.is_some() {
        row.reasons.push("It is in the trash. Restore it first.".into());
    }
    row.reasons.extend(observed.refusal());
    let here = check_for_environment(&draft.meta, observed.managed);
    let all: Vec<&Issue> = input.planned.issues.iter().chain(&here).collect();
    let blocking = |issue: &&&Issue| issue.severity == Severity::Error;
    if !can_publish(&input.planned.issues) || !can_publish(&here) {
        row.reasons.extend(all.iter().filter(blocking).map(|issue| issue.message.clone()));
    }
    row.warnings.extend(all.iter().filter(|issue| !blocking(issue)).map(|issue| issue.message.clone()));
    for companion in draft.meta.details.companions() {
        if (input.companion_id)(companion).is_none() && !(input.companion_planned)(companion) {
            row.reasons.push(format!(
                "{} is not published to {}, so its ID is unknown there. Add it to the plan.",
                (input.name_of)(companion),
                observed.environment.meta.name
            ));
        }
    }
}

fn resolved_fields(input: &RowInput<'_>) -> Fields {
    sent_fields(&input.planned.draft.meta, &|id| {
        (input.companion_id)(id).unwrap_or_else(|| format!("ID of {}", (input.name_of)(id)))
    })
}

fn plan_create(input: &RowInput<'_>, row: &mut PlanRow) {
    let (meta, observed) = (&input.planned.draft.meta, input.observed);
    let sets: Vec<&RemoteSet> = observed.sets.values().collect();
    let lost = input.unresolved.iter().rfind(|(attempt, _)| attempt.action == AttemptAction::Create);
    if let Some((attempt, sent)) = lost {
        let lost = Lost { attempt, sent: sent.as_ref() };
        match lost.trace(&sets, input.linked) {
            Trace::One(remote) => return plan_taking_over(input, remote, row),
            Trace::None if !lost.is_old(input.now) => row.reasons.push(
                "An earlier create has no answer yet and may still appear. Reconcile first: it looks again for a while."
                    .into(),
            ),
            Trace::Ask(sets) => row.reasons.push(format!(
                "An earlier create has no answer, and a person has to say which set is it: {}. Reconcile and choose.",
                sets.iter().map(|set| set.id.as_str()).collect::<Vec<_>>().join(", ")
            )),
            Trace::None => {
                row.warnings.push("An earlier create had no answer and left no set there: it did not arrive.".into());
            }
        }
    }
    row.action = PlanAction::Create;
    row.request = "POST …/credentials".into();
    row.changes = diff(&Fields::new(), &resolved_fields(input)).0;
    // What a new set does not have is no change worth a line.
    row.changes.retain(|change| change.path != "type" && change.after != ["no"]);
    row.changes.extend(input.planned.secret_digests.keys().map(|field| secret_change(*field)));
    let access = if meta.owner_access_only { "owner only" } else { "shared" };
    row.summary = format!("New set, {access}");
    let mut same_name: Vec<&RemoteSet> = sets.into_iter().filter(|set| set.name == meta.name).collect();
    same_name.sort_by(|a, b| a.id.cmp(&b.id));
    let free = |set: &&&RemoteSet| set.type_name == row.type_name && !(input.linked)(&set.id);
    row.adoptable = same_name.iter().filter(free).map(|set| FoundSet::from(*set)).collect();
    if !same_name.is_empty() {
        let sets =
            if same_name.len() == 1 { "1 set".to_owned() } else { format!("{} sets", same_name.len()) };
        let or_adopt = if row.adoptable.is_empty() { "" } else { ", unless one of them is adopted" };
        row.warnings.push(format!(
            "{sets} of this name can be seen in {} already. Names are not unique there: this adds another{or_adopt}.",
            observed.environment.meta.name
        ));
    }
}

fn plan_linked(input: &RowInput<'_>, publication: &Publication, id: &str, row: &mut PlanRow) {
    let observed = input.observed;
    row.remote_id = Some(id.to_owned());
    row.usage = publication.meta.usage.iter().map(UsageView::from).collect();
    if observed.problem.is_some() {
        return;
    }
    let Some(remote) = observed.sets.get(id) else {
        if let Some(why) = observed.can_be_hidden(publication) {
            row.reasons.push(why);
            return;
        }
        row.remote_id = None;
        row.usage.clear();
        row.warnings.push(format!(
            "{id} can't be found in {} any more. This makes a new set with a new ID; whatever used the old ID keeps \
             pointing to it.",
            observed.environment.meta.name
        ));
        return plan_create(input, row);
    };
    on_set(remote, row);
    row.action = PlanAction::Update;
    if remote.type_name != row.type_name {
        row.reasons.push(format!(
            "The set there is of type {}. A type can't be changed: publish as a new draft.",
            remote.type_name
        ));
    }
    compare_with(input, Some(publication), remote, row);
    owner(input, remote, row);
    if !row.conflict.is_empty() {
        let labels: Vec<&str> = row.conflict.iter().map(|field| field.label.as_str()).collect();
        row.summary = format!("Changed there: {}", labels.join(", "));
        row.action = PlanAction::Conflict;
    } else if row.changes.is_empty() && row.reasons.is_empty() {
        row.action = PlanAction::NoChange;
        row.request = String::new();
        row.owner_change = None;
        row.summary = if row.standing.is_empty() {
            "Matches what was last published".into()
        } else {
            format!("Matches, but for what was settled there: {}", standing_labels(row))
        };
    } else {
        if !row.standing.is_empty() {
            // An update sends the whole set: what was let stand there is replaced too, and nobody shall be surprised.
            row.warnings.push(format!(
                "This update also replaces what was accepted or is ignored there: {}.",
                standing_labels(row)
            ));
        }
        row.summary = row.changes.iter().map(|change| change.label.clone()).collect::<Vec<_>>().join(", ");
    }
}

fn standing_labels(row: &PlanRow) -> String {
    row.standing.iter().map(|field| field.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// An earlier create had no answer, and exactly one set appeared that can only be its: it is replaced, which is safe to
/// repeat, instead of making a second one.
fn plan_taking_over(input: &RowInput<'_>, remote: &RemoteSet, row: &mut PlanRow) {
    on_set(remote, row);
    row.action = PlanAction::Adopt;
    compare_with(input, None, remote, row);
    owner(input, remote, row);
    row.summary = "Takes over the set of an earlier try".into();
    row.warnings.push(format!(
        "An earlier create had no answer. {} appeared since and can only be its set; it is updated, and no second one \
         is made.",
        remote.id
    ));
}

/// What every row about an existing set shows.
fn on_set(remote: &RemoteSet, row: &mut PlanRow) {
    row.remote_id = Some(remote.id.clone());
    row.request = format!("PUT …/credentials/{}", remote.id);
    row.usage = remote.usage.iter().map(UsageView::from).collect();
}

/// Compares the draft with the set there as far as it can be read, and with what was last sent for the rest.
fn compare_with(
    input: &RowInput<'_>,
    publication: Option<&Publication>,
    remote: &RemoteSet,
    row: &mut PlanRow,
) {
    let snapshot = publication.and_then(|publication| publication.meta.published.as_ref());
    let mine = resolved_fields(input);
    let published = snapshot.map(published_fields);
    let theirs = remote_fields(remote, &mine);
    let none = Settled::default();
    let settled = publication.map_or(&none, |publication| &publication.meta.settled);
    let found = compare(&Sides { mine: &mine, published: published.as_ref(), theirs: &theirs, settled });
    (row.changes, row.unchanged, row.conflict) = (found.changes, found.unchanged, found.conflict);
    row.standing = found.standing;
    // An update without an answer may have brought other secrets there: what was sent before it is no longer known
    // to be there.
    let unsure = input.unresolved.iter().any(|(attempt, _)| attempt.action == AttemptAction::Update);
    if unsure {
        row.warnings
            .push("An earlier update had no answer and may have arrived. This one makes it sure.".into());
    }
    let sent = snapshot.filter(|_| !unsure).map(|snapshot| &snapshot.secret_digests);
    let (changed, same) = compare_secrets(&input.planned.secret_digests, sent);
    row.changes.extend(changed);
    row.unchanged.extend(same);
    let known = publication.and_then(|publication| publication.meta.owner.as_ref());
    if let Some(before) = known.filter(|before| **before != remote.owner && !remote.owner.is_empty()) {
        row.warnings.push(format!("The owner there is {} now; it was {before}.", remote.owner));
    }
}

fn owner(input: &RowInput<'_>, remote: &RemoteSet, row: &mut PlanRow) {
    match &input.observed.token_owner {
        Some(to) if !remote.owner.is_empty() && remote.owner != *to => {
            row.owner_change = Some(OwnerChange { from: remote.owner.clone(), to: to.clone() });
            if remote.owner_access_only || input.planned.draft.meta.owner_access_only {
                row.warnings.push(format!("Owner only: {} will no longer see this set.", remote.owner));
            }
        }
        Some(_) => {}
        None => row.warnings.push(format!(
            "The owner there is {}. Whether this token belongs to the same user can't be read.",
            remote.owner
        )),
    }
}

/// The row as it is once a person chose to adopt one of the sets it offers.
pub(super) fn adopting(row: &PlanRow, remote: &RemoteSet, token_owner: Option<&str>) -> PlanRow {
    let mut row = row.clone();
    row.action = PlanAction::Adopt;
    row.remote_id = Some(remote.id.clone());
    row.request = format!("PUT …/credentials/{}", remote.id);
    row.owner_change = token_owner
        .filter(|to| !remote.owner.is_empty() && remote.owner != *to)
        .map(|to| OwnerChange { from: remote.owner.clone(), to: to.to_owned() });
    row
}
