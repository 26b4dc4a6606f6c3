//! Sets of an environment that a person does not want to see among those that no draft is linked to: somebody else's, and
//! to stay so. Kept sealed with the settings, with the name they had, so that they can be told where they are gone.

use std::collections::BTreeMap;

use sealpost_vault::{EnvironmentId, NewActivity};
use serde::{Deserialize, Serialize};

use crate::app::{App, Session};
use crate::environments::parse_environment_id;
use crate::problem::Problem;
use crate::views::{IgnoredSet, RemoteView};

const IGNORED: &str = "ignored-sets";

/// By environment and id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ignored(BTreeMap<String, BTreeMap<String, IgnoredSet>>);

impl Ignored {
    /// Is this set ignored there?
    pub(crate) fn holds(&self, environment: EnvironmentId, remote_id: &str) -> bool {
        self.0.get(&environment.to_string()).is_some_and(|sets| sets.contains_key(remote_id))
    }

    /// Those of one environment, by name.
    pub(crate) fn there(&self, environment: EnvironmentId) -> Vec<IgnoredSet> {
        let sets = self.0.get(&environment.to_string());
        let mut sets: Vec<IgnoredSet> = sets.into_iter().flat_map(|sets| sets.values().cloned()).collect();
        sets.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        sets
    }
}

impl App {
    /// Ignores sets of the last look at an environment, or stops ignoring them. Changes nothing there.
    ///
    /// # Errors
    /// `NotFound`: no such environment, or a set to ignore was not seen there or is linked to a draft; nothing was
    /// changed then. `VaultLocked`.
    pub async fn remote_ignore(
        &self,
        environment_id: &str,
        remote_ids: Vec<String>,
        ignore: bool,
    ) -> Result<RemoteView, Problem> {
        let id = parse_environment_id(environment_id)?;
        self.change(move |session| {
            let environment = session.vault.environment(id)?;
            let mut ignored = session.ignored()?;
            let there = ignored.0.entry(id.to_string()).or_default();
            if ignore {
                let seen = session.seen_sets(id)?;
                for remote_id in &remote_ids {
                    let set = seen.iter().find(|set| set.id == *remote_id && set.draft_id.is_none());
                    let set = set.ok_or_else(|| Problem::not_found("set that no draft is linked to"))?;
                    let (id, name, type_name) = (set.id.clone(), set.name.clone(), set.type_name.clone());
                    there.insert(id.clone(), IgnoredSet { id, name, type_name });
                }
            } else {
                there.retain(|id, _| !remote_ids.contains(id));
            }
            session.vault.set_setting(IGNORED, &ignored)?;
            let kind = if ignore { "setsIgnored" } else { "setsNotIgnored" };
            let entry = NewActivity::of(kind).about_environment(id, environment.meta.name);
            session.vault.record(&entry.line("IDs", remote_ids.join(", ")))?;
            session.remote_view(id)
        })
        .await
    }
}

impl Session {
    pub(crate) fn ignored(&self) -> Result<Ignored, Problem> {
        Ok(self.vault.setting(IGNORED)?.unwrap_or_default())
    }
}
