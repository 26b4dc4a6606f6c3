//! The recovery code in the real window: written down at the first run, it opens the vault when the keyring's key is gone.

use sealpost_tests::keyring::{account, clear};

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, open, unlock, vault};

#[test]
fn a_vault_whose_key_is_gone_opens_by_its_recovery_code_and_by_its_keyring_again_afterwards() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("recovery").await;
        window.until("document.querySelector('[data-testid=create-vault]')?.disabled === false").await;
        window.click("", "create-vault").await.unwrap();
        window.until("document.querySelectorAll('[data-testid^=recovery-type-]').length === 2").await;
        axe.look(&window, "recovery code").await;
        let code = "return [...document.querySelectorAll('[data-testid=recovery-group]')].map((one) => one.lastChild.textContent)";
        let groups = window.script(code, vec![]).await.unwrap();
        let groups: Vec<String> = groups.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
        let asked = "return [...document.querySelectorAll('[data-testid^=recovery-type-]')].map((one) => Number(one.dataset.testid.split('-')[2]))";
        for number in window.script(asked, vec![]).await.unwrap().as_array().unwrap() {
            let number = usize::try_from(number.as_u64().unwrap()).unwrap();
            let typed = groups[number - 1].to_lowercase();
            window.enter("", &format!("recovery-type-{number}"), &typed).await.unwrap();
        }
        window.click("", "recovery-confirm").await.unwrap();
        window.click("", "start-sandbox").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        let held = format!("document.documentElement.outerHTML.includes('{}')", groups[0]);
        window.until(&format!("!({held})")).await;
        window.click("", "nav-settings").await.unwrap();
        window.click("", "backup-now").await.unwrap();
        window.until("document.querySelector('[data-testid=drill]')?.textContent.includes('opened')").await;
        axe.look(&window, "settings with backups").await;
        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();

        clear(&account(&vault("recovery")));
        window.click("", "unlock").await.unwrap();
        window.element("", "screen-keyring-error").await.unwrap();
        window.click("", "use-recovery").await.unwrap();
        let mut wrong = groups.clone();
        wrong.swap(0, 1);
        window.enter("", "recover-secret", &wrong.join("-")).await.unwrap();
        window.click("", "recover").await.unwrap();
        window.element("recover-form", "problem").await.unwrap();
        axe.look(&window, "wrong recovery code").await;
        window.script("document.querySelector('[data-testid=recover-secret]').value = ''", vec![]).await.unwrap();
        window.enter("", "recover-secret", &groups.join("-")).await.unwrap();
        window.click("", "recover").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();

        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        unlock(&window).await;
        window.close().await;
    });
    axe.assert_nothing_found();
}
