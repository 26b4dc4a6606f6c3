//! Nobody is here: the vault locks although the page hangs and can say nothing any more.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::memory::family;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, open, unlock, vault};

/// Longest wait for a lock after one minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// Kilobytes that a process keeps out of the swap: the keys of an open vault, and nothing without them.
fn locked_kilobytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The process of the page.
fn page_of(window: &Window) -> Option<u32> {
    family(window.driver())
        .into_iter()
        .find(|(_, name)| name.starts_with("WebKitWebProces"))
        .map(|(id, _)| id)
}

#[test]
fn a_page_that_hangs_does_not_keep_the_vault_open_and_ends_with_what_it_holds() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    CommandLine::over(&vault("idle")).ok(&["vault", "init"], "");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("idle").await;
        window.element("", "screen-lock").await.unwrap();
        let own = family(window.driver()).into_iter().find(|(_, name)| name.starts_with("sealpost"));
        let (program, _) = own.unwrap();
        let hung = page_of(&window).unwrap();
        assert_eq!(locked_kilobytes(program), 0, "no key while the vault is locked");
        unlock(&window).await;
        let script = "const [done] = arguments;
            const { invoke } = window.__TAURI_INTERNALS__;
            invoke('settings_get')
                .then((settings) => invoke('settings_set', { settings: { ...settings, autoLockMinutes: 1 } }))
                .then((stored) => {
                    done(stored.autoLockMinutes);
                    setTimeout(() => { for (;;) {} }, 500);
                }, (failed) => done(JSON.stringify(failed)));";
        assert_eq!(window.asynchronous(script, vec![]).await.unwrap(), json!(1));
        assert!(locked_kilobytes(program) > 0, "the keys of the open vault are locked in memory");
        let started = Instant::now();
        while locked_kilobytes(program) > 0 {
            assert!(started.elapsed() < PATIENCE, "the keys are still there");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // What the page held goes with its process; a new one shows the lock.
        let new = || page_of(&window).is_some_and(|page| page != hung);
        while !new() {
            assert!(started.elapsed() < PATIENCE, "the page that hangs is still there");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        window.close().await;
    });
}
