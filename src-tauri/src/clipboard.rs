//! The clipboard. A secret goes there from Rust, marked for history tools to leave out, and is cleared after a while, on
//! lock and at exit, if it is still ours by then; that it is gone is read back. It never passes through the webview.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::RevealedSecret;
use zeroize::Zeroizing;

/// How often a clipboard is asked and cleared before that is given up until the next occasion.
const TRIES: u32 = 5;
/// Between two tries: who else uses it is done by then.
const PAUSE: Duration = Duration::from_millis(40);

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

/// What clearing needs of a clipboard.
trait Board {
    /// Its text; None if it holds none.
    fn text(&mut self) -> Result<Option<Zeroizing<String>>, arboard::Error>;
    fn empty(&mut self) -> Result<(), arboard::Error>;
}

impl Board for arboard::Clipboard {
    fn text(&mut self) -> Result<Option<Zeroizing<String>>, arboard::Error> {
        match self.get_text() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(arboard::Error::ContentNotAvailable) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn empty(&mut self) -> Result<(), arboard::Error> {
        self.clear()
    }
}

/// Takes a text of ours off a clipboard and reads back that it is gone; somebody else's is left alone. False if that can't
/// be said: the clipboard does not answer, or keeps it.
fn cleared(board: &mut impl Board, ours: &str) -> bool {
    for _ in 0..TRIES {
        match board.text() {
            Ok(Some(text)) if *text == ours => drop(board.empty()),
            Ok(_) => return true,
            // Somebody holds it just now.
            Err(_) => {}
        }
        std::thread::sleep(PAUSE);
    }
    board.text().is_ok_and(|text| text.is_none_or(|text| *text != ours))
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
            clipboard.clear_soon(Some(copy));
        });
        Ok(())
    }

    /// As [`Clipboard::clear_if_ours`], without waiting: whoever else has something on it may take seconds to answer.
    pub(crate) fn clear_soon(&self, copy: Option<u64>) {
        let clipboard = self.clone();
        tauri::async_runtime::spawn_blocking(move || clipboard.clear_if_ours(copy));
    }

    /// Clears what is still ours, or of this copy; somebody else's text is left alone. Nothing to clear is fine.
    pub(crate) fn clear_if_ours(&self, copy: Option<u64>) {
        let gone = self.with(|state| {
            if copy.is_some_and(|copy| copy != state.copies) {
                return Ok(true);
            }
            let (Some(ours), Some(board)) = (&state.ours, state.board.as_mut()) else { return Ok(true) };
            let gone = ours.0.expose_text().is_none_or(|ours| cleared(board, ours));
            // What could not be cleared is tried again by the next lock and at the end.
            if gone {
                state.ours = None;
            }
            Ok(gone)
        });
        if !gone.is_ok_and(|gone| gone) {
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// A clipboard that answers as it is told, and in the end with what it holds.
    struct Played {
        holds: Option<&'static str>,
        busy: u32,
        keeps: u32,
        emptied: u32,
        /// What somebody copies after each clearing.
        then: VecDeque<&'static str>,
    }

    fn holding(text: &'static str) -> Played {
        Played { holds: Some(text), busy: 0, keeps: 0, emptied: 0, then: VecDeque::new() }
    }

    impl Board for Played {
        fn text(&mut self) -> Result<Option<Zeroizing<String>>, arboard::Error> {
            if self.busy > 0 {
                self.busy -= 1;
                return Err(arboard::Error::ClipboardOccupied);
            }
            Ok(self.holds.map(|text| Zeroizing::new(text.to_owned())))
        }

        fn empty(&mut self) -> Result<(), arboard::Error> {
            self.emptied += 1;
            if self.keeps > 0 {
                self.keeps -= 1;
            } else {
                self.holds = self.then.pop_front();
            }
            Ok(())
        }
    }

    #[test]
    fn ours_is_cleared_and_read_back() {
        let mut board = holding("ours");
        assert!(cleared(&mut board, "ours"));
        assert_eq!((board.holds, board.emptied), (None, 1));
    }

    #[test]
    fn what_somebody_else_copied_since_is_left_alone() {
        let mut board = holding("theirs");
        assert!(cleared(&mut board, "ours"));
        assert_eq!((board.holds, board.emptied), (Some("theirs"), 0));
        let mut board = Played { then: ["theirs"].into(), ..holding("ours") };
        assert!(cleared(&mut board, "ours"));
        assert_eq!((board.holds, board.emptied), (Some("theirs"), 1), "also right after the clearing");
    }

    #[test]
    fn a_busy_or_stubborn_clipboard_is_tried_again() {
        let mut board = Played { busy: 2, keeps: 1, ..holding("ours") };
        assert!(cleared(&mut board, "ours"));
        assert_eq!(board.holds, None);
    }

    #[test]
    fn what_stays_or_is_not_known_is_not_called_cleared() {
        assert!(!cleared(&mut Played { keeps: u32::MAX, ..holding("ours") }, "ours"));
        assert!(!cleared(&mut Played { busy: u32::MAX, ..holding("ours") }, "ours"));
    }
}
