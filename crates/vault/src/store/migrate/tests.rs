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
fn a_vault_of_every_earlier_schema_opens_with_everything_in_it() {
    for earlier in 1..SCHEMA {
        if !fixture(earlier).exists() {
            assert_ne!(earlier, 1, "the first schema has a fixture");
            continue;
        }
        let (_dir, bench) = thawed(earlier);
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
            Some(vault.draft(id).unwrap().1.own),
            "and is known to be what was published"
        );
    }
}

#[test]
fn a_migrated_vault_has_the_schema_of_a_fresh_one() {
    let (_dir, bench) = thawed(1);
    let migrated = schema(&bench.open().unwrap().connection);
    let (_fresh_dir, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fresh = Bench::at(&fresh.path().join("vault")).create().unwrap();
    assert_eq!(migrated, schema(&fresh.connection));
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
