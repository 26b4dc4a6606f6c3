//! Where there is no vault, or no keyring: a sentence, the right exit code, and nothing written.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{run, said, sealpost};

#[test]
fn without_a_vault_every_command_says_how_to_make_one() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["draft", "list"][..],
        &["draft", "new", "--from", "-"],
        &["env", "list"],
        &["plan", "shop", "--env", "prod"],
        &["publish", "shop", "--env", "prod", "--yes"],
        &["status", "--refresh"],
        &["remote", "list", "prod"],
        &["activity"],
        &["vault", "unlock-test"],
    ] {
        let (code, stdout, stderr) = run(home.path(), arguments);
        assert_eq!(code, 1, "{arguments:?}: {stderr}");
        assert!(stdout.is_empty(), "{arguments:?}: {stdout}");
        assert!(stderr.starts_with("error: There is no vault at "), "{stderr}");
        assert!(stderr.contains("hint:") && stderr.contains("sealpost vault init"), "{stderr}");
    }
    let (code, stdout, _) = run(home.path(), &["vault", "status"]);
    assert!(code == 0 && stdout.contains("sealpost vault init"), "{stdout}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "looking writes nothing");
}

#[test]
fn with_json_a_failure_is_one_document_and_standard_error_is_empty() {
    let home = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) = run(home.path(), &["--json", "draft", "list"]);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert_eq!(document["error"]["code"], "vaultAbsent");
    for part in ["title", "hint"] {
        assert!(document["error"][part].as_str().is_some_and(|text| !text.is_empty()), "{document}");
    }
    let (code, stdout, _) = run(home.path(), &["vault", "status", "--json"]);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &document["state"]), (0, &Value::from("absent")));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_service_no_vault_is_made() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data/sealpost");
    let (code, stdout, stderr) = run(home.path(), &["vault", "init"]);
    assert_eq!((code, stdout.as_str()), (4, ""), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.contains("hint:"), "{stderr}");
    assert!(stderr.to_lowercase().contains("keyring") && !stderr.contains("panicked"), "{stderr}");
    assert!(!folder.exists(), "nothing was written");
    let (code, stdout, _) = run(home.path(), &["--json", "vault", "doctor"]);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &document["healthy"]), (4, &Value::from(false)), "{document}");
    assert!(!folder.exists(), "and looking writes nothing");
}

#[test]
fn the_folder_comes_from_the_flag_then_the_variable_then_the_system() {
    let home = tempfile::tempdir().unwrap();
    let file = |flag: Option<&str>, variable: Option<&str>| {
        let mut command = sealpost(home.path());
        if let Some(variable) = variable {
            command.env("SEALPOST_VAULT", variable);
        }
        if let Some(flag) = flag {
            command.args(["--vault", flag]);
        }
        let (code, stdout, stderr) = said(&command.args(["--json", "vault", "status"]).output().unwrap());
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<Value>(&stdout).unwrap()["folder"].as_str().unwrap().to_owned()
    };
    assert_eq!(file(Some("/a"), Some("/b")), "/a");
    assert_eq!(file(None, Some("/b")), "/b");
    assert_eq!(run(home.path(), &["--vault", "", "vault", "status"]).0, 2, "an empty flag is a mistake");
    if cfg!(target_os = "linux") {
        let usual = home.path().join("data/sealpost").display().to_string();
        assert_eq!(file(None, None), usual);
        assert_eq!(file(None, Some("")), usual, "an empty variable names no folder");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("sealpost"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
