//! Views of drafts, without secrets.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_vault::{AllowedEntity, CertificateFacts, Details, Issue, Scope, SecretEdit, SecretField};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PublicationView;

/// Where a draft stands in one environment, or over all: the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SyncState {
    /// Not a target.
    NotTarget,
    /// Matches what was last published.
    Matches,
    /// A target, never sent.
    Unpublished,
    /// The draft is newer than what was published.
    Modified,
    /// The remote metadata changed; the draft did not.
    Drifted,
    /// Both the draft and the remote metadata changed.
    Both,
    /// The set is gone there.
    Missing,
    /// The last look could not tell what is there.
    Unverified,
    /// A request may have arrived, the answer is missing; not retried.
    Unclear,
    /// The last attempt failed.
    Failed,
    /// A request is queued or in flight.
    Publishing,
    /// Adopted: metadata known, its secret was never ours.
    NeedsSecret,
}

/// Which drafts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct DraftQuery {
    /// Words to find in name, user, description, tags, remote ids; all must match.
    pub text: Option<String>,
    /// Only this type (API spelling).
    pub type_name: Option<String>,
    /// Only drafts in this overall state.
    pub state: Option<SyncState>,
    /// Only drafts whose secret or certificate ends within 30 days.
    pub expiring: Option<bool>,
    /// Only drafts linked to this environment.
    pub environment_id: Option<String>,
    /// List the trash instead.
    pub trash: Option<bool>,
    /// `updated` (newest first, the default), `name` or `type`.
    pub sort: Option<String>,
    /// Turn the order round.
    pub descending: Option<bool>,
    /// First row wanted.
    pub offset: Option<u32>,
    /// Number of rows wanted, at most 500.
    pub limit: Option<u32>,
}

impl DraftQuery {
    /// Nothing but words, order and window: every draft outside the trash is in question.
    pub(crate) fn plain(&self) -> bool {
        self.type_name.is_none()
            && self.state.is_none()
            && self.environment_id.is_none()
            && !self.expiring.unwrap_or(false)
            && !self.trash.unwrap_or(false)
    }
}

/// A window of the list, and the numbers of the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftList {
    /// How many match.
    pub total: u32,
    /// Index of the first row.
    pub offset: u32,
    /// The rows asked for.
    pub rows: Vec<DraftRow>,
    /// Numbers over the whole vault.
    pub counts: DraftCounts,
}

/// Numbers over the whole vault, whatever the filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftCounts {
    /// Drafts outside the trash.
    pub all: u32,
    /// Drafts in the trash.
    pub trash: u32,
    /// By type (API spelling).
    pub by_type: BTreeMap<String, u32>,
    /// By overall state (camel-case word of `SyncState`).
    pub by_state: BTreeMap<String, u32>,
    /// Ending within 30 days.
    pub expiring: u32,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftRow {
    /// Its id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// API spelling of the type.
    pub type_name: String,
    /// A user, a subject, a key id: what stands beside the name.
    pub summary: String,
    /// Current revision.
    pub revision: u32,
    /// Last save, milliseconds since the epoch.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// When it went to the trash.
    #[ts(type = "number | null")]
    pub deleted_at: Option<i64>,
    /// State over all environments: the worst.
    pub state: SyncState,
    /// One entry per environment, in the order of the environments.
    pub pips: Vec<Pip>,
    /// Ends within 30 days, or has ended.
    pub expiring: bool,
}

/// The state in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Pip {
    /// The environment.
    pub environment_id: String,
    /// The state there.
    pub state: SyncState,
}

/// A draft in full, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Its id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// API spelling of the type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Current revision; a save must name it.
    pub revision: u32,
    /// First save, milliseconds since the epoch.
    #[ts(type = "number")]
    pub created_at: i64,
    /// Last save, milliseconds since the epoch.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// When it went to the trash.
    #[ts(type = "number | null")]
    pub deleted_at: Option<i64>,
    /// Everything a person typed but the secrets.
    pub content: DraftContent,
    /// The secret fields of this form, and whether each is set.
    pub secrets: Vec<SecretFieldView>,
    /// What the file says, for certificates.
    pub certificate: Option<CertificateFacts>,
    /// State over all environments.
    pub state: SyncState,
    /// One entry per environment it is linked to.
    pub publications: Vec<PublicationView>,
    /// Findings; errors block publishing.
    pub issues: Vec<Issue>,
    /// What is overridden per environment.
    pub overrides: Vec<OverrideView>,
    /// Can't be edited or published: a type this version does not know.
    pub read_only: bool,
}

/// A secret field, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SecretFieldView {
    /// Which field.
    pub field: SecretField,
    /// Is a value stored?
    pub set: bool,
}

/// What a person edits, without secrets. The same object goes in and comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftContent {
    /// Display name.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Scopes.
    #[serde(default)]
    pub scopes: BTreeSet<Scope>,
    /// Owner only.
    pub owner_access_only: bool,
    /// Users and apps that may use the set.
    #[serde(default)]
    pub allowed_entities: BTreeSet<AllowedEntity>,
    /// Without a user's context.
    #[serde(default)]
    pub allow_contextless_requests: bool,
    /// The fields of the type, tagged with `type`.
    pub details: Details,
    /// A note that is never sent.
    #[serde(default)]
    pub note: String,
    /// Labels that are never sent.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// When the secret stops working, milliseconds since the epoch.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub expires_at: Option<i64>,
    /// What differs per environment, by its id. One that is left out of a save is taken away, its secrets with it.
    #[serde(default)]
    #[ts(type = "Record<string, OverrideContent>")]
    pub overrides: BTreeMap<String, OverrideContent>,
}

/// What differs in one environment, without secrets. What is missing is as in the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct OverrideContent {
    /// Display name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// User, SNMP username or AWS access key ID there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Scopes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeSet<Scope>>,
    /// Owner only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_access_only: Option<bool>,
    /// Users and apps that may use the set there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_entities: Option<BTreeSet<AllowedEntity>>,
    /// Without a user's context there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_contextless_requests: Option<bool>,
}

/// An override as stored, beside its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OverrideView {
    /// The environment.
    pub environment_id: String,
    /// Its name; empty if it was removed.
    pub environment: String,
    /// Its colour.
    pub colour: String,
    /// Labels of what differs there.
    pub fields: Vec<String>,
    /// Secrets that have another value there.
    pub secrets: Vec<SecretField>,
    /// What the certificate file there says, if it is another one.
    pub certificate: Option<CertificateFacts>,
    /// Put there by a roll-back.
    pub rolled_back: bool,
    /// Findings that only this environment has; errors block publishing to it.
    pub issues: Vec<Issue>,
}

/// A save, or a check before it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftSave {
    /// Missing for a new draft.
    #[ts(optional)]
    pub id: Option<String>,
    /// The revision that was edited; the save is refused if another one is stored by now.
    #[ts(optional)]
    pub expected_revision: Option<u32>,
    /// Everything but the secrets.
    pub content: DraftContent,
    /// Per secret field: keep (the default), set, or clear.
    #[serde(default)]
    #[ts(type = "Partial<Record<SecretField, SecretEdit>>")]
    pub secrets: BTreeMap<SecretField, SecretEdit>,
    /// The same per environment, by its id: `clear` makes the secret there what it is everywhere.
    #[serde(default)]
    #[ts(optional, type = "Record<string, Partial<Record<SecretField, SecretEdit>>>")]
    pub override_secrets: BTreeMap<String, BTreeMap<SecretField, SecretEdit>>,
    /// Unsaved work these edits come from: secrets with `unsaved` are taken from it, and a save settles it.
    #[serde(default)]
    #[ts(optional)]
    pub unsaved: Option<String>,
}

/// A ready text that names a published set by its id in one environment; never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UseView {
    /// `httpMonitor`, `extension`, `terraform`, `curl` or `sdk`.
    pub key: String,
    /// For people.
    pub title: String,
    /// What the text is written in: `json`, `hcl`, `sh`, `ts`.
    pub language: String,
    /// The text.
    pub text: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftCheck {
    /// Findings; errors block publishing, never saving.
    pub issues: Vec<Issue>,
    /// What a newly set certificate file says of itself.
    pub certificate: Option<CertificateFacts>,
    /// How hard the newly set password is to guess: 0 to 4, if one was set.
    pub strength: Option<u8>,
    /// Findings that only one environment has, by its id.
    #[ts(type = "Record<string, Issue[]>")]
    pub there: BTreeMap<String, Vec<Issue>>,
}

/// One earlier revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RevisionView {
    /// The revision.
    pub revision: u32,
    /// When it was saved, milliseconds since the epoch.
    #[ts(type = "number")]
    pub saved_at: i64,
    /// The content then.
    pub content: DraftContent,
    /// What differs from the revision before it, in words: field paths; secrets read only "changed".
    pub changes: Vec<String>,
    /// Is it the current one?
    pub current: bool,
}

/// A secret in clear: a revealed one, a new recovery code, a dropped file.
///
/// The one type of this crate that carries a secret outward; the window encrypts it by hand, the command line prints it, and no derive
/// could ever put it elsewhere.
pub struct RevealedSecret(pub sealpost_vault::SecretValue);
