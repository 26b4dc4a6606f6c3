//! The list in memory: what a row shows and what a search looks at, opened once and kept up to date by change number.
//!
//! Names are sealed on disk, so search is here (ARCHITECTURE section 3). Secrets are never opened for it. Another
//! process may write to the vault at any time: each use first asks for what changed since.

mod refresh;

use std::collections::HashMap;
use std::sync::Arc;

use sealpost_vault::{
    CredentialType, DraftDigests, DraftId, DraftSummary, Environment, EnvironmentId, ListedDraft,
    Publication, PublicationState, Timestamp,
};

use crate::search_text::SearchText;
use crate::views::{DraftCounts, DraftList, DraftQuery, DraftRow, Pip, SyncState};

/// Thirty days, in milliseconds: what ends sooner is "expiring soon".
pub(crate) const SOON_MS: i64 = 30 * 24 * 3_600_000;
const MAX_ROWS: u32 = 500;

/// What a row shows and what a search looks at.
struct Entry {
    id: DraftId,
    name: String,
    credential_type: CredentialType,
    summary: String,
    /// Lower-case words a search looks at: name, summary, description, tags, remote ids.
    haystack: String,
    revision: u32,
    updated_at: i64,
    deleted_at: Option<i64>,
    expires_at: Option<i64>,
    links: Vec<(EnvironmentId, SyncState)>,
    state: SyncState,
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Updated,
    Name,
    Type,
}

/// The list.
#[derive(Default)]
pub(crate) struct Index {
    seq: i64,
    entries: Vec<Entry>,
    places: HashMap<DraftId, usize>,
    orders: HashMap<Sort, Arc<[u32]>>,
    environments: Vec<Environment>,
    counts: DraftCounts,
    /// What a search looks at; built by the first search after a change.
    words: Option<SearchText>,
    /// Drafts that end within 30 days, counted anew when the minute changes.
    expiring: Option<(i64, u32)>,
}

/// Where a draft stands in one environment.
pub(crate) fn state_of(digests: &DraftDigests, publication: &Publication) -> SyncState {
    let same = publication.digest.as_ref() == Some(digests.in_environment(publication.environment));
    match publication.state {
        PublicationState::Failed => SyncState::Failed,
        PublicationState::Unclear => SyncState::Unclear,
        _ if publication.meta.unverified.is_some() => SyncState::Unverified,
        PublicationState::Published if same => SyncState::Matches,
        PublicationState::Drifted if same => SyncState::Drifted,
        PublicationState::Drifted => SyncState::Both,
        PublicationState::Missing => SyncState::Missing,
        // Nothing was filled in since it was adopted.
        PublicationState::Adopted if same => SyncState::NeedsSecret,
        PublicationState::Published | PublicationState::Adopted => SyncState::Modified,
    }
}

/// The worst of a draft's environments (DESIGN_GUIDE section 2, "Glyphs").
pub(crate) fn overall(states: impl Iterator<Item = SyncState>) -> SyncState {
    const WORST_FIRST: [SyncState; 10] = [
        SyncState::Publishing,
        SyncState::Failed,
        SyncState::Unclear,
        SyncState::Both,
        SyncState::Missing,
        SyncState::Drifted,
        SyncState::Unverified,
        SyncState::NeedsSecret,
        SyncState::Modified,
        SyncState::Matches,
    ];
    let rank = |state: &SyncState| WORST_FIRST.iter().position(|known| known == state).unwrap_or(usize::MAX);
    states.min_by_key(rank).unwrap_or(SyncState::Unpublished)
}

impl Entry {
    fn new(listed: ListedDraft, publications: &[Publication]) -> Self {
        match listed {
            ListedDraft::Readable(draft) => Self::readable(*draft, publications),
            ListedDraft::Unreadable { id } => Self {
                id,
                name: "Unreadable draft".into(),
                credential_type: CredentialType::Unknown("UNREADABLE".into()),
                summary: id.to_string(),
                haystack: id.to_string(),
                revision: 0,
                updated_at: 0,
                deleted_at: None,
                expires_at: None,
                links: Vec::new(),
                state: SyncState::Failed,
            },
        }
    }

    fn readable(draft: DraftSummary, publications: &[Publication]) -> Self {
        let remote_ids = publications.iter().filter_map(|p| p.meta.remote_id.as_deref());
        let mut haystack =
            String::with_capacity(draft.name.len() + draft.summary.len() + draft.description.len() + 8);
        let own = draft.tags.iter().chain(&draft.other_names);
        let words = [draft.name.as_str(), &draft.summary, &draft.description];
        for word in words.into_iter().chain(own.map(String::as_str)).chain(remote_ids) {
            push_lowercase(&mut haystack, word);
            haystack.push('\n');
        }
        let links: Vec<_> =
            publications.iter().map(|p| (p.environment, state_of(&draft.digests, p))).collect();
        Self {
            id: draft.id,
            credential_type: draft.credential_type,
            name: draft.name,
            summary: draft.summary,
            haystack,
            revision: draft.revision,
            updated_at: draft.updated_at.as_millis(),
            deleted_at: draft.deleted_at.map(Timestamp::as_millis),
            expires_at: draft.expires_at.map(Timestamp::as_millis),
            state: overall(links.iter().map(|(_, state)| *state)),
            links,
        }
    }

    fn expiring(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|at| at - now < SOON_MS)
    }

    fn row(&self, environments: &[Environment], now: i64) -> DraftRow {
        let pip = |env: &Environment| Pip {
            environment_id: env.id.to_string(),
            state: self
                .links
                .iter()
                .find(|(id, _)| *id == env.id)
                .map_or(SyncState::NotTarget, |(_, state)| *state),
        };
        DraftRow {
            id: self.id.to_string(),
            name: self.name.clone(),
            type_name: self.credential_type.as_str().to_owned(),
            summary: self.summary.clone(),
            revision: self.revision,
            updated_at: self.updated_at,
            deleted_at: self.deleted_at,
            state: self.state,
            pips: environments.iter().map(pip).collect(),
            expiring: self.expiring(now),
        }
    }
}

impl Index {
    /// Environments in their order.
    pub(crate) fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// Numbers over the whole vault, as of the last refresh; `expiring` is counted by [`Index::list`].
    pub(crate) fn counts(&self) -> &DraftCounts {
        &self.counts
    }

    /// How many drafts are linked to an environment.
    pub(crate) fn published_to(&self, environment: EnvironmentId) -> u32 {
        let linked = self.entries.iter().filter(|entry| entry.links.iter().any(|(id, _)| *id == environment));
        u32::try_from(linked.count()).unwrap_or(u32::MAX)
    }

    /// Drafts outside the trash whose name, id or id prefix this is.
    pub(crate) fn find(&self, text: &str) -> Vec<DraftId> {
        if let Ok(id) = text.parse() {
            return self.places.contains_key(&id).then_some(id).into_iter().collect();
        }
        let named: Vec<_> = self.live().filter(|entry| entry.name == text).map(|entry| entry.id).collect();
        if !named.is_empty() || text.len() < 4 {
            return named;
        }
        let prefix = text.to_lowercase();
        self.live().filter(|entry| entry.id.to_string().starts_with(&prefix)).map(|entry| entry.id).collect()
    }

    fn live(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.deleted_at.is_none())
    }

    fn put(&mut self, entry: Entry) {
        if let Some(place) = self.places.get(&entry.id) {
            self.entries[*place] = entry;
        } else {
            self.places.insert(entry.id, self.entries.len());
            self.entries.push(entry);
        }
    }

    fn count(&mut self) {
        let mut counts = DraftCounts::default();
        for entry in &self.entries {
            if entry.deleted_at.is_some() {
                counts.trash += 1;
                continue;
            }
            counts.all += 1;
            bump(&mut counts.by_type, entry.credential_type.as_str());
            bump(&mut counts.by_state, state_word(entry.state));
        }
        self.counts = counts;
    }

    /// The window of the list that was asked for.
    pub(crate) fn list(&mut self, query: &DraftQuery, now: i64) -> DraftList {
        let sort = match query.sort.as_deref() {
            Some("name") => Sort::Name,
            Some("type") => Sort::Type,
            _ => Sort::Updated,
        };
        let text = query.text.as_deref().unwrap_or_default().trim().to_lowercase();
        let matching = self.search(sort, &text);
        let environment: Option<EnvironmentId> =
            query.environment_id.as_deref().and_then(|id| id.parse().ok());
        let trash = query.trash.unwrap_or(false);
        let keep = |entry: &&Entry| {
            entry.deleted_at.is_some() == trash
                && query.type_name.as_ref().is_none_or(|name| *name == entry.credential_type.as_str())
                && query.state.is_none_or(|state| state == entry.state)
                && (!query.expiring.unwrap_or(false) || entry.expiring(now))
                && environment.is_none_or(|id| entry.links.iter().any(|(linked, _)| *linked == id))
        };
        let plain = !trash && self.counts.trash == 0 && query.plain();
        let kept: Arc<[u32]> = if plain {
            matching
        } else {
            matching.iter().copied().filter(|place| keep(&&self.entries[*place as usize])).collect()
        };
        let offset = query.offset.unwrap_or(0) as usize;
        let limit = query.limit.unwrap_or(100).min(MAX_ROWS) as usize;
        let row = |place: &u32| self.entries[*place as usize].row(&self.environments, now);
        let rows = if query.descending.unwrap_or(false) {
            kept.iter().rev().skip(offset).take(limit).map(row).collect()
        } else {
            kept.iter().skip(offset).take(limit).map(row).collect()
        };
        let mut counts = self.counts.clone();
        counts.expiring = self.count_expiring(now);
        DraftList {
            total: u32::try_from(kept.len()).unwrap_or(u32::MAX),
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            rows,
            counts,
        }
    }

    fn count_expiring(&mut self, now: i64) -> u32 {
        let minute = now / 60_000;
        match self.expiring {
            Some((at, count)) if at == minute => count,
            _ => {
                let ending = self.live().filter(|entry| entry.expiring(now)).count();
                let count = u32::try_from(ending).unwrap_or(u32::MAX);
                self.expiring = Some((minute, count));
                count
            }
        }
    }

    /// Places of the entries that hold every word, in order.
    fn search(&mut self, sort: Sort, text: &str) -> Arc<[u32]> {
        let order = self.order(sort);
        if text.is_empty() {
            return order;
        }
        let words = self
            .words
            .get_or_insert_with(|| SearchText::of(self.entries.iter().map(|entry| &*entry.haystack)));
        let hits = words.holding_all(text);
        order.iter().copied().filter(|place| hits[*place as usize]).collect()
    }

    fn order(&mut self, sort: Sort) -> Arc<[u32]> {
        let entries = &self.entries;
        self.orders
            .entry(sort)
            .or_insert_with(|| {
                let mut order: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
                let entry = |place: &u32| &entries[*place as usize];
                match sort {
                    Sort::Updated => order.sort_unstable_by_key(|place| {
                        (std::cmp::Reverse(entry(place).updated_at), std::cmp::Reverse(entry(place).id))
                    }),
                    Sort::Name => {
                        order.sort_by_cached_key(|place| (entry(place).name.to_lowercase(), entry(place).id));
                    }
                    Sort::Type => order.sort_by_cached_key(|place| {
                        (
                            entry(place).credential_type.as_str().to_owned(),
                            entry(place).name.to_lowercase(),
                            entry(place).id,
                        )
                    }),
                }
                order.into()
            })
            .clone()
    }
}

/// Lower case; most words are ASCII, which needs no table.
fn push_lowercase(out: &mut String, word: &str) {
    if word.is_ascii() {
        out.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        out.push_str(&word.to_lowercase());
    }
}

fn bump(counts: &mut std::collections::BTreeMap<String, u32>, key: &str) {
    if let Some(count) = counts.get_mut(key) {
        *count += 1;
    } else {
        counts.insert(key.to_owned(), 1);
    }
}

/// The word of a state as the window and scripts read it.
pub(crate) const fn state_word(state: SyncState) -> &'static str {
    match state {
        SyncState::NotTarget => "notTarget",
        SyncState::Matches => "matches",
        SyncState::Unpublished => "unpublished",
        SyncState::Modified => "modified",
        SyncState::Drifted => "drifted",
        SyncState::Both => "both",
        SyncState::Missing => "missing",
        SyncState::Unverified => "unverified",
        SyncState::Unclear => "unclear",
        SyncState::Failed => "failed",
        SyncState::Publishing => "publishing",
        SyncState::NeedsSecret => "needsSecret",
    }
}
