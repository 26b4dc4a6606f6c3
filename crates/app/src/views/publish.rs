//! Views of plans, runs and publications.

use sealpost_dynatrace::{RemoteSet, Usage};
use sealpost_vault::RecordedUsage;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{StandingField, SyncState};

/// The link between a draft and an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublicationView {
    /// The environment's id.
    pub environment_id: String,
    /// The environment's name.
    pub environment: String,
    /// The environment's colour.
    pub colour: String,
    /// Its name must be typed before every publish.
    pub protected: bool,
    /// Id of the set there: `CREDENTIALS_VAULT-…`.
    pub remote_id: Option<String>,
    /// Owner as read after the write.
    pub owner: Option<String>,
    /// Scopes as read after the write.
    pub scopes: Vec<String>,
    /// Monitors that use it, by kind.
    pub usage: Vec<UsageView>,
    /// Where it stands.
    pub state: SyncState,
    /// Revision that was last published.
    pub published_revision: Option<u32>,
    /// When, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub published_at: Option<i64>,
    /// When the remote set was last read, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub verified_at: Option<i64>,
    /// What the server made up and a person needs, for example AWS `externalID`.
    pub external_id: Option<String>,
    /// The last failure in words, if the last attempt failed or is unclear.
    pub problem: Option<String>,
}

/// Number of monitors of one kind that use a set (contract 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageView {
    /// `HTTP_MONITOR`, `BROWSER_MONITOR` or another.
    pub kind: String,
    /// How many.
    pub count: u32,
}

impl From<&Usage> for UsageView {
    fn from(usage: &Usage) -> Self {
        Self { kind: usage.kind.clone(), count: usage.count }
    }
}

impl From<&RecordedUsage> for UsageView {
    fn from(usage: &RecordedUsage) -> Self {
        Self { kind: usage.kind.clone(), count: usage.count }
    }
}

/// A plan: what publishing would do. Computing it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// Name of the plan, for `publish_start`.
    pub id: String,
    /// When the environments were read, milliseconds since the epoch.
    #[ts(type = "number")]
    pub made_at: i64,
    /// Fingerprint over all rows.
    pub fingerprint: String,
    /// Environments in order, protected first.
    pub environments: Vec<PlanEnvironment>,
    /// Rows, in the order they would run.
    pub rows: Vec<PlanRow>,
}

/// An environment of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanEnvironment {
    /// Its id.
    pub id: String,
    /// Its name; must be typed if protected.
    pub name: String,
    /// Its colour.
    pub colour: String,
    /// Its name must be typed.
    pub protected: bool,
    /// User behind the token, if it could be read.
    pub token_owner: Option<String>,
    /// Why nothing can be published there.
    pub problem: Option<String>,
}

/// What would happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PlanAction {
    /// A new set.
    Create,
    /// The same set, replaced as a whole.
    Update,
    /// A set that is there already becomes the draft's: it is linked and replaced as a whole.
    Adopt,
    /// The set was changed there since it was last published; a person says whose state stays.
    Conflict,
    /// The set is deleted there; the draft stays here.
    Delete,
    /// Nothing to do.
    NoChange,
    /// Can't be done; the reasons say why.
    Blocked,
}

impl PlanAction {
    /// Would it send something, once agreed to?
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Adopt | Self::Conflict | Self::Delete)
    }
}

/// One draft in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanRow {
    /// Name of the row within its plan: `draft:environment`.
    pub key: String,
    /// The draft.
    pub draft_id: String,
    /// Its name.
    pub draft_name: String,
    /// Its type (API spelling).
    pub type_name: String,
    /// Its revision when the plan was made.
    pub revision: u32,
    /// The environment.
    pub environment_id: String,
    /// What would happen.
    pub action: PlanAction,
    /// The set that would be replaced.
    pub remote_id: Option<String>,
    /// Method and path as sent, for example `PUT …/CREDENTIALS_VAULT-…`.
    pub request: String,
    /// One line: what happens.
    pub summary: String,
    /// Field by field; secrets read only "changed".
    pub changes: Vec<FieldChange>,
    /// Labels of what stays.
    pub unchanged: Vec<String>,
    /// Why it is blocked.
    pub reasons: Vec<String>,
    /// Worth knowing before saying yes; never blocks.
    pub warnings: Vec<String>,
    /// The write makes another user the owner; needs its own consent.
    pub owner_change: Option<OwnerChange>,
    /// Monitors that use the set now.
    pub usage: Vec<UsageView>,
    /// Those monitors by name, as far as the token may read them.
    #[serde(default)]
    pub monitors: Vec<MonitorView>,
    /// Sets of the same name and type that no draft is linked to: each can be adopted instead of making another.
    #[serde(default)]
    pub adoptable: Vec<FoundSet>,
    /// What was changed there since it was last published, field by field; not empty for a conflict.
    #[serde(default)]
    pub conflict: Vec<ConflictField>,
    /// What differs there and was accepted or is ignored. No reason to publish; an update replaces it all the same.
    #[serde(default)]
    pub standing: Vec<StandingField>,
    /// Equal as long as draft, publication and remote metadata are what this row was decided on.
    #[serde(default)]
    pub fingerprint: String,
}

/// A monitor that uses a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `HTTP`, `BROWSER` or another.
    pub kind: String,
    /// Does it run?
    pub enabled: bool,
}

/// A set that was found in an environment, to be told from others of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundSet {
    /// Its id.
    pub id: String,
    /// Its owner.
    pub owner: String,
    /// Its description.
    pub description: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Monitors that use it.
    pub usage: Vec<UsageView>,
}

impl From<&RemoteSet> for FoundSet {
    fn from(set: &RemoteSet) -> Self {
        Self {
            id: set.id.clone(),
            owner: set.owner.clone(),
            description: set.description.clone(),
            scopes: set.scopes.clone(),
            usage: set.usage.iter().map(UsageView::from).collect(),
        }
    }
}

/// One field of a conflict: three states of it, as lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictField {
    /// Path in the API's spelling.
    pub path: String,
    /// Label for people.
    pub label: String,
    /// As last published.
    pub published: Vec<String>,
    /// As it is there now.
    pub theirs: Vec<String>,
    /// As it is in the draft.
    pub mine: Vec<String>,
}

/// One field of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// Path in the API's spelling.
    pub path: String,
    /// Label for people.
    pub label: String,
    /// A secret: neither value is ever here.
    pub secret: bool,
    /// What is there now, as lines; empty for a new set or a secret.
    pub before: Vec<String>,
    /// What would be there, as lines; empty for a secret.
    pub after: Vec<String>,
}

/// Who owns the set now and who would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnerChange {
    /// The owner now.
    pub from: String,
    /// The user behind the token.
    pub to: String,
}

/// Yes to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublishStart {
    /// The plan.
    pub plan_id: String,
    /// Rows to run.
    pub rows: Vec<String>,
    /// Rows whose owner change was agreed to, one by one.
    #[serde(default)]
    pub owner_changes: Vec<String>,
    /// Names typed for protected environments.
    #[serde(default)]
    pub confirmed_names: Vec<String>,
    /// Rows in conflict whose draft shall replace what was changed there.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub keep_mine: Vec<String>,
    /// Rows that shall adopt one of their adoptable sets instead of making another.
    #[serde(default)]
    #[ts(as = "Option<Vec<AdoptChoice>>", optional)]
    pub adopt: Vec<AdoptChoice>,
}

/// One of the sets that a row offers to adopt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AdoptChoice {
    /// Key of the plan's row.
    pub row: String,
    /// Id of the set.
    pub remote_id: String,
}

/// A set that lives in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteSetView {
    /// Its id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// API spelling, known or not.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Free text.
    pub description: String,
    /// Owner.
    pub owner: String,
    /// Owner only.
    pub owner_access_only: bool,
    /// Scopes.
    pub scopes: Vec<String>,
    /// Monitors that use it.
    pub usage: Vec<UsageView>,
    /// The draft it is linked to.
    pub draft_id: Option<String>,
}
