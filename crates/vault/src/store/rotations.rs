//! Rotations: that a draft's secret was changed to be tried in one environment first. How far one is follows from the
//! publications; what is kept here is what they can't tell. The secrets of before are the draft's history: every save
//! keeps the revision it replaces, so there are always at least the last five.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{NewActivity, activity, bind, next_seq, open_json, seal_json, write};
use crate::clock::Timestamp;
use crate::draft::Draft;
use crate::error::Error;
use crate::ids::{DraftId, EnvironmentId, RotationId};
use crate::seal::{Field, Sealer, Table};
use crate::secret::SecretField;
use crate::store::SaveDraft;
use crate::vault::Vault;

/// The sealed part of a rotation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotationMeta {
    /// The secrets that were changed.
    pub fields: BTreeSet<SecretField>,
    /// Where the new secret is tried first.
    pub canary: Vec<EnvironmentId>,
    /// Where it goes once it was found good.
    pub rest: Vec<EnvironmentId>,
}

/// A rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Its id.
    pub id: RotationId,
    /// The draft.
    pub draft: DraftId,
    /// Counts the writes, from 1.
    pub revision: u32,
    /// When the secret was changed.
    pub started_at: Timestamp,
    /// What it is about.
    pub meta: RotationMeta,
}

const COLUMNS: &str = "id, draft_id, revision, started_at, meta";

fn read_row(row: &Row<'_>, sealer: &Sealer) -> Result<Rotation, Error> {
    let id = RotationId::from_bytes(row.get(0)?);
    let revision: u32 = row.get(2)?;
    let blob: Vec<u8> = row.get(4)?;
    let binding = bind(Table::Rotation, id.as_bytes(), Field::Meta, revision);
    Ok(Rotation {
        id,
        draft: DraftId::from_bytes(row.get(1)?),
        revision,
        started_at: Timestamp::from_millis(row.get(3)?),
        meta: open_json(sealer, &binding, &blob, "rotation", &id)?,
    })
}

/// Stores a rotation in the place of the draft's earlier one.
fn insert(
    tx: &Transaction<'_>,
    sealer: &Sealer,
    id: RotationId,
    draft: DraftId,
    now: Timestamp,
    meta: &RotationMeta,
) -> Result<(), Error> {
    let sealed = seal_json(sealer, &bind(Table::Rotation, id.as_bytes(), Field::Meta, 1), meta)?;
    tx.execute("DELETE FROM rotation WHERE draft_id = ?1", [draft.as_bytes()])?;
    tx.execute(
        "INSERT INTO rotation (id, draft_id, revision, started_at, meta) VALUES (?1, ?2, 1, ?3, ?4)",
        params![id.as_bytes(), draft.as_bytes(), now.as_millis(), sealed],
    )?;
    Ok(())
}

impl Vault {
    /// Stores a draft with its new secret and that it is being rotated, both or neither: a new secret without its
    /// rotation would be published everywhere at once.
    ///
    /// # Errors
    /// As [`Vault::save_draft`]; [`Error::NotFound`] if it is a new draft.
    pub fn begin_rotation(
        &mut self,
        save: &SaveDraft,
        meta: &RotationMeta,
        activity: &NewActivity,
    ) -> Result<Draft, Error> {
        let (draft, _) = save.over.ok_or(Error::NotFound("draft"))?;
        let id = RotationId::make(&*self.clock, self.sealer.entropy());
        self.save_draft_and(save, activity, |tx, sealer, now| insert(tx, sealer, id, draft, now, meta))
    }

    /// The rotation of a draft, if there is one.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn rotation(&self, draft: DraftId) -> Result<Option<Rotation>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM rotation WHERE draft_id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([draft.as_bytes()], |row| Ok(read_row(row, &self.sealer))).optional()?.transpose()
    }

    /// All rotations, the oldest first.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn rotations(&self) -> Result<Vec<Rotation>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM rotation ORDER BY started_at, id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read_row(row, &self.sealer)?);
        }
        Ok(all)
    }

    /// Ends a rotation. Draft, overrides and history stay as they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, [`Error::Store`].
    pub fn end_rotation(&mut self, draft: DraftId, activity: &NewActivity) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        let seq = next_seq(&tx)?;
        if tx.execute("DELETE FROM rotation WHERE draft_id = ?1", [draft.as_bytes()])? == 0 {
            return Err(Error::NotFound("rotation"));
        }
        tx.execute("UPDATE draft SET seq = ?2 WHERE id = ?1", params![draft.as_bytes(), seq])?;
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, login, quiet};

    fn meta(canary: u8) -> RotationMeta {
        RotationMeta {
            fields: BTreeSet::from([SecretField::Password]),
            canary: vec![EnvironmentId::from_bytes([canary; 16])],
            rest: vec![EnvironmentId::from_bytes([9; 16])],
        }
    }

    fn again(id: DraftId, revision: u32, password: &str) -> SaveDraft {
        SaveDraft { over: Some((id, revision)), ..login("shop", "robot", password) }
    }

    #[test]
    fn a_rotation_survives_closing_and_the_next_takes_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        let mut vault = bench.create().unwrap();
        let id = vault.save_draft(&login("shop", "robot", "old"), &quiet()).unwrap().id;
        assert_eq!(vault.rotation(id).unwrap(), None);
        vault.begin_rotation(&again(id, 1, "new"), &meta(1), &quiet()).unwrap();
        drop(vault);
        let mut vault = bench.open().unwrap();
        assert_eq!(vault.rotation(id).unwrap().unwrap().meta, meta(1));
        vault.begin_rotation(&again(id, 2, "newer"), &meta(2), &quiet()).unwrap();
        assert_eq!(vault.rotations().unwrap().into_iter().map(|one| one.meta).collect::<Vec<_>>(), [meta(2)]);
        assert!(vault.verify().unwrap().sound());
        vault.end_rotation(id, &quiet()).unwrap();
        assert!(matches!(vault.end_rotation(id, &quiet()), Err(Error::NotFound(_))));
        assert_eq!(vault.draft(id).unwrap().0.revision, 3, "the draft keeps the new secret");
    }

    #[test]
    fn a_save_that_is_refused_starts_no_rotation() {
        let dir = tempfile::tempdir().unwrap();
        let mut vault = Bench::at(&dir.path().join("vault")).create().unwrap();
        let id = vault.save_draft(&login("shop", "robot", "old"), &quiet()).unwrap().id;
        let stale = vault.begin_rotation(&again(id, 7, "new"), &meta(1), &quiet());
        assert!(matches!(stale, Err(Error::StaleRevision { expected: 7, found: 1 })));
        let fresh = vault.begin_rotation(&login("other", "robot", "new"), &meta(1), &quiet());
        assert!(matches!(fresh, Err(Error::NotFound(_))));
        assert_eq!(vault.rotations().unwrap(), []);
        assert_eq!(vault.drafts_since(0).unwrap().drafts.len(), 1);
    }

    #[test]
    fn more_than_the_last_five_secrets_of_a_field_can_be_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut vault = Bench::at(&dir.path().join("vault")).create().unwrap();
        let id = vault.save_draft(&login("shop", "robot", "secret-1"), &quiet()).unwrap().id;
        for revision in 1..12_u32 {
            // Some saves change no secret, and must not push one out.
            let password = format!("secret-{}", revision.div_ceil(2) + 1);
            let save = again(id, revision, &password);
            if revision % 2 == 1 {
                vault.begin_rotation(&save, &meta(1), &quiet()).unwrap();
            } else {
                vault.save_draft(&save, &quiet()).unwrap();
            }
        }
        let of = |revision: u32| {
            let (_, secrets) = vault.revision(id, revision).unwrap();
            secrets.get(SecretField::Password).unwrap().expose_text().unwrap().to_owned()
        };
        let mut kept: Vec<String> = (1..=12).map(of).collect();
        kept.dedup();
        assert_eq!(kept, (1..=7).map(|n| format!("secret-{n}")).collect::<Vec<_>>());
    }
}
