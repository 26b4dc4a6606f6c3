//! What backups promise: complete, read back, never in anybody's way, and never over anything.

use tempfile::TempDir;

use super::*;
use crate::key::{MemoryKeyring, RecoveryCode};
use crate::store::sealed::SEALED;
use crate::testing::{Bench, login, quiet};
use crate::{EnvironmentMeta, OsEntropy, SaveEnvironment};

fn with_drafts(count: usize) -> (TempDir, Bench, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    let mut vault = bench.create().unwrap();
    for number in 0..count {
        vault.save_draft(&login(&format!("draft {number}"), "robot", "hunter2"), &quiet()).unwrap();
    }
    (dir, bench, vault)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn drafts(vault: &Vault) -> usize {
    vault.drafts_since(0).unwrap().drafts.len()
}

#[test]
fn every_sealed_column_of_the_schema_is_verified_and_re_encrypted() {
    let (_dir, _bench, vault) = with_drafts(0);
    let clear =
        ["id", "draft_id", "attempt_id", "environment_id", "digest", "chain", "wrapped", "sealed", "ledger"];
    let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
               WHERE m.type = 'table' AND c.type = 'BLOB' ORDER BY 1, 2";
    let mut statement = vault.connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let in_schema: Vec<(String, String)> = rows
        .map(Result::unwrap)
        .filter(|(_, column): &(_, String)| !clear.contains(&column.as_str()))
        .collect();
    let mut listed: Vec<(String, String)> = SEALED
        .iter()
        .flat_map(|table| {
            table.columns.iter().map(|(column, _)| (table.name.to_owned(), (*column).to_owned()))
        })
        .collect();
    listed.sort();
    assert_eq!(listed, in_schema);
}

#[test]
fn a_backup_is_a_complete_vault_in_one_file_and_opens_with_its_keyring_entry() {
    let (dir, bench, vault) = with_drafts(3);
    let file = dir.path().join("copy.sealpost");
    let findings = vault.backup_to(&file).unwrap();
    assert!(findings.sound() && findings.drafts == 3, "{findings:?}");
    assert_eq!(names(dir.path()), ["copy.sealpost", "vault"], "no log and no part of it beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let elsewhere = Bench { folder: dir.path().join("elsewhere"), ..Bench::at(dir.path()) };
    fs::create_dir(&elsewhere.folder).unwrap();
    fs::copy(&file, vault_path(&elsewhere.folder)).unwrap();
    let opened = Bench { keyring: bench.keyring.clone(), ..elsewhere }.open().unwrap();
    assert_eq!(drafts(&opened), 3);
}

#[test]
fn a_backup_overwrites_nothing() {
    let (dir, _bench, vault) = with_drafts(1);
    let file = dir.path().join("taken");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(vault.backup_to(&file), Err(Error::Exists(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let nowhere = dir.path().join("no/such/folder/copy");
    assert!(matches!(vault.backup_to(&nowhere), Err(Error::Store(_))));
    assert_eq!(names(dir.path()), ["taken", "vault"]);
}

#[test]
fn a_backup_made_while_another_process_writes_is_of_one_moment() {
    let (dir, bench, vault) = with_drafts(50);
    let mut other = bench.open().unwrap();
    let writer = std::thread::spawn(move || {
        for number in 0..40 {
            other.save_draft(&login(&format!("late {number}"), "robot", "hunter2"), &quiet()).unwrap();
        }
    });
    let findings = vault.backup_to(&dir.path().join("copy")).unwrap();
    writer.join().unwrap();
    assert!(findings.sound() && (50..=90).contains(&findings.drafts), "{findings:?}");
}

#[test]
fn the_drill_finds_what_does_not_open_and_refuses_another_vaults_file() {
    let (dir, _bench, vault) = with_drafts(2);
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    assert!(vault.drill(&file).unwrap().sound());
    let raw = Connection::open(&file).unwrap();
    raw.execute("UPDATE draft SET secrets = zeroblob(80) WHERE rowid = 1", []).unwrap();
    drop(raw);
    let findings = vault.drill(&file).unwrap();
    let found: Vec<_> = findings.unreadable.iter().map(|one| (one.what, one.column)).collect();
    assert_eq!((found, findings.sound()), (vec![("draft", "secrets")], false));
    let (other_dir, _other_bench, other) = with_drafts(1);
    let foreign = other_dir.path().join("copy");
    other.backup_to(&foreign).unwrap();
    assert!(matches!(vault.drill(&foreign), Err(Error::OtherVault)));
    for text in ["", "SQLite format 3\0 and then nothing", "no database"] {
        fs::write(dir.path().join("broken"), text).unwrap();
        assert!(vault.drill(&dir.path().join("broken")).is_err(), "{text:?}");
    }
}

#[test]
fn a_backup_is_checked_by_its_recovery_code_on_a_machine_that_has_no_key() {
    let (dir, _bench, mut vault) = with_drafts(2);
    let code = RecoveryCode::make(&OsEntropy::new());
    vault.set_recovery(&code).unwrap();
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    let strange = MemoryKeyring::default();
    let (id, findings) = check_backup(&file, Access::Recovery(&code), &strange).unwrap();
    assert!(id == vault.id() && findings.sound());
    assert!(check_backup(&file, Access::Keyring, &strange).is_err());
}

#[test]
fn restoring_keeps_the_file_that_was_there() {
    let (dir, bench, mut vault) = with_drafts(2);
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    vault.save_draft(&login("after", "robot", "hunter2"), &quiet()).unwrap();
    drop(vault);
    let kept = restore(&bench.folder, &file, "before-restore-1").unwrap().unwrap();
    assert_eq!(drafts(&bench.open().unwrap()), 2);
    restore(&bench.folder, &kept, "before-restore-2").unwrap();
    assert_eq!(drafts(&bench.open().unwrap()), 3, "what was there comes back the same way");
    assert!(matches!(restore(&bench.folder, &file, "before-restore-2"), Err(Error::Exists(_))));
    assert_eq!(drafts(&bench.open().unwrap()), 3);
}

#[test]
fn restoring_while_another_process_has_the_vault_open_changes_nothing() {
    let (dir, bench, vault) = with_drafts(1);
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    let before = names(&bench.folder);
    assert!(matches!(restore(&bench.folder, &file, "kept"), Err(Error::Store(StoreError::Busy))));
    assert_eq!(names(&bench.folder), before);
}

#[test]
fn a_torn_vault_is_kept_and_replaced_by_a_good_backup() {
    let (dir, bench, vault) = with_drafts(2);
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    drop(vault);
    let path = vault_path(&bench.folder);
    let whole = fs::read(&path).unwrap();
    for torn in [&whole[..whole.len() / 2], &whole[..100], b"", b"not a database at all, but some text"] {
        fs::write(&path, torn).unwrap();
        let name = format!("torn-{}", torn.len());
        let kept = restore(&bench.folder, &file, &name).unwrap().unwrap();
        assert_eq!(fs::read(kept).unwrap(), torn);
        assert_eq!(drafts(&bench.open().unwrap()), 2);
    }
}

#[test]
fn nothing_that_is_no_sound_vault_is_ever_put_in_the_vaults_place() {
    let (dir, bench, vault) = with_drafts(1);
    let file = dir.path().join("copy");
    vault.backup_to(&file).unwrap();
    drop(vault);
    let good = fs::read(&file).unwrap();
    let before = fs::read(vault_path(&bench.folder)).unwrap();
    let mut broken = good.clone();
    broken[good.len() / 2..].fill(0xff);
    for bad in [&good[..good.len() - 4096], &broken, b"", b"SQLite format 3\0"] {
        fs::write(&file, bad).unwrap();
        assert!(restore(&bench.folder, &file, "kept").is_err());
        assert_eq!(fs::read(vault_path(&bench.folder)).unwrap(), before);
        assert_eq!(names(&bench.folder), ["vault.sealpost"]);
    }
    assert!(matches!(restore(&bench.folder, &dir.path().join("none"), "kept"), Err(Error::Absent(_))));
}

#[test]
fn verifying_counts_everything_and_names_each_broken_value() {
    let (_dir, bench, mut vault) = with_drafts(1);
    let meta = EnvironmentMeta { name: "prod".into(), url: "https://x.example".into(), ..Default::default() };
    vault.save_environment(&SaveEnvironment { over: None, meta, token: "t".into() }, None).unwrap();
    vault.set_setting("theme", &"dark").unwrap();
    let sound = vault.verify().unwrap();
    assert!(sound.sound() && sound.items >= 4, "{sound:?}");
    let other = bench.open().unwrap();
    for (sql, what, column) in [
        ("UPDATE environment SET token = x'00'", "environment", "token"),
        ("UPDATE setting SET value = zeroblob(40)", "setting", "value"),
        ("UPDATE activity SET detail = x''", "activity entry", "detail"),
        ("UPDATE draft SET revision = 7", "draft", "meta"),
    ] {
        let before = other.verify().unwrap().unreadable.len();
        other.connection.execute(sql, []).unwrap();
        let findings = other.verify().unwrap();
        assert!(findings.unreadable.len() > before, "{sql}");
        assert!(
            findings.unreadable.iter().any(|one| one.what == what && one.column == column),
            "{findings:?}"
        );
    }
    let draft = vault.drafts_since(0).unwrap().drafts.len();
    assert_eq!(draft, 1, "and the rest is still listed");
}
