//! Rules that depend on where a set goes.

use super::{Issue, IssueCode};
use crate::draft::{DraftMeta, Scope};

/// Findings for one environment. `managed` is true for Dynatrace Managed, which has no apps (contract 2.3).
#[must_use]
pub fn check_for_environment(meta: &DraftMeta, managed: bool) -> Vec<Issue> {
    if !managed || !meta.scopes.iter().any(|scope| scope.as_str() == Scope::APP_ENGINE) {
        return Vec::new();
    }
    vec![Issue::error(
        "scopes",
        IssueCode::AppEngineOnManaged,
        "APP_ENGINE exists on Dynatrace SaaS only, and this environment is Managed. Remove the scope, or leave out this environment.",
    )]
}
