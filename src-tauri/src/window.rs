//! Opens the window. It is up before the vault or the keyring is asked for anything.

use std::path::PathBuf;

use sealpost_app::App;
use tauri::{RunEvent, WebviewUrl, WebviewWindowBuilder};

use crate::clipboard::Clipboard;
use crate::{commands, events};

/// Folder of the vault: `--vault DIR`, `SEALPOST_VAULT`, or the default place.
pub(crate) fn vault_folder() -> PathBuf {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--vault"
            && let Some(folder) = arguments.next()
        {
            return PathBuf::from(folder);
        }
    }
    std::env::var_os("SEALPOST_VAULT").map_or_else(sealpost_app::default_folder, PathBuf::from)
}

/// Runs the window until it is closed.
///
/// # Errors
/// The system has no webview, or no display.
pub(crate) fn run(app: App) -> tauri::Result<()> {
    let clipboard = Clipboard::default();
    let at_exit = clipboard.clone();
    let for_events = (app.clone(), clipboard.clone());
    let built = tauri::Builder::default()
        .manage(app)
        .manage(clipboard)
        .invoke_handler(commands::handler())
        .setup(move |tauri_app| {
            let handle = tauri_app.handle().clone();
            let (app, clipboard) = for_events;
            tauri::async_runtime::spawn(events::forward(app, handle.clone(), clipboard));
            WebviewWindowBuilder::new(&handle, "main", WebviewUrl::App("index.html".into()))
                .title("Sealpost")
                .inner_size(1280.0, 800.0)
                .min_inner_size(900.0, 600.0)
                .decorations(false)
                .content_protected(true)
                .devtools(cfg!(feature = "automation"))
                .on_navigation(|url| matches!(url.scheme(), "tauri" | "http") && is_own(url))
                .build()?;
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
