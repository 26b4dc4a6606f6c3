//! The journal of publishing: a row is committed before a request leaves and closed when its outcome is known, so
//! that a crash in between leaves a trace and never a guess (ARCHITECTURE section 4).

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::{NewActivity, Publication, activity, bind, open_json, publications, seal_json, write};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::ids::{AttemptId, DraftId, EnvironmentId};
use crate::seal::{Field, Table};
use crate::vault::Vault;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptAction {
    /// `POST`
    Create,
    /// `PUT`
    Update,
    /// `DELETE`
    Delete,
}

impl AttemptAction {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|action| action.as_str() == word)
    }
}

/// How it ended, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// The request may be under way; after a restart, nobody knows.
    Open,
    /// Accepted and recorded.
    Done,
    /// The server said no.
    Refused,
    /// It certainly did not leave.
    NotSent,
    /// It may have arrived. A create is not repeated.
    Unclear,
}

impl AttemptState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::NotSent => "notSent",
            Self::Unclear => "unclear",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Refused, Self::NotSent, Self::Unclear]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What an attempt means to do; sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttemptIntent {
    /// The set to replace.
    pub remote_id: Option<String>,
    /// Name as sent, to find a set that was created without an answer.
    pub name: String,
    /// Type as sent (API spelling).
    pub type_name: String,
    /// Ids of all sets of that name before a create (contract 5.5).
    pub same_name_before: Vec<String>,
    /// User behind the token.
    pub token_owner: Option<String>,
    /// Owner before the write.
    pub owner_before: Option<String>,
}

/// How an attempt ended; sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttemptOutcome {
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// The id the server gave.
    pub remote_id: Option<String>,
    /// Our words.
    pub message: String,
    /// The server's words.
    pub server_message: Option<String>,
    /// Milliseconds from the first byte to the answer.
    pub took_ms: u64,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// The draft.
    pub draft: DraftId,
    /// The environment.
    pub environment: EnvironmentId,
    /// What was tried.
    pub action: AttemptAction,
    /// How it ended.
    pub state: AttemptState,
    /// The draft's revision.
    pub draft_revision: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub finished_at: Option<Timestamp>,
    /// What it meant to do.
    pub intent: AttemptIntent,
}

impl Vault {
    /// Commits an attempt with full sync. Only after this returns may the request leave.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if the draft was saved again since the plan; [`Error::Store`]. Nothing is sent then.
    pub fn begin_attempt(
        &mut self,
        draft: DraftId,
        draft_revision: u32,
        environment: EnvironmentId,
        action: AttemptAction,
        intent: &AttemptIntent,
    ) -> Result<AttemptId, Error> {
        let now = self.clock.now();
        let id = AttemptId::make(&*self.clock, self.sealer.entropy());
        let sealed = seal_json(&self.sealer, &bind(Table::Attempt, id.as_bytes(), Field::Intent, 1), intent)?;
        let tx = write(&mut self.connection)?;
        let found: Option<u32> = tx
            .query_row("SELECT revision FROM draft WHERE id = ?1", [draft.as_bytes()], |row| row.get(0))
            .optional()?;
        if found != Some(draft_revision) {
            return Err(super::stale_or_missing(found, draft_revision, "draft"));
        }
        tx.prepare_cached(
            "INSERT INTO attempt (id, draft_id, environment_id, action, state, draft_revision, started_at, intent)
             VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7)",
        )?
        .execute(params![
            id.as_bytes(),
            draft.as_bytes(),
            environment.as_bytes(),
            action.as_str(),
            draft_revision,
            now.as_millis(),
            sealed
        ])?;
        tx.commit()?;
        Ok(id)
    }

    /// Closes an attempt, stores what it made of the publication, and writes the activity, in one transaction.
    ///
    /// # Errors
    /// [`Error::Store`]: the attempt stays open and is found again at the next start.
    pub fn finish_attempt(
        &mut self,
        id: AttemptId,
        state: AttemptState,
        outcome: &AttemptOutcome,
        publication: &mut Publication,
        activity: &NewActivity,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let sealed =
            seal_json(&self.sealer, &bind(Table::Attempt, id.as_bytes(), Field::Outcome, 1), outcome)?;
        let tx = write(&mut self.connection)?;
        tx.prepare_cached("UPDATE attempt SET state = ?2, finished_at = ?3, outcome = ?4 WHERE id = ?1")?
            .execute(params![id.as_bytes(), state.as_str(), now.as_millis(), sealed])?;
        if state == AttemptState::Done {
            // Whatever an earlier try became, this set is the one now.
            tx.prepare_cached(
                "UPDATE attempt SET state = 'done' WHERE draft_id = ?1 AND environment_id = ?2
                 AND state IN ('open', 'unclear')",
            )?
            .execute(params![publication.draft.as_bytes(), publication.environment.as_bytes()])?;
        }
        publications::put(&tx, &self.sealer, publication)?;
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }

    /// Attempts whose outcome is not known: open after a crash, or unclear.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn unresolved_attempts(&self) -> Result<Vec<Attempt>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, draft_id, environment_id, action, state, draft_revision, started_at, finished_at, intent
             FROM attempt WHERE state IN ('open', 'unclear') ORDER BY started_at",
        )?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let id = AttemptId::from_bytes(row.get(0)?);
            let (action, state): (String, String) = (row.get(3)?, row.get(4)?);
            let unreadable = || Error::Unreadable { what: "attempt", id: id.to_string() };
            let blob: Vec<u8> = row.get(8)?;
            let binding = bind(Table::Attempt, id.as_bytes(), Field::Intent, 1);
            all.push(Attempt {
                id,
                draft: DraftId::from_bytes(row.get(1)?),
                environment: EnvironmentId::from_bytes(row.get(2)?),
                action: AttemptAction::parse(&action).ok_or_else(unreadable)?,
                state: AttemptState::parse(&state).ok_or_else(unreadable)?,
                draft_revision: row.get(5)?,
                started_at: Timestamp::from_millis(row.get(6)?),
                finished_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
                intent: open_json(&self.sealer, &binding, &blob, "attempt", &id)?,
            });
        }
        Ok(all)
    }
}
