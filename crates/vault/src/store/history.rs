//! Earlier revisions: kept as they were sealed, since their binding names the revision they belong to.

use rusqlite::{OptionalExtension as _, params};

use super::{bind, open_json};
use crate::clock::Timestamp;
use crate::draft::DraftMeta;
use crate::error::Error;
use crate::ids::{DraftId, EnvironmentId};
use crate::seal::{Field, Table};
use crate::secret::DraftSecrets;
use crate::vault::Vault;

/// One revision, the current one included, without its secrets.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Counts from 1.
    pub revision: u32,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// What it held, or nothing if it does not open.
    pub meta: Option<DraftMeta>,
}

impl Vault {
    /// All revisions of a draft, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub fn history(&self, id: DraftId) -> Result<Vec<Revision>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT revision, updated_at, meta FROM draft WHERE id = ?1
             UNION ALL SELECT revision, saved_at, meta FROM draft_revision WHERE draft_id = ?1
             ORDER BY revision DESC",
        )?;
        let mut rows = statement.query([id.as_bytes()])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let revision: u32 = row.get(0)?;
            let binding = bind(Table::Draft, id.as_bytes(), Field::Meta, revision);
            let blob: Vec<u8> = row.get(2)?;
            all.push(Revision {
                revision,
                saved_at: Timestamp::from_millis(row.get(1)?),
                meta: open_json(&self.sealer, &binding, &blob, "revision", &id).ok(),
            });
        }
        if all.is_empty() { Err(Error::NotFound("draft")) } else { Ok(all) }
    }

    /// One revision as it was in one environment, with its secrets.
    ///
    /// # Errors
    /// As [`Vault::revision`].
    pub fn revision_in(
        &self,
        id: DraftId,
        revision: u32,
        environment: EnvironmentId,
    ) -> Result<(DraftMeta, DraftSecrets), Error> {
        let (meta, secrets) = self.revision(id, revision)?;
        Ok((meta.in_environment(environment), secrets.in_environment(environment)))
    }

    /// One earlier or current revision with its secrets, to bring it back or to compare.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn revision(&self, id: DraftId, revision: u32) -> Result<(DraftMeta, DraftSecrets), Error> {
        let (meta, secrets): (Vec<u8>, Vec<u8>) = self
            .connection
            .prepare_cached(
                "SELECT meta, secrets FROM draft WHERE id = ?1 AND revision = ?2
                 UNION ALL SELECT meta, secrets FROM draft_revision WHERE draft_id = ?1 AND revision = ?2",
            )?
            .query_row(params![id.as_bytes(), revision], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or(Error::NotFound("revision"))?;
        let binding = bind(Table::Draft, id.as_bytes(), Field::Meta, revision);
        Ok((
            open_json(&self.sealer, &binding, &meta, "revision", &id)?,
            self.open_secrets(id, revision, &secrets)?,
        ))
    }
}
