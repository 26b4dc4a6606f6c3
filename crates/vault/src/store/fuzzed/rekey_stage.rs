//! The stage of a new key that somebody else had in their hands: whatever it holds, the vault keeps what was in it.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;

use super::vault_file::{bench, changed, frozen_keyring, frozen_vault, opened, place_of, told};
use crate::fuzzed::Seed;
use crate::key::MemoryKeyring;
use crate::rekey::NewWaysIn;
#[cfg(test)]
use crate::rekey::RekeyState;
use crate::seal::{Binding, Entropy, Field, Table, sha256};
use crate::slots::Access;
use crate::store::rekey_stage::path_beside;
use crate::store::vault_path;
use crate::testing::SameKeyring;
use crate::vault::Vault;

/// As in `vault_file.rs`.
const PAGE: i64 = 512;

/// Bytes that come in the same order in every process, so that a file of the corpus means the same in each.
#[derive(Default)]
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let block = sha256(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// The newest frozen vault, for which a new key was begun and everything encrypted.
struct Begun {
    keyring: Arc<MemoryKeyring>,
    vault: Vec<u8>,
    stage: Vec<u8>,
    /// How a value in it begins.
    sealed: Vec<u8>,
    told: Vec<String>,
    kept: Vec<(Binding, Vec<u8>)>,
}

/// Values that no new key changes: a publication's metadata, and a draft's with overrides, hold digests that are made anew, and the
/// activity grows.
fn kept(vault: &Vault) -> Vec<(Binding, Vec<u8>)> {
    let changes = [Table::Draft, Table::Publication, Table::Activity];
    let stays = |place: &Binding| place.field != Field::Meta || !changes.contains(&place.table);
    opened(vault).into_iter().filter(|(place, _)| stays(place)).collect()
}

fn open(folder: &Path, keyring: &Arc<MemoryKeyring>) -> Result<Vault, crate::Error> {
    let clock = bench(folder, keyring).clock;
    Vault::open(folder, &**keyring, clock, Arc::new(Counted::default()))
}

impl Begun {
    fn get() -> &'static Self {
        static BEGUN: OnceLock<Begun> = OnceLock::new();
        BEGUN.get_or_init(Self::begin)
    }

    #[expect(clippy::expect_used, reason = "without the stage nothing would be checked")]
    fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fs::write(vault_path(folder), frozen_vault()).expect("the frozen vault");
        let keyring = frozen_keyring();
        let mut vault = open(folder, &keyring).expect("it opens");
        let second = SameKeyring(Arc::clone(&keyring));
        let rekey = vault.begin_rekey(NewWaysIn::default(), &*keyring, &second).expect("a new key");
        let all = vault.encrypt_for(&rekey, &mut |_, _| ControlFlow::Continue(())).expect("a stage");
        assert!(all, "all of it is encrypted");
        drop(rekey);
        let (told, kept) = (told(&vault), kept(&vault));
        assert!(kept.len() > 5, "{} values", kept.len());
        drop(vault);
        let path = path_beside(&vault_path(folder));
        let laid_out = (|| {
            let connection = Connection::open(&path)?;
            connection.pragma_update(None, "page_size", PAGE)?;
            connection.execute_batch("VACUUM")?;
            let sealed = connection.query_row("SELECT value_1 FROM done LIMIT 1", [], |row| row.get(0))?;
            connection.close().map_err(|(_, error)| error).map(|()| sealed)
        })();
        let sealed: Vec<u8> = laid_out.expect("smaller pages");
        let sealed = sealed.into_iter().take(16).collect();
        let stage = fs::read(&path).expect("a stage");
        assert!(u16::try_from(stage.len()).is_ok(), "two bytes name any place of {} bytes", stage.len());
        let vault = fs::read(vault_path(folder)).expect("a vault");
        Self { keyring, vault, stage, sealed, told, kept }
    }
}

/// A stage: the bytes say where it differs from one that is complete, or are a file themselves. A new key is finished from it where it
/// can be.
#[expect(clippy::expect_used, reason = "without a folder nothing would be checked")]
pub fn rekey_stage(bytes: &[u8]) {
    let begun = Begun::get();
    let folder = tempfile::tempdir().expect("a folder");
    let path = vault_path(folder.path());
    fs::write(&path, &begun.vault).expect("a vault");
    fs::write(path_beside(&path), changed(&begun.stage, bytes)).expect("a stage");
    let mut vault = open(folder.path(), &begun.keyring).expect("no stage keeps a vault from being opened");
    drop(vault.interrupted_rekey().expect("nor from being looked at"));
    let finished =
        vault.resume_rekey(Access::Keyring, &*begun.keyring).and_then(|rekey| vault.finish_rekey(rekey));
    if finished.is_err() {
        assert_eq!(told(&vault), begun.told, "what was not finished changed nothing");
    }
    assert_eq!(kept(&vault), begun.kept, "and what was finished kept everything");
    assert!(vault.verify().is_ok_and(|findings| findings.sound()), "in a sound vault");
    drop(vault);
    let again = open(folder.path(), &begun.keyring).expect("that opens with its keyring");
    assert_eq!(kept(&again), begun.kept, "in the next process too");
}

/// The stage itself, and a change to each part of it that has an own reader.
pub(super) fn seeds() -> Vec<Seed> {
    let begun = Begun::get();
    let stage = &begun.stage;
    let at = |what: &[u8], beyond: usize, new: &[u8]| place_of(stage, what, beyond, new);
    vec![
        ("rekey_stage", "unchanged", at(b"SQLite format 3\0", 0, b"S")),
        ("rekey_stage", "cut-off", at(b"SQLite format 3\0", PAGE as usize * 7, b"")),
        ("rekey_stage", "of-later", at(b"SQLite format 3\0", 63, &[99])),
        ("rekey_stage", "other-layout", at(b"CREATE TABLE done (", 13, b"D0ne")),
        ("rekey_stage", "sealed-value", at(&begun.sealed, 4, &[0; 12])),
        ("rekey_stage", "wrapped-key", at(b"SP\x01\x01", 4, &[0; 12])),
        ("rekey_stage", "other-column", at(b"value_2", 0, b"walue_2")),
        ("rekey_stage", "slot-parameters", at(b"keyring", 0, b"Keyring")),
        ("rekey_stage", "no-database", b"SQLite format 3\0 and nothing else".to_vec()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is refused at once keeps no promise and breaks none: each first file gets as far as its name says.
    #[test]
    fn the_first_files_are_met_by_the_reader_they_are_for() {
        let begun = Begun::get();
        let met = |name: &str| {
            let seeds = seeds();
            let (.., by) = seeds.iter().find(|(_, seed, _)| *seed == name).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let path = vault_path(folder.path());
            fs::write(&path, &begun.vault).unwrap();
            fs::write(path_beside(&path), changed(&begun.stage, by)).unwrap();
            let mut vault = open(folder.path(), &begun.keyring).unwrap();
            let found = match vault.interrupted_rekey().unwrap() {
                RekeyState::Interrupted(found) => Some(found.done == found.total),
                RekeyState::None | RekeyState::Lost => None,
            };
            let resumed = vault.resume_rekey(Access::Keyring, &*begun.keyring);
            (found, resumed.map(|_| ()).map_err(|error| error.to_string()))
        };
        assert_eq!(met("unchanged"), (Some(true), Ok(())));
        assert_eq!(met("sealed-value"), (Some(true), Ok(())));
        let none = Err(crate::Error::NoRekey.to_string());
        for name in ["cut-off", "of-later", "other-layout", "other-column", "no-database"] {
            assert_eq!(met(name), (None, none.clone()), "{name}");
        }
        for name in ["slot-parameters", "wrapped-key"] {
            assert!(met(name).1.is_err(), "{name}");
        }
    }
}
