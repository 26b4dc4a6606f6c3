//! The activity log: what was done, when, to what. Written in the transaction that did it.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{activity_chain, bind, open_json, seal_json, write};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::ids::{AttemptId, DraftId, EnvironmentId, KeySlotId};
use crate::seal::{Field, Sealer, Table};
use crate::vault::Vault;

/// The sealed part of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ActivityDetail {
    /// The draft's name at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_name: Option<String>,
    /// The environment's name at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_name: Option<String>,
    /// Label and value pairs; never a secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(String, String)>,
}

/// An entry to be written.
#[derive(Debug, Clone, Default)]
pub struct NewActivity {
    /// A stable word, for example `draftSaved`.
    pub kind: &'static str,
    /// The draft it concerns.
    pub draft: Option<DraftId>,
    /// The environment it concerns.
    pub environment: Option<EnvironmentId>,
    /// The sealed part.
    pub detail: ActivityDetail,
}

impl NewActivity {
    /// An entry of a kind.
    #[must_use]
    pub fn of(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    /// Names the draft.
    #[must_use]
    pub fn about_draft(mut self, id: DraftId) -> Self {
        self.draft = Some(id);
        self
    }

    /// Keeps the draft's name as it is now.
    #[must_use]
    pub fn with_draft_name(mut self, name: impl Into<String>) -> Self {
        self.detail.draft_name = Some(name.into());
        self
    }

    /// Names the environment.
    #[must_use]
    pub fn about_environment(mut self, id: EnvironmentId, name: impl Into<String>) -> Self {
        self.environment = Some(id);
        self.detail.environment_name = Some(name.into());
        self
    }

    /// Adds a label and its value.
    #[must_use]
    pub fn line(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.detail.lines.push((label.into(), value.into()));
        self
    }
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Counts up.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The stable word.
    pub kind: String,
    /// The draft it concerns.
    pub draft: Option<DraftId>,
    /// The environment it concerns.
    pub environment: Option<EnvironmentId>,
    /// The attempt it concerns.
    pub attempt: Option<AttemptId>,
    /// The sealed part; empty if it does not open.
    pub detail: ActivityDetail,
}

pub(crate) fn insert(
    connection: &Connection,
    sealer: &Sealer,
    at: Timestamp,
    new: &NewActivity,
) -> Result<(), Error> {
    insert_about(connection, sealer, at, new, None)
}

/// The same, of an entry about an attempt.
pub(crate) fn insert_about(
    connection: &Connection,
    sealer: &Sealer,
    at: Timestamp,
    new: &NewActivity,
    attempt: Option<AttemptId>,
) -> Result<(), Error> {
    let mut id = [0; 16];
    sealer.entropy().fill(&mut id);
    let detail = seal_json(sealer, &bind(Table::Activity, &id, Field::Meta, 1), &new.detail)?;
    connection
        .prepare_cached(
            "INSERT INTO activity (id, at, kind, draft_id, environment_id, detail, attempt_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id,
            at.as_millis(),
            new.kind,
            new.draft.as_ref().map(DraftId::as_bytes),
            new.environment.as_ref().map(EnvironmentId::as_bytes),
            detail,
            attempt.as_ref().map(AttemptId::as_bytes)
        ])?;
    Ok(activity_chain::append(connection, &sealer.row_key(), connection.last_insert_rowid())?)
}

impl Vault {
    /// Writes an entry on its own, for what changes no row: a reveal, a copy, a test.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn record(&mut self, new: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        insert(&tx, &self.sealer, now, new)?;
        tx.commit()?;
        Ok(())
    }

    /// Entries before `before` (or the newest), newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn activity(&self, before: Option<i64>, limit: u32) -> Result<Vec<Activity>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, at, kind, draft_id, environment_id, id, detail, attempt_id FROM activity
             WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![before.unwrap_or(i64::MAX), limit])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(5)?;
            let blob: Vec<u8> = row.get(6)?;
            let binding = bind(Table::Activity, &id, Field::Meta, 1);
            let name = KeySlotId::from_bytes(id);
            entries.push(Activity {
                seq: row.get(0)?,
                at: Timestamp::from_millis(row.get(1)?),
                kind: row.get(2)?,
                draft: row.get::<_, Option<[u8; 16]>>(3)?.map(DraftId::from_bytes),
                environment: row.get::<_, Option<[u8; 16]>>(4)?.map(EnvironmentId::from_bytes),
                attempt: row.get::<_, Option<[u8; 16]>>(7)?.map(AttemptId::from_bytes),
                detail: open_json(&self.sealer, &binding, &blob, "activity entry", &name).unwrap_or_default(),
            });
        }
        Ok(entries)
    }
}
