//! The ways into the vault: making and confirming a recovery code, the passphrase, opening by either, and what to say
//! when the keyring's way is gone.
//!
//! A code is made in memory, shown, and becomes the vault's code only when two of its groups were typed back; until then
//! an earlier code holds, so that nobody is left with one that nobody wrote down.

mod cost;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sealpost_vault::key::{Cost, Keyring, RecoveryCode, calibrate, time_of};
use sealpost_vault::{
    Access, Error, KeyError, KeySlot, NewPassphrase, SecretValue, SlotKind, UnlockMode, Vault, look,
};

use crate::app::{App, Parts};
use crate::problem::{Code, Problem};
use crate::views::{RevealedSecret, VaultState, VaultStatus};

/// A code that was shown and not yet confirmed.
#[derive(Debug, Default)]
pub(crate) struct PendingRecovery(Mutex<Option<Pending>>);

#[derive(Debug)]
struct Pending {
    code: RecoveryCode,
    /// Two group numbers, from 0.
    ask: [usize; 2],
}

impl PendingRecovery {
    fn put(&self, pending: Option<Pending>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = pending;
    }

    /// Forgets a code that was shown.
    pub(crate) fn forget(&self) {
        self.put(None);
    }

    fn ask(&self) -> Option<[usize; 2]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|pending| pending.ask)
    }

    fn text(&self) -> Option<SecretValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|pending| pending.code.text())
    }

    /// The code, if the groups that were asked for are right; else the number of the first wrong one, from 1.
    pub(crate) fn confirmed(&self, groups: &[SecretValue]) -> Option<Result<RecoveryCode, usize>> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = guard.as_ref()?;
        let right = |at: usize, number: usize| {
            let typed = groups.get(at).and_then(SecretValue::expose_text).unwrap_or_default();
            pending.code.is_group(number, typed)
        };
        let wrong = pending.ask.iter().enumerate().find(|(at, number)| !right(*at, **number));
        Some(wrong.map_or_else(|| Ok(pending.code.clone()), |(_, number)| Err(number + 1)))
    }
}

/// Two different groups, by chance.
fn two_groups(random: [u8; 2]) -> [usize; 2] {
    let groups = sealpost_vault::key::GROUPS;
    let first = usize::from(random[0]) % groups;
    let second = (first + 1 + usize::from(random[1]) % (groups - 1)) % groups;
    [first.min(second), first.max(second)]
}

impl App {
    /// Makes a recovery code and gives its text to be shown once. The vault does not have it yet.
    ///
    /// # Errors
    /// `VaultLocked`.
    pub async fn recovery_make(&self) -> Result<RevealedSecret, Problem> {
        self.blocking(|app| {
            if app.lock_session().is_none() {
                return Err(Problem::locked());
            }
            let entropy = &*app.inner.parts.entropy;
            let mut random = [0; 2];
            entropy.fill(&mut random);
            let code = RecoveryCode::make(entropy);
            let text = code.text();
            app.inner.recovery.put(Some(Pending { code, ask: two_groups(random) }));
            Ok(RevealedSecret(text))
        })
        .await
    }

    /// The code that was shown last, for the clipboard; the shell puts it there and clears it.
    ///
    /// # Errors
    /// `NotFound`: no code was made, or the vault was locked since.
    pub fn recovery_for_clipboard(&self) -> Result<RevealedSecret, Problem> {
        self.inner.recovery.text().map(RevealedSecret).ok_or_else(no_code)
    }

    /// Numbers, from 1, of the two groups to be typed back.
    ///
    /// # Errors
    /// `NotFound`: no code was made, or the vault was locked since.
    pub fn recovery_ask(&self) -> Result<Vec<u32>, Problem> {
        let ask = self.inner.recovery.ask().ok_or_else(no_code)?;
        Ok(ask.iter().filter_map(|number| u32::try_from(number + 1).ok()).collect())
    }

    /// Makes the shown code the vault's own, if the two groups that were asked for are right. An earlier code opens
    /// nothing from then on.
    ///
    /// # Errors
    /// `Invalid`: a group is wrong, and the code can be confirmed again; `NotFound`, `VaultLocked`.
    pub async fn recovery_confirm(&self, groups: Vec<SecretValue>) -> Result<VaultStatus, Problem> {
        let code = match self.inner.recovery.confirmed(&groups).ok_or_else(no_code)? {
            Ok(code) => code,
            Err(number) => return Err(wrong_group(number)),
        };
        self.with_session(move |session| Ok(session.vault.set_recovery(&code)?)).await?;
        self.inner.recovery.forget();
        self.vault_status().await
    }

    /// Opens the vault with its passphrase; open already is fine.
    ///
    /// # Errors
    /// `WrongSecret`, any of the keyring's where its key is needed too, as [`App::vault_unlock`].
    pub async fn vault_unlock_with(&self, passphrase: SecretValue) -> Result<VaultStatus, Problem> {
        let status = self
            .blocking(move |app| {
                if app.lock_session().is_none() {
                    let mut vault = app.open_by(Access::Passphrase(&passphrase))?;
                    app.raise_cost_once_a_month(&mut vault, &passphrase);
                    app.begin_session(vault)?;
                }
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Unlocked);
        Ok(status)
    }

    /// Does this recovery code or passphrase open the vault? Changes nothing and leaves the vault as it was.
    ///
    /// # Errors
    /// `WrongSecret`, `Invalid`: it does not.
    pub async fn unlock_test(&self, secret: SecretValue) -> Result<VaultStatus, Problem> {
        self.blocking(move |app| {
            drop(app.open_by_either(&secret)?);
            app.status()
        })
        .await
    }

    /// Opens the vault with its recovery code or passphrase and gives it a fresh keyring entry, read back before the
    /// lost one's slot is removed. Where the keyring can't be written the vault is open all the same, and a notice says
    /// what is still to do.
    ///
    /// # Errors
    /// `WrongSecret`, `Invalid`.
    pub async fn vault_recover(&self, secret: SecretValue) -> Result<VaultStatus, Problem> {
        let status = self
            .blocking(move |app| {
                let mut vault = app.open_by_either(&secret)?;
                let parts = &app.inner.parts;
                let rewritten = match UnlockMode::of(&vault.slots()?) {
                    UnlockMode::Keyring | UnlockMode::Either => {
                        vault.rewrite_keyring(&*parts.keyring, &*parts.second_process).map_err(Problem::from)
                    }
                    UnlockMode::Both => Err(set_passphrase_again()),
                    UnlockMode::Passphrase => Ok(()),
                };
                app.begin_session(vault)?;
                if let Err(problem) = rewritten {
                    app.notice(problem);
                }
                app.status()
            })
            .await?;
        self.emit_state(VaultState::Unlocked);
        Ok(status)
    }

    /// Sets the passphrase and what it opens. Takes some seconds: its cost is measured on this machine first.
    ///
    /// # Errors
    /// `Invalid`: too short; any of the keyring's where the mode needs it. Nothing was changed then.
    pub async fn passphrase_set(
        &self,
        passphrase: SecretValue,
        mode: UnlockMode,
    ) -> Result<VaultStatus, Problem> {
        if mode == UnlockMode::Keyring {
            return Err(Problem::invalid(
                "With this way of unlocking there is no passphrase.",
                "Remove the passphrase instead.",
            ));
        }
        sealpost_vault::key::check_passphrase(&passphrase).map_err(Error::from)?;
        let cost = self.blocking(|app| Ok(app.inner.parts.cost()?)).await?;
        let parts = self.inner.parts.clone();
        self.with_session(move |session| {
            let new = NewPassphrase { passphrase: &passphrase, cost, mode };
            Ok(session.vault.set_passphrase(new, &*parts.keyring, &*parts.second_process)?)
        })
        .await?;
        self.vault_status().await
    }

    /// Takes the passphrase away: from then on the keyring alone opens the vault, and gets an entry if it has none.
    ///
    /// # Errors
    /// `KeyMissing`: there is no passphrase; any of the keyring's: nothing was changed then.
    pub async fn passphrase_remove(&self) -> Result<VaultStatus, Problem> {
        let parts = self.inner.parts.clone();
        self.with_session(move |session| {
            Ok(session.vault.keyring_alone(&*parts.keyring, &*parts.second_process)?)
        })
        .await?;
        self.vault_status().await
    }

    /// Removes a way in: `keyring`, `recovery` or `passphrase`.
    ///
    /// # Errors
    /// `Invalid`: nothing else would open the vault; `KeyMissing`: there is none of the kind.
    pub async fn slot_remove(&self, kind: String) -> Result<VaultStatus, Problem> {
        let kind = SlotKind::parse(&kind).ok_or_else(|| {
            Problem::invalid("There is no such way to open a vault.", "Name one that is listed.")
        })?;
        let keyring = self.inner.parts.keyring.clone();
        self.with_session(move |session| Ok(session.vault.remove_slots(kind, &*keyring)?)).await?;
        self.vault_status().await
    }

    pub(crate) fn open_by(&self, access: Access<'_>) -> Result<Vault, Problem> {
        let Parts { folder, keyring, clock, entropy, .. } = &self.inner.parts;
        Vault::open_with(folder, access, &**keyring, clock.clone(), entropy.clone()).map_err(|error| {
            let slots = look(folder).map(|locked| locked.slots).unwrap_or_default();
            explain(error, &slots, &**keyring, folder)
        })
    }

    /// A recovery code is known by its checksum; anything else can only be a passphrase.
    fn open_by_either(&self, secret: &SecretValue) -> Result<Vault, Problem> {
        let slots = look(self.folder())?.slots;
        let passphrase = slots.iter().any(|slot| slot.kind == SlotKind::Passphrase);
        match RecoveryCode::parse(secret.expose_text().unwrap_or_default()) {
            Ok(code) if slots.iter().any(|slot| slot.kind == SlotKind::Recovery) || !passphrase => {
                self.open_by(Access::Recovery(&code))
            }
            Ok(_) => self.open_by(Access::Passphrase(secret)),
            Err(_) if passphrase => self.open_by(Access::Passphrase(secret)),
            Err(error) => Err(Error::from(error).into()),
        }
    }
}

impl Parts {
    /// What a passphrase's derivation shall cost on this machine.
    pub(crate) fn cost(&self) -> Result<Cost, Error> {
        #[cfg(any(test, feature = "testing"))]
        if self.keyring.name() == "memory" {
            return Ok(Cost::LEAST);
        }
        Ok(calibrate(time_of)?)
    }
}

pub(crate) fn wrong_group(number: usize) -> Problem {
    Problem::invalid(
        format!("Group {number} is not the one that was shown."),
        "Compare it with what you wrote down, then type it again.",
    )
}

fn no_code() -> Problem {
    Problem::new(
        Code::NotFound,
        "There is no recovery code to confirm.",
        "The code that the vault has, if any, still opens it.",
        "Make a new one.",
    )
}

fn set_passphrase_again() -> Problem {
    Problem::new(
        Code::PassphraseNeeded,
        "The keyring's part of the key was not replaced, since it works only together with the passphrase.",
        "The vault is open, and its recovery code still opens it.",
        "Set the passphrase again: that makes a new keyring entry too.",
    )
}

/// A failure to open, with what changed since the slot was made, which other ways in there are, and for a damaged file the
/// newest backup.
pub(crate) fn explain(error: Error, slots: &[KeySlot], keyring: &dyn Keyring, folder: &Path) -> Problem {
    let about_keyring = matches!(
        error,
        Error::WrongKey
            | Error::Key(
                KeyError::Missing | KeyError::NotAKey | KeyError::NoService(_) | KeyError::Denied(_)
            )
    );
    let mut problem = Problem::from(error);
    if problem.code == Code::VaultCorrupt
        && let Some(backup) = crate::backups::newest(folder)
    {
        problem.hint = format!(
            "Put the newest backup in its place; the damaged file is kept beside it: sealpost vault restore {}",
            backup.display()
        );
    }
    if !about_keyring {
        return problem;
    }
    let has = |kind| slots.iter().any(|slot: &KeySlot| slot.kind == kind);
    if let Some(store) = slots.iter().find_map(|slot| slot.store.as_deref())
        && store != keyring.name()
    {
        problem.detail =
            format!("{} Its key was put into {store}; this session uses {}.", problem.detail, keyring.name());
    }
    let other = match (has(SlotKind::Recovery), has(SlotKind::Passphrase)) {
        (true, true) => "its recovery code or passphrase",
        (true, false) => "its recovery code",
        (false, true)
            if slots.iter().any(|slot| slot.kind == SlotKind::Passphrase && !slot.needs_keyring) =>
        {
            "its passphrase"
        }
        _ => return problem,
    };
    problem.hint = format!("Open it with {other}; the keyring entry is written anew then.");
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_different_groups_are_asked_whatever_chance_says() {
        for first in 0..=255 {
            for second in 0..=255 {
                let [a, b] = two_groups([first, second]);
                assert!(a < b && b < sealpost_vault::key::GROUPS, "{first} {second}");
            }
        }
    }
}
