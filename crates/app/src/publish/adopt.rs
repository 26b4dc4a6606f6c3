//! Sets that were made elsewhere become drafts: a new one from their metadata, or one that exists and is linked. Secrets
//! can't be read there (contract 5.2), so a new draft needs its secret before it can be published.

use std::collections::BTreeMap;

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::body::parse_bodies;
use sealpost_vault::{
    Details, DraftId, DraftMeta, DraftSecrets, EnvironmentId, ExternalVault, NewActivity, Publication,
    PublicationState, PublishedSnapshot, Reference, SaveDraft,
};
use serde_json::{Map, Value};

use super::compare::companion_ids;
use super::observe::not_readable;
use super::record::take_remote;
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::{AdoptedSets, DraftView, LeftSet, PlanAction};

impl App {
    /// Links a set to a draft: to the one named, or to a new one made of the set's metadata. Changes nothing there.
    ///
    /// # Errors
    /// `NotFound`, `Network`, `VaultLocked`; `Invalid` if the set is linked already, the draft has another set there,
    /// or the types differ.
    pub async fn remote_adopt(
        &self,
        environment_id: &str,
        remote_id: &str,
        draft_id: Option<&str>,
    ) -> Result<DraftView, Problem> {
        let environment = parse_environment_id(environment_id)?;
        let draft = draft_id.map(parse_id).transpose()?;
        let (known, client) = self.connect(environment).await?;
        let name = known.meta.name;
        let remote = self.reading(|| client.get(remote_id)).await.map_err(|error| {
            if error.is_not_found() {
                Problem::not_found("set that this token can see there")
            } else {
                Problem::new(Code::Network, not_readable(&error, &name), "Nothing was changed.", "")
            }
        })?;
        let now = self.now();
        self.change(move |session| {
            let id = session.adopt(&remote, environment, &name, draft)?;
            session.refresh()?;
            session.draft_view(id, now)
        })
        .await
    }

    /// Makes drafts of sets, after one look at all of them; one that can't be read as a draft is left and the others are
    /// adopted. Changes nothing there.
    ///
    /// # Errors
    /// `NotFound`: no such environment; `Network`: it does not answer, and nothing was adopted; `VaultLocked`, `DiskFull`:
    /// what was adopted before stays.
    pub async fn remote_adopt_all(
        &self,
        environment_id: &str,
        remote_ids: Vec<String>,
    ) -> Result<AdoptedSets, Problem> {
        let environment = parse_environment_id(environment_id)?;
        let observed = self.observe(environment).await?;
        if let (Some(problem), true) = (&observed.problem, observed.sets.is_empty()) {
            return Err(Problem::new(Code::Network, problem.clone(), "Nothing was changed.", ""));
        }
        self.change(move |session| {
            let name = &observed.environment.meta.name;
            let mut done = AdoptedSets { draft_ids: Vec::new(), left: Vec::new() };
            for id in remote_ids {
                let set = observed.sets.get(&id);
                let adopted = match set {
                    Some(remote) => session.adopt(remote, environment, name, None),
                    None => Err(Problem::not_found("set that this token can see there")),
                };
                match adopted {
                    Ok(draft) => done.draft_ids.push(draft.to_string()),
                    // A vault that can't be written takes no other set either.
                    Err(problem)
                        if matches!(problem.code, Code::DiskFull | Code::ReadOnly | Code::Storage) =>
                    {
                        return Err(problem);
                    }
                    Err(problem) => {
                        let name = set.map(|set| set.name.clone()).unwrap_or_default();
                        done.left.push(LeftSet { id, name, problem });
                    }
                }
            }
            session.seen.keep(&observed);
            session.refresh()?;
            Ok(done)
        })
        .await
    }

    /// Takes what was changed there into the draft, as a new revision with the secrets it has; the row's plan is over
    /// then. Changes nothing there.
    ///
    /// # Errors
    /// `PlanMoved` if the plan is gone or the draft was saved since; `Invalid` if the row is in no conflict.
    pub async fn publish_take_theirs(&self, plan_id: &str, row: &str) -> Result<DraftView, Problem> {
        let gone = || {
            Problem::new(
                Code::PlanMoved,
                "This plan is no longer kept.",
                "Nothing was changed.",
                "Make the plan again.",
            )
        };
        let plan = self.inner.runs.plan(plan_id).ok_or_else(gone)?;
        let found = plan.view.rows.iter().find(|one| one.key == row && one.action == PlanAction::Conflict);
        let row = found.cloned().ok_or_else(|| {
            Problem::invalid("This row is in no conflict.", "Make the plan again and choose from its rows.")
        })?;
        let (draft, environment) = (parse_id(&row.draft_id)?, parse_environment_id(&row.environment_id)?);
        let seen = plan.observed.get(&environment).ok_or_else(gone)?;
        let remote = row.remote_id.as_ref().and_then(|id| seen.sets.get(id)).cloned().ok_or_else(gone)?;
        let (name, now) = (seen.environment.meta.name.clone(), self.now());
        self.change(move |session| {
            session.take_theirs(draft, row.revision, environment, &name, &remote)?;
            session.refresh()?;
            session.draft_view(draft, now)
        })
        .await
    }
}

/// The metadata of a set as a draft's, read as the API's own request body.
fn meta_of(remote: &RemoteSet) -> Result<DraftMeta, Problem> {
    let mut body = Map::new();
    for field in
        ["name", "type", "description", "ownerAccessOnly", "allowContextlessRequests", "allowedEntities"]
            .into_iter()
            .chain(["awsPartition", "accountID", "iamRole", "accessKeyID", "certificateFormat", "username"])
            .chain(["securityLevel", "authenticationProtocol", "privacyProtocol"])
    {
        if let Some(value) = remote.raw.get(field) {
            body.insert(field.to_owned(), value.clone());
        }
    }
    body.insert("scopes".into(), remote.scopes.clone().into());
    if let Some(mut vault) = remote.external_vault.clone() {
        // Computed by the server (contract 3.3).
        vault.remove("credentialsUsedForExternalSynchronization");
        body.insert("externalVault".into(), Value::Object(vault));
    }
    // Not readable there, and a draft has to have one: what most sets have (contract 2.6, 2.8).
    let default = match remote.type_name.as_str() {
        "CERTIFICATE" | "PUBLIC_CERTIFICATE" => Some(("certificateFormat", "PEM")),
        "SNMPV3" => Some(("securityLevel", "AUTH_PRIV")),
        "AWS_MONITORING_KEY_BASED" => Some(("awsPartition", "DEFAULT")),
        _ => None,
    };
    if let Some((field, value)) = default {
        body.entry(field).or_insert_with(|| value.into());
    }
    let json = zeroize::Zeroizing::new(Value::Object(body).to_string().into_bytes());
    let read = parse_bodies(&json).map_err(|error| {
        Problem::new(
            Code::Unreadable,
            format!("The set can't be read as a draft: {error}"),
            "Nothing was changed.",
            "",
        )
    })?;
    read.into_iter().next().map(|draft| draft.meta).ok_or_else(|| Problem::not_found("set"))
}

impl Session {
    fn adopt(
        &mut self,
        remote: &RemoteSet,
        environment: EnvironmentId,
        name: &str,
        draft: Option<DraftId>,
    ) -> Result<DraftId, Problem> {
        let linked = self.vault.publications_in(environment)?;
        if let Some(other) = linked.iter().find(|link| link.meta.remote_id.as_ref() == Some(&remote.id)) {
            let whose = self.vault.draft(other.draft).map(|(draft, _)| draft.meta.name).unwrap_or_default();
            return Err(Problem::invalid(
                format!("{} is linked to the draft {whose} already.", remote.id),
                "A set belongs to one draft.",
            ));
        }
        let unresolved = self.vault.unresolved_attempts()?;
        if unresolved.iter().any(|one| Some(one.draft) == draft && one.environment == environment) {
            return Err(Problem::invalid(
                "An earlier request for this draft there has no answer yet.",
                "Reconcile first: it may be this set.",
            ));
        }
        let id = match draft {
            Some(id) => id,
            None => {
                let meta = self.with_drafts(meta_of(remote)?, environment)?;
                let entry = NewActivity::of("draftCreated").with_draft_name(&meta.name);
                let save = SaveDraft { over: None, meta, secrets: DraftSecrets::new() };
                self.vault.save_draft(&save, &entry)?.id
            }
        };
        let (stored, digests) = self.vault.draft(id)?;
        let meta = &stored.meta;
        if stored.deleted_at.is_some() || meta.details.credential_type().as_str() != remote.type_name {
            return Err(Problem::invalid(
                format!("{} is of type {}, or the draft is in the trash.", remote.id, remote.type_name),
                "Choose a draft of the same type.",
            ));
        }
        let mut link = match self.vault.publication(id, environment)? {
            Some(link) if link.meta.remote_id.is_some() => {
                return Err(Problem::invalid(
                    format!("{} has a set in {name} already.", meta.name),
                    "Choose another draft, or unpublish this one there first.",
                ));
            }
            Some(link) => link,
            None => Publication::new(&self.vault, id, environment),
        };
        let now = self.vault.now();
        link.state = PublicationState::Adopted;
        link.meta.remote_id = Some(remote.id.clone());
        link.meta.problem = None;
        if draft.is_none() {
            // Without a secret to be filled in, what is here is what is there.
            if meta.details.secret_fields().is_empty() {
                link.state = PublicationState::Published;
            }
            link.digest = Some(digests.own);
            link.draft_revision = Some(stored.revision);
            link.meta.published = Some(PublishedSnapshot {
                meta: meta.clone(),
                secret_digests: BTreeMap::new(),
                companions: companion_ids(meta, &|id| self.remote_id(id, environment)),
            });
        }
        take_remote(&mut link, remote, now);
        let entry = NewActivity::of("adopted")
            .about_draft(id)
            .with_draft_name(&meta.name)
            .about_environment(environment, name)
            .line("ID", &remote.id)
            .line("Owner", &remote.owner);
        self.vault.link(&mut link, &entry)?;
        Ok(id)
    }

    fn take_theirs(
        &mut self,
        draft: DraftId,
        revision: u32,
        environment: EnvironmentId,
        name: &str,
        remote: &RemoteSet,
    ) -> Result<(), Problem> {
        let (stored, _) = self.vault.draft(draft)?;
        let (of, secrets) = self.vault.draft_secrets(draft)?;
        let link = self.vault.publication(draft, environment)?;
        let Some(mut link) = link.filter(|_| stored.revision == revision && of == revision) else {
            return Err(Problem::new(
                Code::PlanMoved,
                "The draft moved since the plan was made.",
                "Nothing was changed.",
                "Make the plan again.",
            ));
        };
        let theirs = self.with_drafts(meta_of(remote)?, environment)?;
        let meta = taken(&stored.meta, environment, theirs, remote);
        let entry = NewActivity::of("draftSaved")
            .with_draft_name(&meta.name)
            .about_environment(environment, name)
            .line("Taken from", &remote.id);
        let save = SaveDraft { over: Some((draft, revision)), meta, secrets };
        let saved = self.vault.save_draft(&save, &entry)?;
        let meta = save.meta.in_environment(environment);
        let secrets = save.secrets.in_environment(environment);
        let digests = self.vault.secret_digests(&secrets);
        let sent = link.meta.published.as_ref().map(|sent| sent.secret_digests.clone()).unwrap_or_default();
        link.state = PublicationState::Published;
        link.draft_revision = Some(saved.revision);
        link.digest = if digests == sent { Some(self.vault.digest_of(&meta, &secrets)?) } else { None };
        link.meta.published = Some(PublishedSnapshot {
            secret_digests: sent,
            companions: companion_ids(&meta, &|id| self.remote_id(id, environment)),
            meta,
        });
        let now = self.vault.now();
        take_remote(&mut link, remote, now);
        link.meta.settled.accepted.clear();
        link.meta.drift_seen_at = None;
        Ok(self.vault.put_publication(&mut link)?)
    }

    /// References to sets of drafts become references to those drafts.
    fn with_drafts(&self, mut meta: DraftMeta, environment: EnvironmentId) -> Result<DraftMeta, Problem> {
        let links = self.vault.publications_in(environment)?;
        if let Some(vault) = external_vault_mut(&mut meta.details) {
            for reference in vault.method.references_mut() {
                let Reference::Remote(id) = reference else { continue };
                let link = links.iter().find(|link| link.meta.remote_id.as_ref() == Some(&*id));
                if let Some(link) = link {
                    *reference = Reference::Draft(link.draft);
                }
            }
        }
        Ok(meta)
    }
}

fn external_vault_mut(details: &mut Details) -> Option<&mut ExternalVault> {
    match details {
        Details::UsernamePassword { external_vault, .. } | Details::Token { external_vault } => {
            external_vault.as_mut()
        }
        _ => None,
    }
}

/// My draft with what is there: an override takes what it overrides, the draft itself the rest.
fn taken(mine: &DraftMeta, environment: EnvironmentId, theirs: DraftMeta, remote: &RemoteSet) -> DraftMeta {
    let there = merged(mine.in_environment(environment), theirs.clone(), remote);
    let mut meta = merged(mine.clone(), theirs, remote);
    let Some(here) = meta.overrides.get_mut(&environment) else { return meta };
    if let Some(name) = &mut here.name {
        (*name, meta.name) = (there.name, mine.name.clone());
    }
    if let Some(description) = &mut here.description {
        (*description, meta.description) = (there.description, mine.description.clone());
    }
    if let Some(scopes) = &mut here.scopes {
        (*scopes, meta.scopes) = (there.scopes, mine.scopes.clone());
    }
    if let Some(only) = &mut here.owner_access_only {
        (*only, meta.owner_access_only) = (there.owner_access_only, mine.owner_access_only);
    }
    if let Some(allowed) = &mut here.allowed_entities {
        (*allowed, meta.allowed_entities) = (there.allowed_entities, mine.allowed_entities.clone());
    }
    if let Some(contextless) = &mut here.allow_contextless_requests {
        (*contextless, meta.allow_contextless_requests) =
            (there.allow_contextless_requests, mine.allow_contextless_requests);
    }
    meta
}

/// My draft with everything that can be read there as it is there. What is never sent or can't be read stays mine.
fn merged(mine: DraftMeta, theirs: DraftMeta, remote: &RemoteSet) -> DraftMeta {
    let mut meta = DraftMeta {
        name: theirs.name,
        description: theirs.description,
        scopes: theirs.scopes,
        owner_access_only: theirs.owner_access_only,
        ..mine
    };
    if remote.allowed_entities.is_some() {
        meta.allowed_entities = theirs.allowed_entities;
    }
    if remote.allow_contextless_requests.is_some() {
        meta.allow_contextless_requests = theirs.allow_contextless_requests;
    }
    match (&mut meta.details, theirs.details) {
        (Details::AwsRoleBased { .. }, role @ Details::AwsRoleBased { .. }) => meta.details = role,
        (Details::AwsKeyBased { aws_partition, .. }, Details::AwsKeyBased { aws_partition: theirs, .. })
            if remote.aws_partition.is_some() =>
        {
            *aws_partition = theirs;
        }
        (
            Details::UsernamePassword { external_vault, .. },
            Details::UsernamePassword { external_vault: Some(theirs), .. },
        )
        | (Details::Token { external_vault }, Details::Token { external_vault: Some(theirs) }) => {
            // Never in an answer (contract 3.3).
            let location = external_vault.take().map(|vault| vault.location_for_synchronization_id);
            let location_for_synchronization_id = location.unwrap_or_default();
            *external_vault = Some(ExternalVault { location_for_synchronization_id, ..theirs });
        }
        _ => {}
    }
    meta
}
