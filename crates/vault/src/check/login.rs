//! `USERNAME_PASSWORD` and `TOKEN` (contract 2.4 and 2.5).

use super::{CheckInput, Issue, IssueCode, external, text};
use crate::draft::Details;
use crate::secret::SecretField;

pub(super) fn check(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    if let Some(vault) = input.meta.details.external_vault() {
        // The set holds names of secrets and no values, so user and password are left out (contract 3).
        external::check(input, vault, issues);
        return;
    }
    match &input.meta.details {
        Details::UsernamePassword { user, allow_colon, .. } => {
            check_user(user, *allow_colon, issues);
            text::required_secret(input.secrets, SecretField::Password, "the password", issues);
        }
        Details::Token { .. } => {
            text::required_secret(input.secrets, SecretField::Token, "the token", issues);
        }
        _ => {}
    }
}

fn check_user(user: &str, allow_colon: bool, issues: &mut Vec<Issue>) {
    const PATH: &str = "user";
    if !text::required(PATH, user, "the user name", issues) {
        return;
    }
    text::one_line(PATH, user, issues);
    if user.contains(':') {
        // Newer servers refuse it, older ones take it (contract 6, row 14).
        issues.push(if allow_colon {
            Issue::warning(
                PATH,
                IssueCode::ColonInUser,
                "Newer servers refuse a user name with a colon. It is kept because you allowed it.",
            )
        } else {
            Issue::error(
                PATH,
                IssueCode::ColonInUser,
                "A user name can't contain a colon. Remove it, or allow it if your server takes it.",
            )
        });
    }
    if user.contains('\\') {
        issues.push(Issue::warning(
            PATH,
            IssueCode::Advice,
            "The form domain\\user works for browser monitors only. Leave out the domain for other uses.",
        ));
    }
}
