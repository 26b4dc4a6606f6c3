//! One seal over all rows (issue #4, point 6).
//!
//! No sealed value can be forged, but whoever can write to the file can take a row out, put an old one back, or change a
//! column that stands in clear: a draft out of the trash, an attempt from "unclear" to "done". So the vault keeps, sealed,
//! how many rows there are and the sum of a keyed digest of each:
//!
//! ```text
//! row ─ HMAC-SHA-256(row key, table and every column) ─▶ 256-bit number      sum = Σ of all, mod 2^256
//! vault.ledger = sealed(change number | key epoch | rows | sum)
//! ```
//!
//! A sum follows one row's change without reading the others (the keyed additive multiset hash of Clarke et al., 2003; nobody
//! without the key sees a sum or a summand). Temporary triggers on the connection tell every change of every table, so that no
//! way to write can forget it, cascades included; [`Write::commit`] seals the result in the same transaction. What differs
//! stays different: a change by others is not adopted by the next save, only by [`Vault::accept_rows`].
//!
//! An older copy of the *whole* file is consistent in itself; `generation` is for that.

mod sum;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Transaction};

use self::sum::Sum;
use super::key_slots;
use crate::error::{Error, StoreError};
use crate::seal::{Binding, Field, RowKey, Sealer, Table};
use crate::slots;
use crate::vault::Vault;

const LEN: usize = 56;

/// Is what is in the file what Sealpost put there?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whole {
    /// To the last row.
    Intact,
    /// There is no seal over the rows: the copy is of an earlier version.
    #[default]
    Unsealed,
    /// The seal over the rows does not open.
    Unreadable,
    /// There was a seal over the rows, and it is gone.
    Removed,
    /// Rows were taken out, put in or changed by something else.
    Differs {
        /// Rows that were sealed.
        sealed: u64,
        /// Rows there are.
        found: u64,
    },
}

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ledger {
    change_seq: i64,
    key_epoch: i64,
    sum: Sum,
}

impl Ledger {
    fn bytes(&self) -> [u8; LEN] {
        let mut out = [0; LEN];
        out[..8].copy_from_slice(&self.change_seq.to_be_bytes());
        out[8..16].copy_from_slice(&self.key_epoch.to_be_bytes());
        out[16..24].copy_from_slice(&self.sum.rows.to_be_bytes());
        for (place, limb) in out[24..].chunks_exact_mut(8).zip(self.sum.digests) {
            place.copy_from_slice(&limb.to_le_bytes());
        }
        out
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<8>() else { return None };
        let [change_seq, key_epoch, rows, digests @ ..] = numbers else { return None };
        Some(Self {
            change_seq: i64::from_be_bytes(*change_seq),
            key_epoch: i64::from_be_bytes(*key_epoch),
            sum: Sum {
                rows: u64::from_be_bytes(*rows),
                digests: <[[u8; 8]; 4]>::try_from(digests).ok()?.map(u64::from_le_bytes),
            },
        })
    }

    fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, Error> {
        Ok(sealer.seal(&place(sealer), &self.bytes())?)
    }

    fn open(sealer: &Sealer, blob: &[u8]) -> Option<Self> {
        Self::read(&sealer.open(&place(sealer), blob).ok()?)
    }
}

/// What is read, written again; none if it is no ledger.
#[cfg(any(test, feature = "testing"))]
pub(super) fn written_again(bytes: &[u8]) -> Option<[u8; LEN]> {
    Ledger::read(bytes).map(|ledger| ledger.bytes())
}

fn place(sealer: &Sealer) -> Binding {
    let object = *sealer.vault().as_bytes();
    Binding { table: Table::Vault, object, field: Field::Ledger, revision: 1 }
}

/// A value of a row, told apart from every other value of every type.
pub(super) fn push(out: &mut Vec<u8>, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => {
            out.push(1);
            return out.extend_from_slice(&number.to_be_bytes());
        }
        ValueRef::Real(number) => {
            out.push(2);
            return out.extend_from_slice(&number.to_bits().to_be_bytes());
        }
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// A table that the ledger covers, and its columns. The names come from the file, so they may be anybody's.
struct Covered {
    name: String,
    columns: Vec<String>,
}

/// A name as SQL takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Every table of ours but the one row that holds the ledger.
fn covered(connection: &Connection) -> Result<Vec<Covered>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT name FROM main.sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'vault' ORDER BY name",
    )?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid")?;
    let of = |name: String| {
        let columns = columns.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Covered { name, columns })
    };
    names.into_iter().map(of).collect()
}

fn digest_of_row(key: &RowKey, table: &Covered, row: &Row<'_>) -> Result<[u8; 32], StoreError> {
    let mut bytes = Vec::with_capacity(1024);
    push(&mut bytes, ValueRef::Text(table.name.as_bytes()));
    for at in 0..table.columns.len() {
        push(&mut bytes, row.get_ref(at)?);
    }
    Ok(key.digest(&bytes))
}

/// Reads every row.
fn summed(connection: &Connection, key: &RowKey) -> Result<Sum, StoreError> {
    let mut sum = Sum::default();
    for table in covered(connection)? {
        let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
        let mut statement = connection.prepare(&format!(
            "SELECT {} FROM main.{}",
            columns.join(", "),
            quoted(&table.name)
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            sum.add(digest_of_row(key, &table, row)?);
        }
    }
    Ok(sum)
}

fn numbers(connection: &Connection) -> Result<(i64, i64), StoreError> {
    Ok(connection.query_row("SELECT change_seq, key_epoch FROM main.vault", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}

/// Is there a place for a ledger? Somebody may have taken out the column itself.
fn has_column(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM pragma_table_info('vault', 'main') WHERE name = 'ledger'";
    Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))? > 0)
}

/// Does a way into this vault say that its rows are sealed? It says so in what its key is derived from, so that taking the
/// word out of the file closes that way in.
fn is_promised(connection: &Connection) -> Result<bool, StoreError> {
    Ok(key_slots::all(connection)?.iter().any(|slot| slots::promises_ledger(&slot.parameters)))
}

/// Reads every row and compares. On one connection in one read transaction.
pub(crate) fn check(connection: &Connection, sealer: &Sealer) -> Result<Whole, StoreError> {
    let blob: Option<Vec<u8>> = if has_column(connection)? {
        // A value of another type is a seal that does not open.
        let read = |blob: Option<&[u8]>| blob.map(<[u8]>::to_vec);
        connection.query_row("SELECT ledger FROM main.vault", [], |row| {
            Ok(row.get_ref(0)?.as_blob_or_null().map_or_else(|_| Some(Vec::new()), read))
        })?
    } else {
        None
    };
    let Some(blob) = blob else {
        return Ok(if is_promised(connection)? { Whole::Removed } else { Whole::Unsealed });
    };
    let Some(ledger) = Ledger::open(sealer, &blob) else { return Ok(Whole::Unreadable) };
    let sum = summed(connection, &sealer.row_key())?;
    let (change_seq, key_epoch) = numbers(connection)?;
    Ok(if ledger == (Ledger { change_seq, key_epoch, sum }) {
        Whole::Intact
    } else {
        Whole::Differs { sealed: ledger.sum.rows, found: sum.rows }
    })
}

/// Seals the rows as they are, whatever was sealed before. Inside a write.
pub(crate) fn establish(tx: &Transaction<'_>, sealer: &Sealer) -> Result<(), Error> {
    let sum = summed(tx, &sealer.row_key())?;
    let (change_seq, key_epoch) = numbers(tx)?;
    let blob = Ledger { change_seq, key_epoch, sum }.seal(sealer)?;
    tx.execute("UPDATE main.vault SET ledger = ?1", [blob])?;
    Ok(())
}

/// Changes of rows since a write began, as the triggers tell them.
#[derive(Clone, Default)]
struct Changes(Arc<Mutex<Sum>>);

impl Changes {
    fn lock(&self) -> MutexGuard<'_, Sum> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches every table through this connection, under this sealer. Again after a new key.
pub(crate) fn watch(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let changes = Changes::default();
    let (key, told) = (sealer.row_key(), changes.clone());
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
    // (1 for a row that is there now or -1 for one that was, table, columns…)
    connection.create_scalar_function("ledger_row", -1, flags, move |call: &mut Context<'_>| {
        let mut bytes = Vec::with_capacity(1024);
        for at in 1..call.len() {
            push(&mut bytes, call.get_raw(at));
        }
        let digest = key.digest(&bytes);
        let mut sum = told.lock();
        if call.get::<i64>(0)? > 0 {
            sum.add(digest);
        } else {
            sum.take(digest);
        }
        Ok(None::<i64>)
    })?;
    let begun = changes.clone();
    connection.create_scalar_function("ledger_begin", 0, flags, move |_: &mut Context<'_>| {
        *begun.lock() = Sum::default();
        Ok(None::<i64>)
    })?;
    let sealer = sealer.again();
    // (sealed before, change number, key epoch): what is to be sealed now. What does not open stays as it is.
    connection.create_scalar_function("ledger_next", 3, flags, move |call: &mut Context<'_>| {
        let before = call.get::<Option<Vec<u8>>>(0)?;
        let Some(ledger) = before.as_deref().and_then(|blob| Ledger::open(&sealer, blob)) else {
            return Ok(before);
        };
        let next = Ledger {
            change_seq: call.get(1)?,
            key_epoch: call.get(2)?,
            sum: ledger.sum.with(*changes.lock()),
        };
        let sealed = next.seal(&sealer);
        sealed.map(Some).map_err(|error| rusqlite::Error::UserFunctionError(Box::new(error)))
    })?;
    triggers(connection)
}

fn triggers(connection: &Connection) -> Result<(), StoreError> {
    // Else a row that REPLACE takes out is taken out without a word.
    connection.pragma_update(None, "recursive_triggers", true)?;
    for Covered { name, columns } in covered(connection)? {
        let values = |row: &str| {
            columns.iter().map(|column| format!("{row}.{}", quoted(column))).collect::<Vec<_>>().join(", ")
        };
        let text = name.replace('\'', "''");
        let was = format!("SELECT ledger_row(-1, '{text}', {});", values("old"));
        let is = format!("SELECT ledger_row(1, '{text}', {});", values("new"));
        let trigger = |when: &str| quoted(&format!("ledger_{name}_{when}"));
        let (put, gone, new, on) = (trigger("in"), trigger("out"), trigger("new"), quoted(&name));
        connection.execute_batch(&format!(
            "CREATE TEMP TRIGGER IF NOT EXISTS {put} AFTER INSERT ON main.{on} BEGIN {is} END;
             CREATE TEMP TRIGGER IF NOT EXISTS {gone} AFTER DELETE ON main.{on} BEGIN {was} END;
             CREATE TEMP TRIGGER IF NOT EXISTS {new} AFTER UPDATE ON main.{on} BEGIN {was} {is} END;"
        ))?;
    }
    Ok(())
}

/// A write under way. Dropped without a commit, nothing happened.
pub(crate) struct Write<'connection>(Transaction<'connection>);

impl<'connection> Write<'connection> {
    pub(super) fn begin(tx: Transaction<'connection>) -> Result<Self, StoreError> {
        tx.prepare_cached("SELECT ledger_begin()")?.query_row([], |_| Ok(()))?;
        Ok(Self(tx))
    }

    /// Seals the rows as they are now and makes all of it durable.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.0
            .prepare_cached("UPDATE main.vault SET ledger = ledger_next(ledger, change_seq, key_epoch)")?
            .execute([])?;
        Ok(self.0.commit()?)
    }

    /// The same under another key, under which every row stands anew.
    pub(crate) fn commit_under(self, sealer: &Sealer) -> Result<(), Error> {
        establish(&self.0, sealer)?;
        Ok(self.0.commit()?)
    }
}

impl<'connection> Deref for Write<'connection> {
    type Target = Transaction<'connection>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Vault {
    /// Is every row what Sealpost wrote? Reads all of them.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn whole(&self) -> Result<Whole, Error> {
        let tx = self.connection.unchecked_transaction()?;
        Ok(self.removed_if_it_was_there(check(&tx, &self.sealer)?))
    }

    /// Takes the rows as they are for right: after somebody looked at what [`Vault::whole`] found.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn accept_rows(&mut self) -> Result<(), Error> {
        super::write(&mut self.connection)?.commit_under(&self.sealer)
    }

    /// Seals the rows of a vault that an earlier version made. One that was sealed before is left as it is, even if its
    /// seal is gone: that is for a person to see.
    pub(crate) fn seal_rows_once(&mut self) -> Result<(), Error> {
        let sealed: bool = self
            .connection
            .query_row("SELECT ledger IS NOT NULL FROM main.vault", [], |row| row.get(0))
            .map_err(StoreError::from)?;
        if sealed || is_promised(&self.connection)? { Ok(()) } else { self.accept_rows() }
    }

    /// What this process has seen sealed can't be of an earlier version.
    pub(super) fn removed_if_it_was_there(&self, whole: Whole) -> Whole {
        if whole == Whole::Unsealed && self.sealed_at_open { Whole::Removed } else { whole }
    }
}

#[cfg(test)]
mod tests;
