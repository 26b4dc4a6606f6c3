//! Many rows, and several sets that may be ours, in the real window.

use std::fmt::Write as _;

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::webdriver::Window;
use serde_json::Value;

use crate::axe::Axe;
use crate::changed_there::Other;
use crate::steps::{ONE_AT_A_TIME, open, unlock, vault};

const DRAFTS: usize = 1_700;
const ENVIRONMENTS: usize = 3;
/// Rows drawn at once, whatever the window's height is.
const DRAWN: u64 = 80;

async fn count(window: &Window, id: &str) -> u64 {
    let count = format!("return document.querySelectorAll('[data-testid={id}]').length");
    window.script(&count, vec![]).await.unwrap().as_u64().unwrap()
}

/// The list scrolls to its end and back, and draws but the rows in view.
async fn scrolls(window: &Window, sheet: &str, row: &str, rows: usize) {
    let area = format!(
        "[...document.querySelectorAll('[data-testid={sheet}] *')].find((one) => one.scrollHeight > 20 * one.clientHeight && one.clientHeight > 100)"
    );
    window.until(&area).await;
    let counted =
        format!("document.querySelector('[data-testid={sheet}] table')?.getAttribute('aria-rowcount')");
    window.until(&format!("Number({counted}) > {rows}")).await;
    let top =
        format!("return document.querySelector('[data-testid={sheet}] [data-testid={row}]').dataset.key");
    let first = window.script(&top, vec![]).await.unwrap();
    assert!((1..DRAWN).contains(&count(window, row).await), "{row} at the top");
    window.script(&format!("{area}.scrollTop = 1e9"), vec![]).await.unwrap();
    window.until(&format!("[...document.querySelectorAll('[data-testid={sheet}] [aria-rowindex]')].some((one) => Number(one.getAttribute('aria-rowindex')) === Number({counted}))")).await;
    // The bar of a publish that goes on never stands still.
    window.painted().await.unwrap();
    assert!((1..DRAWN).contains(&count(window, row).await), "{row} at the end");
    assert_ne!(window.script(&top, vec![]).await.unwrap(), first, "other rows are drawn there");
    window.script(&format!("{area}.scrollTop = 0"), vec![]).await.unwrap();
    window.until(&format!("({}) === {first}", top.trim_start_matches("return "))).await;
}

#[test]
fn a_plan_and_a_report_of_five_thousand_rows_scroll_and_draw_only_what_is_in_view() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (line, sandbox) = (CommandLine::over(&vault("window-many")), SandboxProcess::start(&[]));
    line.ok(&["vault", "init"], "");
    for number in 0..ENVIRONMENTS {
        let name = format!("staging-{number}");
        line.ok(&["env", "add", &name, "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    }
    let mut drafts = String::from("[");
    for number in 0..DRAFTS {
        let comma = if number == 0 { "" } else { "," };
        write!(drafts, r#"{comma}{{"type":"TOKEN","name":"token-{number:04}","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"not-a-real-one"}}"#).unwrap();
    }
    drafts.push(']');
    line.ok(&["draft", "new", "--from", "-"], &drafts);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-many").await;
        window.element("", "unlock").await.unwrap();
        unlock(&window).await;
        window.click("", "select-all").await.unwrap();
        window.until("document.querySelector('[data-testid=selection]')?.textContent.includes('1,700')").await;
        window.click("selection", "publish-selected").await.unwrap();
        window.script("document.querySelectorAll('[data-testid^=target-][aria-checked=false]').forEach((one) => one.click())", vec![]).await.unwrap();
        window.click("", "review-plan").await.unwrap();
        window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        scrolls(&window, "plan-sheet", "plan-row", DRAFTS * ENVIRONMENTS).await;
        axe.look(&window, "a plan of many rows").await;

        window.click("", "apply-plan").await.unwrap();
        window.until("document.querySelector('[data-testid=run-item][data-state=done]')").await;
        scrolls(&window, "run-sheet", "run-item", DRAFTS * ENVIRONMENTS).await;
        window.click("run-sheet", "cancel-run").await.unwrap();
        window.element("report-sheet", "report-done").await.unwrap();
        scrolls(&window, "report-sheet", "report-row", DRAFTS * ENVIRONMENTS).await;
        axe.look(&window, "a report of many rows").await;
        window.close().await;
    });
    axe.assert_nothing_found();
}

#[test]
fn where_two_sets_may_be_the_one_that_was_sent_a_person_says_which() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // What was sent is stored at once and answered late, with a failure; meanwhile somebody makes the same by hand.
    let faults = ["--fault", "latency=6s:times=1:on=POST", "--fault", "500-after-store:on=POST"];
    let sandbox = SandboxProcess::start(&faults);
    let (line, other) = (CommandLine::over(&vault("window-several")), Other(&sandbox));
    let login = r#"{"type":"TOKEN","name":"shop","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"not-a-real-one"}"#;
    line.ok(&["vault", "init"], "");
    line.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], login);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-several").await;
        window.element("", "unlock").await.unwrap();
        unlock(&window).await;
        window.click("", "draft-row").await.unwrap();
        window.click("editor", "publish").await.unwrap();
        window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        window.click("", "apply-plan").await.unwrap();
        let stored = || other.request("GET", "", "").matches("CREDENTIALS_VAULT-").count();
        for _ in 0..200 {
            if stored() > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        other.request("POST", "", login);
        assert_eq!(stored(), 2);

        // The list is read for twenty seconds before anybody is asked.
        window.until("document.querySelector('[data-testid=run-item][data-state=unclear], [data-testid=report-sheet]')").await;
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        window.element("", "report-done").await.unwrap();
        window.until("document.querySelector('[data-testid=report-row]')?.dataset.state === 'unclear'").await;
        axe.look(&window, "an unclear row").await;
        window.click("", "report-done").await.unwrap();
        window.click("", "find-out").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_secs(12)).await;
        window.until("document.querySelectorAll('[data-testid=reconcile-choose]').length === 2").await;
        axe.look(&window, "several sets").await;
        let second = "return document.querySelectorAll('[data-testid=reconcile-choose]')[1].ariaLabel.split(': ')[1]";
        let second = window.script(second, vec![]).await.unwrap();
        window.script("document.querySelectorAll('[data-testid=reconcile-choose]')[1].click()", vec![]).await.unwrap();
        window.until("document.querySelector('[data-testid=reconciled]')?.dataset.outcome === 'adopted'").await;
        window.click("", "reconcile-done").await.unwrap();
        window.until("document.querySelector('[data-testid=banner-unresolved]') === null").await;
        window.click("", "draft-row").await.unwrap();
        let id = window.text("editor", "remote-id").await.unwrap();
        assert_eq!(Value::from(id), second);
        window.close().await;
    });
    axe.assert_nothing_found();
}
