//! The report of what was published: evidence for whoever asks who changed what, where and when.

use serde::Serialize;
use ts_rs::TS;

use super::DetailLine;

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
    /// Its id.
    pub id: String,
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
    /// User of the computer that sent it.
    pub local_user: Option<String>,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// Milliseconds to the answer.
    #[ts(type = "number | null")]
    pub took_ms: Option<u64>,
}

/// What is kept of one attempt. Secrets are in none of it: the requests hold marks in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptEvidence {
    /// The attempt.
    pub attempt: AttemptLine,
    /// What happened, in our words; empty after a success.
    pub message: String,
    /// What the server said.
    pub server_message: Option<String>,
    /// Every request and its answer, in order. Empty if it never came to one, or the program ended before the answer.
    pub exchanges: Vec<ExchangeView>,
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeView {
    /// When it was sent, milliseconds since the epoch.
    #[ts(type = "number")]
    pub sent_at: i64,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers as sent.
    pub request_headers: Vec<DetailLine>,
    /// JSON as sent, with a mark in the place of every secret.
    pub request_body: Option<String>,
    /// HTTP status, if an answer began.
    pub status: Option<u16>,
    /// Headers of the answer, from a list of those that are kept.
    pub response_headers: Vec<DetailLine>,
    /// What is kept of the answer.
    pub response_body: Option<String>,
    /// Why there is no answer.
    pub failure: Option<String>,
    /// Milliseconds to the end of the answer.
    #[ts(type = "number")]
    pub took_ms: u64,
}
