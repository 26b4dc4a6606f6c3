//! What migrations promise: all of a step or nothing, a copy first, and the same schema as a fresh vault's.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::key::Keyring as _;
use crate::store::vault_path;
use crate::testing::Bench;
use crate::{SecretField, unhex};

fn fixture(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/fixtures/vaults/schema-{schema}"))
}

/// A frozen vault of an earlier schema, in a folder of its own, with its keyring entry.
fn thawed(schema: u32) -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    fs::create_dir(&bench.folder).unwrap();
    fs::copy(fixture(schema).join("vault.sealpost"), vault_path(&bench.folder)).unwrap();
    let entry = fs::read_to_string(fixture(schema).join("keyring-entry.hex")).unwrap();
    let id = crate::store::backup::into_memory(&vault_path(&bench.folder)).unwrap();
    let id = crate::vault::vault_id(&id).unwrap();
    bench.keyring.write(&format!("vault-{id}"), &unhex(entry.trim()).unwrap()).unwrap();
    (dir, bench)
}

/// Every object of the schema and the SQL that made it, without its spaces.
fn schema(connection: &Connection) -> Vec<(String, String)> {
    let mut statement =
        connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
    rows.map(|row| row.map(|(name, sql)| (name, sql.split_whitespace().collect())))
        .map(Result::unwrap)
        .collect()
}

#[test]
fn a_vault_of_every_schema_opens_with_everything_in_it() {
    for earlier in 1..=SCHEMA {
        assert!(
            fixture(earlier).exists(),
            "schema {earlier} has a frozen vault (tests/fixtures/vaults/README.md)"
        );
        let (_dir, bench) = thawed(earlier);
        let frozen = Connection::open(vault_path(&bench.folder)).unwrap();
        assert_eq!(version(&frozen).unwrap(), earlier, "it was never migrated");
        drop(frozen);
        let vault = bench.open().unwrap();
        let findings = vault.verify().unwrap();
        assert!(findings.sound() && findings.drafts == 2, "schema {earlier}: {findings:?}");
        let id = vault
            .drafts_since(0)
            .unwrap()
            .drafts
            .into_iter()
            .find_map(|row| match row {
                crate::ListedDraft::Readable(draft) if draft.name == "shop-login" => Some(draft.id),
                _ => None,
            })
            .unwrap();
        let secret = |revision| {
            let (_, secrets) = vault.revision(id, revision).unwrap();
            secrets.get(SecretField::Password).unwrap().expose_text().unwrap().to_owned()
        };
        assert_eq!((secret(1), secret(2)), ("fixture-password-1".into(), "fixture-password-2".into()));
        let environment = &vault.environments().unwrap()[0];
        assert_eq!(vault.environment_token(environment.id).unwrap().expose(), b"fixture-api-token");
        let link = &vault.publications(Some(id)).unwrap()[0];
        assert_eq!(link.meta.remote_id.as_deref(), Some("CREDENTIALS_VAULT-0123456789ABCDEF"));
        assert_eq!(
            link.digest,
            Some(*vault.draft(id).unwrap().1.in_environment(link.environment)),
            "and is known to be what was published"
        );
    }
}

#[test]
fn a_migrated_vault_of_every_schema_has_the_schema_of_a_fresh_one() {
    let fresh_dir = tempfile::tempdir().unwrap();
    let fresh = Bench::at(&fresh_dir.path().join("vault")).create().unwrap();
    for earlier in 1..=SCHEMA {
        let (_dir, bench) = thawed(earlier);
        let vault = bench.open().unwrap();
        assert_eq!(schema(&vault.connection), schema(&fresh.connection), "schema {earlier}");
        let needs: String =
            vault.connection.query_row("SELECT needs FROM vault", [], |row| row.get(0)).unwrap();
        assert_eq!(needs, THIS_VERSION, "schema {earlier}");
        assert_eq!(vault.verify().unwrap().whole, crate::Whole::Intact, "schema {earlier}");
    }
}

#[test]
fn the_doctor_names_every_table_and_index_that_is_not_as_this_version_has_it() {
    for (sql, said) in [
        ("DROP INDEX draft_seq", "the index draft_seq is missing"),
        ("DROP TABLE unsaved", "the table unsaved is missing"),
        ("ALTER TABLE vault DROP COLUMN ledger", "the table vault is not laid out as this version has it"),
        ("ALTER TABLE draft DROP COLUMN secrets", "the table draft is not laid out as this version has it"),
        (
            "ALTER TABLE activity DROP COLUMN chain",
            "the table activity is not laid out as this version has it",
        ),
        ("CREATE TABLE \"a\u{1b}[31mb\" (x)", "the table a\\u{1b}[31mb is none of Sealpost's"),
        (
            "CREATE TRIGGER t AFTER INSERT ON draft BEGIN DELETE FROM activity; END",
            "the trigger t is none of Sealpost's",
        ),
        ("CREATE VIEW v AS SELECT 1", "the view v is none of Sealpost's"),
    ] {
        let (_dir, bench) = thawed(SCHEMA);
        let raw = Connection::open(vault_path(&bench.folder)).unwrap();
        raw.execute_batch(sql).unwrap();
        drop(raw);
        let findings = bench.open().unwrap().verify().unwrap();
        assert_eq!(findings.schema, [said], "{sql}");
        assert!(!findings.sound() && findings.damage().contains(&said.to_owned()), "{sql}");
    }
    let (_dir, bench) = thawed(SCHEMA);
    assert!(
        bench.open().unwrap().verify().unwrap().schema.is_empty(),
        "and nothing of a vault as it should be"
    );
}

#[test]
fn a_copy_is_kept_before_a_migration_and_opens_by_itself() {
    let (_dir, bench) = thawed(1);
    let before = fs::read(vault_path(&bench.folder)).unwrap();
    drop(bench.open().unwrap());
    let copy = bench.folder.join(format!("backups/before-schema-{SCHEMA}-1.sealpost"));
    assert_eq!(version(&Connection::open(&copy).unwrap()).unwrap(), 1);
    fs::write(vault_path(&bench.folder), before).unwrap();
    drop(bench.open().unwrap());
    assert!(
        copy.with_file_name(format!("before-schema-{SCHEMA}-2.sealpost")).exists(),
        "no copy is overwritten"
    );
    drop(bench.open().unwrap());
    assert_eq!(
        fs::read_dir(bench.folder.join("backups")).unwrap().count(),
        2,
        "and none is made without need"
    );
}

#[test]
fn a_step_that_fails_leaves_the_vault_as_it_was() {
    let (_dir, bench) = thawed(1);
    let path = vault_path(&bench.folder);
    let mut connection = Connection::open(&path).unwrap();
    let before = schema(&connection);
    let broken = [STEPS[0], ("good", "CREATE TABLE extra (x) STRICT_;"), ("never", "")];
    assert!(up_by(&mut connection, &broken).is_err());
    let half = [
        STEPS[0],
        ("good", "CREATE TABLE extra (x BLOB) STRICT; DROP TABLE draft;"),
        ("bad", "SELECT no FROM where;"),
    ];
    assert!(up_by(&mut connection, &half).is_err());
    assert_eq!((schema(&connection), version(&connection).unwrap()), (before, 1));
    drop(connection);
    assert!(bench.open().unwrap().verify().unwrap().sound());
}

#[test]
fn a_vault_that_is_damaged_is_not_migrated() {
    let (_dir, bench) = thawed(1);
    let path = vault_path(&bench.folder);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    assert!(bench.open().is_err());
    assert_eq!(fs::read(&path).unwrap()[..100], bytes[..100], "its header, and so its schema, is as before");
}
