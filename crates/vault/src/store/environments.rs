//! Environments: everything but ids, order and times is sealed, the token apart from the rest.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::{NewActivity, activity, bind, next_seq, open_json, seal_json, stale_or_missing, write};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::ids::EnvironmentId;
use crate::seal::{Field, Sealer, Table};
use crate::secret::SecretValue;
use crate::vault::Vault;

/// Everything of an environment but its token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentMeta {
    /// Unique name.
    pub name: String,
    /// Normalised address, without `/api/v2`.
    pub url: String,
    /// First two parts of the token, safe to show (contract 1.2).
    #[serde(default)]
    pub token_identifier: String,
    /// One of the eight colours.
    #[serde(default)]
    pub colour: String,
    /// Its name must be typed before every publish.
    #[serde(default)]
    pub protected: bool,
    /// Nothing is ever written there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// The built-in sandbox.
    #[serde(default)]
    pub sandbox: bool,
    /// Extra CA certificates, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
    /// `system`, `none` or a proxy URL.
    #[serde(default)]
    pub proxy: String,
}

/// An environment, its token still sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// Counts the saves, from 1.
    pub revision: u32,
    /// First save.
    pub created_at: Timestamp,
    /// Last save.
    pub updated_at: Timestamp,
    /// Everything but the token.
    pub meta: EnvironmentMeta,
}

/// An environment to store.
#[derive(Debug, Clone)]
pub struct SaveEnvironment {
    /// The environment and the revision that was edited; none for a new one.
    pub over: Option<(EnvironmentId, u32)>,
    /// Everything but the token.
    pub meta: EnvironmentMeta,
    /// The token after the save.
    pub token: SecretValue,
}

fn read_row(row: &Row<'_>, sealer: &Sealer) -> Result<Environment, Error> {
    let id = EnvironmentId::from_bytes(row.get(0)?);
    let revision: u32 = row.get(1)?;
    let blob: Vec<u8> = row.get(4)?;
    let binding = bind(Table::Environment, id.as_bytes(), Field::Meta, revision);
    Ok(Environment {
        id,
        revision,
        created_at: Timestamp::from_millis(row.get(2)?),
        updated_at: Timestamp::from_millis(row.get(3)?),
        meta: open_json(sealer, &binding, &blob, "environment", &id)?,
    })
}

/// What is read of an environment, and of one that does not open its id.
type Read = Result<Environment, EnvironmentId>;

/// All environments in their order, as a connection or a transaction of it sees them. One that does not open is no reason to
/// hide the others.
fn read_all(connection: &Connection, sealer: &Sealer) -> Result<Vec<Read>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT id, revision, created_at, updated_at, meta FROM environment ORDER BY position, id",
    )?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(match read_row(row, sealer) {
            Err(Error::Unreadable { .. }) => Err(EnvironmentId::from_bytes(row.get(0)?)),
            read => Ok(read?),
        });
    }
    Ok(all)
}

impl Vault {
    /// All environments in their order, but for those that do not open.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn environments(&self) -> Result<Vec<Environment>, Error> {
        Ok(read_all(&self.connection, &self.sealer)?.into_iter().filter_map(Result::ok).collect())
    }

    /// Environments that do not open. Their rows stay as they are, with what was published there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn unreadable_environments(&self) -> Result<Vec<EnvironmentId>, Error> {
        Ok(read_all(&self.connection, &self.sealer)?.into_iter().filter_map(Result::err).collect())
    }

    /// One environment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn environment(&self, id: EnvironmentId) -> Result<Environment, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, revision, created_at, updated_at, meta FROM environment WHERE id = ?1",
        )?;
        let read = statement.query_row([id.as_bytes()], |row| Ok(read_row(row, &self.sealer))).optional()?;
        read.ok_or(Error::NotFound("environment"))?
    }

    /// An environment's token, opened for one purpose.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn environment_token(&self, id: EnvironmentId) -> Result<SecretValue, Error> {
        let (revision, blob): (u32, Vec<u8>) = self
            .connection
            .query_row("SELECT revision, token FROM environment WHERE id = ?1", [id.as_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            .ok_or(Error::NotFound("environment"))?;
        let binding = bind(Table::Environment, id.as_bytes(), Field::Token, revision);
        let bytes = self.sealer.open(&binding, &blob).map_err(Error::unreadable("environment", id))?;
        Ok(SecretValue::new(bytes.to_vec()))
    }

    /// Stores an environment.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::StaleRevision`]: nothing was changed.
    pub fn save_environment(
        &mut self,
        save: &SaveEnvironment,
        activity: Option<&NewActivity>,
    ) -> Result<Environment, Error> {
        let now = self.clock.now();
        let (id, revision) = match save.over {
            None => (EnvironmentId::make(&*self.clock, self.sealer.entropy()), 1),
            Some((id, edited)) => (id, edited + 1),
        };
        let meta = seal_json(
            &self.sealer,
            &bind(Table::Environment, id.as_bytes(), Field::Meta, revision),
            &save.meta,
        )?;
        let token = self
            .sealer
            .seal(&bind(Table::Environment, id.as_bytes(), Field::Token, revision), save.token.expose())?;
        let tx = write(&mut self.connection)?;
        // Names are sealed, so the database can't check that they differ; the write lock makes this check hold.
        let all = read_all(&tx, &self.sealer)?;
        if all.iter().flatten().any(|env| env.id != id && env.meta.name == save.meta.name) {
            return Err(Error::NameTaken);
        }
        next_seq(&tx)?;
        if let Some((_, edited)) = save.over {
            let replaced = tx.execute(
                "UPDATE environment SET revision = ?3, updated_at = ?4, meta = ?5, token = ?6
                 WHERE id = ?1 AND revision = ?2",
                params![id.as_bytes(), edited, revision, now.as_millis(), meta, token],
            )?;
            if replaced == 0 {
                let found = tx
                    .query_row("SELECT revision FROM environment WHERE id = ?1", [id.as_bytes()], |row| {
                        row.get(0)
                    })
                    .optional()?;
                return Err(stale_or_missing(found, edited, "environment"));
            }
        } else {
            tx.execute(
                "INSERT INTO environment (id, revision, position, created_at, updated_at, meta, token)
                 VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM environment), ?3, ?3, ?4, ?5)",
                params![id.as_bytes(), revision, now.as_millis(), meta, token],
            )?;
        }
        if let Some(entry) = activity {
            let entry = entry.clone().about_environment(id, &save.meta.name);
            activity::insert(&tx, &self.sealer, now, &entry)?;
        }
        tx.commit()?;
        self.environment(id)
    }

    /// Removes an environment to which nothing is published.
    ///
    /// # Errors
    /// [`Error::InUse`] with the number of publications: their ids are known nowhere else, so nothing was removed.
    pub fn delete_environment(&mut self, id: EnvironmentId, activity: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        let linked: u32 = tx.query_row(
            "SELECT count(*) FROM publication WHERE environment_id = ?1",
            [id.as_bytes()],
            |row| row.get(0),
        )?;
        if linked > 0 {
            return Err(Error::InUse(linked));
        }
        next_seq(&tx)?;
        if tx.execute("DELETE FROM environment WHERE id = ?1", [id.as_bytes()])? == 0 {
            return Err(Error::NotFound("environment"));
        }
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, login, quiet};

    fn save(name: &str, over: Option<(EnvironmentId, u32)>) -> SaveEnvironment {
        let meta =
            EnvironmentMeta { name: name.into(), url: "https://x.example".into(), ..Default::default() };
        SaveEnvironment { over, meta, token: "not-a-real-token".into() }
    }

    /// Three environments, of which the second was damaged.
    fn damaged() -> (tempfile::TempDir, Vault, EnvironmentId) {
        let (dir, bench) = Bench::temporary();
        let mut vault = bench.create().unwrap();
        let ids =
            ["one", "two", "three"].map(|name| vault.save_environment(&save(name, None), None).unwrap().id);
        let sql = "UPDATE environment SET meta = zeroblob(64) WHERE id = ?1";
        assert_eq!(vault.connection.execute(sql, [ids[1].as_bytes()]).unwrap(), 1);
        (dir, vault, ids[1])
    }

    #[test]
    fn an_environment_that_does_not_open_hides_none_of_the_others_and_is_named_by_its_id() {
        let (_dir, vault, id) = damaged();
        let names: Vec<String> = vault.environments().unwrap().into_iter().map(|one| one.meta.name).collect();
        assert_eq!(names, ["one", "three"]);
        assert_eq!(vault.unreadable_environments().unwrap(), [id]);
        assert!(matches!(vault.environment(id), Err(Error::Unreadable { what: "environment", .. })));
        let absent = vault.environment(EnvironmentId::from_bytes([1; 16]));
        assert!(matches!(absent, Err(Error::NotFound("environment"))));
        let found = vault.verify().unwrap().unreadable;
        assert_eq!((found.len(), found[0].id.as_str()), (1, id.to_string().as_str()), "and can be taken out");
        assert_eq!(found[0].bytes, vec![0; 64]);
    }

    #[test]
    fn beside_one_that_does_not_open_the_others_are_saved_and_what_is_linked_to_it_stays() {
        let (_dir, mut vault, id) = damaged();
        vault.save_environment(&save("four", None), None).unwrap();
        assert!(matches!(vault.save_environment(&save("one", None), None), Err(Error::NameTaken)));
        let draft = vault.save_draft(&login("a", "b", "c"), &quiet()).unwrap().id;
        let mut link = crate::Publication::new(&vault, draft, id);
        vault.put_publication(&mut link).unwrap();
        assert!(matches!(vault.delete_environment(id, &quiet()), Err(Error::InUse(1))));
        assert_eq!(vault.publications(Some(draft)).unwrap().len(), 1);
    }
}
