//! Publications: where a draft lives, under which id, whose it is, and what was last sent.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension as _, Params, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NewActivity, activity, bind, next_seq, open_json, seal_json};
use crate::clock::Timestamp;
use crate::draft::DraftMeta;
use crate::error::Error;
use crate::hex::hex;
use crate::ids::{DraftId, EnvironmentId, PublicationId};
use crate::seal::{Digest, Field, Sealer, Table};
use crate::secret::SecretField;
use crate::vault::Vault;

/// What is known of a publication, in clear beside the sealed rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicationState {
    /// Written by us, and nothing else is known.
    Published,
    /// The remote metadata is not what we wrote.
    Drifted,
    /// The id no longer exists there.
    Missing,
    /// The last attempt failed; an earlier publication may stand.
    Failed,
    /// An attempt may have arrived.
    Unclear,
    /// Adopted: its secret was never ours.
    Adopted,
}

impl PublicationState {
    const ALL: [Self; 6] =
        [Self::Published, Self::Drifted, Self::Missing, Self::Failed, Self::Unclear, Self::Adopted];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Drifted => "drifted",
            Self::Missing => "missing",
            Self::Failed => "failed",
            Self::Unclear => "unclear",
            Self::Adopted => "adopted",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Monitors of one kind that use a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedUsage {
    /// `HTTP_MONITOR`, …
    pub kind: String,
    /// How many.
    pub count: u32,
}

/// What was last sent, for a field-level diff. Secrets only as keyed digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedSnapshot {
    /// Metadata as sent.
    pub meta: DraftMeta,
    /// Keyed digest per secret field, hex. A field that is missing here is not known to be there.
    pub secret_digests: BTreeMap<SecretField, String>,
    /// Ids that the drafts it refers to had there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub companions: BTreeMap<DraftId, String>,
}

/// The last failure, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordedProblem {
    /// Our words.
    pub message: String,
    /// The server's words.
    pub server_message: Option<String>,
    /// Path and message of each violation.
    pub violations: Vec<(String, String)>,
    /// What to do.
    pub hint: Option<String>,
}

/// The sealed part of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PublicationMeta {
    /// Id of the set there; opaque (contract 5.4).
    pub remote_id: Option<String>,
    /// Owner as last read.
    pub owner: Option<String>,
    /// Owner before our last write, if it was another.
    pub previous_owner: Option<String>,
    /// The remote set as last read, whole: unknown fields are kept (contract 6, row 7).
    pub remote: Option<Value>,
    /// Scopes as last read.
    pub scopes: Vec<String>,
    /// Usage as last read.
    pub usage: Vec<RecordedUsage>,
    /// AWS `externalID` (contract 2.10).
    pub external_id: Option<String>,
    /// What was last sent.
    pub published: Option<PublishedSnapshot>,
    /// The last failure.
    pub problem: Option<RecordedProblem>,
    /// Why the last look could not tell what is there; none if it could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
    /// Differences there that a person settled.
    #[serde(skip_serializing_if = "Settled::is_empty")]
    pub settled: Settled,
    /// When a difference there was first seen, milliseconds since the epoch; none while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_seen_at: Option<i64>,
}

/// What a person said of differences between what was sent and what is there. Paths are in the API's spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settled {
    /// Accepted: the field may be this there. Another value there is a difference again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accepted: BTreeMap<String, Vec<String>>,
    /// Ignored: whatever the field is there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub ignored: BTreeSet<String>,
}

/// Why a difference counts as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// This value of it was accepted.
    Accepted,
    /// The field is not compared.
    Ignored,
}

impl Settled {
    /// Was nothing said?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.ignored.is_empty()
    }

    /// Why this value of a field there counts as no difference, if it does.
    #[must_use]
    pub fn standing(&self, path: &str, theirs: &[String]) -> Option<Standing> {
        let accepted = self.accepted.get(path).is_some_and(|lines| lines == theirs);
        if self.ignored.contains(path) {
            Some(Standing::Ignored)
        } else {
            accepted.then_some(Standing::Accepted)
        }
    }
}

/// The link between a draft and an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its id.
    pub id: PublicationId,
    /// The draft.
    pub draft: DraftId,
    /// The environment.
    pub environment: EnvironmentId,
    /// Counts the writes, from 1.
    pub revision: u32,
    /// What is known.
    pub state: PublicationState,
    /// The draft's revision when it was last published.
    pub draft_revision: Option<u32>,
    /// When it was last published.
    pub published_at: Option<Timestamp>,
    /// When the remote set was last read.
    pub verified_at: Option<Timestamp>,
    /// The draft's digest when it was last published.
    pub digest: Option<Digest>,
    /// The sealed part.
    pub meta: PublicationMeta,
}

impl Publication {
    /// A link that does not exist yet; stored by [`put`].
    #[must_use]
    pub fn new(vault: &Vault, draft: DraftId, environment: EnvironmentId) -> Self {
        Self {
            id: PublicationId::make(&*vault.clock, vault.sealer.entropy()),
            draft,
            environment,
            revision: 0,
            state: PublicationState::Failed,
            draft_revision: None,
            published_at: None,
            verified_at: None,
            digest: None,
            meta: PublicationMeta::default(),
        }
    }
}

const COLUMNS: &str = "id, draft_id, environment_id, revision, state, draft_revision, published_at, verified_at, \
                       digest, meta";

fn read_row(row: &Row<'_>, sealer: &Sealer) -> Result<Publication, Error> {
    let id = PublicationId::from_bytes(row.get(0)?);
    let revision: u32 = row.get(3)?;
    let state: String = row.get(4)?;
    let blob: Vec<u8> = row.get(9)?;
    let binding = bind(Table::Publication, id.as_bytes(), Field::Meta, revision);
    Ok(Publication {
        id,
        draft: DraftId::from_bytes(row.get(1)?),
        environment: EnvironmentId::from_bytes(row.get(2)?),
        revision,
        state: PublicationState::parse(&state)
            .ok_or_else(|| Error::Unreadable { what: "publication", id: id.to_string() })?,
        draft_revision: row.get(5)?,
        published_at: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
        verified_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
        digest: row.get(8)?,
        meta: open_json(sealer, &binding, &blob, "publication", &id)?,
    })
}

/// Stores a publication inside a transaction, as its next revision.
pub(super) fn put(tx: &Transaction<'_>, sealer: &Sealer, publication: &mut Publication) -> Result<(), Error> {
    publication.revision += 1;
    let p = &*publication;
    let meta =
        seal_json(sealer, &bind(Table::Publication, p.id.as_bytes(), Field::Meta, p.revision), &p.meta)?;
    let changed = tx
        .prepare_cached(
            "INSERT INTO publication (id, draft_id, environment_id, revision, state, draft_revision, published_at,
                                      verified_at, digest, meta)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET revision = ?4, state = ?5, draft_revision = ?6, published_at = ?7,
                                            verified_at = ?8, digest = ?9, meta = ?10
             WHERE revision = ?4 - 1",
        )?
        .execute(params![
            p.id.as_bytes(),
            p.draft.as_bytes(),
            p.environment.as_bytes(),
            p.revision,
            p.state.as_str(),
            p.draft_revision,
            p.published_at.map(Timestamp::as_millis),
            p.verified_at.map(Timestamp::as_millis),
            p.digest,
            meta
        ])?;
    if changed == 0 {
        return Err(Error::StaleRevision { expected: p.revision - 1, found: 0 });
    }
    let seq = next_seq(tx)?;
    tx.prepare_cached("UPDATE draft SET seq = ?2 WHERE id = ?1")?
        .execute(params![p.draft.as_bytes(), seq])?;
    Ok(())
}

/// Takes a link away inside a transaction.
pub(super) fn remove(tx: &Transaction<'_>, draft: DraftId, environment: EnvironmentId) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM publication WHERE draft_id = ?1 AND environment_id = ?2")?
        .execute(params![draft.as_bytes(), environment.as_bytes()])?;
    let seq = next_seq(tx)?;
    tx.prepare_cached("UPDATE draft SET seq = ?2 WHERE id = ?1")?.execute(params![draft.as_bytes(), seq])?;
    Ok(())
}

impl Vault {
    /// All publications, of one draft or of all.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn publications(&self, of: Option<DraftId>) -> Result<Vec<Publication>, Error> {
        match of {
            Some(draft) => self.publications_where("draft_id = ?1", [draft.as_bytes()]),
            None => self.publications_where("true", []),
        }
    }

    /// All publications in one environment.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn publications_in(&self, environment: EnvironmentId) -> Result<Vec<Publication>, Error> {
        self.publications_where("environment_id = ?1", [environment.as_bytes()])
    }

    fn publications_where(
        &self,
        condition: &str,
        parameters: impl Params,
    ) -> Result<Vec<Publication>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM publication WHERE {condition} ORDER BY id"))?;
        let mut rows = statement.query(parameters)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read_row(row, &self.sealer)?);
        }
        Ok(all)
    }

    /// One link, if it exists.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn publication(
        &self,
        draft: DraftId,
        environment: EnvironmentId,
    ) -> Result<Option<Publication>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM publication WHERE draft_id = ?1 AND environment_id = ?2"
        ))?;
        statement
            .query_row(params![draft.as_bytes(), environment.as_bytes()], |row| {
                Ok(read_row(row, &self.sealer))
            })
            .optional()?
            .transpose()
    }

    /// Stores what a read of the remote set found.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if a publish run wrote it in between; [`Error::Store`].
    pub fn put_publication(&mut self, publication: &mut Publication) -> Result<(), Error> {
        let tx = super::write(&mut self.connection)?;
        put(&tx, &self.sealer, publication)?;
        tx.commit()?;
        Ok(())
    }

    /// Stores a link that a person made or resolved, and the activity, in one transaction.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if it was written in between; [`Error::Store`].
    pub fn link(&mut self, publication: &mut Publication, activity: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = super::write(&mut self.connection)?;
        put(&tx, &self.sealer, publication)?;
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a link away and writes the activity, in one transaction. The draft stays, and nothing is deleted there.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if it was written in between; [`Error::Store`].
    pub fn unlink(&mut self, publication: &Publication, activity: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = super::write(&mut self.connection)?;
        let found: Option<u32> = tx
            .prepare_cached("SELECT revision FROM publication WHERE id = ?1")?
            .query_row([publication.id.as_bytes()], |row| row.get(0))
            .optional()?;
        if found != Some(publication.revision) {
            return Err(super::stale_or_missing(found, publication.revision, "publication"));
        }
        remove(&tx, publication.draft, publication.environment)?;
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }

    /// Keyed digest of what publishing this would send: equal digests, nothing to publish.
    ///
    /// # Errors
    /// [`Error::Store`] if the metadata can't be encoded.
    pub fn digest_of(
        &self,
        meta: &DraftMeta,
        secrets: &crate::secret::DraftSecrets,
    ) -> Result<Digest, Error> {
        super::drafts::digest_of(&self.sealer, meta, secrets)
    }

    /// Keyed digest per secret field, for the snapshot of what was sent.
    #[must_use]
    pub fn secret_digests(&self, secrets: &crate::secret::DraftSecrets) -> BTreeMap<SecretField, String> {
        secrets
            .iter()
            .map(|(field, value)| {
                let digest = self.sealer.digest("secret", &[field.name().as_bytes(), value.expose()]);
                (field, hex(&digest))
            })
            .collect()
    }
}
