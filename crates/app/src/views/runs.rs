//! Views of a publish run.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DetailLine, PlanAction};

/// A publish run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// Its id.
    pub id: String,
    /// Started, milliseconds since the epoch.
    #[ts(type = "number")]
    pub started_at: i64,
    /// Ended, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub finished_at: Option<i64>,
    /// A person asked to stop: the request in flight is finished first.
    pub cancelling: bool,
    /// Grows with everything that happens; [`RunMoved`] says what is new since one.
    #[ts(type = "number")]
    pub version: u64,
    /// One per row, in the plan's order.
    pub items: Vec<RunItem>,
}

/// What is new of a run: only the rows that moved, so that a run of thousands stays light.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunMoved {
    /// The run.
    pub id: String,
    /// Everything after this version is in here. Whoever stands at an earlier one has missed something and asks.
    #[ts(type = "number")]
    pub after: u64,
    /// The version it is now.
    #[ts(type = "number")]
    pub version: u64,
    /// Ended, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub finished_at: Option<i64>,
    /// A person asked to stop.
    pub cancelling: bool,
    /// How far it is.
    pub counts: RunCounts,
    /// The rows that moved.
    pub items: Vec<MovedItem>,
}

/// A row of a run that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MovedItem {
    /// Its place among the run's items.
    pub place: u32,
    /// What it is now.
    pub item: RunItem,
}

/// How many rows of a run stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunCounts {
    /// All of them.
    pub total: u32,
    /// Not ended yet.
    pub open: u32,
    /// Waiting before another try; among the open ones.
    pub waiting: u32,
    /// Written and recorded.
    pub done: u32,
    /// Failed or unclear.
    pub failed: u32,
}

/// State of one row of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// Waits for its turn.
    Queued,
    /// A request is in flight.
    Sending,
    /// Waits before trying again; see `retry_at`.
    Waiting,
    /// Written; owner and metadata are being read.
    Verifying,
    /// Written and recorded.
    Done,
    /// The server said no, or it was not sent.
    Failed,
    /// May have arrived; not repeated.
    Unclear,
    /// Not started: cancelled, or something moved since the plan.
    Skipped,
}

/// One row of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunItem {
    /// Key of the plan's row.
    pub key: String,
    /// The draft.
    pub draft_id: String,
    /// Its name.
    pub draft_name: String,
    /// Its type (API spelling).
    pub type_name: String,
    /// The environment.
    pub environment_id: String,
    /// Its name.
    pub environment: String,
    /// Create or update.
    pub action: PlanAction,
    /// Where it stands.
    pub state: RunState,
    /// Id of the set.
    pub remote_id: Option<String>,
    /// Owner as read after the write.
    pub owner: Option<String>,
    /// The attempt, once it has ended: its request and answer can be asked for.
    pub attempt_id: Option<String>,
    /// What happened, in our words.
    pub message: String,
    /// What the server said, verbatim and apart from ours.
    pub server_message: Option<String>,
    /// Its violations: path and message.
    pub violations: Vec<DetailLine>,
    /// What to do.
    pub hint: Option<String>,
    /// When the next try starts, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub retry_at: Option<i64>,
    /// Time from first byte to recorded, milliseconds.
    #[ts(type = "number | null")]
    pub took_ms: Option<i64>,
}
