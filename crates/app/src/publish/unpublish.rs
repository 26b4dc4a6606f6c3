//! Deleting a published set: what would go, what keeps it, who depends on it. Pure; the draft always stays.

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{Draft, DraftId, Publication};

use super::observe::Observed;
use super::plan::{blank_row, block};
use crate::views::{PlanAction, PlanRow, UsageView};

/// Everything a row of a deletion is decided on.
pub(super) struct DeleteInput<'a> {
    pub(super) draft: &'a Draft,
    pub(super) publication: Option<&'a Publication>,
    pub(super) observed: &'a Observed,
    /// Drafts published there that refer to this one.
    pub(super) dependants: &'a [(DraftId, String)],
    /// Is that draft's set deleted in this plan as well? Then it goes first.
    pub(super) deleted_too: &'a dyn Fn(DraftId) -> bool,
}

/// Decides one row.
pub(super) fn plan_delete(input: &DeleteInput<'_>) -> PlanRow {
    let observed = input.observed;
    let name = &observed.environment.meta.name;
    let mut row = blank_row(input.draft, observed.environment.id);
    let Some((publication, id)) = input
        .publication
        .and_then(|publication| publication.meta.remote_id.as_deref().map(|id| (publication, id)))
    else {
        row.summary = format!("Not published to {name}");
        return row;
    };
    row.action = PlanAction::Delete;
    row.remote_id = Some(id.to_owned());
    row.request = format!("DELETE …/credentials/{id}");
    row.usage = publication.meta.usage.iter().map(UsageView::from).collect();
    row.reasons.extend(observed.refusal());
    if observed.problem.is_none() {
        match observed.sets.get(id) {
            Some(remote) => on_set(input, remote, &mut row),
            None => match observed.can_be_hidden(publication) {
                Some(why) => row.reasons.push(why),
                None => row.summary = "Gone there already; the link here goes too".into(),
            },
        }
    }
    for (_, dependant) in input.dependants.iter().filter(|(id, _)| !(input.deleted_too)(*id)) {
        row.reasons
            .push(format!("{dependant} refers to it in {name}. Unpublish that one first, or with it."));
    }
    block(&mut row);
    row
}

fn on_set(input: &DeleteInput<'_>, remote: &RemoteSet, row: &mut PlanRow) {
    row.usage = remote.usage.iter().map(UsageView::from).collect();
    row.summary = "The set is deleted there; the draft stays here".into();
    // A synchronised set is used by the monitor that synchronises it, which goes with it (contract 3.4).
    let own = u32::from(remote.external_vault.is_some());
    let used = remote.usage.iter().map(|usage| usage.count).fold(0, u32::saturating_add).saturating_sub(own);
    if used > 0 {
        let monitors =
            if used == 1 { "1 monitor uses it".to_owned() } else { format!("{used} monitors use it") };
        row.reasons.push(format!("{monitors}. Take it out of them in Dynatrace first."));
    }
    if let Some(me) = input.observed.token_owner.as_ref().filter(|me| remote.owner != **me) {
        row.warnings.push(format!("It belongs to {}; this token belongs to {me}.", remote.owner));
    }
}
