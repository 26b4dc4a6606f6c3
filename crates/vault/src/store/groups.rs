//! Groups of environments: named, ordered, sealed like everything a person typed.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::{NewActivity, activity, bind, next_seq, open_json, seal_json, stale_or_missing, write};
use crate::error::Error;
use crate::ids::{EnvironmentId, GroupId};
use crate::seal::{Field, Sealer, Table};
use crate::vault::Vault;

/// The sealed part of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMeta {
    /// Unique name.
    pub name: String,
    /// Its environments, in the order the person gave them.
    #[serde(default)]
    pub environments: Vec<EnvironmentId>,
}

/// A named group of environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentGroup {
    /// Its id.
    pub id: GroupId,
    /// Counts the saves, from 1.
    pub revision: u32,
    /// Name and members. Members that were removed meanwhile are left out.
    pub meta: GroupMeta,
}

fn read_row(row: &Row<'_>, sealer: &Sealer) -> Result<EnvironmentGroup, Error> {
    let id = GroupId::from_bytes(row.get(0)?);
    let revision: u32 = row.get(1)?;
    let blob: Vec<u8> = row.get(2)?;
    let binding = bind(Table::Group, id.as_bytes(), Field::Meta, revision);
    Ok(EnvironmentGroup { id, revision, meta: open_json(sealer, &binding, &blob, "group", &id)? })
}

fn read_all(connection: &Connection, sealer: &Sealer) -> Result<Vec<EnvironmentGroup>, Error> {
    let mut statement = connection.prepare_cached("SELECT id FROM environment")?;
    let there: Vec<EnvironmentId> = statement
        .query_map([], |row| row.get(0).map(EnvironmentId::from_bytes))?
        .collect::<Result<_, _>>()?;
    let mut statement = connection
        .prepare_cached("SELECT id, revision, meta FROM environment_group ORDER BY position, id")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let mut group = read_row(row, sealer)?;
        group.meta.environments.retain(|id| there.contains(id));
        all.push(group);
    }
    Ok(all)
}

impl Vault {
    /// All groups in their order.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn groups(&self) -> Result<Vec<EnvironmentGroup>, Error> {
        read_all(&self.connection, &self.sealer)
    }

    /// Stores a group: as new, or over the revision that was edited.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::StaleRevision`], [`Error::NotFound`] for a member that does not exist: nothing was
    /// changed.
    pub fn save_group(
        &mut self,
        over: Option<(GroupId, u32)>,
        meta: &GroupMeta,
        activity: &NewActivity,
    ) -> Result<EnvironmentGroup, Error> {
        let now = self.clock.now();
        let (id, revision) = match over {
            None => (GroupId::make(&*self.clock, self.sealer.entropy()), 1),
            Some((id, edited)) => (id, edited + 1),
        };
        let sealed =
            seal_json(&self.sealer, &bind(Table::Group, id.as_bytes(), Field::Meta, revision), meta)?;
        let tx = write(&mut self.connection)?;
        // Names are sealed, so the database can't check that they differ; the write lock makes this check hold.
        if read_all(&tx, &self.sealer)?.iter().any(|one| one.id != id && one.meta.name == meta.name) {
            return Err(Error::NameTaken);
        }
        for environment in &meta.environments {
            let known: Option<i64> = tx
                .query_row("SELECT 1 FROM environment WHERE id = ?1", [environment.as_bytes()], |r| r.get(0))
                .optional()?;
            known.ok_or(Error::NotFound("environment"))?;
        }
        next_seq(&tx)?;
        if let Some((_, edited)) = over {
            let replaced = tx.execute(
                "UPDATE environment_group SET revision = ?3, meta = ?4 WHERE id = ?1 AND revision = ?2",
                params![id.as_bytes(), edited, revision, sealed],
            )?;
            if replaced == 0 {
                let sql = "SELECT revision FROM environment_group WHERE id = ?1";
                let found = tx.query_row(sql, [id.as_bytes()], |row| row.get(0)).optional()?;
                return Err(stale_or_missing(found, edited, "group"));
            }
        } else {
            tx.execute(
                "INSERT INTO environment_group (id, revision, position, meta)
                 VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM environment_group), ?3)",
                params![id.as_bytes(), revision, sealed],
            )?;
        }
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(EnvironmentGroup { id, revision, meta: meta.clone() })
    }

    /// Removes a group; its environments stay as they are.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub fn delete_group(&mut self, id: GroupId, activity: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        next_seq(&tx)?;
        if tx.execute("DELETE FROM environment_group WHERE id = ?1", [id.as_bytes()])? == 0 {
            return Err(Error::NotFound("group"));
        }
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{EnvironmentMeta, SaveEnvironment};
    use crate::testing::{Bench, quiet};

    fn environment(vault: &mut Vault, name: &str) -> EnvironmentId {
        let meta = EnvironmentMeta { name: name.into(), ..EnvironmentMeta::default() };
        vault.save_environment(&SaveEnvironment { over: None, meta, token: "t".into() }, None).unwrap().id
    }

    fn named(name: &str, environments: &[EnvironmentId]) -> GroupMeta {
        GroupMeta { name: name.into(), environments: environments.to_vec() }
    }

    #[test]
    fn a_group_comes_back_after_closing_and_stands_sealed() {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        let mut vault = bench.create().unwrap();
        let (a, b) = (environment(&mut vault, "a"), environment(&mut vault, "b"));
        let saved = vault.save_group(None, &named("zebra-europe", &[b, a]), &quiet()).unwrap();
        drop(vault);
        let vault = bench.open().unwrap();
        assert_eq!(vault.groups().unwrap(), [saved], "in the order that was given");
        assert!(vault.verify().unwrap().sound());
        let file = std::fs::read(vault.path()).unwrap();
        assert!(!file.windows(5).any(|window| window == b"zebra"));
    }

    #[test]
    fn a_name_is_taken_once_and_an_old_revision_overwrites_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut vault = Bench::at(&dir.path().join("vault")).create().unwrap();
        let a = environment(&mut vault, "a");
        let first = vault.save_group(None, &named("europe", &[a]), &quiet()).unwrap();
        let taken = vault.save_group(None, &named("europe", &[]), &quiet());
        assert!(matches!(taken, Err(Error::NameTaken)));
        let over = Some((first.id, 1));
        assert_eq!(vault.save_group(over, &named("world", &[a]), &quiet()).unwrap().revision, 2);
        let stale = vault.save_group(over, &named("mine", &[]), &quiet());
        assert!(matches!(stale, Err(Error::StaleRevision { expected: 1, found: 2 })));
        let unknown = EnvironmentId::from_bytes([9; 16]);
        let lost = vault.save_group(None, &named("lost", &[unknown]), &quiet());
        assert!(matches!(lost, Err(Error::NotFound("environment"))));
        let names: Vec<String> = vault.groups().unwrap().into_iter().map(|one| one.meta.name).collect();
        assert_eq!(names, ["world"]);
    }

    #[test]
    fn a_removed_environment_leaves_its_groups_and_a_removed_group_leaves_its_environments() {
        let dir = tempfile::tempdir().unwrap();
        let mut vault = Bench::at(&dir.path().join("vault")).create().unwrap();
        let (a, b) = (environment(&mut vault, "a"), environment(&mut vault, "b"));
        let group = vault.save_group(None, &named("europe", &[a, b]), &quiet()).unwrap();
        vault.delete_environment(a, &quiet()).unwrap();
        assert_eq!(vault.groups().unwrap()[0].meta.environments, [b]);
        vault.delete_group(group.id, &quiet()).unwrap();
        assert!(matches!(vault.delete_group(group.id, &quiet()), Err(Error::NotFound(_))));
        assert!(vault.groups().unwrap().is_empty() && vault.environment(b).is_ok());
    }
}
