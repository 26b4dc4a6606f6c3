//! `cargo xtask bench scroll`: do the matrix of 2,000 drafts in 12 environments and a plan of 6,000 rows move smoothly in the
//! release build (issue #3)?
//!
//! The page scrolls by 120 pixels at each animation frame, as a wheel does, and notes how long each frame took: once where
//! nothing is drawn anew (the floor: the screen's own pace), then through the rows.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that can't go on must stop, and its result is what it prints"
)]

use std::process::ExitCode;

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::session::{binary, folder};
use sealpost_tests::webdriver::Window;
use serde_json::{Value, json};

/// Drafts, and environments.
const SIZE: (usize, usize) = (2_000, 12);
/// Rows that the plan has at least: three environments.
const PLANNED: u64 = 6_000;
/// Frames of one measurement.
const FRAMES: usize = 120;
/// Nineteen of twenty frames take at most this many times the screen's own pace.
const LIMIT: f64 = 2.0;

/// Scrolls what `arguments[0]` selects and answers with the milliseconds of each frame.
const SCROLL: &str = "const [css, frames, done] = arguments; const area = document.querySelector(css); const took = []; let last; \
    const step = (now) => { if (last !== undefined) took.push(now - last); last = now; if (css !== 'html') area.scrollTop += 120; \
    if (took.length < frames) requestAnimationFrame(step); else done({ took, moved: area.scrollTop }); }; requestAnimationFrame(step);";

fn main() -> ExitCode {
    let vault = folder().join("vaults").join("bench-scroll");
    let line = CommandLine::over(&vault);
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["vault", "init"], "");
    line.ok(&["draft", "new", "--from", "-"], &drafts());
    for at in 0..SIZE.1 {
        line.ok(
            &["env", "add", &format!("env-{at:02}"), "--url", &sandbox.url, "--token-from", "-"],
            &sandbox.token,
        );
    }
    let smooth = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = Window::open(&binary("sealpost-desktop"), &vault).await;
        window.click("", "unlock").await.unwrap();
        window.element("", "screen-drafts").await.unwrap();
        window.until("document.querySelector('[data-testid=draft-row]')").await;
        let floor = frames(&window, "html").await;
        window.click("", "nav-matrix").await.unwrap();
        window.until("document.querySelector('[data-testid=matrix-row]')").await;
        let matrix = frames(&window, "[data-testid=matrix]").await;
        window.click("", "nav-USERNAME_PASSWORD").await.unwrap();
        let rows = plan(&window).await;
        assert!(rows >= PLANNED, "a plan of {rows} rows");
        let plan = frames(&window, "[data-testid=plan-rows]").await;
        window.close().await;
        let names = [format!("matrix, {} by {}", SIZE.0, SIZE.1), format!("plan, {rows} rows")];
        let verdicts: Vec<bool> =
            names.iter().zip([&matrix, &plan]).map(|(name, took)| told(name, took, &floor)).collect();
        verdicts.into_iter().all(|smooth| smooth)
    });
    if smooth { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn drafts() -> String {
    let one = |n| {
        format!(
            r#"{{"type":"USERNAME_PASSWORD","name":"shop login {n:04}","scopes":["SYNTHETIC"],"user":"robot","password":"not-a-real-one"}}"#
        )
    };
    format!("[{}]", (0..SIZE.0).map(one).collect::<Vec<_>>().join(","))
}

/// Chooses all drafts, three environments, and waits for the plan; how many rows it has.
async fn plan(window: &Window) -> u64 {
    window.until("document.querySelector('[data-testid=draft-row]')").await;
    let all = "document.querySelector('[data-testid=screen-drafts] [role=listbox]').dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true, cancelable: true }))";
    window.script(all, vec![]).await.unwrap();
    window.click("", "publish-selected").await.unwrap();
    for at in 0..3 {
        window.click("", &format!("target-env-{at:02}")).await.unwrap();
    }
    window.click("", "review-plan").await.unwrap();
    window.until("document.querySelector('[data-testid=plan-row]')").await;
    let rows =
        "return Number(document.querySelector('[data-testid=plan-rows] [aria-rowcount]').ariaRowCount)";
    window.script(rows, vec![]).await.unwrap().as_u64().unwrap_or_default()
}

/// Milliseconds of each frame, sorted.
async fn frames(window: &Window, css: &str) -> Vec<f64> {
    window.settle().await.unwrap();
    let answer = window.asynchronous(SCROLL, vec![json!(css), json!(FRAMES)]).await.unwrap();
    let moved = answer["moved"].as_f64().unwrap_or_default();
    assert!(css == "html" || moved > 5_000.0, "{css} did not scroll: {moved}");
    let mut took: Vec<f64> = answer["took"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    took.sort_by(f64::total_cmp);
    took
}

fn told(name: &str, took: &[f64], floor: &[f64]) -> bool {
    let at = |all: &[f64], part: usize| all[(all.len() - 1) * part / 100];
    let (pace, most) = (at(floor, 50), at(took, 95));
    let ratio = most / pace;
    let verdict = if ratio <= LIMIT { "ok" } else { "OVER" };
    println!(
        "scroll of the {name}: {most:.1} ms for nineteen of twenty frames (middle {:.1}, longest {:.1}) / the screen's own pace {pace:.1} ms = {ratio:.2} (at most {LIMIT}) {verdict}",
        at(took, 50),
        at(took, 100),
    );
    ratio <= LIMIT
}
