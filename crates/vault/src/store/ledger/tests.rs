//! What the seal over all rows promises.

use super::*;
use crate::store::NewActivity;
use crate::testing::{Bench, login, quiet};

fn filled() -> (tempfile::TempDir, Bench, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    let mut vault = bench.create().unwrap();
    for name in ["one", "two", "three"] {
        vault.save_draft(&login(name, "robot", "not-a-real-one"), &quiet()).unwrap();
    }
    (dir, bench, vault)
}

/// Something that is not Sealpost writes to the file.
fn behind(bench: &Bench, sql: &str) -> usize {
    let raw = Connection::open(crate::store::vault_path(&bench.folder)).unwrap();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    raw.execute(sql, []).unwrap()
}

#[test]
fn a_fresh_vault_and_one_that_was_worked_with_are_whole() {
    let (_dir, bench, mut vault) = filled();
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
    let id = vault.save_draft(&login("four", "robot", "x"), &quiet()).unwrap().id;
    let mut again = login("four", "robot", "y");
    again.over = Some((id, 1));
    vault.save_draft(&again, &quiet()).unwrap();
    vault.set_setting("colour", &"red").unwrap();
    vault.set_setting("colour", &"blue").unwrap();
    vault.record(&NewActivity::of("vaultCreated")).unwrap();
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
    drop(vault);
    assert_eq!(bench.open().unwrap().whole().unwrap(), Whole::Intact, "and after opening again");
}

#[test]
fn two_connections_that_write_in_turn_keep_it_whole() {
    let (_dir, bench, mut vault) = filled();
    let mut other = bench.open().unwrap();
    let mut third = vault.again().unwrap();
    for round in 0..3 {
        for writer in [&mut vault, &mut other, &mut third] {
            writer.save_draft(&login(&format!("of {round}"), "robot", "x"), &quiet()).unwrap();
        }
    }
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
}

#[test]
fn a_write_that_was_rolled_back_leaves_no_trace_in_the_next() {
    let (_dir, _bench, mut vault) = filled();
    let tx = crate::store::write(&mut vault.connection).unwrap();
    tx.execute("DELETE FROM draft", []).unwrap();
    drop(tx);
    vault.record(&NewActivity::of("vaultCreated")).unwrap();
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
}

#[test]
fn whatever_else_changes_a_row_is_noticed_and_stays_noticed() {
    for sql in [
        "DELETE FROM draft WHERE rowid = 2",
        "DELETE FROM activity WHERE seq = (SELECT max(seq) FROM activity)",
        "UPDATE draft SET deleted_at = 1 WHERE rowid = 1",
        "UPDATE draft SET type = 'TOKEN' WHERE rowid = 1",
        "UPDATE draft SET digest = zeroblob(32) WHERE rowid = 3",
        "UPDATE activity SET kind = 'unpublished' WHERE seq = 1",
        "UPDATE vault SET change_seq = change_seq + 1",
        "UPDATE vault SET change_seq = change_seq - 1",
        "DELETE FROM key_slot",
        "INSERT INTO setting (name, id, revision, value) VALUES ('x', zeroblob(16), 1, zeroblob(40))",
    ] {
        let (_dir, bench, mut vault) = filled();
        assert_eq!(behind(&bench, sql), 1, "{sql}");
        assert!(matches!(vault.whole().unwrap(), Whole::Differs { .. }), "{sql}");
        assert!(!vault.verify().unwrap().sound(), "{sql}");
        vault.save_draft(&login("next", "robot", "x"), &quiet()).unwrap();
        if sql.starts_with("UPDATE vault") {
            // What it counted is counted on: the rows themselves are whole.
            continue;
        }
        assert!(matches!(vault.whole().unwrap(), Whole::Differs { .. }), "{sql}: after the next save");
        vault.accept_rows().unwrap();
        assert_eq!(vault.whole().unwrap(), Whole::Intact, "{sql}: accepted");
    }
}

#[test]
fn a_row_of_before_put_back_in_its_place_is_noticed() {
    let (_dir, bench, mut vault) = filled();
    let id = vault.save_draft(&login("four", "robot", "x"), &quiet()).unwrap().id;
    let path = crate::store::vault_path(&bench.folder);
    let raw = Connection::open(&path).unwrap();
    let of = |raw: &Connection| -> (Vec<u8>, Vec<u8>, Vec<u8>, i64) {
        let sql = "SELECT meta, secrets, digest, seq FROM draft WHERE id = ?1";
        raw.query_row(sql, [id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap()
    };
    let before = of(&raw);
    let mut next = login("four", "robot", "y");
    next.over = Some((id, 1));
    vault.save_draft(&next, &quiet()).unwrap();
    let sql = "UPDATE draft SET revision = 1, meta = ?2, secrets = ?3, digest = ?4, seq = ?5 WHERE id = ?1";
    raw.execute(sql, rusqlite::params![id.as_bytes(), before.0, before.1, before.2, before.3]).unwrap();
    assert!(vault.draft_secrets(id).is_ok(), "each value opens");
    assert!(matches!(vault.whole().unwrap(), Whole::Differs { .. }), "and yet it is noticed");
}

#[test]
fn a_seal_that_is_gone_broken_or_of_another_vault_is_told_apart() {
    let (_dir, bench, vault) = filled();
    behind(&bench, "UPDATE vault SET ledger = NULL");
    assert_eq!(vault.whole().unwrap(), Whole::Removed);
    behind(&bench, "UPDATE vault SET ledger = zeroblob(88)");
    assert_eq!(vault.whole().unwrap(), Whole::Unreadable);
    let (_other_dir, _other, other) = filled();
    let foreign: Vec<u8> =
        other.connection.query_row("SELECT ledger FROM vault", [], |row| row.get(0)).unwrap();
    let raw = Connection::open(crate::store::vault_path(&bench.folder)).unwrap();
    raw.execute("UPDATE vault SET ledger = ?1", [foreign]).unwrap();
    assert_eq!(vault.whole().unwrap(), Whole::Unreadable);
}

#[test]
fn a_seal_that_was_taken_out_is_missed_and_stays_missed_until_a_person_accepts_it() {
    let (_dir, bench, vault) = filled();
    drop(vault);
    behind(&bench, "UPDATE vault SET ledger = NULL");
    behind(&bench, "DELETE FROM draft WHERE rowid = 1");
    for round in ["first", "second"] {
        let mut vault = bench.open().unwrap();
        let findings = vault.verify().unwrap();
        assert_eq!((findings.whole, findings.sound()), (Whole::Removed, false), "the {round} opening");
        assert!(findings.damage()[0].contains("was taken out"), "{findings:?}");
        vault.save_draft(&login(round, "robot", "x"), &quiet()).unwrap();
        assert_eq!(vault.again().unwrap().whole().unwrap(), Whole::Removed, "a save seals nothing");
    }
    bench.open().unwrap().accept_rows().unwrap();
    assert_eq!(bench.open().unwrap().whole().unwrap(), Whole::Intact);
}

/// The vault as an earlier version left it: its slot says nothing of a ledger.
fn without_a_promise(bench: &Bench, vault: &Vault) {
    let stored = key_slots::all(&vault.connection).unwrap();
    let entry = slots::keyring_key(&*bench.keyring, vault.id()).unwrap();
    let place = (stored[0].id, stored[0].kind, "{}".to_owned());
    let (now, entropy) = (stored[0].created_at, vault.sealer.entropy());
    let old = key_slots::StoredSlot::wrap(vault.id(), place, &entry, &vault.data_key, now, entropy).unwrap();
    key_slots::replace(&vault.connection, &stored[0], &old).unwrap();
    vault.connection.execute("UPDATE vault SET ledger = NULL", []).unwrap();
}

#[test]
fn a_vault_of_an_earlier_version_is_sealed_and_its_slot_promises_so_from_then_on() {
    let (_dir, bench, vault) = filled();
    without_a_promise(&bench, &vault);
    drop(vault);
    let vault = bench.open().unwrap();
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
    let slots = key_slots::all(&vault.connection).unwrap();
    assert!(slots.len() == 1 && slots::promises_ledger(&slots[0].parameters), "{slots:?}");
    drop(vault);
    behind(&bench, "UPDATE vault SET ledger = NULL");
    assert_eq!(bench.open().unwrap().whole().unwrap(), Whole::Removed);
}

#[test]
fn a_promise_that_was_taken_out_of_a_slot_closes_it() {
    let (_dir, bench, vault) = filled();
    drop(vault);
    behind(&bench, "UPDATE key_slot SET parameters = replace(parameters, ',\"ledger\":true', '')");
    behind(&bench, "UPDATE vault SET ledger = NULL");
    assert!(matches!(bench.open(), Err(Error::WrongKey)));
}

#[test]
fn a_seal_that_goes_while_the_vault_is_open_is_missed_whatever_its_slots_say() {
    let (_dir, bench, vault) = filled();
    behind(&bench, "UPDATE key_slot SET parameters = '{}'");
    behind(&bench, "UPDATE vault SET ledger = NULL");
    assert_eq!(vault.whole().unwrap(), Whole::Removed);
}

#[test]
fn a_seal_that_does_not_open_is_not_replaced_by_a_save() {
    let (_dir, bench, mut vault) = filled();
    behind(&bench, "UPDATE vault SET ledger = zeroblob(88)");
    vault.save_draft(&login("next", "robot", "x"), &quiet()).unwrap();
    assert_eq!(vault.whole().unwrap(), Whole::Unreadable);
}

#[test]
fn the_sum_does_not_care_for_order_and_takes_back_what_it_was_given() {
    let (one, two) = ([0xff; 32], [0x81; 32]);
    let (mut here, mut there) = (Sum::default(), Sum::default());
    here.add(one);
    here.add(two);
    there.add(two);
    there.add(one);
    assert_eq!(here, there);
    here.take(one);
    here.take(two);
    assert_eq!(here, Sum::default());
    there.take(one);
    assert_ne!(there, Sum::default());
}

#[test]
fn the_chain_of_the_activity_names_the_first_entry_that_is_not_what_was_written() {
    for (sql, broken) in [
        ("UPDATE activity SET kind = 'unpublished' WHERE seq = 3", Some(3)),
        ("UPDATE activity SET at = at + 1 WHERE seq = 1", Some(1)),
        ("UPDATE activity SET chain = NULL WHERE seq = 2", Some(2)),
        ("DELETE FROM activity WHERE seq = 2", Some(3)),
        ("SELECT 1 WHERE 0", None),
    ] {
        let (_dir, bench, vault) = filled();
        let raw = Connection::open(crate::store::vault_path(&bench.folder)).unwrap();
        raw.execute_batch(sql).unwrap();
        let findings = vault.verify().unwrap();
        assert_eq!(findings.broken_chain, broken, "{sql}");
        assert_eq!(findings.sound(), broken.is_none(), "{sql}");
    }
}

/// A cell gets a value of a type that its column does not take, as one wrong bit in the header of its row gives it.
fn with_a_wrong_type(bench: &Bench, table: &str, sql: &str) {
    let open = || Connection::open(crate::store::vault_path(&bench.folder)).unwrap();
    let laid_out: String =
        open().query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [table], |row| row.get(0)).unwrap();
    let lay_out = |sql: &str| {
        let raw = open();
        raw.pragma_update(None, "writable_schema", true).unwrap();
        raw.execute("UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2", [sql, table]).unwrap();
    };
    lay_out(laid_out.strip_suffix("STRICT").unwrap());
    open().execute_batch(sql).unwrap();
    lay_out(&laid_out);
}

#[test]
fn a_cell_of_the_wrong_type_is_named_and_ends_nothing() {
    for (table, sql, broken, whole) in [
        (
            "activity",
            "UPDATE activity SET chain = 'text' WHERE seq = 2",
            Some(2),
            Whole::Differs { sealed: 7, found: 7 },
        ),
        (
            "activity",
            "UPDATE activity SET chain = 7 WHERE seq = 3",
            Some(3),
            Whole::Differs { sealed: 7, found: 7 },
        ),
        ("vault", "UPDATE vault SET ledger = 'text'", None, Whole::Unreadable),
    ] {
        let (_dir, bench, mut vault) = filled();
        drop(vault);
        with_a_wrong_type(&bench, table, sql);
        vault = bench.open().unwrap();
        let findings = vault.verify().unwrap();
        assert_eq!((findings.broken_chain, findings.whole), (broken, whole), "{sql}");
        assert!(!findings.structure.is_empty() && findings.schema.is_empty(), "{sql}: {findings:?}");
        if table == "vault" {
            // The row itself can't be written before somebody looked at it.
            assert!(vault.record(&quiet()).is_err());
            vault.accept_rows().unwrap();
            assert!(vault.verify().unwrap().sound(), "{sql}");
        }
        vault.save_draft(&login("four", "robot", "x"), &quiet()).unwrap();
        assert_eq!(
            vault.verify().unwrap().broken_chain,
            broken,
            "{sql}: a save mends nothing, and is no victim"
        );
    }
}

#[test]
fn every_table_is_covered() {
    let (_dir, _bench, vault) = filled();
    let covered = covered(&vault.connection).unwrap();
    let names: Vec<&str> = covered.iter().map(|table| table.name.as_str()).collect();
    for table in crate::store::sealed::SEALED {
        assert!(names.contains(&table.name), "{} is covered", table.name);
    }
    assert!(!names.contains(&"vault") && names.contains(&"key_slot"));
}

#[test]
fn a_table_that_something_else_added_is_noticed_and_its_name_does_nothing() {
    let (_dir, bench, vault) = filled();
    drop(vault);
    let raw = Connection::open(crate::store::vault_path(&bench.folder)).unwrap();
    raw.execute_batch(
        "CREATE TABLE \"x\"\"; DELETE FROM main.draft; --\" (\"a'; b\" BLOB);
         INSERT INTO \"x\"\"; DELETE FROM main.draft; --\" VALUES (1);",
    )
    .unwrap();
    let mut vault = bench.open().unwrap();
    vault.save_draft(&login("next", "robot", "x"), &quiet()).unwrap();
    let whole = vault.whole().unwrap();
    assert!(matches!(whole, Whole::Differs { sealed, found } if found == sealed + 1), "{whole:?}");
    assert_eq!(vault.drafts_since(0).unwrap().drafts.len(), 4);
}
