//! Words for people: states, counts, times; and text from elsewhere made safe for a terminal.

use sealpost_app::parts::{Issue, Severity};
use sealpost_app::views::{PublicationView, SyncState, UsageView};

use crate::output::Out;

/// Where a draft stands, in the words of the window.
pub(crate) const fn state(state: SyncState) -> &'static str {
    match state {
        SyncState::NotTarget => "not a target",
        SyncState::Matches => "matches last publish",
        SyncState::Unpublished => "not published yet",
        SyncState::Modified => "modified since publish",
        SyncState::Drifted => "changed in Dynatrace",
        SyncState::Both => "changed here and in Dynatrace",
        SyncState::Missing => "missing in Dynatrace",
        SyncState::Unverified => "could not be verified",
        SyncState::Unclear => "unclear, not retried",
        SyncState::Failed => "last publish failed",
        SyncState::Publishing => "publishing",
        SyncState::NeedsSecret => "needs its secret",
    }
}

/// Monitors that use a set.
pub(crate) fn usage(usage: &[UsageView]) -> String {
    let used: Vec<String> = usage
        .iter()
        .filter(|one| one.count > 0)
        .map(|one| format!("{} {}", one.count, one.kind.replace('_', " ").to_lowercase()))
        .collect();
    if used.is_empty() { "no monitors".into() } else { used.join(", ") }
}

/// A moment with its zone, or that there was none.
pub(crate) fn moment(at: Option<i64>) -> String {
    at.map_or_else(|| "never".into(), |at| format!("{} UTC", sealpost_app::moment(at)))
}

/// Label and value pairs of a link to an environment.
pub(crate) fn publication(one: &PublicationView) -> Vec<Vec<String>> {
    let revision = one.published_revision.map_or_else(String::new, |number| format!(", revision {number}"));
    let none = || "none".to_owned();
    let mut rows = vec![
        ("State", state(one.state).to_owned()),
        ("Set", one.remote_id.clone().unwrap_or_else(none)),
        ("Owner", one.owner.clone().unwrap_or_else(|| "not known".into())),
        ("Scopes", if one.scopes.is_empty() { none() } else { one.scopes.join(", ") }),
        ("Usage", usage(&one.usage)),
        ("Published", format!("{}{revision}", moment(one.published_at))),
        ("Last read", moment(one.verified_at)),
    ];
    rows.extend(one.external_id.clone().map(|id| ("External ID", id)));
    rows.extend(one.problem.clone().map(|problem| ("Problem", problem)));
    rows.into_iter().map(|(label, value)| vec![format!("  {label}"), value]).collect()
}

/// A finding, with its weight.
pub(crate) fn issue(out: &Out, issue: &Issue) -> String {
    let (tone, word) = match issue.severity {
        Severity::Error => ("bad", "error"),
        Severity::Warning => ("warn", "warning"),
    };
    format!("{} {}: {}", out.paint(tone, &format!("{word}:")), issue.path, issue.message)
}

/// One, or several.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// Text that a terminal shows and does not obey: names and server texts come from elsewhere. Keeps line ends and our
/// own colours.
pub(crate) fn plain(text: &str) -> String {
    let ours = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(colour) = ours.iter().find(|colour| rest.starts_with(**colour)) {
            safe.push_str(colour);
            rest = &rest[colour.len()..];
            continue;
        }
        // Right-to-left overrides would show another text than the one that is there.
        let hidden = next.is_control() && next != '\n' && next != '\t';
        let turned = matches!(next, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        safe.push(if hidden || turned { '\u{fffd}' } else { next });
        rest = &rest[next.len_utf8()..];
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{count, plain};

    #[test]
    fn a_terminal_is_not_told_what_to_do_by_a_name() {
        assert_eq!(plain("a\u{1b}]0;title\u{7}b"), "a\u{fffd}]0;title\u{fffd}b");
        assert_eq!(plain("a\r\u{9b}2Jb"), "a\u{fffd}\u{fffd}2Jb");
        assert_eq!(plain("\u{202e}txt"), "\u{fffd}txt");
        assert_eq!(plain("\u{1b}[31mré\u{1b}[0m\n\tx"), "\u{1b}[31mré\u{1b}[0m\n\tx");
    }

    #[test]
    fn one_is_one() {
        assert_eq!((count(1, "change"), count(2, "change")), ("1 change".into(), "2 changes".into()));
    }
}
