//! Overrides per environment: from what an editor sends to what is stored, and from what is stored to what is shown.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_vault::certificate::{detect_format, inspect};
use sealpost_vault::{
    CertificateFormat, DraftId, DraftMeta, DraftOverride, DraftSecrets, EnvironmentId, Issue, OverriddenFile,
    SecretEdit, SecretField,
};

use super::edit::{Edits, edited_value};
use crate::app::Session;
use crate::environments::parse_environment_id;
use crate::problem::Problem;
use crate::publish::{Fields, diff, label, yes_no};
use crate::views::{OverrideContent, OverrideView};

/// Puts the overrides of an edit into a draft. One that the edit does not name is taken away; a secret it does not name
/// stays as it is.
///
/// # Errors
/// `NotFound` for an environment that does not exist, unless the draft had an override for it before.
pub(super) fn apply(
    session: &Session,
    contents: BTreeMap<String, OverrideContent>,
    mut edits: BTreeMap<String, Edits>,
    stored: Option<&DraftMeta>,
    unsaved: &DraftSecrets,
    (meta, secrets): (&mut DraftMeta, &mut DraftSecrets),
) -> Result<(), Problem> {
    let before = stored.map(|meta| meta.overrides.clone()).unwrap_or_default();
    let known = session.vault.environments()?;
    let mut named = BTreeSet::new();
    // Secrets alone make an override too.
    let bare = edits
        .keys()
        .filter(|id| !contents.contains_key(*id))
        .map(|id| (id.clone(), OverrideContent::default()));
    let all: Vec<_> = bare.collect::<Vec<_>>().into_iter().chain(contents).collect();
    for (text, content) in all {
        let environment = parse_environment_id(&text)?;
        let earlier = before.get(&environment);
        if earlier.is_none() && !known.iter().any(|one| one.id == environment) {
            return Err(Problem::not_found("environment"));
        }
        let edits = edits.remove(&text).unwrap_or_default();
        let mut here = of_content(content);
        here.certificate = earlier.and_then(|earlier| earlier.certificate.clone());
        if let Some(earlier) = earlier {
            // What a person sets anew is meant to stay.
            here.rolled_back = earlier.rolled_back.clone();
            here.rolled_back.user &= earlier.user == here.user;
            here.rolled_back
                .secrets
                .retain(|field| matches!(edits.get(field), None | Some(SecretEdit::Keep)));
        }
        let typed = unsaved.only_in(environment);
        for (field, edit) in edits {
            match edit {
                SecretEdit::Keep => {}
                SecretEdit::Clear => secrets.clear_override(environment, field),
                edit => {
                    secrets.set_override(environment, field, edited_value(edit, field, &typed)?);
                    if field == SecretField::Certificate || field == SecretField::Password {
                        here.certificate = None;
                    }
                }
            }
        }
        named.insert(environment);
        meta.overrides.insert(environment, here);
        read_file(meta, secrets, environment);
    }
    for gone in secrets.environments().filter(|id| !named.contains(id)).collect::<Vec<_>>() {
        secrets.clear_environment(gone);
    }
    Ok(())
}

fn of_content(content: OverrideContent) -> DraftOverride {
    DraftOverride {
        name: content.name,
        description: content.description,
        user: content.user,
        scopes: content.scopes,
        owner_access_only: content.owner_access_only,
        allowed_entities: content.allowed_entities,
        allow_contextless_requests: content.allow_contextless_requests,
        ..DraftOverride::default()
    }
}

/// The editable part of an override.
pub(super) fn content_of(here: &DraftOverride) -> OverrideContent {
    OverrideContent {
        name: here.name.clone(),
        description: here.description.clone(),
        user: here.user.clone(),
        scopes: here.scopes.clone(),
        owner_access_only: here.owner_access_only,
        allowed_entities: here.allowed_entities.clone(),
        allow_contextless_requests: here.allow_contextless_requests,
    }
}

/// Reads the certificate file that only this environment gets, if it has one whose facts are not known.
pub(crate) fn read_file(meta: &mut DraftMeta, secrets: &DraftSecrets, environment: EnvironmentId) {
    let own = secrets.overridden(environment).contains(&SecretField::Certificate);
    let values = secrets.in_environment(environment);
    let file = values.get(SecretField::Certificate).filter(|_| own);
    let Some(here) = meta.overrides.get_mut(&environment) else { return };
    match (file, &here.certificate) {
        (None, _) => here.certificate = None,
        (Some(_), Some(file)) if file.facts.is_some() => {}
        (Some(bytes), _) => {
            let format = detect_format(bytes.expose()).or(meta.details.certificate_format());
            let format = format.unwrap_or(CertificateFormat::Pem);
            let facts = inspect(bytes.expose(), format, values.get(SecretField::Password)).ok();
            here.certificate = Some(OverriddenFile { format, facts });
        }
    }
}

/// What an override sets, as lines.
fn fields_of(here: &DraftOverride) -> Fields {
    let mut fields = Fields::new();
    let mut set = |path: &str, lines: Option<Vec<String>>| {
        lines.map(|lines| fields.insert(path.to_owned(), lines));
    };
    // An empty text is a value here, and no line at all would read as "not set".
    set("name", here.name.clone().map(|text| vec![text]));
    set("description", here.description.clone().map(|text| vec![text]));
    set("user", here.user.clone().map(|text| vec![text]));
    let lines = |all: Vec<String>| if all.is_empty() { vec![String::new()] } else { all };
    set("scopes", here.scopes.as_ref().map(|all| lines(all.iter().map(|scope| scope.0.clone()).collect())));
    set("ownerAccessOnly", here.owner_access_only.map(|on| vec![yes_no(on).to_owned()]));
    let entities = here.allowed_entities.as_ref();
    set(
        "allowedEntities",
        entities.map(|all| lines(all.iter().map(|e| format!("{} {}", e.entity_type, e.id)).collect())),
    );
    set("allowContextlessRequests", here.allow_contextless_requests.map(|on| vec![yes_no(on).to_owned()]));
    fields
}

impl Session {
    /// The stored overrides, with the findings that only their environment has.
    pub(super) fn override_views(
        &self,
        id: DraftId,
        meta: &DraftMeta,
        values: Option<&DraftSecrets>,
        everywhere: &[Issue],
        now: i64,
    ) -> Vec<OverrideView> {
        let name = |environment: &EnvironmentId| {
            let known = self.environment_of(*environment);
            known.map(|one| (one.meta.name.clone(), one.meta.colour.clone())).unwrap_or_default()
        };
        let there = self.issues_there(Some(id), meta, values, everywhere, now);
        meta.overrides
            .iter()
            .map(|(environment, here)| {
                let (environment_name, colour) = name(environment);
                OverrideView {
                    environment_id: environment.to_string(),
                    environment: environment_name,
                    colour,
                    fields: labels(here),
                    secrets: here.secrets_set.iter().copied().collect(),
                    certificate: here.certificate.as_ref().and_then(|file| file.facts.clone()),
                    rolled_back: !here.rolled_back.is_empty(),
                    issues: there.get(environment).cloned().unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Findings per overridden environment that the draft itself does not have.
    pub(super) fn issues_there(
        &self,
        id: Option<DraftId>,
        meta: &DraftMeta,
        typed: Option<&DraftSecrets>,
        everywhere: &[Issue],
        now: i64,
    ) -> BTreeMap<EnvironmentId, Vec<Issue>> {
        let of = |environment: &EnvironmentId| {
            let values = typed.map(|typed| typed.in_environment(*environment));
            let mut issues = self.check(id, &meta.in_environment(*environment), values.as_ref(), now);
            issues.retain(|issue| !everywhere.contains(issue));
            (*environment, issues)
        };
        meta.overrides.keys().map(of).collect()
    }

    /// What differs between the overrides of two revisions, in words.
    pub(super) fn changed_overrides(&self, before: &DraftMeta, after: &DraftMeta) -> Vec<String> {
        let mut changed = Vec::new();
        let all: BTreeSet<_> = before.overrides.keys().chain(after.overrides.keys()).copied().collect();
        for environment in all {
            let name = self.environment_name(environment);
            let of = |meta: &DraftMeta| meta.overrides.get(&environment).cloned().unwrap_or_default();
            let (was, is) = (of(before), of(after));
            let fields = diff(&fields_of(&was), &fields_of(&is)).0.into_iter().map(|change| change.label);
            changed.extend(fields.map(|label| format!("{label} in {name}")));
        }
        changed
    }
}

/// What a person calls the fields that differ.
fn labels(here: &DraftOverride) -> Vec<String> {
    let fields = fields_of(here);
    let secrets = here.secrets_set.iter().map(|field| field.name());
    fields.keys().map(String::as_str).chain(secrets).map(|path| label(path).to_owned()).collect()
}
