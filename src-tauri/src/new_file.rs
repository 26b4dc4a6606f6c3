//! Asks the person where a new file goes. The page never names a path: it says what shall be saved, the system's own dialog
//! says where.

use std::path::PathBuf;

use tauri::WebviewWindow;

/// The file that was named, or nothing if the dialog was put away.
pub(crate) async fn new_file(window: &WebviewWindow, title: &str, name: &str) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_parent(window).set_title(title).set_file_name(name);
    dialog.save_file().await.map(|file| file.path().to_owned())
}
