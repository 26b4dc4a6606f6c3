//! Opens the window. It is up before the vault or the keyring is asked for anything.

use std::path::PathBuf;

use sealpost_app::App;
use tauri::{DragDropEvent, RunEvent, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::clipboard::Clipboard;
use crate::closing::Closing;
use crate::dialogs::ChosenFile;
use crate::encrypted_calls::OneTimeKeys;
use crate::system_lock::Signals;
#[cfg(target_os = "linux")]
use crate::webkit;
use crate::{commands, events, system_lock};

/// The vault's folder; `--vault DIR` names it.
pub(crate) fn vault_folder() -> PathBuf {
    let named = std::env::args_os().skip(1).skip_while(|argument| argument != "--vault").nth(1);
    sealpost_app::vault_folder(named.map(PathBuf::from))
}

/// Runs the window until it is closed.
///
/// # Errors
/// The system has no webview, or no display.
pub(crate) fn run(app: App) -> tauri::Result<()> {
    let (clipboard, closing) = (Clipboard::default(), Closing::default());
    let (signals, keys) = (Signals::default(), OneTimeKeys::default());
    let at_exit = clipboard.clone();
    let for_events = (app.clone(), clipboard.clone(), keys.clone());
    let built = tauri::Builder::default()
        .manage(app)
        .manage(clipboard)
        .manage(closing.clone())
        .manage(signals.clone())
        .manage(ChosenFile::default())
        .manage(keys.clone())
        .invoke_handler(commands::handler())
        .setup(move |tauri_app| {
            let handle = tauri_app.handle().clone();
            let (app, clipboard, keys) = for_events;
            let dropped_on = app.clone();
            system_lock::watch(&app, &handle, &signals);
            tauri::async_runtime::spawn(events::forward(app, handle.clone(), clipboard, keys));
            let window = WebviewWindowBuilder::new(&handle, "main", WebviewUrl::App("index.html".into()))
                .title("Sealpost")
                .inner_size(1280.0, 800.0)
                .min_inner_size(900.0, 600.0)
                .decorations(false)
                .content_protected(true)
                .devtools(cfg!(feature = "automation"))
                .on_navigation(|url| matches!(url.scheme(), "tauri" | "http") && is_own(url));
            // Files are dropped on the page; tauri's handler would take them first. WebKitGTK shows the page a drop without
            // its file (tauri#6695): there tauri's handler hears of it.
            #[cfg(not(target_os = "linux"))]
            let window = window.disable_drag_drop_handler();
            let window = window.build()?;
            #[cfg(target_os = "linux")]
            webkit::frugal(&window)?;
            let asked = window.clone();
            window.on_window_event(move |event| match event {
                WindowEvent::CloseRequested { api, .. } => {
                    api.prevent_close();
                    closing.wanted(&asked);
                }
                WindowEvent::DragDrop(DragDropEvent::Drop { paths, position }) => {
                    let at = position.cast::<i32>();
                    dropped_on.files_dropped(paths.clone(), at.x, at.y);
                }
                _ => {}
            });
            Ok(())
        })
        .build(tauri::generate_context!())?;
    built.run(move |_, event| {
        if let RunEvent::Exit = event {
            at_exit.clear_if_ours(None);
            // The vault needs no farewell: each save was durable before it was answered.
        }
    });
    Ok(())
}

/// The window shows its own pages and nothing else.
fn is_own(url: &tauri::Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "tauri.localhost"))
}
