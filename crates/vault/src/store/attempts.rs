//! The journal of publishing: a row is committed before a request leaves and closed when its outcome is known, so
//! that a crash in between leaves a trace and never a guess (ARCHITECTURE section 4).

use rusqlite::{OptionalExtension as _, Params, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{
    Exchange, NewActivity, Publication, activity, bind, next_seq, open_json, publications, seal_json, write,
};
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
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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
    /// It certainly was not applied: it did not leave, or it was looked for there and not found.
    NotSent,
    /// It may have arrived. A create is not repeated.
    Unclear,
}

impl AttemptState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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
    /// User of this computer who sent it.
    pub local_user: Option<String>,
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
    /// Owner after the write, if it could be read back.
    pub owner_after: Option<String>,
    /// What went over the wire. Sealed on its own, and given by [`Vault::exchanges`] only.
    #[serde(skip)]
    pub exchanges: Vec<Exchange>,
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
    /// How it ended; none while it is open.
    pub outcome: Option<AttemptOutcome>,
}

/// An attempt to begin, and what must still be true for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// The draft.
    pub draft: DraftId,
    /// The revision it must still have.
    pub draft_revision: u32,
    /// The environment.
    pub environment: EnvironmentId,
    /// The revision its publication there must still have; `None` if there must be none.
    pub publication_revision: Option<u32>,
    /// What is tried.
    pub action: AttemptAction,
    /// What it means to do.
    pub intent: AttemptIntent,
    /// Unresolved attempts of this draft there that were taken into account. Any other is another process at work.
    pub known: Vec<AttemptId>,
}

/// What a closed attempt makes of the link between its draft and its environment.
#[derive(Debug)]
pub enum LinkChange<'a> {
    /// It is this now.
    Store(&'a mut Publication),
    /// The set is gone: there is no link any more. The draft and its history stay.
    Remove,
    /// As it was.
    Keep,
}

impl Vault {
    /// Commits an attempt with full sync. Only after this returns may the request leave.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if the draft was saved again or its publication written since the plan,
    /// [`Error::AttemptOpen`] if another attempt for the same draft there is unresolved and was not known;
    /// [`Error::Store`]. Nothing is sent then.
    pub fn begin_attempt(&mut self, new: &NewAttempt) -> Result<AttemptId, Error> {
        let NewAttempt { draft, draft_revision, environment, action, ref intent, .. } = *new;
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
        let link: Option<u32> = tx
            .prepare_cached("SELECT revision FROM publication WHERE draft_id = ?1 AND environment_id = ?2")?
            .query_row(params![draft.as_bytes(), environment.as_bytes()], |row| row.get(0))
            .optional()?;
        if link != new.publication_revision {
            let (expected, found) = (new.publication_revision.unwrap_or(0), link.unwrap_or(0));
            return Err(Error::StaleRevision { expected, found });
        }
        if unresolved_of(&tx, draft, environment)?.iter().any(|id| !new.known.contains(id)) {
            return Err(Error::AttemptOpen);
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

    /// Closes an attempt, stores what it made of the link, and writes the activity, in one transaction. A success also
    /// closes every earlier attempt of that draft there: whatever those became, this is the state now.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the attempt is closed already; [`Error::Store`]: it stays open and is found again at the
    /// next start.
    pub fn finish_attempt(
        &mut self,
        id: AttemptId,
        state: AttemptState,
        outcome: &AttemptOutcome,
        link: LinkChange<'_>,
        activity: &NewActivity,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let sealed =
            seal_json(&self.sealer, &bind(Table::Attempt, id.as_bytes(), Field::Outcome, 1), outcome)?;
        let place = bind(Table::Attempt, id.as_bytes(), Field::Exchanges, 1);
        let exchanges = match &outcome.exchanges[..] {
            // Finding out later what became of it says nothing new of what was sent.
            [] => None,
            all => Some(seal_json(&self.sealer, &place, &all)?),
        };
        let tx = write(&mut self.connection)?;
        let of: Option<([u8; 16], [u8; 16])> = tx
            .prepare_cached(
                "UPDATE attempt SET state = ?2, finished_at = ?3, outcome = ?4, exchanges = coalesce(?5, exchanges)
                 WHERE id = ?1 AND state IN ('open', 'unclear') RETURNING draft_id, environment_id",
            )?
            .query_row(params![id.as_bytes(), state.as_str(), now.as_millis(), sealed, exchanges], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((draft, environment)) = of else { return Err(Error::NotFound("unresolved attempt")) };
        if state == AttemptState::Done {
            tx.prepare_cached(
                "UPDATE attempt SET state = 'done' WHERE draft_id = ?1 AND environment_id = ?2
                 AND state IN ('open', 'unclear')",
            )?
            .execute(params![draft, environment])?;
        }
        match link {
            LinkChange::Store(publication) => publications::put(&tx, &self.sealer, publication)?,
            LinkChange::Remove => {
                publications::remove(
                    &tx,
                    DraftId::from_bytes(draft),
                    EnvironmentId::from_bytes(environment),
                )?;
            }
            // The list shows that something was tried.
            LinkChange::Keep => {
                let seq = next_seq(&tx)?;
                tx.execute("UPDATE draft SET seq = ?2 WHERE id = ?1", params![draft, seq])?;
            }
        }
        activity::insert_about(&tx, &self.sealer, now, activity, Some(id))?;
        tx.commit()?;
        Ok(())
    }

    /// One attempt.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn attempt(&self, id: AttemptId) -> Result<Attempt, Error> {
        let found = self.attempts_where("id = ?1", [id.as_bytes()])?;
        found.into_iter().next().ok_or(Error::NotFound("attempt"))
    }

    /// Attempts whose outcome is not known: open after a crash, or unclear.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn unresolved_attempts(&self) -> Result<Vec<Attempt>, Error> {
        self.attempts_where("state IN ('open', 'unclear')", [])
    }

    /// Attempts that began at this time or later, oldest first.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn attempts_since(&self, at: Timestamp) -> Result<Vec<Attempt>, Error> {
        self.attempts_where("started_at >= ?1", [at.as_millis()])
    }

    /// Revisions of a draft that were published to an environment, the last one first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn published_revisions(&self, draft: DraftId, environment: EnvironmentId) -> Result<Vec<u32>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT draft_revision FROM attempt WHERE draft_id = ?1 AND environment_id = ?2 AND state = 'done'
             AND action <> 'delete' ORDER BY started_at DESC, rowid DESC",
        )?;
        let rows =
            statement.query_map(params![draft.as_bytes(), environment.as_bytes()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn attempts_where(&self, condition: &str, parameters: impl Params) -> Result<Vec<Attempt>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, draft_id, environment_id, action, state, draft_revision, started_at, finished_at, intent,
             outcome FROM attempt WHERE {condition} ORDER BY started_at, id"
        ))?;
        let mut rows = statement.query(parameters)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let id = AttemptId::from_bytes(row.get(0)?);
            let (action, state): (String, String) = (row.get(3)?, row.get(4)?);
            let unreadable = || Error::Unreadable { what: "attempt", id: id.to_string() };
            let (intent, outcome): (Vec<u8>, Option<Vec<u8>>) = (row.get(8)?, row.get(9)?);
            let open = |field| bind(Table::Attempt, id.as_bytes(), field, 1);
            all.push(Attempt {
                id,
                draft: DraftId::from_bytes(row.get(1)?),
                environment: EnvironmentId::from_bytes(row.get(2)?),
                action: AttemptAction::parse(&action).ok_or_else(unreadable)?,
                state: AttemptState::parse(&state).ok_or_else(unreadable)?,
                draft_revision: row.get(5)?,
                started_at: Timestamp::from_millis(row.get(6)?),
                finished_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
                intent: open_json(&self.sealer, &open(Field::Intent), &intent, "attempt", &id)?,
                outcome: outcome
                    .map(|blob| open_json(&self.sealer, &open(Field::Outcome), &blob, "attempt", &id))
                    .transpose()?,
            });
        }
        Ok(all)
    }
}

/// Ids of the unresolved attempts of one draft in one environment.
fn unresolved_of(
    tx: &Transaction<'_>,
    draft: DraftId,
    environment: EnvironmentId,
) -> Result<Vec<AttemptId>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT id FROM attempt WHERE draft_id = ?1 AND environment_id = ?2 AND state IN ('open', 'unclear')",
    )?;
    let ids = statement
        .query_map(params![draft.as_bytes(), environment.as_bytes()], |row| row.get(0))?
        .map(|id| id.map(AttemptId::from_bytes))
        .collect::<Result<_, _>>()?;
    Ok(ids)
}
