//! The whole main job with real keys and no pointer at all: everything is reached by Tab and the keys the window names.

use serde_json::Value;

use sealpost_tests::screen::Screen;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, open};

/// More stops than any screen has.
const STOPS: usize = 60;

/// A window and its keyboard.
struct Keys {
    window: Window,
    screen: Screen,
}

impl Keys {
    /// What has the focus, in words.
    async fn focused(&self) -> String {
        let script = "const at = document.activeElement; return at.dataset.testid || at.getAttribute('aria-label') || at.innerText?.slice(0, 30) || at.tagName";
        match self.window.script(script, vec![]).await {
            Ok(Value::String(name)) => name,
            other => format!("{other:?}"),
        }
    }

    /// Presses Tab until the element has the focus.
    async fn tab_to(&self, id: &str) {
        self.window.element("", id).await.unwrap();
        let mut stops = Vec::new();
        for _ in 0..STOPS {
            let at = self.focused().await;
            if at == id {
                let visible = "return document.activeElement.matches(':focus-visible')";
                assert_eq!(
                    self.window.script(visible, vec![]).await.unwrap(),
                    true,
                    "{id} shows that it has the focus"
                );
                return;
            }
            stops.push(at);
            self.screen.press("Tab");
            // The key goes through the screen, the question beside it.
            self.window.settle().await.unwrap();
        }
        panic!("{id} can't be reached; the stops were {stops:?}");
    }

    async fn go(&self, id: &str) {
        self.tab_to(id).await;
        self.screen.press("Enter");
    }

    async fn fill(&self, id: &str, text: &str) {
        self.tab_to(id).await;
        self.screen.write(text);
        self.window.until(&format!("document.activeElement.value === '{text}'")).await;
    }

    /// Publishes the open draft through its plan and puts the report away.
    async fn publish(&self) {
        self.screen.press("Ctrl+Enter");
        self.window.until("document.querySelector('[data-testid=apply-plan]')?.disabled === false").await;
        self.screen.press("Ctrl+Enter");
        self.window.element("", "report-done").await.unwrap();
        self.go("report-done").await;
        self.window.until("document.querySelector('[data-testid=report-done]') === null").await;
    }
}

#[test]
fn the_whole_main_job_is_done_with_keys_alone() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("keyboard").await;
        window.element("", "screen-first-run").await.unwrap();
        let keys = Keys { window, screen: Screen::of_window("Sealpost") };
        let Keys { window, screen } = &keys;
        window.until("document.querySelector('[data-testid=create-vault]')?.disabled === false").await;
        keys.go("create-vault").await;
        window.until("document.querySelectorAll('[data-testid=recovery-group]').length === 9").await;
        let asked = "[...document.querySelectorAll('[data-testid^=recovery-type-]')].map((one) => one.dataset.testid)";
        window.until(&format!("{asked}.length === 2")).await;
        for input in window.script(&format!("return {asked}"), vec![]).await.unwrap().as_array().unwrap() {
            let input = input.as_str().unwrap();
            let at: usize = input.trim_start_matches("recovery-type-").parse().unwrap();
            let group = format!("return document.querySelectorAll('[data-testid=recovery-group]')[{}].lastChild.textContent", at - 1);
            let group = window.script(&group, vec![]).await.unwrap().as_str().unwrap().to_owned();
            keys.fill(input, &group).await;
        }
        keys.go("recovery-confirm").await;
        keys.go("start-sandbox").await;
        window.element("", "screen-drafts").await.unwrap();
        window.until("document.querySelectorAll('[data-testid=draft-row]').length >= 3").await;

        screen.press("Ctrl+n");
        keys.fill("field-name", "checkout-login").await;
        keys.fill("field-user", "robot").await;
        keys.fill("secret-password", "not-a-real-password").await;
        screen.press("Ctrl+s");
        window
            .until("document.querySelector('[data-testid=editor] h2')?.textContent === 'checkout-login'")
            .await;
        keys.publish().await;
        let id = window.text("editor", "remote-id").await.unwrap();
        assert!(id.starts_with("CREDENTIALS_VAULT-"), "{id}");

        keys.fill("field-description", "second").await;
        screen.press("Ctrl+s");
        window
            .until("!document.querySelector('[data-testid=editor-state]').textContent.includes('unsaved')")
            .await;
        keys.publish().await;
        assert_eq!(window.text("editor", "remote-id").await.unwrap(), id, "the same set was updated");

        screen.press("Ctrl+l");
        window.element("", "screen-lock").await.unwrap();
        keys.go("unlock").await;
        window.element("", "screen-drafts").await.unwrap();
        keys.window.close().await;
    });
}
