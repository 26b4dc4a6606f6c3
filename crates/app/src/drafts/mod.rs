//! Drafts: listing, reading, checking, saving, the trash, history.

mod edit;
mod import;
mod overrides;
mod samples;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use sealpost_vault::check::{CheckInput, ReferenceTarget, SecretPresence, check_draft};
use sealpost_vault::{
    Draft, DraftDigests, DraftId, DraftMeta, DraftSecrets, Environment, EnvironmentId, Issue, NewActivity,
    Publication, SaveDraft, SecretField, Timestamp,
};

use crate::app::{App, Session};
use crate::index::{overall, state_of};
use crate::problem::{Code, Problem};
use crate::publish::{changed_labels, label};
use crate::views::{
    DraftCheck, DraftContent, DraftList, DraftQuery, DraftSave, DraftView, PublicationView, RevisionView,
    SecretFieldView, UsageView,
};

pub(crate) use edit::{decode, edited_value, read_certificates};
pub use import::ImportReport;
pub(crate) use overrides::read_file;

/// Reads an id from outside.
pub(crate) fn parse_id(text: &str) -> Result<DraftId, Problem> {
    text.parse().map_err(|_| Problem::not_found("draft"))
}

impl App {
    /// A window of the list and the numbers of the sidebar. Opens no secret.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn draft_list(&self, query: DraftQuery) -> Result<DraftList, Problem> {
        let now = self.now();
        self.with_session(move |session| {
            session.refresh()?;
            Ok(session.index.list(&query, now))
        })
        .await
    }

    /// A draft in full, without its secrets.
    ///
    /// # Errors
    /// `NotFound`, `Unreadable`, `VaultLocked`.
    pub async fn draft_get(&self, id: &str) -> Result<DraftView, Problem> {
        let (id, now) = (parse_id(id)?, self.now());
        self.with_session(move |session| session.draft_view(id, now)).await
    }

    /// The draft that an id, a unique id prefix or a unique name means.
    ///
    /// # Errors
    /// `NotFound`, or `Ambiguous` with the number of drafts that fit.
    pub async fn draft_find(&self, text: &str) -> Result<DraftId, Problem> {
        let text = text.to_owned();
        self.with_session(move |session| {
            session.refresh()?;
            match session.index.find(&text)[..] {
                [id] => Ok(id),
                [] => Err(Problem::not_found("draft")),
                ref several => Err(Problem::new(
                    Code::Ambiguous,
                    format!("{} drafts fit this name or id.", several.len()),
                    "Nothing was changed.",
                    "Name it by its id: `sealpost draft list` shows them.",
                )),
            }
        })
        .await
    }

    /// Checks what is being edited; stores nothing.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`.
    pub async fn draft_check(&self, save: DraftSave) -> Result<DraftCheck, Problem> {
        let now = self.now();
        self.with_session(move |session| {
            let edited = edit::apply(session, save)?;
            let id = edited.over.map(|(id, _)| id);
            let issues = session.check(id, &edited.meta, Some(&edited.typed), now);
            let there = session.issues_there(id, &edited.meta, Some(&edited.typed), &issues, now);
            Ok(DraftCheck {
                there: there.into_iter().map(|(id, issues)| (id.to_string(), issues)).collect(),
                certificate: edited.meta.details.facts().cloned(),
                strength: edit::strength_of_typed(&edited.typed),
                issues,
            })
        })
        .await
    }

    /// Stores a draft, valid or not: a half-written draft must not be lost.
    ///
    /// # Errors
    /// `StaleRevision` if another revision is stored by now, `DiskFull`, `ReadOnly`, `VaultLocked`.
    pub async fn draft_save(&self, save: DraftSave) -> Result<DraftView, Problem> {
        let now = self.now();
        self.change(move |session| {
            let unsaved = save.unsaved.clone();
            let edited = edit::apply(session, save)?;
            let kind = if edited.over.is_some() { "draftSaved" } else { "draftCreated" };
            let entry = NewActivity::of(kind).with_draft_name(&edited.meta.name);
            let save = SaveDraft { over: edited.over, meta: edited.meta, secrets: edited.secrets };
            let stored = session.vault.save_draft(&save, &entry)?;
            session.settle_unsaved(unsaved.as_deref());
            session.draft_view(stored.id, now)
        })
        .await
    }

    /// Moves drafts to the trash; gives how many moved. Nothing is deleted in any environment.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn draft_delete(&self, ids: &[String]) -> Result<u32, Problem> {
        self.set_trashed(ids, true, "draftDeleted").await
    }

    /// Brings drafts back from the trash; gives how many came back.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn draft_restore(&self, ids: &[String]) -> Result<u32, Problem> {
        self.set_trashed(ids, false, "draftRestored").await
    }

    async fn set_trashed(&self, ids: &[String], trashed: bool, kind: &'static str) -> Result<u32, Problem> {
        let ids = ids.iter().map(|id| parse_id(id)).collect::<Result<Vec<_>, _>>()?;
        self.change(move |session| Ok(session.vault.set_trashed(&ids, trashed, &NewActivity::of(kind))?))
            .await
    }

    /// A copy with its own id and no publications.
    ///
    /// # Errors
    /// `NotFound`, `Unreadable`, `VaultLocked`, `DiskFull`.
    pub async fn draft_duplicate(&self, id: &str) -> Result<DraftView, Problem> {
        let (id, now) = (parse_id(id)?, self.now());
        self.change(move |session| {
            let (draft, _) = session.vault.draft(id)?;
            let (_, secrets) = session.vault.draft_secrets(id)?;
            let mut meta = draft.meta;
            meta.name = format!("{} copy", meta.name);
            let entry = NewActivity::of("draftCreated").with_draft_name(&meta.name);
            let stored = session.vault.save_draft(&SaveDraft { over: None, meta, secrets }, &entry)?;
            session.draft_view(stored.id, now)
        })
        .await
    }

    /// Every revision, newest first, with what changed in words.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`.
    pub async fn draft_history(&self, id: &str) -> Result<Vec<RevisionView>, Problem> {
        let id = parse_id(id)?;
        self.with_session(move |session| session.history(id)).await
    }

    /// Stores an earlier revision again, as the newest; the revisions between stay in the history.
    ///
    /// # Errors
    /// `StaleRevision`, `NotFound`, `Unreadable`, `VaultLocked`.
    pub async fn draft_roll_back(
        &self,
        id: &str,
        revision: u32,
        expected: u32,
    ) -> Result<DraftView, Problem> {
        let (id, now) = (parse_id(id)?, self.now());
        self.change(move |session| {
            let (meta, secrets) = session.vault.revision(id, revision)?;
            let entry = NewActivity::of("draftSaved")
                .with_draft_name(&meta.name)
                .line("Brought back", format!("revision {revision}"));
            session.vault.save_draft(&SaveDraft { over: Some((id, expected)), meta, secrets }, &entry)?;
            session.draft_view(id, now)
        })
        .await
    }
}

impl Session {
    pub(crate) fn draft_view(&self, id: DraftId, now: i64) -> Result<DraftView, Problem> {
        let (draft, digests) = self.vault.draft(id)?;
        let publications = self.vault.publications(Some(id))?;
        let unread = self.unread_certificate(id, &draft.meta)?;
        let issues = self.check(Some(id), &draft.meta, unread.as_ref(), now);
        let overrides = self.override_views(id, &draft.meta, unread.as_ref(), &issues, now);
        Ok(DraftView { overrides, ..self.view(&draft, &digests, &publications, issues) })
    }

    /// The secrets of a draft whose certificate did not open when it was saved: only together do they tell a wrong
    /// password from a broken file. One that opened has its facts in the metadata, and its secrets stay sealed.
    fn unread_certificate(&self, id: DraftId, meta: &DraftMeta) -> Result<Option<DraftSecrets>, Problem> {
        let unread = |meta: &DraftMeta| {
            let read = meta.details.facts().is_some_and(|facts| facts.certificates > 0);
            !read && meta.secrets_set.contains(&SecretField::Certificate)
        };
        let there = || meta.overrides.keys().any(|environment| unread(&meta.in_environment(*environment)));
        if !unread(meta) && !there() {
            return Ok(None);
        }
        match self.vault.draft_secrets(id) {
            Ok((_, secrets)) => Ok(Some(secrets)),
            // The draft itself must still be seen.
            Err(sealpost_vault::Error::Unreadable { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    fn view(
        &self,
        draft: &Draft,
        digests: &DraftDigests,
        publications: &[Publication],
        issues: Vec<Issue>,
    ) -> DraftView {
        let meta = &draft.meta;
        let type_name = meta.details.credential_type();
        DraftView {
            id: draft.id.to_string(),
            name: meta.name.clone(),
            type_name: type_name.as_str().to_owned(),
            revision: draft.revision,
            created_at: draft.created_at.as_millis(),
            updated_at: draft.updated_at.as_millis(),
            deleted_at: draft.deleted_at.map(Timestamp::as_millis),
            secrets: meta
                .details
                .secret_fields()
                .iter()
                .map(|field| SecretFieldView { field: *field, set: meta.secrets_set.contains(field) })
                .collect(),
            certificate: meta.details.facts().cloned(),
            state: overall(publications.iter().map(|p| state_of(digests, p))),
            publications: publications.iter().map(|p| self.publication_view(digests, p)).collect(),
            issues,
            overrides: Vec::new(),
            read_only: matches!(type_name, sealpost_vault::CredentialType::Unknown(_)),
            content: content_of(meta),
        }
    }

    fn publication_view(&self, digests: &DraftDigests, publication: &Publication) -> PublicationView {
        let environment = self.environment_of(publication.environment);
        let meta = &publication.meta;
        PublicationView {
            environment_id: publication.environment.to_string(),
            environment: environment.map_or_else(String::new, |env| env.meta.name.clone()),
            colour: environment.map_or_else(String::new, |env| env.meta.colour.clone()),
            protected: environment.is_some_and(|env| env.meta.protected),
            remote_id: meta.remote_id.clone(),
            owner: meta.owner.clone(),
            scopes: meta.scopes.clone(),
            usage: meta.usage.iter().map(UsageView::from).collect(),
            state: state_of(digests, publication),
            published_revision: publication.draft_revision,
            published_at: publication.published_at.map(Timestamp::as_millis),
            verified_at: publication.verified_at.map(Timestamp::as_millis),
            external_id: meta.external_id.clone(),
            problem: meta.problem.as_ref().map(|problem| problem.message.clone()),
        }
    }

    pub(crate) fn environment_of(&self, id: EnvironmentId) -> Option<&Environment> {
        self.index.environments().iter().find(|environment| environment.id == id)
    }

    /// An environment's name for a sentence.
    pub(crate) fn environment_name(&self, id: EnvironmentId) -> &str {
        self.environment_of(id).map_or("a removed environment", |environment| &environment.meta.name)
    }

    /// Findings on a draft; `typed` are secret values at hand.
    pub(crate) fn check(
        &self,
        id: Option<DraftId>,
        meta: &DraftMeta,
        typed: Option<&DraftSecrets>,
        now: i64,
    ) -> Vec<Issue> {
        let references = |id: &DraftId| {
            let (draft, _) = self.vault.draft(*id).ok()?;
            let live = draft.deleted_at.is_none();
            live.then(|| ReferenceTarget {
                credential_type: draft.meta.details.credential_type(),
                name: draft.meta.name,
            })
        };
        check_draft(&CheckInput {
            meta,
            secrets: SecretPresence { set: &meta.secrets_set, values: typed },
            now: Timestamp::from_millis(now),
            references: &references,
            self_id: id,
        })
    }

    fn history(&self, id: DraftId) -> Result<Vec<RevisionView>, Problem> {
        let revisions = self.vault.history(id)?;
        let digests = revisions
            .iter()
            .map(|revision| self.digests_of(id, revision.revision))
            .collect::<Result<Vec<_>, _>>()?;
        let mut views = Vec::with_capacity(revisions.len());
        for (place, revision) in revisions.iter().enumerate() {
            let Some(meta) = &revision.meta else { continue };
            let before = revisions.get(place + 1).and_then(|before| before.meta.as_ref());
            let changes = before.map_or_else(Vec::new, |before| {
                let mut changes = changed_labels(before, meta);
                changes.extend(self.changed_overrides(before, meta));
                changes.extend(self.changed_secrets(digests[place + 1].as_ref(), digests[place].as_ref()));
                changes
            });
            views.push(RevisionView {
                revision: revision.revision,
                saved_at: revision.saved_at.as_millis(),
                content: content_of(meta),
                changes,
                current: place == 0,
            });
        }
        Ok(views)
    }

    /// Keyed digests of a revision's secrets; none if it does not open.
    fn digests_of(&self, id: DraftId, revision: u32) -> Result<Option<SecretDigests>, Problem> {
        let (_, secrets) = match self.vault.revision(id, revision) {
            Ok(read) => read,
            Err(sealpost_vault::Error::Unreadable { .. } | sealpost_vault::Error::NotFound(_)) => {
                return Ok(None);
            }
            Err(other) => return Err(other.into()),
        };
        let mut all = SecretDigests::new();
        let places = secrets.environments().map(Some).chain(std::iter::once(None));
        for place in places {
            let values = place.map_or_else(|| secrets.own_only(), |id| secrets.only_in(id));
            let digests = self.vault.secret_digests(&values);
            all.extend(digests.into_iter().map(|(field, digest)| ((place, field), digest)));
        }
        Ok(Some(all))
    }

    /// Labels of the secrets that differ between two revisions.
    fn changed_secrets(&self, before: Option<&SecretDigests>, after: Option<&SecretDigests>) -> Vec<String> {
        let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
        let all: BTreeSet<_> = after.keys().chain(before.keys()).copied().collect();
        all.into_iter()
            .filter(|place| after.get(place) != before.get(place))
            .map(|(environment, field)| match environment {
                None => label(field.name()).to_owned(),
                Some(id) => format!("{} in {}", label(field.name()), self.environment_name(id)),
            })
            .collect()
    }
}

/// Keyed digests of secrets: the draft's own, and those of each environment that has others.
type SecretDigests = BTreeMap<(Option<EnvironmentId>, SecretField), String>;

/// The editable part of a draft's metadata.
pub(crate) fn content_of(meta: &DraftMeta) -> DraftContent {
    DraftContent {
        name: meta.name.clone(),
        description: meta.description.clone(),
        scopes: meta.scopes.clone(),
        owner_access_only: meta.owner_access_only,
        allowed_entities: meta.allowed_entities.clone(),
        allow_contextless_requests: meta.allow_contextless_requests,
        details: meta.details.clone(),
        note: meta.note.clone(),
        tags: meta.tags.clone(),
        expires_at: meta.expires_at.map(Timestamp::as_millis),
        overrides: meta
            .overrides
            .iter()
            .map(|(id, here)| (id.to_string(), overrides::content_of(here)))
            .collect(),
    }
}
