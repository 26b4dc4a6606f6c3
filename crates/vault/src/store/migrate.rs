//! Schema versions, in `user_version`. Each step is all-or-nothing; a newer file is refused, never touched.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, StoreError};

/// One line per version: what it brought.
const STEPS: &[(&str, &str)] = &[
    ("init", include_str!("../../../../migrations/0001-init/up.sql")),
    ("unsaved", include_str!("../../../../migrations/0002-unsaved/up.sql")),
];

/// The newest schema this version knows.
pub const SCHEMA: u32 = STEPS.len() as u32;

/// Brings the file to [`SCHEMA`].
pub(super) fn up(connection: &mut Connection) -> Result<(), Error> {
    if version(connection)? == SCHEMA {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have migrated in between.
    let from = version(&tx)?;
    if from > SCHEMA {
        return Err(StoreError::TooNew { found: from, known: SCHEMA }.into());
    }
    for (name, sql) in STEPS.iter().skip(from as usize) {
        tracing::info!(step = name, "migrating the vault");
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", SCHEMA)?;
    tx.commit()?;
    Ok(())
}

/// The schema of a file.
pub(crate) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
