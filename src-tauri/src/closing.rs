//! Closing the window: whoever asks, the page asks about what is not saved first.
//!
//! ```text
//! Alt+F4, the taskbar ─▶ CloseRequested: held back ─▶ event "closeWanted" ─▶ close_heard ─▶ the question ─┐
//!                             └ nothing heard for some seconds: closed, a page that hangs traps nobody    │
//! the window's own button ─▶ the question ────────────────────────────────────────────────────────────────┴▶ window_close
//! ```
//!
//! What is typed was sealed a second after it was typed, so closing without an answer loses no more than that second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sealpost_app::App;
use sealpost_app::views::AppEvent;
use tauri::{Emitter as _, WebviewWindow};

use crate::events::EVENT;

/// How long the page has to say that it heard.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a request in flight may hold the window back; its outcome would else be unclear.
const IN_FLIGHT: Duration = Duration::from_secs(10);

/// Whether the page heard that the window is to close.
#[derive(Default, Clone)]
pub(crate) struct Closing {
    heard: Arc<AtomicU32>,
}

impl Closing {
    /// The page heard and asks.
    pub(crate) fn heard(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    /// The window manager wants the window closed.
    pub(crate) fn wanted(&self, window: &WebviewWindow) {
        let before = self.heard.load(Ordering::Relaxed);
        if let Err(error) = window.emit(EVENT, AppEvent::CloseWanted) {
            tracing::warn!("the page could not be asked whether to close: {error}");
        }
        let (closing, window) = (self.clone(), window.clone());
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if closing.heard.load(Ordering::Relaxed) == before {
                tracing::warn!("the page did not answer; the window closes");
                destroy(&window);
            }
        });
    }
}

/// Closes the window: it disappears at once, a request in flight is finished and recorded, the keys are dropped.
pub(crate) async fn close(app: &App, window: &WebviewWindow) {
    if let Err(error) = window.hide() {
        tracing::warn!("the window could not be hidden: {error}");
    }
    if tokio::time::timeout(IN_FLIGHT, app.vault_lock()).await.is_err() {
        tracing::warn!("a request was still in flight; the next start finds out what became of it");
    }
    destroy(window);
}

fn destroy(window: &WebviewWindow) {
    if let Err(error) = window.destroy() {
        tracing::error!("the window could not be closed: {error}");
    }
}
