//! axe in the real window: every screen, both themes, no serious finding.

use std::path::Path;

use serde_json::Value;

use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, open};

/// Serious and critical findings, as text.
async fn findings(window: &Window, axe: &str) -> Vec<String> {
    window.script(axe, vec![]).await.unwrap();
    let script = "const done = arguments[0];
        axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations
            .filter((one) => one.impact === 'serious' || one.impact === 'critical')
            .flatMap((one) => one.nodes.map((node) => one.id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? node.all[0]?.message ?? '')))));";
    let found = window.asynchronous(script, vec![]).await.unwrap();
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn in_both_themes(window: &Window, axe: &str, screen: &str, all: &mut Vec<String>) {
    for theme in ["light", "dark"] {
        window.script(&format!("document.documentElement.dataset.theme = '{theme}'"), vec![]).await.unwrap();
        window.settle().await.unwrap();
        all.extend(
            findings(window, axe).await.into_iter().map(|finding| format!("{screen}, {theme}: {finding}")),
        );
    }
}

#[test]
fn axe_finds_nothing_serious_on_any_screen_in_either_theme() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut all = Vec::new();
        let window = open("axe").await;
        window.element("", "screen-first-run").await.unwrap();
        in_both_themes(&window, &axe, "first run", &mut all).await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "not-a-real-password").await;
        in_both_themes(&window, &axe, "drafts", &mut all).await;
        window.click("", "new-draft").await.unwrap();
        for kind in ["USERNAME_PASSWORD", "CERTIFICATE", "SNMPV3", "AWS_MONITORING_KEY_BASED"] {
            window.click("new-sheet", &format!("type-{kind}")).await.unwrap();
            in_both_themes(&window, &axe, &format!("new set, {kind}"), &mut all).await;
        }
        window
            .script("document.querySelector('[data-testid=new-sheet] [aria-label=Close]').click()", vec![])
            .await
            .unwrap();
        window
            .script("document.querySelector('[data-testid=new-sheet] [aria-label=Close]')?.click()", vec![])
            .await
            .unwrap();
        window.until("document.querySelector('[data-testid=new-sheet]') === null").await;
        window.click("editor", "publish").await.unwrap();
        window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        in_both_themes(&window, &axe, "plan", &mut all).await;
        window.click("", "apply-plan").await.unwrap();
        window.element("", "report-done").await.unwrap();
        in_both_themes(&window, &axe, "report", &mut all).await;
        window.click("", "report-done").await.unwrap();
        for screen in ["activity", "settings"] {
            window.click("", &format!("nav-{screen}")).await.unwrap();
            window.element("", &format!("screen-{screen}")).await.unwrap();
            in_both_themes(&window, &axe, screen, &mut all).await;
        }
        window
            .script("document.querySelector('[aria-label=\"Add environment\"]').click()", vec![])
            .await
            .unwrap();
        window.element("", "screen-environments").await.unwrap();
        in_both_themes(&window, &axe, "environments", &mut all).await;
        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        in_both_themes(&window, &axe, "lock", &mut all).await;
        window.close().await;
        assert!(all.is_empty(), "{} findings:\n{}", all.len(), all.join("\n"));
    });
}
