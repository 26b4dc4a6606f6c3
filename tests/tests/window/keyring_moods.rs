//! Keyrings that are locked, refuse, take their time, die in the middle, or give another key: each has its screen, the
//! window answers all the while, and no key is ever made over a vault.
#![allow(clippy::print_stdout, reason = "what was measured, and what could not be, is said")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::keyring::{account, entries, lookup, store};
use sealpost_tests::locked_keyring::{Answer, LockedKeyring};
use sealpost_tests::relay::{Mood, Relay};
use sealpost_tests::session::{binary, folder};
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, vault};

/// Longest wait for a keyring that is given up on after a minute.
const PATIENCE: Duration = Duration::from_secs(100);
/// Longest time between two answers that is no stop, on a machine that runs other tests beside this one.
const NO_STOP: f64 = 2_000.0;

/// Counts answers of the program's own thread from here on: a call goes there and back, then the next.
const BEAT: &str = "window.beats = [];
    const beat = async () => {
        const before = performance.now();
        await window.__TAURI_INTERNALS__.invoke('url_check', { url: 'https://a' }).catch(() => undefined);
        window.beats.push(performance.now() - before);
        setTimeout(beat, 50);
    };
    void beat();";

/// The number of answers and the longest wait for one, milliseconds.
async fn beats(window: &Window) -> (u64, f64) {
    let script = "return [window.beats.length, Math.max(0, ...window.beats)]";
    let told = window.script(script, vec![]).await.unwrap();
    (told[0].as_u64().unwrap(), told[1].as_f64().unwrap())
}

fn created(name: &str) -> CommandLine {
    let line = CommandLine::over(&vault(name));
    line.ok(&["vault", "init"], "");
    line
}

async fn over(vault: &Path, bus: &str) -> Window {
    let bus = [("DBUS_SESSION_BUS_ADDRESS", bus)];
    let window = Window::open_with(&binary("sealpost-desktop"), vault, &bus).await;
    window.element("", "unlock").await.unwrap();
    window.script(BEAT, vec![]).await.unwrap();
    window
}

/// Waits for the screen of the keyring and this code.
async fn refused(window: &Window, code: &str) {
    let says = format!("return document.querySelector('[data-testid=problem]')?.dataset.code === '{code}'");
    let started = Instant::now();
    while window.script(&says, vec![]).await.unwrap() != Value::Bool(true) {
        assert!(started.elapsed() < PATIENCE, "it never said {code}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    window.element("", "screen-keyring-error").await.unwrap();
}

/// The window answered while it waited for the keyring.
async fn answered(window: &Window, what: &str, at_least: u64) {
    let (count, longest) = beats(window).await;
    println!("{what}: {count} answers, the longest after {longest:.0} ms");
    assert!(count >= at_least, "{what}: {count} answers");
    assert!(longest < NO_STOP, "{what}: nothing for {longest} ms");
}

#[test]
fn a_locked_keyring_whose_question_is_closed_has_refused() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-keyring-locked");
    let before = fs::read(line.vault.join("vault.sealpost")).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for answer in [Answer::Dismissed, Answer::Forbidden] {
            let keyring = LockedKeyring::start(answer);
            let window = over(&line.vault, keyring.address()).await;
            window.click("", "unlock").await.unwrap();
            refused(&window, "keyringDenied").await;
            answered(&window, &format!("{answer:?}"), 1).await;
            // The check of the keyring on this screen asks as well.
            assert_eq!(keyring.asked() > 0, answer == Answer::Dismissed, "{answer:?}");
            window.close().await;
        }
    });
    assert_eq!(fs::read(line.vault.join("vault.sealpost")).unwrap(), before, "the vault was not touched");
}

#[test]
fn a_question_that_nobody_answers_is_given_up_on_and_the_window_answers_all_the_while() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-keyring-nobody");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let keyring = LockedKeyring::start(Answer::Nobody);
        let window = over(&line.vault, keyring.address()).await;
        window.click("", "unlock").await.unwrap();
        refused(&window, "keyringNoAnswer").await;
        assert!(keyring.asked() > 0, "the question was shown");
        answered(&window, "nobody answers", 100).await;
        window.close().await;
    });
}

#[test]
fn a_slow_keyring_opens_the_vault_in_the_end_and_one_that_dies_midway_is_told_and_asked_again() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-keyring-slow");
    let account = account(&line.vault);
    let key = lookup(&account);
    let relay = Relay::at(&folder().join("run").join("relay"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = over(&line.vault, &relay.address()).await;
        for method in ["OpenSession", "SearchItems", "GetSecret"] {
            relay.set(Mood::DiesAt(method));
            let before = relay.disturbed();
            let button = if method == "OpenSession" { "unlock" } else { "try-again" };
            window.click("", button).await.unwrap();
            refused(&window, "keyringAbsent").await;
            window.until("document.querySelector('[data-testid=try-again]')?.disabled !== true").await;
            assert!(relay.disturbed() > before, "{method}: it was asked, and died");
        }
        relay.set(Mood::After(Duration::from_secs(30)));
        let started = Instant::now();
        window.click("", "try-again").await.unwrap();
        let open = "return document.querySelector('[data-testid=screen-drafts]') !== null";
        while window.script(open, vec![]).await.unwrap() != Value::Bool(true) {
            assert!(started.elapsed() < PATIENCE, "it never opened");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert!(started.elapsed() >= Duration::from_secs(30), "the keyring was slow");
        answered(&window, "slow by 30 s", 100).await;
        window.close().await;
    });
    assert_eq!(lookup(&account), key, "the key was not written anew");
}

#[test]
fn a_wrong_key_is_told_and_not_replaced() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = created("window-keyring-wrong");
    let account = account(&line.vault);
    let key = lookup(&account);
    store(&account, &[7; 32]);
    let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = over(&line.vault, &bus).await;
        window.click("", "unlock").await.unwrap();
        refused(&window, "keyWrong").await;
        assert_eq!(lookup(&account), [7; 32], "what is there is left there");
        assert_eq!(entries().matches(&account).count(), 1, "and no second entry is made");
        store(&account, &key);
        window.click("", "try-again").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        window.close().await;
    });
}
