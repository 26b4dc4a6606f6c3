//! Where the reader is, kept beside serde so that an error can name its path without quoting a value.

use std::cell::{Cell, RefCell};

use serde::de;
use serde_json::error::Category;

use super::error::{BodyError, BodyErrorKind};

/// A field name from outside is shown in errors; a longer one is cut.
const MAX_NAME: usize = 60;

/// The reader's place. A segment is left on the path when its value fails, so the path of an error is the path at
/// the time it is explained.
#[derive(Default)]
pub(super) struct Place {
    item: Cell<Option<usize>>,
    path: RefCell<Vec<Segment>>,
    expected: Cell<&'static str>,
    refusal: RefCell<Option<(BodyErrorKind, String)>>,
}

enum Segment {
    Name(String),
    Index(usize),
}

impl Place {
    pub(super) fn start_item(&self, index: usize) {
        self.item.set(Some(index));
        self.path.borrow_mut().clear();
    }

    /// Behind the last item: what comes now belongs to none.
    pub(super) fn start_end(&self) {
        self.item.set(None);
        self.path.borrow_mut().clear();
    }

    /// Says what the next value must be; shown if it is something else.
    pub(super) fn expect(&self, what: &'static str) {
        self.expected.set(what);
    }

    pub(super) fn enter(&self, name: &str) {
        let shown = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        self.path.borrow_mut().push(Segment::Name(shown));
    }

    pub(super) fn enter_index(&self, index: usize) {
        self.path.borrow_mut().push(Segment::Index(index));
    }

    pub(super) fn leave(&self) {
        self.path.borrow_mut().pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.path.borrow().len()
    }

    /// An error with our own sentence. What serde carries is empty.
    pub(super) fn refuse<E: de::Error>(&self, kind: BodyErrorKind, message: impl Into<String>) -> E {
        *self.refusal.borrow_mut() = Some((kind, message.into()));
        E::custom("")
    }

    pub(super) fn refuse_field<E: de::Error>(&self, message: impl Into<String>) -> E {
        self.refuse(BodyErrorKind::Field, message)
    }

    /// The answer of a list call holds metadata only (contract 2.1).
    pub(super) fn refuse_list_answer<E: de::Error>(&self) -> E {
        self.refuse(
            BodyErrorKind::ListAnswer,
            "This is the answer of a list call. Dynatrace never returns secrets, so no drafts can be made from it. Give the request bodies instead.",
        )
    }

    /// The path as text, with the names that may be shown.
    fn path(&self, may_be_shown: &dyn Fn(&str) -> bool) -> String {
        let mut text = String::new();
        for segment in self.path.borrow().iter() {
            match segment {
                Segment::Name(name) => {
                    text.push_str(if text.is_empty() { "" } else { "." });
                    text.push_str(if may_be_shown(name) { name } else { "…" });
                }
                Segment::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    /// The error as people read it: our sentence, serde's place. `may_be_shown`: is what was read as a name surely one?
    pub(super) fn explain(
        &self,
        error: &serde_json::Error,
        may_be_shown: &dyn Fn(&str) -> bool,
    ) -> BodyError {
        let (kind, message) = match (self.refusal.take(), error.classify()) {
            (Some(refusal), _) => refusal,
            (None, Category::Data) => (
                BodyErrorKind::Field,
                format!("The value must be {}. Correct it, then import again.", self.expected.get()),
            ),
            (None, Category::Eof) => {
                (BodyErrorKind::NotJson, "The JSON ends too early. The input may be cut off.".to_owned())
            }
            // The text of this error is fixed and holds no input; it is the only one looked at.
            (None, _) if error.to_string().starts_with("recursion limit") => (
                BodyErrorKind::NotJson,
                "The JSON is nested too deeply for a request body. Remove the nesting.".to_owned(),
            ),
            (None, _) => (
                BodyErrorKind::NotJson,
                "This is not JSON. Look for a missing comma, quote or bracket at or just before this place."
                    .to_owned(),
            ),
        };
        let position = Some(error.line()).filter(|line| *line > 0);
        BodyError {
            kind,
            item: self.item.get(),
            path: self.path(may_be_shown),
            line: position,
            column: position.map(|_| error.column()),
            message,
        }
    }
}
