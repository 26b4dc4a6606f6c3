//! axe in the real window: every screen, both themes, no serious finding.

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, close_new_sheet, draft_login, first_run, open};

const TYPES: [&str; 7] = [
    "USERNAME_PASSWORD",
    "TOKEN",
    "CERTIFICATE",
    "PUBLIC_CERTIFICATE",
    "SNMPV3",
    "AWS_MONITORING_KEY_BASED",
    "AWS_MONITORING_ROLE_BASED",
];

#[test]
fn axe_finds_nothing_serious_on_any_screen_in_either_theme() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("axe").await;
        window.element("", "screen-first-run").await.unwrap();
        // The keyring is asked meanwhile; its answer changes the button while axe looks.
        window.until("document.querySelector('[data-testid=create-vault]')?.disabled === false").await;
        axe.look(&window, "first run").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "not-a-real-password").await;
        axe.look(&window, "drafts").await;
        window.click("", "new-draft").await.unwrap();
        for kind in TYPES {
            window.click("new-sheet", &format!("type-{kind}")).await.unwrap();
            axe.look(&window, &format!("new set, {kind}")).await;
        }
        close_new_sheet(&window).await;
        window.click("", "open-palette").await.unwrap();
        window.element("", "palette-input").await.unwrap();
        axe.look(&window, "palette").await;
        window.enter("", "palette-input", "\u{e00c}").await.unwrap();
        window.until("document.querySelector('[data-testid=palette]') === null").await;
        window.click("editor", "publish").await.unwrap();
        window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        axe.look(&window, "plan").await;
        window.click("", "apply-plan").await.unwrap();
        window.element("", "report-done").await.unwrap();
        axe.look(&window, "report").await;
        window.click("", "report-done").await.unwrap();
        for screen in ["activity", "settings"] {
            window.click("", &format!("nav-{screen}")).await.unwrap();
            window.element("", &format!("screen-{screen}")).await.unwrap();
            axe.look(&window, screen).await;
        }
        window
            .script("document.querySelector('[aria-label=\"Add environment\"]').click()", vec![])
            .await
            .unwrap();
        window.element("", "screen-environments").await.unwrap();
        axe.look(&window, "new environment").await;
        window.click("", "env-row").await.unwrap();
        window.element("", "env-token-stored").await.unwrap();
        window.click("", "env-test").await.unwrap();
        window.element("", "probe-check").await.unwrap();
        axe.look(&window, "tested environment").await;
        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        axe.look(&window, "lock").await;
        window.close().await;
    });
    axe.assert_nothing_found();
}

#[test]
fn a_planted_fault_is_found() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("axe-fault").await;
        window.element("", "create-vault").await.unwrap();
        let plant = "document.querySelector('[data-testid=create-vault]').replaceChildren()";
        window.script(plant, vec![]).await.unwrap();
        axe.look(&window, "first run").await;
        window.close().await;
    });
    assert!(std::panic::catch_unwind(|| axe.assert_nothing_found()).is_err(), "a button without a name");
}
