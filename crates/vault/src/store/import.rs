//! Many new drafts in one transaction: all of them are there, or none.

use super::{NewActivity, activity, drafts, next_seq, write};
use crate::draft::DraftMeta;
use crate::error::Error;
use crate::ids::DraftId;
use crate::secret::DraftSecrets;
use crate::vault::Vault;

/// A draft to be stored as new.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Everything but the secrets.
    pub meta: DraftMeta,
    /// Its secrets.
    pub secrets: DraftSecrets,
}

impl Vault {
    /// Stores new drafts, all or none, and calls `progress` with the number done so far.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Seal`]: then none is stored.
    pub fn import(
        &mut self,
        new: Vec<NewDraft>,
        activity: &NewActivity,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<DraftId>, Error> {
        let now = self.clock.now();
        let tx = write(&mut self.connection)?;
        let seq = next_seq(&tx)?;
        let mut ids = Vec::with_capacity(new.len());
        for NewDraft { mut meta, mut secrets } in new {
            let id = DraftId::make(&*self.clock, self.sealer.entropy());
            drafts::derive(&self.sealer, &mut meta, &mut secrets)?;
            drafts::insert(&tx, &self.sealer, id, now, seq, &meta, &secrets)?;
            ids.push(id);
            progress(ids.len());
        }
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(ids)
    }
}
