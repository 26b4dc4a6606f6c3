//! Drafts that refer to each other: companions first, circles refused, one owner for the group. Pure.

use std::collections::{HashMap, HashSet};

use sealpost_vault::DraftId;

use super::observe::Observed;
use super::plan::{PlannedDraft, block, row_key};
use super::runs::RowBasis;
use crate::views::{PlanAction, PlanRow};

/// Drafts in the order they can be published in.
pub(super) struct Ordered {
    pub(super) drafts: Vec<PlannedDraft>,
    /// Those that refer to each other in a circle, or to one that does: none of them can be first.
    pub(super) circular: HashSet<DraftId>,
}

/// Orders drafts so that each stands after those it refers to.
pub(super) fn companions_first(mut planned: Vec<PlannedDraft>) -> Ordered {
    let mut drafts: Vec<PlannedDraft> = Vec::with_capacity(planned.len());
    let mut circular = HashSet::new();
    while !planned.is_empty() {
        let waiting: HashSet<DraftId> = planned.iter().map(|one| one.draft.id).collect();
        let free =
            |one: &PlannedDraft| one.draft.meta.details.companions().iter().all(|id| !waiting.contains(id));
        let (ready, rest): (Vec<_>, Vec<_>) = planned.into_iter().partition(free);
        if ready.is_empty() {
            circular = waiting;
            drafts.extend(rest);
            break;
        }
        drafts.extend(ready);
        planned = rest;
    }
    Ordered { drafts, circular }
}

/// Blocks a row whose draft is part of a circle.
pub(super) fn block_circle(row: &mut PlanRow) {
    row.reasons.insert(
        0,
        "It and the drafts it refers to refer to each other in a circle, so none of them can be published first."
            .into(),
    );
    block(row);
}

/// The set and its companions belong under one owner (contract 3.4): says so if they would not be.
pub(super) fn warn_of_owners(
    one: &PlannedDraft,
    row: &mut PlanRow,
    seen: &Observed,
    companion_id: &dyn Fn(DraftId) -> Option<String>,
    name_of: &dyn Fn(DraftId) -> String,
) {
    let Some(me) = &seen.token_owner else { return };
    for companion in one.draft.meta.details.companions() {
        let set = companion_id(companion).and_then(|id| seen.sets.get(&id));
        let Some(owner) = set.map(|set| &set.owner).filter(|owner| !owner.is_empty() && *owner != me) else {
            continue;
        };
        row.warnings.push(format!(
            "{} belongs to {owner} there, and this set would belong to {me}. A set and its companions need one owner.",
            name_of(companion)
        ));
    }
}

/// A row whose companion is blocked in this plan and has no id there yet can't run either. The rows of one environment.
pub(super) fn block_orphans(rows: &mut [(PlanRow, RowBasis)], planned: &[PlannedDraft]) {
    let needs: HashMap<String, Vec<DraftId>> =
        planned.iter().map(|one| (one.draft.id.to_string(), one.draft.meta.details.companions())).collect();
    for place in 0..rows.len() {
        let row = &rows[place].0;
        let Some(ids) = needs.get(&row.draft_id) else { continue };
        let Ok(environment) = row.environment_id.parse() else { continue };
        let blocked = |id: &DraftId| {
            let key = row_key(*id, environment);
            let stands = |row: &PlanRow| row.action == PlanAction::Blocked && row.remote_id.is_none();
            rows.iter().map(|(row, _)| row).find(|row| row.key == key && stands(row))
        };
        if let Some(name) = ids.iter().find_map(blocked).map(|row| row.draft_name.clone()) {
            let row = &mut rows[place].0;
            row.reasons.push(format!("{name} is blocked in this plan, and this draft needs its ID."));
            block(row);
        }
    }
}
