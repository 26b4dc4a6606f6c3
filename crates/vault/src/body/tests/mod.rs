mod examples;
mod refusals;
mod tolerance;

use super::*;
use crate::certificate::FileKind;
use crate::draft::{CertificateFormat, Details};
use crate::external_vault::{Reference, SourceAuthMethod};
use crate::secret::SecretField;

/// Planted as values: no error and no note may repeat it.
const MARKER: &str = "m4rker-Secret-value";

#[track_caller]
fn one(json: &str) -> ImportedDraft {
    let mut all = parse_bodies(json.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all.len(), 1);
    let draft = all.remove(0);
    for note in &draft.notes {
        assert!(!note.message.contains(MARKER) && note.message.ends_with('.'), "{note:?}");
    }
    draft
}

#[track_caller]
fn refused(json: &[u8]) -> BodyError {
    let error = parse_bodies(json).map(|all| all.len()).expect_err("must be refused");
    assert!(!format!("{error} {error:?}").contains(MARKER), "{error}");
    error
}

fn secret(draft: &ImportedDraft, field: SecretField) -> Option<&str> {
    draft.secrets.get(field).and_then(|value| value.expose_text())
}

fn noted(draft: &ImportedDraft) -> Vec<&str> {
    draft.notes.iter().map(|note| note.path.as_str()).collect()
}
