//! What the window says and does when its keyring does not give the key.

use std::fs;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::keyring::{account, clear, entries, lookup, store};
use sealpost_tests::session::binary;
use sealpost_tests::webdriver::Window;

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, in_page, open, vault};

/// A vault made by the command line: the window finds it.
fn created(name: &str) -> CommandLine {
    let line = CommandLine::over(&vault(name));
    line.ok(&["vault", "init"], "");
    line
}

/// Unlocking ends on the screen of the keyring, with this code.
async fn refused(window: &Window, code: &str) {
    window.click("", "unlock").await.unwrap();
    window.element("", "screen-keyring-error").await.unwrap();
    let says = format!("document.querySelector('[data-testid=problem]')?.dataset.code === '{code}'");
    window.until(&says).await;
}

#[test]
fn a_missing_key_is_told_and_never_replaced_and_the_vault_opens_when_it_is_back() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-key-missing");
    let account = account(&line.vault);
    let key = lookup(&account);
    clear(&account);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-key-missing").await;
        refused(&window, "keyMissing").await;
        axe.look(&window, "keyring error").await;
        assert!(!entries().contains(&account), "no new key was made over the vault");

        store(&account, &key);
        window.click("", "try-again").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        window.close().await;
    });
    axe.assert_nothing_found();
}

#[test]
fn without_a_keyring_service_the_window_says_so_and_changes_nothing() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-keyring-absent");
    let file = line.vault.join("vault.sealpost");
    let before = fs::read(&file).unwrap();
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = Window::open_with(&binary("sealpost-desktop"), &line.vault, &nowhere).await;
        refused(&window, "keyringAbsent").await;
        window.close().await;
    });
    assert_eq!(fs::read(&file).unwrap(), before, "the vault was not touched");
}

#[test]
fn without_a_keyring_a_passphrase_alone_makes_a_vault_and_opens_it() {
    const WORDS: &str = "zebra-horse-battery-staple";
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    let before = entries();
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window =
            Window::open_with(&binary("sealpost-desktop"), &vault("window-no-keyring"), &nowhere).await;
        window.click("", "without-keyring").await.unwrap();
        window.enter("", "passphrase-first", WORDS).await.unwrap();
        window.enter("", "passphrase-second", WORDS).await.unwrap();
        axe.look(&window, "a vault under a passphrase").await;
        window.click("", "create-with-passphrase").await.unwrap();
        window.click("", "recovery-later").await.unwrap();
        window.click("", "start-sandbox").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        window.until(&format!("!({})", in_page(WORDS))).await;
        window.click("", "lock").await.unwrap();
        window.enter("", "unlock-passphrase", "zebra-horse").await.unwrap();
        window.click("", "unlock-with").await.unwrap();
        window.until("document.querySelector('[data-testid=problem]')?.dataset.code === 'wrongSecret'").await;
        axe.look(&window, "a wrong passphrase").await;
        window.enter("", "unlock-passphrase", "-battery-staple").await.unwrap();
        window.click("", "unlock-with").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        window.close().await;
    });
    assert_eq!(entries(), before, "no keyring was asked");
    axe.assert_nothing_found();
}
