//! Saying yes to a plan: to its changes, to each owner change, and to each protected environment by its name. On a
//! terminal by answering, elsewhere by flags.

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{AdoptChoice, PlanAction, PlanRow, PlanView, PublishStart};

use crate::args::ConsentArgs;
use crate::input::{ask, can_ask};
use crate::output::{Out, Stop};
use crate::words::count;

/// What was wished for beside the plan.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// Replace what was changed there.
    pub(super) keep_mine: bool,
    /// Sets to adopt.
    pub(super) adopt: Vec<String>,
}

/// The rows that would send something.
pub(super) fn changes(plan: &PlanView) -> Vec<&PlanRow> {
    plan.rows.iter().filter(|row| row.action.writes()).collect()
}

fn missing(title: String, hint: String) -> Stop {
    Problem::new(Code::ConsentMissing, title, "Nothing was sent.", hint).into()
}

/// What was agreed to; `None` if the answer was no.
///
/// # Errors
/// An answer is missing and nobody can be asked.
pub(super) fn consent(
    out: &Out,
    plan: &PlanView,
    given: &ConsentArgs,
    wishes: &Wishes,
) -> Result<Option<PublishStart>, Stop> {
    if !given.yes && !can_ask() {
        return Err(Stop::usage(
            "There is no terminal to ask.",
            "Nothing was sent.",
            "Read the plan, then add --yes.",
        ));
    }
    let mut rows = changes(plan);
    let mut owner_changes = Vec::new();
    let mut refused = Vec::new();
    let adopt = adoptions(plan, &wishes.adopt)?;
    let mut keep_mine = Vec::new();
    for row in rows.iter().filter(|row| row.action == PlanAction::Conflict) {
        let said = format!("{} was changed there since it was last published", row.draft_name);
        if wishes.keep_mine || (can_ask() && yes(&format!("{said}. Replace it by yours? [y/N]"))?) {
            keep_mine.push(row.key.clone());
        } else if can_ask() {
            refused.push(row.key.clone());
        } else {
            return Err(missing(
                format!("{said}."),
                "Add --keep-mine or --take-theirs, or leave this draft out.".into(),
            ));
        }
    }
    rows.retain(|row| !refused.contains(&row.key));
    for row in &rows {
        let Some(change) = &row.owner_change else { continue };
        let said = format!("{} gets {} as its owner instead of {}", row.draft_name, change.to, change.from);
        if given.accept_owner_change {
            owner_changes.push(row.key.clone());
        } else if !can_ask() {
            return Err(missing(
                format!("{said}."),
                "Add --accept-owner-change, or leave this draft out.".into(),
            ));
        } else if yes(&format!("{said}. Agree? [y/N]"))? {
            owner_changes.push(row.key.clone());
        } else {
            refused.push(row.key.clone());
        }
    }
    rows.retain(|row| !refused.contains(&row.key));
    if rows.is_empty() {
        return Ok(None);
    }
    let mut confirmed = given.confirm.clone();
    for environment in plan.environments.iter().filter(|environment| environment.protected) {
        let name = &environment.name;
        let touched = rows.iter().any(|row| row.environment_id == environment.id);
        if !touched || confirmed.contains(name) {
            continue;
        }
        let typed =
            if can_ask() { ask(&format!("{name} is protected. Type its name"))? } else { String::new() };
        if typed != *name {
            return Err(missing(format!("{name} is protected."), format!("Add --confirm {name}.")));
        }
        confirmed.push(typed);
    }
    let question = format!("Apply {}? [y/N]", count(rows.len(), "change"));
    if !given.yes && !yes(&out.paint("bold", &question))? {
        return Ok(None);
    }
    Ok(Some(PublishStart {
        plan_id: plan.id.clone(),
        rows: rows.iter().map(|row| row.key.clone()).collect(),
        owner_changes,
        confirmed_names: confirmed,
        keep_mine,
        adopt,
    }))
}

/// Which row adopts which of the wanted sets.
fn adoptions(plan: &PlanView, wanted: &[String]) -> Result<Vec<AdoptChoice>, Stop> {
    let mut choices: Vec<AdoptChoice> = Vec::new();
    for id in wanted {
        let offers = |row: &&PlanRow| row.adoptable.iter().any(|set| set.id == *id);
        let free = |row: &&PlanRow| !choices.iter().any(|choice| choice.row == row.key);
        let row = plan.rows.iter().filter(offers).find(free).ok_or_else(|| {
            missing(
                format!("The plan does not offer {id} to be adopted."),
                "Choose one of those it names.".into(),
            )
        })?;
        choices.push(AdoptChoice { row: row.key.clone(), remote_id: id.clone() });
    }
    Ok(choices)
}

fn yes(question: &str) -> Result<bool, Problem> {
    Ok(matches!(ask(question)?.to_lowercase().as_str(), "y" | "yes"))
}
