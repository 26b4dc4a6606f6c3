//! Groups of environments.

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{GroupSave, GroupView};

use super::{Done, Opened};
use crate::args::GroupCommand;
use crate::output::{Out, table};

impl Opened<'_> {
    pub(super) async fn groups(&self, out: &mut Out, command: GroupCommand) -> Done {
        match command {
            GroupCommand::Add { name, envs } => {
                let environment_ids = self.environment_ids(&envs).await?;
                let save = GroupSave { id: None, expected_revision: None, name, environment_ids };
                let view = self.0.group_save(save).await?;
                Ok(out.view(&view, |_| format!("Added the group {}.", view.name)))
            }
            GroupCommand::List => self.list_groups(out).await,
            GroupCommand::Edit { name, rename, envs } => {
                let stored = self.group(&name).await?;
                let environment_ids = if envs.is_empty() {
                    stored.environment_ids
                } else {
                    self.environment_ids(&envs).await?
                };
                let save = GroupSave {
                    id: Some(stored.id),
                    expected_revision: Some(stored.revision),
                    name: rename.unwrap_or(name),
                    environment_ids,
                };
                let view = self.0.group_save(save).await?;
                Ok(out.view(&view, |_| format!("Saved the group {}.", view.name)))
            }
            GroupCommand::Rm { name } => {
                let stored = self.group(&name).await?;
                self.0.group_delete(&stored.id).await?;
                let document = serde_json::json!({ "removed": stored.id });
                Ok(out.view(&document, |_| format!("Removed the group {name}. Its environments stay.")))
            }
        }
    }

    async fn list_groups(&self, out: &Out) -> Done {
        let all = self.0.group_list().await?;
        let environments = self.0.env_list().await?;
        let name = |id: &String| environments.iter().find(|env| env.id == *id).map(|env| env.name.clone());
        Ok(out.view(&all, |_| {
            let row = |group: &GroupView| {
                let names: Vec<String> = group.environment_ids.iter().filter_map(name).collect();
                vec![group.name.clone(), names.join(", ")]
            };
            let rows: Vec<Vec<String>> = all.iter().map(row).collect();
            if rows.is_empty() { "No groups.".into() } else { table(&rows) }
        }))
    }

    async fn environment_ids(&self, names: &[String]) -> Result<Vec<String>, Problem> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            ids.push(self.environment(name).await?.id);
        }
        Ok(ids)
    }

    /// The group of that name.
    pub(super) async fn group(&self, name: &str) -> Result<GroupView, Problem> {
        let all = self.0.group_list().await?;
        all.into_iter().find(|group| group.name == name || group.id == name).ok_or_else(|| {
            Problem::new(
                Code::NotFound,
                format!("There is no group named {name}."),
                "Nothing was changed.",
                "List them with `sealpost env group list`.",
            )
        })
    }
}
