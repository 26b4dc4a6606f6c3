//! The report of what was published: evidence for whoever asks who changed what, where and when.

use serde::Serialize;
use ts_rs::TS;

/// Every attempt to write to an environment, oldest first. Each field was chosen (issue #3, 10): no text of a server, no
/// request, nothing that a secret could stand in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptReport {
    /// When it was made: `2026-11-24 13:00:00`, UTC.
    pub made_at: String,
    /// The attempts.
    pub attempts: Vec<AttemptLine>,
    /// The same as Markdown.
    pub markdown: String,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptLine {
    /// When it began, UTC.
    pub at: String,
    /// `create`, `update` or `delete`.
    pub action: String,
    /// `open`, `done`, `refused`, `notSent` or `unclear`.
    pub state: String,
    /// Name of the draft as it was sent.
    pub name: String,
    /// The draft's id.
    pub draft_id: String,
    /// The revision that was sent.
    pub revision: u32,
    /// Name of the environment, or its id if it was removed since.
    pub environment: String,
    /// Id of the set there.
    pub remote_id: Option<String>,
    /// User behind the token.
    pub token_owner: Option<String>,
    /// Owner before the write.
    pub owner_before: Option<String>,
    /// Owner after the write.
    pub owner_after: Option<String>,
    /// HTTP status of a refusal.
    pub status: Option<u16>,
    /// Milliseconds to the answer.
    #[ts(type = "number | null")]
    pub took_ms: Option<u64>,
}
