//! Backups: made by themselves once a day, read back before they count, tried by a drill, and put back without losing what
//! is there.
//!
//! ```text
//! unlock (a little later) or lock ─▶ newest older than a day? ─▶ backup in the background ─▶ read back ─▶ older ones beyond the last n go
//! <vault>/backups/vault-20261124-080000-daily.sealpost       each a complete vault file with the slots of its time
//! ```
//!
//! Only copies that were made by themselves are ever removed, and only after a newer one was found sound.

mod daily;
mod restoring;

use std::path::{Path, PathBuf};

use sealpost_vault::{Carried, Error, Findings, SecretValue, Vault, read_portable};
use serde::{Deserialize, Serialize};

pub(crate) use self::daily::Background;
use crate::app::App;
use crate::problem::Problem;
use crate::time::moment;
use crate::views::{BackupDone, BackupStatus, BackupView, DrillView, PortableDone};

const FOLDER: &str = "backups";
const DRILL: &str = "backup-drill";
const DAILY: &str = "daily";
/// Copies made by themselves that are kept.
const KEPT: usize = 7;
const DAY_MS: i64 = 86_400_000;

/// What a copy's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) file: String,
    /// `20261124-080000`: sorts by time.
    pub(crate) stamp: String,
    pub(crate) why: String,
}

fn stamp(now: i64) -> String {
    moment(now).replace(['-', ':'], "").replace(' ', "-")
}

/// The moment as a stamp, or the first second after it that is not taken: two copies within one second are not refused, and stand
/// in the order they were made.
fn free_stamp(now: i64, taken: impl Fn(&str) -> bool) -> String {
    let mut moments = (0..).map(|seconds| stamp(now + seconds * 1000));
    moments.find(|stamp| !taken(stamp)).unwrap_or_default()
}

pub(crate) fn read_name(file: &str) -> Option<Named> {
    let rest = file.strip_prefix("vault-")?.strip_suffix(".sealpost")?;
    let (day, rest) = rest.split_at_checked(8)?;
    let (time, why) = rest.strip_prefix('-')?.split_at_checked(6)?;
    let why = why.strip_prefix('-')?;
    let digits = day.chars().chain(time.chars()).all(|c| c.is_ascii_digit());
    digits.then(|| Named { file: file.into(), stamp: format!("{day}-{time}"), why: why.into() })
}

/// The copies in a folder, newest first.
fn copies(folder: &Path) -> Vec<Named> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut copies: Vec<Named> =
        entries.filter_map(|entry| read_name(&entry.file_name().to_string_lossy())).collect();
    copies.sort_by(|a, b| (&b.stamp, &b.file).cmp(&(&a.stamp, &a.file)));
    copies
}

/// Is it time for the next copy? A clock that was set back must not stop them.
fn due(copies: &[Named], now: i64) -> bool {
    // Copies within one second have the names of the next ones.
    let (yesterday, latest) = (stamp(now - DAY_MS), stamp(now + 60_000));
    !copies.iter().any(|copy| copy.why == DAILY && copy.stamp > yesterday && copy.stamp <= latest)
}

/// Copies that may go: made by themselves, and beyond the last `kept`.
fn superfluous(copies: &[Named], kept: usize) -> Vec<&Named> {
    copies.iter().filter(|copy| copy.why == DAILY).skip(kept).collect()
}

/// The last drill, as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Drill {
    at: i64,
    file: String,
    items: u64,
    drafts: u64,
    unreadable: u64,
    /// What is wrong beyond single values.
    #[serde(default)]
    damage: Vec<String>,
}

impl Drill {
    fn of(file: &str, at: i64, findings: &Findings) -> Self {
        let unreadable = findings.unreadable.len() as u64;
        Self {
            at,
            file: file.into(),
            items: findings.items,
            drafts: findings.drafts,
            unreadable,
            damage: findings.damage(),
        }
    }

    pub(crate) fn view(self) -> DrillView {
        let Self { at, file, items, drafts, unreadable, damage } = self;
        let sound = unreadable == 0 && damage.is_empty();
        DrillView { at, file, items, drafts, unreadable, damage, sound }
    }
}

/// Makes a copy among the vault's own, and tidies up if it is sound.
pub(crate) fn make(vault: &mut Vault, why: &str) -> Result<BackupDone, Problem> {
    let folder = folder_of(vault.path());
    private_folder(&folder)?;
    let now = vault.now().as_millis();
    let there = copies(&folder);
    let stamp = free_stamp(now, |stamp| there.iter().any(|copy| copy.stamp == stamp));
    let file = format!("vault-{stamp}-{why}.sealpost");
    let path = folder.join(&file);
    let findings = vault.backup_to(&path)?;
    if let Err(error) = vault.set_setting(DRILL, &Drill::of(&file, now, &findings)) {
        // It is not told of, so it must not be there: on a full disk each try would leave one more.
        drop(std::fs::remove_file(&path));
        return Err(error.into());
    }
    if findings.sound() {
        for old in superfluous(&copies(&folder), KEPT) {
            // One that can't be removed is one more than needed, and no reason to fail.
            drop(std::fs::remove_file(folder.join(&old.file)));
        }
    }
    Ok(done(&path, &findings))
}

/// A copy that was made before a step, until the step is done.
pub(crate) struct CopyBefore {
    path: PathBuf,
    drill_before: Option<Drill>,
}

impl CopyBefore {
    /// Makes it.
    pub(crate) fn make(vault: &mut Vault, why: &str) -> Result<Self, Problem> {
        let drill_before = vault.setting(DRILL)?;
        Ok(Self { path: make(vault, why)?.file.into(), drill_before })
    }

    /// The step is done, and the copy stays; gives its name.
    pub(crate) fn keep(self) -> String {
        self.path.display().to_string()
    }

    /// The step failed. If it changed nothing, the copy goes: on a full disk each try would leave one more, until there is never enough
    /// room. It stays if this vault's key does not open it any more, since then it is what was before.
    pub(crate) fn take_back(self, vault: &mut Vault) {
        let opens = vault.drill(&self.path).is_ok_and(|findings| findings.unreadable.is_empty());
        if !opens || std::fs::remove_file(&self.path).is_err() {
            return;
        }
        // Its drill is of a file that is gone. That it can't be written now is no reason to say another error than the step's.
        if let Some(drill) = self.drill_before {
            drop(vault.set_setting(DRILL, &drill));
        }
    }
}

fn done(path: &Path, findings: &Findings) -> BackupDone {
    BackupDone {
        file: path.display().to_string(),
        items: findings.items,
        drafts: findings.drafts,
        unreadable: findings.unreadable.len() as u64,
        damage: findings.damage(),
    }
}

fn portable_done(file: &Path, carried: Carried) -> PortableDone {
    PortableDone {
        file: file.display().to_string(),
        drafts: carried.drafts,
        environments: carried.environments,
        left_out: carried.left_out,
    }
}

fn folder_of(vault: &Path) -> PathBuf {
    vault.parent().unwrap_or(Path::new("")).join(FOLDER)
}

fn private_folder(folder: &Path) -> Result<(), Problem> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Error::from(sealpost_vault::StoreError::from(error)).into())
}

/// The newest copy of a vault's folder, for a sentence that offers it.
pub(crate) fn newest(folder: &Path) -> Option<PathBuf> {
    let folder = folder.join(FOLDER);
    copies(&folder).first().map(|copy| folder.join(&copy.file))
}

impl App {
    fn backup_folder(&self) -> PathBuf {
        self.folder().join(FOLDER)
    }

    /// Done with the vault: waits for what runs in the background, raises its generation if it was written to, and drops
    /// its keys, so that a program that still prints holds none.
    pub async fn finish(&self) {
        self.settled().await;
        let keyring = self.inner.parts.keyring.clone();
        let raised = self.blocking(move |app| {
            if let Some(mut session) = app.lock_session().take() {
                session.vault.raise_generation(&*keyring)?;
            }
            Ok(())
        });
        // Not raised is made up for by the next one.
        drop(raised.await);
    }

    /// The copies there are, and what the last drill found.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn backup_status(&self) -> Result<BackupStatus, Problem> {
        let folder = self.backup_folder();
        self.with_session(move |session| {
            let drill: Option<Drill> = session.vault.setting(DRILL).unwrap_or_default();
            let view = |copy: Named| BackupView {
                bytes: std::fs::metadata(folder.join(&copy.file)).map_or(0, |found| found.len()),
                made: copy.stamp,
                why: copy.why,
                file: copy.file,
            };
            Ok(BackupStatus {
                backups: copies(&folder).into_iter().map(view).collect(),
                folder: folder.display().to_string(),
                kept: KEPT as u32,
                last_drill: drill.map(Drill::view),
            })
        })
        .await
    }

    /// Makes a copy among the vault's own now.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`, `Storage`.
    pub async fn backup_now(&self) -> Result<BackupDone, Problem> {
        self.with_session(|session| make(&mut session.vault, "asked")).await
    }

    /// Writes a copy to a file of the caller's, which must not exist.
    ///
    /// # Errors
    /// As [`App::backup_now`]; `Invalid`: the file exists.
    pub async fn backup_to(&self, file: PathBuf) -> Result<BackupDone, Problem> {
        self.with_session(move |session| {
            let findings = session.vault.backup_to(&file).map_err(taken)?;
            Ok(done(&file, &findings))
        })
        .await
    }

    /// Opens the newest copy in memory and opens everything in it.
    ///
    /// # Errors
    /// `NotFound`: there is none yet; `VaultLocked`, `VaultCorrupt`: it can't be read.
    pub async fn backup_drill(&self) -> Result<DrillView, Problem> {
        let folder = self.folder().to_owned();
        self.with_session(move |session| {
            let file = newest(&folder).ok_or_else(|| Problem::not_found("backup"))?;
            let findings = session.vault.drill(&file)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let drill = Drill::of(&name, session.vault.now().as_millis(), &findings);
            session.vault.set_setting(DRILL, &drill)?;
            Ok(drill.view())
        })
        .await
    }

    /// Writes everything a person put in to a file that must not exist, in the age format under a passphrase.
    ///
    /// # Errors
    /// `Invalid`: the passphrase is too short, or the file exists; `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn export_to(&self, file: PathBuf, passphrase: SecretValue) -> Result<PortableDone, Problem> {
        sealpost_vault::key::check_passphrase(&passphrase).map_err(Error::from)?;
        self.with_session(move |session| {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let opened = options.open(&file).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => taken(Error::Exists(file.clone())),
                _ => Error::from(sealpost_vault::StoreError::from(error)).into(),
            })?;
            let exported = session
                .vault
                .export(&passphrase, &opened)
                .and_then(|carried| {
                    Ok(opened.sync_all().map(|()| carried).map_err(sealpost_vault::StoreError::from)?)
                })
                .map_err(Problem::from)
                // What counts is what stands there: it is read back before it is said to exist.
                .and_then(|carried| {
                    let written = std::fs::read(&file).map_err(sealpost_vault::StoreError::from)?;
                    read_portable(&written, &passphrase).map_err(Error::from)?;
                    Ok(carried)
                });
            if exported.is_err() {
                drop(std::fs::remove_file(&file));
            }
            let carried = exported?;
            Ok(portable_done(&file, carried))
        })
        .await
    }

    /// Adds what an export holds to the open vault; nothing that is there is changed.
    ///
    /// # Errors
    /// `Invalid`: the file or the passphrase; `VaultLocked`, `DiskFull`.
    pub async fn import_from(&self, file: PathBuf, passphrase: SecretValue) -> Result<PortableDone, Problem> {
        let bytes = std::fs::read(&file).map_err(sealpost_vault::StoreError::from)?;
        self.change(move |session| {
            let portable = read_portable(&bytes, &passphrase).map_err(Error::from)?;
            let carried = session.vault.import_portable(portable)?;
            Ok(portable_done(&file, carried))
        })
        .await
    }
}

fn taken(error: Error) -> Problem {
    match error {
        Error::Exists(path) => Problem::invalid(
            format!("There is a file already at {}.", path.display()),
            "Name one that does not exist: a backup overwrites nothing.",
        ),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests;
