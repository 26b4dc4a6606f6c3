//! The ways into the vault, its data key, its examination and its copies, by the settings of the real window.

use std::time::{Duration, Instant};

use sealpost_tests::cli::CommandLine;
use sealpost_tests::screen::Screen;
use sealpost_tests::session::folder;
use sealpost_tests::webdriver::Window;

use crate::axe::Axe;
use crate::steps::{ONE_AT_A_TIME, first_run, in_page, open, quiet, unlock, vault};

const WORDS: &str = "zebra-horse-battery-staple";
/// Of the export, which is not the vault's.
const FILE_WORDS: &str = "otter-lamp-river-candle";

async fn looks(axe: &mut Axe, window: &Window, screen: &str) {
    axe.look(window, screen).await;
    window.resize(900, 600).await.unwrap();
    axe.look(window, &format!("{screen}, small")).await;
    window.resize(1280, 800).await.unwrap();
}

/// Reads the code that is shown and types the two groups that are asked for. Gives the code.
async fn write_down(window: &Window) -> String {
    window.until("document.querySelectorAll('[data-testid^=recovery-type-]').length === 2").await;
    let code = "return [...document.querySelectorAll('[data-testid=recovery-group]')].map((one) => one.lastChild.textContent)";
    let groups = window.script(code, vec![]).await.unwrap();
    let groups: Vec<&str> = groups.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let asked = "return [...document.querySelectorAll('[data-testid^=recovery-type-]')].map((one) => Number(one.dataset.testid.split('-')[2]))";
    for number in window.script(asked, vec![]).await.unwrap().as_array().unwrap() {
        let number = usize::try_from(number.as_u64().unwrap()).unwrap();
        window.enter("", &format!("recovery-type-{number}"), groups[number - 1]).await.unwrap();
    }
    groups.join("-")
}

async fn set_passphrase(window: &Window, way: &str) {
    window.click("", "ways-change").await.unwrap();
    window.click("ways-sheet", &format!("way-{way}")).await.unwrap();
    window.enter("ways-sheet", "passphrase-first", WORDS).await.unwrap();
    window.enter("ways-sheet", "passphrase-second", WORDS).await.unwrap();
}

async fn mode(window: &Window, mode: &str) {
    window
        .until(&format!("document.querySelector('[data-testid=ways-in]')?.dataset.mode === '{mode}'"))
        .await;
    window.until(&format!("!({})", in_page(WORDS))).await;
}

/// Locks, and opens again by the passphrase.
async fn unlock_with(window: &Window) {
    window.enter("", "unlock-passphrase", WORDS).await.unwrap();
    window.click("", "unlock-with").await.unwrap();
    window.element("", "screen-drafts").await.unwrap();
    window.click("", "nav-settings").await.unwrap();
}

/// The command line begins a new key for this vault and is killed while it encrypts.
fn cut_off_a_new_key(line: &CommandLine) {
    let stage = line.vault.join("vault.sealpost.rekey");
    let mut rekeying = line.start(&["vault", "rekey"]);
    let until = Instant::now() + Duration::from_secs(60);
    // Longer than its empty tables are: there are rows in it, or will be at once.
    while stage.metadata().map_or(0, |file| file.len()) < 20 * 4096 {
        assert!(rekeying.try_wait().unwrap().is_none(), "it ended before it could be killed");
        assert!(Instant::now() < until, "nothing was begun");
        std::thread::sleep(Duration::from_millis(1));
    }
    rekeying.kill().unwrap();
    rekeying.wait().unwrap();
}

#[test]
fn a_new_key_that_was_cut_off_is_told_at_the_next_unlock_and_finished_in_the_settings() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    let line = CommandLine::over(&vault("window-unfinished"));
    line.ok(&["vault", "init"], "");
    let draft = |number: usize| serde_json::json!({"type": "TOKEN", "name": format!("token-{number}"), "scopes": ["EXTENSION"], "token": "zebra-kept"});
    let drafts = serde_json::Value::from((0..2000).map(draft).collect::<Vec<_>>());
    line.ok(&["draft", "new", "--from", "-"], &drafts.to_string());
    cut_off_a_new_key(&line);
    let banner = "document.querySelector('[data-testid=banner-notice][data-code=rekeyUnfinished]')";
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-unfinished").await;
        unlock(&window).await;
        window.until(&format!("{banner}?.textContent.includes('not finished')")).await;
        window.click("", "nav-settings").await.unwrap();
        window.script("document.getElementById('settings-keys').scrollIntoView()", vec![]).await.unwrap();
        looks(&mut axe, &window, "unfinished key").await;
        window.click("", "rekey-forget").await.unwrap();
        looks(&mut axe, &window, "forget the new key").await;
        Screen::of_window("Sealpost").press("Escape");
        window.until("document.querySelector('[data-testid=rekey-forget-dialog]') === null").await;
        window.click("", "rekey").await.unwrap();
        looks(&mut axe, &window, "finish the new key").await;
        window.click("rekey-sheet", "rekey-start").await.unwrap();
        window.until("document.querySelector('[data-testid=rekey-sheet]') === null").await;
        window.until(&format!("{banner} === null")).await;
        window.until("document.querySelector('[data-testid=rekey-forget]') === null").await;
        assert!(!line.vault.join("vault.sealpost.rekey").exists());
        window.click("", "lock").await.unwrap();
        unlock(&window).await;
        window.close().await;
    });
    assert_eq!(line.run(&["draft", "reveal", "token-7", "token"], "").stdout, "zebra-kept\n");
    assert_eq!(line.ok(&["vault", "doctor"], "")["healthy"], true);
    axe.assert_nothing_found();
}

#[test]
fn the_ways_in_the_key_the_examination_and_the_copies_are_all_in_the_settings() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut axe = Axe::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("keys").await;
        first_run(&window).await;
        window.click("", "nav-settings").await.unwrap();
        window.script("document.getElementById('settings-keys').scrollIntoView()", vec![]).await.unwrap();
        looks(&mut axe, &window, "keys").await;

        window.click("", "recovery-make").await.unwrap();
        let code = write_down(&window).await;
        window.click("recovery-sheet", "recovery-copy").await.unwrap();
        window.until("document.querySelector('[data-testid=recovery-sheet]').textContent.includes('Recovery code copied')").await;
        looks(&mut axe, &window, "new recovery code").await;
        window.click("recovery-sheet", "recovery-confirm").await.unwrap();
        window.click("", "recovery-check").await.unwrap();
        window.enter("check-code", "check-code-typed", &code.to_lowercase()).await.unwrap();
        window.click("check-code", "check-code-now").await.unwrap();
        window.element("check-code", "code-opens").await.unwrap();
        looks(&mut axe, &window, "code checked").await;
        Screen::of_window("Sealpost").press("Escape");
        window.until("document.querySelector('[data-testid=check-code]') === null").await;

        set_passphrase(&window, "both").await;
        looks(&mut axe, &window, "ways in").await;
        window.click("ways-sheet", "ways-save").await.unwrap();
        mode(&window, "both").await;
        window.click("", "lock").await.unwrap();
        unlock_with(&window).await;

        window.click("", "rekey").await.unwrap();
        let new_code = write_down(&window).await;
        assert_ne!(code, new_code);
        looks(&mut axe, &window, "new data key").await;
        window.enter("rekey-sheet", "rekey-passphrase", "zebra-horse").await.unwrap();
        window.click("rekey-sheet", "recovery-confirm").await.unwrap();
        window.until("document.querySelector('[data-testid=rekey-sheet] [data-testid=problem]')?.dataset.code === 'wrongSecret'").await;
        window.enter("rekey-sheet", "rekey-passphrase", "-battery-staple").await.unwrap();
        window.click("rekey-sheet", "recovery-confirm").await.unwrap();
        window.until("document.querySelector('[data-testid=rekey-sheet]') === null").await;

        window.click("", "doctor").await.unwrap();
        window.until("document.querySelector('[data-testid=doctor-verdict]')?.dataset.healthy === 'true'").await;
        looks(&mut axe, &window, "examination").await;
        window.click("doctor-sheet", "doctor-save").await.unwrap();
        let report = folder().join("report.json");
        name_file("Save the report", &report);
        window.until("document.querySelector('[data-testid=doctor-save]')?.disabled === false").await;
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        assert_eq!(report["healthy"], true, "{report}");
        window.click("doctor-sheet", "doctor-close").await.unwrap();

        window.click("", "backup-to-file").await.unwrap();
        let copy = folder().join("copy.sealpost");
        name_file("Back up to a file", &copy);
        window.until("document.querySelector('[data-testid=backup-to-file]')?.disabled === false").await;
        assert!(copy.metadata().is_ok_and(|found| found.len() > 4096), "the copy is there");

        let not_one = folder().join("notes.sealpost");
        std::fs::write(&not_one, "no backup of anything\n".repeat(400)).unwrap();

        window.click("", "backup-now").await.unwrap();
        window.until("document.querySelector('[data-testid=backup-now]')?.disabled === false").await;
        window.click("", "backup-list").await.unwrap();
        window.element("copies-sheet", "restore-copy").await.unwrap();
        looks(&mut axe, &window, "copies").await;
        window.click("copies-sheet", "restore-copy").await.unwrap();
        looks(&mut axe, &window, "restore").await;
        window.click("restore-sheet", "restore-now").await.unwrap();
        window.element("restore-sheet", "problem").await.unwrap();
        window.enter("restore-sheet", "restore-secret", WORDS).await.unwrap();
        window.click("restore-sheet", "restore-now").await.unwrap();
        window.element("screen-lock", "restored").await.unwrap();
        looks(&mut axe, &window, "restored").await;
        unlock_with(&window).await;

        // The copy that was put elsewhere comes back the same way; a file that is none is refused, and the vault stays open.
        for (file, is_one) in [(&not_one, false), (&copy, true)] {
            window.click("", "backup-list").await.unwrap();
            window.click("copies-sheet", "restore-file").await.unwrap();
            name_file("Restore a backup", file);
            let named = format!(
                "document.querySelector('[data-testid=restore-what]')?.textContent.includes('{}')",
                file.display()
            );
            window.until(&named).await;
            window.enter("restore-sheet", "restore-secret", WORDS).await.unwrap();
            window.click("restore-sheet", "restore-now").await.unwrap();
            if is_one {
                window.element("screen-lock", "restored").await.unwrap();
                unlock_with(&window).await;
            } else {
                window.element("restore-sheet", "problem").await.unwrap();
                looks(&mut axe, &window, "no backup").await;
                window.script("document.querySelector('[data-testid=restore-sheet] [aria-label=Close]').click()", vec![]).await.unwrap();
            }
        }

        // Everything for another program, and back.
        window.click("portable", "portable-export").await.unwrap();
        window.enter("export-sheet", "passphrase-first", FILE_WORDS).await.unwrap();
        window.enter("export-sheet", "passphrase-second", FILE_WORDS).await.unwrap();
        looks(&mut axe, &window, "export").await;
        window.click("export-sheet", "export-now").await.unwrap();
        let export = folder().join("all.age");
        name_file("Export", &export);
        window.until("document.querySelector('[data-testid=export-sheet]') === null").await;
        assert!(std::fs::read(&export).unwrap().starts_with(b"age-encryption.org/v1"));
        quiet(&window).await;
        window.click("portable", "portable-import").await.unwrap();
        name_file("Import an export", &export);
        window.enter("import-sheet", "import-passphrase", WORDS).await.unwrap();
        window.click("import-sheet", "import-now").await.unwrap();
        window.element("import-sheet", "problem").await.unwrap();
        looks(&mut axe, &window, "import").await;
        let empty = "document.querySelector('[data-testid=import-passphrase]').value = ''";
        window.script(empty, vec![]).await.unwrap();
        window.enter("import-sheet", "import-passphrase", FILE_WORDS).await.unwrap();
        window.click("import-sheet", "import-now").await.unwrap();
        window.until("document.querySelector('[data-testid=import-sheet]') === null").await;
        window.until(&format!("!({})", in_page(FILE_WORDS))).await;

        quiet(&window).await;
        window.click("", "ways-change").await.unwrap();
        window.click("ways-sheet", "way-keyring").await.unwrap();
        window.click("ways-sheet", "ways-save").await.unwrap();
        mode(&window, "keyring").await;
        window.click("", "lock").await.unwrap();
        unlock(&window).await;
        window.close().await;
    });
    axe.assert_nothing_found();
}

/// Names a file in the system's own dialog, as a person types it: again, if it took the keyboard too late for all of it.
fn name_file(title: &str, file: &std::path::Path) {
    let dialog = Screen::of_window(title);
    for patience in [1, 2, 4, 8].map(Duration::from_secs) {
        // It takes the keyboard once it has drawn itself.
        std::thread::sleep(patience / 2);
        dialog.focus();
        // It may have closed late, after what was typed before.
        if !dialog.is_open() {
            return;
        }
        dialog.press("Ctrl+a");
        dialog.write(&file.display().to_string());
        dialog.press("Enter");
        if dialog.closes_within(patience * 2) {
            return;
        }
    }
    dialog.until_closed();
}
