//! What somebody else changes in an environment, as the window shows and settles it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use sealpost_tests::cli::SandboxProcess;

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, connect, draft_login, first_run, open, publish_by, quiet, show};

/// Somebody else at the same environment.
pub(crate) struct Other<'a>(pub(crate) &'a SandboxProcess);

impl Other<'_> {
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> String {
        let address = self.0.url.trim_start_matches("http://");
        let (host, base) = address.split_once('/').unwrap_or((address, ""));
        let base = if base.is_empty() { String::new() } else { format!("/{base}") };
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {base}/api/v2/credentials{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Api-Token {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.0.token,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        answer
    }
}

fn body(name: &str, description: &str) -> String {
    format!(
        r#"{{"type":"USERNAME_PASSWORD","name":"{name}","description":"{description}","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"not-a-real-password"}}"#
    )
}

#[test]
fn a_change_there_is_a_conflict_a_foreign_set_is_adopted_and_unpublishing_keeps_the_draft() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let sandbox = SandboxProcess::start(&[]);
    let other = Other(&sandbox);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("changed-there").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "not-a-real-password").await;
        connect(&window, &sandbox).await;
        show(&window, "checkout-login").await;
        publish_by(&window, "publish-here-second").await;
        let id = window.text("editor", "remote-id").await.unwrap();

        // A conflict: taken over from there.
        other.request("PUT", &format!("/{id}"), &body("checkout-login", "changed by somebody"));
        window.click("editor", "publish-here-second").await.unwrap();
        window.element("plan-sheet", "conflict").await.unwrap();
        axe.look(&window, "conflict").await;
        let disabled = "return document.querySelector('[data-testid=apply-plan]').disabled";
        assert_eq!(window.script(disabled, vec![]).await.unwrap(), true, "nothing is chosen by itself");
        window.click("plan-sheet", "take-theirs").await.unwrap();
        window.until("document.querySelector('[data-testid=conflict]') === null && document.querySelector('[data-testid=plan-row]')").await;
        window.script("document.querySelector('[data-testid=plan-sheet] [aria-label=Close]').click()", vec![]).await.unwrap();
        window.until("document.querySelector('[data-testid=field-description]')?.value === 'changed by somebody'").await;

        // A conflict: the draft stays.
        other.request("PUT", &format!("/{id}"), &body("checkout-login", "changed again"));
        window.click("editor", "publish-here-second").await.unwrap();
        window.click("plan-sheet", "keep-mine").await.unwrap();
        window.click("", "apply-plan").await.unwrap();
        window.click("", "report-done").await.unwrap();
        window.until("document.querySelector('[data-testid=report-done]') === null").await;
        let there = other.request("GET", &format!("/{id}"), "");
        assert!(there.contains("changed by somebody"), "{there}");

        // A set of somebody else comes into the vault, without its secret.
        for name in ["foreign-login", "foreign-second", "somebody-elses"] {
            other.request("POST", "", &body(name, "made elsewhere"));
        }
        window.script("[...document.querySelectorAll('.sidebar .nav')].find((one) => one.title === 'second').click()", vec![]).await.unwrap();
        window.script("[...document.querySelectorAll('[role=radio]')].find((one) => one.textContent.trim() === 'Drift').click()", vec![]).await.unwrap();
        window.click("drift-pane", "remote-look").await.unwrap();
        window.element("remote-sets", "remote-set").await.unwrap();
        axe.look(&window, "sets that are not in the vault").await;
        let sets = |number: usize| format!("document.querySelectorAll('[data-testid=remote-set]').length === {number}");
        window.until(&sets(3)).await;

        // One of them is nobody's business here, until it is looked at again; the others are adopted together.
        let ignore = "[...document.querySelectorAll('[data-testid=ignore-set]')].find((one) => one.ariaLabel === 'Ignore somebody-elses').click()";
        window.script(ignore, vec![]).await.unwrap();
        window.until(&sets(2)).await;
        quiet(&window).await;
        axe.look(&window, "an ignored set").await;
        window.click("settled", "stop-ignoring").await.unwrap();
        window.until(&sets(3)).await;
        window.until("document.querySelector('[data-testid=settled]') === null").await;
        window.script(ignore, vec![]).await.unwrap();
        window.until(&sets(2)).await;
        window.script("document.querySelector('[aria-label=\"Select all sets\"]').click()", vec![]).await.unwrap();
        window.click("remote-sets", "adopt-selected").await.unwrap();
        window.until(&sets(0)).await;
        show(&window, "foreign-second").await;
        show(&window, "foreign-login").await;
        window.until("document.querySelector('[data-testid=editor]').innerText.includes('without its secret')").await;

        // Unpublished: gone there, still here.
        quiet(&window).await;
        show(&window, "checkout-login").await;
        window.click("editor", "unpublish-second").await.unwrap();
        window.element("plan-sheet", "unpublish-note").await.unwrap();
        window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        axe.look(&window, "unpublish").await;
        window.click("", "apply-plan").await.unwrap();
        window.click("", "report-done").await.unwrap();
        window.until("document.querySelector('[data-testid=report-done]') === null").await;
        let there = other.request("GET", "", "");
        assert!(!there.contains(&id), "{there}");
        show(&window, "checkout-login").await;
        window.close().await;
    });
    axe.assert_nothing_found();
}
