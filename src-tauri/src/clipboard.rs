//! The clipboard. A secret goes there from Rust, marked for history tools to leave out, and is cleared after a while if
//! it is still ours by then. It never passes through the webview.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::RevealedSecret;

/// The clipboard and what of ours is on it.
#[derive(Default, Clone)]
pub(crate) struct Clipboard(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    board: Option<arboard::Clipboard>,
    /// Counts the copies, so that an old timer does not clear a newer one.
    copies: u64,
    ours: Option<RevealedSecret>,
}

fn failed(error: &arboard::Error) -> Problem {
    Problem::new(
        Code::Internal,
        format!("Not copied: the clipboard could not be written ({error})."),
        "The value stays in the vault.",
        "Try again; on a computer without a desktop session there is no clipboard.",
    )
}

impl Clipboard {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> Result<T, arboard::Error>) -> Result<T, Problem> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.board.is_none() {
            state.board = Some(arboard::Clipboard::new().map_err(|error| failed(&error))?);
        }
        work(&mut state).map_err(|error| failed(&error))
    }

    /// Copies an id or a user name; it stays.
    pub(crate) fn put_text(&self, text: &str) -> Result<(), Problem> {
        self.with(|state| {
            state.ours = None;
            state.board.as_mut().map_or(Ok(()), |board| board.set_text(text))
        })
    }

    /// Copies a secret, kept out of histories where the system knows how, and clears it later.
    pub(crate) fn put_secret(&self, secret: RevealedSecret, clears_in: Duration) -> Result<(), Problem> {
        let copy = self.with(|state| {
            let text = secret.0.expose_text().unwrap_or_default();
            if let Some(board) = state.board.as_mut() {
                exclude(board.set()).text(text)?;
            }
            state.copies += 1;
            state.ours = Some(secret);
            Ok(state.copies)
        })?;
        let clipboard = self.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(clears_in).await;
            clipboard.clear_if_ours(Some(copy));
        });
        Ok(())
    }

    /// Clears what is still ours; somebody else's text is left alone. Nothing to clear is fine.
    pub(crate) fn clear_if_ours(&self, copy: Option<u64>) {
        let cleared = self.with(|state| {
            if copy.is_some_and(|copy| copy != state.copies) {
                return Ok(());
            }
            let Some(ours) = state.ours.take() else { return Ok(()) };
            let Some(board) = state.board.as_mut() else { return Ok(()) };
            let now = zeroize::Zeroizing::new(board.get_text().unwrap_or_default());
            if ours.0.expose_text() == Some(now.as_str()) { board.clear() } else { Ok(()) }
        });
        if cleared.is_err() {
            tracing::warn!("the clipboard could not be cleared");
        }
    }
}

#[cfg(target_os = "linux")]
fn exclude(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtLinux as _;
    set.exclude_from_history()
}

#[cfg(target_os = "macos")]
fn exclude(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple as _;
    set.exclude_from_history()
}

#[cfg(target_os = "windows")]
fn exclude(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_history()
}
