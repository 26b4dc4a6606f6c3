//! Views of unsaved work: what was typed and neither saved nor dropped.

use std::collections::BTreeMap;

use sealpost_vault::SecretField;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DraftContent, DraftSave, EnvironmentSave};

/// What to keep: a form as it would be saved, complete or not.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "form", rename_all = "camelCase")]
pub enum UnsavedSave {
    /// Of a draft.
    Draft {
        /// As it would be saved.
        save: Box<DraftSave>,
    },
    /// Of an environment.
    Environment {
        /// As it would be saved.
        save: Box<EnvironmentSave>,
    },
}

/// Unsaved work, without its secrets. What is kept sealed is the same but for `name` and `keptAt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnsavedView {
    /// Names it in a save and in a drop.
    #[serde(default)]
    pub name: String,
    /// When it was kept, milliseconds since the epoch.
    #[serde(default)]
    #[ts(type = "number")]
    pub kept_at: i64,
    /// The draft or environment that was edited; none for a new one.
    pub id: Option<String>,
    /// The revision that was edited.
    pub expected_revision: Option<u32>,
    /// The form.
    #[serde(flatten)]
    pub form: UnsavedForm,
    /// Secret fields that were typed or cleared; an environment's token is `token`.
    pub secrets: BTreeMap<SecretField, UnsavedSecret>,
    /// The same per environment, for a draft's overrides.
    #[serde(default)]
    #[ts(type = "Record<string, Partial<Record<SecretField, UnsavedSecret>>>")]
    pub override_secrets: BTreeMap<String, BTreeMap<SecretField, UnsavedSecret>>,
}

/// The form that was being filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "form", rename_all = "camelCase")]
pub enum UnsavedForm {
    /// Of a draft.
    Draft {
        /// Everything but the secrets.
        content: Box<DraftContent>,
    },
    /// Of an environment.
    Environment {
        /// Everything but the token.
        fields: UnsavedEnvironment,
    },
}

/// What an unsaved save would do to a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum UnsavedSecret {
    /// A value was typed; it is sealed beside this.
    Set,
    /// The stored one is to go.
    Clear,
}

/// An environment's form, without the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnsavedEnvironment {
    /// As typed.
    pub name: String,
    /// As typed.
    pub url: String,
    /// One of the eight colours.
    pub colour: String,
    /// Its name must be typed before every publish.
    pub protected: bool,
    /// A CA file that was picked; empty if the stored one is to go, none if it stays.
    pub ca_pem: Option<String>,
    /// `system`, `none`, or a proxy URL.
    pub proxy: String,
}
