//! The simulated tenant: its sets, its tokens, and who may do what with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::answer::Refusal;
use crate::faults::Faults;
use crate::log::{RequestLog, Writes};
use crate::options::Mode;
use crate::page::PageKeys;
use crate::set::StoredSet;
use crate::token::{KnownToken, TokenBook};
use crate::{Clock, SandboxError, file};

/// Everything requests share.
pub(crate) struct Tenant {
    pub(crate) mode: Mode,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) page_keys: PageKeys,
    pub(crate) state: Mutex<State>,
}

/// What changes.
pub(crate) struct State {
    pub(crate) sets: BTreeMap<String, StoredSet>,
    pub(crate) tokens: TokenBook,
    pub(crate) log: RequestLog,
    pub(crate) writes: Writes,
    pub(crate) file: Option<PathBuf>,
}

impl Tenant {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A set the caller can see by now, or 404 (contract 4.6: id unknown or not visible).
    pub(crate) fn seen(&self, id: &str, caller: &KnownToken, now: SystemTime) -> Result<&StoredSet, Refusal> {
        let set = self.sets.get(id).filter(|set| is_seen(set, caller, now));
        set.ok_or_else(|| Refusal::unknown_id(id))
    }

    /// All sets the caller can see by now, in the order of their ids.
    pub(crate) fn all_seen<'a>(
        &'a self,
        caller: &'a KnownToken,
        now: SystemTime,
    ) -> impl Iterator<Item = &'a StoredSet> {
        self.sets.values().filter(move |set| is_seen(set, caller, now))
    }

    /// Changes the sets and writes the file; if that fails nothing has changed.
    pub(crate) fn change(
        &mut self,
        act: impl FnOnce(&mut BTreeMap<String, StoredSet>),
    ) -> Result<(), SandboxError> {
        let Some(path) = &self.file else {
            act(&mut self.sets);
            return Ok(());
        };
        let mut changed = self.sets.clone();
        act(&mut changed);
        // Under the lock and not on another thread: the next request must find the file as this one left it.
        file::write(path, &self.tokens.remembered, &changed)?;
        self.sets = changed;
        Ok(())
    }

    /// Says how many monitors use a set; `false` if there is no such set.
    pub(crate) fn use_by_monitors(
        &mut self,
        id: &str,
        http: u32,
        browser: u32,
    ) -> Result<bool, SandboxError> {
        if !self.sets.contains_key(id) {
            return Ok(false);
        }
        self.change(|sets| {
            if let Some(set) = sets.get_mut(id) {
                (set.http_monitors, set.browser_monitors) = (http, browser);
            }
        })?;
        Ok(true)
    }
}

fn is_seen(set: &StoredSet, caller: &KnownToken, now: SystemTime) -> bool {
    set.visible_from.is_none_or(|from| now >= from) && set.seen_by(&caller.user, caller.permission)
}
