//! Views of environments and their connection test.

use sealpost_vault::SecretEdit;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An environment, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentView {
    /// Its id.
    pub id: String,
    /// Revision; a save must name it.
    pub revision: u32,
    /// Unique name.
    pub name: String,
    /// The address requests go to, without `/api/v2`.
    pub url: String,
    /// `SaaS`, `Managed`, `ActiveGate`, `Local` or `Sandbox`.
    pub kind: String,
    /// The environment's own id as far as the address tells it.
    pub environment_key: Option<String>,
    /// First two parts of the token, safe to show.
    pub token_identifier: String,
    /// One of `red orange amber green teal blue violet grey`.
    pub colour: String,
    /// Its name must be typed before every publish.
    pub protected: bool,
    /// Nothing is ever written there.
    pub read_only: bool,
    /// The built-in sandbox.
    pub sandbox: bool,
    /// Subject of the extra CA certificate, if one is stored.
    pub ca_subject: Option<String>,
    /// When that certificate ends, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub ca_not_after: Option<i64>,
    /// `system`, `none`, or a proxy URL.
    pub proxy: String,
    /// Number of drafts published there.
    pub published: u32,
    /// It does not open: only its id is known, and it can only be removed or taken out as it is.
    pub unreadable: bool,
    /// The last connection test, kept.
    pub last_probe: Option<ProbeView>,
}

/// A new or changed environment.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentSave {
    /// Missing for a new one.
    #[ts(optional)]
    pub id: Option<String>,
    /// The revision that was edited.
    #[ts(optional)]
    pub expected_revision: Option<u32>,
    /// Unique name.
    pub name: String,
    /// As pasted; normalised on save.
    pub url: String,
    /// The token: keep, set. Clear is refused.
    #[serde(default)]
    #[ts(as = "Option<SecretEdit>", optional)]
    pub token: SecretEdit,
    /// One of the eight colours.
    #[serde(default)]
    pub colour: String,
    /// Its name must be typed before every publish.
    #[serde(default)]
    pub protected: bool,
    /// Nothing is ever written there; missing keeps what is stored.
    #[serde(default)]
    #[ts(optional)]
    pub read_only: Option<bool>,
    /// Extra CA certificates as PEM text: missing keeps what is stored, empty removes it. The text is kept in the
    /// vault, since a file that moves would cut the environment off.
    #[ts(optional)]
    pub ca_pem: Option<String>,
    /// `system` (default), `none`, or a proxy URL.
    #[serde(default)]
    pub proxy: String,
    /// Unsaved work these edits come from: secrets with `unsaved` are taken from it, and a save settles it.
    #[serde(default)]
    #[ts(optional)]
    pub unsaved: Option<String>,
}

/// What an address was read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UrlCheck {
    /// The address requests go to.
    pub url: String,
    /// `SaaS`, `Managed`, `ActiveGate` or `Local`.
    pub kind: String,
    /// One sentence: what was recognised, what was rewritten.
    pub note: String,
    /// Why it can't be used; empty if it can.
    pub error: String,
}

/// Result of a connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProbeView {
    /// When, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
    /// Could it be reached at all?
    pub reachable: bool,
    /// No check failed.
    pub ok: bool,
    /// Round trip of the list request, milliseconds.
    pub latency_ms: Option<u32>,
    /// User behind the token.
    pub owner: Option<String>,
    /// When the token ends, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub token_expires_at: Option<i64>,
    /// Can publish: reachable, write scope, enabled.
    pub can_write: bool,
    /// The checks in order.
    pub checks: Vec<ProbeCheck>,
}

/// One check of a connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProbeCheck {
    /// What was checked: `Address`, `TLS`, `credentialVault.read`, …
    pub name: String,
    /// `ok`, `warning`, `failed` or `unknown`.
    pub result: String,
    /// One word: Trusted, Granted, Missing, Not readable, …
    pub word: String,
    /// What was found and what to do.
    pub detail: String,
}
