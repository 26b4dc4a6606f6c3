//! A new key: for all data, or for the keyring's entry alone.

use sealpost_vault::key::Cost;
use sealpost_vault::{NewPassphrase, NewWaysIn, SecretValue, UnlockMode};

use crate::app::App;
use crate::backups::CopyBefore;
use crate::key_slots::wrong_group;
use crate::problem::{Code, Problem};
use crate::views::{AppEvent, RekeyDone, VaultStatus};

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

impl App {
    /// Gives the vault a new data key: everything is encrypted again, and every way in is made anew. A copy is kept
    /// first. A vault that has a recovery code needs the new one confirmed as for [`App::recovery_confirm`]; one that has
    /// a passphrase needs it typed.
    ///
    /// # Errors
    /// `Invalid`: a group is wrong, or a way in was not given; `WrongSecret`, `Unreadable`, `RunActive`, any of the
    /// keyring's. The vault opens as before then.
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
        let parts = self.inner.parts.clone();
        let app = self.clone();
        let done = self
            .change(move |session| {
                let Some(_claim) = session.vault.claim_publishing()? else { return Err(publishing()) };
                let copy = CopyBefore::make(&mut session.vault, "before-rekey")?;
                let new = passphrase.as_ref().map(|passphrase| NewPassphrase {
                    passphrase,
                    cost,
                    mode: UnlockMode::Either,
                });
                let ways = NewWaysIn { recovery: code.as_ref(), passphrase: new };
                let mut tell = told_in_steps(|done, total| app.emit(AppEvent::RekeyMoved { done, total }));
                let rekeyed = session.vault.rekey(ways, &*parts.keyring, &*parts.second_process, &mut tell);
                drop(tell);
                let items = match rekeyed {
                    Ok(items) => items,
                    Err(error) => {
                        copy.take_back(&mut session.vault);
                        return Err(error.into());
                    }
                };
                session.index = crate::index::Index::default();
                session.refresh()?;
                Ok(RekeyDone { items, backup: copy.keep() })
            })
            .await?;
        self.inner.recovery.forget();
        Ok(done)
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

fn publishing() -> Problem {
    Problem::new(
        Code::RunActive,
        "The vault is being published from.",
        "Nothing was changed.",
        "Wait for the run to end, then try again.",
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn progress_is_told_from_the_first_row_to_the_last_in_at_most_a_hundred_steps() {
        for total in [1, 2, 99, 100, 101, 40_000] {
            let told = RefCell::new(Vec::new());
            let mut tell = told_in_steps(|done, of| told.borrow_mut().push((done, of)));
            for done in 1..=total {
                tell(done, total);
            }
            drop(tell);
            let told = told.into_inner();
            assert_eq!((told.first(), told.last()), (Some(&(1, total)), Some(&(total, total))), "{total}");
            assert!(told.len() as u64 <= STEPS + 1, "{total}: {}", told.len());
        }
    }
}
