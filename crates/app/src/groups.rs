//! Groups of environments: a name to publish to in the place of several.

use sealpost_vault::{EnvironmentGroup, Error, GroupId, GroupMeta, NewActivity};

use crate::app::App;
use crate::environments::parse_environment_id;
use crate::problem::Problem;
use crate::publish::unique;
use crate::views::{GroupSave, GroupView};

fn parse_group_id(text: &str) -> Result<GroupId, Problem> {
    text.parse().map_err(|_| Problem::not_found("group"))
}

fn view(group: EnvironmentGroup) -> GroupView {
    GroupView {
        id: group.id.to_string(),
        revision: group.revision,
        name: group.meta.name,
        environment_ids: group.meta.environments.iter().map(ToString::to_string).collect(),
    }
}

impl App {
    /// All groups in their order.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`.
    pub async fn group_list(&self) -> Result<Vec<GroupView>, Problem> {
        self.with_session(|session| Ok(session.vault.groups()?.into_iter().map(view).collect())).await
    }

    /// Stores a group.
    ///
    /// # Errors
    /// `Invalid` (no name, a name that is taken, no environment), `StaleRevision`, `NotFound`, `VaultLocked`.
    pub async fn group_save(&self, save: GroupSave) -> Result<GroupView, Problem> {
        let id = save.id.as_deref().map(parse_group_id).transpose()?;
        let environments =
            save.environment_ids.iter().map(|id| parse_environment_id(id)).collect::<Result<Vec<_>, _>>()?;
        let meta = GroupMeta { name: save.name.trim().to_owned(), environments: unique(environments) };
        if meta.name.is_empty() {
            return Err(Problem::invalid("The group has no name.", "Give it one."));
        }
        if meta.environments.is_empty() {
            return Err(Problem::invalid("The group has no environment.", "Choose at least one."));
        }
        self.change(move |session| {
            let over = match id {
                None => None,
                Some(id) => {
                    let stored = session.vault.groups()?.into_iter().find(|group| group.id == id);
                    let stored = stored.ok_or_else(|| Problem::not_found("group"))?;
                    Some((id, save.expected_revision.unwrap_or(stored.revision)))
                }
            };
            let entry = NewActivity::of("groupSaved").line("Group", &meta.name);
            session.vault.save_group(over, &meta, &entry).map(view).map_err(|error| match error {
                Error::NameTaken => Problem::invalid("Another group has this name.", "Choose another name."),
                other => other.into(),
            })
        })
        .await
    }

    /// Removes a group; its environments stay as they are.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`.
    pub async fn group_delete(&self, id: &str) -> Result<(), Problem> {
        let id = parse_group_id(id)?;
        self.change(move |session| {
            let groups = session.vault.groups()?;
            let name = groups.into_iter().find(|group| group.id == id).map(|group| group.meta.name);
            let name = name.ok_or_else(|| Problem::not_found("group"))?;
            Ok(session.vault.delete_group(id, &NewActivity::of("groupDeleted").line("Group", name))?)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use sealpost_vault::SecretEdit;

    use super::*;
    use crate::problem::Code;
    use crate::testing;
    use crate::views::EnvironmentSave;

    async fn opened() -> (tempfile::TempDir, App) {
        let dir = tempfile::tempdir().unwrap();
        let (_, app) = testing::opened(dir.path()).await;
        (dir, app)
    }

    async fn environment(app: &App, name: &str) -> String {
        let save = EnvironmentSave {
            id: None,
            expected_revision: None,
            name: name.into(),
            url: "https://abc12345.live.dynatrace.com".into(),
            token: SecretEdit::Set { value: "dt0c01.PUBLIC.SECRETPARTOFTHETOKEN".into() },
            colour: "red".into(),
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        };
        app.env_save(save).await.unwrap().id
    }

    fn new(name: &str, environment_ids: &[&String]) -> GroupSave {
        let environment_ids = environment_ids.iter().map(ToString::to_string).collect();
        GroupSave { id: None, expected_revision: None, name: name.into(), environment_ids }
    }

    #[tokio::test]
    async fn a_group_is_made_renamed_changed_and_removed() {
        let (_dir, app) = opened().await;
        let (a, b) = (environment(&app, "a").await, environment(&app, "b").await);
        let made = app.group_save(new(" europe ", &[&a, &a])).await.unwrap();
        assert_eq!((made.name.as_str(), &made.environment_ids[..]), ("europe", std::slice::from_ref(&a)));
        let change =
            GroupSave { id: Some(made.id.clone()), expected_revision: Some(1), ..new("all", &[&b, &a]) };
        assert_eq!(app.group_save(change.clone()).await.unwrap().environment_ids, [b, a]);
        assert_eq!(app.group_save(change).await.unwrap_err().code, Code::StaleRevision);
        app.group_delete(&made.id).await.unwrap();
        assert!(app.group_list().await.unwrap().is_empty());
        assert_eq!(app.group_delete(&made.id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(app.env_list().await.unwrap().len(), 2, "its environments stay");
    }

    #[tokio::test]
    async fn a_group_without_a_name_or_an_environment_or_with_a_taken_name_is_refused() {
        let (_dir, app) = opened().await;
        let a = environment(&app, "a").await;
        app.group_save(new("europe", &[&a])).await.unwrap();
        for wrong in [new("  ", &[&a]), new("empty", &[]), new("europe", &[&a])] {
            assert_eq!(app.group_save(wrong).await.unwrap_err().code, Code::Invalid);
        }
        assert_eq!(app.group_save(new("x", &[&"no id".to_owned()])).await.unwrap_err().code, Code::NotFound);
        assert_eq!(app.group_list().await.unwrap().len(), 1);
    }
}
