//! Keeping the vault: `vault doctor`, `vault backup`, `vault restore`.

use std::path::{Path, PathBuf};

use sealpost_app::parts::{SecretValue, UnlockMode};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{BackupDone, DoctorReport, DrillView, VaultState};

use super::{Done, Vaulted, opened};
use crate::input::{ask_new_passphrase, ask_secret, can_ask, passphrase_from, way_in_from};
use crate::output::{Ended, NO_KEY, Out, Stop, table};

impl Vaulted<'_> {
    /// The keyring, and if there is a vault, whether it opens and everything in it.
    pub(super) async fn doctor(
        &self,
        out: &Out,
        report: Option<PathBuf>,
        export_unreadable: Option<PathBuf>,
        accept_rows: bool,
    ) -> Done {
        // A vault that opens with a passphrase is opened by asking for it; that it does not open is the doctor's to say.
        if self.app.vault_status().await.is_ok_and(|status| status.state == VaultState::Locked) {
            drop(opened(self).await);
        }
        if accept_rows {
            opened(self).await?;
            self.app.accept_rows().await?;
            out.note("Sealed the rows as they are now. What was taken out before can't be noticed any more.");
        }
        let found = self.app.doctor().await?;
        if let Some(file) = report {
            write_new(&file, &format!("{:#}\n", serde_json::json!(found)))?;
        }
        if let Some(folder) = export_unreadable {
            let count = self.app.export_unreadable(folder.clone()).await?;
            out.note(&format!("Wrote the sealed bytes of {count} values to {}.", folder.display()));
        }
        let text = out.render(&found, |out| described(out, &found));
        let keyring = found.keyring.usable || found.vault.unlock_mode == UnlockMode::Passphrase;
        let opens = found.problem.is_none() && keyring;
        Ok(match (found.healthy, opens) {
            (true, _) => Ended::Text(text),
            (false, false) => Ended::Coded(text, NO_KEY),
            (false, true) => Ended::Coded(text, 1),
        })
    }

    /// Writes a backup or an export.
    pub(super) async fn backup(
        &self,
        out: &Out,
        file: Option<PathBuf>,
        portable: bool,
        under: Option<String>,
    ) -> Done {
        let app = opened(self).await?.0;
        let Some(file) = file else {
            let done = app.backup_now().await?;
            return Ok(out.view(&done, |_| backed_up(&done)));
        };
        if portable || file.extension().is_some_and(|extension| extension == "age") {
            let passphrase = match under {
                Some(source) => passphrase_from(&source)?,
                None if can_ask() => ask_new_passphrase("Passphrase of the export")?,
                None => return Err(no_terminal("--under")),
            };
            let done = app.export_to(file, passphrase).await?;
            return Ok(out.view(&done, |_| {
                format!(
                    "Wrote {} drafts and {} environments to {}. The standard tool opens it too: age -d",
                    done.drafts, done.environments, done.file
                )
            }));
        }
        let done = app.backup_to(file).await?;
        Ok(out.view(&done, |_| backed_up(&done)))
    }

    /// Lists the vault's own copies.
    pub(super) async fn backups(&self, out: &Out) -> Done {
        let status = opened(self).await?.0.backup_status().await?;
        Ok(out.view(&status, |_| {
            let rows: Vec<Vec<String>> = status
                .backups
                .iter()
                .map(|copy| {
                    vec![
                        copy.made.clone(),
                        copy.why.clone(),
                        format!("{} kB", copy.bytes / 1024),
                        copy.file.clone(),
                    ]
                })
                .collect();
            let drill = status.last_drill.as_ref().map_or_else(|| "never".into(), verified);
            format!("{}\nFolder         {}\nLast verified  {drill}", table(&rows), status.folder)
        }))
    }

    /// Opens the newest copy and everything in it.
    pub(super) async fn drill(&self, out: &Out) -> Done {
        let drill = opened(self).await?.0.backup_drill().await?;
        let text = out.render(&drill, |_| format!("Opened {}: {}.", drill.file, verified(&drill)));
        Ok(if drill.sound { Ended::Text(text) } else { Ended::Coded(text, 1) })
    }

    /// Puts a backup in the vault's place, or adds an export.
    pub(super) async fn restore(&self, out: &Out, file: Option<PathBuf>, from: Option<String>) -> Done {
        if let Some(file) = file.as_ref().filter(|file| is_export(file)) {
            let app = opened(self).await?.0;
            let passphrase = match from.as_deref() {
                Some("ask") | None if can_ask() => {
                    SecretValue::from(ask_secret("Passphrase of the export")?.as_str())
                }
                Some(source) => passphrase_from(source)?,
                None => return Err(no_terminal("--from")),
            };
            let done = app.import_from(file.clone(), passphrase).await?;
            return Ok(out.view(&done, |_| {
                format!(
                    "Added {} drafts and {} environments; {} environments of the same name stay as they are.",
                    done.drafts, done.environments, done.left_out
                )
            }));
        }
        let secret = match (&from, &self.passphrase_from) {
            (Some(source), _) => Some(way_in_from(source)?),
            (None, Some(source)) => Some(passphrase_from(source)?),
            (None, None) => None,
        };
        let done = self.app.restore(file, secret).await?;
        if let Some(kept) = &done.kept {
            out.note(&format!("What was in the vault's place is kept as {kept}."));
        }
        Ok(out.view(&done, |_| format!("Restored {} with {} items.", done.file, done.items)))
    }
}

fn backed_up(done: &BackupDone) -> String {
    let mut text = format!("Wrote {} and read it back: {} items.", done.file, done.items);
    if done.unreadable > 0 {
        text.push_str(&format!(" {} values do not open, here and in the vault.", done.unreadable));
    }
    for line in &done.damage {
        text.push_str(&format!(" Here and in the vault: {line}."));
    }
    text
}

fn verified(drill: &DrillView) -> String {
    let when = sealpost_app::moment(drill.at);
    if drill.sound {
        format!("{when}, {} items, all of them open", drill.items)
    } else {
        let values = (drill.unreadable > 0).then(|| format!("{} values do not open", drill.unreadable));
        let found: Vec<String> = drill.damage.iter().cloned().chain(values).collect();
        format!("{when}, {} items, {}", drill.items, found.join("; "))
    }
}

fn is_export(file: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 18];
    std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && &start == b"age-encryption.org"
}

fn no_terminal(option: &str) -> Stop {
    Stop::usage(
        "There is no terminal to ask for the passphrase of the export.",
        "Nothing was changed.",
        &format!("Say where it is: {option} -, {option} FILE or {option} env:NAME."),
    )
}

fn write_new(file: &Path, text: &str) -> Result<(), Problem> {
    use std::io::Write as _;
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    written.and_then(|mut opened| opened.write_all(text.as_bytes())).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("The report could not be written to {}: {error}.", file.display()),
            "Nothing was changed.",
            "Name a new file in a folder that can be written.",
        )
    })
}

fn described(out: &Out, found: &DoctorReport) -> String {
    let mut text = format!("{}\n", found.keyring.summary);
    for step in &found.keyring.steps {
        text.push_str(&format!("  {step}\n"));
    }
    if !found.keyring.hint.is_empty() {
        text.push_str(&format!("hint:  {}\n", found.keyring.hint));
    }
    for notice in &found.vault.notices {
        text.push_str(&format!("{}\n", out.paint("warn", &notice.to_string())));
    }
    let file = &found.vault.file;
    match (&found.problem, &found.contents) {
        (Some(problem), _) => {
            text.push_str(&out.paint("bad", &format!("The vault does not open: {problem}")));
        }
        (None, None) => text.push_str(&format!("There is no vault at {file} yet.")),
        (None, Some(contents)) => {
            for line in &contents.damage {
                text.push_str(&out.paint("bad", &format!("Something is wrong with the vault: {line}\n")));
            }
            for one in &contents.unreadable {
                let line = format!("Does not open: {} {} ({})\n", one.what, one.id, one.column);
                text.push_str(&out.paint("bad", &line));
            }
            let all = contents.unreadable.is_empty() && contents.damage.is_empty();
            let tone = if all { "ok" } else { "warn" };
            let said = if all { "and everything in it" } else { "but not everything in it" };
            text.push_str(
                &out.paint(tone, &format!("The vault at {file} opens, {said}: {} items.", contents.items)),
            );
        }
    }
    if let Some(backups) = &found.backups {
        let drill = backups
            .last_drill
            .as_ref()
            .map_or_else(|| "never verified".into(), |drill| format!("last verified {}", verified(drill)));
        text.push_str(&format!("\n{} backups in {}, {drill}.", backups.backups.len(), backups.folder));
    }
    text
}
