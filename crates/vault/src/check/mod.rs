//! Validation, offline and to the field. Pure: a draft in, findings out.

mod issue;

pub use issue::{Issue, IssueCode, Severity};
