//! Views of a rotation, and of groups of environments.

use std::collections::BTreeMap;

use sealpost_vault::{SecretEdit, SecretField};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A secret to be changed, and where it is tried first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationStart {
    /// The draft.
    pub id: String,
    /// The revision that was edited; refused if another one is stored by now.
    #[ts(optional)]
    pub expected_revision: Option<u32>,
    /// Environments that get the new secret first.
    pub canary: Vec<String>,
    /// The new values: at least one is set.
    #[ts(type = "Partial<Record<SecretField, SecretEdit>>")]
    pub secrets: BTreeMap<SecretField, SecretEdit>,
    /// The user or access key ID that belongs to the new secret, if it is another one.
    #[serde(default)]
    #[ts(optional)]
    pub user: Option<String>,
}

/// Where an environment stands in a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RotatedState {
    /// It has the secret of before.
    Waiting,
    /// It has the new secret.
    Done,
    /// It is to go back to an earlier secret, which was not published yet.
    RollingBack,
    /// It has an earlier secret again.
    RolledBack,
    /// The last attempt failed.
    Failed,
    /// The last attempt has no answer.
    Unclear,
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RotationPhase {
    /// The canary does not have the new secret yet.
    Canary,
    /// The canary has it; a person says whether it is good.
    Check,
    /// Some of the rest have it.
    Rest,
    /// Nothing is left to do.
    Done,
    /// The canary went back to the earlier secret.
    RolledBack,
}

/// An earlier secret that an environment can go back to. Never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviousSecret {
    /// The last revision of the draft that holds it.
    pub revision: u32,
    /// When that revision was saved, milliseconds since the epoch.
    #[ts(type = "number")]
    pub saved_at: i64,
    /// Was it ever published to this environment from here?
    pub published: bool,
}

/// One environment of a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotatedEnvironment {
    /// The environment.
    pub environment_id: String,
    /// Its name.
    pub environment: String,
    /// Its colour.
    pub colour: String,
    /// Its name must be typed before every publish.
    pub protected: bool,
    /// Is the new secret tried here first?
    pub canary: bool,
    /// Where it stands.
    pub state: RotatedState,
    /// The draft's revision that is published there.
    pub published_revision: Option<u32>,
    /// Up to five earlier secrets, the newest first.
    pub previous: Vec<PreviousSecret>,
}

/// A rotation of a draft's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationView {
    /// The draft.
    pub draft_id: String,
    /// Its name.
    pub draft_name: String,
    /// Its revision now.
    pub revision: u32,
    /// When the secret was changed, milliseconds since the epoch.
    #[ts(type = "number")]
    pub started_at: i64,
    /// The secrets that were changed.
    pub fields: Vec<SecretField>,
    /// How far it is.
    pub phase: RotationPhase,
    /// Canary first.
    pub environments: Vec<RotatedEnvironment>,
}

/// A named group of environments to publish to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// Its id.
    pub id: String,
    /// Revision; a save must name it.
    pub revision: u32,
    /// Unique name.
    pub name: String,
    /// Its environments.
    pub environment_ids: Vec<String>,
}

/// A new or changed group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupSave {
    /// Missing for a new one.
    #[ts(optional)]
    pub id: Option<String>,
    /// The revision that was edited.
    #[ts(optional)]
    pub expected_revision: Option<u32>,
    /// Unique name.
    pub name: String,
    /// Its environments.
    pub environment_ids: Vec<String>,
}
