//! A copied secret on the real clipboard: marked, and gone after its time, after a lock, after the end; what somebody else
//! copied since stays.

use std::time::Duration;

use serde_json::json;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::markers::{PASSWORD, login};
use sealpost_tests::screen::Screen;
use sealpost_tests::selection::{LetGo, Somebody, Watch, form, text, until};
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, open, show, unlock, vault};

/// Longest wait for what happens at once.
const SOON: Duration = Duration::from_secs(10);

async fn opened(name: &str) -> Window {
    let line = CommandLine::over(&vault(name));
    line.ok(&["vault", "init"], "");
    line.ok(&["draft", "new", "--from", "-"], &login("copied"));
    let window = open(name).await;
    unlock(&window).await;
    show(&window, "login").await;
    window
}

async fn copy(window: &Window) {
    window.click("editor", "copy-password").await.unwrap();
    until(Some(PASSWORD), SOON);
}

async fn lock(window: &Window) {
    window.click("", "lock").await.unwrap();
    window.element("", "screen-lock").await.unwrap();
}

/// The shortest time, by the same command as the settings use.
async fn clears_soon(window: &Window) {
    let script = "const [done] = arguments;
        const { invoke } = window.__TAURI_INTERNALS__;
        invoke('settings_get')
            .then((settings) => invoke('settings_set', { settings: { ...settings, clipboardSeconds: 15 } }))
            .then((stored) => done(stored.clipboardSeconds), (failed) => done(JSON.stringify(failed)));";
    assert_eq!(window.asynchronous(script, vec![]).await.unwrap(), json!(15));
}

#[test]
fn a_copied_secret_is_marked_and_a_lock_takes_it_off_the_clipboard() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = opened("clipboard-lock").await;
        copy(&window).await;
        let offered = String::from_utf8(form("TARGETS").unwrap()).unwrap();
        assert!(offered.lines().any(|target| target == "x-kde-passwordManagerHint"), "{offered}");
        assert!(
            !offered.lines().any(|target| target == "SAVE_TARGETS"),
            "no manager is asked to keep it: {offered}"
        );
        assert_eq!(form("x-kde-passwordManagerHint").as_deref(), Some(&b"secret"[..]));
        lock(&window).await;
        until(None, SOON);
        window.close().await;
    });
}

#[test]
fn its_time_takes_it_off_the_clipboard() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = opened("clipboard-time").await;
        clears_soon(&window).await;
        copy(&window).await;
        until(None, Duration::from_secs(40));
        window.element("", "screen-drafts").await.unwrap();
        window.close().await;
    });
}

#[test]
fn what_somebody_else_copied_since_stays_through_time_lock_and_end() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = opened("clipboard-theirs").await;
        clears_soon(&window).await;
        copy(&window).await;
        let theirs = Somebody::copies("a text of somebody else");
        until(Some("a text of somebody else"), SOON);
        tokio::time::sleep(Duration::from_secs(17)).await;
        assert_eq!(text().as_deref(), Some("a text of somebody else"), "after its time");
        copy(&window).await;
        let again = Somebody::copies("another of theirs");
        until(Some("another of theirs"), SOON);
        lock(&window).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(text().as_deref(), Some("another of theirs"), "after the lock");
        window.close().await;
        assert_eq!(text().as_deref(), Some("another of theirs"), "after the end");
        drop((theirs, again));
    });
}

#[test]
fn closing_the_window_takes_it_off_before_the_program_ends() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = opened("clipboard-quit").await;
        copy(&window).await;
        let watch = Watch::start();
        let screen = Screen::of_window("Sealpost");
        screen.ask_to_close();
        screen.until_closed();
        assert_eq!(watch.let_go(), LetGo::Cleared, "not only because its owner ended");
        until(None, SOON);
        window.close().await;
    });
}
