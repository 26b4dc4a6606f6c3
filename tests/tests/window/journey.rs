//! The main job in the window, and that it is still there after a restart.

use sealpost_tests::scan::{scan_bytes, scan_folder};
use sealpost_tests::session::folder;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, in_page, open, publish, save, unlock};

const PASSWORD: &str = "zebra-window-password-1";

#[test]
fn the_main_job_works_in_the_real_window_and_survives_a_restart() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("journey").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "checkout-robot", PASSWORD).await;
        publish(&window).await;

        let id = window.text("editor", "remote-id").await.unwrap();
        assert!(id.starts_with("CREDENTIALS_VAULT-"), "the id is shown: {id}");
        window
            .until(
                "document.querySelector('[data-testid=editor] [data-testid=owner]')?.innerText.includes('@')",
            )
            .await;

        window.enter("editor", "field-description", "second").await.unwrap();
        save(&window).await;
        publish(&window).await;
        assert_eq!(window.text("editor", "remote-id").await.unwrap(), id, "the same set was updated");

        let page =
            window.script("return document.documentElement.outerHTML", vec![]).await.unwrap().to_string();
        assert!(
            scan_bytes("the page", page.as_bytes(), &[PASSWORD]).is_empty(),
            "no secret is left in the page"
        );

        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        unlock(&window).await;
        window.close().await;

        let again = open("journey").await;
        unlock(&again).await;
        again
            .until("document.querySelector('[data-testid=editor] h2')?.textContent === 'checkout-login'")
            .await;
        assert_eq!(again.text("editor", "remote-id").await.unwrap(), id, "still there after a restart");
        again.close().await;

        // The webview's own profile, caches and storage lie in the session's folders, the vault beside them.
        let (files, leaks) = scan_folder(&folder(), &[PASSWORD]);
        assert!(files > 10, "there was something to search: {files} files");
        assert_eq!(leaks, Vec::new());
        let (profile, _) = scan_folder(&folder().join("data/app.sealpost.desktop"), &[]);
        assert!(profile > 0, "the WebView really kept its profile there");
    });
}

#[test]
fn a_secret_comes_into_the_window_only_when_it_is_revealed_and_goes_again() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("reveal").await;
        first_run(&window).await;
        draft_login(&window, "reveal-me", "robot", PASSWORD).await;
        let in_page = in_page(PASSWORD);
        window.until(&format!("!({in_page})")).await;
        window.click("editor", "reveal-password").await.unwrap();
        window.until(&in_page).await;
        window.script("window.dispatchEvent(new Event('blur'))", vec![]).await.unwrap();
        window.until(&format!("!({in_page})")).await;
        window.close().await;
    });
}

#[test]
fn the_vault_asks_at_start_unless_the_settings_say_that_it_opens_by_itself() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("start").await;
        first_run(&window).await;
        set_asking(&window, false).await;
        window.close().await;

        let window = open("start").await;
        window.element("", "screen-drafts").await.unwrap();
        // It still locks, and then asks.
        window.click("", "lock").await.unwrap();
        unlock(&window).await;
        set_asking(&window, true).await;
        window.close().await;

        let window = open("start").await;
        window.element("screen-lock", "unlock").await.unwrap();
        window.settle().await.unwrap();
        window.until("document.querySelector('[data-testid=screen-drafts]') === null").await;
        unlock(&window).await;
        window.close().await;
    });
}

async fn set_asking(window: &Window, asks: bool) {
    window.click("", "nav-settings").await.unwrap();
    window.click("", "set-on-start").await.unwrap();
    window
        .until(&format!(
            "document.querySelector('[data-testid=set-on-start]')?.getAttribute('aria-checked') === '{asks}'"
        ))
        .await;
}
