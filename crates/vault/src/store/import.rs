//! Many new drafts in one transaction: all of them are there, or none.
//!
//! ```text
//! new ─ batch by batch, on all cores ─▶ sealed ─ in their order, on the connection's thread ─▶ written ─▶ one commit
//! ```

use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::drafts::SealedDraft;
use super::{NewActivity, activity, drafts, next_seq, write};
use crate::clock::Clock;
use crate::draft::DraftMeta;
use crate::error::Error;
use crate::ids::DraftId;
use crate::seal::Sealer;
use crate::secret::DraftSecrets;
use crate::vault::Vault;

/// Drafts sealed at a time.
const BATCH: usize = 256;
/// Batches that may wait to be written: sealing stays ahead, and memory does not grow with the import.
const AHEAD: usize = 2;

/// A draft to be stored as new.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Everything but the secrets.
    pub meta: DraftMeta,
    /// Its secrets.
    pub secrets: DraftSecrets,
}

impl NewDraft {
    fn seal(mut self, sealer: &Sealer, id: DraftId) -> Result<SealedDraft, Error> {
        drafts::derive(sealer, &mut self.meta, &mut self.secrets)?;
        SealedDraft::new(sealer, id, &self.meta, &self.secrets)
    }
}

/// Seals in batches, in order, until all are sealed or nobody takes them any more.
fn seal_all(
    new: Vec<NewDraft>,
    sealer: &Sealer,
    clock: &dyn Clock,
    sealed: &SyncSender<Result<Vec<SealedDraft>, Error>>,
) {
    let mut named = new.into_iter().map(|draft| (DraftId::make(clock, sealer.entropy()), draft));
    loop {
        let batch: Vec<_> = named.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return;
        }
        let batch = batch.into_par_iter().map(|(id, draft)| draft.seal(sealer, id)).collect();
        if sealed.send(batch).is_err() {
            return;
        }
    }
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
        let (sealer, clock) = (&self.sealer, &*self.clock);
        std::thread::scope(|scope| {
            let (send, sealed) = sync_channel(AHEAD);
            scope.spawn(move || seal_all(new, sealer, clock, &send));
            for batch in sealed {
                for draft in batch? {
                    draft.insert(&tx, now, seq)?;
                    ids.push(draft.id);
                    progress(ids.len());
                }
            }
            Ok::<_, Error>(())
        })?;
        activity::insert(&tx, &self.sealer, now, activity)?;
        tx.commit()?;
        Ok(ids)
    }
}

#[cfg(test)]
mod tests;
