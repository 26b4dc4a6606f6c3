//! Something that is not Sealpost writes to the vault's file.

use rusqlite::Connection;
use sealpost_tests::cli::CommandLine;
use sealpost_tests::session::folder;

#[test]
fn a_draft_that_was_taken_out_of_the_file_is_missed_until_a_person_accepts_it() {
    let vault = folder().join("vaults").join("tampering");
    let line = CommandLine::over(&vault);
    line.ok(&["vault", "init"], "");
    for name in ["one", "two"] {
        let body =
            format!(r#"{{"type":"TOKEN","name":"{name}","token":"not-a-real-one","scopes":["EXTENSION"]}}"#);
        line.ok(&["draft", "new", "--from", "-"], &body);
    }
    assert_eq!(line.ok(&["vault", "doctor"], "")["healthy"], true);

    let raw = Connection::open(vault.join("vault.sealpost")).unwrap();
    assert_eq!(raw.execute("DELETE FROM draft WHERE rowid = 1", []).unwrap(), 1);
    drop(raw);

    let said = line.run(&["vault", "doctor"], "");
    assert!(said.code == 1 && said.stdout.contains("taken out or put in"), "{said:?}");
    line.ok(
        &["draft", "new", "--from", "-"],
        r#"{"type":"TOKEN","name":"three","token":"x","scopes":["EXTENSION"]}"#,
    );
    assert_eq!(line.run(&["vault", "doctor"], "").code, 1, "a save does not make it right");

    let said = line.run(&["vault", "backup"], "");
    assert!(said.stdout.contains("taken out or put in"), "a backup says what it found: {said:?}");
    let said = line.run(&["vault", "backup", "--drill"], "");
    let words = said.stdout.contains("taken out or put in") && !said.stdout.contains("do not open");
    assert!(said.code == 1 && words && !said.stdout.contains("corrupt"), "and so does the drill: {said:?}");

    assert_eq!(line.ok(&["vault", "doctor", "--accept-rows"], "")["healthy"], true);
    assert_eq!(line.ok(&["vault", "doctor"], "")["healthy"], true);
    let said = line.run(&["activity"], "");
    assert!(said.stdout.contains("Took the rows of the vault as they are for right"), "{said:?}");
}

#[test]
fn an_environment_that_does_not_open_hides_none_of_the_others_and_its_bytes_can_be_taken_out() {
    let vault = folder().join("vaults").join("unreadable-environment");
    let line = CommandLine::over(&vault);
    line.ok(&["vault", "init"], "");
    for name in ["one", "two"] {
        let add = ["env", "add", name, "--url", "https://abc12345.live.dynatrace.com", "--token-from", "-"];
        line.ok(&add, "dt0c01.AAAAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB");
    }
    let all = line.ok(&["env", "list"], "");
    let id = all[0]["id"].as_str().unwrap().to_owned();

    let raw = Connection::open(vault.join("vault.sealpost")).unwrap();
    assert_eq!(raw.execute("UPDATE environment SET meta = zeroblob(80) WHERE position = 1", []).unwrap(), 1);
    drop(raw);

    let all = line.ok(&["env", "list"], "");
    assert_eq!(
        (all[0]["name"].as_str(), all[0]["unreadable"].as_bool()),
        (Some("two"), Some(false)),
        "{all}"
    );
    assert_eq!((all[1]["id"].as_str(), all[1]["unreadable"].as_bool()), (Some(&*id), Some(true)), "{all}");
    let draft = r#"{"type":"TOKEN","name":"kept","token":"not-a-real-one","scopes":["EXTENSION"]}"#;
    line.ok(&["draft", "new", "--from", "-"], draft);
    assert_eq!(line.ok(&["draft", "list"], "").as_array().map(Vec::len), Some(1), "the rest works");
    let said = line.run(&["env", "test", &id], "");
    assert!(said.code != 0 && said.stderr.contains("does not open"), "{said:?}");

    let out = vault.join("taken-out");
    let said = line.run(&["vault", "doctor", "--export-unreadable", out.to_str().unwrap()], "");
    assert!(said.code == 1 && said.stdout.contains(&id), "{said:?}");
    let bytes = std::fs::read(out.join(format!("environment-{id}-meta.sealed"))).unwrap();
    assert_eq!(bytes, vec![0; 80], "as they stood in the file");

    line.ok(&["env", "rm", &id], "");
    assert_eq!(line.ok(&["env", "list"], "").as_array().map(Vec::len), Some(1));
}
