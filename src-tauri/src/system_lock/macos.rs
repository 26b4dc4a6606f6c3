//! macOS: the window server is asked once a second whether our session is locked or another user has the screen.
//!
//! The notices of `NSWorkspace` and of the distributed center can't be observed without `unsafe`; the answer of
//! `CGSessionCopyCurrentDictionary` can be read (ADR 24). That the computer sleeps is not heard: it locks its session by then,
//! or the clock tells.

use std::sync::atomic::Ordering;
use std::time::Duration;

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

/// Starts the thread that looks.
pub(super) fn watch(app: &App, handle: &AppHandle, signals: &Signals) {
    let (app, handle, signals) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || {
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
