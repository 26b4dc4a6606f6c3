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

    assert_eq!(line.ok(&["vault", "doctor", "--accept-rows"], "")["healthy"], true);
    assert_eq!(line.ok(&["vault", "doctor"], "")["healthy"], true);
    let said = line.run(&["activity"], "");
    assert!(said.stdout.contains("Took the rows of the vault as they are for right"), "{said:?}");
}
