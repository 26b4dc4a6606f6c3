//! Every sealed column there is, once: what verifies, re-encrypts or exports a whole vault walks this list. A test holds it
//! against the schema, so that a table added later can't be forgotten.

use rusqlite::Connection;

use super::bind;
use crate::error::StoreError;
use crate::seal::{Binding, Field, Table};

/// The sealed columns of one table.
#[derive(Debug)]
pub(crate) struct SealedTable {
    /// Word for people.
    pub(crate) what: &'static str,
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Number in the binding.
    pub(crate) table: Table,
    /// The object id in the binding.
    pub(crate) id: &'static str,
    /// The revision in the binding: a column, or a number.
    pub(crate) revision: &'static str,
    /// Column and its field in the binding.
    pub(crate) columns: &'static [(&'static str, Field)],
}

/// All of them.
pub(crate) const SEALED: &[SealedTable] = &[
    SealedTable {
        what: "draft",
        name: "draft",
        table: Table::Draft,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta), ("secrets", Field::Secrets)],
    },
    SealedTable {
        what: "earlier revision of draft",
        name: "draft_revision",
        table: Table::Draft,
        id: "draft_id",
        revision: "revision",
        columns: &[("meta", Field::Meta), ("secrets", Field::Secrets)],
    },
    SealedTable {
        what: "environment",
        name: "environment",
        table: Table::Environment,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta), ("token", Field::Token)],
    },
    SealedTable {
        what: "publication",
        name: "publication",
        table: Table::Publication,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta)],
    },
    SealedTable {
        what: "attempt",
        name: "attempt",
        table: Table::Attempt,
        id: "id",
        revision: "1",
        columns: &[("intent", Field::Intent), ("outcome", Field::Outcome), ("exchanges", Field::Exchanges)],
    },
    SealedTable {
        what: "activity entry",
        name: "activity",
        table: Table::Activity,
        id: "id",
        revision: "1",
        columns: &[("detail", Field::Meta)],
    },
    SealedTable {
        what: "setting",
        name: "setting",
        table: Table::Setting,
        id: "id",
        revision: "revision",
        columns: &[("value", Field::Meta)],
    },
    SealedTable {
        what: "unsaved work",
        name: "unsaved",
        table: Table::Unsaved,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta), ("secrets", Field::Secrets)],
    },
    SealedTable {
        what: "group of environments",
        name: "environment_group",
        table: Table::Group,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta)],
    },
    SealedTable {
        what: "rotation",
        name: "rotation",
        table: Table::Rotation,
        id: "id",
        revision: "revision",
        columns: &[("meta", Field::Meta)],
    },
];

/// One sealed row, its blobs still closed.
#[derive(Debug)]
pub(crate) struct SealedRow {
    pub(crate) rowid: i64,
    /// None if the cell does not hold an id.
    pub(crate) id: Option<[u8; 16]>,
    pub(crate) revision: u32,
    /// One per column; none where the column is NULL.
    pub(crate) blobs: Vec<Option<Vec<u8>>>,
}

impl SealedRow {
    /// The place of one of its blobs; none if the row's own id is broken.
    pub(crate) fn binding(&self, of: &SealedTable, column: usize) -> Option<Binding> {
        let id = self.id.as_ref()?;
        Some(bind(of.table, id, of.columns.get(column)?.1, self.revision))
    }

    /// The row's id for people.
    pub(crate) fn name(&self) -> String {
        match &self.id {
            Some(id) => uuid::Uuid::from_bytes(*id).hyphenated().to_string(),
            None => format!("in row {}", self.rowid),
        }
    }
}

/// Calls `each` with every row of a table. A cell of the wrong type is a broken row, not an end.
pub(crate) fn for_each<E: From<StoreError>>(
    connection: &Connection,
    of: &SealedTable,
    mut each: impl FnMut(SealedRow) -> Result<(), E>,
) -> Result<(), E> {
    let columns: Vec<&str> = of.columns.iter().map(|(column, _)| *column).collect();
    let sql = format!("SELECT rowid, {}, {}, {} FROM {}", of.id, of.revision, columns.join(", "), of.name);
    let mut statement = connection.prepare(&sql).map_err(StoreError::from)?;
    let mut rows = statement.query([]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let cell = |at: usize| row.get_ref(at).map_err(StoreError::from);
        let id = cell(1)?.as_blob().unwrap_or_default();
        let mut blobs = Vec::with_capacity(columns.len());
        for at in 0..columns.len() {
            blobs.push(
                cell(3 + at)?.as_blob_or_null().map_or(Some(Vec::new()), |blob| blob.map(<[u8]>::to_vec)),
            );
        }
        each(SealedRow {
            rowid: row.get(0).map_err(StoreError::from)?,
            id: id.try_into().ok(),
            revision: cell(2)?.as_i64().ok().and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
            blobs,
        })?;
    }
    Ok(())
}
