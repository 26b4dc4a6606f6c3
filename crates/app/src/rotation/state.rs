//! How far a rotation is: pure over the draft, its publications and keyed digests of secrets.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_vault::{
    DraftId, DraftMeta, DraftSecrets, EnvironmentId, Publication, PublicationState, Rotation, SecretField,
};

use crate::app::Session;
use crate::problem::Problem;
use crate::views::{PreviousSecret, RotatedEnvironment, RotatedState, RotationPhase, RotationView};

/// Earlier secrets that are offered per environment.
const OFFERED: usize = 5;

/// What tells one secret from another: keyed digests, and the user they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) secrets: BTreeMap<SecretField, String>,
    pub(super) user: Option<String>,
}

impl Login {
    /// Of a draft as an environment gets it.
    pub(super) fn of(session: &Session, meta: &DraftMeta, secrets: &DraftSecrets) -> Self {
        let user = meta.details.user().map(str::to_owned);
        Self { secrets: session.vault.secret_digests(secrets), user }
    }

    /// What was last sent, as far as it is known.
    pub(super) fn sent(publication: Option<&Publication>) -> Option<Self> {
        let sent = publication?.meta.published.as_ref()?;
        let user = sent.meta.details.user().map(str::to_owned);
        Some(Self { secrets: sent.secret_digests.clone(), user })
    }
}

/// Where one environment stands.
fn state_of(rolled_back: bool, wanted: &Login, publication: Option<&Publication>) -> RotatedState {
    let state = publication.map(|link| link.state);
    let there = state != Some(PublicationState::Unclear) && Login::sent(publication).as_ref() == Some(wanted);
    match (there, rolled_back, state) {
        (true, true, _) => RotatedState::RolledBack,
        (true, false, _) => RotatedState::Done,
        (false, _, Some(PublicationState::Unclear)) => RotatedState::Unclear,
        (false, true, _) => RotatedState::RollingBack,
        (false, false, Some(PublicationState::Failed)) => RotatedState::Failed,
        (false, false, _) => RotatedState::Waiting,
    }
}

/// How far the whole is.
fn phase_of(environments: &[(bool, RotatedState)]) -> RotationPhase {
    let of = |canary| environments.iter().filter(move |(is, _)| *is == canary).map(|(_, state)| *state);
    let open = |state: RotatedState| !matches!(state, RotatedState::Done | RotatedState::RolledBack);
    if of(true).any(open) {
        RotationPhase::Canary
    } else if !of(true).any(|state| state == RotatedState::Done) {
        RotationPhase::RolledBack
    } else if !of(false).any(open) {
        RotationPhase::Done
    } else if of(false).any(|state| state == RotatedState::Done) {
        RotationPhase::Rest
    } else {
        RotationPhase::Check
    }
}

/// The sentence for a plan that gives a new secret to an environment before the canary was found good.
pub(crate) fn under_way(view: &RotationView, environment: &str) -> Option<String> {
    let canary = view.environments.iter().find(|one| one.canary)?;
    let rest = view.environments.iter().any(|one| !one.canary && one.environment_id == environment);
    let early = view.phase == RotationPhase::Canary;
    (rest && early).then(|| {
        format!("A rotation is under way, and {} does not have the new secret yet.", canary.environment)
    })
}

impl Session {
    /// A rotation as it stands now.
    pub(super) fn rotation_view(&self, rotation: &Rotation) -> Result<RotationView, Problem> {
        let (draft, _) = self.vault.draft(rotation.draft)?;
        let (_, secrets) = self.vault.draft_secrets(rotation.draft)?;
        let canary = rotation.meta.canary.iter().map(|id| (true, *id));
        let rest = rotation.meta.rest.iter().map(|id| (false, *id));
        let mut environments = Vec::new();
        for (canary, id) in canary.chain(rest) {
            // One that was removed meanwhile is no longer part of it.
            let Some(known) = self.environment_of(id) else { continue };
            let link = self.vault.publication(rotation.draft, id)?;
            let here = draft.meta.overrides.get(&id);
            let rolled_back = here.is_some_and(|here| !here.rolled_back.is_empty());
            let wanted = Login::of(self, &draft.meta.in_environment(id), &secrets.in_environment(id));
            environments.push(RotatedEnvironment {
                environment_id: id.to_string(),
                environment: known.meta.name.clone(),
                colour: known.meta.colour.clone(),
                protected: known.meta.protected,
                canary,
                state: state_of(rolled_back, &wanted, link.as_ref()),
                published_revision: link.as_ref().and_then(|link| link.draft_revision),
                previous: self.previous_secrets(rotation.draft, id)?,
            });
        }
        let states: Vec<_> = environments.iter().map(|one| (one.canary, one.state)).collect();
        Ok(RotationView {
            draft_id: draft.id.to_string(),
            draft_name: draft.meta.name,
            revision: draft.revision,
            started_at: rotation.started_at.as_millis(),
            fields: rotation.meta.fields.iter().copied().collect(),
            phase: phase_of(&states),
            environments,
        })
    }

    /// Earlier secrets of a draft as an environment would get them: each once, the newest first, without the one that
    /// it would get now. Revisions that do not open are passed over.
    pub(super) fn previous_secrets(
        &self,
        draft: DraftId,
        environment: EnvironmentId,
    ) -> Result<Vec<PreviousSecret>, Problem> {
        let published: BTreeSet<u32> =
            self.vault.published_revisions(draft, environment)?.into_iter().collect();
        let mut found: Vec<(Login, PreviousSecret)> = Vec::new();
        let mut now = None;
        for one in self.vault.history(draft)? {
            let Ok((meta, secrets)) = self.vault.revision_in(draft, one.revision, environment) else {
                continue;
            };
            let login = Login::of(self, &meta, &secrets);
            let now = now.get_or_insert_with(|| login.clone());
            if login == *now || login.secrets.is_empty() {
                continue;
            }
            let was_sent = published.contains(&one.revision);
            if let Some((_, known)) = found.iter_mut().find(|(known, _)| *known == login) {
                known.published |= was_sent;
                continue;
            }
            let saved_at = one.saved_at.as_millis();
            found.push((login, PreviousSecret { revision: one.revision, saved_at, published: was_sent }));
        }
        Ok(found.into_iter().map(|(_, one)| one).take(OFFERED).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_waits_until_every_canary_has_the_new_secret() {
        use RotatedState::{Done, Failed, RolledBack, RollingBack, Unclear, Waiting};
        for open in [Waiting, Failed, Unclear, RollingBack] {
            let all = [(true, Done), (true, open), (false, Waiting)];
            assert_eq!(phase_of(&all), RotationPhase::Canary, "{open:?}");
            assert_eq!(phase_of(&[(true, Done), (false, open)]), RotationPhase::Check, "{open:?}");
            assert_eq!(
                phase_of(&[(true, Done), (false, Done), (false, open)]),
                RotationPhase::Rest,
                "{open:?}"
            );
        }
        assert_eq!(phase_of(&[(true, Done), (false, Done), (false, RolledBack)]), RotationPhase::Done);
        assert_eq!(phase_of(&[(true, Done)]), RotationPhase::Done);
        assert_eq!(phase_of(&[(true, RolledBack), (false, Waiting)]), RotationPhase::RolledBack);
        assert_eq!(phase_of(&[(true, RolledBack), (true, Done), (false, Waiting)]), RotationPhase::Check);
    }
}
