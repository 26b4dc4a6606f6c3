//! Table-driven: a draft that is right, one thing changed, the finding that must come and nothing else.

mod certificates;
mod external;
mod fields;

use std::collections::BTreeSet;

use super::*;
use crate::certificate;
use crate::draft::{AllowedEntity, CertificateFacts, CertificateFormat, Scope};
use crate::external_vault::{ExternalVault, Reference, SourceAuthMethod};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Planted as every secret value: no finding may repeat it.
const MARKER: &str = "m4rker-Secret-value";

fn in_days(days: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + days * DAY)
}

/// What a check needs, with everything as a test wants it by default.
struct Case {
    meta: DraftMeta,
    set: BTreeSet<SecretField>,
    values: Option<DraftSecrets>,
    target: Option<ReferenceTarget>,
    self_id: Option<DraftId>,
}

impl Case {
    /// A draft whose secrets are all set and at hand.
    fn new(details: Details) -> Self {
        let mut values = DraftSecrets::new();
        for field in details.secret_fields() {
            values.set(*field, SecretValue::from(MARKER));
        }
        let mut meta = DraftMeta::new("shop login", details);
        meta.owner_access_only = false;
        Self {
            set: meta.details.secret_fields().iter().copied().collect(),
            meta,
            values: Some(values),
            target: None,
            self_id: None,
        }
    }

    fn secret(mut self, field: SecretField, value: &str) -> Self {
        self.set.insert(field);
        self.values.get_or_insert_default().set(field, SecretValue::from(value));
        self
    }

    fn without(mut self, field: SecretField) -> Self {
        self.set.remove(&field);
        if let Some(values) = &mut self.values {
            values.clear(field);
        }
        self
    }

    fn change(mut self, change: impl FnOnce(&mut DraftMeta)) -> Self {
        change(&mut self.meta);
        self
    }

    fn issues(&self) -> Vec<Issue> {
        let issues = check_draft(&CheckInput {
            meta: &self.meta,
            secrets: SecretPresence { set: &self.set, values: self.values.as_ref() },
            now: NOW,
            references: &|_| self.target.clone(),
            self_id: self.self_id,
        });
        for issue in &issues {
            assert!(!issue.message.contains(MARKER) && !issue.path.contains(MARKER), "{issue:?}");
            assert!(issue.message.ends_with('.'), "{issue:?}");
        }
        issues
    }

    /// The findings as short text: `E path Code` or `W path Code`.
    fn found(&self) -> Vec<String> {
        self.issues().iter().map(short).collect()
    }

    #[track_caller]
    fn finds(self, expected: &[&str]) {
        assert_eq!(self.found(), expected, "{:#?}", self.issues());
    }
}

fn short(issue: &Issue) -> String {
    let severity = match issue.severity {
        Severity::Error => 'E',
        Severity::Warning => 'W',
    };
    format!("{severity} {} {:?}", issue.path, issue.code)
}

fn login(user: &str) -> Case {
    Case::new(Details::UsernamePassword { user: user.to_owned(), external_vault: None, allow_colon: false })
}

fn token() -> Case {
    Case::new(Details::Token { external_vault: None })
}

fn snmp(level: &str, authentication: Option<&str>, privacy: Option<&str>) -> Case {
    Case::new(Details::SnmpV3 {
        username: "monitor".to_owned(),
        security_level: level.to_owned(),
        authentication_protocol: authentication.map(str::to_owned),
        privacy_protocol: privacy.map(str::to_owned),
    })
}

fn aws_key(id: &str, partition: &str) -> Case {
    Case::new(Details::AwsKeyBased { access_key_id: id.to_owned(), aws_partition: partition.to_owned() })
}

fn aws_role(account: &str, role: &str) -> Case {
    Case::new(Details::AwsRoleBased { account_id: account.to_owned(), iam_role: role.to_owned() })
}

fn scopes(names: &[&str]) -> BTreeSet<Scope> {
    names.iter().map(|name| Scope::from(*name)).collect()
}

fn entity(entity_type: &str, id: &str) -> AllowedEntity {
    AllowedEntity { entity_type: entity_type.to_owned(), id: id.to_owned() }
}
