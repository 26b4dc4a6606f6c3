//! What callers are told when something does not work: what happened, what was kept, what to do.

use sealpost_vault::Issue;
use serde::Serialize;
use ts_rs::TS;

/// A closed set: the window and scripts switch on these. A variant exists only while a caller uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// There is no vault here yet.
    VaultAbsent,
    /// There is one already; nothing is overwritten.
    VaultExists,
    /// The vault is locked.
    VaultLocked,
    /// The file is of a newer Sealpost.
    VaultTooNew,
    /// The file can't be read as a vault.
    VaultCorrupt,
    /// Another process holds the vault for longer than we wait.
    VaultBusy,
    /// No space left.
    DiskFull,
    /// The folder or file can't be written.
    ReadOnly,
    /// Another failure of the file system.
    Storage,
    /// The keyring is there, its entry for this vault is not.
    KeyMissing,
    /// The keyring's entry does not open this vault.
    KeyWrong,
    /// The vault opens with its passphrase.
    PassphraseNeeded,
    /// The recovery code or passphrase does not open this vault.
    WrongSecret,
    /// A new key was begun for the vault, and is not in force.
    RekeyUnfinished,
    /// The file is older than the one that was here last.
    OlderCopy,
    /// The vault lies in a folder that a service copies elsewhere.
    SyncFolder,
    /// The keyring refused.
    KeyringDenied,
    /// No keyring service answers.
    KeyringAbsent,
    /// The keyring did not answer in time: probably locked, with a prompt open.
    KeyringNoAnswer,
    /// The keyring forgets.
    KeyringNotPersistent,
    /// No such draft, environment, plan or field.
    NotFound,
    /// The name or prefix fits several.
    Ambiguous,
    /// Somebody saved another revision in between.
    StaleRevision,
    /// Input that can't be taken.
    Invalid,
    /// A sealed row does not open.
    Unreadable,
    /// The environment's answer or absence of one.
    Network,
    /// The environment said no.
    Refused,
    /// A plan no longer fits.
    PlanMoved,
    /// A consent or a typed name is missing.
    ConsentMissing,
    /// A run is under way.
    RunActive,
    /// Not built yet.
    NotBuilt,
    /// A defect of ours.
    Internal,
}

/// A failure, told to a person and to a program.
///
/// Invariant: holds no secret. Details are built from ids, names, paths and server texts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What kind.
    pub code: Code,
    /// What happened, as one sentence.
    pub title: String,
    /// What was kept.
    pub detail: String,
    /// What to do.
    pub hint: String,
    /// Findings field by field, if input was at fault.
    pub issues: Vec<Issue>,
}

impl Problem {
    /// A problem without findings.
    #[must_use]
    pub fn new(
        code: Code,
        title: impl Into<String>,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { code, title: title.into(), detail: detail.into(), hint: hint.into(), issues: Vec::new() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)?;
        for part in [&self.detail, &self.hint] {
            if !part.is_empty() {
                write!(f, " {part}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
