//! What differs per environment, groups, and the rotation of a secret, in the real window.

use sealpost_tests::cli::SandboxProcess;
use sealpost_tests::markers::{OVERRIDE, ROTATED};
use sealpost_tests::scan::scan_folder;
use sealpost_tests::webdriver::Window;

use crate::axe::Axe;
use crate::steps::{
    ONE_AT_A_TIME, connect, draft_login, first_run, in_page, open, save, show, unlock, vault,
};

/// Agrees to the plan that is shown, and closes the report.
async fn apply(window: &Window) {
    window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
    window.click("", "apply-plan").await.unwrap();
    window.click("", "report-done").await.unwrap();
    window.until("document.querySelector('[data-testid=report-done]') === null").await;
}

async fn state(window: &Window, environment: &str, state: &str) {
    let row = format!("[data-testid=rotated][data-environment={environment}][data-state={state}]");
    window.until(&format!("document.querySelector('{row}')")).await;
}

async fn looks(axe: &mut Axe, window: &Window, screen: &str) {
    axe.look(window, screen).await;
    window.resize(900, 600).await.unwrap();
    axe.look(window, &format!("{screen}, small")).await;
    window.resize(1280, 800).await.unwrap();
}

#[test]
fn a_secret_is_rotated_canary_first_one_environment_goes_back_and_no_secret_stays_in_the_page() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let sandbox = SandboxProcess::start(&[]);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("rotating").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "not-a-real-password").await;
        connect(&window, &sandbox).await;

        // A group, and both environments by it.
        window.click("groups", "group-add").await.unwrap();
        window.enter("group-sheet", "group-name", "everywhere").await.unwrap();
        for name in ["second", "sandbox"] {
            window.click("group-sheet", &format!("group-member-{name}")).await.unwrap();
        }
        looks(&mut axe, &window, "group").await;
        window.click("group-sheet", "group-save").await.unwrap();
        window.until("document.querySelector('[data-testid=group-row]')?.innerText.includes('everywhere')").await;

        // Another name and password on one of them.
        show(&window, "checkout-login").await;
        window.click("per-environment", "override-add").await.unwrap();
        window.click("per-environment", "override-in-second").await.unwrap();
        window.click("override-form", "there-name").await.unwrap();
        window.enter("override-form", "there-field-name", "checkout second").await.unwrap();
        window.click("override-form", "there-password").await.unwrap();
        window.enter("override-form", "secret-password-there", OVERRIDE).await.unwrap();
        looks(&mut axe, &window, "per environment").await;
        save(&window).await;
        window.until("document.querySelector('[data-testid=override-fields]')?.innerText === 'Name, Password'").await;
        window.until(&format!("!({})", in_page(OVERRIDE))).await;
        window.script("document.querySelector('[aria-label=\"Choose environments\"]').click()", vec![]).await.unwrap();
        let unticked = "document.querySelectorAll('[data-testid^=target-][aria-checked=true]:not([data-testid^=target-group])').forEach((one) => one.click())";
        window.script(unticked, vec![]).await.unwrap();
        window.click("", "target-group-everywhere").await.unwrap();
        window.click("", "review-plan").await.unwrap();
        window.until("document.querySelector('[data-testid=plan-sheet]')?.innerText.includes('checkout second')").await;
        apply(&window).await;

        // As everywhere again, so that it takes part in a rotation.
        window.click("per-environment", "override-remove-second").await.unwrap();
        save(&window).await;
        window.click("editor", "publish-here-second").await.unwrap();
        apply(&window).await;

        // The new secret: first in one, then in the rest.
        window.click("editor", "more-actions").await.unwrap();
        window.click("editor", "rotate-secret").await.unwrap();
        window.enter("rotate", "secret-password-new", ROTATED).await.unwrap();
        window.enter("rotate", "rotate-user", "-2").await.unwrap();
        window.click("rotate", "canary-sandbox").await.unwrap();
        looks(&mut axe, &window, "new secret").await;
        window.click("rotate", "rotate-start").await.unwrap();
        apply(&window).await;
        state(&window, "sandbox", "done").await;
        state(&window, "second", "waiting").await;
        looks(&mut axe, &window, "rotation").await;
        let shown = window.script(&format!("return {}", in_page(ROTATED)), vec![]).await.unwrap();
        assert_eq!(shown, false, "the new secret is gone from the page");

        // It is where it was after a lock.
        window.script("document.querySelector('[data-testid=rotate] [aria-label=Close]').click()", vec![]).await.unwrap();
        window.click("", "lock").await.unwrap();
        unlock(&window).await;
        show(&window, "checkout-login").await;
        let user = "document.querySelector('[data-testid=editor] [data-testid=field-user]')";
        window.until(&format!("{user}.value === 'robot-2'")).await;
        window.until("document.querySelector('[data-testid=rotation-banner]')").await;
        window.script("document.querySelector('[data-testid=rotation-banner] button').click()", vec![]).await.unwrap();
        window.click("rotate", "rotate-rest").await.unwrap();
        apply(&window).await;
        state(&window, "second", "done").await;

        // One goes back; the other keeps the new one.
        window.click("rotate", "back-second").await.unwrap();
        window.click("rotate", "back-before").await.unwrap();
        apply(&window).await;
        state(&window, "second", "rolledBack").await;
        state(&window, "sandbox", "done").await;
        looks(&mut axe, &window, "went back").await;
        window.click("rotate", "rotate-end").await.unwrap();
        window.until("document.querySelector('[data-testid=rotate]') === null").await;
        // The one that went back has the user of before with the secret of before.
        window.until("document.querySelector('[data-testid=override-fields]')?.innerText === 'Username, Password'").await;
        window.close().await;
    });
    axe.assert_nothing_found();
    let (files, leaks) = scan_folder(&vault("rotating"), &[OVERRIDE, ROTATED]);
    assert!(files >= 2 && leaks.is_empty(), "{leaks:?}");
}
