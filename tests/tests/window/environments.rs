//! A second environment, added and tested in the window: the same draft gets an id of its own there.

use serde_json::json;

use sealpost_tests::cli::SandboxProcess;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, in_page, open, publish, publish_by};

#[test]
fn a_second_environment_is_tested_and_gets_an_id_of_its_own() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let second = SandboxProcess::start(&[]);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("environments").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "checkout-robot", "not-a-real-password").await;
        publish(&window).await;

        window
            .script("document.querySelector('[aria-label=\"Add environment\"]').click()", vec![])
            .await
            .unwrap();
        window.enter("screen-environments", "env-name", "second").await.unwrap();
        window.enter("screen-environments", "env-url", &second.url).await.unwrap();
        window.enter("screen-environments", "env-token", &second.token).await.unwrap();
        window.click("screen-environments", "env-test").await.unwrap();
        window.element("probe-result", "probe-check").await.unwrap();
        let failed = "return document.querySelectorAll('[data-testid=probe-check][data-result=failed]').length";
        assert_eq!(window.script(failed, vec![]).await.unwrap(), json!(0), "the connection test passes");
        window.click("screen-environments", "env-save").await.unwrap();
        window.element("screen-environments", "env-token-stored").await.unwrap();
        window.until(&format!("!({})", in_page(&second.token))).await;

        window.click("", "nav-USERNAME_PASSWORD").await.unwrap();
        let row = "[...document.querySelectorAll('[data-testid=draft-row]')].find((one) => one.textContent.includes('checkout-login'))";
        window.until(row).await;
        window.script(&format!("{row}.click()"), vec![]).await.unwrap();
        publish_by(&window, "publish-here-second").await;

        let ids = "[...document.querySelectorAll('[data-testid=editor] [data-testid=remote-id]')].map((one) => one.textContent)";
        window.until(&format!("{ids}.length === 2")).await;
        let ids = window.script(&format!("return {ids}"), vec![]).await.unwrap();
        let ids: Vec<&str> = ids.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(ids.iter().all(|id| id.starts_with("CREDENTIALS_VAULT-")), "{ids:?}");
        assert_ne!(ids[0], ids[1], "each environment has its own");
        window.close().await;
    });
}
