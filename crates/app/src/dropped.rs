//! A file that was dropped on the window, where the system gives its path to the program and nothing to the page
//! (`WebKitGTK`, tauri#6695).
//!
//! ```text
//! dropped ─▶ the path is kept here ─▶ event "fileDropped": where, and its name
//!                  │                        │ the page: over a place that takes a file?
//!                  ▼                        ▼
//!            forgotten by a lock      dropped_read: given out once, as the button's pick would be
//! ```
//! The page never names a path: it gets the file that was dropped last, once.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use sealpost_vault::{SecretValue, WipedBytes};

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{AppEvent, RevealedSecret};

/// The API takes 1 MB; a file much larger is a mistake and is not even read. The button's pick has the same limit.
const TOO_LARGE: u64 = 2_000_000;

/// What was dropped last and not yet read.
#[derive(Debug, Default)]
pub(crate) struct Dropped(Mutex<Vec<PathBuf>>);

impl Dropped {
    fn put(&self, paths: Vec<PathBuf>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }

    fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets what was dropped.
    pub(crate) fn forget(&self) {
        self.put(Vec::new());
    }
}

impl App {
    /// Files were dropped on the window, at so many pixels from the page's corner. Nothing of them is read yet.
    pub fn files_dropped(&self, paths: Vec<PathBuf>, x: i32, y: i32) {
        let name = paths.first().and_then(|path| path.file_name()).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        self.inner.dropped.put(paths);
        self.emit(AppEvent::FileDropped { x, y, name });
    }

    /// The dropped file's content as base64, once.
    ///
    /// # Errors
    /// `NotFound`: nothing was dropped since; `Invalid`: several files, no file, or one far too large; `Storage`: it
    /// can't be read. `VaultLocked`.
    pub async fn dropped_read(&self) -> Result<RevealedSecret, Problem> {
        let mut paths = self.inner.dropped.take();
        self.blocking(move |app| {
            if app.lock_session().is_none() {
                return Err(Problem::locked());
            }
            let path = paths.pop().ok_or_else(|| Problem::not_found("dropped file"))?;
            if !paths.is_empty() {
                return Err(refused("Several files were dropped.", "Drop one."));
            }
            let bytes = read(&path)?;
            Ok(RevealedSecret(SecretValue::new(
                base64::engine::general_purpose::STANDARD.encode(&*bytes).into(),
            )))
        })
        .await
    }
}

/// One regular file, and no more of it than may be sent.
fn read(path: &Path) -> Result<WipedBytes, Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Before it is opened: opening a pipe waits for somebody to write into it.
    let found = std::fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
    if !found.is_file() {
        let what = if found.is_dir() { "a folder" } else { "not a file" };
        return Err(refused(format!("“{name}” is {what}."), "Drop the certificate file itself."));
    }
    // Of its whole size at once: a buffer that grows leaves pieces of a key behind.
    let size = usize::try_from(found.len().min(TOO_LARGE)).unwrap_or_default();
    let mut bytes = WipedBytes::new(Vec::with_capacity(size + 32));
    let opened = std::fs::File::open(path).map_err(|error| unreadable(&name, &error))?;
    opened.take(TOO_LARGE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&name, &error))?;
    if bytes.len() as u64 > TOO_LARGE {
        return Err(refused(
            format!("“{name}” is too large for the API, which takes 1 MB."),
            "Drop another file.",
        ));
    }
    Ok(bytes)
}

fn refused(what: impl Into<String>, hint: &str) -> Problem {
    Problem::new(Code::Invalid, what, "Nothing was changed.", hint)
}

fn unreadable(name: &str, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::Storage,
        format!("“{name}” could not be read: {}.", error.kind()),
        "Nothing was changed.",
        "Look whether you may read it, or choose it with the button.",
    )
}

#[cfg(test)]
mod tests;
