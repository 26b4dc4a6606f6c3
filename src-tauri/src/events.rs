//! Hands the app's events to the one window.

use sealpost_app::App;
use sealpost_app::views::{AppEvent, VaultState};
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;

use crate::clipboard::Clipboard;
use crate::encrypted_calls::OneTimeKeys;

/// Name of the event; its payload is an [`AppEvent`].
pub(crate) const EVENT: &str = "app-event";

/// Forwards until the app ends. A window that lagged behind is told that content changed, and asks again, or that the vault is locked.
pub(crate) async fn forward(app: App, handle: AppHandle, clipboard: Clipboard, keys: OneTimeKeys) {
    let mut events = app.events();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            // A lock may be among what was missed.
            Err(RecvError::Lagged(_)) => match app.vault_status().await {
                Ok(status) if status.state == VaultState::Locked => {
                    AppEvent::VaultChanged { state: VaultState::Locked }
                }
                _ => AppEvent::ContentChanged,
            },
            Err(RecvError::Closed) => return,
        };
        if matches!(event, AppEvent::VaultChanged { state: VaultState::Locked }) {
            keys.forget();
            clipboard.clear_soon(None);
        }
        if let Err(error) = handle.emit(EVENT, &event) {
            tracing::warn!("an event did not reach the window: {error}");
        }
    }
}
