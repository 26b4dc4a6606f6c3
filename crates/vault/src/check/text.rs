//! Rules that any text field can break. None of them quotes the value: it may be a secret.

use super::{Issue, IssueCode, SecretPresence};
use crate::secret::SecretField;

/// A field that has to be filled in.
pub(super) fn required(path: &str, value: &str, what: &str, issues: &mut Vec<Issue>) -> bool {
    let missing = value.trim().is_empty();
    if missing {
        issues.push(Issue::error(path, IssueCode::Required, format!("Enter {what}.")));
    }
    !missing
}

/// White space around the value: it is sent as it stands, so a line break from a paste breaks the login.
pub(super) fn stray_whitespace(path: &str, value: &str, issues: &mut Vec<Issue>) {
    if value.trim().is_empty() {
        return;
    }
    let found = if value.ends_with(['\n', '\r']) {
        "ends with a line break"
    } else if value.trim_end() != value {
        "ends with a space"
    } else if value.trim_start() != value {
        "starts with a space or a line break"
    } else {
        return;
    };
    issues.push(Issue::warning(
        path,
        IssueCode::StrayWhitespace,
        format!("The value {found}, probably from a paste. Remove it unless it is meant."),
    ));
}

/// Control characters inside a one-line value. Those at its ends are stray white space.
pub(super) fn control_characters(path: &str, value: &str, issues: &mut Vec<Issue>) {
    if value.trim().chars().any(char::is_control) {
        issues.push(Issue::warning(
            path,
            IssueCode::Malformed,
            "The value holds a line break, a tab or another control character. Remove it unless it is meant.",
        ));
    }
}

/// Both rules, for a one-line field.
pub(super) fn one_line(path: &str, value: &str, issues: &mut Vec<Issue>) {
    stray_whitespace(path, value, issues);
    control_characters(path, value, issues);
}

/// A secret that has to be set, and is checked for white space if its value is at hand.
pub(super) fn required_secret(
    secrets: SecretPresence<'_>,
    field: SecretField,
    what: &str,
    issues: &mut Vec<Issue>,
) {
    if !secrets.has(field) {
        issues.push(Issue::error(
            field.name(),
            IssueCode::Required,
            format!("Enter {what}. A set can't be published without it."),
        ));
        return;
    }
    let Some(value) = secrets.value(field) else { return };
    match value.expose_text() {
        Some(text) if text.trim().is_empty() => issues.push(Issue::warning(
            field.name(),
            IssueCode::StrayWhitespace,
            "The value is white space only. Enter it again unless that is meant.",
        )),
        Some(text) => one_line(field.name(), text, issues),
        None => issues.push(Issue::error(
            field.name(),
            IssueCode::Malformed,
            "The value is not text and can't be sent as JSON. Enter it again.",
        )),
    }
}

/// One of the API's constants.
pub(super) fn one_of(path: &str, value: &str, allowed: &[&str], what: &str, issues: &mut Vec<Issue>) -> bool {
    if value.trim().is_empty() {
        issues.push(Issue::error(path, IssueCode::Required, format!("Pick {what}.")));
        return false;
    }
    let known = allowed.contains(&value);
    if !known {
        issues.push(Issue::error(
            path,
            IssueCode::UnknownValue,
            format!("This is not {what} of the API. Pick one of {}.", allowed.join(", ")),
        ));
    }
    known
}
