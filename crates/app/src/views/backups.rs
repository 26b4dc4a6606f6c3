//! Views of backups, exports, and what the doctor finds.

use serde::Serialize;
use ts_rs::TS;

use super::{KeyringCheck, VaultStatus};
use crate::problem::Problem;

/// One copy of the vault among its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupView {
    /// Name of the file.
    pub file: String,
    /// When it was made, `20261124-080000`, UTC.
    pub made: String,
    /// `daily`, `asked`, `before-rekey`, …
    pub why: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// A file that a person chose in the system's own dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileChosen {
    /// Its path, to be shown.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a drill found: the newest copy opened in memory, and everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DrillView {
    /// When, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
    /// The copy that was opened.
    pub file: String,
    /// Rows that were opened.
    #[ts(type = "number")]
    pub items: u64,
    /// Drafts among them.
    #[ts(type = "number")]
    pub drafts: u64,
    /// Values that did not open.
    #[ts(type = "number")]
    pub unreadable: u64,
    /// What is wrong with the copy beyond single values, each in words of its own.
    pub damage: Vec<String>,
    /// Everything opened.
    pub sound: bool,
}

/// The copies there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupStatus {
    /// Their folder.
    pub folder: String,
    /// Newest first.
    pub backups: Vec<BackupView>,
    /// How many daily ones are kept.
    pub kept: u32,
    /// The last drill or read-back.
    pub last_drill: Option<DrillView>,
}

/// A copy was made and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupDone {
    /// Its path.
    pub file: String,
    /// Rows in it.
    #[ts(type = "number")]
    pub items: u64,
    /// Drafts among them.
    #[ts(type = "number")]
    pub drafts: u64,
    /// Values that do not open, here and in the vault.
    #[ts(type = "number")]
    pub unreadable: u64,
    /// What is wrong with both beyond single values.
    pub damage: Vec<String>,
}

/// A backup is in the vault's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreDone {
    /// The backup.
    pub file: String,
    /// Where the file that was in the vault's place is now.
    pub kept: Option<String>,
    /// Rows in the restored vault.
    #[ts(type = "number")]
    pub items: u64,
    /// Drafts among them.
    #[ts(type = "number")]
    pub drafts: u64,
    /// Values that do not open.
    #[ts(type = "number")]
    pub unreadable: u64,
}

/// The vault has a new data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RekeyDone {
    /// Rows that were encrypted again.
    #[ts(type = "number")]
    pub items: u64,
    /// The copy that was kept before; it opens with the recovery code and passphrase of before, or with the keyring.
    pub backup: String,
}

/// A new key that was begun for the vault and is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedKey {
    /// When it was begun, milliseconds since the epoch.
    #[ts(type = "number")]
    pub started_at: i64,
    /// Rows that are encrypted under it.
    #[ts(type = "number")]
    pub done: u64,
    /// Rows of the vault.
    #[ts(type = "number")]
    pub total: u64,
    /// What has to be typed to finish it.
    pub needs: RekeyNeeds,
}

/// Which of the ways in that a new key brings has to be typed to finish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RekeyNeeds {
    /// None: the keyring has its key.
    Nothing,
    /// The vault's passphrase.
    Passphrase,
    /// The recovery code that was shown when it was begun.
    RecoveryCode,
}

/// What an export or an import carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortableDone {
    /// The file.
    pub file: String,
    /// Drafts.
    pub drafts: usize,
    /// Environments.
    pub environments: usize,
    /// Rows that do not open, or environments whose name was taken.
    pub left_out: usize,
}

/// A value that does not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnreadableView {
    /// `draft`, `environment`, …
    pub what: String,
    /// The row's id.
    pub id: String,
    /// The column.
    pub column: String,
}

/// What opening everything in the vault found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContentsView {
    /// Rows that were read.
    #[ts(type = "number")]
    pub items: u64,
    /// Drafts among them.
    #[ts(type = "number")]
    pub drafts: u64,
    /// What does not open.
    pub unreadable: Vec<UnreadableView>,
    /// What is wrong beyond single values: the file's structure in SQLite's words, rows that something else changed, the log.
    pub damage: Vec<String>,
}

/// What the doctor found. No names, no secrets: ids, paths, numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    /// Nothing is wrong.
    pub healthy: bool,
    /// The keyring.
    pub keyring: KeyringCheck,
    /// The vault.
    pub vault: VaultStatus,
    /// Why it does not open.
    pub problem: Option<Problem>,
    /// What is in it, if it opens.
    pub contents: Option<ContentsView>,
    /// Its backups, if it opens.
    pub backups: Option<BackupStatus>,
}
