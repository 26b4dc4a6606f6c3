//! Unsaved work: what is being typed, sealed before it is a draft, so that a lock or a crash takes nothing.
//!
//! It is no revision: nothing else shows it, publishes it or keeps its past. One per name; the newest replaces the one
//! before, which is wiped by `secure_delete`.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{bind, open_json, seal_json, secrets_codec, write};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::ids::KeySlotId;
use crate::seal::{Field, Table};
use crate::secret::DraftSecrets;
use crate::vault::Vault;

/// Unsaved work as listed: its secrets stay sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved<T> {
    /// What it belongs to.
    pub name: String,
    /// When it was kept.
    pub kept_at: Timestamp,
    /// Everything but the secrets.
    pub meta: T,
}

impl Vault {
    /// Keeps what is being typed, in place of what was kept under that name.
    ///
    /// # Errors
    /// [`Error::Store`]: what was kept before is unchanged.
    pub fn keep_unsaved<T: Serialize>(
        &mut self,
        name: &str,
        meta: &T,
        secrets: &DraftSecrets,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let fresh = *KeySlotId::make(&*self.clock, self.sealer.entropy()).as_bytes();
        let tx = write(&mut self.connection)?;
        let (id, before): ([u8; 16], u32) = tx
            .query_row("SELECT id, revision FROM unsaved WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            .unwrap_or((fresh, 0));
        let revision = before + 1;
        let meta = seal_json(&self.sealer, &bind(Table::Unsaved, &id, Field::Meta, revision), meta)?;
        let secrets = self
            .sealer
            .seal(&bind(Table::Unsaved, &id, Field::Secrets, revision), &secrets_codec::encode(secrets))?;
        tx.execute(
            "INSERT INTO unsaved (name, id, revision, kept_at, meta, secrets) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (name) DO UPDATE SET revision = ?3, kept_at = ?4, meta = ?5, secrets = ?6",
            params![name, id, revision, now.as_millis(), meta, secrets],
        )?;
        tx.commit()?;
        Ok(())
    }

    /// All unsaved work, the newest first. What does not open is left where it is and left out: it must not keep the
    /// rest from coming back.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn unsaved<T: DeserializeOwned>(&self) -> Result<Vec<Unsaved<T>>, Error> {
        let mut statement = self
            .connection
            .prepare("SELECT name, id, revision, kept_at, meta FROM unsaved ORDER BY kept_at DESC, name")?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let (id, blob): ([u8; 16], Vec<u8>) = (row.get(1)?, row.get(4)?);
            let binding = bind(Table::Unsaved, &id, Field::Meta, row.get(2)?);
            match open_json(&self.sealer, &binding, &blob, "unsaved work", &name) {
                Ok(meta) => all.push(Unsaved { name, kept_at: Timestamp::from_millis(row.get(3)?), meta }),
                Err(_) => tracing::warn!("unsaved work does not open and is left out"),
            }
        }
        Ok(all)
    }

    /// The secrets of unsaved work; none if nothing is kept under that name.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn unsaved_secrets(&self, name: &str) -> Result<DraftSecrets, Error> {
        let row: Option<([u8; 16], u32, Vec<u8>)> = self
            .connection
            .query_row("SELECT id, revision, secrets FROM unsaved WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((id, revision, blob)) = row else { return Ok(DraftSecrets::new()) };
        let binding = bind(Table::Unsaved, &id, Field::Secrets, revision);
        let bytes = self.sealer.open(&binding, &blob).map_err(Error::unreadable("unsaved work", name))?;
        secrets_codec::decode(&bytes)
            .ok_or_else(|| Error::Unreadable { what: "unsaved work", id: name.to_owned() })
    }

    /// Drops unsaved work: it was saved, or is not wanted. Nothing there is fine.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn drop_unsaved(&mut self, name: &str) -> Result<(), Error> {
        let tx = write(&mut self.connection)?;
        tx.execute("DELETE FROM unsaved WHERE name = ?1", [name])?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{SecretField, SecretValue};
    use crate::testing::Bench;

    fn typed(password: &str) -> DraftSecrets {
        let mut secrets = DraftSecrets::new();
        secrets.set(SecretField::Password, SecretValue::from(password));
        secrets
    }

    fn texts(vault: &Vault) -> Vec<(String, String)> {
        vault.unsaved::<String>().unwrap().into_iter().map(|one| (one.name, one.meta)).collect()
    }

    #[test]
    fn unsaved_work_survives_closing_and_the_newest_replaces_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        let mut vault = bench.create().unwrap();
        vault.keep_unsaved("draft:new", &"zebra-first", &typed("zebra-1")).unwrap();
        vault.keep_unsaved("draft:new", &"zebra-second", &typed("zebra-2")).unwrap();
        drop(vault);
        let mut vault = bench.open().unwrap();
        assert_eq!(texts(&vault), [("draft:new".to_owned(), "zebra-second".to_owned())]);
        let secrets = vault.unsaved_secrets("draft:new").unwrap();
        assert_eq!(secrets.get(SecretField::Password).unwrap().expose(), b"zebra-2");
        let on_disk: Vec<u8> = std::fs::read_dir(&bench.folder)
            .unwrap()
            .flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        assert!(!on_disk.windows(5).any(|window| window == b"zebra"), "it is sealed");

        vault.drop_unsaved("draft:new").unwrap();
        vault.drop_unsaved("draft:new").unwrap();
        assert_eq!(texts(&vault), []);
        assert!(vault.unsaved_secrets("draft:new").unwrap().iter().next().is_none());
    }

    #[test]
    fn work_that_does_not_open_keeps_nothing_else_from_coming_back_and_stays_where_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        let mut vault = bench.create().unwrap();
        vault.keep_unsaved("draft:new", &"a", &typed("1")).unwrap();
        vault.keep_unsaved("environment:new", &"b", &typed("2")).unwrap();
        // One row's blobs under another row's name: what a moved blob looks like.
        vault
            .connection
            .execute_batch(
                "UPDATE unsaved SET (meta, secrets) =
                     (SELECT meta, secrets FROM unsaved WHERE name = 'draft:new') WHERE name = 'environment:new'",
            )
            .unwrap();
        assert_eq!(texts(&vault), [("draft:new".to_owned(), "a".to_owned())]);
        assert!(matches!(vault.unsaved_secrets("environment:new"), Err(Error::Unreadable { .. })));
        let rows: u32 =
            vault.connection.query_row("SELECT count(*) FROM unsaved", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 2);
    }
}
