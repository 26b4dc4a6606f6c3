//! A whole vault file that somebody else had in their hands: what is read of it is what was sealed, or nothing, and what is
//! said to be sound is what Sealpost left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;
use serde_json::Value;

use super::fields;
use crate::fuzzed::Seed;
use crate::key::{Keyring as _, MemoryKeyring};
use crate::seal::Binding;
use crate::slots::{self, Access};
use crate::store::backup::{check_backup, into_memory};
use crate::store::sealed::{SEALED, for_each};
use crate::store::{ListedDraft, SCHEMA, vault_path};
use crate::testing::Bench;
use crate::vault::{Vault, look, vault_id};

/// How every SQLite file begins: such an input is the file itself.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The frozen vault's pages are laid out anew in this size, so that two bytes name any place of the file.
const PAGE: i64 = 512;

/// The newest frozen vault, as Sealpost left it.
struct Left {
    keyring: Arc<MemoryKeyring>,
    account: String,
    file: Vec<u8>,
    /// What was sealed, and where.
    values: Vec<(Binding, Vec<u8>)>,
    /// All that is read of it.
    told: Vec<String>,
}

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/fixtures/vaults/schema-{SCHEMA}"))
}

impl Left {
    fn get() -> &'static Self {
        static LEFT: OnceLock<Left> = OnceLock::new();
        LEFT.get_or_init(Self::thawed)
    }

    #[expect(clippy::expect_used, reason = "without the vault nothing would be checked")]
    fn thawed() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = vault_path(folder.path());
        fs::copy(frozen().join("vault.sealpost"), &path).expect("the frozen vault");
        let id = into_memory(&path).and_then(|memory| vault_id(&memory)).expect("its id");
        let entry = fs::read_to_string(frozen().join("keyring-entry.hex")).expect("its keyring entry");
        let keyring = Arc::new(MemoryKeyring::default());
        let entry = crate::unhex(entry.trim()).expect("hex");
        let account = slots::account(id);
        keyring.write(&account, &entry).expect("a keyring in memory");
        let laid_out = (|| {
            let connection = Connection::open(&path)?;
            connection.pragma_update(None, "journal_mode", "DELETE")?;
            connection.pragma_update(None, "page_size", PAGE)?;
            connection.execute_batch("VACUUM")?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.close().map_err(|(_, error)| error)
        })();
        laid_out.expect("smaller pages");
        // Opening a vault of an earlier version seals its rows; from then on it stays as it is.
        drop(bench(folder.path(), &keyring).open().expect("the frozen vault opens"));
        let file = fs::read(&path).expect("a file");
        assert!(u16::try_from(file.len()).is_ok(), "two bytes name any place of {} bytes", file.len());
        let vault = bench(folder.path(), &keyring).open().expect("it opens again");
        assert!(vault.verify().expect("it can be read").sound(), "it is sound");
        let (values, told) = (opened(&vault), told(&vault));
        assert!(values.len() > 10 && told.len() > 10, "{} values, {told:?}", values.len());
        Self { keyring, account, file, values, told }
    }
}

/// The frozen vault in small pages.
pub(super) fn frozen_vault() -> &'static [u8] {
    &Left::get().file
}

/// A keyring of its own with the frozen vault's entry.
#[expect(clippy::expect_used, reason = "without the entry nothing would be checked")]
pub(super) fn frozen_keyring() -> Arc<MemoryKeyring> {
    let (left, keyring) = (Left::get(), Arc::new(MemoryKeyring::default()));
    let entry = left.keyring.read(&left.account).expect("its entry");
    keyring.write(&left.account, &entry).expect("a keyring in memory");
    keyring
}

pub(super) fn bench(folder: &Path, keyring: &Arc<MemoryKeyring>) -> Bench {
    Bench { keyring: Arc::clone(keyring), ..Bench::at(folder) }
}

/// The file with other bytes in some of its places: two bytes of place, one of length, the bytes; no bytes cut it off there.
pub(super) fn changed(file: &[u8], by: &[u8]) -> Vec<u8> {
    if by.starts_with(MAGIC) {
        return by.to_vec();
    }
    let (mut file, mut rest) = (file.to_vec(), by);
    while let [high, low, length, after @ ..] = rest {
        let at = usize::from(u16::from_be_bytes([*high, *low]));
        let (bytes, after) = after.split_at(usize::from(*length).min(after.len()));
        if *length == 0 {
            file.truncate(at);
        }
        for (place, byte) in file.iter_mut().skip(at).zip(bytes) {
            *place = *byte;
        }
        rest = after;
    }
    file
}

/// Every sealed value that opens, with its place.
pub(super) fn opened(vault: &Vault) -> Vec<(Binding, Vec<u8>)> {
    let mut all = Vec::new();
    for table in SEALED {
        // A table that can't be read further ends there.
        let _ = for_each::<crate::Error>(&vault.connection, table, |row| {
            for (at, blob) in row.blobs.iter().enumerate() {
                let (Some(place), Some(blob)) = (row.binding(table, at), blob) else { continue };
                if let Ok(plain) = vault.sealer.open(&place, blob) {
                    all.push((place, plain.to_vec()));
                }
            }
            Ok(())
        });
    }
    all
}

/// All that a caller is told of a vault, secrets included, in no order.
pub(super) fn told(vault: &Vault) -> Vec<String> {
    let mut all = vec![
        format!("{:?}", vault.publications(None)),
        format!("{:?}", vault.activity(None, 1000)),
        format!("{:?}", vault.groups()),
        format!("{:?}", vault.rotations()),
        format!("{:?}", vault.unresolved_attempts()),
        format!("{:?}", vault.unreadable_environments()),
        format!("{:?}", vault.slots()),
    ];
    let environments = vault.environments().unwrap_or_default();
    let attempts = vault.attempts_beginning("").unwrap_or_default();
    for draft in vault.drafts_since(0).map(|listed| listed.drafts).unwrap_or_default() {
        let id = match &draft {
            ListedDraft::Readable(draft) => draft.id,
            ListedDraft::Unreadable { id } => *id,
        };
        let secrets = vault.draft_secrets(id).map(|(revision, secrets)| (revision, fields(&secrets)));
        all.push(format!("{draft:?} {:?} {secrets:?}", vault.draft(id)));
        for kept in vault.history(id).unwrap_or_default() {
            let earlier = vault.revision(id, kept.revision).map(|(meta, secrets)| (meta, fields(&secrets)));
            all.push(format!("{kept:?} {earlier:?}"));
        }
        let there = environments.iter().map(|there| vault.published_revisions(id, there.id));
        all.extend(there.map(|revisions| format!("{id} {revisions:?}")));
    }
    for environment in environments {
        let token = vault.environment_token(environment.id).map(|token| token.expose().to_vec());
        all.push(format!("{environment:?} {token:?}"));
    }
    for id in attempts {
        all.push(format!("{:?} {:?}", vault.attempt(id), vault.exchanges(id)));
    }
    for work in vault.unsaved::<Value>().unwrap_or_default() {
        let secrets = vault.unsaved_secrets(&work.name).map(|secrets| fields(&secrets));
        all.push(format!("{} {:?} {} {secrets:?}", work.name, work.kept_at, work.meta));
    }
    all.push(format!("{:?}", settings(vault)));
    all.sort();
    all
}

fn settings(vault: &Vault) -> Result<Vec<(String, Option<Value>)>, crate::Error> {
    let mut statement = vault.connection.prepare("SELECT name FROM setting")?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    names.into_iter().map(|name| Ok((name.clone(), vault.setting(&name)?))).collect()
}

/// A vault's file: the bytes say where it differs from the newest frozen vault, or are a file themselves. It is looked at,
/// opened with that vault's key, read to the last value, and taken for a backup.
#[expect(clippy::expect_used, reason = "without a folder nothing would be checked")]
pub fn vault_file(bytes: &[u8]) {
    let left = Left::get();
    let folder = tempfile::tempdir().expect("a folder");
    let path = vault_path(folder.path());
    fs::write(&path, changed(&left.file, bytes)).expect("a file");
    let copy = check_backup(&path, Access::Keyring, &*left.keyring);
    drop(look(folder.path()));
    let Ok(vault) = bench(folder.path(), &left.keyring).open() else { return };
    for (place, value) in opened(&vault) {
        let sealed = left.values.iter().any(|known| *known == (place, value.clone()));
        assert!(sealed, "what opens is what was sealed in its place: {place:?}");
    }
    let told = told(&vault);
    if vault.verify().is_ok_and(|findings| findings.sound()) {
        assert_eq!(told, left.told, "what is said to be sound is what was left");
    }
    if copy.is_ok_and(|(_, findings)| findings.sound()) {
        assert_eq!(told, left.told, "and so is a copy that is said to be sound");
    }
}

/// A change, `beyond` bytes after where something stands in a file.
pub(super) fn place_of(file: &[u8], what: &[u8], beyond: usize, new: &[u8]) -> Vec<u8> {
    let found = file.windows(what.len()).position(|window| window == what);
    let place = found.and_then(|found| u16::try_from(found + beyond).ok()).map(u16::to_be_bytes);
    assert!(place.is_some(), "{} stands in the file", what.escape_ascii());
    [&place.unwrap_or_default()[..], &[u8::try_from(new.len()).unwrap_or_default()], new].concat()
}

/// The vault itself, and a change to each part of it that has an own reader.
pub(super) fn seeds() -> Vec<Seed> {
    let file = &Left::get().file;
    let at = |what: &[u8], beyond: usize, new: &[u8]| place_of(file, what, beyond, new);
    vec![
        ("vault_file", "unchanged", at(MAGIC, 0, b"S")),
        ("vault_file", "cut-off", at(MAGIC, PAGE as usize * 9, b"")),
        ("vault_file", "schema-of-later", at(MAGIC, 63, &[99])),
        ("vault_file", "schema-of-before", at(MAGIC, 63, &[6])),
        ("vault_file", "not-ours", at(MAGIC, 68, b"x")),
        ("vault_file", "other-layout", at(b"CREATE TABLE draft (", 13, b"D")),
        ("vault_file", "sealed-value", at(b"SP\x01\x01", 4, &[0; 12])),
        ("vault_file", "slot-parameters", at(b"keyring", 0, b"Keyring")),
        ("vault_file", "no-database", b"SQLite format 3\0 and nothing else".to_vec()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreError;

    /// What is refused at once keeps no promise and breaks none: each first file gets as far as its name says.
    #[test]
    fn the_first_files_are_met_by_the_reader_they_are_for() {
        let left = Left::get();
        let met = |name: &str| {
            let seeds = seeds();
            let (.., by) = seeds.iter().find(|(_, seed, _)| *seed == name).unwrap();
            let folder = tempfile::tempdir().unwrap();
            fs::write(vault_path(folder.path()), changed(&left.file, by)).unwrap();
            let vault = bench(folder.path(), &left.keyring).open()?;
            vault.verify()
        };
        assert!(met("unchanged").unwrap().sound());
        assert!(matches!(met("cut-off"), Err(crate::Error::Store(StoreError::Corrupt(_)))));
        assert!(matches!(met("schema-of-later"), Err(crate::Error::Store(StoreError::TooNew { .. }))));
        assert!(matches!(met("schema-of-before"), Err(crate::Error::Store(StoreError::Io(_)))));
        assert!(matches!(met("not-ours"), Err(crate::Error::Store(StoreError::NotAVault))));
        assert!(matches!(met("no-database"), Err(crate::Error::Store(_))));
        assert!(!met("other-layout").unwrap().schema.is_empty());
        assert!(!met("sealed-value").unwrap().sound());
        assert!(matches!(met("slot-parameters"), Err(crate::Error::NoSlot(_))));
    }
}
