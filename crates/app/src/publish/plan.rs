//! The plan: a pure value over drafts, publications and what was observed. Computing it changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::check::{can_publish, check_for_environment};
use sealpost_vault::{
    Attempt, Draft, DraftId, EnvironmentId, Issue, Publication, PublishedSnapshot, SecretField, Severity,
};

use super::fields::{Fields, diff, secret_change, sent_fields, yes_no};
use super::observe::Observed;
use super::unresolved::{Trace, trace};
use crate::views::{FieldChange, OwnerChange, PlanAction, PlanRow, UsageView};

/// A draft as the planner sees it. Its secrets are here as keyed digests only.
pub(crate) struct PlannedDraft {
    pub(crate) draft: Draft,
    pub(crate) secret_digests: BTreeMap<SecretField, String>,
    pub(crate) issues: Vec<Issue>,
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
    /// A create without an answer, open after a crash or unclear.
    pub(crate) unresolved: Option<&'a Attempt>,
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

/// Decides one row.
pub(crate) fn plan_row(input: &RowInput<'_>) -> PlanRow {
    let draft = &input.planned.draft;
    let mut row = PlanRow {
        key: row_key(draft.id, input.observed.environment.id),
        draft_id: draft.id.to_string(),
        draft_name: draft.meta.name.clone(),
        type_name: draft.meta.details.credential_type().as_str().to_owned(),
        revision: draft.revision,
        environment_id: input.observed.environment.id.to_string(),
        action: PlanAction::Create,
        remote_id: None,
        request: "POST …/credentials".into(),
        summary: String::new(),
        changes: Vec::new(),
        unchanged: Vec::new(),
        reasons: Vec::new(),
        warnings: Vec::new(),
        owner_change: None,
        usage: Vec::new(),
    };
    reasons_of_draft(input, &mut row);
    match input
        .publication
        .and_then(|publication| publication.meta.remote_id.as_deref().map(|id| (publication, id)))
    {
        Some((publication, id)) => plan_linked(input, publication, id, &mut row),
        None => plan_create(input, &mut row),
    }
    if !row.reasons.is_empty() {
        row.action = PlanAction::Blocked;
        row.summary = row.reasons[0].clone();
        row.owner_change = None;
    }
    row
}

/// What stands against publishing this draft at all, or here.
fn reasons_of_draft(input: &RowInput<'_>, row: &mut PlanRow) {
    let (draft, observed) = (&input.planned.draft, input.observed);
    if draft.deleted_at.is_some() {
        row.reasons.push("It is in the trash. Restore it first.".into());
    }
    if let Some(problem) = &observed.problem {
        row.reasons.push(problem.clone());
    }
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
    match input.unresolved.map(|attempt| trace(attempt, observed.sets.values(), input.linked, input.now)) {
        Some(Trace::One(remote)) => return plan_taking_over(input, remote, row),
        Some(Trace::TooEarly) => row.reasons.push(
            "An earlier create has no answer yet and may still appear. Wait half a minute, then make the plan again."
                .into(),
        ),
        Some(Trace::Several(ids)) => row.reasons.push(format!(
            "An earlier create has no answer, and several sets appeared that may be it: {}. Delete those that are \
             not needed, then make the plan again.",
            ids.join(", ")
        )),
        Some(Trace::None) => {
            row.warnings.push("An earlier create had no answer and left no set there: it did not arrive.".into());
        }
        None => {}
    }
    row.changes = diff(&Fields::new(), &resolved_fields(input)).0;
    // What a new set does not have is no change worth a line.
    row.changes.retain(|change| change.path != "type" && change.after != ["no"]);
    row.changes.extend(input.planned.secret_digests.keys().map(|field| secret_change(*field)));
    let access = if meta.owner_access_only { "owner only" } else { "shared" };
    row.summary = format!("New set, {access}");
    let same_name = observed.sets.values().filter(|set| set.name == meta.name).count();
    if same_name > 0 {
        let sets = if same_name == 1 { "1 set".to_owned() } else { format!("{same_name} sets") };
        row.warnings.push(format!(
            "{sets} of this name can be seen in {} already. Names are not unique there: this adds another.",
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
        row.remote_id = None;
        row.warnings.push(format!(
            "{id} can't be found in {} any more. This makes a new set with a new ID; whatever used the old ID keeps \
             pointing to it.",
            observed.environment.meta.name
        ));
        plan_create(input, row);
        return;
    };
    row.action = PlanAction::Update;
    row.request = format!("PUT …/credentials/{id}");
    row.usage = remote.usage.iter().map(UsageView::from).collect();
    if remote.type_name != row.type_name {
        row.reasons.push(format!(
            "The set there is of type {}. A type can't be changed: publish as a new draft.",
            remote.type_name
        ));
    }
    compare(input, publication.meta.published.as_ref(), remote, row);
    owner(input, remote, row);
    if row.changes.is_empty() && row.owner_change.is_none() && row.reasons.is_empty() {
        row.action = PlanAction::NoChange;
        row.request = String::new();
        row.summary = "Matches what was last published".into();
    } else {
        row.summary = row.changes.iter().map(|change| change.label.clone()).collect::<Vec<_>>().join(", ");
    }
}

/// An earlier create had no answer, and exactly one set appeared that can only be its: it is replaced, which is safe to
/// repeat, instead of making a second one.
fn plan_taking_over(input: &RowInput<'_>, remote: &RemoteSet, row: &mut PlanRow) {
    row.action = PlanAction::Update;
    row.remote_id = Some(remote.id.clone());
    row.request = format!("PUT …/credentials/{}", remote.id);
    row.usage = remote.usage.iter().map(UsageView::from).collect();
    compare(input, None, remote, row);
    owner(input, remote, row);
    row.summary = "Takes over the set of an earlier try".into();
    row.warnings.push(format!(
        "An earlier create had no answer. {} appeared since and can only be its set; it is updated, and no second one \
         is made.",
        remote.id
    ));
}

/// Compares the draft with the set there as far as it can be read, and with what was last sent for the rest.
fn compare(
    input: &RowInput<'_>,
    snapshot: Option<&PublishedSnapshot>,
    remote: &RemoteSet,
    row: &mut PlanRow,
) {
    let after = resolved_fields(input);
    let mut before = remote_fields(remote, &after);
    let sent_before = snapshot
        .map(|published| sent_fields(&published.meta, &|id| (input.companion_id)(id).unwrap_or_default()));
    for (path, lines) in &after {
        // Not readable there: what was last sent is the best that is known (contract 2.1, "Write-only fields").
        if !before.contains_key(path) {
            let known = sent_before.as_ref().and_then(|sent| sent.get(path)).cloned();
            before.insert(path.clone(), known.unwrap_or_else(|| lines.clone()));
        }
    }
    let (changes, unchanged) = diff(&before, &after);
    if let Some(sent) = &sent_before {
        let theirs = changed_there(&before, sent);
        if !theirs.is_empty() {
            row.warnings.push(format!("Changed there since the last publish: {}.", theirs.join(", ")));
        }
    }
    row.changes = changes;
    row.unchanged = unchanged;
    let digests = &input.planned.secret_digests;
    let empty = BTreeMap::new();
    let sent_digests = snapshot.map_or(&empty, |published| &published.secret_digests);
    let fields: BTreeSet<_> = digests.keys().chain(sent_digests.keys()).copied().collect();
    let changed = |field: &SecretField| snapshot.is_none() || digests.get(field) != sent_digests.get(field);
    row.changes.extend(fields.iter().filter(|field| changed(field)).map(|field| secret_change(*field)));
    row.unchanged.extend(
        fields.iter().filter(|field| !changed(field)).map(|field| super::label(field.name()).to_owned()),
    );
}

/// Labels of fields that differ between what is there and what was last sent: somebody else's change.
fn changed_there(there: &Fields, sent: &Fields) -> Vec<String> {
    let common: Fields = there.iter().filter(|(path, _)| sent.contains_key(*path)).map(clone_pair).collect();
    let of_sent: Fields = sent.iter().filter(|(path, _)| there.contains_key(*path)).map(clone_pair).collect();
    diff(&of_sent, &common).0.into_iter().map(|FieldChange { label, .. }| label).collect()
}

fn clone_pair((path, lines): (&String, &Vec<String>)) -> (String, Vec<String>) {
    (path.clone(), lines.clone())
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

/// What can be read of a set there, limited to fields that this draft has.
pub(super) fn remote_fields(remote: &RemoteSet, wanted: &Fields) -> Fields {
    let mut out = Fields::new();
    let line = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    out.insert("type".into(), line(&remote.type_name));
    out.insert("name".into(), line(&remote.name));
    out.insert("description".into(), line(&remote.description));
    let scopes: BTreeSet<_> = remote.scopes.iter().cloned().collect();
    out.insert("scopes".into(), scopes.into_iter().collect());
    out.insert("ownerAccessOnly".into(), line(yes_no(remote.owner_access_only)));
    if let Some(contextless) = remote.allow_contextless_requests {
        out.insert("allowContextlessRequests".into(), line(yes_no(contextless)));
    }
    if let Some(allowed) = &remote.allowed_entities {
        let entities: BTreeSet<_> = allowed.iter().map(|e| format!("{} {}", e.entity_type, e.id)).collect();
        out.insert("allowedEntities".into(), entities.into_iter().collect());
    }
    for (path, value) in [
        ("awsPartition", &remote.aws_partition),
        ("accountID", &remote.account_id),
        ("iamRole", &remote.iam_role),
    ] {
        if let Some(text) = value {
            out.insert(path.into(), line(text));
        }
    }
    if let Some(vault) = &remote.external_vault {
        for path in wanted.keys().filter_map(|path| path.strip_prefix("externalVault.")) {
            if let Some(text) = vault.get(path).and_then(serde_json::Value::as_str) {
                out.insert(format!("externalVault.{path}"), line(text));
            }
        }
    }
    out
}
