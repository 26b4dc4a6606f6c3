//! A disk that is really full, at whatever point of a save that happens.

use std::fmt::Write as _;
use std::path::Path;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::session::folder;
use sealpost_tests::small_disk::SmallDisk;
use serde_json::json;

/// Room for a new vault and a few drafts; a step between two tries that is smaller than a page of SQLite moves the point
/// at which a save runs out of room through all of its writes.
const KILOBYTES: u32 = 700;

fn body(n: usize, length: usize) -> String {
    json!({ "type": "TOKEN", "name": format!("draft {n}"), "scopes": ["SYNTHETIC"],
            "description": "d".repeat(length), "token": format!("kept-secret-{n}") })
    .to_string()
}

fn line_on(disk: &SmallDisk, vault: &Path) -> CommandLine {
    CommandLine::over(vault).behind(disk.enter())
}

/// Every stored draft opens, with its secret.
fn whole(line: &CommandLine, expected: usize) {
    let drafts = line.ok(&["draft", "list"], "");
    let drafts = drafts.as_array().unwrap();
    assert_eq!(drafts.len(), expected);
    let newest = drafts.iter().max_by_key(|draft| draft["updatedAt"].as_i64()).unwrap();
    let (id, name) = (newest["id"].as_str().unwrap(), newest["name"].as_str().unwrap());
    let secret = line.run(&["draft", "reveal", id, "token"], "");
    assert_eq!(secret.stdout.trim(), name.replace("draft ", "kept-secret-"), "{secret:?}");
}

#[test]
fn a_full_disk_refuses_a_save_keeps_what_was_there_and_goes_on_once_there_is_room() {
    let vault = folder().join("vaults").join("full-disk");
    let disk = SmallDisk::at(&vault, KILOBYTES);
    let line = line_on(&disk, &vault);
    line.ok(&["vault", "init"], "");
    disk.shell("head -c 120000 /dev/zero > \"$0\"/filler", &vault);
    let mut stored = 0;
    let refused = loop {
        let said = line.run(&["draft", "new", "--from", "-"], &body(stored, 9_000));
        if said.code != 0 {
            break said;
        }
        stored += 1;
        assert!(stored < 100, "the disk never filled");
    };
    assert!(stored > 3, "there was room at first");
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("disk is full") && refused.stderr.contains("unchanged"), "{refused:?}");
    assert!(!refused.stderr.contains("panicked") && !refused.stderr.contains("kept-secret"), "{refused:?}");
    whole(&line, stored);
    // Smaller and smaller, until not even a small one fits: the room ends at another write each time.
    for length in (0..9_000).rev().step_by(700) {
        let said = line.run(&["draft", "new", "--from", "-"], &body(stored, length));
        assert!(!said.stderr.contains("panicked"), "{said:?}");
        stored += usize::from(said.code == 0);
        whole(&line, stored);
    }
    disk.shell("rm \"$0\"/filler", &vault);
    line.ok(&["draft", "new", "--from", "-"], &body(stored, 100));
    whole(&line, stored + 1);
}

#[test]
fn an_import_that_does_not_fit_stores_none_of_it() {
    let vault = folder().join("vaults").join("full-disk-import");
    let disk = SmallDisk::at(&vault, KILOBYTES);
    let line = line_on(&disk, &vault);
    line.ok(&["vault", "init"], "");
    line.ok(&["draft", "new", "--from", "-"], &body(0, 10));
    let mut many = String::from("[");
    for n in 1..300 {
        write!(many, "{}{}", if n > 1 { "," } else { "" }, body(n, 4_000)).unwrap();
    }
    many.push(']');
    let said = line.run(&["draft", "new", "--from", "-"], &many);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("disk is full"), "{said:?}");
    whole(&line, 1);
    line.ok(&["draft", "new", "--from", "-"], &body(1, 10));
    whole(&line, 2);
}

#[test]
fn a_vault_is_not_left_half_made_on_a_full_disk() {
    let vault = folder().join("vaults").join("full-disk-init");
    let disk = SmallDisk::at(&vault, KILOBYTES);
    let line = line_on(&disk, &vault);
    disk.shell("head -c 690000 /dev/zero > \"$0\"/filler", &vault);
    let said = line.run(&["vault", "init"], "");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("disk is full"), "{said:?}");
    disk.shell("rm \"$0\"/filler", &vault);
    line.ok(&["vault", "init"], "");
    line.ok(&["draft", "new", "--from", "-"], &body(0, 10));
    whole(&line, 1);
}
