//! The ways into the vault: `vault init`, `vault recovery`, `vault passphrase`.
//!
//! A recovery code is a secret and goes where the caller says: to a terminal that asks two groups back, to a new file, or
//! to standard output. Where there is neither a terminal nor such an option none is made, and a message says so: a code
//! in some log would be worse than none.

use std::io::Write as _;

use sealpost_app::App;
use sealpost_app::parts::{SecretValue, UnlockMode};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{RekeyDone, RekeyNeeds, VaultStatus};
use zeroize::Zeroizing;

use super::vault::way_in;
use super::{Done, Vaulted, opened};
use crate::args::UnlockArg;
use crate::input::{ask, ask_new_passphrase, ask_secret, can_ask, passphrase_from, way_in_from};
use crate::output::{Ended, Out, Stop};

/// Where a new recovery code goes.
enum CodePlace<'a> {
    Shown,
    StandardOutput,
    File(&'a str),
}

impl Vaulted<'_> {
    /// Creates the vault and its recovery code.
    pub(super) async fn init(
        &self,
        out: &Out,
        recovery_to: Option<String>,
        unlock: Option<UnlockArg>,
    ) -> Done {
        let mode = unlock.map_or(UnlockMode::Passphrase, UnlockMode::from);
        let passphrase = match &self.passphrase_from {
            Some(source) => Some((passphrase_from(source)?, mode)),
            None => None,
        };
        let status = self.app.vault_create_with(passphrase).await?;
        let created = format!("Created {}. It opens with {}.", status.file, way_in(&status));
        match place(recovery_to.as_deref()) {
            Some(CodePlace::Shown) => {
                out.note(&created);
                self.make_code(out, CodePlace::Shown).await
            }
            Some(place) => self.make_code(out, place).await,
            None => {
                out.note(
                    "No recovery code was made, since there is no terminal to show it on. Make one with: sealpost vault recovery --to FILE",
                );
                Ok(out.view(&status, |_| created))
            }
        }
    }

    /// Makes a recovery code, uses one, or removes it.
    pub(super) async fn recovery(
        &self,
        out: &Out,
        to: Option<String>,
        from: Option<String>,
        remove: bool,
    ) -> Done {
        if let Some(source) = from {
            let status = self.app.vault_recover(way_in_from(&source)?).await?;
            for notice in &status.notices {
                out.note(&notice.to_string());
            }
            let text = || format!("{} is open. From now on it opens with {}.", status.file, way_in(&status));
            return Ok(out.view(&status, |_| text()));
        }
        opened(self).await?;
        if remove {
            let status = self.app.slot_remove("recovery".into()).await?;
            return Ok(out.view(&status, |_| "Removed the recovery code. It opens nothing any more.".into()));
        }
        let place = place(to.as_deref()).ok_or_else(|| {
            Stop::usage(
                "There is no terminal to show the recovery code on.",
                "No code was made, and an earlier one still holds.",
                "Say where it goes: --to FILE, or --to - for standard output.",
            )
        })?;
        self.make_code(out, place).await
    }

    /// Sets or removes the passphrase.
    pub(super) async fn passphrase(
        &self,
        out: &Out,
        from: Option<String>,
        unlock: Option<UnlockArg>,
        remove: bool,
    ) -> Done {
        opened(self).await?;
        let app = self.app;
        if remove {
            let status = app.slot_remove("passphrase".into()).await?;
            let text = || format!("Removed the passphrase. {} opens with {}.", status.file, way_in(&status));
            return Ok(out.view(&status, |_| text()));
        }
        let mode = match (unlock, app.vault_status().await?.unlock_mode) {
            (Some(unlock), _) => unlock.into(),
            (None, UnlockMode::Keyring) => UnlockMode::Either,
            (None, as_before) => as_before,
        };
        let passphrase = match from {
            Some(source) => passphrase_from(&source)?,
            None if can_ask() => ask_new_passphrase("New passphrase")?,
            None => {
                return Err(Stop::usage(
                    "There is no terminal to ask for the passphrase.",
                    "Nothing was changed.",
                    "Say where it is: --from -, --from FILE or --from env:NAME.",
                ));
            }
        };
        let status = app.passphrase_set(passphrase, mode).await?;
        let text = || format!("Set the passphrase. {} opens with {}.", status.file, way_in(&status));
        Ok(out.view(&status, |_| text()))
    }

    /// Gives the vault a new key.
    pub(super) async fn rekey(&self, out: &Out, recovery_to: Option<String>, wrap_only: bool) -> Done {
        let app = opened(self).await?.0;
        let status = app.vault_status().await?;
        if wrap_only {
            let status = app.rewrap().await?;
            let text = || format!("{} opens with a new key from {}.", status.file, status.keyring);
            return Ok(out.view(&status, |_| text()));
        }
        if let Some(found) = &status.unfinished_key {
            // A second code beside the one that was written down, of which one would open nothing: not without a word.
            return Err(Stop::usage(
                &format!(
                    "A new key was begun before and not finished: {} of {} items are encrypted under it.",
                    found.done, found.total
                ),
                "Nothing was changed, and the vault opens as before.",
                "Finish it with --resume, or forget it with --discard and begin again.",
            ));
        }
        let has = |kind: &str| status.key_slots.iter().any(|slot| slot.kind == kind);
        let place = if has("recovery") {
            Some(place(recovery_to.as_deref()).ok_or_else(|| {
                Stop::usage(
                    "There is no terminal to show the new recovery code on.",
                    "Nothing was changed, and the earlier code still holds.",
                    "Say where it goes: --recovery-to FILE, or --recovery-to - for standard output.",
                )
            })?)
        } else {
            None
        };
        let passphrase = if has("passphrase") { Some(self.typed("Passphrase")?) } else { None };
        let (mut groups, mut printed) = (Vec::new(), None);
        match place {
            None => {}
            Some(CodePlace::Shown) => {
                show(&app.recovery_make().await?.0);
                for number in app.recovery_ask()? {
                    groups.push(SecretValue::from(ask(&format!("Group {number}"))?));
                }
            }
            Some(CodePlace::StandardOutput) => {
                let code = app.recovery_make().await?.0;
                groups = asked_groups(app, &code)?;
                printed = Some(code);
            }
            Some(CodePlace::File(path)) => {
                write_new(path, &app.recovery_make().await?.0)?;
                groups = asked_groups(app, &passphrase_from(path)?)?;
            }
        }
        // A code that is printed at the end must not come into force by a later --resume before anybody has it.
        let done = app.rekey(groups, passphrase, printed.is_none()).await?;
        let text = rekeyed(&done);
        let Some(code) = printed else { return Ok(out.view(&done, |_| text)) };
        if out.is_json() {
            let mut document = serde_json::json!(done);
            document["recoveryCode"] = serde_json::Value::from(code.expose_text().unwrap_or_default());
            return Ok(Ended::Text(format!("{document:#}")));
        }
        out.note(&text);
        Ok(Ended::Secret(Zeroizing::new(code.expose().to_vec())))
    }

    /// Finishes a new key that was cut off.
    pub(super) async fn rekey_resume(&self, out: &Out) -> Done {
        let app = opened(self).await?.0;
        let status = app.vault_status().await?;
        let needs = status.unfinished_key.map(|found| found.needs);
        let secret = match needs {
            // None is there: the answer says so.
            None => None,
            // Where the keyring does not answer, the passphrase does if it was given.
            Some(RekeyNeeds::Nothing) if status.unlock_mode == UnlockMode::Either => {
                self.passphrase_from.as_deref().map(passphrase_from).transpose()?
            }
            Some(RekeyNeeds::Nothing) => None,
            Some(RekeyNeeds::Passphrase) => Some(self.typed("Passphrase")?),
            Some(RekeyNeeds::RecoveryCode) => {
                Some(self.typed("Recovery code that was shown for the new key")?)
            }
        };
        let done = app.rekey_resume(secret).await?;
        Ok(out.view(&done, |_| rekeyed(&done)))
    }

    /// Forgets a new key that was cut off.
    pub(super) async fn rekey_discard(&self, out: &Out) -> Done {
        let app = opened(self).await?.0;
        let there = app.vault_status().await?.unfinished_key.is_some();
        let status = app.rekey_discard().await?;
        let text = || {
            if there {
                format!("Forgot the new key. {} opens with {}, as before.", status.file, way_in(&status))
            } else {
                "There was no new key to be forgotten.".to_owned()
            }
        };
        Ok(out.view(&status, |_| text()))
    }

    /// A passphrase or code: from where the caller said, or typed.
    fn typed(&self, what: &str) -> Result<SecretValue, Stop> {
        match &self.passphrase_from {
            Some(source) => Ok(passphrase_from(source)?),
            None if can_ask() => Ok(ask_secret(what)?.as_str().into()),
            None => Err(Stop::usage(
                &format!("There is no terminal to ask for the {}.", what.to_lowercase()),
                "Nothing was changed.",
                "Say where it is with --passphrase-from.",
            )),
        }
    }

    async fn make_code(&self, out: &Out, place: CodePlace<'_>) -> Done {
        let app = self.app;
        let code = app.recovery_make().await?.0;
        match place {
            CodePlace::Shown => {
                show(&code);
                let status = ask_back(app, out).await?;
                Ok(out.view(&status, |_| {
                    "The recovery code is confirmed. Keep it away from this computer.".into()
                }))
            }
            CodePlace::StandardOutput => {
                let status = confirm(app, &code).await?;
                let text = Zeroizing::new(code.expose_text().unwrap_or_default().to_owned());
                if out.is_json() {
                    let mut document = serde_json::json!(status);
                    document["recoveryCode"] = serde_json::Value::from(text.as_str());
                    return Ok(Ended::Text(format!("{document:#}")));
                }
                Ok(Ended::Secret(Zeroizing::new(code.expose().to_vec())))
            }
            CodePlace::File(path) => {
                write_new(path, &code)?;
                // What counts is what stands there: the groups that confirm it are read back.
                let status = confirm(app, &passphrase_from(path)?).await?;
                let text = || {
                    format!(
                        "The recovery code is in {path}. Keep that file away from this computer: it opens the vault."
                    )
                };
                Ok(out.view(&status, |_| text()))
            }
        }
    }
}

fn place(to: Option<&str>) -> Option<CodePlace<'_>> {
    match to {
        Some("-") => Some(CodePlace::StandardOutput),
        Some(path) => Some(CodePlace::File(path)),
        None => can_ask().then_some(CodePlace::Shown),
    }
}

/// Shows the code on the terminal's second screen, so that it does not stay in the scroll-back.
fn show(code: &SecretValue) {
    let mut screen = Zeroizing::new(String::from(
        "\u{1b}[?1049h\u{1b}[H\nRecovery code of this vault. It opens the vault on its own. Write it down or print it, and keep it\naway from this computer. It is not shown again.\n\n",
    ));
    for (at, group) in code.expose_text().unwrap_or_default().split('-').enumerate() {
        screen.push_str(&format!("   {}  {group}{}", at + 1, if at % 3 == 2 { "\n" } else { "" }));
    }
    screen.push_str("\nPress Enter when it is written down. ");
    let mut terminal = std::io::stderr();
    drop(terminal.write_all(screen.as_bytes()).and_then(|()| terminal.flush()));
    drop(std::io::stdin().read_line(&mut String::new()));
    drop(terminal.write_all(b"\x1b[?1049l").and_then(|()| terminal.flush()));
}

/// Asks for the two groups until they are right; the input's end leaves the earlier code in force.
async fn ask_back(app: &App, out: &Out) -> Result<VaultStatus, Problem> {
    loop {
        let mut groups = Vec::new();
        for number in app.recovery_ask()? {
            groups.push(SecretValue::from(ask(&format!("Group {number}"))?));
        }
        match app.recovery_confirm(groups).await {
            Err(problem) if problem.code == Code::Invalid => out.note(&problem.to_string()),
            ended => return ended,
        }
    }
}

/// Confirms with the groups of a written code.
async fn confirm(app: &App, written: &SecretValue) -> Result<VaultStatus, Problem> {
    app.recovery_confirm(asked_groups(app, written)?).await
}

/// The two groups that are asked for, out of a written code.
fn asked_groups(app: &App, written: &SecretValue) -> Result<Vec<SecretValue>, Problem> {
    let groups: Vec<&str> = written.expose_text().unwrap_or_default().trim().split('-').collect();
    let asked = app.recovery_ask()?;
    Ok(asked
        .iter()
        .map(|number| groups.get(*number as usize - 1).copied().unwrap_or_default().into())
        .collect())
}

fn write_new(path: &str, code: &SecretValue) -> Result<(), Problem> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(code.expose())?;
        file.write_all(b"\n")?;
        file.sync_all()
    });
    written.map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("The recovery code could not be written to {path}: {error}."),
            "No code was made, and an earlier one still holds. The vault is unchanged.",
            "Name a new file in a folder that can be written, then run: sealpost vault recovery --to FILE",
        )
    })
}

fn rekeyed(done: &RekeyDone) -> String {
    format!(
        "Encrypted {} items under a new key. The copy of before is {}; it opens with the recovery code and passphrase of before, or with the keyring.",
        done.items, done.backup
    )
}
