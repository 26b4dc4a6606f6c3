//! Views of what differs between what was sent and what is there.

use sealpost_vault::Standing;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{RemoteSetView, SyncState};
use crate::problem::Problem;

/// What a person said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FieldStanding {
    /// Nothing yet.
    Open,
    /// This value may stay there; another one is a difference again.
    Accepted,
    /// The field is not compared.
    Ignored,
}

impl From<Standing> for FieldStanding {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Accepted => Self::Accepted,
            Standing::Ignored => Self::Ignored,
        }
    }
}

/// A settled difference in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StandingField {
    /// Path in the API's spelling.
    pub path: String,
    /// Label for people.
    pub label: String,
    /// Accepted or ignored.
    pub standing: FieldStanding,
    /// As it is there, as lines.
    pub theirs: Vec<String>,
    /// As the draft has it, as lines.
    pub mine: Vec<String>,
}

/// How differences of fields are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DriftSettlement {
    /// What is there now may stay.
    Accept,
    /// Do not compare them any more.
    Ignore,
    /// Compare them again: takes accepting and ignoring back.
    Compare,
}

/// A published set that differs from what was sent, or whose differences were settled; as of the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DriftView {
    /// The draft.
    pub draft_id: String,
    /// Its name.
    pub draft_name: String,
    /// Its type (API spelling).
    #[serde(rename = "type")]
    pub type_name: String,
    /// The environment.
    pub environment_id: String,
    /// Its name.
    pub environment: String,
    /// Id of the set there.
    pub remote_id: String,
    /// Where it stands.
    pub state: SyncState,
    /// Its owner there.
    pub owner: Option<String>,
    /// When the difference was first seen, milliseconds since the epoch; the server does not say when it was made.
    #[ts(type = "number | null")]
    pub seen_at: Option<i64>,
    /// When the set was last read, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub verified_at: Option<i64>,
    /// Fields that differ, and those that are ignored.
    pub fields: Vec<DriftField>,
}

/// One field of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DriftField {
    /// Path in the API's spelling.
    pub path: String,
    /// Label for people.
    pub label: String,
    /// As last published, as lines.
    pub published: Vec<String>,
    /// As it is there, as lines.
    pub theirs: Vec<String>,
    /// As it is in the draft, as lines.
    pub mine: Vec<String>,
    /// What a person said of it.
    pub standing: FieldStanding,
}

/// An environment as it was seen at one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteView {
    /// The environment.
    pub environment_id: String,
    /// When it was looked at, milliseconds since the epoch; none if it was not since the vault was opened.
    #[ts(type = "number | null")]
    pub looked_at: Option<i64>,
    /// Number of sets that the token sees.
    pub sets: u32,
    /// Published sets that differ, and settled ones.
    pub drift: Vec<DriftView>,
    /// Sets that no draft is linked to, without those that are ignored.
    pub unmanaged: Vec<RemoteSetView>,
    /// Sets that are ignored there, by name; also those that are gone since.
    pub ignored: Vec<IgnoredSet>,
}

/// A set that is not listed among those that no draft is linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredSet {
    /// Its id there.
    pub id: String,
    /// The name it had when it was ignored.
    pub name: String,
    /// Its type (API spelling).
    #[serde(rename = "type")]
    pub type_name: String,
}

/// What became of sets that were to be adopted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AdoptedSets {
    /// Ids of the drafts that were made, in the order of the sets.
    pub draft_ids: Vec<String>,
    /// Sets that were left, and why.
    pub left: Vec<LeftSet>,
}

/// A set that was not adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeftSet {
    /// Its id there.
    pub id: String,
    /// Its name, if it is there.
    pub name: String,
    /// Why.
    pub problem: Problem,
}
