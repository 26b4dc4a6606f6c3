//! Making a plan, and saying yes to it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sealpost_vault::{AttemptAction, DraftId, EnvironmentId, Publication, hex};

use super::observe::Observed;
use super::plan::{PlannedDraft, RowInput, plan_row, row_key};
use super::runs::{Job, StoredPlan};
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::{
    PlanAction, PlanEnvironment, PlanRow, PlanView, PublishStart, RunItem, RunState, RunView,
};

impl App {
    /// Computes what publishing would do. Reads the environments; changes nothing there or here.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`. An environment that can't be reached is not an error: its rows are blocked.
    pub async fn publish_plan(
        &self,
        draft_ids: &[String],
        environment_ids: &[String],
    ) -> Result<PlanView, Problem> {
        let drafts = draft_ids.iter().map(|id| parse_id(id)).collect::<Result<Vec<_>, _>>()?;
        let environments =
            environment_ids.iter().map(|id| parse_environment_id(id)).collect::<Result<Vec<_>, _>>()?;
        if drafts.is_empty() || environments.is_empty() {
            return Err(Problem::invalid(
                "A plan needs a draft and an environment.",
                "Choose at least one of each.",
            ));
        }
        let mut observing = tokio::task::JoinSet::new();
        for (place, id) in unique(&environments).into_iter().enumerate() {
            let app = self.clone();
            observing.spawn(async move { (place, app.observe(id).await) });
        }
        let mut observed: Vec<(usize, Arc<Observed>)> = Vec::new();
        while let Some(done) = observing.join_next().await {
            let (place, seen) = done.map_err(|_| {
                Problem::new(
                    Code::Internal,
                    "The plan could not be made.",
                    "Nothing was changed.",
                    "Try again.",
                )
            })?;
            observed.push((place, Arc::new(seen?)));
        }
        observed.sort_by_key(|(place, seen)| (!seen.environment.meta.protected, *place));
        let observed: Vec<_> = observed.into_iter().map(|(_, seen)| seen).collect();
        let (now, mut id) = (self.now(), [0; 16]);
        self.inner.parts.entropy.fill(&mut id);
        let app = self.clone();
        self.with_session(move |session| {
            let rows = session.plan_rows(&unique(&drafts), &observed, now)?;
            let view = PlanView {
                id: uuid::Builder::from_random_bytes(id).into_uuid().to_string(),
                made_at: now,
                fingerprint: fingerprint(session, &rows, &observed),
                environments: observed.iter().map(|seen| environment_view(seen)).collect(),
                rows,
            };
            let observed = observed.into_iter().map(|seen| (seen.environment.id, seen)).collect();
            app.inner.runs.keep(StoredPlan { view: view.clone(), observed });
            Ok(view)
        })
        .await
    }

    /// Starts a run of the rows that were agreed to and returns at once; progress comes as events.
    ///
    /// # Errors
    /// `NotFound` (the plan is gone), `RunActive`, `Invalid` (a row that can't run), `ConsentMissing` (an owner change
    /// or a protected name): nothing was sent.
    pub async fn publish_start(&self, start: PublishStart) -> Result<RunView, Problem> {
        let plan = self.inner.runs.plan(&start.plan_id).ok_or_else(|| {
            Problem::new(
                Code::PlanMoved,
                "This plan is no longer kept.",
                "Nothing was sent.",
                "Make the plan again.",
            )
        })?;
        let chosen = check_consent(&plan.view, &start)?;
        // Needs the vault open before anything is announced.
        self.with_session(|_| Ok(())).await?;
        let run = RunView {
            id: start.plan_id.clone(),
            started_at: self.now(),
            finished_at: None,
            cancelling: false,
            items: chosen.iter().map(|row| item(row, &plan.view)).collect(),
        };
        if !self.inner.runs.begin(run.clone()) {
            return Err(Problem::new(
                Code::RunActive,
                "Another publish is under way.",
                "Nothing of this plan was sent.",
                "Wait for it to end, or cancel it.",
            ));
        }
        let mut queues: BTreeMap<EnvironmentId, Vec<Job>> = BTreeMap::new();
        for (place, row) in chosen.into_iter().enumerate() {
            let (draft, environment) = (parse_id(&row.draft_id)?, parse_environment_id(&row.environment_id)?);
            queues.entry(environment).or_default().push(Job { row, draft, place });
        }
        let app = self.clone();
        tokio::spawn(async move { app.run_queues(plan, queues).await });
        Ok(run)
    }

    async fn run_queues(self, plan: Arc<StoredPlan>, queues: BTreeMap<EnvironmentId, Vec<Job>>) {
        let mut running = tokio::task::JoinSet::new();
        for (environment, jobs) in queues {
            let Some(observed) = plan.observed.get(&environment).cloned() else { continue };
            let app = self.clone();
            running.spawn(async move { app.run_queue(observed, jobs).await });
        }
        while running.join_next().await.is_some() {}
        self.end_run();
    }
}

fn unique<T: Copy + Eq + std::hash::Hash>(all: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    all.iter().copied().filter(|one| seen.insert(*one)).collect()
}

fn environment_view(seen: &Observed) -> PlanEnvironment {
    PlanEnvironment {
        id: seen.environment.id.to_string(),
        name: seen.environment.meta.name.clone(),
        colour: seen.environment.meta.colour.clone(),
        protected: seen.environment.meta.protected,
        token_owner: seen.token_owner.clone(),
        problem: seen.problem.clone(),
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
        message: String::new(),
        server_message: None,
        violations: Vec::new(),
        hint: None,
        retry_at: None,
        took_ms: None,
    }
}

/// The rows that may run, or what is missing. Pure.
fn check_consent(plan: &PlanView, start: &PublishStart) -> Result<Vec<PlanRow>, Problem> {
    let wanted: HashSet<&str> = start.rows.iter().map(String::as_str).collect();
    let chosen: Vec<&PlanRow> = plan.rows.iter().filter(|row| wanted.contains(row.key.as_str())).collect();
    if chosen.len() != wanted.len() || chosen.is_empty() {
        return Err(Problem::invalid(
            "The plan has no such row.",
            "Make the plan again and choose from its rows.",
        ));
    }
    for row in &chosen {
        if !matches!(row.action, PlanAction::Create | PlanAction::Update) {
            return Err(Problem::invalid(
                format!("{} can't be published: {}", row.draft_name, row.summary),
                "Leave it out, or resolve the reason and make the plan again.",
            ));
        }
        if let (Some(change), false) = (&row.owner_change, start.owner_changes.contains(&row.key)) {
            return Err(Problem::new(
                Code::ConsentMissing,
                format!(
                    "Updating {} makes {} its owner instead of {}.",
                    row.draft_name, change.to, change.from
                ),
                "Nothing was sent.",
                "Agree to the owner change of this row, or leave it out.",
            ));
        }
    }
    for environment in plan.environments.iter().filter(|env| env.protected) {
        let touched = chosen.iter().any(|row| row.environment_id == environment.id);
        if touched && !start.confirmed_names.contains(&environment.name) {
            return Err(Problem::new(
                Code::ConsentMissing,
                format!("{} is protected.", environment.name),
                "Nothing was sent.",
                "Type its name to allow the changes there.",
            ));
        }
    }
    Ok(chosen.into_iter().cloned().collect())
}

/// Equal for equal plans: what is done, to which revision of which draft, over which remote metadata.
fn fingerprint(session: &Session, rows: &[PlanRow], observed: &[Arc<Observed>]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for row in rows {
        parts.push(format!("{}|{}|{:?}|{:?}", row.key, row.revision, row.action, row.remote_id));
        let seen = observed.iter().find(|seen| seen.environment.id.to_string() == row.environment_id);
        if let Some(remote) = seen.zip(row.remote_id.as_ref()).and_then(|(seen, id)| seen.sets.get(id)) {
            parts.push(format!("{}|{}|{:?}", remote.name, remote.owner, remote.scopes));
        }
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    hex(&session.vault.keyed_digest("plan", &parts)[..16])
}

impl Session {
    /// Rows per environment, companions before the drafts that refer to them.
    fn plan_rows(
        &mut self,
        drafts: &[DraftId],
        observed: &[Arc<Observed>],
        now: i64,
    ) -> Result<Vec<PlanRow>, Problem> {
        self.refresh()?;
        let mut planned = Vec::with_capacity(drafts.len());
        for id in drafts {
            planned.push(self.planned(*id, now)?);
        }
        let planned = companions_first(planned);
        let chosen: HashSet<DraftId> = drafts.iter().copied().collect();
        let mut rows = Vec::with_capacity(planned.len() * observed.len());
        let unresolved = self.vault.unresolved_attempts()?;
        let links: HashMap<(DraftId, EnvironmentId), Publication> = self
            .vault
            .publications(None)?
            .into_iter()
            .map(|link| ((link.draft, link.environment), link))
            .collect();
        let linked: HashSet<&str> =
            links.values().filter_map(|link| link.meta.remote_id.as_deref()).collect();
        for seen in observed {
            let environment = seen.environment.id;
            for one in &planned {
                let input = RowInput {
                    planned: one,
                    publication: links.get(&(one.draft.id, environment)),
                    observed: seen,
                    companion_id: &|id| {
                        links.get(&(id, environment)).and_then(|link| link.meta.remote_id.clone())
                    },
                    companion_planned: &|id| chosen.contains(&id),
                    unresolved: unresolved.iter().rfind(|attempt| {
                        attempt.action == AttemptAction::Create
                            && attempt.draft == one.draft.id
                            && attempt.environment == environment
                    }),
                    linked: &|id| linked.contains(id),
                    now,
                    name_of: &|id| {
                        self.vault.draft(id).map_or_else(|_| "A draft".into(), |(draft, _)| draft.meta.name)
                    },
                };
                rows.push(plan_row(&input));
            }
        }
        block_orphans(&mut rows, &planned);
        Ok(rows)
    }

    pub(super) fn planned(&self, id: DraftId, now: i64) -> Result<PlannedDraft, Problem> {
        let (draft, _) = self.vault.draft(id)?;
        let (_, secrets) = self.vault.draft_secrets(id)?;
        let issues = self.check(Some(id), &draft.meta, Some(&secrets), now);
        Ok(PlannedDraft { secret_digests: self.vault.secret_digests(&secrets), draft, issues })
    }
}

/// Orders drafts so that each stands after those it refers to; a cycle keeps its order and is caught by the check.
fn companions_first(mut planned: Vec<PlannedDraft>) -> Vec<PlannedDraft> {
    let mut ordered: Vec<PlannedDraft> = Vec::with_capacity(planned.len());
    while !planned.is_empty() {
        let waiting: HashSet<DraftId> = planned.iter().map(|one| one.draft.id).collect();
        let free = |one: &PlannedDraft| {
            one.draft.meta.details.companions().iter().all(|id| !waiting.contains(id) || *id == one.draft.id)
        };
        let (ready, rest): (Vec<_>, Vec<_>) = planned.into_iter().partition(free);
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        planned = rest;
    }
    ordered
}

/// A row whose companion is blocked in this plan and has no id there yet can't run either.
fn block_orphans(rows: &mut [PlanRow], planned: &[PlannedDraft]) {
    let needs: HashMap<String, Vec<DraftId>> =
        planned.iter().map(|one| (one.draft.id.to_string(), one.draft.meta.details.companions())).collect();
    for place in 0..rows.len() {
        let Some(ids) = needs.get(&rows[place].draft_id) else { continue };
        let environment = rows[place].environment_id.clone();
        let blocked = |id: &DraftId| {
            environment.parse().ok().and_then(|env| {
                let key = row_key(*id, env);
                rows.iter().find(|row| {
                    row.key == key && row.action == PlanAction::Blocked && row.remote_id.is_none()
                })
            })
        };
        if let Some(name) = ids.iter().find_map(blocked).map(|row| row.draft_name.clone()) {
            let row = &mut rows[place];
            row.action = PlanAction::Blocked;
            row.reasons.push(format!("{name} is blocked in this plan, and this draft needs its ID."));
            row.summary = row.reasons[0].clone();
        }
    }
}
