//! Views of the matrix: rows are drafts and sets of nobody, columns are environments.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SyncState;

/// Which rows are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct MatrixQuery {
    /// Words to find; all must match.
    pub text: Option<String>,
    /// Only drafts in this overall state.
    pub state: Option<SyncState>,
    /// Only drafts.
    pub drafts: Option<bool>,
    /// Only sets that no draft is linked to.
    pub unmanaged: Option<bool>,
    /// First row wanted.
    pub offset: Option<u32>,
    /// Number of rows wanted, at most 500.
    pub limit: Option<u32>,
}

/// A window of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatrixView {
    /// How many rows match.
    pub total: u32,
    /// Index of the first row.
    pub offset: u32,
    /// How many of all are drafts; they come first.
    pub drafts: u32,
    /// The columns.
    pub environments: Vec<MatrixEnvironment>,
    /// The rows asked for.
    pub rows: Vec<MatrixRow>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatrixEnvironment {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: String,
    /// Its name must be typed before every publish.
    pub protected: bool,
    /// When its sets were last looked at, milliseconds since the epoch; none since the vault was opened.
    #[ts(type = "number | null")]
    pub looked_at: Option<i64>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRow {
    /// Its name among all rows.
    pub key: String,
    /// The draft; none for sets that no draft is linked to.
    pub draft_id: Option<String>,
    /// Name.
    pub name: String,
    /// Type (API spelling).
    #[serde(rename = "type")]
    pub type_name: String,
    /// The worst of its cells.
    pub state: SyncState,
    /// Environments where the draft has no set.
    pub missing: u32,
    /// One per environment, in their order.
    pub cells: Vec<MatrixCell>,
}

/// What stands in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatrixCell {
    /// The draft's state there; `notTarget` in the row of sets of nobody.
    pub state: SyncState,
    /// Id of the set there.
    pub remote_id: Option<String>,
}
