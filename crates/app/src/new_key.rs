//! A new key: for all data, or for the keyring's entry alone.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use sealpost_vault::key::{Cost, RecoveryCode};
use sealpost_vault::store::PublishClaim;
use sealpost_vault::{
    Access, Error, InterruptedRekey, NewPassphrase, NewWaysIn, Rekey, SecretValue, SlotKind, UnlockMode,
    Vault,
};

use crate::app::{App, Session};
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

/// A new key that was begun here: what it needs beside the session.
struct Begun {
    /// Nothing is published meanwhile.
    _claim: PublishClaim,
    copy: CopyBefore,
    rekey: Rekey,
    /// The vault on a connection of its own, to be read while the session goes on.
    beside: Vault,
}

impl Begun {
    /// Keeps a copy, then begins as `begin` does; takes the copy back if that fails.
    fn make(
        session: &mut Session,
        begin: impl FnOnce(&mut Vault) -> Result<Rekey, Error>,
    ) -> Result<Self, Problem> {
        let Some(claim) = session.vault.claim_publishing()? else { return Err(publishing()) };
        let copy = CopyBefore::make(&mut session.vault, "before-rekey")?;
        match begin(&mut session.vault).and_then(|rekey| Ok((rekey, session.vault.again()?))) {
            Ok((rekey, beside)) => Ok(Self { _claim: claim, copy, rekey, beside }),
            Err(error) => {
                copy.take_back(&mut session.vault);
                Err(error.into())
            }
        }
    }
}

impl App {
    /// Gives the vault a new data key: everything is encrypted again, and every way in is made anew. A copy is kept
    /// first. A vault that has a recovery code needs the new one confirmed as for [`App::recovery_confirm`]; one that has
    /// a passphrase needs it typed. Others write to the vault meanwhile; a lock stops it, and it can be resumed.
    ///
    /// # Errors
    /// `Invalid`: a group is wrong, or a way in was not given; `WrongSecret`, `Unreadable`, `RunActive`, any of the
    /// keyring's; `RekeyUnfinished`: it was stopped. The vault opens as before then.
    pub async fn rekey(
        &self,
        groups: Vec<SecretValue>,
        passphrase: Option<SecretValue>,
    ) -> Result<RekeyDone, Problem> {
        let code = match self.inner.recovery.confirmed(&groups) {
            Some(Ok(code)) => Some(code),
            Some(Err(number)) => return Err(wrong_group(number)),
            None => None,
        };
        self.settled().await;
        let cost = match &passphrase {
            Some(_) => self.blocking(|app| Ok(app.inner.parts.cost()?)).await?,
            None => Cost::USUAL,
        };
        let _turn = self.inner.rekeying.turn.lock().await;
        let parts = self.inner.parts.clone();
        let begun = self
            .with_session(move |session| {
                let new = passphrase.as_ref().map(|passphrase| NewPassphrase {
                    passphrase,
                    cost,
                    mode: UnlockMode::Either,
                });
                let ways = NewWaysIn { recovery: code.as_ref(), passphrase: new };
                Begun::make(session, |vault| vault.begin_rekey(ways, &*parts.keyring, &*parts.second_process))
            })
            .await?;
        // From now on it is the new one that was confirmed, also if it has to be resumed.
        self.inner.recovery.forget();
        self.carry_out(begun).await
    }

    /// Finishes a new key that was interrupted. `secret` is what [`UnfinishedKey::needs`] says: one of the ways in that it brings.
    ///
    /// # Errors
    /// `NotFound`: there is none for the vault as it is now; as [`App::rekey`].
    pub async fn rekey_resume(&self, secret: Option<SecretValue>) -> Result<RekeyDone, Problem> {
        self.settled().await;
        let _turn = self.inner.rekeying.turn.lock().await;
        let parts = self.inner.parts.clone();
        let begun = self
            .with_session(move |session| {
                let code = secret.as_ref().and_then(|secret| RecoveryCode::parse(secret.expose_text()?).ok());
                let access = match (&code, &secret) {
                    (Some(code), _) => Access::Recovery(code),
                    (None, Some(passphrase)) => Access::Passphrase(passphrase),
                    (None, None) => Access::Keyring,
                };
                Begun::make(session, |vault| vault.resume_rekey(access, &*parts.keyring))
            })
            .await?;
        self.carry_out(begun).await
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

    /// Encrypts beside the session, then brings the key into force.
    async fn carry_out(&self, begun: Begun) -> Result<RekeyDone, Problem> {
        let begun = self
            .blocking(move |app| {
                let Begun { _claim, copy, rekey, mut beside } = begun;
                let mut tell = told_in_steps(|done, total| app.emit(AppEvent::RekeyMoved { done, total }));
                let mut on = |done, total| {
                    tell(done, total);
                    if app.inner.rekeying.is_stopped() {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                };
                let encrypted = beside.encrypt_for(&rekey, &mut on);
                drop(tell);
                match encrypted {
                    Ok(true) => Ok(Begun { _claim, copy, rekey, beside }),
                    Ok(false) => {
                        copy.take_back(&mut beside);
                        Err(stopped())
                    }
                    Err(error) => {
                        // What stopped it stops it again, and on a full disk it is in the way.
                        rekey.discard();
                        copy.take_back(&mut beside);
                        Err(error.into())
                    }
                }
            })
            .await?;
        self.change(move |session| {
            let Begun { _claim, copy, rekey, .. } = begun;
            match session.vault.finish_rekey(rekey) {
                Ok(items) => {
                    session.index = crate::index::Index::default();
                    session.refresh()?;
                    Ok(RekeyDone { items, backup: copy.keep() })
                }
                Err(error) => {
                    copy.take_back(&mut session.vault);
                    Err(error.into())
                }
            }
        })
        .await
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

/// What is shown of a new key that was interrupted, if there is one.
pub(crate) fn unfinished(vault: &Vault) -> Result<Option<UnfinishedKey>, Error> {
    Ok(vault.interrupted_rekey()?.map(|found| {
        let InterruptedRekey { started_at, done, total, slots } = found;
        let has = |kind| slots.iter().any(|slot| slot.kind == kind);
        let needs = if has(SlotKind::Keyring) {
            RekeyNeeds::Nothing
        } else if has(SlotKind::Passphrase) {
            RekeyNeeds::Passphrase
        } else {
            RekeyNeeds::RecoveryCode
        };
        UnfinishedKey { started_at: started_at.as_millis(), done: done.min(total), total, needs }
    }))
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
        "The vault is being published from.",
        "Nothing was changed.",
        "Wait for the run to end, then try again.",
    )
}

#[cfg(test)]
mod tests;
