//! Settings: sealed like everything a person typed.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{bind, open_json, seal_json, write};
use crate::error::Error;
use crate::ids::KeySlotId;
use crate::seal::{Field, Table};
use crate::vault::Vault;

impl Vault {
    /// A setting, if it was ever set.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Store`].
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let row: Option<([u8; 16], u32, Vec<u8>)> = self
            .connection
            .query_row("SELECT id, revision, value FROM setting WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        row.map(|(id, revision, blob)| {
            let binding = bind(Table::Setting, &id, Field::Meta, revision);
            open_json(&self.sealer, &binding, &blob, "setting", &name)
        })
        .transpose()
    }

    /// Stores a setting.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn set_setting<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        let fresh = *KeySlotId::make(&*self.clock, self.sealer.entropy()).as_bytes();
        let tx = write(&mut self.connection)?;
        let (id, revision): ([u8; 16], u32) = tx
            .query_row("SELECT id, revision FROM setting WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            .unwrap_or((fresh, 0));
        let revision = revision + 1;
        let sealed = seal_json(&self.sealer, &bind(Table::Setting, &id, Field::Meta, revision), value)?;
        tx.execute(
            "INSERT INTO setting (name, id, revision, value) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET revision = ?3, value = ?4",
            params![name, id, revision, sealed],
        )?;
        tx.commit()?;
        Ok(())
    }
}
