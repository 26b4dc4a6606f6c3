//! The log of what was done, with rows that somebody else changed: what holds together is the beginning of what was written.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::sealer;
use crate::clock::Timestamp;
use crate::fuzzed::Seed;
use crate::seal::Sealer;
use crate::store::activity::{NewActivity, insert};
use crate::store::activity_chain;

/// Entries of the log.
const ENTRIES: i64 = 6;
const COLUMNS: [&str; 9] =
    ["seq", "id", "at", "kind", "draft_id", "environment_id", "attempt_id", "detail", "chain"];

/// The table without types and constraints: a file in somebody else's hands keeps none.
const TABLE: &str =
    "CREATE TABLE activity (seq INTEGER PRIMARY KEY, id, at, kind, draft_id, environment_id, attempt_id,
                     detail, chain)";

type Entry = Vec<Value>;

#[expect(clippy::expect_used, reason = "without the log nothing would be checked")]
fn written(key: &Sealer) -> Connection {
    let log = Connection::open_in_memory().expect("a database in memory");
    log.execute_batch(TABLE).expect("a table");
    for number in 0..ENTRIES {
        let entry = NewActivity::of("draftSaved").with_draft_name(format!("draft {number}"));
        insert(&log, key, Timestamp::from_millis(number), &entry).expect("an entry");
    }
    log
}

#[expect(clippy::expect_used, reason = "without the entries nothing would be checked")]
fn entries(log: &Connection) -> Vec<Entry> {
    let sql = format!("SELECT {} FROM activity ORDER BY seq", COLUMNS.join(", "));
    let mut statement = log.prepare(&sql).expect("a table");
    let rows = statement.query_map([], |row| (0..COLUMNS.len()).map(|at| row.get(at)).collect());
    rows.and_then(Iterator::collect).expect("its entries")
}

/// The value that the bytes stand for.
fn value(kind: u8, bytes: &[u8], other: Option<&Value>) -> Value {
    let number = || bytes.iter().take(8).fold(0_i64, |all, byte| (all << 8) | i64::from(*byte));
    match kind % 6 {
        0 => Value::Null,
        1 => Value::Integer(number()),
        2 => Value::Real(f64::from_bits(number().cast_unsigned())),
        3 => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        4 => Value::Blob(bytes.to_vec()),
        _ => other.cloned().unwrap_or(Value::Null),
    }
}

/// One change: what is done, to which entry and column, with how many bytes. What SQLite refuses is not done.
fn change(log: &Connection, [what, entry, column, _]: [u8; 4], bytes: &[u8]) {
    let all = entries(log);
    let Some(row) = all.get(usize::from(entry) % all.len().max(1)) else { return };
    let at = usize::from(column) % COLUMNS.len();
    let other = bytes.first().and_then(|other| all.get(usize::from(*other) % all.len())?.get(at));
    let done = match what % 8 {
        0..6 => {
            let sql = format!("UPDATE activity SET {} = ?1 WHERE seq = ?2", COLUMNS[at]);
            log.execute(&sql, [&value(what % 8, bytes, other), &row[0]])
        }
        6 => log.execute("DELETE FROM activity WHERE seq = ?1", [&row[0]]),
        _ => {
            let mut copy = row.clone();
            copy[0] = value(1, bytes, None);
            log.execute(
                "INSERT INTO activity VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params_from_iter(copy),
            )
        }
    };
    drop(done);
}

/// Changes to a log of six entries. What is said to hold together is entries of before there was a chain, then the first of
/// those that were written; a log that was only cut off at its end does hold together.
pub fn activity_rows(bytes: &[u8]) {
    let key = sealer(&[2; 12]);
    let log = written(&key);
    let before = entries(&log);
    let mut rest = bytes;
    while let [what, entry, column, length, after @ ..] = rest {
        let (bytes, after) = after.split_at(usize::from(*length).min(after.len()));
        change(&log, [*what, *entry, *column, *length], bytes);
        rest = after;
    }
    let after = entries(&log);
    let chained: Vec<&Entry> = after.iter().skip_while(|entry| entry.last() == Some(&Value::Null)).collect();
    let holds = chained.iter().zip(&before).all(|(is, was)| *is == was) && chained.len() <= before.len();
    match activity_chain::broken(&log, &key) {
        Ok(None) => assert!(holds, "what holds together was written so: {after:?}"),
        Ok(Some(from)) => {
            assert!(!holds, "what was written holds together: {after:?}");
            assert!(after.iter().any(|entry| entry.first() == Some(&Value::Integer(from))), "{from} is one");
        }
        Err(error) => {
            assert!(error.to_string().is_empty(), "whatever a cell holds, the log is read: {error}");
        }
    }
}

/// One change of each kind.
pub(super) fn seeds() -> Vec<Seed> {
    vec![
        ("activity_rows", "unchanged", b"none".to_vec()),
        ("activity_rows", "last-one-gone", vec![6, 5, 0, 0]),
        ("activity_rows", "middle-one-gone", vec![6, 2, 0, 0]),
        ("activity_rows", "other-kind", vec![3, 3, 3, 4, b'k', b'i', b'n', b'd']),
        ("activity_rows", "no-link", vec![0, 1, 8, 0]),
        ("activity_rows", "link-of-another", vec![5, 1, 8, 1, 4]),
        ("activity_rows", "link-that-is-text", vec![3, 2, 8, 1, b'x']),
        ("activity_rows", "copied", vec![7, 1, 0, 1, 9]),
    ]
}
