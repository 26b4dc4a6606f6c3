//! The matrix, what differs in an environment, and the evidence of a write, in the real window: by keys, by mouse, judged
//! by axe.

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::markers::PASSWORD;
use sealpost_tests::webdriver::Window;

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, in_page, open, unlock, vault};

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"PLANTED"}"#;

async fn press(window: &Window, key: &str) {
    let script = format!(
        "document.querySelector('[data-testid=matrix]').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}))"
    );
    window.script(&script, vec![]).await.unwrap();
    window.settle().await.unwrap();
}

#[test]
fn cells_are_walked_differences_settled_and_what_was_sent_is_shown_without_its_secret() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (line, other) =
        (CommandLine::over(&vault("window-matrix")), CommandLine::over(&vault("window-matrix-other")));
    let sandbox = SandboxProcess::start(&[]);
    let login = LOGIN.replace("PLANTED", PASSWORD);
    for one in [&line, &other] {
        one.ok(&["vault", "init"], "");
        one.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    }
    line.ok(&["env", "add", "second", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], &login);
    line.ok(&["publish", "shop", "--env", "staging", "--yes"], "");
    let sets = line.ok(&["remote", "list", "staging"], "");
    let id = sets[0]["id"].as_str().unwrap();
    other.ok(&["remote", "adopt", "staging", id], "");
    other.ok(
        &["draft", "edit", "shop", "--from", "-"],
        &login.replace("\"scopes\"", "\"description\":\"theirs\",\"scopes\""),
    );
    other.ok(&["publish", "shop", "--env", "staging", "--yes"], "");
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-matrix").await;
        window.element("", "unlock").await.unwrap();
        unlock(&window).await;
        window.click("", "nav-matrix").await.unwrap();
        window.element("", "matrix-row").await.unwrap();
        window.click("", "matrix-look").await.unwrap();
        window.until("document.querySelector('[data-state=drifted]')").await;
        axe.look(&window, "matrix").await;

        // By keys to the cell that differs, and from there to what differs.
        let drifted = "return [...document.querySelectorAll('[role=gridcell]')].findIndex((one) => one.dataset.state === 'drifted')";
        let steps = window.script(drifted, vec![]).await.unwrap().as_u64().unwrap() + 1;
        for _ in 0..steps {
            press(&window, "ArrowRight").await;
        }
        press(&window, "Enter").await;
        window.element("", "matrix-settle").await.unwrap();
        axe.look(&window, "menu of a cell").await;
        window.click("", "matrix-settle").await.unwrap();
        window.element("drift-pane", "drift-field").await.unwrap();
        axe.look(&window, "what differs").await;
        window.click("drift-pane", "ignore").await.unwrap();
        window.until("document.querySelector('[data-testid=settled-row][data-standing=ignored]')").await;
        window.until("document.querySelector('[data-testid=drift]') === null").await;
        axe.look(&window, "what was settled").await;
        window.click("", "nav-matrix").await.unwrap();
        window.until("document.querySelector('[data-state=matches]')").await;

        // What was sent, from the activity.
        window.click("", "nav-activity").await.unwrap();
        window.element("", "activity-row").await.unwrap();
        let created = "[...document.querySelectorAll('[data-testid=activity-row]')].find((one) => one.dataset.kind === 'created').querySelector('button').click()";
        window.script(created, vec![]).await.unwrap();
        window.click("activity-detail", "evidence-open").await.unwrap();
        window.element("evidence-sheet", "exchange-request").await.unwrap();
        let sent = window.text("evidence-sheet", "exchange-request").await.unwrap();
        assert!(sent.contains("POST /api/v2/credentials") && sent.contains("‹secret›"), "{sent}");
        window.until(&format!("!({})", in_page(PASSWORD))).await;
        axe.look(&window, "request and response").await;
        window.close().await;
    });
    axe.assert_nothing_found();
    let told = line.ok(&["drift"], "");
    assert_eq!(told[0]["fields"][0]["standing"], "ignored", "the command line sees the same");
}
