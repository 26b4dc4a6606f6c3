//! What a draft is in one environment, where that is not what it is everywhere.
//!
//! ```text
//! Draft (meta.overrides, secrets by environment) ─ in_environment(id) ─▶ the effective draft: meta and secrets as sent there
//! ```
//!
//! [`DraftMeta::in_environment`] and [`DraftSecrets::in_environment`] are the one place where the two are merged; plan,
//! diff, digest, checks and body builder are given what comes out of them and know of no override. An override stands
//! in the draft's own sealed columns, so that it has the draft's revision, history and trash
//! (docs/adr/0014-overrides-stand-in-the-draft.md).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::draft::{AllowedEntity, CertificateFacts, CertificateFormat, Details, DraftMeta, Scope};
use crate::hex::{hex, unhex};
use crate::ids::EnvironmentId;
use crate::seal::Digest;
use crate::secret::{DraftSecrets, SecretField};

/// A certificate file that only one environment gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OverriddenFile {
    /// Format of the file.
    pub format: CertificateFormat,
    /// What it says of itself; none if it does not open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<CertificateFacts>,
}

/// The part of an override that is there because an environment went back to an earlier secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RolledBack {
    /// The secrets.
    pub secrets: BTreeSet<SecretField>,
    /// The user that belongs to them.
    pub user: bool,
}

impl RolledBack {
    /// Nothing was rolled back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty() && !self.user
    }
}

/// What differs in one environment. A member that is missing is as in the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftOverride {
    /// Display name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What names the account there: `user`, `username` or `accessKeyID`, whichever the type has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Scopes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeSet<Scope>>,
    /// Only the owner may see and use the set there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_access_only: Option<bool>,
    /// Users and apps that may use the set there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_entities: Option<BTreeSet<AllowedEntity>>,
    /// Apps may use the set there without a user's context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_contextless_requests: Option<bool>,
    /// The certificate file there, if its bytes are overridden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<OverriddenFile>,
    /// Secrets that have another value there; derived at every save.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub secrets_set: BTreeSet<SecretField>,
    /// What a roll-back put here; the next rotation takes it away again.
    #[serde(skip_serializing_if = "RolledBack::is_empty")]
    pub rolled_back: RolledBack,
    /// Keyed digest of what publishing would send there, hex; derived at every save.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl DraftOverride {
    /// Nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let (rolled_back, digest) = (self.rolled_back.clone(), self.digest.clone());
        let derived = Self { rolled_back, digest, ..Self::default() };
        *self == derived
    }

    /// Without what is derived at a save, for comparing what a person meant.
    #[must_use]
    pub fn meant(&self) -> Self {
        Self { digest: None, ..self.clone() }
    }
}

impl Details {
    /// What names the account, for the types that have such a field: `user`, `username`, `accessKeyID`.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::UsernamePassword { user, external_vault: None, .. } => Some(user),
            Self::SnmpV3 { username, .. } => Some(username),
            Self::AwsKeyBased { access_key_id, .. } => Some(access_key_id),
            _ => None,
        }
    }

    /// Sets it; other types have none.
    pub fn set_user(&mut self, new: &str) {
        match self {
            Self::UsernamePassword { user: text, external_vault: None, .. }
            | Self::SnmpV3 { username: text, .. }
            | Self::AwsKeyBased { access_key_id: text, .. } => new.clone_into(text),
            _ => {}
        }
    }
}

impl DraftMeta {
    /// The draft as it is in one environment; it has no overrides any more.
    #[must_use]
    pub fn in_environment(&self, environment: EnvironmentId) -> Self {
        let found = self.overrides.get(&environment);
        let mut meta = Self { overrides: BTreeMap::new(), ..self.clone() };
        let Some(here) = found.cloned() else { return meta };
        meta.name = here.name.unwrap_or(meta.name);
        meta.description = here.description.unwrap_or(meta.description);
        meta.scopes = here.scopes.unwrap_or(meta.scopes);
        meta.owner_access_only = here.owner_access_only.unwrap_or(meta.owner_access_only);
        meta.allowed_entities = here.allowed_entities.unwrap_or(meta.allowed_entities);
        meta.allow_contextless_requests =
            here.allow_contextless_requests.unwrap_or(meta.allow_contextless_requests);
        if let Some(user) = here.user {
            meta.details.set_user(&user);
        }
        let fields = meta.details.secret_fields();
        meta.secrets_set.extend(here.secrets_set.into_iter().filter(|field| fields.contains(field)));
        if let Some(file) = here.certificate {
            meta.details.set_certificate_format(file.format);
            meta.details.set_facts(file.facts);
        }
        meta
    }

    /// Brings what is derived of the overrides in line with the secrets, and drops the empty ones.
    pub(crate) fn settle_overrides(&mut self, secrets: &DraftSecrets) {
        for (environment, here) in &mut self.overrides {
            here.secrets_set = secrets.overridden(*environment);
            if !here.secrets_set.contains(&SecretField::Certificate) {
                here.certificate = None;
            }
            here.rolled_back.secrets.retain(|field| here.secrets_set.contains(field));
            here.rolled_back.user &= here.user.is_some();
        }
        for environment in secrets.environments() {
            let here = self.overrides.entry(environment).or_default();
            here.secrets_set = secrets.overridden(environment);
        }
        self.overrides.retain(|_, here| !here.is_empty());
    }

    /// What publishing would send in each environment, as last saved. `own` is the digest of the draft itself.
    pub(crate) fn digests(&self, own: Digest) -> DraftDigests {
        let read = |here: &DraftOverride| read_digest(here.digest.as_deref().unwrap_or_default());
        DraftDigests { own, there: self.overrides.iter().map(|(id, here)| (*id, read(here))).collect() }
    }

    /// Remembers what publishing would send there.
    pub(crate) fn set_digest(&mut self, environment: EnvironmentId, digest: &Digest) {
        if let Some(here) = self.overrides.get_mut(&environment) {
            here.digest = Some(hex(digest));
        }
    }
}

/// A digest as it stands in an override. One that can't be read equals none, which shows as "changed".
pub(crate) fn read_digest(text: &str) -> Digest {
    unhex(text).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
}

/// Keyed digests of what publishing a draft would send: its own, and another where an override makes it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftDigests {
    /// Without an override.
    pub own: Digest,
    /// Where there is one.
    pub there: BTreeMap<EnvironmentId, Digest>,
}

impl DraftDigests {
    /// Of what publishing would send in this environment.
    #[must_use]
    pub fn in_environment(&self, environment: EnvironmentId) -> &Digest {
        self.there.get(&environment).unwrap_or(&self.own)
    }
}

#[cfg(test)]
mod tests;
