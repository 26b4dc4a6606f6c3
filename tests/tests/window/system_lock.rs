//! The vault locks when the system says that nobody is here, and what was typed is there afterwards.

use std::process::Command;

use sealpost_tests::session::binary;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, unlock, vault};

/// Says it on the session's bus, which stands for the system's as well.
fn say(path: &str, signal: &str, value: bool) {
    let status = Command::new("gdbus")
        .args(["emit", "--session", "--object-path", path, "--signal", signal, &value.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn the_screen_saver_and_sleep_lock_the_vault_and_keep_what_was_typed() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let system = [("DBUS_SYSTEM_BUS_ADDRESS", bus.as_str())];
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = Window::open_with(&binary("sealpost-desktop"), &vault("system-lock"), &system).await;
        first_run(&window).await;
        draft_login(&window, "checkout-login", "robot", "stored-password-1").await;
        window.click("", "nav-settings").await.unwrap();
        for name in ["coreDumps", "memory", "lockedKeys", "wipedMemory", "sleep", "screenLock"] {
            window
                .until(&format!(
                    "document.querySelector('[data-testid=protection-{name}]')?.dataset.state === 'on'"
                ))
                .await;
        }
        window.click("", "nav-USERNAME_PASSWORD").await.unwrap();
        window.enter("editor", "field-description", "half a sentence").await.unwrap();

        say("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", true);
        window.element("", "screen-lock").await.unwrap();
        unlock(&window).await;
        window.element("editor", "restored").await.unwrap();

        say("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", true);
        window.element("", "screen-lock").await.unwrap();
        unlock(&window).await;
        window
            .until("document.querySelector('[data-testid=field-description]')?.value === 'half a sentence'")
            .await;
        window.close().await;
    });
}
