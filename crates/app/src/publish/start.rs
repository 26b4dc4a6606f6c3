//! Saying yes to a plan, and starting the run.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use sealpost_vault::EnvironmentId;

use super::plan::adopting;
use super::runs::{Job, Place, StoredPlan};
use crate::app::App;
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::{PlanAction, PlanRow, PlanView, PublishStart, RunItem, RunState, RunView};

impl App {
    /// Starts a run of the rows that were agreed to and returns at once; progress comes as events.
    ///
    /// # Errors
    /// `PlanMoved` (the plan is gone), `RunActive`, `Invalid` (a row that can't run), `ConsentMissing` (an owner change,
    /// a conflict or a protected name): nothing was sent.
    pub async fn publish_start(&self, start: PublishStart) -> Result<RunView, Problem> {
        let plan = self.inner.runs.plan(&start.plan_id).ok_or_else(|| {
            Problem::new(
                Code::PlanMoved,
                "This plan is no longer kept.",
                "Nothing was sent.",
                "Make the plan again.",
            )
        })?;
        let chosen = check_consent(&plan, &start)?;
        let place = self.place().await?;
        let run = RunView {
            id: start.plan_id.clone(),
            started_at: self.now(),
            finished_at: None,
            cancelling: false,
            version: 0,
            items: chosen.iter().map(|row| item(row, &plan.view)).collect(),
        };
        let mut queues: BTreeMap<EnvironmentId, Vec<Job>> = BTreeMap::new();
        for (place, row) in chosen.into_iter().enumerate() {
            let (draft, environment) = (parse_id(&row.draft_id)?, parse_environment_id(&row.environment_id)?);
            let basis = plan.basis.get(&row.key).cloned().unwrap_or_default();
            queues.entry(environment).or_default().push(Job { row, draft, place, basis });
        }
        self.remember_run(&run).await?;
        self.inner.runs.begin(run.clone());
        let app = self.clone();
        tokio::spawn(async move { app.run_queues(plan, queues, place).await });
        Ok(run)
    }

    async fn run_queues(
        self,
        plan: Arc<StoredPlan>,
        queues: BTreeMap<EnvironmentId, Vec<Job>>,
        place: Place,
    ) {
        let mut running = tokio::task::JoinSet::new();
        for (environment, jobs) in queues {
            let Some(observed) = plan.observed.get(&environment).cloned() else { continue };
            let app = self.clone();
            running.spawn(async move { app.run_queue(observed, jobs).await });
        }
        while running.join_next().await.is_some() {}
        self.run_came_to_its_end().await;
        self.end_run();
        drop(place);
    }
}

fn item(row: &PlanRow, plan: &PlanView) -> RunItem {
    let name = plan.environments.iter().find(|env| env.id == row.environment_id).map(|env| env.name.clone());
    RunItem {
        key: row.key.clone(),
        draft_id: row.draft_id.clone(),
        draft_name: row.draft_name.clone(),
        type_name: row.type_name.clone(),
        environment_id: row.environment_id.clone(),
        environment: name.unwrap_or_default(),
        action: row.action,
        state: RunState::Queued,
        remote_id: row.remote_id.clone(),
        owner: None,
        attempt_id: None,
        message: String::new(),
        server_message: None,
        violations: Vec::new(),
        hint: None,
        retry_at: None,
        took_ms: None,
    }
}

fn consent_missing(title: String, hint: &str) -> Problem {
    Problem::new(Code::ConsentMissing, title, "Nothing was sent.", hint)
}

/// The rows that may run, as they were agreed to, or what is missing. Pure.
fn check_consent(plan: &StoredPlan, start: &PublishStart) -> Result<Vec<PlanRow>, Problem> {
    let wanted: HashSet<&str> = start.rows.iter().map(String::as_str).collect();
    let in_plan = plan.view.rows.iter().filter(|row| wanted.contains(row.key.as_str()));
    let chosen = in_plan.map(|row| chosen_row(row, plan, start)).collect::<Result<Vec<_>, _>>()?;
    if chosen.len() != wanted.len() || chosen.is_empty() {
        return Err(Problem::invalid(
            "The plan has no such row.",
            "Make the plan again and choose from its rows.",
        ));
    }
    for row in &chosen {
        if !row.action.writes() {
            return Err(Problem::invalid(
                format!("{} can't be published: {}", row.draft_name, row.summary),
                "Leave it out, or resolve the reason and make the plan again.",
            ));
        }
        if row.action == PlanAction::Conflict && !start.keep_mine.contains(&row.key) {
            return Err(consent_missing(
                format!("{} was changed there since it was last published.", row.draft_name),
                "Keep yours, or take theirs into the draft, or leave it out.",
            ));
        }
        if let (Some(change), false) = (&row.owner_change, start.owner_changes.contains(&row.key)) {
            return Err(consent_missing(
                format!(
                    "Updating {} makes {} its owner instead of {}.",
                    row.draft_name, change.to, change.from
                ),
                "Agree to the owner change of this row, or leave it out.",
            ));
        }
    }
    for environment in plan.view.environments.iter().filter(|env| env.protected) {
        let touched = chosen.iter().any(|row| row.environment_id == environment.id);
        if touched && !start.confirmed_names.contains(&environment.name) {
            return Err(consent_missing(
                format!("{} is protected.", environment.name),
                "Type its name to allow the changes there.",
            ));
        }
    }
    Ok(chosen)
}

/// A row of the plan, or what it becomes by a choice to adopt.
fn chosen_row(row: &PlanRow, plan: &StoredPlan, start: &PublishStart) -> Result<PlanRow, Problem> {
    let Some(choice) = start.adopt.iter().find(|choice| choice.row == row.key) else {
        return Ok(row.clone());
    };
    let offered = row.adoptable.iter().any(|set| set.id == choice.remote_id);
    let seen = row.environment_id.parse().ok().and_then(|id| plan.observed.get(&id));
    let remote = seen.and_then(|seen| seen.sets.get(&choice.remote_id));
    match (seen, remote) {
        (Some(seen), Some(remote)) if offered && row.action == PlanAction::Create => {
            Ok(adopting(row, remote, seen.token_owner.as_deref()))
        }
        _ => Err(Problem::invalid(
            format!("{} can't adopt {}: the plan does not offer it.", row.draft_name, choice.remote_id),
            "Choose one of the sets that its row names.",
        )),
    }
}
