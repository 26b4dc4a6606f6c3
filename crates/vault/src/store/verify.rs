//! Does everything that is kept still open? Reads every page, opens every sealed value, and names what does not.

use rusqlite::Connection;

use super::sealed::{SEALED, for_each};
use super::{Whole, activity_chain, ledger, schema};
use crate::error::{Error, StoreError};
use crate::seal::Sealer;
use crate::vault::Vault;

/// A sealed value that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// `draft`, `environment`, …
    pub what: &'static str,
    /// The row's id.
    pub id: String,
    /// The column.
    pub column: &'static str,
    /// Its bytes as they stand there.
    pub bytes: Vec<u8>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Rows that were read.
    pub items: u64,
    /// Drafts among them.
    pub drafts: u64,
    /// Values that do not open.
    pub unreadable: Vec<Unreadable>,
    /// What SQLite says of the file's structure; empty if nothing.
    pub structure: Vec<String>,
    /// Tables and indices that are not those of this version.
    pub schema: Vec<String>,
    /// Are the rows those that were sealed?
    pub whole: Whole,
    /// Number of the first entry of the activity that does not follow from the one before.
    pub broken_chain: Option<i64>,
}

impl Findings {
    /// What is wrong with the file beyond single values, a line each: its structure, its rows, its log.
    #[must_use]
    pub fn damage(&self) -> Vec<String> {
        let mut lines = self.structure.clone();
        lines.extend(self.schema.iter().cloned());
        lines.extend(match self.whole {
            Whole::Intact | Whole::Unsealed => None,
            Whole::Unreadable => Some("the seal over all rows does not open".to_owned()),
            Whole::Removed => {
                Some("the seal over all rows was taken out by something other than Sealpost".to_owned())
            }
            Whole::Differs { sealed, found } if sealed == found => {
                Some("rows were changed by something other than Sealpost".to_owned())
            }
            Whole::Differs { sealed, found } => Some(format!(
                "rows were taken out or put in by something other than Sealpost: {found} instead of {sealed}"
            )),
        });
        lines.extend(
            self.broken_chain
                .map(|entry| format!("the activity is not the one that was written from entry {entry} on")),
        );
        lines
    }

    /// Nothing is wrong.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.unreadable.is_empty() && self.damage().is_empty()
    }
}

/// What SQLite finds wrong with the file's pages, indices and constraints.
pub(crate) fn structure(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found: Vec<String> = lines.collect::<Result<_, _>>()?;
    found.retain(|line| line != "ok");
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.push(format!(
            "a row of {} refers to none of {}",
            row.get::<_, String>(0)?,
            row.get::<_, String>(2)?
        ));
    }
    Ok(found)
}

/// Reads and opens everything.
pub(crate) fn verify(connection: &Connection, sealer: &Sealer) -> Result<Findings, Error> {
    let schema = schema::differences(connection)?;
    // What a table that is not as it should be can't tell is told by the table's own line.
    let laid_out = schema.is_empty();
    let mut findings = Findings {
        structure: structure(connection)?,
        whole: ledger::check(connection, sealer)
            .or_else(|error| if laid_out { Err(error) } else { Ok(Whole::Unreadable) })?,
        broken_chain: activity_chain::broken(connection, sealer)
            .or_else(|error| if laid_out { Err(error) } else { Ok(None) })?,
        schema,
        ..Findings::default()
    };
    for table in SEALED {
        let read = for_each::<Error>(connection, table, |row| {
            findings.items += 1;
            findings.drafts += u64::from(table.name == "draft");
            for (at, (column, _)) in table.columns.iter().enumerate() {
                let Some(blob) = row.blobs.get(at).and_then(Option::as_ref) else { continue };
                let opens = row.binding(table, at).is_some_and(|place| sealer.open(&place, blob).is_ok());
                if !opens {
                    findings.unreadable.push(Unreadable {
                        what: table.what,
                        id: row.name(),
                        column,
                        bytes: blob.clone(),
                    });
                }
            }
            Ok(())
        });
        if laid_out {
            read?;
        }
    }
    Ok(findings)
}

/// What is wrong with the rows and the log, without opening a value: the first of it, in words. `sealed`: this process has seen
/// them sealed.
pub(crate) fn rows_damage(
    connection: &Connection,
    sealer: &Sealer,
    sealed: bool,
) -> Result<Option<String>, Error> {
    let whole = match ledger::check(connection, sealer)? {
        Whole::Unsealed if sealed => Whole::Removed,
        whole => whole,
    };
    let findings = Findings {
        whole,
        broken_chain: activity_chain::broken(connection, sealer)?,
        schema: schema::differences(connection)?,
        ..Findings::default()
    };
    Ok(findings.damage().into_iter().next())
}

impl Vault {
    /// Reads every page of this vault and opens every sealed value.
    ///
    /// # Errors
    /// [`Error::Store`]: the file can't be read to the end.
    pub fn verify(&self) -> Result<Findings, Error> {
        let tx = self.connection.unchecked_transaction()?;
        let mut findings = verify(&tx, &self.sealer)?;
        findings.whole = self.removed_if_it_was_there(findings.whole);
        Ok(findings)
    }
}
