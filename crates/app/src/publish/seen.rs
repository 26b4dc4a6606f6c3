//! What was seen of environments since the vault was opened: their sets, in memory only. A look is asked for, or comes with a
//! plan or a check; nothing is read by itself.

use std::collections::HashMap;

use sealpost_vault::{DraftId, EnvironmentId};

use super::observe::Observed;
use crate::app::Session;
use crate::problem::Problem;
use crate::views::{RemoteSetView, UsageView};

/// The sets of environments as they were seen last.
#[derive(Default)]
pub(crate) struct Seen {
    looks: HashMap<EnvironmentId, Look>,
    /// Counts every look that was kept.
    count: u64,
}

/// One environment.
pub(crate) struct Look {
    /// When, milliseconds since the epoch.
    pub(crate) at: i64,
    /// Sorted by name and id; which drafts they are linked to changes with time and is looked up.
    pub(crate) sets: Vec<RemoteSetView>,
}

impl Seen {
    /// Takes in what was observed. A look that failed leaves the one before.
    pub(super) fn keep(&mut self, observed: &Observed) {
        if observed.problem.is_some() && observed.sets.is_empty() {
            return;
        }
        let mut sets: Vec<RemoteSetView> = observed.sets.values().map(RemoteSetView::from).collect();
        sets.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        self.count += 1;
        self.looks.insert(observed.environment.id, Look { at: observed.looked_at, sets });
    }

    /// The last look at an environment.
    pub(crate) fn look(&self, environment: EnvironmentId) -> Option<&Look> {
        self.looks.get(&environment)
    }

    /// Every environment that was looked at.
    pub(crate) fn all(&self) -> impl Iterator<Item = (EnvironmentId, &Look)> {
        self.looks.iter().map(|(id, look)| (*id, look))
    }

    /// Grows with every look; none yet is 0.
    pub(crate) const fn looks(&self) -> u64 {
        self.count
    }
}

impl Session {
    /// Id of the draft per set there.
    pub(super) fn linked_in(&self, environment: EnvironmentId) -> Result<HashMap<String, DraftId>, Problem> {
        let here = self.vault.publications_in(environment)?.into_iter();
        Ok(here.filter_map(|link| link.meta.remote_id.map(|remote| (remote, link.draft))).collect())
    }

    /// The sets of the last look, with the drafts that they are linked to now.
    pub(super) fn seen_sets(&self, environment: EnvironmentId) -> Result<Vec<RemoteSetView>, Problem> {
        let Some(look) = self.seen.look(environment) else { return Ok(Vec::new()) };
        let links = self.linked_in(environment)?;
        let linked = |set: &RemoteSetView| RemoteSetView {
            draft_id: links.get(&set.id).map(ToString::to_string),
            ..set.clone()
        };
        Ok(look.sets.iter().map(linked).collect())
    }
}

impl From<&sealpost_dynatrace::RemoteSet> for RemoteSetView {
    fn from(set: &sealpost_dynatrace::RemoteSet) -> Self {
        Self {
            id: set.id.clone(),
            name: set.name.clone(),
            type_name: set.type_name.clone(),
            description: set.description.clone(),
            owner: set.owner.clone(),
            owner_access_only: set.owner_access_only,
            scopes: set.scopes.clone(),
            usage: set.usage.iter().map(UsageView::from).collect(),
            draft_id: None,
        }
    }
}
