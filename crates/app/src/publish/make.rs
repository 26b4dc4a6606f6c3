//! Making a plan: the environments are observed, then everything is decided at once, over one look at the vault.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{Attempt, Draft, DraftId, DraftSecrets, EnvironmentId, Publication, hex};

use super::compare::metadata_of;
use super::fields::{Fields, sent_fields};
use super::observe::Observed;
use super::order::{Ordered, block_orphans, companions_first, warn_of_owners};
use super::plan::{PlannedDraft, RowInput, plan_row};
use super::runs::{RowBasis, StoredPlan};
use super::unpublish::{DeleteInput, plan_delete};
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::rotation::under_way;
use crate::views::{PlanAction, PlanEnvironment, PlanRow, PlanView, RotationView};

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Publish,
    Unpublish,
}

/// A draft in an environment.
pub(super) type Pair = (DraftId, EnvironmentId);

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
        self.plan_of(product(draft_ids, environment_ids)?, Purpose::Publish).await
    }

    /// Computes what unpublishing would do: which sets would be deleted, what keeps them, who depends on them.
    ///
    /// # Errors
    /// As [`App::publish_plan`].
    pub async fn unpublish_plan(
        &self,
        draft_ids: &[String],
        environment_ids: &[String],
    ) -> Result<PlanView, Problem> {
        self.plan_of(product(draft_ids, environment_ids)?, Purpose::Unpublish).await
    }

    /// Makes a plan again that was made before, here or in another process: rows that are no longer what they were in it
    /// are blocked, and no others are added. What is left can be carried out as if it were that plan.
    ///
    /// # Errors
    /// As [`App::publish_plan`].
    pub async fn publish_replan(&self, wanted: &PlanView) -> Result<PlanView, Problem> {
        let promised: HashMap<&str, &PlanRow> =
            wanted.rows.iter().map(|row| (row.key.as_str(), row)).collect();
        let purpose = purpose_of_rows(&wanted.rows);
        self.plan_with(pairs_of_rows(&wanted.rows)?, purpose, |row| {
            let same =
                promised.get(row.key.as_str()).is_some_and(|before| before.fingerprint == row.fingerprint);
            if !same && row.action.writes() {
                row.reasons.insert(0, "It moved since the plan was made. Make the plan again.".into());
                super::plan::block(row);
            }
        })
        .await
    }

    /// Makes a plan over the same rows again, as they are now.
    ///
    /// # Errors
    /// As [`App::publish_plan`].
    pub async fn publish_replan_rows(&self, plan: &PlanView) -> Result<PlanView, Problem> {
        self.plan_of(pairs_of_rows(&plan.rows)?, purpose_of_rows(&plan.rows)).await
    }

    /// A plan over exactly these pairs.
    pub(super) async fn plan_of(&self, pairs: Vec<Pair>, purpose: Purpose) -> Result<PlanView, Problem> {
        self.plan_with(pairs, purpose, |_| {}).await
    }

    /// A plan over exactly these pairs; `adjust` has the last word on each row.
    async fn plan_with(
        &self,
        pairs: Vec<Pair>,
        purpose: Purpose,
        mut adjust: impl FnMut(&mut PlanRow),
    ) -> Result<PlanView, Problem> {
        // Before the look: what became visible while the answers travelled is not in them.
        let now = self.now();
        let environments = unique(pairs.iter().map(|(_, environment)| *environment));
        let mut observing = tokio::task::JoinSet::new();
        for (place, id) in environments.into_iter().enumerate() {
            let app = self.clone();
            observing.spawn(async move { (place, app.observe(id).await) });
        }
        let mut observed: Vec<(usize, Observed)> = Vec::new();
        while let Some(done) = observing.join_next().await {
            let (place, seen) = done.map_err(|_| {
                Problem::new(
                    Code::Internal,
                    "The plan could not be made.",
                    "Nothing was changed.",
                    "Try again.",
                )
            })?;
            observed.push((place, seen?));
        }
        observed.sort_by_key(|(place, seen)| (!seen.environment.meta.protected, *place));
        let observed: Vec<_> = observed.into_iter().map(|(_, seen)| Arc::new(seen)).collect();
        let mut id = [0; 16];
        self.inner.parts.entropy.fill(&mut id);
        let seen = observed.clone();
        let decided = self
            .with_session(move |session| {
                seen.iter().for_each(|observed| session.seen.keep(observed));
                session.decide(&pairs, &seen, purpose, now)
            })
            .await?;
        let (mut rows, basis): (Vec<PlanRow>, Vec<RowBasis>) = decided.into_iter().unzip();
        for seen in &observed {
            let id = seen.environment.id;
            let mut here: Vec<&mut PlanRow> =
                rows.iter_mut().filter(|row| row.environment_id == id.to_string()).collect();
            self.name_monitors(id, &mut here).await;
        }
        rows.iter_mut().for_each(&mut adjust);
        let prints: Vec<u8> = rows.iter().flat_map(|row| row.fingerprint.bytes()).collect();
        let fingerprint = self
            .with_session(move |session| Ok(hex(&session.vault.keyed_digest("plan", &[&prints])[..16])))
            .await?;
        let view = PlanView {
            id: uuid::Builder::from_random_bytes(id).into_uuid().to_string(),
            made_at: now,
            fingerprint,
            environments: observed.iter().map(|seen| environment_view(seen)).collect(),
            rows,
        };
        let basis = view.rows.iter().map(|row| row.key.clone()).zip(basis).collect();
        let observed = observed.into_iter().map(|seen| (seen.environment.id, seen)).collect();
        self.inner.runs.keep(StoredPlan { view: view.clone(), observed, basis });
        Ok(view)
    }
}

fn pairs_of_rows(rows: &[PlanRow]) -> Result<Vec<Pair>, Problem> {
    rows.iter()
        .map(|row| Ok((parse_id(&row.draft_id)?, parse_environment_id(&row.environment_id)?)))
        .collect()
}

fn purpose_of_rows(rows: &[PlanRow]) -> Purpose {
    let deletes = rows.iter().any(|row| row.action == PlanAction::Delete);
    if deletes { Purpose::Unpublish } else { Purpose::Publish }
}

/// Every draft in every environment.
fn product(draft_ids: &[String], environment_ids: &[String]) -> Result<Vec<Pair>, Problem> {
    let drafts = draft_ids.iter().map(|id| parse_id(id)).collect::<Result<Vec<_>, _>>()?;
    let environments =
        environment_ids.iter().map(|id| parse_environment_id(id)).collect::<Result<Vec<_>, _>>()?;
    if drafts.is_empty() || environments.is_empty() {
        return Err(Problem::invalid(
            "A plan needs a draft and an environment.",
            "Choose at least one of each.",
        ));
    }
    Ok(unique(environments)
        .into_iter()
        .flat_map(|environment| drafts.iter().map(move |draft| (*draft, environment)))
        .collect())
}

pub(crate) fn unique<T: Copy + Eq + std::hash::Hash>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|one| seen.insert(*one)).collect()
}

fn environment_view(seen: &Observed) -> PlanEnvironment {
    PlanEnvironment {
        id: seen.environment.id.to_string(),
        name: seen.environment.meta.name.clone(),
        colour: seen.environment.meta.colour.clone(),
        protected: seen.environment.meta.protected,
        token_owner: seen.token_owner.clone(),
        problem: seen.refusal(),
    }
}

impl Session {
    /// Rows per environment. Companions stand before the drafts that refer to them, and after them in a deletion.
    fn decide(
        &mut self,
        pairs: &[Pair],
        observed: &[Arc<Observed>],
        purpose: Purpose,
        now: i64,
    ) -> Result<Vec<(PlanRow, RowBasis)>, Problem> {
        self.refresh()?;
        let drafts = unique(pairs.iter().map(|(draft, _)| *draft));
        let mut planned = Vec::with_capacity(drafts.len());
        for id in drafts {
            planned.push(self.planned(id, now)?);
        }
        let Ordered { drafts: mut planned, circular } = companions_first(planned);
        if purpose == Purpose::Unpublish {
            planned.reverse();
        }
        let wanted: HashSet<Pair> = pairs.iter().copied().collect();
        let unresolved = self.unresolved_with_fields()?;
        let links: HashMap<Pair, Publication> = self
            .vault
            .publications(None)?
            .into_iter()
            .map(|link| ((link.draft, link.environment), link))
            .collect();
        let linked: HashSet<&str> =
            links.values().filter_map(|link| link.meta.remote_id.as_deref()).collect();
        let dependants =
            if purpose == Purpose::Unpublish { self.dependants(&links)? } else { HashMap::new() };
        let name_of = |id: DraftId| {
            self.vault.draft(id).map_or_else(|_| "A draft".into(), |(draft, _)| draft.meta.name)
        };
        let mut rotations: HashMap<DraftId, RotationView> = HashMap::new();
        for one in planned.iter().filter(|_| purpose == Purpose::Publish) {
            rotations.extend(self.rotation_found(one.draft.id)?.map(|view| (one.draft.id, view)));
        }
        let mut decided = Vec::with_capacity(wanted.len());
        for seen in observed {
            let environment = seen.environment.id;
            let companion_id =
                |id: DraftId| links.get(&(id, environment)).and_then(|link| link.meta.remote_id.clone());
            let mut here: Vec<(PlanRow, RowBasis)> = Vec::new();
            for one in planned.iter().map(|one| one.in_environment(environment)) {
                let pair = (one.draft.id, environment);
                if !wanted.contains(&pair) {
                    continue;
                }
                let publication = links.get(&pair);
                let lost: Vec<(&Attempt, Option<Fields>)> = unresolved
                    .iter()
                    .filter(|(attempt, _)| (attempt.draft, attempt.environment) == pair)
                    .map(|(attempt, sent)| (attempt, sent.clone()))
                    .collect();
                let mut row = match purpose {
                    Purpose::Publish => plan_row(&RowInput {
                        planned: one,
                        publication,
                        observed: seen,
                        companion_id: &companion_id,
                        companion_planned: &|id| wanted.contains(&(id, environment)),
                        unresolved: &lost,
                        linked: &|id| linked.contains(id),
                        now,
                        name_of: &name_of,
                    }),
                    Purpose::Unpublish => plan_delete(&DeleteInput {
                        draft: &one.draft,
                        publication,
                        observed: seen,
                        dependants: dependants.get(&pair).map_or(&[], Vec::as_slice),
                        deleted_too: &|id| wanted.contains(&(id, environment)),
                    }),
                };
                let basis = RowBasis {
                    publication: publication.map(|link| link.revision),
                    known: lost.iter().map(|(attempt, _)| attempt.id).collect(),
                    companions: one.draft.meta.details.companions(),
                };
                if purpose == Purpose::Publish {
                    warn_of_owners(one, &mut row, seen, &companion_id, &name_of);
                    let rotation = rotations.get(&one.draft.id).filter(|_| row.action.writes());
                    row.warnings.extend(rotation.and_then(|one| under_way(one, &row.environment_id)));
                    if circular.contains(&one.draft.id) {
                        super::order::block_circle(&mut row);
                    }
                }
                row.fingerprint = self.row_fingerprint(&row, &basis, seen);
                here.push((row, basis));
            }
            if purpose == Purpose::Publish {
                block_orphans(&mut here, &planned);
            }
            decided.extend(here);
        }
        Ok(decided)
    }

    pub(super) fn planned(&self, id: DraftId, now: i64) -> Result<PlannedDraft, Problem> {
        let (draft, _) = self.vault.draft(id)?;
        let (_, secrets) = self.vault.draft_secrets(id)?;
        let there = draft.meta.overrides.keys().map(|environment| {
            let here = Draft { meta: draft.meta.in_environment(*environment), ..draft.clone() };
            (*environment, self.planned_as(here, &secrets.in_environment(*environment), now))
        });
        let there = there.collect();
        Ok(PlannedDraft { there, ..self.planned_as(draft, &secrets, now) })
    }

    fn planned_as(&self, draft: Draft, secrets: &DraftSecrets, now: i64) -> PlannedDraft {
        let issues = self.check(Some(draft.id), &draft.meta, Some(secrets), now);
        let secret_digests = self.vault.secret_digests(secrets);
        PlannedDraft { secret_digests, draft, issues, there: BTreeMap::new() }
    }

    /// Attempts whose outcome is not known, oldest first, with the fields they sent, if those can still be read.
    pub(super) fn unresolved_with_fields(&self) -> Result<Vec<(Attempt, Option<Fields>)>, Problem> {
        let attempts = self.vault.unresolved_attempts()?;
        Ok(attempts
            .into_iter()
            .map(|attempt| {
                let environment = attempt.environment;
                let meta = self.vault.revision_in(attempt.draft, attempt.draft_revision, environment).ok();
                let fields = meta.map(|(meta, _)| {
                    sent_fields(&meta, &|id| self.remote_id(id, environment).unwrap_or_default())
                });
                (attempt, fields)
            })
            .collect())
    }

    /// Published drafts that refer to another one, by that other one and its environment.
    fn dependants(
        &self,
        links: &HashMap<Pair, Publication>,
    ) -> Result<HashMap<Pair, Vec<(DraftId, String)>>, Problem> {
        let mut all: HashMap<Pair, Vec<(DraftId, String)>> = HashMap::new();
        for link in links.values().filter(|link| link.meta.remote_id.is_some()) {
            let Some(sent) = &link.meta.published else { continue };
            for companion in sent.meta.details.companions() {
                all.entry((companion, link.environment))
                    .or_default()
                    .push((link.draft, sent.meta.name.clone()));
            }
        }
        Ok(all)
    }

    /// Equal as long as the row was decided on the same draft, link and remote metadata, to the same end.
    fn row_fingerprint(&self, row: &PlanRow, basis: &RowBasis, seen: &Observed) -> String {
        let decided = format!(
            "{}|{}|{:?}|{:?}|{:?}|{:?}|{:?}",
            row.key, row.revision, row.action, row.remote_id, row.owner_change, basis, seen.token_owner
        );
        let mut there: Vec<&RemoteSet> = seen
            .sets
            .values()
            .filter(|set| set.name == row.draft_name || Some(&set.id) == row.remote_id.as_ref())
            .collect();
        there.sort_by(|a, b| a.id.cmp(&b.id));
        let there: Vec<Vec<u8>> = there.into_iter().map(metadata_of).collect();
        let parts: Vec<&[u8]> =
            std::iter::once(decided.as_bytes()).chain(there.iter().map(Vec::as_slice)).collect();
        hex(&self.vault.keyed_digest("plan row", &parts)[..16])
    }
}
