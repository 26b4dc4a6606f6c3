//! The matrix: what stands where, as a window of rows. Drafts come first, by name; then the sets of the last look at each
//! environment that no draft is linked to, those of one name and type in one row.
//!
//! ```text
//! index (drafts, states) ─▶ rows of drafts ─┐
//! publications (ids)      ─▶ cells          ├─▶ MatrixView{total, offset, rows}
//! seen (sets of the last look) − linked − ignored ─▶ rows of sets, kept until the vault or a look changes
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sealpost_vault::{DraftId, EnvironmentId};

use crate::app::{App, Session};
use crate::index::overall;
use crate::problem::Problem;
use crate::publish::Ignored;
use crate::views::{
    DraftQuery, DraftRow, MatrixCell, MatrixEnvironment, MatrixQuery, MatrixRow, MatrixView, RemoteSetView,
    SyncState,
};

/// Rows given at once.
const MAX_ROWS: u32 = 500;

/// Rows of sets that no draft is linked to, as of one state of the vault and of the looks.
#[derive(Default)]
pub(crate) struct Unmanaged {
    /// Change number of the vault, number of looks, and what is ignored.
    of: Option<(i64, u64, Ignored)>,
    rows: Arc<[UnmanagedRow]>,
}

/// Sets of one name and type, at most one per environment.
pub(crate) struct UnmanagedRow {
    name: String,
    type_name: String,
    /// What a search looks at, in lower case.
    words: String,
    ids: HashMap<EnvironmentId, String>,
}

impl App {
    /// A window of the matrix. Reads no environment: sets that no draft is linked to are those of the last look.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`, `Unreadable`.
    pub async fn matrix(&self, query: MatrixQuery) -> Result<MatrixView, Problem> {
        let now = self.now();
        self.with_session(move |session| {
            session.refresh()?;
            session.matrix(&query, now)
        })
        .await
    }
}

impl Session {
    fn matrix(&mut self, query: &MatrixQuery, now: i64) -> Result<MatrixView, Problem> {
        let environments: Vec<EnvironmentId> = self.index.environments().iter().map(|env| env.id).collect();
        let limit = query.limit.unwrap_or(100).min(MAX_ROWS);
        let offset = query.offset.unwrap_or(0);
        let (mut drafts, mut rows) = (0, Vec::new());
        if !query.unmanaged.unwrap_or(false) {
            let list = self.index.list(
                &DraftQuery {
                    text: query.text.clone(),
                    state: query.state,
                    sort: Some("name".into()),
                    offset: Some(offset),
                    limit: Some(limit),
                    ..DraftQuery::default()
                },
                now,
            );
            drafts = list.total;
            for row in list.rows {
                rows.push(self.draft_row(row)?);
            }
        }
        // A state is a state of a draft: sets of nobody have none.
        let (mut sets, mut of_sets) = (0, Vec::new());
        if query.state.is_none() && !query.drafts.unwrap_or(false) {
            let all = self.unmanaged()?;
            let words: Vec<String> =
                query.text.as_deref().unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
            let holds = |row: &&UnmanagedRow| words.iter().all(|word| row.words.contains(word.as_str()));
            let kept: Vec<&UnmanagedRow> = all.iter().filter(holds).collect();
            sets = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            let skip = offset.saturating_sub(drafts) as usize;
            let take = limit as usize - rows.len().min(limit as usize);
            of_sets = kept.into_iter().skip(skip).take(take).map(|row| row.view(&environments)).collect();
        }
        rows.append(&mut of_sets);
        Ok(MatrixView {
            total: drafts.saturating_add(sets),
            offset,
            drafts,
            rows,
            environments: self
                .index
                .environments()
                .iter()
                .map(|env| MatrixEnvironment {
                    id: env.id.to_string(),
                    name: env.meta.name.clone(),
                    colour: env.meta.colour.clone(),
                    protected: env.meta.protected,
                    looked_at: self.seen.look(env.id).map(|look| look.at),
                })
                .collect(),
        })
    }

    fn draft_row(&self, row: DraftRow) -> Result<MatrixRow, Problem> {
        let id: Option<DraftId> = row.id.parse().ok();
        let links = id.map(|id| self.vault.publications(Some(id))).transpose()?.unwrap_or_default();
        let ids: HashMap<String, String> = links
            .into_iter()
            .filter_map(|link| Some((link.environment.to_string(), link.meta.remote_id?)))
            .collect();
        let cells: Vec<MatrixCell> = row
            .pips
            .iter()
            .map(|pip| MatrixCell { state: pip.state, remote_id: ids.get(&pip.environment_id).cloned() })
            .collect();
        let missing = cells.iter().filter(|cell| cell.remote_id.is_none()).count();
        Ok(MatrixRow {
            key: row.id.clone(),
            draft_id: Some(row.id),
            name: row.name,
            type_name: row.type_name,
            state: overall(
                cells.iter().map(|cell| cell.state).filter(|state| *state != SyncState::NotTarget),
            ),
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
            cells,
        })
    }

    /// Made anew only when the vault or a look changed: every link has to be opened for it.
    fn unmanaged(&mut self) -> Result<Arc<[UnmanagedRow]>, Problem> {
        let ignored = self.ignored()?;
        let of = Some((self.vault.change_seq()?, self.seen.looks(), ignored.clone()));
        if self.unmanaged.of == of {
            return Ok(Arc::clone(&self.unmanaged.rows));
        }
        let linked: HashSet<(EnvironmentId, String)> = if self.seen.looks() == 0 {
            HashSet::new()
        } else {
            let links = self.vault.publications(None)?.into_iter();
            links.filter_map(|link| Some((link.environment, link.meta.remote_id?))).collect()
        };
        let mut rows: BTreeMap<(String, String, String, usize), UnmanagedRow> = BTreeMap::new();
        for (environment, look) in self.seen.all() {
            let mut so_many: HashMap<(&str, &str), usize> = HashMap::new();
            let told = |set: &&RemoteSetView| {
                !linked.contains(&(environment, set.id.clone())) && !ignored.holds(environment, &set.id)
            };
            for set in look.sets.iter().filter(told) {
                // The second set of a name in one environment stands in a second row.
                let place = so_many.entry((&set.name, &set.type_name)).or_default();
                let key = (set.name.to_lowercase(), set.name.clone(), set.type_name.clone(), *place);
                *place += 1;
                let row = rows.entry(key).or_insert_with(|| UnmanagedRow {
                    name: set.name.clone(),
                    type_name: set.type_name.clone(),
                    words: String::new(),
                    ids: HashMap::new(),
                });
                for word in [&set.name, &set.id, &set.owner, &set.description] {
                    row.words.push_str(&word.to_lowercase());
                    row.words.push('\n');
                }
                row.ids.insert(environment, set.id.clone());
            }
        }
        self.unmanaged = Unmanaged { of, rows: rows.into_values().collect() };
        Ok(Arc::clone(&self.unmanaged.rows))
    }
}

impl UnmanagedRow {
    fn view(&self, environments: &[EnvironmentId]) -> MatrixRow {
        let cell = |id: &EnvironmentId| MatrixCell {
            state: SyncState::NotTarget,
            remote_id: self.ids.get(id).cloned(),
        };
        let cells: Vec<MatrixCell> = environments.iter().map(cell).collect();
        let first = cells.iter().find_map(|cell| cell.remote_id.clone()).unwrap_or_default();
        MatrixRow {
            key: format!("{} {first}", self.type_name),
            draft_id: None,
            name: self.name.clone(),
            type_name: self.type_name.clone(),
            state: SyncState::NotTarget,
            missing: 0,
            cells,
        }
    }
}
