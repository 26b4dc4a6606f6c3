//! A certificate file, dragged from a file manager and let go.

use std::path::Path;

use sealpost_tests::screen::Screen;
use sealpost_tests::session::folder;
use sealpost_tests::webdriver::Window;

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, first_run, open};

const PLACE: &str = "document.querySelector('[data-testid=new-sheet] .drop')";

/// The middle of an element, in pixels from the corner of the page.
async fn middle(window: &Window, element: &str) -> (i16, i16) {
    let script = format!(
        "const at = {element}.getBoundingClientRect(); return [Math.round(at.x + at.width / 2), Math.round(at.y + at.height / 2)]"
    );
    let at = window.script(&script, vec![]).await.unwrap();
    let pixel = |n: usize| i16::try_from(at[n].as_i64().unwrap()).unwrap();
    (pixel(0), pixel(1))
}

/// Lets a file go over the place that takes one.
async fn drop_there(window: &Window, screen: &Screen, file: &Path) {
    let there = middle(window, PLACE).await;
    let held = screen.drag_file(file, there).expect("the place takes a file");
    window.until(&format!("{PLACE}.classList.contains('is-over')")).await;
    held.release();
    window.until(&format!("!{PLACE}.classList.contains('is-over')")).await;
}

async fn says(window: &Window, words: &str) {
    window
        .until(&format!("document.querySelector('[data-testid=new-sheet]').textContent.includes('{words}')"))
        .await;
}

#[test]
fn a_dropped_file_is_read_or_refused_with_a_word_and_only_where_it_belongs() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("file-drop").await;
        first_run(&window).await;
        let screen = Screen::of_window("Sealpost");
        window.click("", "new-draft").await.unwrap();
        window.click("new-sheet", "type-CERTIFICATE").await.unwrap();
        window.until(&format!("{PLACE} !== null")).await;
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/certs/leaf-with-key.pem"));

        let beside =
            middle(&window, "document.querySelector('[data-testid=new-sheet] [data-testid=field-name]')")
                .await;
        assert!(screen.drag_file(file, beside).is_none(), "the name takes no file");
        window
            .until("document.querySelector('[data-testid=new-sheet] [data-testid=field-name]').value === ''")
            .await;

        axe.look(&window, "no file was taken").await;
        let own = folder().join("dropped");
        std::fs::create_dir_all(&own).unwrap();
        drop_there(&window, &screen, &own).await;
        says(&window, "is a folder. Nothing was changed. Drop the certificate file itself.").await;
        axe.look(&window, "a folder was dropped").await;
        let large = own.join("large file.pem");
        std::fs::write(&large, vec![b'a'; 2_000_001]).unwrap();
        drop_there(&window, &screen, &large).await;
        says(&window, "“large file.pem” is too large for the API").await;
        window.until(&format!("{PLACE}.querySelector('.badge') === null")).await;

        drop_there(&window, &screen, file).await;
        window.until(&format!("{PLACE}.querySelector('.badge--ok') !== null")).await;
        says(&window, "leaf-with-key.pem").await;
        axe.look(&window, "a file was dropped").await;
        says(&window, "PEM · 1 certificate · 1 key").await;
        window
            .until("!document.querySelector('[data-testid=new-sheet]').textContent.includes('too large')")
            .await;
        window.close().await;
    });
    axe.assert_nothing_found();
}
