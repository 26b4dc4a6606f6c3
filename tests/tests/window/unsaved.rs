//! What was typed and not saved: it survives a lock, a killed program and a window manager that closes the window.

use sealpost_tests::cli::CommandLine;
use sealpost_tests::scan::scan_folder;
use sealpost_tests::screen::Screen;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, open, save, unlock, vault};

const TYPED: &str = "zebra-unsaved-password-1";

/// An edit of the open draft, typed and not saved.
async fn edit(window: &Window) {
    window.enter("editor", "field-description", "half a sentence").await.unwrap();
    window.enter("editor", "secret-password", TYPED).await.unwrap();
}

/// The edit is there again, and its secret is not in the page.
async fn is_back(window: &Window) {
    window.element("editor", "restored").await.unwrap();
    window
        .until("document.querySelector('[data-testid=field-description]').value === 'half a sentence'")
        .await;
    window
        .until("document.querySelector('[data-testid=editor-state]').textContent.includes('unsaved')")
        .await;
    window.until(&format!("!({})", crate::steps::in_page(TYPED))).await;
}

#[test]
fn edits_survive_a_lock_and_a_killed_program_sealed_and_are_saved_with_their_secret() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("unsaved").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "stored-password-1").await;
        edit(&window).await;
        window.click("", "lock").await.unwrap();
        unlock(&window).await;
        is_back(&window).await;

        // The end of the driver ends the program without a word.
        drop(window);
        let window = open("unsaved").await;
        unlock(&window).await;
        is_back(&window).await;
        assert_eq!(scan_folder(&vault("unsaved"), &[TYPED, "half a sentence"]).1, Vec::new(), "it is sealed");

        save(&window).await;
        window.until("document.querySelector('[data-testid=restored]') === null").await;
        let line = CommandLine::over(&vault("unsaved"));
        let said = line.run(&["draft", "reveal", "checkout-login", "password"], "");
        assert!(said.stdout.contains(TYPED), "{said:?}");
        window.close().await;
    });
}

#[test]
fn the_window_manager_closes_only_after_the_question_and_at_once_when_nothing_is_unsaved() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("closing").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "stored-password-1").await;
        let screen = Screen::of_window("Sealpost");
        edit(&window).await;
        screen.ask_to_close();
        window.element("", "leave-dialog").await.unwrap();
        window.click("leave-dialog", "leave-stay").await.unwrap();
        window.until("document.querySelector('[data-testid=leave-dialog]') === null").await;
        // Longer than a page that hangs is waited for.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        assert!(screen.is_open(), "asked, and told to stay");

        screen.ask_to_close();
        window.click("leave-dialog", "leave-save").await.unwrap();
        screen.until_closed();
        drop(window);

        let window = open("closing").await;
        unlock(&window).await;
        window
            .until("document.querySelector('[data-testid=field-description]')?.value === 'half a sentence'")
            .await;
        window.until("document.querySelector('[data-testid=restored]') === null").await;
        let screen = Screen::of_window("Sealpost");
        screen.ask_to_close();
        screen.until_closed();
        drop(window);
    });
}

#[test]
fn a_page_that_does_not_answer_does_not_keep_the_window_open() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("hanging").await;
        window.element("", "screen-first-run").await.unwrap();
        let screen = Screen::of_window("Sealpost");
        window.script("setTimeout(() => { for (;;); }, 100)", vec![]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        screen.ask_to_close();
        screen.until_closed();
        drop(window);
    });
}
