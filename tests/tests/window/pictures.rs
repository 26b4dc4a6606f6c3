//! Pictures of the real window for the README; `cargo xtask screenshots` runs this on purpose.

use std::path::Path;
use std::process::Command;

use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, open, publish, save};

/// A picture of the screen's upper left part: with no window manager, that is where the window is.
async fn picture(window: &Window, name: &str, (width, height): (u32, u32)) {
    window.settle().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("import")
        .args(["-window", "root", "-crop", &format!("{width}x{height}+0+0"), "+repage"])
        .arg(folder.join(name))
        .status()
        .unwrap();
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
        save(&window).await;
        publish(&window).await;
        for theme in ["light", "dark"] {
            window
                .script(&format!("document.documentElement.dataset.theme = '{theme}'"), vec![])
                .await
                .unwrap();
            picture(&window, &format!("main-{theme}.png"), (1280, 800)).await;
        }
        window.resize(900, 600).await.unwrap();
        picture(&window, "main-dark-small.png", (900, 600)).await;
        window.close().await;
    });
}
