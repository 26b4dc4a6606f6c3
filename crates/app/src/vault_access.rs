//! Creating, opening, locking; the keyring check; settings and activity.

use sealpost_vault::key::check_keyring;
use sealpost_vault::{
    Activity, Error, NewActivity, SecretField, StoreError, Vault, look, store, vault_exists,
};

use crate::app::{App, Session};
use crate::index::Index;
use crate::problem::{Code, Problem};
use crate::views::{
    ActivityEntry, ActivityPage, DetailLine, KeySlotView, KeyringCheck, RevealedSecret, Settings, VaultState,
    VaultStatus,
};

const SETTINGS: &str = "settings";

impl App {
    /// Is there a vault, and is it open? Asks no keyring.
    ///
    /// # Errors
    /// `VaultTooNew`, `VaultCorrupt`, `Storage`: there is a file and it can't be used.
    pub async fn vault_status(&self) -> Result<VaultStatus, Problem> {
        self.blocking(Self::status).await
    }

    fn status(&self) -> Result<VaultStatus, Problem> {
        let folder = self.folder();
        let path = store::vault_path(folder);
        let mut status = VaultStatus {
            state: VaultState::Absent,
            folder: folder.display().to_string(),
            file: path.display().to_string(),
            name: folder
                .file_name()
                .map_or_else(|| "vault".into(), |name| name.to_string_lossy().into_owned()),
            key_slots: Vec::new(),
            keyring: self.inner.parts.keyring.name(),
            drafts: None,
            environments: None,
            schema: None,
        };
        let mut guard = self.lock_session();
        if let Some(session) = guard.as_mut() {
            session.refresh()?;
            status.state = VaultState::Unlocked;
            status.schema = Some(session.vault.schema());
            status.key_slots = session.vault.slots()?.iter().map(slot_view).collect();
            status.drafts = Some(session.index.counts().all);
            status.environments = u32::try_from(session.index.environments().len()).ok();
        } else if vault_exists(folder) {
            let locked = look(folder)?;
            status.state = VaultState::Locked;
            status.schema = Some(locked.schema);
            status.key_slots = locked.slots.iter().map(slot_view).collect();
        }
        Ok(status)
    }

    /// Creates the vault and opens it.
    ///
    /// # Errors
    /// `VaultExists`, any of the keyring's, `ReadOnly`, `DiskFull`.
    pub async fn vault_create(&self) -> Result<VaultStatus, Problem> {
        let status = self
            .blocking(|app| {
                let parts = &app.inner.parts;
                let mut vault = Vault::create(
                    &parts.folder,
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
                    let parts = &app.inner.parts;
                    let vault = Vault::open(
                        &parts.folder,
                        &*parts.keyring,
                        parts.clock.clone(),
                        parts.entropy.clone(),
                    )?;
                    app.begin_session(vault)?;
                }
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Unlocked);
        Ok(status)
    }

    fn begin_session(&self, vault: Vault) -> Result<(), Problem> {
        let mut session = Session { vault, index: Index::default() };
        session.refresh()?;
        *self.lock_session() = Some(session);
        Ok(())
    }

    /// Drops the keys and everything decrypted. A request in flight is finished and recorded first; the rest of its
    /// run is cancelled.
    ///
    /// # Errors
    /// As [`App::vault_status`].
    pub async fn vault_lock(&self) -> Result<VaultStatus, Problem> {
        self.publish_cancel().await?;
        self.inner.runs.finished().await;
        let status = self
            .blocking(|app| {
                *app.lock_session() = None;
                app.inner.runs.forget();
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
                        summary: problem.title,
                        hint: problem.hint,
                        steps: report.steps,
                    }
                }
            })
        })
        .await
    }

    /// One secret in clear. Recorded in the activity log before it is given out, unless the vault can't be written: a
    /// full disk must not stand between a person and the only copy of a secret.
    ///
    /// # Errors
    /// `NotFound` if the draft or the value does not exist, `VaultLocked`, `Unreadable`.
    pub async fn secret_reveal(&self, id: &str, field: SecretField) -> Result<RevealedSecret, Problem> {
        self.open_secret(id, field, "secretRevealed").await
    }

    /// One secret for the clipboard; the shell puts it there and clears it. Recorded first.
    ///
    /// # Errors
    /// As [`App::secret_reveal`].
    pub async fn secret_for_clipboard(
        &self,
        id: &str,
        field: SecretField,
    ) -> Result<RevealedSecret, Problem> {
        self.open_secret(id, field, "secretCopied").await
    }

    async fn open_secret(
        &self,
        id: &str,
        field: SecretField,
        kind: &'static str,
    ) -> Result<RevealedSecret, Problem> {
        let id = crate::drafts::parse_id(id)?;
        self.with_session(move |session| {
            let (draft, _) = session.vault.draft(id)?;
            let (_, secrets) = session.vault.draft_secrets(id)?;
            let value = secrets.get(field).cloned().ok_or_else(|| Problem::not_found("stored value"))?;
            let entry = NewActivity::of(kind)
                .about_draft(id)
                .with_draft_name(&draft.meta.name)
                .line("Field", field.name());
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
        self.with_session(|session| Ok(session.vault.setting(SETTINGS)?.unwrap_or_default())).await
    }

    /// Stores settings, each put into its range.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn set_settings(&self, mut settings: Settings) -> Result<Settings, Problem> {
        settings.auto_lock_minutes = settings.auto_lock_minutes.min(60);
        settings.clipboard_seconds = settings.clipboard_seconds.clamp(5, 120);
        self.with_session(move |session| {
            session.vault.set_setting(SETTINGS, &settings)?;
            Ok(settings)
        })
        .await
    }

    /// A page of the activity log, newest first; at most 500 entries.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn activity(&self, before: Option<i64>, limit: Option<u32>) -> Result<ActivityPage, Problem> {
        let limit = limit.unwrap_or(100).clamp(1, 500);
        self.with_session(move |session| {
            let entries = session.vault.activity(before, limit)?;
            let next_before =
                if entries.len() < limit as usize { None } else { entries.last().map(|entry| entry.seq) };
            Ok(ActivityPage { entries: entries.into_iter().map(entry_view).collect(), next_before })
        })
        .await
    }
}

fn slot_view(slot: &sealpost_vault::KeySlot) -> KeySlotView {
    KeySlotView { kind: slot.kind.as_str().into(), created_at: slot.created_at.as_millis() }
}

fn entry_view(entry: Activity) -> ActivityEntry {
    let draft = entry.detail.draft_name.clone().unwrap_or_else(|| "a draft".into());
    let environment = entry.detail.environment_name.clone().unwrap_or_else(|| "an environment".into());
    let count = entry.detail.lines.iter().find(|(label, _)| label == "Drafts").map_or("", |(_, value)| value);
    let (text, tone) = match entry.kind.as_str() {
        "vaultCreated" => ("Vault created".to_owned(), "ok"),
        "draftCreated" => (format!("Created {draft}"), "ok"),
        "draftSaved" => (format!("Saved {draft}"), "ok"),
        "draftDeleted" => (format!("Moved {draft} to the trash"), "warn"),
        "draftRestored" => (format!("Restored {draft}"), "ok"),
        "draftsImported" if count == "1" => ("Imported 1 draft".to_owned(), "ok"),
        "draftsImported" => (format!("Imported {count} drafts"), "ok"),
        "secretRevealed" => (format!("Revealed a secret of {draft}"), "warn"),
        "secretCopied" => (format!("Copied a secret of {draft}"), "warn"),
        "environmentSaved" => (format!("Saved environment {environment}"), "ok"),
        "environmentDeleted" => (format!("Removed environment {environment}"), "warn"),
        "environmentTested" => (format!("Tested the connection to {environment}"), "ok"),
        "created" => (format!("Published {draft} to {environment}"), "ok"),
        "updated" => (format!("Updated {draft} in {environment}"), "ok"),
        "publishRefused" => (format!("{environment} refused {draft}"), "bad"),
        "publishNotSent" => (format!("{draft} was not sent to {environment}"), "bad"),
        "publishUnclear" => (format!("{draft} may have reached {environment}"), "warn"),
        "unpublished" => (format!("Deleted {draft} from {environment}"), "ok"),
        "adopted" => (format!("Linked {draft} to a set in {environment}"), "ok"),
        "reconciled" => (format!("Found out what became of {draft} in {environment}"), "ok"),
        "driftFound" => (format!("{draft} changed in {environment}"), "warn"),
        other => (other.to_owned(), "ok"),
    };
    ActivityEntry {
        seq: entry.seq,
        at: entry.at.as_millis(),
        text,
        draft_id: entry.draft.map(|id| id.to_string()),
        draft_name: entry.detail.draft_name,
        environment_id: entry.environment.map(|id| id.to_string()),
        environment_name: entry.detail.environment_name,
        tone: tone.into(),
        details: entry.detail.lines.into_iter().map(|(label, value)| DetailLine { label, value }).collect(),
        kind: entry.kind,
    }
}

/// An answer for a command that later versions bring (issue #2 names them).
#[must_use]
pub fn not_built_yet(what: &str) -> Problem {
    Problem::new(Code::NotBuilt, format!("{what} is not built yet."), "Nothing was changed.", "")
}
