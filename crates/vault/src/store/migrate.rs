//! Schema versions, in `user_version`. Each step is all-or-nothing; a newer file is refused, never touched.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, StoreError};

/// One line per version: what it brought.
const STEPS: &[(&str, &str)] = &[
    ("init", include_str!("../../../../migrations/0001-init/up.sql")),
    ("unsaved", include_str!("../../../../migrations/0002-unsaved/up.sql")),
    ("key-epoch", include_str!("../../../../migrations/0003-key-epoch/up.sql")),
    ("evidence", include_str!("../../../../migrations/0004-evidence/up.sql")),
    (
        "overrides, groups, rotations",
        include_str!("../../../../migrations/0005-overrides-groups-rotations/up.sql"),
    ),
    ("ledger", include_str!("../../../../migrations/0006-ledger/up.sql")),
    ("needs", include_str!("../../../../migrations/0007-needs/up.sql")),
];

/// The newest schema this version knows.
pub const SCHEMA: u32 = STEPS.len() as u32;

/// Brings the file to [`SCHEMA`].
pub(super) fn up(connection: &mut Connection) -> Result<(), Error> {
    up_by(connection, STEPS)
}

/// Has the file an earlier schema, and so something in it that a step could harm?
pub(super) fn pending(connection: &Connection) -> Result<bool, StoreError> {
    Ok((1..SCHEMA).contains(&version(connection)?))
}

fn up_by(connection: &mut Connection, steps: &[(&str, &str)]) -> Result<(), Error> {
    let known = u32::try_from(steps.len()).unwrap_or(SCHEMA);
    if version(connection)? == known {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have migrated in between.
    let from = version(&tx)?;
    if from > known {
        return Err(StoreError::TooNew { found: from, known, needs: needs(&tx) }.into());
    }
    for (name, sql) in steps.iter().skip(from as usize) {
        tracing::info!(step = name, "migrating the vault");
        tx.execute_batch(sql)?;
    }
    if known == SCHEMA {
        // Nothing to do in a new file: its one row is not there yet.
        tx.execute("UPDATE vault SET needs = ?1", [THIS_VERSION])?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// The version of Sealpost that this schema came with: what an earlier one says is needed.
pub(crate) const THIS_VERSION: &str = env!("CARGO_PKG_VERSION");
/// Longer than any version; the text is the file's, so it may be anybody's.
const LONGEST_VERSION: usize = 20;

/// What a newer file says is needed to open it, if it says so and looks like a version.
fn needs(connection: &Connection) -> Option<String> {
    let text: Option<String> = connection.query_row("SELECT needs FROM vault", [], |row| row.get(0)).ok()?;
    let version = |text: &String| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.len() <= LONGEST_VERSION
            && text.bytes().all(known)
    };
    text.filter(version)
}

/// The schema of a file.
pub(crate) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

#[cfg(test)]
mod tests;
