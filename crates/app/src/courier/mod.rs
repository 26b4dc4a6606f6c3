//! "Use this credential": ready texts that name a published set by the id it has in one environment (issue #3, 11).
//!
//! ```text
//! draft's metadata + id and address in one environment ─▶ Published ─▶ forms (pure) ─▶ UseView: title, language, text
//! ```
//!
//! The functions are given metadata only, so that a text can't hold a secret. Which forms there are depends on the type
//! and on the scopes: a form that the environment would refuse is not offered.

mod forms;
mod quoting;

use sealpost_dynatrace::Endpoint;
use sealpost_vault::DraftMeta;

use crate::app::App;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::UseView;

/// What a text is made from: nothing secret.
struct Published<'a> {
    meta: &'a DraftMeta,
    /// As the server gave it.
    remote_id: &'a str,
    endpoint: &'a Endpoint,
}

impl Published<'_> {
    fn has_scope(&self, scope: &str) -> bool {
        self.meta.scopes.iter().any(|one| one.as_str() == scope)
    }
}

impl App {
    /// Texts to use a published set with, for one environment.
    ///
    /// # Errors
    /// `NotFound` if there is no such draft or environment, `Invalid` if the draft has no id there yet, `VaultLocked`.
    pub async fn draft_uses(&self, draft: &str, environment: &str) -> Result<Vec<UseView>, Problem> {
        let (draft, environment) = (crate::drafts::parse_id(draft)?, parse_environment_id(environment)?);
        self.with_session(move |session| {
            let (stored, _) = session.vault.draft(draft)?;
            let there = session.vault.environment(environment)?;
            let publication = session.vault.publication(draft, environment)?;
            let Some(remote_id) = publication.and_then(|publication| publication.meta.remote_id) else {
                return Err(Problem::new(
                    Code::Invalid,
                    format!("{} has no ID in {} yet.", stored.meta.name, there.meta.name),
                    "Nothing was changed.",
                    "Publish it there first.",
                ));
            };
            let endpoint = Endpoint::parse(&there.meta.url).map_err(|_| Problem::not_found("environment"))?;
            Ok(forms::all(&Published {
                meta: &stored.meta.in_environment(environment),
                remote_id: &remote_id,
                endpoint: &endpoint,
            }))
        })
        .await
    }
}

#[cfg(test)]
mod tests;
