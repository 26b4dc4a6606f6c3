//! What a way in says of the vault it opens: that its rows are sealed. Without that, a file whose ledger was taken out would
//! look like one of an earlier version, and be sealed anew as it is (docs/adr/0020-every-slot-promises-the-ledger.md).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::key::PassphraseError;
use crate::seal::SlotKey;
use crate::store;
use crate::store::key_slots::{self, StoredSlot};
use crate::vault::Vault;

/// What every kind of slot says of the vault it opens. As a part of the slot's parameters it is a part of its key.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Promise {
    /// Its rows are sealed: a vault without a ledger is one that it was taken out of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) ledger: bool,
}

/// Do these parameters promise a ledger?
pub(crate) fn promises_ledger(parameters: &str) -> bool {
    serde_json::from_str::<Promise>(parameters).is_ok_and(|read| read.ledger)
}

/// The parameters of a recovery slot: the promise alone.
pub(crate) const RECOVERY_PARAMETERS: &str = r#"{"ledger":true}"#;

/// A slot that opened the vault, with its key.
#[derive(Debug)]
pub(crate) struct OpenedBy {
    pub(super) slot: StoredSlot,
    pub(super) key: SlotKey,
}

impl Vault {
    /// Lets the slot that opened the vault promise the ledger that is there, if it was made before there was one.
    ///
    /// # Errors
    /// [`Error::Store`]: the slot is as it was.
    pub(crate) fn promise_ledger(&mut self, by: OpenedBy) -> Result<(), Error> {
        // A new key brings slots that promise it; a change to one of before would end a new key that was begun.
        if self.rekey_is_begun() {
            return Ok(());
        }
        let OpenedBy { slot, key } = by;
        let mut parameters: Map<String, Value> =
            serde_json::from_str(&slot.parameters).map_err(|_| PassphraseError::Parameters)?;
        if !self.sealed_at_open || parameters.insert("ledger".into(), true.into()) == Some(true.into()) {
            return Ok(());
        }
        let place = (slot.id, slot.kind, Value::Object(parameters).to_string());
        let entropy = self.sealer.entropy();
        let renewed = StoredSlot::wrap(self.id(), place, &key, &self.data_key, slot.created_at, entropy)?;
        let tx = store::write(&mut self.connection)?;
        key_slots::replace(&tx, &slot, &renewed)?;
        tx.commit()?;
        Ok(())
    }
}
