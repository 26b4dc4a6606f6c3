//! Bad input ends in a sentence that says what happened and what to do; never a panic, nothing lost.

use std::fs;

use sealpost_tests::cli::SandboxProcess;

use crate::{created, fresh};

#[test]
fn broken_bodies_are_refused_with_their_place_and_without_their_values() {
    let line = created("bad-bodies");
    for (body, says) in [
        ("", "empty"),
        ("{", "line"),
        ("[1]", "line"),
        (r#"{"type":"TOKEN","name":5,"scopes":["SYNTHETIC"],"token":"zebra-secret"}"#, "name"),
        (r#"{"type":"TOKEN","name":"a","scopes":["SYNTHETIC"],"token":{"a":"zebra-secret"}}"#, "token"),
        (r#"{"type":"NEW_TYPE","name":"a","scopes":["SYNTHETIC"],"secretThing":"zebra-secret"}"#, "type"),
        (r#"{"credentials":[]}"#, "list"),
    ] {
        let said = line.run(&["draft", "new", "--from", "-"], body);
        assert_eq!(said.code, 1, "{body}: {said:?}");
        assert!(said.stderr.to_lowercase().contains(says), "{body}: {said:?}");
        assert!(!said.stderr.contains("zebra") && !said.stderr.contains("panicked"), "{said:?}");
    }
    assert_eq!(line.ok(&["draft", "list"], "").as_array().unwrap().len(), 0, "nothing was stored");
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read_whole() {
    let line = created("bad-large");
    let path = line.vault.join("large.json");
    fs::write(&path, vec![b' '; 65 * 1024 * 1024]).unwrap();
    let said = line.run(&["draft", "new", "--from", path.to_str().unwrap()], "");
    // It lies in the session's folders, which others search through.
    fs::remove_file(&path).unwrap();
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("64 MB"), "{said:?}");
}

#[test]
fn addresses_that_are_no_environments_are_told_apart() {
    let line = created("bad-addresses");
    for (url, says) in [
        ("", "empty"),
        ("ftp://abc.live.dynatrace.com", "https"),
        ("http://abc12345.live.dynatrace.com", "read on the way"),
        ("https://user:pass@abc12345.live.dynatrace.com", "holds a user name"),
        ("https://www.dynatrace.com", "serves no environment API"),
        ("https://dt.example.test/e/", "environment ID"),
    ] {
        let said = line.run(&["env", "add", "x", "--url", url, "--token-from", "-"], "dt0c01.AAAA.BBBB");
        assert_eq!(said.code, 1, "{url}: {said:?}");
        assert!(said.stderr.contains(says), "{url}: {said:?}");
    }
    for (token, says) in
        [("dt0s16.A.B", "platform token"), ("dt0s02.A.B", "OAuth"), ("", "empty"), ("a b", "space")]
    {
        let arguments =
            ["env", "add", "x", "--url", "https://abc12345.live.dynatrace.com", "--token-from", "-"];
        let said = line.run(&arguments, token);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stderr.contains(says), "{said:?}");
    }
}

#[test]
fn another_product_at_the_address_is_recognised() {
    let line = created("bad-product");
    let sandbox = SandboxProcess::start(&["--fault", "html-200:times=always"]);
    line.ok(&["env", "add", "x", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    let said = line.run(&["env", "test", "x"], "");
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.stdout.contains("web page"), "{said:?}");
}

#[test]
fn a_vault_of_a_newer_version_and_a_foreign_file_are_left_alone() {
    let line = created("bad-newer");
    let path = line.vault.join("vault.sealpost");
    let bytes = {
        let mut bytes = fs::read(&path).unwrap();
        // user_version is the 4-byte number at offset 60 of SQLite's header.
        bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
        bytes
    };
    fs::write(&path, &bytes).unwrap();
    let said = line.run(&["draft", "list"], "");
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("newer Sealpost"), "{said:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes, "not touched");

    fs::write(&path, b"my diary").unwrap();
    let said = line.run(&["vault", "status"], "");
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("not a Sealpost vault"), "{said:?}");
    assert_eq!(fs::read(&path).unwrap(), b"my diary");
}

#[test]
fn no_vault_yet_says_how_to_make_one() {
    let said = fresh("bad-absent").run(&["draft", "list"], "");
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("sealpost vault init"), "{said:?}");
}

#[test]
fn usage_errors_end_with_2_and_every_help_has_an_example() {
    let line = fresh("bad-usage");
    for arguments in [&["publish"][..], &["draft", "frobnicate"], &["env", "add", "x"], &["--nope"]] {
        assert_eq!(line.run(arguments, "").code, 2, "{arguments:?}");
    }
    let commands: [&[&str]; 14] = [
        &["report"],
        &["use"],
        &["vault", "init"],
        &["vault", "doctor"],
        &["draft", "new"],
        &["draft", "reveal"],
        &["env", "add"],
        &["plan"],
        &["publish"],
        &["status"],
        &["remote", "list"],
        &["sandbox"],
        &["activity"],
        &["completions"],
    ];
    for command in commands {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let said = line.run(&arguments, "");
        assert!(said.code == 0 && said.stdout.contains("Example:"), "{command:?}: {said:?}");
    }
    let said = line.run(&["sandbox", "--listen", "0.0.0.0:0"], "");
    assert_eq!(said.code, 1, "only this computer: {said:?}");
}
