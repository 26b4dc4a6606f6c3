//! macOS: the power management of the kernel tells that the computer goes to sleep, and waits for our answer; the window server is
//! asked once a second whether our session is locked or another user has the screen.
//!
//! The notices of `NSWorkspace` and of the distributed center can't be observed without `unsafe`; the answer of
//! `CGSessionCopyCurrentDictionary` can be read (ADR 24).

use std::sync::atomic::Ordering;
use std::time::Duration;

use naptime::{EventHandler, Naptime};
use objc2::rc::autoreleasepool;
use objc2::runtime::AnyObject;
use objc2_core_graphics::CGSessionCopyCurrentDictionary;
use objc2_foundation::{NSDictionary, NSNumber, NSString};
use sealpost_app::App;
use tauri::AppHandle;

use super::Signals;
use super::told::{Looks, Session};

/// Between two looks at the session.
const LOOK: Duration = Duration::from_secs(1);

/// Locks before the computer sleeps.
struct Sleeps {
    app: App,
    handle: AppHandle,
}

impl EventHandler for Sleeps {
    /// Called once it is decided. The system sleeps when this returns, after 30 s at the latest.
    fn sleep(&mut self) {
        tauri::async_runtime::block_on(super::lock(&self.app, &self.handle));
    }
}

/// Starts a thread that hears of sleep, and the one that looks.
pub(super) fn watch(app: &App, handle: &AppHandle, signals: &Signals) {
    let (app, handle, signals) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || {
        // Heard for as long as this is kept: until the program ends.
        let hears = Naptime::new(Sleeps { app: app.clone(), handle: handle.clone() });
        signals.0.sleep.store(hears.is_ok(), Ordering::Relaxed);
        if let Err(error) = &hears {
            tracing::info!("sleep is not heard: {error}");
        }
        let mut looks = Looks::default();
        loop {
            let session = autoreleasepool(|_| session());
            signals.0.screen.store(session.is_some(), Ordering::Relaxed);
            if session.is_some_and(|session| looks.left(session.is_away())) {
                tauri::async_runtime::block_on(super::lock(&app, &handle));
            }
            std::thread::sleep(LOOK);
        }
    });
}

/// Our session; none without a window server.
fn session() -> Option<Session> {
    let session = CGSessionCopyCurrentDictionary()?;
    let session: &AnyObject = (*session).as_ref();
    let session = session.downcast_ref::<NSDictionary>()?;
    let says = |name: &str| {
        let value = session.objectForKey(&NSString::from_str(name))?;
        value.downcast::<NSNumber>().ok().map(|number| number.boolValue())
    };
    Some(Session { locked: says("CGSSessionScreenIsLocked"), on_console: says("kCGSSessionOnConsoleKey") })
}
