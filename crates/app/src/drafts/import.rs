//! Drafts from the API's own request bodies, one or thousands, in one transaction.

use sealpost_vault::body::{BodyError, parse_bodies};
use sealpost_vault::{DraftId, Issue, NewActivity, NewDraft, SecretEdit};

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::{DraftSave, DraftView};

/// What an import stored.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The new drafts, in the order of the input.
    pub ids: Vec<DraftId>,
    /// Findings per item: its place in the input and what was noticed.
    pub notes: Vec<(usize, Issue)>,
}

fn unreadable_body(error: &BodyError) -> Problem {
    Problem::new(
        Code::Invalid,
        error.to_string(),
        "Nothing was stored.",
        "Correct the input, then import it again: one request body of the Credential vault API, or an array of them.",
    )
}

impl App {
    /// Stores request bodies as new drafts, all or none. `progress` is called with how many are sealed.
    ///
    /// # Errors
    /// `Invalid` with the place of the first item that can't be read; `DiskFull`, `ReadOnly`, `VaultLocked`.
    pub async fn draft_import(
        &self,
        json: zeroize::Zeroizing<Vec<u8>>,
        mut progress: impl FnMut(usize, usize) + Send + 'static,
    ) -> Result<ImportReport, Problem> {
        self.change(move |session| {
            let bodies = parse_bodies(&json).map_err(|error| unreadable_body(&error))?;
            let total = bodies.len();
            let mut notes = Vec::new();
            let mut new = Vec::with_capacity(total);
            for (place, mut body) in bodies.into_iter().enumerate() {
                notes.extend(body.notes.drain(..).map(|note| (place, note)));
                new.push(NewDraft { meta: body.meta, secrets: body.secrets });
            }
            let mut entry = NewActivity::of("draftsImported").line("Drafts", total.to_string());
            if let [only] = &new[..] {
                entry = entry.with_draft_name(&only.meta.name);
            }
            let ids = session.vault.import(new, &entry, &mut |done| progress(done, total))?;
            Ok(ImportReport { ids, notes })
        })
        .await
    }

    /// Replaces a draft by one request body: what it leaves out is taken as stored only for secrets.
    ///
    /// # Errors
    /// `Invalid` if it is not exactly one body; else as [`App::draft_save`].
    pub async fn draft_edit_from(
        &self,
        id: &str,
        expected_revision: Option<u32>,
        json: zeroize::Zeroizing<Vec<u8>>,
    ) -> Result<DraftView, Problem> {
        let mut bodies = parse_bodies(&json).map_err(|error| unreadable_body(&error))?;
        let (Some(body), true) = (bodies.pop(), bodies.is_empty()) else {
            return Err(Problem::invalid("An edit takes exactly one request body.", "Pass one JSON object."));
        };
        let secrets = body
            .secrets
            .iter()
            .map(|(field, value)| (field, SecretEdit::Set { value: value.clone() }))
            .collect();
        // What is never sent has no place in a request body: it is kept.
        let stored = self.draft_get(id).await?.content;
        let mut content = super::content_of(&body.meta);
        (content.note, content.tags, content.expires_at) = (stored.note, stored.tags, stored.expires_at);
        content.overrides = stored.overrides;
        self.draft_save(DraftSave {
            id: Some(id.to_owned()),
            expected_revision,
            content,
            secrets,
            override_secrets: std::collections::BTreeMap::new(),
            unsaved: None,
        })
        .await
    }
}
