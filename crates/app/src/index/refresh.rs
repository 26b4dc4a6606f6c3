//! Taking in what changed: everything once, and then by change number.

use std::collections::HashMap;

use sealpost_vault::{DraftChanges, DraftId, ListedDraft, Publication};

use super::Entry;
use crate::app::Session;
use crate::problem::Problem;

/// Changes for which all links are read at once instead of one draft's after another.
const MANY: usize = 200;

impl Session {
    /// Takes in what changed since the last time, here or in another process.
    ///
    /// # Errors
    /// `Storage`, `Unreadable`.
    pub(crate) fn refresh(&mut self) -> Result<(), Problem> {
        let first = self.index.seq == 0;
        if !first && self.vault.change_seq()? == self.index.seq {
            return Ok(());
        }
        self.index.environments = self.vault.environments()?;
        let changes = if first { self.everything()? } else { self.news()? };
        self.index.entries.reserve(changes.drafts.len());
        self.index.places.reserve(changes.drafts.len());
        for changed in changes.drafts {
            self.index.put(changed);
        }
        self.index.seq = changes.seq;
        self.index.orders.clear();
        self.index.words = None;
        self.index.expiring = None;
        self.index.count();
        Ok(())
    }
}

/// The links of each draft.
type Links = HashMap<DraftId, Vec<Publication>>;

impl Session {
    fn everything(&self) -> Result<DraftChanges<Entry>, Problem> {
        // Asked first: a link that another process makes between the two reads comes again as news.
        let seq = self.vault.change_seq()?;
        let links = self.all_links()?;
        let linked = |listed: &ListedDraft| links.get(&draft_id(listed)).map_or(&[][..], Vec::as_slice);
        let DraftChanges { drafts, .. } = self.vault.drafts_since_as(0, |listed| {
            let publications = linked(&listed);
            Entry::new(listed, publications)
        })?;
        Ok(DraftChanges { seq, drafts })
    }

    fn news(&self) -> Result<DraftChanges<Entry>, Problem> {
        let DraftChanges { seq, drafts } = self.vault.drafts_since(self.index.seq)?;
        let mut links = if drafts.len() > MANY { Some(self.all_links()?) } else { None };
        let mut links_of = |id| -> Result<_, Problem> {
            match &mut links {
                Some(links) => Ok(links.remove(&id).unwrap_or_default()),
                None => Ok(self.vault.publications(Some(id))?),
            }
        };
        let entry = |listed| {
            let publications = links_of(draft_id(&listed))?;
            Ok(Entry::new(listed, &publications))
        };
        Ok(DraftChanges { seq, drafts: drafts.into_iter().map(entry).collect::<Result<_, Problem>>()? })
    }

    fn all_links(&self) -> Result<Links, Problem> {
        let mut links = Links::new();
        for publication in self.vault.publications(None)? {
            links.entry(publication.draft).or_default().push(publication);
        }
        Ok(links)
    }
}

fn draft_id(listed: &ListedDraft) -> DraftId {
    match listed {
        ListedDraft::Readable(draft) => draft.id,
        ListedDraft::Unreadable { id } => *id,
    }
}
