//! Pictures of the real window for the README; `cargo xtask screenshots` runs this on purpose.

use std::path::Path;
use std::process::Command;

use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, open, publish};

async fn picture(window: &Window, name: &str) {
    window.settle().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("import").args(["-window", "root"]).arg(folder.join(name)).status().unwrap();
    assert!(status.success(), "ImageMagick took the picture");
}

#[test]
#[ignore = "writes files of the repository; `cargo xtask screenshots` runs it"]
fn of_the_real_window() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("pictures").await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "svc-checkout-synth", "not-a-real-password-7").await;
        window.enter("editor", "field-description", "Signs in to the checkout journey").await.unwrap();
        window.click("editor", "save-draft").await.unwrap();
        publish(&window).await;
        for theme in ["light", "dark"] {
            window
                .script(&format!("document.documentElement.dataset.theme = '{theme}'"), vec![])
                .await
                .unwrap();
            picture(&window, &format!("main-{theme}.png")).await;
        }
        window.close().await;
    });
}
