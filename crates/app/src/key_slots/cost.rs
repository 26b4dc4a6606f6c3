//! What a guess at the passphrase costs follows the machine, at an opening now and then.

use sealpost_vault::{SecretValue, Vault};

use crate::app::App;

/// When the passphrase's cost was compared with this machine's last, milliseconds since the epoch.
const COST_COMPARED: &str = "passphrase-cost-compared";
const MONTH_MS: i64 = 30 * 86_400_000;

impl App {
    /// Makes the passphrase cost what one that is set today costs. Measuring takes seconds, so it is not done at every opening;
    /// that it can't be done is no reason to keep the vault shut.
    pub(super) fn raise_cost_once_a_month(&self, vault: &mut Vault, passphrase: &SecretValue) {
        let parts = &self.inner.parts;
        let now = vault.now().as_millis();
        let compared = vault.setting::<i64>(COST_COMPARED).ok().flatten();
        // A time to come is a clock that was set back.
        if compared.is_some_and(|at| (now - MONTH_MS..=now).contains(&at)) {
            return;
        }
        let today = parts.cost();
        // Whatever fails leaves the slot as it was, and is tried again in a month.
        drop(today.and_then(|today| vault.raise_passphrase_cost(passphrase, today, &*parts.keyring)));
        drop(vault.set_setting(COST_COMPARED, &now));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sealpost_vault::key::Cost;
    use sealpost_vault::testing::{Bench, SameKeyring};
    use sealpost_vault::{NewPassphrase, UnlockMode};

    use super::*;
    use crate::testing::app;

    const WORDS: &str = "correct horse battery staple";
    /// Less than what the tests' own machine says that a passphrase costs today.
    const LITTLE: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn second(bench: &Bench) -> SameKeyring {
        SameKeyring(Arc::clone(&bench.keyring))
    }

    fn set(bench: &Bench) {
        let passphrase = SecretValue::from(WORDS);
        let new = NewPassphrase { passphrase: &passphrase, cost: LITTLE, mode: UnlockMode::Either };
        bench.open().unwrap().set_passphrase(new, &*bench.keyring, &second(bench)).unwrap();
    }

    async fn raised(bench: &Bench) -> usize {
        let app = app(bench);
        app.vault_unlock_with(WORDS.into()).await.unwrap();
        let entries = app.activity(None, None).await.unwrap().entries;
        entries.iter().filter(|entry| entry.text.contains("cost more")).count()
    }

    #[tokio::test]
    async fn opening_by_a_passphrase_that_costs_too_little_raises_it_and_looks_again_after_a_month() {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        bench.create().unwrap();
        set(&bench);
        assert_eq!(raised(&bench).await, 1);
        assert_eq!(raised(&bench).await, 1, "once is enough");
        set(&bench);
        assert_eq!(raised(&bench).await, 1, "measured a moment ago");
        bench.clock.advance_millis(31 * 86_400_000);
        assert_eq!(raised(&bench).await, 2, "a month later");
        set(&bench);
        bench.clock.advance_millis(-90 * 86_400_000);
        assert_eq!(raised(&bench).await, 3, "a clock that was set back does not stop it");
    }
}
