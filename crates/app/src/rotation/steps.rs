//! The steps of a rotation. Each stores what is meant and gives a plan; none sends anything.

use std::collections::BTreeSet;

use sealpost_vault::{
    Draft, DraftId, DraftMeta, DraftSecrets, EnvironmentId, Error, NewActivity, RotationMeta, SaveDraft,
    SecretEdit, SecretField,
};

use super::state::Login;
use crate::app::{App, Session};
use crate::drafts::{edited_value, parse_id, read_certificates};
use crate::environments::parse_environment_id;
use crate::problem::Problem;
use crate::publish::{label, unique};
use crate::views::{DraftView, PlanView, RotatedState, RotationPhase, RotationStart, RotationView};

impl App {
    /// Changes a secret of a draft and begins its rotation; an earlier rotation of the draft is over then. Nothing is
    /// sent: [`App::rotation_plan`] says what would be.
    ///
    /// # Errors
    /// `Invalid` (no new value, no canary, a canary with a secret of its own), `StaleRevision`, `NotFound`,
    /// `VaultLocked`.
    pub async fn rotation_start(&self, start: RotationStart) -> Result<RotationView, Problem> {
        let id = parse_id(&start.id)?;
        let canary = start.canary.iter().map(|id| parse_environment_id(id)).collect::<Result<Vec<_>, _>>()?;
        self.change(move |session| {
            session.refresh()?;
            session.begin_rotation(id, start, unique(canary))?;
            session.rotation_of(id)
        })
        .await
    }

    /// All rotations that were not ended, the oldest first.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`.
    pub async fn rotation_list(&self) -> Result<Vec<RotationView>, Problem> {
        self.with_session(|session| {
            session.refresh()?;
            session.vault.rotations()?.iter().map(|one| session.rotation_view(one)).collect()
        })
        .await
    }

    /// The plan of a step: for the canary, or for the rest.
    ///
    /// # Errors
    /// `Invalid` for the rest before the canary has the new secret; `NotFound` if there is no rotation; as
    /// [`App::publish_plan`].
    pub async fn rotation_plan(&self, draft: &str, rest: bool) -> Result<PlanView, Problem> {
        let id = parse_id(draft)?;
        let view = self
            .with_session(move |session| {
                session.refresh()?;
                session.rotation_of(id)
            })
            .await?;
        if rest {
            may_go_on(&view)?;
        }
        let of_step: Vec<String> = view
            .environments
            .iter()
            .filter(|one| one.canary != rest)
            .filter(|one| !matches!(one.state, RotatedState::RolledBack | RotatedState::RollingBack))
            .map(|one| one.environment_id.clone())
            .collect();
        if of_step.is_empty() {
            return Err(Problem::invalid(
                "No environment is left for this step.",
                "End the rotation, or put the new secret into one that was rolled back.",
            ));
        }
        self.publish_plan(&[view.draft_id], &of_step).await
    }

    /// Makes an earlier secret the one of an environment again, as an override of it alone, and gives the plan that
    /// publishes it there. Without a revision it is the one that was published there before.
    ///
    /// # Errors
    /// `NotFound` if there is no earlier secret, `Invalid` if the environment went back already; as
    /// [`App::publish_plan`].
    pub async fn rotation_roll_back(
        &self,
        draft: &str,
        environment: &str,
        revision: Option<u32>,
    ) -> Result<PlanView, Problem> {
        let (id, there) = (parse_id(draft)?, parse_environment_id(environment)?);
        self.change(move |session| {
            session.refresh()?;
            session.roll_back(id, there, revision)
        })
        .await?;
        self.publish_plan(&[draft.to_owned()], &[environment.to_owned()]).await
    }

    /// Takes away what a roll-back put into an environment: it gets the draft's own secret with its next publish.
    ///
    /// # Errors
    /// `NotFound` if it was not rolled back, `VaultLocked`.
    pub async fn rotation_roll_forward(&self, draft: &str, environment: &str) -> Result<DraftView, Problem> {
        let (id, there) = (parse_id(draft)?, parse_environment_id(environment)?);
        let now = self.now();
        self.change(move |session| {
            session.refresh()?;
            let (stored, mut secrets) = session.current(id, None)?;
            let mut meta = stored.meta;
            if !take_away(&mut meta, &mut secrets, there) {
                return Err(Problem::not_found("roll-back of this environment"));
            }
            let entry = NewActivity::of("rolledForward")
                .with_draft_name(&meta.name)
                .about_environment(there, session.environment_name(there));
            let save = SaveDraft { over: Some((id, stored.revision)), meta, secrets };
            session.vault.save_draft(&save, &entry)?;
            session.draft_view(id, now)
        })
        .await
    }

    /// Ends a rotation. The draft keeps its secret, and environments keep theirs.
    ///
    /// # Errors
    /// `NotFound` if there is none, `VaultLocked`.
    pub async fn rotation_end(&self, draft: &str) -> Result<(), Problem> {
        let id = parse_id(draft)?;
        self.change(move |session| {
            let name = session.vault.draft(id)?.0.meta.name;
            let entry = NewActivity::of("rotationEnded").about_draft(id).with_draft_name(name);
            Ok(session.vault.end_rotation(id, &entry)?)
        })
        .await
    }
}

/// May the rest get the new secret?
fn may_go_on(view: &RotationView) -> Result<(), Problem> {
    match view.phase {
        RotationPhase::Canary => Err(Problem::invalid(
            "The canary does not have the new secret yet.",
            "Publish it there first, and look whether it works.",
        )),
        RotationPhase::RolledBack => Err(Problem::invalid(
            "The canary went back to the earlier secret.",
            "Begin again with another secret, or put the new one into the canary once more.",
        )),
        RotationPhase::Check | RotationPhase::Rest | RotationPhase::Done => Ok(()),
    }
}

/// Takes away what a roll-back put into an environment; false if there is nothing of that kind.
fn take_away(meta: &mut DraftMeta, secrets: &mut DraftSecrets, environment: EnvironmentId) -> bool {
    let Some(here) = meta.overrides.get_mut(&environment) else { return false };
    let gone = std::mem::take(&mut here.rolled_back);
    if gone.user {
        here.user = None;
    }
    for field in &gone.secrets {
        secrets.clear_override(environment, *field);
    }
    !gone.is_empty()
}

impl Session {
    /// The rotation of a draft as it stands now, if there is one.
    pub(crate) fn rotation_found(&self, draft: DraftId) -> Result<Option<RotationView>, Problem> {
        self.vault.rotation(draft)?.map(|found| self.rotation_view(&found)).transpose()
    }

    fn rotation_of(&self, draft: DraftId) -> Result<RotationView, Problem> {
        self.rotation_found(draft)?.ok_or_else(|| Problem::not_found("rotation"))
    }

    /// A draft and all its secrets, of one revision.
    fn current(&self, id: DraftId, expected: Option<u32>) -> Result<(Draft, DraftSecrets), Problem> {
        let (draft, _) = self.vault.draft(id)?;
        let (found, secrets) = self.vault.draft_secrets(id)?;
        let expected = expected.unwrap_or(draft.revision);
        if found != expected || draft.revision != expected {
            return Err(Error::StaleRevision { expected, found }.into());
        }
        Ok((draft, secrets))
    }

    fn begin_rotation(
        &mut self,
        id: DraftId,
        start: RotationStart,
        canary: Vec<EnvironmentId>,
    ) -> Result<(), Problem> {
        let (stored, mut secrets) = self.current(id, start.expected_revision)?;
        let (mut meta, mut fields) = (stored.meta, BTreeSet::new());
        for (field, edit) in start.secrets {
            match edit {
                SecretEdit::Keep => continue,
                SecretEdit::Clear => {
                    return Err(Problem::invalid(
                        "A rotation needs a new value, and none was given.",
                        "Type the new secret.",
                    ));
                }
                edit => secrets.set(field, edited_value(edit, field, &DraftSecrets::new())?),
            }
            fields.insert(field);
        }
        if let Some(user) = &start.user {
            meta.details.set_user(user);
        }
        let has = |field: &SecretField| meta.details.secret_fields().contains(field) && secrets.has(*field);
        if fields.is_empty() || !fields.iter().all(has) {
            return Err(Problem::invalid(
                "A rotation needs a new value of a secret that this draft has.",
                "Type the new secret.",
            ));
        }
        for environment in meta.overrides.keys().copied().collect::<Vec<_>>() {
            take_away(&mut meta, &mut secrets, environment);
        }
        let own = |id: &EnvironmentId| !secrets.overridden(*id).is_disjoint(&fields);
        self.check_canary(&canary, &own)?;
        let linked = self.vault.publications(Some(id))?.into_iter();
        let linked = linked.filter(|link| link.meta.remote_id.is_some()).map(|link| link.environment);
        let rest = linked.filter(|id| !canary.contains(id) && !own(id)).collect();
        read_certificates(&mut meta, &secrets, &fields);
        let names: Vec<&str> = canary.iter().map(|id| self.environment_name(*id)).collect();
        let changed: Vec<&str> = fields.iter().map(|field| label(field.name())).collect();
        let entry = NewActivity::of("rotationStarted")
            .with_draft_name(&meta.name)
            .line("Changed", changed.join(", "))
            .line("Canary", names.join(", "));
        let rotation = RotationMeta { fields, canary, rest };
        let save = SaveDraft { over: Some((id, stored.revision)), meta, secrets };
        self.vault.begin_rotation(&save, &rotation, &entry)?;
        Ok(())
    }

    fn check_canary(
        &self,
        canary: &[EnvironmentId],
        own: &dyn Fn(&EnvironmentId) -> bool,
    ) -> Result<(), Problem> {
        if canary.is_empty() {
            return Err(Problem::invalid(
                "A rotation needs a canary.",
                "Choose the environment to try it in.",
            ));
        }
        for id in canary {
            let name = self.vault.environment(*id)?.meta.name;
            if own(id) {
                return Err(Problem::invalid(
                    format!("{name} has a secret of its own, which a change of the draft's does not reach."),
                    "Choose another canary, or change the override of that environment.",
                ));
            }
        }
        Ok(())
    }

    fn roll_back(
        &mut self,
        id: DraftId,
        environment: EnvironmentId,
        revision: Option<u32>,
    ) -> Result<(), Problem> {
        let (stored, mut secrets) = self.current(id, None)?;
        let name = self.vault.environment(environment)?.meta.name;
        let back = stored.meta.overrides.get(&environment).is_some_and(|here| !here.rolled_back.is_empty());
        if back && revision.is_none() {
            return Err(Problem::invalid(
                format!("{name} went back to an earlier secret already."),
                "Publish it there, or say to which revision it is to go back.",
            ));
        }
        let link = self.vault.publication(id, environment)?;
        let now =
            Login::of(self, &stored.meta.in_environment(environment), &secrets.in_environment(environment));
        // What is there is known and not what the draft has: the earlier secret never went away.
        let kept = Login::sent(link.as_ref()).is_some_and(|sent| !sent.secrets.is_empty() && sent != now);
        if kept && revision.is_none() {
            return Err(Problem::invalid(
                format!("{name} does not have the new secret: there is nothing to go back from."),
                "Leave it as it is, or say to which revision it is to go back.",
            ));
        }
        let revision = match revision {
            Some(revision) => revision,
            None => self.before(id, environment)?.ok_or_else(|| {
                Problem::new(
                    crate::problem::Code::NotFound,
                    format!(
                        "No other secret of {} was published to {name} from here before.",
                        stored.meta.name
                    ),
                    "Nothing was changed.",
                    "Say to which revision it is to go back; the history lists them.",
                )
            })?,
        };
        let (then, values) = self.vault.revision_in(id, revision, environment)?;
        let mut meta = stored.meta;
        let target = Login::of(self, &then, &values);
        let fields = meta.details.secret_fields();
        let here = meta.overrides.entry(environment).or_default();
        for (field, digest) in &target.secrets {
            if now.secrets.get(field) == Some(digest) || !fields.contains(field) {
                continue;
            }
            if let Some(value) = values.get(*field) {
                secrets.set_override(environment, *field, value.clone());
                here.rolled_back.secrets.insert(*field);
                here.certificate = None;
            }
        }
        if target.user != now.user && target.user.is_some() {
            (here.user, here.rolled_back.user) = (target.user, true);
        }
        crate::drafts::read_file(&mut meta, &secrets, environment);
        let entry = NewActivity::of("rolledBack")
            .with_draft_name(&meta.name)
            .about_environment(environment, &name)
            .line("To", format!("the secret of revision {revision}"));
        let save = SaveDraft { over: Some((id, stored.revision)), meta, secrets };
        self.vault.save_draft(&save, &entry)?;
        Ok(())
    }

    /// The newest revision published there whose secret is another than the one last sent there.
    fn before(&self, id: DraftId, environment: EnvironmentId) -> Result<Option<u32>, Problem> {
        let there = Login::sent(self.vault.publication(id, environment)?.as_ref());
        for revision in self.vault.published_revisions(id, environment)? {
            let Ok((meta, secrets)) = self.vault.revision_in(id, revision, environment) else { continue };
            if Some(Login::of(self, &meta, &secrets)) != there {
                return Ok(Some(revision));
            }
        }
        Ok(None)
    }
}
