//! Views of what became of requests whose answer is missing, and of a run that was cut off.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FoundSet, PlanAction};

/// What a look at the environments found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileView {
    /// When it ended, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
    /// One per attempt that was open or unclear.
    pub items: Vec<ReconcileItem>,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReconcileOutcome {
    /// A create had arrived: its set is linked to the draft.
    Adopted,
    /// An update or a delete had arrived.
    Confirmed,
    /// It did not arrive: publishing again is safe.
    NotArrived,
    /// Several sets may be it, or one that is not quite what was sent: a person has to say.
    Ask,
    /// Whether it arrived can't be read there; the message says why. Nothing is lost by publishing again.
    Unclear,
    /// The environment could not be read; looked for again later.
    Unreadable,
}

/// One attempt and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileItem {
    /// The attempt.
    pub attempt_id: String,
    /// The draft.
    pub draft_id: String,
    /// Its name.
    pub draft_name: String,
    /// The environment.
    pub environment_id: String,
    /// Its name.
    pub environment: String,
    /// Create, update or delete.
    pub action: PlanAction,
    /// When it was begun, milliseconds since the epoch.
    #[ts(type = "number")]
    pub started_at: i64,
    /// What became of it.
    pub outcome: ReconcileOutcome,
    /// The set, if it is known.
    pub remote_id: Option<String>,
    /// Sets that may be it, to choose from.
    pub candidates: Vec<FoundSet>,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do, if anything.
    pub hint: Option<String>,
}

/// A person's answer for an attempt that several sets may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileChoice {
    /// The attempt.
    pub attempt_id: String,
    /// The set that is it; none if none of them is.
    pub remote_id: Option<String>,
}

/// A run that did not come to its end: the process ended, or the vault was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedRun {
    /// When it was begun, milliseconds since the epoch.
    #[ts(type = "number")]
    pub started_at: i64,
    /// Rows it had.
    pub total: u32,
    /// Rows that were written.
    pub done: u32,
    /// Rows that were refused or did not arrive.
    pub failed: u32,
    /// Rows whose outcome is not known.
    pub unresolved: u32,
    /// Rows that were never started.
    pub not_started: u32,
}
