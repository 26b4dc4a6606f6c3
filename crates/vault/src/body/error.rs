//! Why a request body can't be read.

use std::fmt;

/// What kind of refusal, for callers that switch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyErrorKind {
    /// Over 64 MB.
    TooLarge,
    /// No bytes, white space only, or an empty array.
    Empty,
    /// Not JSON, or nested too deeply.
    NotJson,
    /// The answer of a list call: it holds no secrets.
    ListAnswer,
    /// JSON, but a field is missing or has the wrong form.
    Field,
    /// An unknown field that may hold a secret, and would be shown if it were kept.
    UnknownSecret,
}

/// The first thing that can't be kept. Holds no value of the input, only names of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    /// What kind of refusal.
    pub kind: BodyErrorKind,
    /// Index of the item in the array, from 0; `None` for a single object.
    pub item: Option<usize>,
    /// Path inside the item, in the API's spelling: `externalVault.secretId`. Empty for the item as a whole.
    pub path: String,
    /// Line in the text, from 1, if known.
    pub line: Option<usize>,
    /// Column in the line, from 1, if known.
    pub column: Option<usize>,
    /// One or two sentences: what is wrong and what to do.
    pub message: String,
}

impl BodyError {
    pub(super) fn whole(kind: BodyErrorKind, message: &str) -> Self {
        Self { kind, item: None, path: String::new(), line: None, column: None, message: message.to_owned() }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = Vec::new();
        if let Some(item) = self.item {
            // People count from 1.
            place.push(format!("item {}", item + 1));
        }
        if !self.path.is_empty() {
            place.push(self.path.clone());
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            place.push(format!("line {line} column {column}"));
        }
        if place.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{} ({})", self.message, place.join(", "))
    }
}

impl std::error::Error for BodyError {}
