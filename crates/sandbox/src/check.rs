//! Reading members of a request body and collecting what is wrong with them, one violation per member.

use serde_json::{Map, Value};

use crate::answer::{Refusal, Violation};

/// The violations found so far. The texts are our choice (c); paths and envelope are those of contract 4.5.
#[derive(Default)]
pub(crate) struct Check(Vec<Violation>);

/// An object of the body and the path to it, such as `externalVault.`.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) object: &'a Map<String, Value>,
    pub(crate) prefix: &'a str,
}

impl<'a> Node<'a> {
    /// The member, if it is there; `null` counts as left out.
    pub(crate) fn get(self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn path(self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

impl Check {
    pub(crate) fn wrong(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Violation { path: path.into(), message: message.into() });
    }

    /// A string that may be left out.
    pub(crate) fn optional<'a>(&mut self, node: Node<'a>, key: &str) -> Option<&'a str> {
        let value = node.get(key)?;
        if value.as_str().is_none() {
            self.wrong(node.path(key), "must be a string");
        }
        value.as_str()
    }

    /// A string that has to be there, perhaps empty.
    pub(crate) fn required<'a>(&mut self, node: Node<'a>, key: &str) -> Option<&'a str> {
        if node.get(key).is_none() {
            self.wrong(node.path(key), "must not be null");
        }
        self.optional(node, key)
    }

    /// A string that has to be there and not be empty.
    pub(crate) fn filled<'a>(&mut self, node: Node<'a>, key: &str) -> Option<&'a str> {
        let text = self.required(node, key)?;
        if text.is_empty() {
            self.wrong(node.path(key), "must not be empty");
        }
        Some(text)
    }

    /// One of the constants of an enum, if it is there.
    pub(crate) fn optional_choice<'a>(&mut self, node: Node<'a>, key: &str, all: &[&str]) -> Option<&'a str> {
        let text = self.optional(node, key)?;
        if !all.contains(&text) {
            self.wrong(node.path(key), format!("must be one of [{}]", all.join(", ")));
        }
        Some(text)
    }

    /// One of the constants of an enum.
    pub(crate) fn choice<'a>(&mut self, node: Node<'a>, key: &str, all: &[&str]) -> Option<&'a str> {
        if node.get(key).is_none() {
            self.wrong(node.path(key), "must not be null");
        }
        self.optional_choice(node, key, all)
    }

    /// A boolean, or its name as a string, which servers accept too (contract 2.1).
    pub(crate) fn flag(&mut self, node: Node<'_>, key: &str) -> Option<bool> {
        match node.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => {
                self.wrong(node.path(key), "must be a boolean");
                None
            }
        }
    }

    /// The array, if it is there.
    pub(crate) fn list<'a>(&mut self, node: Node<'a>, key: &str) -> Option<&'a [Value]> {
        let value = node.get(key)?;
        if !value.is_array() {
            self.wrong(node.path(key), "must be an array");
        }
        value.as_array().map(Vec::as_slice)
    }

    /// `Constraints violated.` with all that was found.
    pub(crate) fn refusal(self) -> Refusal {
        Refusal::body(self.0)
    }

    /// The refusal, if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(self.refusal()) }
    }
}
