//! What a user does, in words.

use std::path::PathBuf;
use std::sync::Mutex;

use sealpost_tests::cli::SandboxProcess;
use sealpost_tests::session::{binary, folder};
use sealpost_tests::webdriver::Window;

/// One window at a time: they would fight for the sandbox's port and the screen.
pub(crate) static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A vault folder of its own, inside the session.
pub(crate) fn vault(name: &str) -> PathBuf {
    folder().join("vaults").join(name)
}

pub(crate) async fn open(name: &str) -> Window {
    Window::open(&binary("sealpost-desktop"), &vault(name)).await
}

/// Unlocks, and waits for the drafts.
pub(crate) async fn unlock(window: &Window) {
    window.click("", "unlock").await.unwrap();
    window.element("", "screen-drafts").await.unwrap();
}

/// Is a text anywhere in the page, or typed into one of its fields? An expression for the page.
pub(crate) fn in_page(text: &str) -> String {
    format!(
        "document.documentElement.outerHTML.includes('{text}') || [...document.querySelectorAll('input, textarea')].some((one) => one.value.includes('{text}'))"
    )
}

/// First run: create the vault, start with the sandbox and its samples.
pub(crate) async fn first_run(window: &Window) {
    window.element("", "screen-first-run").await.unwrap();
    window.until("document.querySelector('[data-testid=create-vault]')?.disabled === false").await;
    window.click("", "create-vault").await.unwrap();
    window.click("", "recovery-later").await.unwrap();
    window.click("", "start-sandbox").await.unwrap();
    window.element("", "screen-drafts").await.unwrap();
    window.until("document.querySelectorAll('[data-testid=draft-row]').length >= 3").await;
}

/// Drafts a login and saves it.
pub(crate) async fn draft_login(window: &Window, name: &str, user: &str, password: &str) {
    const SHEET: &str = "new-sheet";
    window.click("", "new-draft").await.unwrap();
    window.click(SHEET, "type-USERNAME_PASSWORD").await.unwrap();
    window.enter(SHEET, "field-name", name).await.unwrap();
    window.enter(SHEET, "field-user", user).await.unwrap();
    window.enter(SHEET, "secret-password", password).await.unwrap();
    window.click(SHEET, "save-new").await.unwrap();
    window.until("document.querySelector('[data-testid=new-sheet]') === null").await;
    window
        .until(&format!("document.querySelector('[data-testid=editor] h2')?.textContent === '{name}'"))
        .await;
}

/// Closes the sheet of a new draft; a second time if it asks whether what was typed may go.
pub(crate) async fn close_new_sheet(window: &Window) {
    let close = "document.querySelector('[data-testid=new-sheet] [aria-label=Close]')?.click()";
    window.script(close, vec![]).await.unwrap();
    window.settle().await.unwrap();
    window.script(close, vec![]).await.unwrap();
    window.until("document.querySelector('[data-testid=new-sheet]') === null").await;
}

/// Waits until nothing is said any more: a message may lie over what is clicked next.
pub(crate) async fn quiet(window: &Window) {
    window.until("document.querySelector('.toast') === null").await;
}

/// Saves the open draft and waits until it is stored.
pub(crate) async fn save(window: &Window) {
    window.click("editor", "save-draft").await.unwrap();
    window
        .until("!document.querySelector('[data-testid=editor-state]').textContent.includes('unsaved')")
        .await;
}

/// Publishes the open draft where it goes by default, through the plan, and closes the report.
pub(crate) async fn publish(window: &Window) {
    publish_by(window, "publish").await;
}

/// The same by another button of the editor.
pub(crate) async fn publish_by(window: &Window, button: &str) {
    window.click("editor", button).await.unwrap();
    window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
    window.click("", "apply-plan").await.unwrap();
    window.click("", "report-done").await.unwrap();
    window.until("document.querySelector('[data-testid=report-done]') === null").await;
}

/// Adds a sandbox process as the environment `second`.
pub(crate) async fn connect(window: &Window, sandbox: &SandboxProcess) {
    window
        .script("document.querySelector('[aria-label=\"Add environment\"]').click()", vec![])
        .await
        .unwrap();
    window.enter("screen-environments", "env-name", "second").await.unwrap();
    window.enter("screen-environments", "env-url", &sandbox.url).await.unwrap();
    window.enter("screen-environments", "env-token", &sandbox.token).await.unwrap();
    window.click("screen-environments", "env-save").await.unwrap();
    window.element("screen-environments", "env-token-stored").await.unwrap();
}

/// Opens a login by its name.
pub(crate) async fn show(window: &Window, name: &str) {
    window.click("", "nav-USERNAME_PASSWORD").await.unwrap();
    let row = format!(
        "[...document.querySelectorAll('[data-testid=draft-row]')].find((one) => one.textContent.includes('{name}'))"
    );
    window.until(&row).await;
    window.script(&format!("{row}.click()"), vec![]).await.unwrap();
    window
        .until(&format!("document.querySelector('[data-testid=editor] h2')?.textContent === '{name}'"))
        .await;
}
