//! Creating, opening, locking; the keyring check; secrets in clear; settings.

use std::time::Duration;

use sealpost_vault::key::check_keyring;
use sealpost_vault::{
    Access, Error, NewActivity, NewPassphrase, SecretField, SecretValue, StoreError, UnlockMode, Vault, look,
    store, vault_exists,
};

use crate::app::{App, Session};
use crate::idle;
use crate::index::Index;
use crate::key_slots::explain;
use crate::new_key::{self, Unfinished};
use crate::problem::{Code, Problem};
use crate::surroundings::{Surroundings, sync_service};
use crate::views::{KeySlotView, KeyringCheck, RevealedSecret, Settings, VaultState, VaultStatus};

const SETTINGS: &str = "settings";

impl App {
    /// Is there a vault, and is it open? Asks no keyring.
    ///
    /// # Errors
    /// `VaultTooNew`, `VaultCorrupt`, `Storage`: there is a file and it can't be used.
    pub async fn vault_status(&self) -> Result<VaultStatus, Problem> {
        self.blocking(Self::status).await
    }

    /// The status as if there were no vault.
    pub(crate) fn absent_status(&self) -> VaultStatus {
        let folder = self.folder();
        VaultStatus {
            state: VaultState::Absent,
            folder: folder.display().to_string(),
            file: store::vault_path(folder).display().to_string(),
            name: folder
                .file_name()
                .map_or_else(|| "vault".into(), |name| name.to_string_lossy().into_owned()),
            key_slots: Vec::new(),
            unlock_mode: UnlockMode::Keyring,
            notices: sync_service(folder).map(synced).into_iter().collect(),
            unfinished_key: None,
            keyring: self.inner.parts.keyring.name(),
            drafts: None,
            environments: None,
            schema: None,
        }
    }

    pub(crate) fn status(&self) -> Result<VaultStatus, Problem> {
        let folder = self.folder();
        let mut status = self.absent_status();
        let mut guard = self.lock_session();
        if let Some(session) = guard.as_mut() {
            session.refresh()?;
            status.state = VaultState::Unlocked;
            status.schema = Some(session.vault.schema());
            status.set_slots(&session.vault.slots()?);
            match new_key::unfinished(&session.vault)? {
                Unfinished::None => {}
                Unfinished::Lost => session.notices.push(new_key::lost_notice()),
                Unfinished::Shown(found) => status.unfinished_key = Some(found),
            }
            status.notices.extend(session.notices.iter().cloned());
            status.notices.extend(status.unfinished_key.as_ref().map(new_key::unfinished_notice));
            status.drafts = Some(session.index.counts().all);
            status.environments = u32::try_from(session.index.environments().len()).ok();
        } else if vault_exists(folder) {
            let locked =
                look(folder).map_err(|error| explain(error, &[], &*self.inner.parts.keyring, folder))?;
            status.state = VaultState::Locked;
            status.schema = Some(locked.schema);
            status.set_slots(&locked.slots);
        }
        Ok(status)
    }

    /// Creates the vault and opens it.
    ///
    /// # Errors
    /// `VaultExists`, any of the keyring's, `ReadOnly`, `DiskFull`.
    pub async fn vault_create(&self) -> Result<VaultStatus, Problem> {
        self.vault_create_with(None).await
    }

    /// As [`App::vault_create`], under a passphrase beside the keyring, together with it, or in its place.
    ///
    /// # Errors
    /// As [`App::vault_create`]; `Invalid`: the passphrase is too short.
    pub async fn vault_create_with(
        &self,
        passphrase: Option<(SecretValue, UnlockMode)>,
    ) -> Result<VaultStatus, Problem> {
        let status = self
            .blocking(move |app| {
                let parts = &app.inner.parts;
                let new = match &passphrase {
                    Some((passphrase, mode)) => {
                        sealpost_vault::key::check_passphrase(passphrase)
                            .map_err(sealpost_vault::Error::from)?;
                        Some(NewPassphrase { passphrase, cost: parts.cost()?, mode: *mode })
                    }
                    None => None,
                };
                let mut vault = Vault::create_with(
                    &parts.folder,
                    new,
                    &*parts.keyring,
                    &*parts.second_process,
                    parts.clock.clone(),
                    parts.entropy.clone(),
                )?;
                vault.record(&NewActivity::of("vaultCreated"))?;
                app.begin_session(vault)?;
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Unlocked);
        Ok(status)
    }

    /// Opens the vault; open already is fine.
    ///
    /// # Errors
    /// `VaultAbsent`, any of the keyring's, `VaultTooNew`, `VaultCorrupt`.
    pub async fn vault_unlock(&self) -> Result<VaultStatus, Problem> {
        let status = self
            .blocking(|app| {
                if app.lock_session().is_none() {
                    app.begin_session(app.open_by(Access::Keyring)?)?;
                }
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Unlocked);
        Ok(status)
    }

    pub(crate) fn begin_session(&self, vault: Vault) -> Result<(), Problem> {
        let older = vault.older_copy(&*self.inner.parts.keyring).map(older_copy);
        let mut session = Session {
            vault,
            index: Index::default(),
            seen: crate::publish::Seen::default(),
            unmanaged: crate::matrix::Unmanaged::default(),
            notices: older.into_iter().collect(),
            raised_at: self.now(),
        };
        session.refresh()?;
        self.activity_seen(Duration::ZERO);
        *self.lock_session() = Some(session);
        self.back_up_soon();
        Ok(())
    }

    /// As [`App::vault_lock`], without the question whether the file that is left can still be read.
    pub(crate) async fn vault_lock_for_restore(&self) -> Result<(), Problem> {
        let _none_begins = self.inner.rekeying.stopped().await;
        self.publish_cancel().await?;
        self.inner.runs.finished().await;
        *self.lock_session() = None;
        self.inner.runs.forget();
        self.inner.recovery.forget();
        self.inner.dropped.forget();
        Ok(())
    }

    /// Keeps something that the person should know until the vault is locked.
    pub(crate) fn notice(&self, problem: Problem) {
        if let Some(session) = self.lock_session().as_mut() {
            session.notices.push(problem);
        } else {
            return;
        }
        // Who shows the status asks for it again.
        self.emit_state(VaultState::Unlocked);
    }

    /// Drops the keys and everything decrypted. A request in flight is finished and recorded first; the rest of its
    /// run is cancelled, and a new key that is being made is put off.
    ///
    /// # Errors
    /// As [`App::vault_status`].
    pub async fn vault_lock(&self) -> Result<VaultStatus, Problem> {
        let _none_begins = self.inner.rekeying.stopped().await;
        self.publish_cancel().await?;
        self.inner.runs.finished().await;
        let status = self
            .blocking(|app| {
                if let Some(mut session) = app.lock_session().take() {
                    app.back_up_now(&session);
                    // Not raised is made up for by the next one; a lock must not fail for it.
                    drop(session.vault.raise_generation(&*app.inner.parts.keyring));
                }
                app.inner.runs.forget();
                app.inner.recovery.forget();
                app.inner.dropped.forget();
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Locked);
        Ok(status)
    }

    /// Tries the keyring: write, read back from a second process, delete.
    ///
    /// # Errors
    /// None of the keyring's: what was found is the answer.
    pub async fn keyring_check(&self) -> Result<KeyringCheck, Problem> {
        self.blocking(|app| {
            let parts = &app.inner.parts;
            let report = check_keyring(&*parts.keyring, &*parts.second_process, &*parts.entropy);
            let keyring = parts.keyring.name();
            Ok(match report.failure {
                None => KeyringCheck {
                    summary: format!("{keyring} is running, unlocked, and keeps what is written."),
                    hint: String::new(),
                    usable: true,
                    keyring,
                    steps: report.steps,
                },
                Some(error) => {
                    let problem = Problem::from(error);
                    KeyringCheck {
                        keyring,
                        usable: false,
                        hint: Surroundings::here().explain(problem.code).map_or(problem.hint, str::to_owned),
                        summary: problem.title,
                        steps: report.steps,
                    }
                }
            })
        })
        .await
    }

    /// One secret in clear: the draft's own, or as it is in one environment. Recorded in the activity log before it is given out, unless the vault can't be written: a
    /// full disk must not stand between a person and the only copy of a secret.
    ///
    /// # Errors
    /// `NotFound` if the draft or the value does not exist, `VaultLocked`, `Unreadable`.
    pub async fn secret_reveal(
        &self,
        id: &str,
        field: SecretField,
        environment: Option<&str>,
    ) -> Result<RevealedSecret, Problem> {
        self.open_secret(id, field, environment, "secretRevealed").await
    }

    /// One secret for the clipboard; the shell puts it there and clears it. Recorded first.
    ///
    /// # Errors
    /// As [`App::secret_reveal`].
    pub async fn secret_for_clipboard(
        &self,
        id: &str,
        field: SecretField,
        environment: Option<&str>,
    ) -> Result<RevealedSecret, Problem> {
        self.open_secret(id, field, environment, "secretCopied").await
    }

    async fn open_secret(
        &self,
        id: &str,
        field: SecretField,
        environment: Option<&str>,
        kind: &'static str,
    ) -> Result<RevealedSecret, Problem> {
        let id = crate::drafts::parse_id(id)?;
        let environment = environment.map(crate::environments::parse_environment_id).transpose()?;
        self.with_session(move |session| {
            let (draft, _) = session.vault.draft(id)?;
            let (_, secrets) = session.vault.draft_secrets(id)?;
            let secrets = environment.map_or_else(|| secrets.own_only(), |id| secrets.in_environment(id));
            let value = secrets.get(field).cloned().ok_or_else(|| Problem::not_found("stored value"))?;
            let mut entry = NewActivity::of(kind)
                .about_draft(id)
                .with_draft_name(&draft.meta.name)
                .line("Field", field.name());
            if let Some(id) = environment {
                entry = entry.about_environment(id, session.environment_name(id));
            }
            match session.vault.record(&entry) {
                Err(Error::Store(StoreError::Full | StoreError::ReadOnly(_))) => {}
                recorded => recorded?,
            }
            Ok(RevealedSecret(value))
        })
        .await
    }

    /// Settings, or their defaults.
    ///
    /// # Errors
    /// `VaultLocked`, `Unreadable`.
    pub async fn settings(&self) -> Result<Settings, Problem> {
        self.with_session(|session| Ok(in_range(session.vault.setting(SETTINGS)?.unwrap_or_default()))).await
    }

    /// Stores settings, each put into its range.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn set_settings(&self, settings: Settings) -> Result<Settings, Problem> {
        let settings = in_range(settings);
        self.with_session(move |session| {
            session.vault.set_setting(SETTINGS, &settings)?;
            Ok(settings)
        })
        .await
    }
}

fn older_copy(copy: sealpost_vault::OlderCopy) -> Problem {
    Problem::new(
        Code::OlderCopy,
        format!(
            "This vault file is older than the one that was here last: generation {}, last seen {}.",
            copy.found, copy.last_seen
        ),
        "It opens, and nothing was changed. What was saved in between is not in it.",
        "If you put it there, go on: the next change makes it the current one. If not, look for the newer file, or restore a backup: sealpost vault backup --list.",
    )
}

fn synced(service: &'static str) -> Problem {
    Problem::new(
        Code::SyncFolder,
        format!("This folder is copied by {service}."),
        "The vault is sealed, and nobody there can read it. But such a service may copy it in the middle of a write, or bring an older one back.",
        format!(
            "Move the vault out of {service}'s folder, and put backups there instead: sealpost vault backup FILE."
        ),
    )
}

impl VaultStatus {
    fn set_slots(&mut self, slots: &[sealpost_vault::KeySlot]) {
        self.unlock_mode = UnlockMode::of(slots);
        let view = |slot: &sealpost_vault::KeySlot| KeySlotView {
            kind: slot.kind.as_str().into(),
            created_at: slot.created_at.as_millis(),
            store: slot.store.clone(),
            needs_keyring: slot.needs_keyring,
        };
        self.key_slots = slots.iter().map(view).collect();
    }
}

/// An answer for a command that later versions bring (issue #2 names them).
#[must_use]
pub fn not_built_yet(what: &str) -> Problem {
    Problem::new(Code::NotBuilt, format!("{what} is not built yet."), "Nothing was changed.", "")
}

/// Settings as they may be: what an earlier version stored beyond that is put right when it is read.
pub(crate) fn in_range(settings: Settings) -> Settings {
    Settings {
        auto_lock_minutes: idle::minutes(settings.auto_lock_minutes),
        // Long enough to paste, too short to be forgotten.
        clipboard_seconds: settings.clipboard_seconds.clamp(15, 30),
        ..settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_secret_is_cleared_after_fifteen_to_thirty_seconds_whatever_was_set() {
        for (set, is) in [(0, 15), (5, 15), (15, 15), (22, 22), (30, 30), (120, 30), (u32::MAX, 30)] {
            let settings = Settings { clipboard_seconds: set, ..Settings::default() };
            assert_eq!(in_range(settings).clipboard_seconds, is, "{set}");
        }
    }
}
