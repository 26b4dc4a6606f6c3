//! One mapping per layer: from what failed below to what a person and a program are told.

use sealpost_vault::{Error, KeyError, StoreError};

use crate::problem::{Code, Problem};

const UNCHANGED: &str = "Nothing was changed.";

impl Problem {
    /// The vault is locked.
    pub(crate) fn locked() -> Self {
        Self::new(Code::VaultLocked, "The vault is locked.", UNCHANGED, "Unlock it, then try again.")
    }

    /// Input that can't be taken.
    pub(crate) fn invalid(title: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Code::Invalid, title, UNCHANGED, hint)
    }

    /// Nothing of that name.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("No such {what}."),
            UNCHANGED,
            format!("List what there is to see every {what}."),
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Absent(path) => Self::new(
                Code::VaultAbsent,
                format!("There is no vault at {}.", path.display()),
                "",
                "Create one: the first-run screen does it, or `sealpost vault init`.",
            ),
            Error::Exists(path) => Self::new(
                Code::VaultExists,
                format!("There is a file already at {}.", path.display()),
                "It was not touched and no key was made.",
                "Unlock it, or choose another folder for a new vault.",
            ),
            Error::WrongKey => Self::new(
                Code::KeyWrong,
                "The key in the keyring does not open this vault.",
                "Your vault file is intact and still encrypted. No new key was made.",
                "The entry may belong to another computer or was replaced. Restore the keyring entry of this vault, then try again.",
            ),
            Error::NoSlot(kind) => Self::new(
                Code::KeyMissing,
                format!("This vault has no {kind} slot."),
                "Your vault file is intact and still encrypted.",
                "Open it with another of its key slots.",
            ),
            Error::PassphraseNeeded => Self::new(
                Code::PassphraseNeeded,
                "This vault opens with its passphrase.",
                "Your vault file is intact and still encrypted.",
                "Type the passphrase.",
            ),
            Error::WrongSecret(what) => Self::new(
                Code::WrongSecret,
                format!("This {what} does not open this vault."),
                "Your vault file is intact and still encrypted.",
                "Check that it belongs to this vault and was not replaced since, then try again.",
            ),
            Error::LastSlot => Self::invalid(
                "Not removed: it is the only way to open this vault.",
                "Add another way first, for example a recovery code.",
            ),
            Error::RecoveryCode(error) => Self::invalid(
                format!("This is no recovery code: {error}."),
                "A code has nine groups of six letters and digits. Compare it with what you wrote down.",
            ),
            Error::Passphrase(error) => Self::invalid(
                format!("The passphrase can't be used: {error}."),
                "Choose a longer one, or a machine with more memory.",
            ),
            Error::Portable(error) => Self::invalid(
                format!("The export can't be read: {error}."),
                "Check the file and its passphrase. The standard tool opens it too: age -d FILE.",
            ),
            Error::OtherVault => Self::invalid(
                "This file is a backup of another vault.",
                "Name a backup of this vault, or restore it into a folder of its own with --vault.",
            ),
            Error::NotFound(what) => Self::not_found(what),
            Error::StaleRevision { expected, found } => Self::new(
                Code::StaleRevision,
                format!("Not saved: revision {found} was stored while revision {expected} was being edited."),
                "The stored revision is unchanged, and your edits are still here.",
                "Load the stored one and edit it again, or keep your edits as a copy.",
            ),
            Error::AttemptOpen => Self::new(
                Code::PlanMoved,
                "An earlier request for this draft there has no known outcome.",
                "Nothing was sent.",
                "Reconcile, then make the plan again.",
            ),
            Error::NameTaken => Self::invalid("Another environment has this name.", "Choose another name."),
            Error::InUse(count) => Self::new(
                Code::Invalid,
                format!("Not removed: {count} published sets are linked to this environment."),
                "The links hold the ids of those sets and are kept nowhere else.",
                "Delete those sets there first, or keep the environment.",
            ),
            Error::Unreadable { what, id } => Self::new(
                Code::Unreadable,
                format!("The {what} {id} does not open."),
                "Its sealed bytes are kept as they are; everything else still opens.",
                "Restore it from an earlier revision or a backup.",
            ),
            Error::NotWhole(what) => Self::new(
                Code::Unreadable,
                format!("Something is wrong with the vault as a whole: {what}."),
                UNCHANGED,
                "Look at it with: sealpost vault doctor. If you know why, accept it with: sealpost vault doctor --accept-rows",
            ),
            Error::NoRekey => Self::new(
                Code::NotFound,
                "There is no new key to be finished for the vault as it is now.",
                "Nothing was changed. A way in that was changed since, or another new key, takes its place.",
                "Begin a new key, if you still want one.",
            ),
            Error::Seal(_) => {
                Self::new(Code::Internal, "The value could not be sealed.", UNCHANGED, "Try again.")
            }
            Error::Store(error) => error.into(),
            Error::Key(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::new(
                Code::VaultBusy,
                "Another process is writing to the vault.",
                UNCHANGED,
                "Wait for it to finish, then try again.",
            ),
            StoreError::Rekeyed => Self::new(
                Code::VaultLocked,
                "Another process gave the vault a new key.",
                "Nothing was changed here, and what is being typed is still there.",
                "Lock the vault and unlock it again.",
            ),
            StoreError::Full => Self::new(
                Code::DiskFull,
                "The disk is full, so nothing was saved.",
                "What was stored before is unchanged, and your edits are still here.",
                "Free some space, then try again.",
            ),
            StoreError::ReadOnly(reason) => Self::new(
                Code::ReadOnly,
                "Not saved: the vault's folder or file can't be written.",
                format!("What was stored before is unchanged. The system says: {reason}."),
                "Give yourself write access to the folder, or choose another one.",
            ),
            StoreError::Corrupt(reason) => Self::new(
                Code::VaultCorrupt,
                "The vault file is damaged.",
                format!("It was left as it is. SQLite says: {reason}."),
                "Copy the file away, then restore a backup of it.",
            ),
            StoreError::NotAVault => Self::new(
                Code::VaultCorrupt,
                "The file in the vault's place is not a Sealpost vault.",
                "It was left as it is.",
                "Move it away, or choose another folder.",
            ),
            StoreError::TooNew { found, known, needs } => Self::new(
                Code::VaultTooNew,
                format!(
                    "This vault was written by a newer Sealpost: it has schema {found}, this version knows {known}."
                ),
                "The file was not touched.",
                match needs {
                    Some(version) => {
                        format!("Update Sealpost to version {version} or newer, then open it again.")
                    }
                    None => "Update Sealpost, then open it again.".to_owned(),
                },
            ),
            StoreError::Io(reason) => Self::new(
                Code::Storage,
                "The vault file could not be read or written.",
                format!("What was stored before is unchanged. The system says: {reason}."),
                "Check the disk, then try again.",
            ),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        const INTACT: &str = "A vault file that exists is intact and still encrypted. No key was made.";
        match error {
            KeyError::Missing => Self::new(
                Code::KeyMissing,
                "The keyring has no entry for this vault.",
                INTACT,
                "It may be another user's keyring, or the entry was deleted. Restore the keyring of the user who made the vault, then try again.",
            ),
            KeyError::Denied(reason) => Self::new(
                Code::KeyringDenied,
                "The keyring refused access.",
                format!("{INTACT} The keyring says: {reason}."),
                "Unlock the keyring and allow Sealpost, then try again.",
            ),
            KeyError::NoService(reason) => Self::new(
                Code::KeyringAbsent,
                "The system keyring is not available.",
                format!("{INTACT} The system says: {reason}."),
                "On Linux, install and start a Secret Service such as GNOME Keyring or KWallet, then sign in again.",
            ),
            KeyError::NoAnswer(seconds) => Self::new(
                Code::KeyringNoAnswer,
                format!("The keyring did not answer within {seconds} s."),
                INTACT,
                "It is probably locked: look for its password prompt, answer it, then try again.",
            ),
            KeyError::NotPersistent(reason) => Self::new(
                Code::KeyringNotPersistent,
                "This keyring does not keep what is written to it.",
                format!("No vault was created, since its key would be lost: {reason}."),
                "Use a keyring that stores entries on disk: GNOME Keyring, KWallet, macOS Keychain or Windows Credential Manager.",
            ),
            KeyError::NotAKey => Self::new(
                Code::KeyWrong,
                "The keyring's entry is not a key of this vault.",
                INTACT,
                "Restore the entry from the computer that made the vault, then try again.",
            ),
        }
    }
}
