//! A copy in the vault's place.

use std::path::{Path, PathBuf};

use sealpost_vault::{
    Access, Error, KeyError, RecoveryCode, SecretValue, StoreError, forget_generation, store,
};

use super::{free_stamp, newest, read_name};
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{RestoreDone, VaultState};

/// Why a copy was not put in the vault's place: what is said of a vault that does not open would be untrue of the one that is
/// there, and stays.
fn of_copy(error: Error, file: &Path) -> Problem {
    const KEPT: &str = "The vault that is here was left as it is, and so was the file.";
    let (code, title, hint) = match error {
        Error::Absent(_) => (Code::NotFound, "There is no file at", "Name another one."),
        Error::Store(StoreError::NotAVault) => {
            (Code::Invalid, "There is no backup of a Sealpost vault at", "Choose another file.")
        }
        Error::Store(StoreError::Corrupt(_)) => {
            (Code::VaultCorrupt, "There is a damaged backup at", "Choose an earlier one.")
        }
        Error::Key(KeyError::Missing) => (
            Code::KeyMissing,
            "The keyring does not open the backup at",
            "Give its recovery code or passphrase.",
        ),
        other => return other.into(),
    };
    Problem::new(code, format!("{title} {}.", file.display()), KEPT, hint)
}

impl App {
    /// As [`App::restore`], of one of the vault's own copies, by its name among them; without one, of the newest.
    ///
    /// # Errors
    /// As [`App::restore`]. A name that is no copy's is `NotFound`: it could lead out of their folder.
    pub async fn restore_copy(
        &self,
        file: Option<String>,
        secret: Option<SecretValue>,
    ) -> Result<RestoreDone, Problem> {
        let path = match file {
            Some(name) => {
                let copy = self.backup_folder().join(&name);
                let own = read_name(&name).is_some() && !name.contains(['/', '\\']) && copy.is_file();
                Some(own.then_some(copy).ok_or_else(|| Problem::not_found("backup"))?)
            }
            None => None,
        };
        self.restore(path, secret).await
    }

    /// Puts a backup in the vault's place, or without a file the newest copy. What is there keeps existing under another
    /// name. The backup is opened first, with its recovery code or passphrase if one is given, else with the keyring, so
    /// that nothing is put there that does not open. The vault is locked afterwards.
    ///
    /// # Errors
    /// `NotFound`, `VaultCorrupt`, any of the keyring's, `WrongSecret`, `VaultBusy`: another process has the vault open.
    /// The vault is in its place then, and still open unless it was busy.
    pub async fn restore(
        &self,
        file: Option<PathBuf>,
        secret: Option<SecretValue>,
    ) -> Result<RestoreDone, Problem> {
        // Before the vault is locked: a copy that does not open costs nobody the open vault.
        let (file, id, findings) = self
            .blocking(move |app| {
                let file = match file {
                    Some(file) => file,
                    None => newest(app.folder()).ok_or_else(|| Problem::not_found("backup"))?,
                };
                let code = secret.as_ref().and_then(|secret| RecoveryCode::parse(secret.expose_text()?).ok());
                let access = match (&code, &secret) {
                    (Some(code), _) => Access::Recovery(code),
                    (None, Some(passphrase)) => Access::Passphrase(passphrase),
                    (None, None) => Access::Keyring,
                };
                let (id, findings) = store::backup::check_backup(&file, access, &*app.inner.parts.keyring)
                    .map_err(|error| of_copy(error, &file))?;
                Ok((file, id, findings))
            })
            .await?;
        self.settled().await;
        self.vault_lock_for_restore().await?;
        let done = self
            .blocking(move |app| {
                let kept_as = |stamp: &str| format!("before-restore-{stamp}");
                let free = free_stamp(app.now(), |stamp| {
                    let kept = format!("{}.{}", store::VAULT_FILE, kept_as(stamp));
                    app.folder().join(kept).symlink_metadata().is_ok()
                });
                let kept_as = kept_as(&free);
                let kept = store::backup::restore(app.folder(), &file, &kept_as)?;
                // Older on purpose: no reason to announce it.
                forget_generation(id, &*app.inner.parts.keyring);
                Ok(RestoreDone {
                    file: file.display().to_string(),
                    kept: kept.map(|path| path.display().to_string()),
                    items: findings.items,
                    drafts: findings.drafts,
                    unreadable: findings.unreadable.len() as u64,
                })
            })
            .await;
        // Locked it is in either case.
        self.emit_state(VaultState::Locked);
        done
    }
}
