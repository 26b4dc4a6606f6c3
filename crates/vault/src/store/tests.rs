//! What the store promises: nothing lost, nothing in clear, nothing overwritten unseen.

use std::fs;
use std::sync::Arc;

use rusqlite::Connection;

use super::*;
use crate::key::{KeyError, MemoryKeyring, MemoryMood};
use crate::testing::{Bench, login, quiet};
use crate::{DraftSecrets, SecretField, Vault, look};

fn password(vault: &Vault, id: crate::DraftId) -> String {
    let (_, secrets) = vault.draft_secrets(id).unwrap();
    secrets.get(SecretField::Password).unwrap().expose_text().unwrap().to_owned()
}

/// Every file in the vault's folder, as bytes.
fn files(bench: &Bench) -> Vec<u8> {
    fs::read_dir(&bench.folder).unwrap().flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn a_draft_survives_closing_and_opening() {
    let (_dir, bench) = Bench::temporary();
    let id = bench.create().unwrap().save_draft(&login("shop", "robot", "hunter2"), &quiet()).unwrap().id;
    let vault = bench.open().unwrap();
    let (draft, _) = vault.draft(id).unwrap();
    assert_eq!((draft.meta.name.as_str(), draft.revision), ("shop", 1));
    assert_eq!(password(&vault, id), "hunter2");
}

#[test]
fn nothing_a_person_typed_stands_in_clear_on_disk() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let mut save = login("zebra-name", "zebra-user", "zebra-password");
    save.meta.description = "zebra-description".into();
    save.meta.note = "zebra-note".into();
    save.meta.tags.insert("zebra-tag".into());
    let id = vault.save_draft(&save, &quiet().with_draft_name("zebra-name")).unwrap().id;
    save.over = Some((id, 1));
    vault.save_draft(&save, &quiet()).unwrap();
    let meta = EnvironmentMeta {
        name: "zebra-env".into(),
        url: "https://zebra.example".into(),
        ..Default::default()
    };
    let save = SaveEnvironment { over: None, meta, token: "zebra-token".into() };
    vault.save_environment(&save, Some(&quiet())).unwrap();
    vault.set_setting("theme", &"zebra-setting").unwrap();

    let while_open = files(&bench);
    drop(vault);
    for (when, bytes) in [("while open", while_open), ("after closing", files(&bench))] {
        assert!(bytes.len() > 4096, "there is something to search {when}");
        assert!(!contains(&bytes, "zebra"), "a typed word stands in clear {when}");
        assert!(contains(&bytes, "USERNAME_PASSWORD"), "the search finds what is in clear {when}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    vault.save_draft(&login("a", "b", "c"), &quiet()).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.folder), 0o700);
    let mut seen = 0;
    for entry in fs::read_dir(&bench.folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 3, "database, log and shared memory");
}

#[test]
fn a_stale_save_is_refused_and_changes_nothing() {
    let (_dir, bench) = Bench::temporary();
    let mut window = bench.create().unwrap();
    let id = window.save_draft(&login("shop", "robot", "first"), &quiet()).unwrap().id;
    let mut command_line = bench.open().unwrap();

    let mut theirs = login("shop", "robot", "theirs");
    theirs.over = Some((id, 1));
    command_line.save_draft(&theirs, &quiet()).unwrap();

    let mut mine = login("shop", "robot", "mine");
    mine.over = Some((id, 1));
    let refused = window.save_draft(&mine, &quiet()).unwrap_err();
    assert!(matches!(refused, Error::StaleRevision { expected: 1, found: 2 }), "{refused:?}");
    assert_eq!(password(&window, id), "theirs");
    assert_eq!(window.history(id).unwrap().len(), 2, "the refused save left no revision");
}

#[test]
fn saving_over_a_draft_that_does_not_exist_is_refused() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let mut save = login("a", "b", "c");
    save.over = Some((crate::DraftId::from_bytes([7; 16]), 1));
    assert!(matches!(vault.save_draft(&save, &quiet()), Err(Error::NotFound("draft"))));
}

#[test]
fn every_earlier_revision_comes_back_with_its_secret() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let id = vault.save_draft(&login("v1", "robot", "one"), &quiet()).unwrap().id;
    for (edited, (name, secret)) in [("v2", "two"), ("v3", "three")].into_iter().enumerate() {
        let mut save = login(name, "robot", secret);
        save.over = Some((id, u32::try_from(edited).unwrap() + 1));
        vault.save_draft(&save, &quiet()).unwrap();
    }
    let names: Vec<_> = vault.history(id).unwrap().into_iter().map(|r| r.meta.unwrap().name).collect();
    assert_eq!(names, ["v3", "v2", "v1"]);
    for (revision, secret) in [(1, "one"), (2, "two"), (3, "three")] {
        let (_, secrets) = vault.revision(id, revision).unwrap();
        assert_eq!(secrets.get(SecretField::Password).unwrap().expose_text(), Some(secret));
    }
    assert!(matches!(vault.revision(id, 4), Err(Error::NotFound(_))));
}

#[test]
fn the_trash_gives_everything_back() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let id = vault.save_draft(&login("shop", "robot", "hunter2"), &quiet()).unwrap().id;
    assert_eq!(vault.set_trashed(&[id], true, &quiet()).unwrap(), 1);
    assert_eq!(vault.set_trashed(&[id], true, &quiet()).unwrap(), 0, "twice is once");
    assert!(vault.draft(id).unwrap().0.deleted_at.is_some());
    assert_eq!(vault.set_trashed(&[id], false, &quiet()).unwrap(), 1);
    assert!(vault.draft(id).unwrap().0.deleted_at.is_none());
    assert_eq!(password(&vault, id), "hunter2");
}

#[test]
fn one_unreadable_row_is_named_and_hides_no_other() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let broken = vault.save_draft(&login("broken", "a", "b"), &quiet()).unwrap().id;
    vault.save_draft(&login("fine", "a", "b"), &quiet()).unwrap();
    let other = Connection::open(vault.path()).unwrap();
    other.execute("UPDATE draft SET meta = zeroblob(80) WHERE id = ?1", [broken.as_bytes()]).unwrap();

    let listed = vault.drafts_since(0).unwrap().drafts;
    let readable: Vec<_> = listed
        .iter()
        .filter_map(|row| match row {
            ListedDraft::Readable(draft) => Some(draft.name.as_str()),
            ListedDraft::Unreadable { .. } => None,
        })
        .collect();
    assert_eq!((readable, listed.len()), (vec!["fine"], 2));
    assert!(matches!(vault.draft(broken), Err(Error::Unreadable { what: "draft", .. })));
}

#[test]
fn blobs_swapped_between_rows_fields_and_revisions_do_not_open() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let a = vault.save_draft(&login("a", "x", "secret-a"), &quiet()).unwrap().id;
    let b = vault.save_draft(&login("b", "x", "secret-b"), &quiet()).unwrap().id;
    let mut again = login("a", "x", "newer");
    again.over = Some((a, 1));
    vault.save_draft(&again, &quiet()).unwrap();
    let swaps = [
        (
            "another row's secrets",
            "UPDATE draft SET secrets = (SELECT secrets FROM draft WHERE id = ?2) WHERE id = ?1",
        ),
        ("its own metadata", "UPDATE draft SET secrets = meta WHERE id = ?1 AND ?2 IS NOT NULL"),
        (
            "its own earlier secrets",
            "UPDATE draft SET secrets = (SELECT secrets FROM draft_revision WHERE draft_id = ?1) \
             WHERE id = ?1 AND ?2 IS NOT NULL",
        ),
    ];
    for (what, sql) in swaps {
        let raw = Connection::open(vault.path()).unwrap();
        let tx = raw.unchecked_transaction().unwrap();
        let before: Vec<u8> = tx
            .query_row("SELECT secrets FROM draft WHERE id = ?1", [a.as_bytes()], |row| row.get(0))
            .unwrap();
        assert_eq!(tx.execute(sql, [a.as_bytes(), b.as_bytes()]).unwrap(), 1);
        tx.commit().unwrap();
        assert!(matches!(vault.draft_secrets(a), Err(Error::Unreadable { .. })), "{what}");
        raw.execute("UPDATE draft SET secrets = ?2 WHERE id = ?1", rusqlite::params![a.as_bytes(), before])
            .unwrap();
    }
    assert_eq!(password(&vault, a), "newer", "put back, it opens");
}

#[test]
fn a_change_of_type_leaves_no_secret_of_the_old_type_behind() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let id = vault.save_draft(&login("a", "b", "old-password"), &quiet()).unwrap().id;
    let mut save = login("a", "b", "old-password");
    save.over = Some((id, 1));
    save.meta.details = crate::Details::Token { external_vault: None };
    vault.save_draft(&save, &quiet()).unwrap();
    assert_eq!(vault.draft_secrets(id).unwrap().1.iter().count(), 0);
}

#[test]
fn another_process_sees_only_what_is_new() {
    let (_dir, bench) = Bench::temporary();
    let mut window = bench.create().unwrap();
    window.save_draft(&login("first", "a", "b"), &quiet()).unwrap();
    let mut command_line = bench.open().unwrap();
    let seen = command_line.drafts_since(0).unwrap();
    assert_eq!(command_line.change_seq().unwrap(), seen.seq);
    assert!(command_line.drafts_since(seen.seq).unwrap().drafts.is_empty());

    let second = window.save_draft(&login("second", "a", "b"), &quiet()).unwrap();
    assert!(command_line.change_seq().unwrap() > seen.seq);
    let news = command_line.drafts_since(seen.seq).unwrap().drafts;
    assert!(matches!(&news[..], [ListedDraft::Readable(draft)] if draft.id == second.id));
    command_line.set_trashed(&[second.id], true, &quiet()).unwrap();
}

#[test]
fn the_digest_changes_with_what_is_sent_and_with_nothing_else() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let base = login("shop", "robot", "pw");
    let id = vault.save_draft(&base, &quiet()).unwrap().id;
    let (_, first) = vault.draft(id).unwrap();
    let mut revision = 1;
    let mut digest_after = |change: &dyn Fn(&mut SaveDraft)| {
        let mut save = base.clone();
        change(&mut save);
        save.over = Some((id, revision));
        revision += 1;
        vault.save_draft(&save, &quiet()).unwrap();
        vault.draft(id).unwrap().1
    };
    assert_eq!(digest_after(&|save| save.meta.note = "only for me".into()), first);
    assert_eq!(digest_after(&|save| assert!(save.meta.tags.insert("mine".into()))), first);
    assert_ne!(digest_after(&|save| save.meta.description = "sent".into()), first);
    assert_ne!(digest_after(&|save| save.secrets.set(SecretField::Password, "other".into())), first);
    assert_eq!(digest_after(&|_| ()), first, "back to the original is no change");
}

#[test]
fn creating_over_anything_is_refused_and_touches_nothing() {
    let (_dir, bench) = Bench::temporary();
    drop(bench.create().unwrap());
    let before = files(&bench);
    assert!(matches!(bench.create(), Err(Error::Exists(_))));
    assert_eq!(files(&bench), before);
    assert_eq!(bench.keyring.len(), 1, "no second key was made");

    for garbage in [&b""[..], b"not a vault at all"] {
        fs::write(vault_path(&bench.folder), garbage).unwrap();
        assert!(matches!(bench.create(), Err(Error::Exists(_))), "{} bytes", garbage.len());
        assert_eq!(fs::read(vault_path(&bench.folder)).unwrap(), garbage);
    }
}

#[test]
fn a_failed_creation_leaves_neither_file_nor_key() {
    for error in [KeyError::Denied("no".into()), KeyError::NoService("none".into()), KeyError::NoAnswer(60)] {
        let (_dir, bench) = Bench::temporary();
        bench.keyring.set_mood(MemoryMood::Fails(error.clone()));
        let refused = bench.create().unwrap_err();
        assert!(matches!(&refused, Error::Key(found) if *found == error), "{refused:?}");
        assert!(!bench.folder.exists(), "nothing was written");
    }
}

#[test]
fn no_key_is_ever_made_over_an_existing_vault() {
    let (_dir, bench) = Bench::temporary();
    drop(bench.create().unwrap());
    let empty = Bench {
        folder: bench.folder.clone(),
        keyring: Arc::new(MemoryKeyring::default()),
        clock: bench.clock.clone(),
    };
    assert!(matches!(empty.open(), Err(Error::Key(KeyError::Missing))));
    assert!(empty.keyring.is_empty(), "opening made no key");
    for error in [KeyError::Denied("no".into()), KeyError::NoService("none".into()), KeyError::NoAnswer(60)] {
        bench.keyring.set_mood(MemoryMood::Fails(error.clone()));
        assert!(matches!(bench.open(), Err(Error::Key(found)) if found == error));
    }
    bench.keyring.set_mood(MemoryMood::Fine);
    bench.open().unwrap();
}

#[test]
fn the_key_of_another_vault_is_a_wrong_key_and_not_damage() {
    let (_dir, mine) = Bench::temporary();
    drop(mine.create().unwrap());
    let id = look(&mine.folder).unwrap().id;
    crate::key::Keyring::write(&*mine.keyring, &format!("vault-{id}"), &[9; 32]).unwrap();
    assert!(matches!(mine.open(), Err(Error::WrongKey)));
    crate::key::Keyring::write(&*mine.keyring, &format!("vault-{id}"), b"short").unwrap();
    assert!(matches!(mine.open(), Err(Error::Key(KeyError::NotAKey))));
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let (_dir, bench) = Bench::temporary();
    drop(bench.create().unwrap());
    let raw = Connection::open(vault_path(&bench.folder)).unwrap();
    raw.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
    drop(raw);
    let refused = bench.open().unwrap_err();
    let want = |needs: Option<&str>| StoreError::TooNew {
        found: SCHEMA + 1,
        known: SCHEMA,
        needs: needs.map(str::to_owned),
    };
    let version = env!("CARGO_PKG_VERSION");
    assert!(matches!(&refused, Error::Store(found) if *found == want(Some(version))), "{refused:?}");
    for (said, believed) in [
        ("'12.0.1-beta.2'", Some("12.0.1-beta.2")),
        ("'\u{1b}[31m1.0'", None),
        ("'latest'", None),
        ("'1.0 from https://x.example'", None),
        ("'1.00000000000000000000'", None),
        ("NULL", None),
    ] {
        let raw = Connection::open(vault_path(&bench.folder)).unwrap();
        raw.execute(&format!("UPDATE vault SET needs = {said}"), []).unwrap();
        drop(raw);
        let refused = bench.open().unwrap_err();
        assert!(matches!(&refused, Error::Store(found) if *found == want(believed)), "{said}: {refused:?}");
    }
    assert!(vault_path(&bench.folder).exists());
}

#[test]
fn a_file_that_is_no_vault_is_refused_and_never_deleted() {
    let (_dir, bench) = Bench::temporary();
    fs::create_dir_all(&bench.folder).unwrap();
    let path = vault_path(&bench.folder);
    assert!(matches!(bench.open(), Err(Error::Absent(_))));
    for bytes in [&b""[..], b"SQLite", b"SQLite format 3\0", &[0; 5000]] {
        fs::write(&path, bytes).unwrap();
        assert!(bench.open().is_err(), "{} bytes", bytes.len());
        assert_eq!(fs::read(&path).unwrap(), bytes, "left as it was");
    }
    fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    assert!(matches!(bench.open(), Err(Error::Store(StoreError::NotAVault))), "another program's database");
}

#[test]
fn a_damaged_file_is_an_error_and_never_deleted() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    for n in 0..40 {
        vault.save_draft(&login(&format!("draft {n}"), "a", "b"), &quiet()).unwrap();
    }
    drop(vault);
    let path = vault_path(&bench.folder);
    let mut bytes = fs::read(&path).unwrap();
    let from = 2 * 4096;
    bytes[from..].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let outcome = bench.open().and_then(|vault| vault.drafts_since(0).map(|_| ()));
    assert!(matches!(outcome, Err(Error::Store(StoreError::Corrupt(_)))), "{outcome:?}");
    assert_eq!(fs::read(&path).unwrap().len(), bytes.len());
}

#[test]
fn the_file_is_opened_as_promised() {
    let (_dir, bench) = Bench::temporary();
    let vault = bench.create().unwrap();
    let pragma =
        |name: &str| -> i64 { vault.connection.pragma_query_value(None, name, |row| row.get(0)).unwrap() };
    let journal: String =
        vault.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(journal, "wal");
    assert_eq!((pragma("synchronous"), pragma("foreign_keys"), pragma("secure_delete")), (2, 1, 1));
    assert_eq!(pragma("application_id"), i64::from(file::APPLICATION_ID));
    assert_eq!(pragma("user_version"), i64::from(SCHEMA));
    assert_eq!((pragma("trusted_schema"), pragma("temp_store")), (0, 2));
}

#[test]
fn an_environment_with_publications_is_not_removed() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let draft = vault.save_draft(&login("a", "b", "c"), &quiet()).unwrap();
    let meta = EnvironmentMeta { name: "prod".into(), ..Default::default() };
    let save = SaveEnvironment { over: None, meta, token: "dt0c01.X.Y".into() };
    let env = vault.save_environment(&save, None).unwrap();
    assert!(matches!(vault.save_environment(&save, None), Err(Error::NameTaken)));
    assert_eq!(vault.environments().unwrap().len(), 1, "the refused save left nothing");
    let mut publication = Publication::new(&vault, draft.id, env.id);
    vault.put_publication(&mut publication).unwrap();
    assert!(matches!(vault.delete_environment(env.id, &quiet()), Err(Error::InUse(1))));
    assert_eq!(vault.environment_token(env.id).unwrap().expose(), b"dt0c01.X.Y");
}

#[test]
fn an_error_never_shows_a_secret() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let mut save = login("zebra", "zebra", "zebra");
    save.over = Some((crate::DraftId::from_bytes([1; 16]), 4));
    let error = vault.save_draft(&save, &quiet()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("zebra"));
    assert!(!format!("{:?}", save.secrets).contains("zebra"));
    let _: &DraftSecrets = &save.secrets;
}

#[test]
fn a_full_disk_is_told_as_that_and_what_was_stored_stays() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let id = vault.save_draft(&login("shop", "robot", "first"), &quiet()).unwrap().id;
    let pages: u32 = vault.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    // SQLite reports a reached page limit exactly as it reports a full disk.
    vault.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut large = login("shop", "robot", &"x".repeat(200_000));
    large.over = Some((id, 1));
    assert!(matches!(vault.save_draft(&large, &quiet()), Err(Error::Store(StoreError::Full))));
    assert_eq!((password(&vault, id).as_str(), vault.history(id).unwrap().len()), ("first", 1));
    vault.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    vault.save_draft(&large, &quiet()).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cant_be_written_is_told_as_that_and_leaves_no_key() {
    // Not even root makes folders here.
    let bench = Bench::at(std::path::Path::new("/sys/sealpost-test"));
    let refused = bench.create().unwrap_err();
    assert!(matches!(refused, Error::Store(StoreError::ReadOnly(_))), "{refused:?}");
    assert!(bench.keyring.is_empty(), "no key was made for a vault that is not there");
}
