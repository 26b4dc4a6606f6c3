//! One row under another data key.
//!
//! Sealed values are opened under the old key and sealed under the new one. Keyed digests ("changed since published?") can
//! only be made again from what they are digests of: a draft's from the draft, a publication's from the revision that was
//! published. One whose origin is not to be found becomes a digest that equals none, which reads as "changed".

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::Value;
use zeroize::Zeroizing;

use super::drafts::digest_of;
use super::sealed::{SEALED, SealedTable};
use super::{PublicationMeta, bind, secrets_codec};
use crate::draft::DraftMeta;
use crate::error::{Error, StoreError};
use crate::hex::{hex, unhex};
use crate::ids::EnvironmentId;
use crate::seal::{Binding, Digest, Field, Sealer, Table};
use crate::secret::{DraftSecrets, SecretField};

/// Everything that a row under another key is made from, as it is read.
pub(crate) struct Source {
    pub(crate) rowid: i64,
    id: [u8; 16],
    revision: u32,
    blobs: Vec<Option<Vec<u8>>>,
    /// A draft's own and a publication's keyed digest.
    digest: Option<Vec<u8>>,
    link: Option<Link>,
}

/// What a publication's digests were made of: the revision that was published, where.
struct Link {
    draft: [u8; 16],
    environment: EnvironmentId,
    /// Its number and its sealed columns; none if it is not kept.
    origin: Option<(u32, Vec<u8>, Vec<u8>)>,
}

/// A row under another key.
pub(crate) struct Resealed {
    /// One per sealed column.
    pub(crate) blobs: Vec<Option<Vec<u8>>>,
    /// The keyed digest, of a row that has one.
    pub(crate) digest: Option<Vec<u8>>,
}

/// Rows of a table.
pub(crate) fn rowids(connection: &Connection, table: &SealedTable) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare(&format!("SELECT rowid FROM {} ORDER BY rowid", table.name))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Tables in the order in which a transaction may re-encrypt them: publications first, while the revisions that their digests
/// were made of still open under the old key.
pub(crate) fn in_order() -> impl Iterator<Item = &'static SealedTable> {
    let publications = |table: &&SealedTable| table.name == "publication";
    SEALED.iter().filter(publications).chain(SEALED.iter().filter(move |table| !publications(table)))
}

/// Has the table a keyed digest in a column beside its sealed ones?
fn has_digest(table: &SealedTable) -> bool {
    matches!(table.name, "draft" | "publication")
}

fn unreadable(what: &'static str, id: &[u8; 16]) -> Error {
    Error::Unreadable { what, id: uuid::Uuid::from_bytes(*id).hyphenated().to_string() }
}

impl Source {
    /// Reads a row; none if it is gone.
    pub(crate) fn read(
        connection: &Connection,
        table: &SealedTable,
        rowid: i64,
    ) -> Result<Option<Self>, StoreError> {
        let columns: Vec<&str> = table.columns.iter().map(|(column, _)| *column).collect();
        let digest = if has_digest(table) { "digest" } else { "NULL" };
        let select = format!(
            "SELECT {}, {}, {digest}, {} FROM {} WHERE rowid = ?1",
            table.id,
            table.revision,
            columns.join(", "),
            table.name
        );
        let mut statement = connection.prepare_cached(&select)?;
        let read = statement.query_row([rowid], |row| {
            let blobs = (0..columns.len()).map(|at| row.get(3 + at)).collect::<Result<_, _>>()?;
            let (id, revision, digest) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Self { rowid, id, revision, blobs, digest, link: None })
        });
        let Some(mut source) = read.optional()? else { return Ok(None) };
        if table.name == "publication" {
            source.link = Some(Link::read(connection, rowid)?);
        }
        Ok(Some(source))
    }

    /// All of it, to be told from the same row at another time.
    pub(crate) fn parts(&self) -> Vec<Vec<u8>> {
        let mut parts = vec![self.id.to_vec(), self.revision.to_be_bytes().to_vec()];
        parts.extend(self.blobs.iter().map(or_none));
        parts.push(or_none(&self.digest));
        if let Some(Link { draft, environment, origin }) = &self.link {
            parts.extend([draft.to_vec(), environment.as_bytes().to_vec()]);
            if let Some((revision, meta, secrets)) = origin {
                parts.extend([revision.to_be_bytes().to_vec(), meta.clone(), secrets.clone()]);
            }
        }
        parts
    }

    /// The row under another key.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: something in it does not open under the old one.
    pub(crate) fn reseal(&self, table: &SealedTable, old: &Sealer, new: &Sealer) -> Result<Resealed, Error> {
        let mut opened = Vec::with_capacity(self.blobs.len());
        for (blob, (_, field)) in self.blobs.iter().zip(table.columns) {
            let place = bind(table.table, &self.id, *field, self.revision);
            let open = |blob: &Vec<u8>| old.open(&place, blob).map_err(|_| unreadable(table.what, &self.id));
            opened.push((place, blob.as_ref().map(open).transpose()?));
        }
        let mut digest = None;
        if table.name == "draft"
            && let [(_, Some(meta)), (_, Some(secrets))] = &mut opened[..]
        {
            let (read, values) = decoded(&self.id, meta, secrets)?;
            digest = Some(digest_of(new, &read, &values)?.to_vec());
            *meta =
                override_digests(meta, &read, &values, new)?.ok_or_else(|| unreadable("draft", &self.id))?;
        }
        if let (Some(link), [(_, Some(meta))]) = (&self.link, &mut opened[..]) {
            let origin = link.opened(old)?;
            digest = self
                .digest
                .as_deref()
                .map(|before| link_digest(before, origin.as_ref(), old, new))
                .transpose()?;
            *meta = secret_digests(meta, origin.as_ref().map(|(_, secrets)| secrets), old, new)
                .ok_or_else(|| unreadable("publication", &self.id))?;
        }
        let seal = |(place, plain): (Binding, Option<Zeroizing<Vec<u8>>>)| {
            plain.map(|plain| new.seal(&place, &plain)).transpose()
        };
        Ok(Resealed { blobs: opened.into_iter().map(seal).collect::<Result<_, _>>()?, digest })
    }
}

/// A value, told from none.
fn or_none(value: &Option<Vec<u8>>) -> Vec<u8> {
    value.as_ref().map_or_else(Vec::new, |value| [&[1], value.as_slice()].concat())
}

impl Resealed {
    /// All of it, for a digest over it.
    pub(crate) fn parts(&self) -> Vec<Vec<u8>> {
        self.blobs.iter().chain([&self.digest]).map(or_none).collect()
    }

    /// Puts it in the place of the row it was made from. Inside a write.
    pub(crate) fn write(
        &self,
        tx: &Transaction<'_>,
        table: &SealedTable,
        rowid: i64,
    ) -> Result<(), StoreError> {
        let digest = has_digest(table).then_some("digest");
        let columns = table.columns.iter().map(|(column, _)| *column).chain(digest);
        let set: Vec<String> =
            columns.enumerate().map(|(at, column)| format!("{column} = ?{}", at + 2)).collect();
        let update = format!("UPDATE {} SET {} WHERE rowid = ?1", table.name, set.join(", "));
        let mut statement = tx.prepare_cached(&update)?;
        statement.raw_bind_parameter(1, rowid)?;
        for (at, value) in self.blobs.iter().chain(digest.map(|_| &self.digest)).enumerate() {
            statement.raw_bind_parameter(at + 2, value)?;
        }
        statement.raw_execute()?;
        Ok(())
    }
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

/// The digest of what was published, renewed if it is known what that was.
fn link_digest(
    before: &[u8],
    origin: Option<&(DraftMeta, DraftSecrets)>,
    old: &Sealer,
    new: &Sealer,
) -> Result<Vec<u8>, Error> {
    Ok(match origin {
        Some((meta, secrets)) if digest_of(old, meta, secrets)? == before => digest_of(new, meta, secrets)?,
        _ => equals_none(new, before),
    }
    .to_vec())
}

fn equals_none(new: &Sealer, digest: &[u8]) -> Digest {
    new.digest("of another key", &[digest])
}

impl Link {
    fn read(connection: &Connection, rowid: i64) -> Result<Self, StoreError> {
        let (draft, environment, revision): ([u8; 16], [u8; 16], Option<u32>) = connection
            .prepare_cached(
                "SELECT draft_id, environment_id, draft_revision FROM publication WHERE rowid = ?1",
            )?
            .query_row([rowid], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let origin = match revision {
            Some(revision) => connection
                .prepare_cached(
                    "SELECT meta, secrets FROM draft WHERE id = ?1 AND revision = ?2
                     UNION ALL SELECT meta, secrets FROM draft_revision WHERE draft_id = ?1 AND revision = ?2",
                )?
                .query_row(params![draft, revision], |row| Ok((revision, row.get(0)?, row.get(1)?)))
                .optional()?,
            None => None,
        };
        Ok(Self { draft, environment: EnvironmentId::from_bytes(environment), origin })
    }

    /// What was sent: with the overrides of that revision.
    fn opened(&self, old: &Sealer) -> Result<Option<(DraftMeta, DraftSecrets)>, Error> {
        let Some((revision, meta, secrets)) = &self.origin else { return Ok(None) };
        let open = |field, blob: &[u8]| {
            let place = bind(Table::Draft, &self.draft, field, *revision);
            old.open(&place, blob).map_err(|_| unreadable("draft", &self.draft))
        };
        let (meta, secrets) =
            decoded(&self.draft, &open(Field::Meta, meta)?, &open(Field::Secrets, secrets)?)?;
        Ok(Some((meta.in_environment(self.environment), secrets.in_environment(self.environment))))
    }
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
