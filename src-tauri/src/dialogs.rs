//! Asks the person for a file. The page never names a path: it says what shall be saved or opened, the system's own dialog
//! says where.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use sealpost_app::problem::Problem;
use tauri::WebviewWindow;

/// The file that a new one was named, or nothing if the dialog was put away.
pub(crate) async fn new_file(window: &WebviewWindow, title: &str, name: &str) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_parent(window).set_title(title).set_file_name(name);
    dialog.save_file().await.map(|file| file.path().to_owned())
}

/// A file that is there, or nothing if the dialog was put away.
pub(crate) async fn chosen_file(window: &WebviewWindow, title: &str) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_parent(window).set_title(title);
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

/// The file that was chosen last. It is kept here until the person agrees to what is done with it: the page sees its path,
/// and can't name another.
#[derive(Default)]
pub(crate) struct ChosenFile(Mutex<Option<PathBuf>>);

impl ChosenFile {
    pub(crate) fn set(&self, file: PathBuf) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    /// # Errors
    /// `NotFound`: none was chosen.
    pub(crate) fn get(&self) -> Result<PathBuf, Problem> {
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        chosen.ok_or_else(|| Problem::not_found("file"))
    }
}
