//! The activity log in the words of the window and the command line.

use sealpost_vault::Activity;

use crate::app::App;
use crate::problem::Problem;
use crate::views::{ActivityEntry, ActivityPage, DetailLine};

impl App {
    /// A page of the activity log, newest first; at most 500 entries.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn activity(&self, before: Option<i64>, limit: Option<u32>) -> Result<ActivityPage, Problem> {
        let limit = limit.unwrap_or(100).clamp(1, 500);
        self.with_session(move |session| {
            let entries = session.vault.activity(before, limit)?;
            let next_before =
                if entries.len() < limit as usize { None } else { entries.last().map(|entry| entry.seq) };
            Ok(ActivityPage { entries: entries.into_iter().map(entry_view).collect(), next_before })
        })
        .await
    }
}

fn entry_view(entry: Activity) -> ActivityEntry {
    let draft = entry.detail.draft_name.clone().unwrap_or_else(|| "a draft".into());
    let environment = entry.detail.environment_name.clone().unwrap_or_else(|| "an environment".into());
    let line = |wanted: &str| {
        entry.detail.lines.iter().find(|(label, _)| label == wanted).map_or("", |(_, value)| value.as_str())
    };
    let (count, group) = (line("Drafts"), line("Group"));
    let (text, tone) = match entry.kind.as_str() {
        "vaultCreated" => ("Vault created".to_owned(), "ok"),
        "vaultRekeyed" => ("Gave the vault a new key".to_owned(), "ok"),
        "recoveryCodeSet" => ("Made a new recovery code".to_owned(), "ok"),
        "passphraseSet" => ("Set the passphrase".to_owned(), "ok"),
        "passphraseCostRaised" => ("Made a guess at the passphrase cost more".to_owned(), "ok"),
        "rowsAccepted" => ("Took the rows of the vault as they are for right".to_owned(), "warn"),
        "keyringSlotAdded" => ("Wrote a new keyring entry".to_owned(), "ok"),
        "keySlotRemoved" => ("Removed a way to open the vault".to_owned(), "warn"),
        "draftCreated" => (format!("Created {draft}"), "ok"),
        "draftSaved" => (format!("Saved {draft}"), "ok"),
        "rotationStarted" => (format!("Began to rotate the secret of {draft}"), "ok"),
        "rotationEnded" => (format!("Ended the rotation of {draft}"), "ok"),
        "rolledBack" => (format!("Set {draft} back to an earlier secret for {environment}"), "warn"),
        "rolledForward" => (format!("Took the earlier secret of {draft} away from {environment}"), "ok"),
        "groupSaved" => (format!("Saved group {group}"), "ok"),
        "groupDeleted" => (format!("Removed group {group}"), "warn"),
        "draftDeleted" => (format!("Moved {draft} to the trash"), "warn"),
        "draftRestored" => (format!("Restored {draft}"), "ok"),
        "draftsImported" if count == "1" => ("Imported 1 draft".to_owned(), "ok"),
        "draftsImported" => (format!("Imported {count} drafts"), "ok"),
        "secretRevealed" => (format!("Revealed a secret of {draft}"), "warn"),
        "secretCopied" => (format!("Copied a secret of {draft}"), "warn"),
        "environmentSaved" => (format!("Saved environment {environment}"), "ok"),
        "environmentDeleted" => (format!("Removed environment {environment}"), "warn"),
        "environmentTested" => (format!("Tested the connection to {environment}"), "ok"),
        "created" => (format!("Published {draft} to {environment}"), "ok"),
        "updated" => (format!("Updated {draft} in {environment}"), "ok"),
        "publishRefused" => (format!("{environment} refused {draft}"), "bad"),
        "publishNotSent" => (format!("{draft} was not sent to {environment}"), "bad"),
        "publishUnclear" => (format!("{draft} may have reached {environment}"), "warn"),
        "unpublished" => (format!("Deleted {draft} from {environment}"), "ok"),
        "adopted" => (format!("Linked {draft} to a set in {environment}"), "ok"),
        "reconciled" => (format!("Found out what became of {draft} in {environment}"), "ok"),
        "driftAccepted" => (format!("Accepted what {draft} is in {environment}"), "ok"),
        "setsIgnored" => (format!("Ignores sets of {environment} that no draft is linked to"), "ok"),
        "setsNotIgnored" => (format!("Shows sets of {environment} again that were ignored"), "ok"),
        "driftIgnored" => (format!("Stopped comparing a field of {draft} in {environment}"), "warn"),
        "driftCompared" => (format!("Compares a field of {draft} in {environment} again"), "ok"),
        "linkForgotten" => (format!("Forgot the set of {draft} that is gone from {environment}"), "warn"),
        "driftFound" => (format!("{draft} changed in {environment}"), "warn"),
        other => (other.to_owned(), "ok"),
    };
    ActivityEntry {
        seq: entry.seq,
        at: entry.at.as_millis(),
        text,
        draft_id: entry.draft.map(|id| id.to_string()),
        draft_name: entry.detail.draft_name,
        environment_id: entry.environment.map(|id| id.to_string()),
        environment_name: entry.detail.environment_name,
        attempt_id: entry.attempt.map(|id| id.to_string()),
        tone: tone.into(),
        details: entry.detail.lines.into_iter().map(|(label, value)| DetailLine { label, value }).collect(),
        kind: entry.kind,
    }
}
