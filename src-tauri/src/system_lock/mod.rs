//! Locking when nobody is here: the screen locks, the computer sleeps, another user comes, the clock jumps, or nobody has
//! used the window for a while.
//!
//! ```text
//! Linux: logind, screen savers ──┐
//! Windows: power, the desktop ───┤
//! macOS: power, the session ─────┤
//! the clock jumped ──────────────┤
//! the app: nobody is here ───────┴▶ lock: event "lockWanted" ─▶ the page hands over what is typed and locks
//!                                          └ nothing in time ─▶ locked here, the page's process ended and a new one
//!                                                                started; what is typed was sealed a second ago
//! ```

#[cfg(target_os = "linux")]
mod dbus;
#[cfg(target_os = "macos")]
mod macos;
mod told;
#[cfg(target_os = "windows")]
mod windows;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sealpost_app::App;
use sealpost_app::views::{AppEvent, ProtectionState, VaultState};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::events::EVENT;

/// How long the page has to hand over and lock. A computer that goes to sleep waits about five seconds for us.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the clocks are compared.
const LOOK: Duration = Duration::from_secs(5);
/// How often the app is asked whether anybody is here.
const COUNT: Duration = Duration::from_secs(1);
/// A difference that no correction of the clock makes.
const JUMP: Duration = Duration::from_secs(60);

/// Does this kind of system tell?
const TOLD: bool = cfg!(any(target_os = "linux", target_os = "windows", target_os = "macos"));

/// Which signals of the system are heard.
#[derive(Default, Clone)]
pub(crate) struct Signals(Arc<Heard>);

#[derive(Default)]
struct Heard {
    sleep: AtomicBool,
    screen: AtomicBool,
}

impl Signals {
    /// Sleep; on Linux the lock of a session too.
    pub(crate) fn sleep(&self) -> ProtectionState {
        Self::state(&self.0.sleep, TOLD)
    }

    /// The screen saver; on Windows and macOS the lock of a session.
    pub(crate) fn screen(&self) -> ProtectionState {
        Self::state(&self.0.screen, TOLD)
    }

    fn state(heard: &AtomicBool, told: bool) -> ProtectionState {
        if told { ProtectionState::on(heard.load(Ordering::Relaxed)) } else { ProtectionState::Unavailable }
    }
}

/// Starts listening.
pub(crate) fn watch(app: &App, handle: &AppHandle, signals: &Signals) {
    #[cfg(target_os = "linux")]
    dbus::watch(app, handle, signals);
    #[cfg(target_os = "windows")]
    windows::watch(app, handle, signals);
    #[cfg(target_os = "macos")]
    macos::watch(app, handle, signals);
    #[cfg(not(any(target_os = "linux", target_os = "windows", target_os = "macos")))]
    let _ = signals;
    tauri::async_runtime::spawn(watch_clock(app.clone(), handle.clone()));
    tauri::async_runtime::spawn(watch_presence(app.clone(), handle.clone()));
}

/// A computer that slept, and a clock that somebody turned, look the same: the clock on the wall and the one that only
/// counts running time disagree.
async fn watch_clock(app: App, handle: AppHandle) {
    let mut before = (app.now(), Instant::now());
    loop {
        tokio::time::sleep(LOOK).await;
        let now = (app.now(), Instant::now());
        if jumped(now.0 - before.0, now.1 - before.1) {
            lock(&app, &handle).await;
        }
        before = now;
    }
}

/// The app counts; the page only says when somebody was here.
async fn watch_presence(app: App, handle: AppHandle) {
    loop {
        tokio::time::sleep(COUNT).await;
        if app.idle_lock_due().await {
            lock_now(&app, &handle).await;
        }
    }
}

/// Did the clock on the wall (milliseconds) move otherwise than time went by?
fn jumped(wall: i64, passed: Duration) -> bool {
    let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    wall.abs_diff(passed) > JUMP.as_millis().try_into().unwrap_or(u64::MAX)
}

/// Locks an open vault for the system, unless the settings say not to.
pub(crate) async fn lock(app: &App, handle: &AppHandle) {
    // A vault that is locked has no settings to read.
    if app.settings().await.is_ok_and(|settings| settings.lock_with_system) {
        lock_now(app, handle).await;
    }
}

async fn lock_now(app: &App, handle: &AppHandle) {
    let mut events = app.events();
    if let Err(error) = handle.emit(EVENT, AppEvent::LockWanted) {
        tracing::warn!("the page could not be told to lock: {error}");
    }
    let locked = async {
        while let Ok(event) = events.recv().await {
            if matches!(event, AppEvent::VaultChanged { state: VaultState::Locked }) {
                return;
            }
        }
    };
    if tokio::time::timeout(PATIENCE, locked).await.is_ok() {
        return;
    }
    match app.vault_lock().await {
        Ok(_) => renew_page(handle),
        Err(problem) => tracing::error!("the vault could not be locked: {}", problem.title),
    }
}

/// A page that did not lock hangs, and what it shows stays: it is loaded anew, on Linux in a process of its own.
fn renew_page(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window("main") else { return };
    #[cfg(target_os = "linux")]
    let renewed = crate::webkit::anew(&window);
    #[cfg(not(target_os = "linux"))]
    let renewed = window.reload();
    if let Err(error) = renewed {
        tracing::warn!("the page could not be loaded anew: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_a_turned_clock_are_jumps_and_a_busy_or_corrected_clock_is_none() {
        let look = Duration::from_secs(5);
        for wall in [5_000, 4_000, 64_000, -54_000] {
            assert!(!jumped(wall, look), "{wall} ms");
        }
        for wall in [66_000, -56_000, 3_600_000, -3_600_000, i64::MAX, i64::MIN] {
            assert!(jumped(wall, look), "{wall} ms");
        }
        assert!(!jumped(300_000, Duration::from_secs(300)), "a machine too busy to look");
    }
}
