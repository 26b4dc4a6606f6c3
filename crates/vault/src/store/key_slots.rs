//! The table of key slots: one wrapped data key per way to open the vault.

use rusqlite::{Connection, params};

use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::ids::{KeySlotId, VaultId};
use crate::seal::{DataKey, DoesNotSeal, Entropy, SlotKey, SlotKind, SlotPlace, unwrap, wrap};

/// A slot as stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredSlot {
    pub(crate) id: KeySlotId,
    pub(crate) kind: SlotKind,
    /// JSON, byte for byte: it is part of the key's derivation.
    pub(crate) parameters: String,
    pub(crate) wrapped: Vec<u8>,
    pub(crate) created_at: Timestamp,
}

impl StoredSlot {
    /// Wraps the data key for a slot that is not stored yet.
    pub(crate) fn wrap(
        vault: VaultId,
        (id, kind, parameters): (KeySlotId, SlotKind, String),
        with: &SlotKey,
        data_key: &DataKey,
        created_at: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, DoesNotSeal> {
        let place = SlotPlace { vault, slot: id, kind, parameters: &parameters };
        let wrapped = wrap(&place, with, data_key, entropy)?;
        // A slot that does not open with its own key must never replace one that does.
        unwrap(&place, with, &wrapped).map_err(|_| DoesNotSeal)?;
        Ok(Self { id, kind, parameters, wrapped, created_at })
    }

    /// The data key, if this is the slot's key.
    pub(crate) fn unwrap(&self, vault: VaultId, with: &SlotKey) -> Option<DataKey> {
        let place = SlotPlace { vault, slot: self.id, kind: self.kind, parameters: &self.parameters };
        unwrap(&place, with, &self.wrapped).ok()
    }
}

/// All slots, oldest first. A kind of a later version can't be used here, and is no reason to hide the others.
pub(crate) fn all(connection: &Connection) -> Result<Vec<StoredSlot>, StoreError> {
    let mut statement = connection
        .prepare("SELECT id, kind, parameters, wrapped, created_at FROM key_slot ORDER BY created_at, id")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(kind) = SlotKind::parse(row.get_ref(1)?.as_str().unwrap_or_default()) else { continue };
        all.push(StoredSlot {
            id: KeySlotId::from_bytes(row.get(0)?),
            kind,
            parameters: row.get(2)?,
            wrapped: row.get(3)?,
            created_at: Timestamp::from_millis(row.get(4)?),
        });
    }
    Ok(all)
}

/// Adds a slot inside a transaction.
pub(crate) fn insert(connection: &Connection, slot: &StoredSlot) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO key_slot (id, kind, parameters, wrapped, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            slot.id.as_bytes(),
            slot.kind.as_str(),
            slot.parameters,
            slot.wrapped,
            slot.created_at.as_millis()
        ],
    )?;
    Ok(())
}

/// Removes a slot inside a transaction.
pub(crate) fn delete(connection: &Connection, id: KeySlotId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM key_slot WHERE id = ?1", [id.as_bytes()])?;
    Ok(())
}

/// Puts a slot in the place of one with its id, unless somebody else did meanwhile. Inside a transaction.
pub(crate) fn replace(connection: &Connection, old: &StoredSlot, new: &StoredSlot) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE key_slot SET parameters = ?3, wrapped = ?4 WHERE id = ?1 AND wrapped = ?2",
        params![old.id.as_bytes(), old.wrapped, new.parameters, new.wrapped],
    )?;
    Ok(())
}
