//! Re-encrypting everything under another data key, inside one transaction.
//!
//! Sealed values are opened under the old key and sealed under the new one. Keyed digests ("changed since published?") can
//! only be made again from what they are digests of: a draft's from the draft, a publication's from the revision that was
//! published. One whose origin is not to be found becomes a digest that equals none, which reads as "changed".

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::Value;
use zeroize::Zeroizing;

use super::drafts::digest_of;
use super::sealed::{SEALED, SealedTable};
use super::{PublicationMeta, bind, secrets_codec};
use crate::draft::DraftMeta;
use crate::error::{Error, StoreError};
use crate::hex::{hex, unhex};
use crate::ids::EnvironmentId;
use crate::seal::{Digest, Field, Sealer, Table};
use crate::secret::{DraftSecrets, SecretField};

/// Re-encrypts every sealed value and renews every keyed digest. Gives the number of rows. `progress` is called with the
/// number done so far and the number of all.
pub(crate) fn reseal(
    tx: &Transaction<'_>,
    old: &Sealer,
    new: &Sealer,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, Error> {
    // First, while the revisions that they were made from still open under the old key.
    publication_digests(tx, old, new)?;
    let mut total = 0_u64;
    for table in SEALED {
        let count = format!("SELECT count(*) FROM {}", table.name);
        let rows: i64 = tx.query_row(&count, [], |row| row.get(0)).map_err(StoreError::from)?;
        total += u64::try_from(rows).unwrap_or_default();
    }
    let mut done = 0;
    for table in SEALED {
        for rowid in rowids(tx, table.name)? {
            row(tx, table, rowid, old, new)?;
            done += 1;
            progress(done, total);
        }
    }
    Ok(done)
}

fn rowids(tx: &Transaction<'_>, table: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = tx.prepare(&format!("SELECT rowid FROM {table} ORDER BY rowid"))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn unreadable(what: &'static str, id: &[u8; 16]) -> Error {
    Error::Unreadable { what, id: uuid::Uuid::from_bytes(*id).hyphenated().to_string() }
}

fn row(
    tx: &Transaction<'_>,
    table: &SealedTable,
    rowid: i64,
    old: &Sealer,
    new: &Sealer,
) -> Result<(), Error> {
    let columns: Vec<&str> = table.columns.iter().map(|(column, _)| *column).collect();
    let select = format!(
        "SELECT {}, {}, {} FROM {} WHERE rowid = ?1",
        table.id,
        table.revision,
        columns.join(", "),
        table.name
    );
    let (id, revision, blobs): ([u8; 16], u32, Vec<Option<Vec<u8>>>) =
        tx.prepare_cached(&select)?.query_row([rowid], |row| {
            let blobs = (0..columns.len()).map(|at| row.get(2 + at)).collect::<Result<_, _>>()?;
            Ok((row.get(0)?, row.get(1)?, blobs))
        })?;
    let mut opened = Vec::with_capacity(blobs.len());
    for (blob, (_, field)) in blobs.iter().zip(table.columns) {
        let place = bind(table.table, &id, *field, revision);
        let open = |blob: &Vec<u8>| old.open(&place, blob).map_err(|_| unreadable(table.what, &id));
        opened.push((place, blob.as_ref().map(open).transpose()?));
    }
    let mut digest = None;
    if table.name == "draft"
        && let [(_, Some(meta)), (_, Some(secrets))] = &mut opened[..]
    {
        let (read, values) = decoded(&id, meta, secrets)?;
        digest = Some(digest_of(new, &read, &values)?);
        *meta = override_digests(meta, &read, &values, new)?.ok_or_else(|| unreadable("draft", &id))?;
    }
    let set: Vec<String> =
        columns.iter().enumerate().map(|(at, column)| format!("{column} = ?{}", at + 2)).collect();
    let update = format!("UPDATE {} SET {} WHERE rowid = ?1", table.name, set.join(", "));
    let mut statement = tx.prepare_cached(&update)?;
    statement.raw_bind_parameter(1, rowid)?;
    for (at, (place, plain)) in opened.iter().enumerate() {
        let sealed = plain.as_ref().map(|plain| new.seal(place, plain)).transpose()?;
        statement.raw_bind_parameter(at + 2, sealed)?;
    }
    statement.raw_execute()?;
    if let Some(digest) = digest {
        tx.prepare_cached("UPDATE draft SET digest = ?2 WHERE rowid = ?1")?
            .execute(params![rowid, digest])?;
    }
    Ok(())
}

/// A draft's metadata with the digests of its overrides renewed; members that this version does not know stay.
pub(super) fn override_digests(
    plain: &[u8],
    meta: &DraftMeta,
    secrets: &DraftSecrets,
    new: &Sealer,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    if meta.overrides.is_empty() {
        return Ok(Some(Zeroizing::new(plain.to_vec())));
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(plain) else { return Ok(None) };
    for id in meta.overrides.keys() {
        let digest = digest_of(new, &meta.in_environment(*id), &secrets.in_environment(*id))?;
        let Some(here) = value.pointer_mut(&format!("/overrides/{id}")) else { return Ok(None) };
        // An override may be written as a list of its members, which has no place for a name.
        let Some(here) = here.as_object_mut() else { return Ok(None) };
        here.insert("digest".into(), Value::from(hex(&digest)));
    }
    Ok(serde_json::to_vec(&value).ok().map(Zeroizing::new))
}

fn decoded(id: &[u8; 16], meta: &[u8], secrets: &[u8]) -> Result<(DraftMeta, DraftSecrets), Error> {
    let meta = serde_json::from_slice(meta).map_err(|_| unreadable("draft", id))?;
    Ok((meta, secrets_codec::decode(secrets).ok_or_else(|| unreadable("draft", id))?))
}

/// A publication's id, its draft and environment, its revision, the draft's revision that was published, its digest, its
/// metadata.
type StoredLink = ([u8; 16], [u8; 16], [u8; 16], u32, Option<u32>, Option<Digest>, Vec<u8>);

fn publication_digests(tx: &Transaction<'_>, old: &Sealer, new: &Sealer) -> Result<(), Error> {
    for rowid in rowids(tx, "publication")? {
        let (id, draft, environment, revision, draft_revision, digest, meta): StoredLink = tx
            .prepare_cached(
                "SELECT id, draft_id, environment_id, revision, draft_revision, digest, meta FROM publication
                 WHERE rowid = ?1",
            )?
            .query_row([rowid], |row| {
                let ids = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((ids.0, ids.1, ids.2, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
            })?;
        let environment = EnvironmentId::from_bytes(environment);
        // As it was sent there: with the overrides of that revision.
        let origin = match draft_revision {
            Some(revision) => revision_of(tx, old, &draft, revision)?.map(|(meta, secrets)| {
                (meta.in_environment(environment), secrets.in_environment(environment))
            }),
            None => None,
        };
        let digest = match (digest, &origin) {
            (Some(digest), Some((meta, secrets))) if digest_of(old, meta, secrets)? == digest => {
                Some(digest_of(new, meta, secrets)?)
            }
            (Some(digest), _) => Some(equals_none(new, &digest)),
            (None, _) => None,
        };
        let place = bind(Table::Publication, &id, Field::Meta, revision);
        let plain = old.open(&place, &meta).map_err(|_| unreadable("publication", &id))?;
        let renewed = secret_digests(&plain, origin.as_ref().map(|(_, secrets)| secrets), old, new)
            .ok_or_else(|| unreadable("publication", &id))?;
        // Under the old key still: the walk over all tables takes it over like any other value.
        let sealed = old.seal(&place, &renewed)?;
        tx.prepare_cached("UPDATE publication SET digest = ?2, meta = ?3 WHERE rowid = ?1")?
            .execute(params![rowid, digest, sealed])?;
    }
    Ok(())
}

fn equals_none(new: &Sealer, digest: &[u8]) -> Digest {
    new.digest("of another key", &[digest])
}

/// A revision's content; none if it is not kept.
fn revision_of(
    tx: &Transaction<'_>,
    old: &Sealer,
    draft: &[u8; 16],
    revision: u32,
) -> Result<Option<(DraftMeta, DraftSecrets)>, Error> {
    let row: Option<(Vec<u8>, Vec<u8>)> = tx
        .prepare_cached(
            "SELECT meta, secrets FROM draft WHERE id = ?1 AND revision = ?2
             UNION ALL SELECT meta, secrets FROM draft_revision WHERE draft_id = ?1 AND revision = ?2",
        )?
        .query_row(params![draft, revision], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((meta, secrets)) = row else { return Ok(None) };
    let open = |field, blob: &[u8]| {
        old.open(&bind(Table::Draft, draft, field, revision), blob).map_err(|_| unreadable("draft", draft))
    };
    decoded(draft, &open(Field::Meta, &meta)?, &open(Field::Secrets, &secrets)?).map(Some)
}

/// The metadata of a publication with its secrets' digests renewed; members that this version does not know stay.
pub(super) fn secret_digests(
    plain: &[u8],
    origin: Option<&DraftSecrets>,
    old: &Sealer,
    new: &Sealer,
) -> Option<Zeroizing<Vec<u8>>> {
    // Whatever this version makes of it, it must be metadata.
    serde_json::from_slice::<PublicationMeta>(plain).ok()?;
    let mut meta: Value = serde_json::from_slice(plain).ok()?;
    if let Some(digests) = meta.pointer_mut("/published/secretDigests").and_then(Value::as_object_mut) {
        for (name, digest) in digests {
            let before = unhex(digest.as_str()?)?;
            let value = SecretField::from_name(name).and_then(|field| origin?.get(field));
            let of = |sealer: &Sealer, value: &[u8]| sealer.digest("secret", &[name.as_bytes(), value]);
            let after = match value {
                Some(value) if of(old, value.expose()).as_slice() == before => of(new, value.expose()),
                _ => equals_none(new, &before),
            };
            *digest = Value::from(hex(&after));
        }
    }
    serde_json::to_vec(&meta).ok().map(Zeroizing::new)
}
