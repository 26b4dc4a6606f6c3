//! The activity is a chain: each entry carries a keyed digest over itself and the entry before, so that doctor can say from
//! where on the log is not the one that was written.
//!
//! ```text
//! chain(n) = HMAC-SHA-256(row key, "activity" | chain(n-1), empty for the first | number, time, kind, ids, sealed detail)
//! ```
//!
//! A log that was cut off at its end still holds together; the ledger over all rows notices that.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::ledger::push;
use crate::error::StoreError;
use crate::seal::{Digest, RowKey, Sealer};

const ENTRY: &str = "seq, id, at, kind, draft_id, environment_id, attempt_id, detail";

fn link(key: &RowKey, before: Option<&[u8]>, row: &Row<'_>) -> Result<Digest, StoreError> {
    let mut bytes = Vec::with_capacity(512);
    push(&mut bytes, "activity".into());
    push(&mut bytes, before.unwrap_or_default().into());
    for at in 0..8 {
        push(&mut bytes, row.get_ref(at)?);
    }
    Ok(key.digest(&bytes))
}

/// Gives an entry its link. Inside a write.
pub(super) fn append(connection: &Connection, key: &RowKey, seq: i64) -> Result<(), StoreError> {
    let before: Option<Option<Vec<u8>>> = connection
        .prepare_cached("SELECT chain FROM activity WHERE seq < ?1 ORDER BY seq DESC LIMIT 1")?
        // After a link that is none: the log is broken there, and is still written to.
        .query_row([seq], |row| Ok(row.get_ref(0)?.as_blob().ok().map(<[u8]>::to_vec)))
        .optional()?;
    let before = before.flatten();
    let link = connection
        .prepare_cached(&format!("SELECT {ENTRY} FROM activity WHERE seq = ?1"))?
        .query_row([seq], |row| Ok(link(key, before.as_deref(), row)))??;
    connection
        .prepare_cached("UPDATE activity SET chain = ?2 WHERE seq = ?1")?
        .execute(params![seq, link])?;
    Ok(())
}

/// Number of the first entry that does not follow from the one before. Entries of a version without a chain come first.
pub(crate) fn broken(connection: &Connection, sealer: &Sealer) -> Result<Option<i64>, StoreError> {
    let key = sealer.row_key();
    let mut statement = connection.prepare(&format!("SELECT {ENTRY}, chain FROM activity ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    let mut before: Option<Digest> = None;
    while let Some(row) = rows.next()? {
        // A cell of the wrong type is a broken link, not an end.
        let stored = row.get_ref(8)?.as_blob_or_null();
        if stored == Ok(None) && before.is_none() {
            continue;
        }
        let link = link(&key, before.as_ref().map(Digest::as_slice), row)?;
        if stored != Ok(Some(&link[..])) {
            return Ok(Some(row.get(0)?));
        }
        before = Some(link);
    }
    Ok(None)
}

/// Links every entry anew, under another key. Inside a write.
pub(crate) fn relink(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let key = sealer.row_key();
    let mut statement = connection.prepare("SELECT seq FROM activity ORDER BY seq")?;
    let entries: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    entries.into_iter().try_for_each(|seq| append(connection, &key, seq))
}
