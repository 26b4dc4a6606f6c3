//! Marker secrets of every type, looked at and published in the window: none comes into the page, into an answer, or into
//! what the webview keeps on disk.

use serde_json::Value;

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::markers::{BLOCKED, NAMES, PASSWORD, USER, bodies, secrets};
use sealpost_tests::scan::{Leak, scan_bytes, scan_folder};
use sealpost_tests::session::folder;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, in_page, open, publish, unlock, vault};

/// Keeps every answer that Rust gives the page from here on, with what was asked and said.
const RECORD: &str = "window.answers = [];
    const ask = window.fetch;
    window.fetch = async (...what) => {
        const answer = await ask(...what);
        answer.clone().text().then((text) => window.answers.push([what[0], what[1]?.body, text].join(' ')));
        return answer;
    };";

/// What the page shows, holds in its fields, keeps in its storage, and was answered.
async fn page(window: &Window) -> String {
    let script = "return JSON.stringify([document.documentElement.outerHTML,
        [...document.querySelectorAll('input, textarea')].map((one) => one.value),
        { ...localStorage }, { ...sessionStorage }, window.answers])";
    window.script(script, vec![]).await.unwrap().as_str().unwrap().to_owned()
}

async fn open_draft(window: &Window, name: &str) {
    let row = format!(
        "[...document.querySelectorAll('[data-testid=draft-row]')].find((one) => one.querySelector('b')?.textContent === '{name}')"
    );
    window.until(&row).await;
    window.script(&format!("{row}.click()"), vec![]).await.unwrap();
    let shown = format!("document.querySelector('[data-testid=editor] h2')?.textContent === '{name}'");
    window.until(&shown).await;
}

#[test]
fn no_secret_comes_into_the_page_an_answer_or_the_profile() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let line = CommandLine::over(&vault("window-canary"));
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["vault", "init"], "");
    line.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], &bodies());
    let planted = secrets();
    let secrets: Vec<&str> = planted.iter().map(String::as_str).chain([sandbox.token.as_str()]).collect();
    let mut leaks: Vec<Leak> = Vec::new();

    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-canary").await;
        window.element("", "unlock").await.unwrap();
        window.script(RECORD, vec![]).await.unwrap();
        unlock(&window).await;
        for name in NAMES {
            open_draft(&window, name).await;
            leaks.extend(scan_bytes(&format!("editor of {name}"), page(&window).await.as_bytes(), &secrets));
            if name != BLOCKED {
                publish(&window).await;
            }
        }
        for screen in ["activity", "settings"] {
            window.click("", &format!("nav-{screen}")).await.unwrap();
            window.element("", &format!("screen-{screen}")).await.unwrap();
            leaks.extend(scan_bytes(screen, page(&window).await.as_bytes(), &secrets));
        }
        // What was sent, of every type.
        window.click("", "nav-activity").await.unwrap();
        window.element("", "activity-row").await.unwrap();
        for at in 0..NAMES.len() - 1 {
            let entry = format!("[...document.querySelectorAll('[data-testid=activity-row]')].filter((one) => one.dataset.kind === 'created')[{at}].querySelector('button')");
            window.script(&format!("{entry}.click()"), vec![]).await.unwrap();
            window.click("activity-detail", "evidence-open").await.unwrap();
            window.element("evidence-sheet", "exchange-request").await.unwrap();
            leaks.extend(scan_bytes(&format!("evidence {at}"), page(&window).await.as_bytes(), &secrets));
            window.click("evidence-sheet", "evidence-done").await.unwrap();
            window.until("document.querySelector('[data-testid=evidence-sheet]') === null").await;
        }
        let answers = window.script("return window.answers.length", vec![]).await.unwrap();
        assert!(answers.as_u64().is_some_and(|count| count > 50), "answers were recorded: {answers}");

        // The search finds what is there: a secret that was asked for is in the page. On its way it was encrypted; what is no secret
        // was not, so the answers were really recorded.
        window.click("", "nav-USERNAME_PASSWORD").await.unwrap();
        open_draft(&window, "login").await;
        window.click("editor", "reveal-password").await.unwrap();
        window.until(&in_page(PASSWORD)).await;
        let shown = scan_bytes("revealed", page(&window).await.as_bytes(), &[PASSWORD]);
        assert!(!shown.is_empty());
        window.until("window.answers.some((one) => one.includes('/secret_reveal '))").await;
        let answered = window.script("return window.answers.join()", vec![]).await.unwrap();
        let answered = answered.as_str().unwrap();
        assert!(answered.contains(USER), "answers were recorded with what they said");
        leaks.extend(scan_bytes("the answer to a reveal", answered.as_bytes(), &secrets));

        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        assert_eq!(window.script("return window.answers ?? null", vec![]).await.unwrap(), Value::Null);
        leaks.extend(scan_bytes("lock screen", page(&window).await.as_bytes(), &secrets));
        window.close().await;
    });
    let published = line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len();
    assert_eq!(published, NAMES.len() - 1, "every set but one was really sent");

    let typed = [&secrets[..], &[USER]].concat();
    let (files, found) = scan_folder(&folder(), &typed);
    assert!(files > 10, "there was something to search: {files} files");
    leaks.extend(found);
    assert_eq!(leaks, Vec::new());
}
