//! The vault's file: SQLite, used nowhere else. One submodule per table.
//!
//! Every write is one IMMEDIATE transaction with `synchronous = FULL`: after it returns, the state survives a power
//! cut; if it fails, the state is the one before. Two processes may write to one vault: a row is replaced only if its
//! revision is still the one that was edited.

pub(crate) mod activity;
pub(crate) mod activity_chain;
mod attempts;
pub mod backup;
mod claim;
mod drafts;
mod environments;
mod exchanges;
mod file;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod fuzzed;
mod groups;
mod history;
mod import;
pub(crate) mod key_slots;
pub(crate) mod ledger;
mod listing;
mod migrate;
mod publications;
pub(crate) mod rekey;
pub(crate) mod rekey_stage;
mod rotations;
pub(crate) mod schema;
pub(crate) mod sealed;
mod secrets_codec;
mod settings;
mod unsaved;
pub(crate) mod verify;

#[cfg(test)]
mod journal_tests;
#[cfg(test)]
mod tests;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, StoreError};
use crate::seal::{Binding, Field, Sealer, Table};

pub use activity::{Activity, ActivityDetail, NewActivity};
pub use attempts::{
    Attempt, AttemptAction, AttemptIntent, AttemptOutcome, AttemptState, LinkChange, NewAttempt,
};
pub use claim::PublishClaim;
pub use drafts::SaveDraft;
pub use environments::{Environment, EnvironmentMeta, SaveEnvironment};
pub use exchanges::Exchange;
pub use file::{VAULT_FILE, vault_path};
pub(crate) use file::{open_existing, open_new, publish, reserve};
pub use groups::{EnvironmentGroup, GroupMeta};
pub use history::Revision;
pub use import::NewDraft;
pub use ledger::Whole;
pub(crate) use ledger::Write;
pub use listing::{DraftChanges, DraftSummary, ListedDraft};
pub use migrate::SCHEMA;
pub(crate) use migrate::THIS_VERSION;
pub use publications::{
    Publication, PublicationMeta, PublicationState, PublishedSnapshot, RecordedProblem, RecordedUsage,
    Settled, Standing,
};
pub use rotations::{Rotation, RotationMeta};
pub use unsaved::Unsaved;
pub use verify::{Findings, Unreadable};

/// Starts a write: takes the write lock at once, so that what is read inside is still true when it is written.
pub(crate) fn write(connection: &mut Connection) -> Result<Write<'_>, StoreError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Under the lock: what is sealed with a key of before would open nowhere.
    if same_epoch(&tx)? { Write::begin(tx) } else { Err(StoreError::Rekeyed) }
}

/// Remembers, for as long as the connection lives, under which of the vault's data keys it was opened.
pub(crate) fn remember_epoch(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS opened (key_epoch INTEGER NOT NULL);
         DELETE FROM temp.opened;
         INSERT INTO temp.opened SELECT key_epoch FROM main.vault;",
    )?;
    Ok(())
}

/// Is the vault's data key still the one it was opened under?
pub(crate) fn same_epoch(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT (SELECT key_epoch FROM main.vault) IS (SELECT key_epoch FROM temp.opened)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The next change number, inside a write.
fn next_seq(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_row("UPDATE vault SET change_seq = change_seq + 1 RETURNING change_seq", [], |row| {
        row.get(0)
    })?)
}

/// Encodes and seals a value.
fn seal_json<T: Serialize>(sealer: &Sealer, binding: &Binding, value: &T) -> Result<Vec<u8>, Error> {
    let bytes = zeroize::Zeroizing::new(
        serde_json::to_vec(value)
            .map_err(|error| StoreError::Io(format!("could not be encoded: {error}")))?,
    );
    Ok(sealer.seal(binding, &bytes)?)
}

/// Opens and decodes a value.
fn open_json<T: DeserializeOwned>(
    sealer: &Sealer,
    binding: &Binding,
    blob: &[u8],
    what: &'static str,
    id: &dyn std::fmt::Display,
) -> Result<T, Error> {
    let bytes = sealer.open(binding, blob).map_err(Error::unreadable(what, id))?;
    serde_json::from_slice(&bytes).map_err(|_| Error::Unreadable { what, id: id.to_string() })
}

fn bind(table: Table, object: &[u8; 16], field: Field, revision: u32) -> Binding {
    Binding { table, object: *object, field, revision }
}

/// An error for a write that found no row or another revision.
fn stale_or_missing(found: Option<u32>, expected: u32, what: &'static str) -> Error {
    found.map_or(Error::NotFound(what), |found| Error::StaleRevision { expected, found })
}
