//! A keyring in memory whose every mood can be set, for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::{KeyError, Keyring};

/// How the keyring behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MemoryMood {
    /// It works.
    #[default]
    Fine,
    /// Every call ends in this error.
    Fails(KeyError),
    /// It takes writes and forgets them.
    Forgets,
}

/// A keyring in memory.
#[derive(Debug, Default)]
pub struct MemoryKeyring {
    entries: Mutex<BTreeMap<String, Vec<u8>>>,
    mood: Mutex<MemoryMood>,
}

impl MemoryKeyring {
    /// Changes how it behaves from now on.
    pub fn set_mood(&self, mood: MemoryMood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// No entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn check(&self) -> Result<bool, KeyError> {
        match &*self.mood.lock().unwrap_or_else(PoisonError::into_inner) {
            MemoryMood::Fine => Ok(true),
            MemoryMood::Fails(error) => Err(error.clone()),
            MemoryMood::Forgets => Ok(false),
        }
    }
}

impl Keyring for MemoryKeyring {
    fn name(&self) -> String {
        "memory".into()
    }

    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.check()?;
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(account).cloned().map(Zeroizing::new).ok_or(KeyError::Missing)
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError> {
        if self.check()? {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            entries.insert(account.to_owned(), bytes.to_vec());
        }
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), KeyError> {
        self.check()?;
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(account).map(|_| ()).ok_or(KeyError::Missing)
    }
}
