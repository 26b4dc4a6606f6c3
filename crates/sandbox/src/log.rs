//! Which requests came, without their queries, headers and bodies.

use std::collections::VecDeque;

use serde::Serialize;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestSummary {
    /// HTTP method.
    pub method: String,
    /// Path as sent, without query.
    pub path: String,
    /// Status answered; `None` as long as there is no answer, and for ever if the connection broke before it.
    pub status: Option<u16>,
    /// Owner of the token, once the request was authenticated.
    pub user: Option<String>,
}

/// How many writes were accepted, also those whose answer a fault then spoiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Writes {
    /// POSTs that made a set.
    pub posts: u64,
    /// PUTs that replaced or made one.
    pub puts: u64,
    /// DELETEs that removed one.
    pub deletes: u64,
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<RequestSummary>,
    forgotten: u64,
}

impl RequestLog {
    /// Enters a request and gives its number.
    pub(crate) fn begin(&mut self, method: &str, path: &str) -> u64 {
        if self.entries.len() == REMEMBERED {
            self.entries.pop_front();
            self.forgotten += 1;
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        self.entries.push_back(RequestSummary { method, path, status: None, user: None });
        self.forgotten + self.entries.len() as u64 - 1
    }

    /// The entry of a request, unless it was forgotten meanwhile.
    pub(crate) fn entry(&mut self, number: u64) -> Option<&mut RequestSummary> {
        let index = number.checked_sub(self.forgotten)?;
        self.entries.get_mut(usize::try_from(index).ok()?)
    }

    pub(crate) fn all(&self) -> Vec<RequestSummary> {
        self.entries.iter().cloned().collect()
    }

    /// How many requests ever came.
    pub(crate) fn count(&self) -> u64 {
        self.forgotten + self.entries.len() as u64
    }
}
