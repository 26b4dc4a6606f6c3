//! `cargo xtask bench waiting`: does the window answer while a keyring says nothing (issue #4: never blocked for 200 ms)?
//!
//! The page asks the program every 50 ms and notes how long each answer took: first while nothing else is asked for (the floor),
//! then while an unlock waits for a keyring whose question nobody answers.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that can't go on must stop, and its result is what it prints"
)]

use std::process::ExitCode;
use std::time::Duration;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::locked_keyring::{Answer, LockedKeyring};
use sealpost_tests::session::{binary, folder};
use sealpost_tests::webdriver::Window;
use serde_json::{Value, json};

/// How long each of both is watched; the keyring is given up on only after this.
const WATCHED: Duration = Duration::from_secs(30);
/// Answers in that time at the least: fewer, and the page itself stood still.
const ANSWERS: usize = 200;
/// No answer takes longer, milliseconds.
const LIMIT: f64 = 200.0;

/// Pause between an answer and the next question, milliseconds.
const PAUSE: u64 = 50;

/// Starts asking anew. What a pause takes too long counts as well: a page that can't even ask is blocked.
const ASK: &str = "const pause = arguments[0], mine = window.asking = {}; window.waits = [];
    const ask = async (due) => {
        await window.__TAURI_INTERNALS__.invoke('activity_seen', { agoMs: 0 }).catch(() => undefined);
        if (window.asking !== mine) return;
        const now = performance.now();
        window.waits.push(now - due);
        setTimeout(() => void ask(now + pause), pause);
    };
    void ask(performance.now());";

fn main() -> ExitCode {
    let line = CommandLine::over(&folder().join("vaults").join("bench-waiting"));
    line.ok(&["vault", "init"], "");
    let within = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let keyring = LockedKeyring::start(Answer::Nobody);
        let bus = [("DBUS_SESSION_BUS_ADDRESS", keyring.address())];
        let window = Window::open_with(&binary("sealpost-desktop"), &line.vault, &bus).await;
        window.element("", "unlock").await.unwrap();
        window.settle().await.unwrap();
        let floor = watched(&window).await;
        window.click("", "unlock").await.unwrap();
        let waits = watched(&window).await;
        assert!(keyring.asked() > 0, "the question was shown");
        window
            .until("document.querySelector('[data-testid=unlock]')?.getAttribute('aria-busy') === 'true'")
            .await;
        window.close().await;
        told(&floor, &waits)
    });
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Milliseconds of each wait, sorted.
async fn watched(window: &Window) -> Vec<f64> {
    window.script(ASK, vec![json!(PAUSE)]).await.unwrap();
    tokio::time::sleep(WATCHED).await;
    let told = window
        .script("const waits = window.waits; window.asking = null; return waits", vec![])
        .await
        .unwrap();
    let mut waits: Vec<f64> = told.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert!(waits.len() >= ANSWERS, "only {} answers", waits.len());
    waits.sort_by(f64::total_cmp);
    waits
}

fn told(floor: &[f64], waits: &[f64]) -> bool {
    let at = |all: &[f64], part: usize| all[(all.len() - 1) * part / 100];
    let longest = at(waits, 100);
    let verdict = if longest <= LIMIT { "ok" } else { "OVER" };
    println!(
        "an answer of the window while the keyring says nothing: longest {longest:.1} ms of {} (middle {:.1}) / longest while nothing is asked of it {:.1} ms (middle {:.1}); at most {LIMIT} ms {verdict}",
        waits.len(),
        at(waits, 50),
        at(floor, 100),
        at(floor, 50),
    );
    longest <= LIMIT
}
