//! Views of the vault itself, its activity, its settings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Is there a vault, and is it open?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// What the caller can do next.
    pub state: VaultState,
    /// The folder that holds the vault.
    pub folder: String,
    /// The vault's file.
    pub file: String,
    /// Name shown to people: the file's stem.
    pub name: String,
    /// Ways to open it, for example `keyring`.
    pub key_slots: Vec<KeySlotView>,
    /// What opens it from day to day.
    pub unlock_mode: sealpost_vault::UnlockMode,
    /// What the person should know of this vault: what happened, what was kept, what to do.
    pub notices: Vec<crate::problem::Problem>,
    /// A new key that was begun and is not in force, if the vault is open.
    pub unfinished_key: Option<super::UnfinishedKey>,
    /// Name of the keyring used here, for example `GNOME Keyring (Secret Service)`.
    pub keyring: String,
    /// Number of drafts, if open.
    pub drafts: Option<u32>,
    /// Number of environments, if open.
    pub environments: Option<u32>,
    /// Schema version of the file, if there is one.
    pub schema: Option<u32>,
}

/// State of the vault in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VaultState {
    /// No vault file yet.
    Absent,
    /// A file, not opened.
    Locked,
    /// Open.
    Unlocked,
}

/// One way to open the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeySlotView {
    /// `keyring`, `recovery` or `passphrase`.
    pub kind: String,
    /// When it was made, milliseconds since the epoch.
    #[ts(type = "number")]
    pub created_at: i64,
    /// Name of the keyring that holds its key, for a keyring slot.
    pub store: Option<String>,
    /// A passphrase that opens only together with the keyring's key.
    pub needs_keyring: bool,
}

/// What the keyring check found: write, read back from a second process, delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyringCheck {
    /// Name of the keyring.
    pub keyring: String,
    /// Can a vault be created here?
    pub usable: bool,
    /// One sentence: what was found.
    pub summary: String,
    /// One sentence: what to do, if anything.
    pub hint: String,
    /// What was tried, line by line, without secrets.
    pub steps: Vec<String>,
}

/// One entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    /// Counts up by one.
    #[ts(type = "number")]
    pub seq: i64,
    /// When, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
    /// A stable word, for example `draftSaved`, `published`, `publishFailed`, `secretRevealed`.
    pub kind: String,
    /// One sentence for people.
    pub text: String,
    /// The draft it concerns.
    pub draft_id: Option<String>,
    /// That draft's name at the time.
    pub draft_name: Option<String>,
    /// The environment it concerns.
    pub environment_id: Option<String>,
    /// That environment's name at the time.
    pub environment_name: Option<String>,
    /// The attempt it concerns: its request and answer can be asked for.
    pub attempt_id: Option<String>,
    /// `ok`, `warn` or `bad`.
    pub tone: String,
    /// Label and value pairs shown when the entry is opened; never a secret.
    pub details: Vec<DetailLine>,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailLine {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// A page of the activity log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// The entries.
    pub entries: Vec<ActivityEntry>,
    /// Pass this as `before` for the next page; none at the end.
    #[ts(type = "number | null")]
    pub next_before: Option<i64>,
}

/// What a person can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Minutes without activity before the vault locks, 1 to 60.
    pub auto_lock_minutes: u32,
    /// Seconds before a copied secret leaves the clipboard, 15 to 30.
    pub clipboard_seconds: u32,
    /// `comfortable` or `compact`.
    pub density: String,
    /// Lock when the screen locks, the computer sleeps, another user comes, or the clock jumps.
    pub lock_with_system: bool,
    /// Ask before the vault is opened when the program starts; off, it opens by its keyring at once.
    pub lock_on_start: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            auto_lock_minutes: 5,
            clipboard_seconds: 30,
            density: "comfortable".into(),
            lock_with_system: true,
            lock_on_start: true,
        }
    }
}

/// Something changed; views that show it ask again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AppEvent {
    /// The vault was created, opened or locked.
    VaultChanged {
        /// The state it is in now.
        state: VaultState,
    },
    /// Drafts, environments or publications changed here or in another process.
    ContentChanged,
    /// The vault is to be locked: nobody is here, the screen locks, the computer sleeps. The window hands over what is
    /// typed, then locks; if it does not, the shell does.
    LockWanted,
    /// The window manager wants the window closed: the window asks about what is not saved.
    CloseWanted,
    /// A file was let go over the page, where the system tells the program of it and not the page.
    FileDropped {
        /// Pixels from the page's left edge.
        x: i32,
        /// Pixels from its upper edge.
        y: i32,
        /// The file's name, without its folder.
        name: String,
    },
    /// The vault is being given a new key, and so many of its rows have it.
    RekeyMoved {
        /// Rows done.
        #[ts(type = "number")]
        done: u64,
        /// All rows.
        #[ts(type = "number")]
        total: u64,
    },
    /// A publish run moved on.
    RunMoved {
        /// What is new of it.
        moved: super::RunMoved,
    },
}

/// A secret went to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyReceipt {
    /// Seconds until it is cleared, if it is still ours by then.
    pub clears_in_seconds: u32,
}

/// Something the program does to keep others out, and whether it is in force here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    /// A stable word: `coreDumps`, `memory`, `lockedKeys`, `wipedMemory`, `automation`, `screenCapture`,
    /// `clipboardHistory`, `sleep`, `screenLock`.
    pub name: String,
    /// Whether it is in force.
    pub state: ProtectionState,
}

impl Protection {
    /// A protection and its state.
    #[must_use]
    pub fn new(name: &str, state: ProtectionState) -> Self {
        Self { name: name.into(), state }
    }
}

/// Whether a protection is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProtectionState {
    /// In force.
    On,
    /// The system knows it and it is not in force.
    Off,
    /// This system has no such thing.
    Unavailable,
}

impl ProtectionState {
    /// In force, or not.
    #[must_use]
    pub const fn on(yes: bool) -> Self {
        if yes { Self::On } else { Self::Off }
    }
}
