//! What is another one in one environment.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_app::parts::{AllowedEntity, Scope, SecretEdit, SecretField};
use sealpost_app::problem::Problem;
use sealpost_app::views::{DraftSave, DraftView, OverrideContent, OverrideView};

use super::{Done, Opened, draft::findings};
use crate::args::OverrideArgs;
use crate::input::secrets_from;
use crate::output::{Out, Stop};

impl Opened<'_> {
    pub(super) async fn override_in(&self, out: &Out, arguments: OverrideArgs) -> Done {
        let stored = self.view(&arguments.draft).await?;
        let environment = self.environment(&arguments.env).await?;
        let mut content = stored.content.clone();
        let mut secrets = BTreeMap::new();
        if arguments.remove {
            content.overrides.remove(&environment.id);
        } else {
            let here = content.overrides.entry(environment.id.clone()).or_default();
            let before = here.clone();
            change(here, &arguments)?;
            let fields: Vec<SecretField> = stored.secrets.iter().map(|one| one.field).collect();
            secrets = secrets_from(&arguments.secret, &fields)?;
            let cleared = arguments.clear.iter().filter_map(|name| SecretField::from_name(name));
            secrets.extend(cleared.map(|field| (field, SecretEdit::Clear)));
            if *here == before && secrets.is_empty() {
                return Err(Stop::usage(
                    "Nothing to change was said.",
                    "Nothing was stored.",
                    "Say what is another one there, for example --name or --secret, or what to --clear.",
                ));
            }
        }
        let save = DraftSave {
            id: Some(stored.id.clone()),
            expected_revision: Some(arguments.revision.unwrap_or(stored.revision)),
            content,
            secrets: BTreeMap::new(),
            override_secrets: BTreeMap::from([(environment.id.clone(), secrets)]),
            unsaved: None,
        };
        let view = self.0.draft_save(save).await?;
        for there in view.overrides.iter().filter(|one| one.environment_id == environment.id) {
            findings(out, &there.issues);
        }
        Ok(out.view(&view, |_| {
            let there = view.overrides.iter().find(|one| one.environment_id == environment.id);
            let saved = format!("Saved {} as revision {}.", view.name, view.revision);
            match there {
                None => format!("{saved} In {} nothing is another one.", environment.name),
                Some(there) => {
                    format!("{saved} Another one in {}: {}.", environment.name, there.fields.join(", "))
                }
            }
        }))
    }
}

/// Puts what the arguments say into an override.
fn change(here: &mut OverrideContent, arguments: &OverrideArgs) -> Result<(), Problem> {
    let set = |to: &mut Option<String>, from: &Option<String>| {
        if from.is_some() {
            to.clone_from(from);
        }
    };
    set(&mut here.name, &arguments.name);
    set(&mut here.description, &arguments.description);
    set(&mut here.user, &arguments.user);
    if !arguments.scope.is_empty() {
        here.scopes = Some(arguments.scope.iter().map(|scope| Scope(scope.clone())).collect());
    }
    if !arguments.allow.is_empty() {
        here.allowed_entities =
            Some(arguments.allow.iter().map(|text| entity(text)).collect::<Result<BTreeSet<_>, _>>()?);
    }
    here.owner_access_only = arguments.owner_only.or(here.owner_access_only);
    here.allow_contextless_requests = arguments.contextless.or(here.allow_contextless_requests);
    for field in &arguments.clear {
        match field.as_str() {
            "name" => here.name = None,
            "description" => here.description = None,
            "user" => here.user = None,
            "scopes" => here.scopes = None,
            "ownerAccessOnly" => here.owner_access_only = None,
            "allowedEntities" => here.allowed_entities = None,
            "allowContextlessRequests" => here.allow_contextless_requests = None,
            // A secret.
            _ => {}
        }
    }
    Ok(())
}

fn entity(text: &str) -> Result<AllowedEntity, Problem> {
    let parts = text.split_once(':').filter(|(kind, id)| !kind.is_empty() && !id.is_empty());
    let (kind, id) = parts.ok_or_else(|| {
        Problem::new(
            sealpost_app::problem::Code::Invalid,
            format!("{text} names no user or app."),
            "Nothing was stored.",
            "Write USER: and a name, or APPLICATION: and an id.",
        )
    })?;
    Ok(AllowedEntity { entity_type: kind.to_owned(), id: id.to_owned() })
}

/// An override as lines of `draft show`; of a secret only that it is set.
pub(super) fn lines(view: &DraftView, there: &OverrideView) -> Vec<Vec<String>> {
    let name = if there.environment.is_empty() { "a removed environment" } else { &there.environment };
    let back = if there.rolled_back { "  rolled back to an earlier secret" } else { "" };
    let mut rows = vec![vec!["Other in".to_owned(), format!("{name}{back}")]];
    let content = view.content.overrides.get(&there.environment_id).cloned().unwrap_or_default();
    let mut put = |label: &str, text: Option<String>| {
        rows.extend(text.map(|text| vec![format!("  {label}"), text]));
    };
    let yes_no = |on: bool| if on { "yes" } else { "no" }.to_owned();
    put("Name", content.name);
    put("Description", content.description);
    put("User", content.user);
    let scopes = content.scopes.map(|all| all.iter().map(|one| one.0.clone()).collect::<Vec<_>>().join(", "));
    put("Scopes", scopes);
    put("Owner only", content.owner_access_only.map(yes_no));
    let allowed = content.allowed_entities.map(|all| {
        all.iter().map(|one| format!("{}:{}", one.entity_type, one.id)).collect::<Vec<_>>().join(", ")
    });
    put("Allowed", allowed);
    put("Contextless", content.allow_contextless_requests.map(yes_no));
    for field in &there.secrets {
        put(field.name(), Some("set".into()));
    }
    rows
}
