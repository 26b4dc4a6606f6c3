//! Drafts: the current revision of each, and how it is replaced.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;

use super::{
    NewActivity, activity, bind, next_seq, open_json, seal_json, secrets_codec, stale_or_missing, write,
};
use crate::clock::Timestamp;
use crate::draft::{CredentialType, Draft, DraftMeta};
use crate::error::{Error, StoreError};
use crate::ids::DraftId;
use crate::overrides::DraftDigests;
use crate::seal::{Digest, Field, Sealer, Table};
use crate::secret::DraftSecrets;
use crate::vault::Vault;

/// A draft to store: as new, or over the revision that was edited.
#[derive(Debug, Clone)]
pub struct SaveDraft {
    /// The draft and the revision that was edited; none for a new draft.
    pub over: Option<(DraftId, u32)>,
    /// Everything but the secrets.
    pub meta: DraftMeta,
    /// All secrets after the save (edits already merged).
    pub secrets: DraftSecrets,
}

/// The part of a draft that is sent, in a fixed form, for the keyed digest. Note, tags, dates and the facts read from
/// a file are left out: changing them changes nothing there.
#[derive(Serialize)]
struct Sent<'a> {
    name: &'a str,
    description: &'a str,
    scopes: &'a std::collections::BTreeSet<crate::draft::Scope>,
    owner_access_only: bool,
    allowed_entities: &'a std::collections::BTreeSet<crate::draft::AllowedEntity>,
    allow_contextless_requests: bool,
    details: crate::draft::Details,
}

/// Keyed digest of what publishing this draft would send where no override is.
pub(crate) fn digest_of(sealer: &Sealer, meta: &DraftMeta, secrets: &DraftSecrets) -> Result<Digest, Error> {
    let mut details = meta.details.clone();
    details.forget_local();
    let sent = Sent {
        name: &meta.name,
        description: &meta.description,
        scopes: &meta.scopes,
        owner_access_only: meta.owner_access_only,
        allowed_entities: &meta.allowed_entities,
        allow_contextless_requests: meta.allow_contextless_requests,
        details,
    };
    let bytes = serde_json::to_vec(&sent).map_err(|error| StoreError::Io(error.to_string()))?;
    Ok(sealer.digest("draft", &[&bytes, &secrets_codec::encode_own(secrets)]))
}

/// Renews what is derived from metadata and secrets together: what is set, and the digests of the overrides.
pub(super) fn derive(sealer: &Sealer, meta: &mut DraftMeta, secrets: &mut DraftSecrets) -> Result<(), Error> {
    secrets.retain(meta.details.secret_fields());
    meta.secrets_set = secrets.filled();
    meta.settle_overrides(secrets);
    for environment in meta.overrides.keys().copied().collect::<Vec<_>>() {
        let (here, values) = (meta.in_environment(environment), secrets.in_environment(environment));
        meta.set_digest(environment, &digest_of(sealer, &here, &values)?);
    }
    Ok(())
}

const COLUMNS: &str = "id, revision, created_at, updated_at, deleted_at, digest, meta";

fn read_row(row: &Row<'_>, sealer: &Sealer) -> rusqlite::Result<Result<(Draft, DraftDigests), Error>> {
    let id = DraftId::from_bytes(row.get(0)?);
    let revision: u32 = row.get(1)?;
    let blob = row.get_ref(6)?.as_blob().unwrap_or_default();
    let binding = bind(Table::Draft, id.as_bytes(), Field::Meta, revision);
    let meta: DraftMeta = match open_json(sealer, &binding, blob, "draft", &id) {
        Ok(meta) => meta,
        Err(error) => return Ok(Err(error)),
    };
    let draft = Draft {
        id,
        revision,
        created_at: Timestamp::from_millis(row.get(2)?),
        updated_at: Timestamp::from_millis(row.get(3)?),
        deleted_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        meta,
    };
    let digests = draft.meta.digests(row.get(5)?);
    Ok(Ok((draft, digests)))
}

/// A new draft as it is stored: sealed to its place, ready to be written.
pub(super) struct SealedDraft {
    /// Made beforehand: it is part of what is sealed.
    pub(super) id: DraftId,
    credential_type: CredentialType,
    digest: Digest,
    meta: Vec<u8>,
    secrets: Vec<u8>,
}

impl SealedDraft {
    /// Seals the first revision of a draft. Needs no database, so several can be sealed side by side.
    pub(super) fn new(
        sealer: &Sealer,
        id: DraftId,
        meta: &DraftMeta,
        secrets: &DraftSecrets,
    ) -> Result<Self, Error> {
        let place = |field| bind(Table::Draft, id.as_bytes(), field, 1);
        Ok(Self {
            id,
            credential_type: meta.details.credential_type(),
            digest: digest_of(sealer, meta, secrets)?,
            meta: seal_json(sealer, &place(Field::Meta), meta)?,
            secrets: sealer.seal(&place(Field::Secrets), &secrets_codec::encode(secrets))?,
        })
    }

    /// Writes it inside a transaction.
    pub(super) fn insert(&self, tx: &Transaction<'_>, now: Timestamp, seq: i64) -> Result<(), StoreError> {
        tx.prepare_cached(
            "INSERT INTO draft (id, type, revision, created_at, updated_at, seq, digest, meta, secrets)
             VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            self.id.as_bytes(),
            self.credential_type.as_str(),
            now.as_millis(),
            seq,
            self.digest,
            self.meta,
            self.secrets
        ])?;
        Ok(())
    }
}

impl Vault {
    /// One draft without its secrets.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn draft(&self, id: DraftId) -> Result<(Draft, DraftDigests), Error> {
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE id = ?1"))?;
        statement
            .query_row([id.as_bytes()], |row| read_row(row, &self.sealer))
            .optional()?
            .ok_or(Error::NotFound("draft"))?
    }

    /// The secrets of a draft's current revision, opened for one purpose; with the revision they belong to.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Store`].
    pub fn draft_secrets(&self, id: DraftId) -> Result<(u32, DraftSecrets), Error> {
        let (revision, blob): (u32, Vec<u8>) = self
            .connection
            .prepare_cached("SELECT revision, secrets FROM draft WHERE id = ?1")?
            .query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or(Error::NotFound("draft"))?;
        Ok((revision, self.open_secrets(id, revision, &blob)?))
    }

    pub(super) fn open_secrets(
        &self,
        id: DraftId,
        revision: u32,
        blob: &[u8],
    ) -> Result<DraftSecrets, Error> {
        let binding = bind(Table::Draft, id.as_bytes(), Field::Secrets, revision);
        let bytes = self.sealer.open(&binding, blob).map_err(Error::unreadable("draft", id))?;
        secrets_codec::decode(&bytes).ok_or_else(|| Error::Unreadable { what: "draft", id: id.to_string() })
    }

    /// Stores a draft: validated or not, since a half-written draft must not be lost. Keeps the replaced revision.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] if another revision is stored by now: nothing was changed.
    pub fn save_draft(&mut self, save: &SaveDraft, activity: &NewActivity) -> Result<Draft, Error> {
        self.save_draft_and(save, activity, |_, _, _| Ok(()))
    }

    /// As [`Vault::save_draft`], with more in the same transaction.
    pub(super) fn save_draft_and(
        &mut self,
        save: &SaveDraft,
        activity: &NewActivity,
        more: impl FnOnce(&Transaction<'_>, &Sealer, Timestamp) -> Result<(), Error>,
    ) -> Result<Draft, Error> {
        let now = self.clock.now();
        let mut meta = save.meta.clone();
        let mut secrets = save.secrets.clone();
        derive(&self.sealer, &mut meta, &mut secrets)?;
        let (id, revision) = match save.over {
            None => (DraftId::make(&*self.clock, self.sealer.entropy()), 1),
            Some((id, edited)) => (id, edited + 1),
        };
        let tx = write(&mut self.connection)?;
        let seq = next_seq(&tx)?;
        if let Some((_, edited)) = save.over {
            replace(&tx, &self.sealer, id, edited, now, seq, &meta, &secrets)?;
        } else {
            SealedDraft::new(&self.sealer, id, &meta, &secrets)?.insert(&tx, now, seq)?;
        }
        more(&tx, &self.sealer, now)?;
        activity::insert(&tx, &self.sealer, now, &activity.clone().about_draft(id))?;
        let created: i64 =
            tx.query_row("SELECT created_at FROM draft WHERE id = ?1", [id.as_bytes()], |r| r.get(0))?;
        tx.commit()?;
        Ok(Draft {
            id,
            revision,
            created_at: Timestamp::from_millis(created),
            updated_at: now,
            deleted_at: None,
            meta,
        })
    }

    /// Moves drafts to the trash, or brings them back. Gives the number that changed.
    ///
    /// # Errors
    /// [`Error::Store`]; then none was moved.
    pub fn set_trashed(
        &mut self,
        ids: &[DraftId],
        trashed: bool,
        activity: &NewActivity,
    ) -> Result<u32, Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        let seq = next_seq(&tx)?;
        let mut changed = 0;
        for id in ids {
            let moved = tx
                .prepare_cached(
                    "UPDATE draft SET deleted_at = ?2, seq = ?3 WHERE id = ?1 AND (deleted_at IS NULL) = ?4",
                )?
                .execute(params![id.as_bytes(), trashed.then_some(now.as_millis()), seq, trashed])?;
            if moved == 1 {
                changed += 1;
                let name = name_of(&tx, &self.sealer, *id)?;
                activity::insert(
                    &tx,
                    &self.sealer,
                    now,
                    &activity.clone().about_draft(*id).with_draft_name(name),
                )?;
            }
        }
        tx.commit()?;
        Ok(changed)
    }
}

/// A draft's name for a log line; empty if the row does not open, which must not stop it from being moved.
fn name_of(tx: &Transaction<'_>, sealer: &Sealer, id: DraftId) -> Result<String, Error> {
    let read = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE id = ?1"))?
        .query_row([id.as_bytes()], |row| read_row(row, sealer))?;
    Ok(read.map(|(draft, _)| draft.meta.name).unwrap_or_default())
}

#[expect(clippy::too_many_arguments, reason = "one row's columns; a struct would only name them twice")]
fn replace(
    tx: &Transaction<'_>,
    sealer: &Sealer,
    id: DraftId,
    edited: u32,
    now: Timestamp,
    seq: i64,
    meta: &DraftMeta,
    secrets: &DraftSecrets,
) -> Result<(), Error> {
    let revision = edited + 1;
    tx.prepare_cached(
        "INSERT INTO draft_revision (draft_id, revision, type, saved_at, meta, secrets)
         SELECT id, revision, type, updated_at, meta, secrets FROM draft WHERE id = ?1 AND revision = ?2",
    )?
    .execute(params![id.as_bytes(), edited])?;
    let sealed_meta = seal_json(sealer, &bind(Table::Draft, id.as_bytes(), Field::Meta, revision), meta)?;
    let sealed_secrets = sealer.seal(
        &bind(Table::Draft, id.as_bytes(), Field::Secrets, revision),
        &secrets_codec::encode(secrets),
    )?;
    let replaced = tx
        .prepare_cached(
            "UPDATE draft SET type = ?3, revision = ?4, updated_at = ?5, deleted_at = NULL, seq = ?6, digest = ?7,
                    meta = ?8, secrets = ?9
             WHERE id = ?1 AND revision = ?2",
        )?
        .execute(params![
            id.as_bytes(),
            edited,
            meta.details.credential_type().as_str(),
            revision,
            now.as_millis(),
            seq,
            digest_of(sealer, meta, secrets)?,
            sealed_meta,
            sealed_secrets
        ])?;
    if replaced == 1 {
        return Ok(());
    }
    let found = tx
        .query_row("SELECT revision FROM draft WHERE id = ?1", [id.as_bytes()], |row| row.get(0))
        .optional()?;
    Err(stale_or_missing(found, edited, "draft"))
}
