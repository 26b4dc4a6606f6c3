//! Every draft against every environment.

use sealpost_app::problem::Problem;
use sealpost_app::views::{MatrixCell, MatrixQuery, MatrixView, SyncState};

use super::{Done, Opened};
use crate::output::{Ended, Out, SOME_FAILED, table};

/// So much of an id tells one from another to a person.
const SHORT_ID: usize = 8;

impl Opened<'_> {
    /// The whole matrix. With `refresh` each environment is looked at first; one that can't be read is named.
    pub(super) async fn matrix(&self, out: &Out, refresh: bool) -> Done {
        let mut unread = Vec::new();
        if refresh {
            for environment in self.0.env_list().await? {
                if let Err(problem) = self.0.remote_look(&environment.id).await {
                    unread.push(format!("{}: {problem}", environment.name));
                }
            }
        }
        let view = self.whole_matrix().await?;
        let text = out.render(&view, |out| describe(out, &view, refresh));
        for problem in &unread {
            out.note(&format!("{} {problem}", out.paint("warn", "warning:")));
        }
        Ok(if unread.is_empty() { Ended::Text(text) } else { Ended::Coded(text, SOME_FAILED) })
    }

    async fn whole_matrix(&self) -> Result<MatrixView, Problem> {
        let page = |offset| MatrixQuery { offset: Some(offset), limit: Some(500), ..MatrixQuery::default() };
        let mut whole = self.0.matrix(page(0)).await?;
        while let Ok(read) = u32::try_from(whole.rows.len()) {
            let next = if read < whole.total { self.0.matrix(page(read)).await?.rows } else { Vec::new() };
            if next.is_empty() {
                break;
            }
            whole.rows.extend(next);
        }
        Ok(whole)
    }
}

fn describe(out: &Out, view: &MatrixView, refreshed: bool) -> String {
    if view.rows.is_empty() {
        return "No drafts.".into();
    }
    let mut rows = vec![vec!["Draft".to_owned()]];
    rows[0].extend(view.environments.iter().map(|environment| environment.name.clone()));
    for row in &view.rows {
        let name = if row.draft_id.is_some() {
            row.name.clone()
        } else {
            format!("{} (not in this vault)", row.name)
        };
        let cells = row.cells.iter().map(|cell| cell_text(cell, row.draft_id.is_some()));
        rows.push(std::iter::once(name).chain(cells).collect());
    }
    let mut text = table(&rows);
    if !refreshed {
        text.push_str(&format!(
            "\n{}",
            out.paint(
                "dim",
                "With --refresh the environments are read, and sets that no draft is linked to are listed."
            )
        ));
    }
    text
}

fn cell_text(cell: &MatrixCell, of_draft: bool) -> String {
    let id = cell.remote_id.as_deref().map_or("", |id| {
        let from = id.char_indices().rev().nth(SHORT_ID - 1).map_or(0, |(at, _)| at);
        &id[from..]
    });
    let glyph = if of_draft || id.is_empty() { glyph(cell.state) } else { "there" };
    format!("{glyph} {id}").trim().to_owned()
}

/// One word per state, short enough for a column.
const fn glyph(state: SyncState) -> &'static str {
    match state {
        SyncState::NotTarget => "-",
        SyncState::Unpublished => "new",
        SyncState::Matches => "ok",
        SyncState::Modified => "modified",
        SyncState::Drifted => "drifted",
        SyncState::Both => "both",
        SyncState::Missing => "missing",
        SyncState::Unverified => "unverified",
        SyncState::Unclear => "unclear",
        SyncState::Failed => "failed",
        SyncState::Publishing => "publishing",
        SyncState::NeedsSecret => "secret?",
    }
}
