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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_forgets_the_oldest_and_still_finds_the_others_by_their_number() {
        let mut log = RequestLog::default();
        let first = log.begin("GET", "/first");
        let numbers: Vec<u64> = (0..REMEMBERED).map(|n| log.begin("GET", &format!("/{n}"))).collect();
        assert_eq!((log.all().len(), log.count()), (REMEMBERED, REMEMBERED as u64 + 1));
        assert_eq!(log.entry(first), None);
        assert_eq!(log.entry(numbers[0]).unwrap().path, "/0");
        assert_eq!(log.entry(numbers[REMEMBERED - 1]).unwrap().path, format!("/{}", REMEMBERED - 1));
        assert_eq!(log.entry(numbers[REMEMBERED - 1] + 1), None);
    }
}
