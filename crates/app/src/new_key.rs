//! A new key: for all data, or for the keyring's entry alone.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use sealpost_vault::key::{Cost, RecoveryCode};
use sealpost_vault::store::PublishClaim;
use sealpost_vault::{
    Access, Error, InterruptedRekey, NewPassphrase, NewWaysIn, Rekey, RekeyState, SecretValue, SlotKind,
    UnlockMode, Vault,
};

use crate::app::{App, Parts};
use crate::backups::CopyBefore;
use crate::key_slots::wrong_group;
use crate::problem::{Code, Problem};
use crate::views::{AppEvent, RekeyDone, RekeyNeeds, UnfinishedKey, VaultStatus};

/// Steps in which the progress is told: more would keep the window busier than the vault.
const STEPS: u64 = 100;

/// Tells of the first row, of every hundredth part of all, and of the last.
fn told_in_steps(tell: impl Fn(u64, u64)) -> impl FnMut(u64, u64) {
    let mut told = None;
    move |done, total| {
        let step = (done * STEPS).checked_div(total).unwrap_or(STEPS);
        if told != Some(step) {
            told = Some(step);
            tell(done, total);
        }
    }
}

/// One new key at a time, and none while the vault is being locked.
#[derive(Debug, Default)]
pub(crate) struct Rekeying {
    turn: tokio::sync::Mutex<()>,
    stop: AtomicBool,
}

impl Rekeying {
    /// Stops one that encrypts, which can be resumed; waits for one that is about to be in force. None begins while the answer is
    /// held.
    pub(crate) async fn stopped(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.stop.store(true, Ordering::SeqCst);
        let turn = self.turn.lock().await;
        self.stop.store(false, Ordering::SeqCst);
        turn
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// What a new key is made with beside the session.
struct Beside {
    /// Nothing is published meanwhile.
    _claim: PublishClaim,
    /// The vault on a connection of its own, so that the session goes on.
    vault: Vault,
}

/// Everything is encrypted, and a copy was kept.
struct Ready {
    beside: Beside,
    rekey: Rekey,
    copy: CopyBefore,
}

impl App {
    /// Gives the vault a new data key: everything is encrypted again, and every way in is made anew. A copy is kept
    /// first. A vault that has a recovery code needs the new one confirmed as for [`App::recovery_confirm`]; one that has
    /// a passphrase needs it typed. Others write to the vault meanwhile; a lock stops it, and it can be resumed, unless `resumable`
    /// is false: for a caller whose new recovery code nobody has seen before the key is in force.
    ///
    /// # Errors
    /// `Invalid`: a group is wrong, or a way in was not given; `WrongSecret`, `Unreadable`, `RunActive`, any of the
    /// keyring's; `RekeyUnfinished`: it was stopped, or another one was. The vault opens as before then.
    pub async fn rekey(
        &self,
        groups: Vec<SecretValue>,
        passphrase: Option<SecretValue>,
        resumable: bool,
    ) -> Result<RekeyDone, Problem> {
        let code = match self.inner.recovery.confirmed(&groups) {
            Some(Ok(code)) => Some(code),
            Some(Err(number)) => return Err(wrong_group(number)),
            None => None,
        };
        let cost = match &passphrase {
            Some(_) => self.blocking(|app| Ok(app.inner.parts.cost()?)).await?,
            None => Cost::USUAL,
        };
        let done = self
            .make_key(move |parts, vault| {
                // Two codes on paper, of which one opens nothing: not without a word.
                if let Some(found) = unfinished(vault)?.shown() {
                    return Err(unfinished_notice(&found));
                }
                let new = passphrase.as_ref().map(|passphrase| NewPassphrase {
                    passphrase,
                    cost,
                    mode: UnlockMode::Either,
                });
                let ways = NewWaysIn { recovery: code.as_ref(), passphrase: new };
                let rekey = vault.begin_rekey(ways, &*parts.keyring, &*parts.second_process)?;
                if !resumable {
                    rekey.for_this_process_only()?;
                }
                Ok(rekey)
            })
            .await;
        // While nothing is begun it can be tried again with the code that was confirmed. What is begun has its own.
        let begun = self.with_session(|session| Ok(unfinished(&session.vault)?.shown().is_some()));
        if done.is_ok() || begun.await.unwrap_or(true) {
            self.inner.recovery.forget();
        }
        done
    }

    /// Finishes a new key that was interrupted. `secret` is what [`UnfinishedKey::needs`] says: one of the ways in that it brings.
    ///
    /// # Errors
    /// `NotFound`: there is none for the vault as it is now; as [`App::rekey`].
    pub async fn rekey_resume(&self, secret: Option<SecretValue>) -> Result<RekeyDone, Problem> {
        self.make_key(move |parts, vault| {
            let code = secret.as_ref().and_then(|secret| RecoveryCode::parse(secret.expose_text()?).ok());
            let access = match (&code, &secret) {
                (Some(code), _) => Access::Recovery(code),
                (None, Some(passphrase)) => Access::Passphrase(passphrase),
                (None, None) => Access::Keyring,
            };
            vault.resume_rekey(access, &*parts.keyring).map_err(|error| match error {
                Error::WrongSecret(what) => wrong_for_new_key(what),
                other => other.into(),
            })
        })
        .await
    }

    /// Forgets a new key that was interrupted: the ways in that it would have brought open nothing.
    ///
    /// # Errors
    /// `VaultBusy`: another process is at it.
    pub async fn rekey_discard(&self) -> Result<VaultStatus, Problem> {
        let _turn = self.inner.rekeying.turn.lock().await;
        self.with_session(|session| Ok(session.vault.discard_rekey()?)).await?;
        self.vault_status().await
    }

    /// Begins beside the session, encrypts, keeps a copy, and brings the key into force.
    async fn make_key(
        &self,
        begin: impl FnOnce(&Parts, &mut Vault) -> Result<Rekey, Problem> + Send + 'static,
    ) -> Result<RekeyDone, Problem> {
        self.settled().await;
        let _turn = self.inner.rekeying.turn.lock().await;
        let mut beside = self
            .with_session(|session| {
                let Some(claim) = session.vault.claim_publishing()? else { return Err(publishing()) };
                Ok(Beside { _claim: claim, vault: session.vault.again()? })
            })
            .await?;
        let ready = self
            .blocking(move |app| {
                let rekey = begin(&app.inner.parts, &mut beside.vault)?;
                let copied = match app.encrypt_all(&beside.vault, &rekey) {
                    Ok(true) => CopyBefore::make(&mut beside.vault, "before-rekey"),
                    Ok(false) => return Err(stopped()),
                    Err(error) => Err(error.into()),
                };
                match copied {
                    Ok(copy) => Ok(Ready { beside, rekey, copy }),
                    Err(problem) => {
                        // On a full disk it is in the way of the next try.
                        if problem.code == Code::DiskFull {
                            rekey.discard();
                        }
                        Err(problem)
                    }
                }
            })
            .await?;
        let Ready { mut beside, rekey, copy } = ready;
        let switched = self
            .change(move |session| {
                let items = session.vault.finish_rekey(rekey)?;
                session.index = crate::index::Index::default();
                // In force it is, whatever the list says.
                drop(session.refresh());
                Ok(items)
            })
            .await;
        match switched {
            Ok(items) => Ok(RekeyDone { items, backup: copy.keep() }),
            Err(problem) => {
                let taken = self.blocking(move |_| {
                    copy.take_back(&mut beside.vault);
                    Ok(())
                });
                taken.await?;
                Err(problem)
            }
        }
    }

    /// Encrypts every row; false if a lock stopped it.
    fn encrypt_all(&self, vault: &Vault, rekey: &Rekey) -> Result<bool, Error> {
        let mut tell = told_in_steps(|done, total| self.emit(AppEvent::RekeyMoved { done, total }));
        let mut on = |done, total| {
            tell(done, total);
            if self.inner.rekeying.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        vault.encrypt_for(rekey, &mut on)
    }

    /// Gives the vault a fresh keyring entry; the data key and everything under it stay as they are.
    ///
    /// # Errors
    /// Any of the keyring's: the old entry's slot stays then.
    pub async fn rewrap(&self) -> Result<VaultStatus, Problem> {
        let parts = self.inner.parts.clone();
        self.with_session(move |session| {
            Ok(session.vault.rewrite_keyring(&*parts.keyring, &*parts.second_process)?)
        })
        .await?;
        self.vault_status().await
    }
}

/// What there is of a new key that is not in force.
pub(crate) enum Unfinished {
    None,
    Lost,
    Shown(UnfinishedKey),
}

impl Unfinished {
    pub(crate) fn shown(self) -> Option<UnfinishedKey> {
        if let Self::Shown(found) = self { Some(found) } else { None }
    }
}

/// Looks for a new key that was interrupted.
pub(crate) fn unfinished(vault: &Vault) -> Result<Unfinished, Error> {
    let InterruptedRekey { started_at, done, total, slots } = match vault.interrupted_rekey()? {
        RekeyState::None => return Ok(Unfinished::None),
        RekeyState::Lost => return Ok(Unfinished::Lost),
        RekeyState::Interrupted(found) => found,
    };
    let has = |kind| slots.iter().any(|slot| slot.kind == kind);
    let needs = if has(SlotKind::Keyring) {
        RekeyNeeds::Nothing
    } else if has(SlotKind::Passphrase) {
        RekeyNeeds::Passphrase
    } else {
        RekeyNeeds::RecoveryCode
    };
    Ok(Unfinished::Shown(UnfinishedKey {
        started_at: started_at.as_millis(),
        done: done.min(total),
        total,
        needs,
    }))
}

/// Told once: one that was begun is no more.
pub(crate) fn lost_notice() -> Problem {
    Problem::new(
        Code::RekeyUnfinished,
        "A new key that was begun can't be finished any more.",
        "A way into the vault was changed since, or its file could not be read. The vault opens as it does now; a recovery code that was shown for the new key opens nothing.",
        "Throw that code away. Begin a new key, if you still want one.",
    )
}

fn wrong_for_new_key(what: &str) -> Problem {
    Problem::new(
        Code::WrongSecret,
        format!("This {what} is not one of the new key's."),
        "Nothing was changed, and the new key can still be finished.",
        "A recovery code is the one that was shown when the new key was begun. If you no longer have it, forget the new key.",
    )
}

/// As a notice, for who does not look for it.
pub(crate) fn unfinished_notice(found: &UnfinishedKey) -> Problem {
    let UnfinishedKey { done, total, .. } = found;
    Problem::new(
        Code::RekeyUnfinished,
        "A new key was begun and not finished.",
        format!(
            "{done} of {total} items are encrypted under it. The vault opens as before, and nothing is lost."
        ),
        "Finish or forget it in the settings, Keys, or with: sealpost vault rekey --resume",
    )
}

fn stopped() -> Problem {
    Problem::new(
        Code::RekeyUnfinished,
        "The new key was put off, since the vault is being locked.",
        "The vault opens as before. What is encrypted under the new key is kept.",
        "Unlock it and finish the new key in the settings, Keys, or with: sealpost vault rekey --resume",
    )
}

fn publishing() -> Problem {
    Problem::new(
        Code::RunActive,
        "The vault is being published from, or given a new key, here or in another Sealpost.",
        "Nothing was changed.",
        "Wait for that to end, then try again.",
    )
}

#[cfg(test)]
mod tests;
