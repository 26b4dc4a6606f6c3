//! The doctor: the keyring, the way in, everything in the vault, its backups. Looking writes nothing to the vault; accepting
//! what was found is asked for by name.

use std::path::PathBuf;

use sealpost_vault::{Findings, NewActivity, StoreError};

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{ContentsView, DoctorReport, UnreadableView, VaultState};

impl App {
    /// Looks at everything. A vault that is locked is opened for it with the keyring and stays open.
    ///
    /// # Errors
    /// None of the keyring's or the vault's: what was found is the answer. `Storage` if not even that can be read.
    pub async fn doctor(&self) -> Result<DoctorReport, Problem> {
        let keyring = self.keyring_check().await?;
        let before = self.vault_status().await;
        let problem = match &before {
            Ok(status) if status.state == VaultState::Locked => self.vault_unlock().await.err(),
            Ok(_) => None,
            Err(problem) => Some(problem.clone()),
        };
        self.settled().await;
        let vault = match self.vault_status().await {
            Ok(status) => status,
            Err(_) => self.absent_status(),
        };
        let (contents, backups) = if vault.state == VaultState::Unlocked {
            let findings = self.with_session(|session| Ok(session.vault.verify()?)).await?;
            (Some(contents(&findings)), Some(self.backup_status().await?))
        } else {
            (None, None)
        };
        let sound =
            contents.as_ref().is_none_or(|found| found.unreadable.is_empty() && found.damage.is_empty());
        let way_in = keyring.usable || vault.unlock_mode == sealpost_vault::UnlockMode::Passphrase;
        // Where it lies is worth a word, and no illness.
        let told = vault.notices.iter().all(|notice| notice.code == Code::SyncFolder);
        let healthy = problem.is_none() && sound && way_in && told;
        Ok(DoctorReport { healthy, keyring, vault, problem, contents, backups })
    }

    /// Looks at everything and writes what was found to a file of the caller's, as JSON: no names, no secrets.
    ///
    /// # Errors
    /// As [`App::doctor`]; `ReadOnly`, `DiskFull`, `Storage`.
    pub async fn doctor_save(&self, file: PathBuf) -> Result<DoctorReport, Problem> {
        let report = self.doctor().await?;
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| StoreError::from(std::io::Error::from(error)))?;
        self.blocking(move |_| {
            std::fs::write(&file, text).map_err(StoreError::from)?;
            Ok(report)
        })
        .await
    }

    /// Writes the sealed bytes of every value that does not open into a folder, one file each, for whoever may know
    /// more of them. Gives their number.
    ///
    /// # Errors
    /// `VaultLocked`, `ReadOnly`, `DiskFull`.
    pub async fn export_unreadable(&self, folder: PathBuf) -> Result<usize, Problem> {
        self.with_session(move |session| {
            let findings = session.vault.verify()?;
            std::fs::create_dir_all(&folder).map_err(StoreError::from)?;
            for one in &findings.unreadable {
                let name = format!("{}-{}-{}.sealed", one.what.replace(' ', "-"), one.id, one.column);
                std::fs::write(folder.join(name), &one.bytes).map_err(StoreError::from)?;
            }
            Ok(findings.unreadable.len())
        })
        .await
    }

    /// Takes the rows of the vault as they are for right, after somebody looked at what the doctor found. Recorded.
    ///
    /// # Errors
    /// `VaultLocked`, `ReadOnly`, `DiskFull`.
    pub async fn accept_rows(&self) -> Result<(), Problem> {
        self.with_session(|session| {
            session.vault.accept_rows()?;
            Ok(session.vault.record(&NewActivity::of("rowsAccepted"))?)
        })
        .await
    }
}

fn contents(findings: &Findings) -> ContentsView {
    let view = |one: &sealpost_vault::Unreadable| UnreadableView {
        what: one.what.into(),
        id: one.id.clone(),
        column: one.column.into(),
    };
    ContentsView {
        items: findings.items,
        drafts: findings.drafts,
        unreadable: findings.unreadable.iter().map(view).collect(),
        damage: findings.damage(),
    }
}
