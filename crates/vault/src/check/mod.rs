//! Validation, offline and to the field. Pure: a draft in, findings out.
//!
//! Every rule comes from the contract (sections 2 and 3) and says in its sentence what to do. Errors block
//! publishing, warnings block nothing, and neither blocks saving. No message ever holds the value of a secret
//! field; where a value may be quoted at all it is one that the list shows anyway.

mod aws;
mod certificates;
mod common;
mod environment;
mod external;
mod issue;
mod login;
mod snmp;
mod strength;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeSet;

pub use environment::check_for_environment;
pub(crate) use external::looks_like_id;
pub use issue::{Issue, IssueCode, Severity};
pub use strength::strength;

use crate::clock::Timestamp;
use crate::draft::{CredentialType, Details, DraftMeta};
use crate::ids::DraftId;
use crate::secret::{DraftSecrets, SecretField, SecretValue};

/// What a check looks at. All of it is passed in: the check reads no clock and no store.
pub struct CheckInput<'a> {
    /// The draft without its secrets.
    pub meta: &'a DraftMeta,
    /// What is known of its secrets.
    pub secrets: SecretPresence<'a>,
    /// The time now, for dates of expiry.
    pub now: Timestamp,
    /// Finds the draft that an external vault refers to.
    pub references: &'a dyn Fn(&DraftId) -> Option<ReferenceTarget>,
    /// The draft's own id, once it has one: it must not refer to itself.
    pub self_id: Option<DraftId>,
}

/// What is known of the secrets of a draft. The editor holds no stored values, so presence and values are apart.
#[derive(Debug, Clone, Copy)]
pub struct SecretPresence<'a> {
    /// The fields that will be set after the save.
    pub set: &'a BTreeSet<SecretField>,
    /// Values at hand: newly typed ones, or all of them when publishing. Checked for their content.
    pub values: Option<&'a DraftSecrets>,
}

impl<'a> SecretPresence<'a> {
    /// Only which fields are set.
    #[must_use]
    pub fn known_only(set: &'a BTreeSet<SecretField>) -> Self {
        Self { set, values: None }
    }

    /// Which fields are set after a save that types `values`.
    #[must_use]
    pub fn with_values(set: &'a BTreeSet<SecretField>, values: &'a DraftSecrets) -> Self {
        Self { set, values: Some(values) }
    }

    /// The value, if it is at hand.
    fn value(self, field: SecretField) -> Option<&'a SecretValue> {
        self.values.and_then(|values| values.get(field))
    }

    /// Will there be something to publish? An empty value is nothing.
    fn has(self, field: SecretField) -> bool {
        match self.value(field) {
            Some(value) => !value.is_empty(),
            None => self.set.contains(&field),
        }
    }
}

/// The draft behind a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceTarget {
    /// Its type; a companion must have the one of contract 3.4.
    pub credential_type: CredentialType,
    /// Its name, for the sentence.
    pub name: String,
}

/// All findings on one draft, in the order of the editor's fields.
#[must_use]
pub fn check_draft(input: &CheckInput<'_>) -> Vec<Issue> {
    let mut issues = Vec::new();
    if let Details::Unknown { .. } = input.meta.details {
        issues.push(Issue::error(
            "type",
            IssueCode::UnknownType,
            "This type is not known to this version of Sealpost. The draft is kept as it is and can't be published.",
        ));
        return issues;
    }
    common::check(input, &mut issues);
    match &input.meta.details {
        Details::UsernamePassword { .. } | Details::Token { .. } => login::check(input, &mut issues),
        Details::Certificate { .. } | Details::PublicCertificate { .. } => {
            certificates::check(input, &mut issues);
        }
        Details::SnmpV3 { .. } => snmp::check(input, &mut issues),
        Details::AwsKeyBased { .. } | Details::AwsRoleBased { .. } => aws::check(input, &mut issues),
        Details::Unknown { .. } => {}
    }
    common::check_size(input, &mut issues);
    issues
}

/// Does nothing stand against publishing? Warnings do not count.
#[must_use]
pub fn can_publish(issues: &[Issue]) -> bool {
    issues.iter().all(|issue| issue.severity < Severity::Error)
}
