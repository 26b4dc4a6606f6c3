//! What went over the wire of an attempt: the evidence of a write, sealed beside its outcome and opened only when somebody
//! asks for it. The writer of an [`Exchange`] keeps secrets out of it by construction; here it is only kept.

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::{bind, open_json};
use crate::error::Error;
use crate::ids::AttemptId;
use crate::seal::{Field, Table};
use crate::vault::Vault;

/// One request of an attempt and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Exchange {
    /// When it was sent, milliseconds since the epoch.
    pub sent_at: i64,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Name and value.
    pub request_headers: Vec<(String, String)>,
    /// JSON with a mark in the place of every secret.
    pub request_body: Option<String>,
    /// HTTP status, if an answer began.
    pub status: Option<u16>,
    /// Name and value.
    pub response_headers: Vec<(String, String)>,
    /// What is kept of the answer.
    pub response_body: Option<String>,
    /// Why there is no answer.
    pub failure: Option<String>,
    /// Milliseconds to the end of the answer.
    pub took_ms: u64,
}

impl Vault {
    /// What went over the wire of an attempt, in order. Empty if it never came to a request, or if the program ended before
    /// the answer.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn exchanges(&self, id: AttemptId) -> Result<Vec<Exchange>, Error> {
        let blob: Option<Option<Vec<u8>>> = self
            .connection
            .prepare_cached("SELECT exchanges FROM attempt WHERE id = ?1")?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?;
        let Some(blob) = blob else { return Err(Error::NotFound("attempt")) };
        let place = bind(Table::Attempt, id.as_bytes(), Field::Exchanges, 1);
        blob.map_or(Ok(Vec::new()), |blob| open_json(&self.sealer, &place, &blob, "attempt", &id))
    }

    /// Ids of the attempts whose id begins with these hex digits, hyphens ignored.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn attempts_beginning(&self, digits: &str) -> Result<Vec<AttemptId>, Error> {
        let digits: String = digits.chars().filter(char::is_ascii_hexdigit).collect();
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM attempt WHERE hex(id) LIKE ?1 || '%' LIMIT 2")?;
        let ids = statement.query_map(params![digits], |row| row.get(0))?;
        Ok(ids.map(|id| id.map(AttemptId::from_bytes)).collect::<Result<_, _>>()?)
    }
}
