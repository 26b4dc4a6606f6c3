//! Does the keyring keep what is written? Write, read back from a second process, delete: some stores report success
//! and hold the value in this process only, and a vault sealed under such a key would be lost at exit.

use zeroize::Zeroizing;

use super::{KeyError, Keyring};
use crate::hex::hex;
use crate::seal::{Entropy, sha256};

/// Asks a second process to read an entry and to answer with the SHA-256 of its bytes as hex.
pub trait SecondProcess: Send + Sync {
    /// The digest, or why there is none.
    ///
    /// # Errors
    /// A sentence: the process could not be started, or it did not find the entry.
    fn digest_of(&self, account: &str) -> Result<String, String>;
}

/// What the second process prints for an account; its `main` calls this and nothing else.
///
/// # Errors
/// See [`KeyError`].
pub fn second_process_answer(keyring: &dyn Keyring, account: &str) -> Result<String, KeyError> {
    keyring.read(account).map(|bytes| hex(&sha256(&bytes)))
}

/// What was tried and how it went, without any value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeReport {
    /// Line by line.
    pub steps: Vec<String>,
    /// The first thing that failed.
    pub failure: Option<KeyError>,
}

/// Writes a throw-away entry, reads it back here and from a second process, and deletes it.
pub fn check_keyring(
    keyring: &dyn Keyring,
    second: &dyn SecondProcess,
    entropy: &dyn Entropy,
) -> ProbeReport {
    let mut steps = Vec::new();
    let failure = run(keyring, second, entropy, &mut steps).err();
    ProbeReport { steps, failure }
}

fn run(
    keyring: &dyn Keyring,
    second: &dyn SecondProcess,
    entropy: &dyn Entropy,
    steps: &mut Vec<String>,
) -> Result<(), KeyError> {
    let mut tag = [0; 8];
    entropy.fill(&mut tag);
    let account = format!("check-{}", hex(&tag));
    let mut value = Zeroizing::new([0; 32]);
    entropy.fill(&mut *value);

    step(steps, "Write an entry", keyring.write(&account, &*value))?;
    let outcome = read_back(keyring, second, &account, &*value, steps);
    let deleted = keyring.delete(&account);
    if outcome.is_ok() {
        step(steps, "Delete it", deleted)?;
    }
    outcome
}

fn read_back(
    keyring: &dyn Keyring,
    second: &dyn SecondProcess,
    account: &str,
    value: &[u8],
    steps: &mut Vec<String>,
) -> Result<(), KeyError> {
    let forgot = |what: &str| KeyError::NotPersistent(what.to_owned());
    let here = match keyring.read(account) {
        Err(KeyError::Missing) => Err(forgot("an entry is gone right after it was written")),
        Ok(bytes) if bytes.as_slice() != value => Err(forgot("an entry comes back with other bytes")),
        other => other.map(|_| ()),
    };
    step(steps, "Read it here", here)?;
    let there = match second.digest_of(account) {
        Ok(digest) if digest == hex(&sha256(value)) => Ok(()),
        Ok(_) => Err(forgot("a second process reads other bytes")),
        Err(why) => Err(forgot(&format!("a second process can't read it ({why})"))),
    };
    step(steps, "Read it from a second process", there)
}

fn step(steps: &mut Vec<String>, what: &str, outcome: Result<(), KeyError>) -> Result<(), KeyError> {
    steps.push(match &outcome {
        Ok(()) => format!("{what}: done"),
        Err(error) => format!("{what}: {error}"),
    });
    outcome
}

#[cfg(test)]
mod tests {
    use super::super::{MemoryKeyring, MemoryMood};
    use super::*;
    use crate::seal::OsEntropy;

    struct SameKeyring<'a>(&'a MemoryKeyring);
    impl SecondProcess for SameKeyring<'_> {
        fn digest_of(&self, account: &str) -> Result<String, String> {
            second_process_answer(self.0, account).map_err(|error| error.to_string())
        }
    }

    struct Blind;
    impl SecondProcess for Blind {
        fn digest_of(&self, _: &str) -> Result<String, String> {
            Err("no entry".into())
        }
    }

    #[test]
    fn a_keyring_that_works_passes_and_keeps_no_trace() {
        let keyring = MemoryKeyring::default();
        let report = check_keyring(&keyring, &SameKeyring(&keyring), &OsEntropy::new());
        assert_eq!((report.failure, report.steps.len()), (None, 4));
        assert!(keyring.is_empty(), "the throw-away entry is deleted");
    }

    #[test]
    fn a_keyring_that_forgets_is_refused() {
        let keyring = MemoryKeyring::default();
        keyring.set_mood(MemoryMood::Forgets);
        let report = check_keyring(&keyring, &SameKeyring(&keyring), &OsEntropy::new());
        assert!(matches!(report.failure, Some(KeyError::NotPersistent(_))), "{report:?}");
    }

    #[test]
    fn a_keyring_that_only_this_process_sees_is_refused_and_cleaned() {
        let keyring = MemoryKeyring::default();
        let report = check_keyring(&keyring, &Blind, &OsEntropy::new());
        assert!(matches!(report.failure, Some(KeyError::NotPersistent(_))), "{report:?}");
        assert!(keyring.is_empty(), "the throw-away entry is deleted on failure too");
    }

    #[test]
    fn each_failure_keeps_its_own_name() {
        for error in [KeyError::Denied("x".into()), KeyError::NoService("y".into()), KeyError::NoAnswer(60)] {
            let keyring = MemoryKeyring::default();
            keyring.set_mood(MemoryMood::Fails(error.clone()));
            assert_eq!(check_keyring(&keyring, &Blind, &OsEntropy::new()).failure, Some(error));
        }
    }
}
