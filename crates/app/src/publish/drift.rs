//! What differs between what was sent and what is there, and how a person settles it.
//!
//! ```text
//! push         a publish whose row says "keep mine"
//! take theirs  the draft becomes what is there, as a new revision
//! accept       this value may stay there; the draft is not changed; another value there is a difference again
//! ignore       the field is not compared here any more
//! compare      takes the two back
//! forget       the set is gone there: the link goes too, the draft stays
//! ```
//!
//! Nothing here sends anything. Differences are of the last look ([`App::remote_look`], [`App::publication_refresh`]).

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{EnvironmentId, NewActivity, Publication, PublicationState};

use super::compare::{published_fields, remote_fields};
use super::fields::{Fields, label, sent_fields};
use super::make::Purpose;
use super::refresh::{compared, note_drift};
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::index::state_of;
use crate::problem::{Code, Problem};
use crate::views::{
    DraftView, DriftField, DriftSettlement, DriftView, FieldStanding, PlanAction, RemoteView,
};

impl App {
    /// Looks at an environment: compares every published set there and lists the sets that no draft is linked to.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`, `Network`: what was known is unchanged.
    pub async fn remote_look(&self, environment_id: &str) -> Result<RemoteView, Problem> {
        let id = parse_environment_id(environment_id)?;
        let observed = self.observe(id).await?;
        if let (Some(problem), true) = (&observed.problem, observed.sets.is_empty()) {
            return Err(Problem::new(Code::Network, problem.clone(), "Nothing was changed.", ""));
        }
        self.change(move |session| {
            for mut link in session.vault.publications_in(id)? {
                if link.meta.remote_id.is_some() {
                    session.compare_again(&mut link, &observed)?;
                }
            }
            session.seen.keep(&observed);
            session.refresh()?;
            session.remote_view(id)
        })
        .await
    }

    /// The same as of the last look, without looking.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`.
    pub async fn remote_seen(&self, environment_id: &str) -> Result<RemoteView, Problem> {
        let id = parse_environment_id(environment_id)?;
        self.with_session(move |session| {
            session.vault.environment(id)?;
            session.refresh()?;
            session.remote_view(id)
        })
        .await
    }

    /// Published sets that differ from what was sent, and those with settled differences: of these drafts (all if none are
    /// named), in this environment (all if none is).
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`.
    pub async fn drift(
        &self,
        draft_ids: &[String],
        environment_id: Option<&str>,
    ) -> Result<Vec<DriftView>, Problem> {
        let wanted = draft_ids.iter().map(|id| parse_id(id)).collect::<Result<Vec<_>, _>>()?;
        let environment = environment_id.map(parse_environment_id).transpose()?;
        self.with_session(move |session| {
            session.refresh()?;
            let mut found = session.drift_in(environment)?;
            let ids: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            found.retain(|one| ids.is_empty() || ids.contains(&one.draft_id));
            Ok(found)
        })
        .await
    }

    /// Settles fields of a published set, by their paths. Changes nothing there and nothing of the draft.
    ///
    /// # Errors
    /// `NotFound` if the draft has no set there; `Invalid` for a path that is no field of it, or one to accept that does
    /// not differ.
    pub async fn drift_settle(
        &self,
        draft_id: &str,
        environment_id: &str,
        paths: Vec<String>,
        how: DriftSettlement,
    ) -> Result<DriftView, Problem> {
        let (draft, environment) = (parse_id(draft_id)?, parse_environment_id(environment_id)?);
        self.change(move |session| {
            let mut link = session.linked(draft, environment)?;
            let sides = session.sides(&link)?;
            for path in &paths {
                settle(&mut link, &sides, path, how)?;
            }
            if let Some(remote) = remote_of(&link) {
                link.state = compared(&link, &remote);
            }
            note_drift(&mut link, session.vault.now());
            let kind = match how {
                DriftSettlement::Accept => "driftAccepted",
                DriftSettlement::Ignore => "driftIgnored",
                DriftSettlement::Compare => "driftCompared",
            };
            let labels: Vec<&str> = paths.iter().map(|path| label(path)).collect();
            let entry = session.entry(kind, &link)?.line("Fields", labels.join(", "));
            session.vault.link(&mut link, &entry)?;
            session.refresh()?;
            session.drift_view(&link)
        })
        .await
    }

    /// Takes what is there into the draft, after one more look.
    ///
    /// # Errors
    /// As [`App::publish_take_theirs`]; `Invalid` if nothing differs there.
    pub async fn drift_take_theirs(
        &self,
        draft_id: &str,
        environment_id: &str,
    ) -> Result<DraftView, Problem> {
        let pair = (parse_id(draft_id)?, parse_environment_id(environment_id)?);
        let plan = self.plan_of(vec![pair], Purpose::Publish).await?;
        match plan.rows.first() {
            Some(row) if row.action == PlanAction::Conflict => {
                self.publish_take_theirs(&plan.id, &row.key).await
            }
            Some(row) if row.action == PlanAction::Blocked => Err(Problem::new(
                Code::Invalid,
                format!("What is there can't be taken: {}", row.summary),
                "Nothing was changed.",
                "Resolve the reason, then try again.",
            )),
            _ => Err(Problem::invalid(
                "Nothing there differs from what was last published, but for what was settled.",
                "Compare a settled field again to take it.",
            )),
        }
    }

    /// Forgets the id of a set that is gone there. The draft stays; publishing it makes a new set.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` unless the last look found the set gone.
    pub async fn drift_forget(&self, draft_id: &str, environment_id: &str) -> Result<(), Problem> {
        let (draft, environment) = (parse_id(draft_id)?, parse_environment_id(environment_id)?);
        self.change(move |session| {
            let link = session.linked(draft, environment)?;
            if link.state != PublicationState::Missing || link.meta.unverified.is_some() {
                return Err(Problem::invalid(
                    "The set is not known to be gone there.",
                    "Check the environment first. A set that is there is unpublished, not forgotten.",
                ));
            }
            let entry = session
                .entry("linkForgotten", &link)?
                .line("ID", link.meta.remote_id.clone().unwrap_or_default());
            session.vault.unlink(&link, &entry)?;
            session.refresh()
        })
        .await
    }
}

/// The three sides of a link's fields.
struct DriftSides {
    published: Fields,
    theirs: Fields,
    mine: Fields,
}

fn remote_of(link: &Publication) -> Option<RemoteSet> {
    link.meta.remote.clone().and_then(RemoteSet::from_json)
}

/// Settles one field of a link.
fn settle(
    link: &mut Publication,
    sides: &DriftSides,
    path: &str,
    how: DriftSettlement,
) -> Result<(), Problem> {
    let settled = &mut link.meta.settled;
    let (theirs, published) = (sides.theirs.get(path), sides.published.get(path));
    match (how, theirs, published) {
        (DriftSettlement::Compare, ..) => {
            settled.accepted.remove(path);
            settled.ignored.remove(path);
        }
        (_, None, _) | (_, _, None) => {
            return Err(Problem::invalid(
                format!("{path} is no field that can be compared there."),
                format!("Fields of it: {}.", comparable(sides).collect::<Vec<_>>().join(", ")),
            ));
        }
        // Another type is another set: publishing stops there whatever a person says.
        (..) if path == "type" => {
            return Err(Problem::invalid("A type is always compared.", "Publish as a new draft."));
        }
        (DriftSettlement::Ignore, ..) => {
            settled.accepted.remove(path);
            settled.ignored.insert(path.to_owned());
        }
        (DriftSettlement::Accept, Some(theirs), Some(published)) if theirs != published => {
            settled.ignored.remove(path);
            settled.accepted.insert(path.to_owned(), theirs.clone());
        }
        (DriftSettlement::Accept, ..) => {
            return Err(Problem::invalid(
                format!("{} is there as it was published: there is nothing to accept.", label(path)),
                "Check the environment first, if it changed since the last look.",
            ));
        }
    }
    Ok(())
}

fn comparable(sides: &DriftSides) -> impl Iterator<Item = &str> {
    sides
        .theirs
        .keys()
        .filter(|path| sides.published.contains_key(*path) && *path != "type")
        .map(String::as_str)
}

impl Session {
    fn linked(
        &self,
        draft: sealpost_vault::DraftId,
        environment: EnvironmentId,
    ) -> Result<Publication, Problem> {
        let link = self.vault.publication(draft, environment)?;
        link.filter(|link| link.meta.remote_id.is_some())
            .ok_or_else(|| Problem::not_found("set of this draft there"))
    }

    fn entry(&self, kind: &'static str, link: &Publication) -> Result<NewActivity, Problem> {
        Ok(NewActivity::of(kind)
            .about_draft(link.draft)
            .with_draft_name(self.vault.draft(link.draft)?.0.meta.name)
            .about_environment(link.environment, self.vault.environment(link.environment)?.meta.name))
    }

    fn sides(&self, link: &Publication) -> Result<DriftSides, Problem> {
        let (draft, _) = self.vault.draft(link.draft)?;
        let here = draft.meta.in_environment(link.environment);
        let mine = sent_fields(&here, &|id| self.remote_id(id, link.environment).unwrap_or_default());
        let published = link.meta.published.as_ref().map(published_fields).unwrap_or_default();
        let theirs = remote_of(link).map(|remote| remote_fields(&remote, &published)).unwrap_or_default();
        Ok(DriftSides { published, theirs, mine })
    }

    fn drift_view(&self, link: &Publication) -> Result<DriftView, Problem> {
        let (draft, digest) = self.vault.draft(link.draft)?;
        let environments = self.index.environments();
        let environment = environments.iter().find(|one| one.id == link.environment);
        let sides = self.sides(link)?;
        let settled = &link.meta.settled;
        let gone = link.state == PublicationState::Missing;
        let field = |path: &String| {
            let lines = |of: &Fields| of.get(path).cloned().unwrap_or_default();
            let (published, theirs) = (sides.published.get(path)?, lines(&sides.theirs));
            let standing = settled.standing(path, &theirs).map_or(FieldStanding::Open, FieldStanding::from);
            let told = *published != theirs || standing == FieldStanding::Ignored;
            (told && !gone).then(|| DriftField {
                path: path.clone(),
                label: label(path).to_owned(),
                published: published.clone(),
                theirs,
                mine: lines(&sides.mine),
                standing,
            })
        };
        Ok(DriftView {
            draft_id: link.draft.to_string(),
            draft_name: draft.meta.name.clone(),
            type_name: draft.meta.details.credential_type().as_str().to_owned(),
            environment_id: link.environment.to_string(),
            environment: environment.map_or_else(String::new, |one| one.meta.name.clone()),
            remote_id: link.meta.remote_id.clone().unwrap_or_default(),
            state: state_of(&digest, link),
            owner: link.meta.owner.clone(),
            seen_at: link.meta.drift_seen_at,
            verified_at: link.verified_at.map(sealpost_vault::Timestamp::as_millis),
            fields: sides.theirs.keys().filter_map(field).collect(),
        })
    }

    /// Links that differ or have something settled, in one environment or in all, by name.
    fn drift_in(&self, environment: Option<EnvironmentId>) -> Result<Vec<DriftView>, Problem> {
        let links = match environment {
            Some(id) => self.vault.publications_in(id)?,
            None => self.vault.publications(None)?,
        };
        let told = |link: &&Publication| {
            link.meta.remote_id.is_some()
                && (matches!(link.state, PublicationState::Drifted | PublicationState::Missing)
                    || !link.meta.settled.is_empty())
        };
        let mut found =
            links.iter().filter(told).map(|link| self.drift_view(link)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|a, b| (&a.draft_name, &a.environment).cmp(&(&b.draft_name, &b.environment)));
        Ok(found)
    }

    pub(super) fn remote_view(&self, environment: EnvironmentId) -> Result<RemoteView, Problem> {
        let (sets, ignored) = (self.seen_sets(environment)?, self.ignored()?);
        Ok(RemoteView {
            environment_id: environment.to_string(),
            looked_at: self.seen.look(environment).map(|look| look.at),
            sets: u32::try_from(sets.len()).unwrap_or(u32::MAX),
            drift: self.drift_in(Some(environment))?,
            unmanaged: sets
                .into_iter()
                .filter(|set| set.draft_id.is_none() && !ignored.holds(environment, &set.id))
                .collect(),
            ignored: ignored.there(environment),
        })
    }
}
