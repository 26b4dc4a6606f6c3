//! Opening 100,000 drafts for a list: only what a row shows and a search looks at is decoded, borrowed from the opened
//! bytes. Decoding whole [`DraftMeta`](crate::DraftMeta) values took three times as long (`cargo xtask bench`).
//!
//! SQLite is read by one thread, a batch of sealed rows at a time; full batches are opened, decoded and turned into what the
//! caller shows on the other cores meanwhile.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Row, Rows};
use serde::Deserialize;

use super::bind;
use crate::clock::Timestamp;
use crate::draft::{CredentialType, Details, DraftMeta};
use crate::ids::{DraftId, EnvironmentId};
use crate::overrides::{DraftDigests, read_digest};
use crate::seal::{Digest, Field, Sealer, Table};
use crate::vault::Vault;

/// A row of the list. One that does not open is named, and the others still come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedDraft {
    /// It opened.
    Readable(Box<DraftSummary>),
    /// It did not.
    Unreadable {
        /// Its id.
        id: DraftId,
    },
}

/// What a list shows of a draft, and what a search looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSummary {
    /// Its id.
    pub id: DraftId,
    /// Current revision.
    pub revision: u32,
    /// Last save.
    pub updated_at: Timestamp,
    /// When it went to the trash.
    pub deleted_at: Option<Timestamp>,
    /// Keyed digests of what publishing would send.
    pub digests: DraftDigests,
    /// Its type.
    pub credential_type: CredentialType,
    /// Display name.
    pub name: String,
    /// What stands beside the name: a user, a subject, a key id.
    pub summary: String,
    /// Free text.
    pub description: String,
    /// Labels.
    pub tags: Vec<String>,
    /// When its secret stops working: the person's date, or the certificate's.
    pub expires_at: Option<Timestamp>,
    /// What it is called where it has another name.
    pub other_names: Vec<String>,
}

/// The members of a sealed [`DraftMeta`] that a list needs. Members it does not name are skipped without a copy.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    description: Cow<'a, str>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    expires_at: Option<Timestamp>,
    #[serde(borrow)]
    details: ListedDetails<'a>,
    /// Empty for most; then nothing is allocated.
    #[serde(borrow, default)]
    overrides: BTreeMap<EnvironmentId, ListedOverride<'a>>,
}

/// What a list needs of an override.
#[derive(Deserialize)]
struct ListedOverride<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    digest: Cow<'a, str>,
}

/// The members of all types side by side: telling them apart by their tag first would buffer every value.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedDetails<'a> {
    #[serde(borrow, default)]
    user: Cow<'a, str>,
    #[serde(borrow, default)]
    username: Cow<'a, str>,
    #[serde(borrow, default, rename = "accessKeyID")]
    access_key_id: Cow<'a, str>,
    #[serde(borrow, default)]
    iam_role: Cow<'a, str>,
    #[serde(borrow, default)]
    facts: Option<ListedFacts<'a>>,
    #[serde(borrow, default)]
    external_vault: Option<&'a serde_json::value::RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedFacts<'a> {
    #[serde(borrow)]
    subject: Cow<'a, str>,
    not_after: Timestamp,
}

/// Rows that one core opens at a time: enough work to be worth waking it, about 0.5 MB of ciphertext.
const BATCH: usize = 1024;

const COLUMNS: &str = "id, revision, updated_at, deleted_at, digest, type, meta";

/// A row as it lies in the file.
struct SealedRow {
    id: DraftId,
    revision: u32,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    digest: Digest,
    credential_type: CredentialType,
    meta: Vec<u8>,
}

impl SealedRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: DraftId::from_bytes(row.get(0)?),
            revision: row.get(1)?,
            updated_at: Timestamp::from_millis(row.get(2)?),
            deleted_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
            digest: row.get(4)?,
            credential_type: CredentialType::parse(row.get_ref(5)?.as_str().unwrap_or_default()),
            meta: row.get_ref(6)?.as_blob().unwrap_or_default().to_vec(),
        })
    }

    fn open(self, sealer: &Sealer) -> ListedDraft {
        let binding = bind(Table::Draft, self.id.as_bytes(), Field::Meta, self.revision);
        let opened = sealer.open(&binding, &self.meta).ok();
        let Some(shown) = opened.and_then(|bytes| decode(&bytes, &self.credential_type)) else {
            return ListedDraft::Unreadable { id: self.id };
        };
        let Shown { name, summary, description, tags, expires_at, other_names, there } = shown;
        ListedDraft::Readable(Box::new(DraftSummary {
            id: self.id,
            revision: self.revision,
            updated_at: self.updated_at,
            deleted_at: self.deleted_at,
            digests: DraftDigests { own: self.digest, there },
            credential_type: self.credential_type,
            name,
            summary,
            description,
            tags,
            expires_at,
            other_names,
        }))
    }
}

/// Reads here, and opens and shows what was read on the other cores meanwhile. The order is the file's.
fn open_all<T: Send>(
    mut rows: Rows<'_>,
    sealer: &Sealer,
    show: &(impl Fn(ListedDraft) -> T + Sync),
) -> rusqlite::Result<Vec<T>> {
    let open =
        |batch: Vec<SealedRow>| batch.into_iter().map(|row| show(row.open(sealer))).collect::<Vec<T>>();
    let shown = Mutex::new(Vec::new());
    let rest = rayon::in_place_scope(|scope| -> rusqlite::Result<_> {
        let (mut batch, mut turn) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            batch.push(SealedRow::read(row)?);
            if batch.len() == BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                let (open, shown) = (&open, &shown);
                scope.spawn(move |_| {
                    let opened = open(full);
                    shown.lock().unwrap_or_else(PoisonError::into_inner).push((turn, opened));
                });
                turn += 1;
            }
        }
        // The last one here: a few rows are not worth waking another core.
        Ok((turn, open(batch)))
    })?;
    let mut shown = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
    shown.push(rest);
    shown.sort_unstable_by_key(|(turn, _)| *turn);
    Ok(shown.into_iter().flat_map(|(_, batch)| batch).collect())
}

/// What stands in the sealed metadata of a summary.
#[derive(Debug, PartialEq)]
struct Shown {
    name: String,
    summary: String,
    description: String,
    tags: Vec<String>,
    expires_at: Option<Timestamp>,
    other_names: Vec<String>,
    there: BTreeMap<EnvironmentId, Digest>,
}

fn decode(bytes: &[u8], credential_type: &CredentialType) -> Option<Shown> {
    let listed: Listed<'_> = serde_json::from_slice(bytes).ok()?;
    let details = &listed.details;
    let summary = match credential_type {
        // Rare, and its words depend on the form: decoded in full.
        CredentialType::Unknown(_) => return whole(bytes),
        _ if details.external_vault.is_some() => return whole(bytes),
        CredentialType::UsernamePassword => details.user.clone(),
        CredentialType::Token => Cow::Borrowed(""),
        CredentialType::Certificate | CredentialType::PublicCertificate => {
            details.facts.as_ref().map_or(Cow::Borrowed(""), |facts| facts.subject.clone())
        }
        CredentialType::SnmpV3 => details.username.clone(),
        CredentialType::AwsKeyBased => details.access_key_id.clone(),
        CredentialType::AwsRoleBased => details.iam_role.clone(),
    };
    let summary = summary.into_owned();
    let expires_at = listed.expires_at.or(details.facts.as_ref().map(|facts| facts.not_after));
    let there = listed.overrides.iter().map(|(id, here)| (*id, read_digest(&here.digest))).collect();
    Some(Shown {
        name: listed.name.into_owned(),
        summary,
        description: listed.description.into_owned(),
        tags: listed.tags,
        expires_at,
        other_names: listed
            .overrides
            .into_values()
            .filter_map(|here| here.name)
            .map(Cow::into_owned)
            .collect(),
        there,
    })
}

fn whole(bytes: &[u8]) -> Option<Shown> {
    let meta: DraftMeta = serde_json::from_slice(bytes).ok()?;
    let (summary, expires_at) = (Details::summary(&meta.details).to_owned(), meta.expires());
    let there = meta.digests(Digest::default()).there;
    Some(Shown {
        name: meta.name,
        summary,
        description: meta.description,
        tags: meta.tags.into_iter().collect(),
        expires_at,
        other_names: meta.overrides.into_values().filter_map(|here| here.name).collect(),
        there,
    })
}

/// Does the list make of the metadata what the draft itself is?
#[cfg(any(test, feature = "testing"))]
pub(super) fn agrees_with_the_draft(bytes: &[u8], meta: &DraftMeta) -> bool {
    decode(bytes, &meta.details.credential_type()) == whole(bytes)
}

/// What changed since a change number.
#[derive(Debug, Clone)]
pub struct DraftChanges<T = ListedDraft> {
    /// Ask for changes after this next time.
    pub seq: i64,
    /// The drafts.
    pub drafts: Vec<T>,
}

impl Vault {
    /// Drafts changed after `seq`, trash included; 0 for all. Opens metadata only, never a secret.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store). A row that does not open is not an error but a
    /// [`ListedDraft::Unreadable`].
    pub fn drafts_since(&self, seq: i64) -> Result<DraftChanges, crate::Error> {
        self.drafts_since_as(seq, std::convert::identity)
    }

    /// As [`Vault::drafts_since`], each turned into what the caller shows on the core that opened it.
    ///
    /// # Errors
    /// As [`Vault::drafts_since`].
    pub fn drafts_since_as<T: Send>(
        &self,
        seq: i64,
        show: impl Fn(ListedDraft) -> T + Sync,
    ) -> Result<DraftChanges<T>, crate::Error> {
        let tx = self.connection.unchecked_transaction()?;
        let now: i64 = tx.query_row("SELECT change_seq FROM vault", [], |row| row.get(0))?;
        let filter = if seq == 0 { "" } else { "WHERE seq > ?1" };
        let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM draft {filter}"))?;
        let rows = if seq == 0 { statement.query([])? } else { statement.query([seq])? };
        Ok(DraftChanges { seq: now, drafts: open_all(rows, &self.sealer, &show)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{CertificateFacts, CertificateFormat};
    use crate::external_vault::{ExternalVault, Reference, SourceAuthMethod};
    use crate::overrides::DraftOverride;

    fn details() -> Vec<Details> {
        let facts = CertificateFacts {
            subject: "CN=shop".into(),
            issuer: "CN=ca".into(),
            not_before: Timestamp::from_millis(1),
            not_after: Timestamp::from_millis(2),
            certificates: 1,
            has_private_key: false,
            alternative_names: vec![],
            fingerprint: "ab".into(),
            key: "RSA 2048".into(),
            file_name: None,
        };
        let vault = ExternalVault {
            vault_url: "https://vault.example.test".into(),
            username_secret_name: String::new(),
            password_secret_name: String::new(),
            token_secret_name: "t".into(),
            location_for_synchronization_id: String::new(),
            method: SourceAuthMethod::HashicorpCertificate {
                certificate: Reference::Remote("X".into()),
                path_to_credentials: "kv".into(),
            },
            extra: serde_json::Map::new(),
        };
        vec![
            Details::UsernamePassword { user: "ro\"bot é".into(), external_vault: None, allow_colon: false },
            Details::UsernamePassword {
                user: String::new(),
                external_vault: Some(vault.clone()),
                allow_colon: false,
            },
            Details::Token { external_vault: None },
            Details::Token { external_vault: Some(vault) },
            Details::Certificate { certificate_format: CertificateFormat::Pem, facts: Some(facts.clone()) },
            Details::PublicCertificate { certificate_format: CertificateFormat::Pem, facts: None },
            Details::SnmpV3 {
                username: "monitor".into(),
                security_level: "AUTH_PRIV".into(),
                authentication_protocol: Some("SHA".into()),
                privacy_protocol: None,
            },
            Details::AwsKeyBased { access_key_id: "AKIA".into(), aws_partition: "DEFAULT".into() },
            Details::AwsRoleBased { account_id: "1".into(), iam_role: "role".into() },
            Details::Unknown { type_name: "NEW".into(), fields: serde_json::Map::new() },
        ]
    }

    #[test]
    fn the_short_way_shows_the_same_as_the_whole_draft_for_every_type() {
        for details in details() {
            let mut meta = DraftMeta::new("name with \"quotes\"", details);
            meta.description = "line\nbreak".into();
            meta.tags.insert("tag".into());
            let there = DraftOverride {
                name: Some("other \"name\"".into()),
                digest: Some("0a".repeat(32)),
                ..DraftOverride::default()
            };
            meta.overrides.insert(EnvironmentId::from_bytes([7; 16]), there);
            let bytes = serde_json::to_vec(&meta).unwrap();
            let kind = meta.details.credential_type();
            assert_eq!(decode(&bytes, &kind), whole(&bytes), "{kind}");
        }
    }

    #[test]
    fn what_is_no_draft_is_unreadable_and_no_panic() {
        for bytes in [&b""[..], b"{}", b"[]", b"{\"name\":5}", b"{\"name\":\"a\"}", b"\xff"] {
            assert!(decode(bytes, &CredentialType::Token).is_none());
        }
    }
}
