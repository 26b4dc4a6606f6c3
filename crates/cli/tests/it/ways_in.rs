//! Vaults on a machine without a keyring: passphrase and recovery code, from every place they may come from, and from no
//! argument.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{program, said, sealpost};

const WORDS: &str = "correct horse battery staple";

/// Runs it with the passphrase in a variable that is named by another.
pub(crate) fn with_passphrase(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = sealpost(home);
    command.env("SEALPOST_PASSPHRASE_FROM", "env:WORDS").env("WORDS", WORDS);
    said(&command.args(arguments).output().unwrap())
}

fn fed(home: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    said(&sealpost(home).args(arguments).write_stdin(input).output().unwrap())
}

#[test]
fn a_machine_without_a_keyring_has_a_vault_a_recovery_code_and_a_way_back() {
    let home = tempfile::tempdir().unwrap();
    let (home, code_file) = (home.path(), home.path().join("code.txt"));
    let code_path = code_file.display().to_string();
    let (code, _, stderr) = with_passphrase(home, &["vault", "init", "--recovery-to", &code_path]);
    assert_eq!(code, 0, "{stderr}");
    let written = fs::read_to_string(&code_file).unwrap();
    assert_eq!(written.trim().split('-').count(), 9, "nine groups");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&code_file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let body = r#"{"type":"TOKEN","name":"kept","token":"s3cret-value","scopes":["EXTENSION"]}"#;
    let body_file = home.join("body.json");
    fs::write(&body_file, body).unwrap();
    let (code, _, stderr) =
        with_passphrase(home, &["draft", "new", "--from", &body_file.display().to_string()]);
    assert_eq!(code, 0, "{stderr}");

    let (code, _, stderr) = fed(home, &["draft", "list"], "");
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("--passphrase-from"), "it says how: {stderr}");
    let (code, stdout, stderr) =
        fed(home, &["--passphrase-from", "-", "draft", "reveal", "kept", "token"], &format!("{WORDS}\n"));
    assert_eq!((code, stdout.as_str()), (0, "s3cret-value\n"), "{stderr}");
    let (code, stdout, stderr) = fed(home, &["--passphrase-from", "-", "draft", "list"], "correct horse\n");
    assert_eq!((code, stdout.as_str()), (4, ""), "{stderr}");
    assert!(stderr.contains("does not open this vault"), "{stderr}");

    // The passphrase is forgotten; the code opens the vault, and only the code.
    let (code, _, stderr) = fed(home, &["vault", "unlock-test", "--from", &code_path], "");
    assert_eq!(code, 0, "{stderr}");
    let mut wrong = written.trim().to_owned().into_bytes();
    wrong.swap(0, 1);
    wrong[7] = if wrong[7] == b'7' { b'8' } else { b'7' };
    let wrong = String::from_utf8(wrong).unwrap();
    let (code, _, stderr) = fed(home, &["vault", "unlock-test", "--from", "-"], &wrong);
    assert!(code == 4 || code == 1, "{code} {stderr}");
    assert!(!stderr.contains(&wrong[..6]), "what was typed is not repeated: {stderr}");
    let sloppy = written.replace('-', " ").to_lowercase();
    let (code, _, stderr) = fed(home, &["vault", "recovery", "--from", "-"], &sloppy);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn without_a_terminal_no_code_is_made_unless_it_is_said_where_it_goes() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let (code, stdout, stderr) = with_passphrase(home, &["--json", "vault", "init"]);
    assert_eq!(code, 0, "{stderr}");
    let status: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&status["unlockMode"], &status["recoveryCode"]), (&Value::from("passphrase"), &Value::Null));
    assert!(stderr.contains("No recovery code was made") && stderr.contains("--to FILE"), "{stderr}");
    let (code, _, stderr) = with_passphrase(home, &["vault", "recovery"]);
    assert!(code == 2 && stderr.contains("--to"), "{code} {stderr}");

    let (code, stdout, stderr) = with_passphrase(home, &["--json", "vault", "recovery", "--to", "-"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&stdout).unwrap();
    let made = document["recoveryCode"].as_str().unwrap().to_owned();
    assert_eq!(fed(home, &["vault", "unlock-test", "--from", "-"], &made).0, 0);

    // A file that exists is not overwritten, and the code that was confirmed still holds.
    let taken = home.join("taken");
    fs::write(&taken, "mine").unwrap();
    let (code, _, stderr) =
        with_passphrase(home, &["vault", "recovery", "--to", &taken.display().to_string()]);
    assert!(code == 1 && stderr.contains("earlier one still holds"), "{stderr}");
    assert_eq!(fs::read_to_string(&taken).unwrap(), "mine");
    assert_eq!(fed(home, &["vault", "unlock-test", "--from", "-"], &made).0, 0);

    let (code, _, stderr) = with_passphrase(home, &["vault", "recovery", "--remove"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(fed(home, &["vault", "unlock-test", "--from", "-"], &made).0, 4);
    let (code, _, stderr) = with_passphrase(home, &["vault", "passphrase", "--remove"]);
    assert!(code == 1 && stderr.contains("only way"), "the last way in stays: {stderr}");
}

#[test]
fn a_secret_is_never_an_argument_and_a_weak_one_makes_no_vault() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for arguments in
        [&["vault", "passphrase", WORDS][..], &["vault", "recovery", "0123"], &["vault", "init", "x"]]
    {
        assert_eq!(fed(home, arguments, "").0, 2, "{arguments:?}");
    }
    let (code, _, stderr) = fed(home, &["--passphrase-from", "-", "vault", "init"], "short\n");
    assert!(code == 1 && stderr.contains("at least 8"), "{stderr}");
    let (code, _, stderr) = fed(home, &["--passphrase-from", "env:NOT_SET", "vault", "init"], "");
    assert!(code == 1 && stderr.contains("NOT_SET"), "{stderr}");
    assert_eq!(fed(home, &["vault", "init", "--unlock", "both"], "").0, 2, "nothing to unlock with");
    assert!(!home.join("data").exists(), "nothing was written");
}

#[test]
fn a_backup_restores_and_an_export_is_an_age_file_that_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let path = |name: &str| home.join(name).display().to_string();
    let body = path("body.json");
    fs::write(&body, r#"{"type":"TOKEN","name":"kept","token":"s3cret-value","scopes":["EXTENSION"]}"#)
        .unwrap();
    assert_eq!(with_passphrase(home, &["vault", "init"]).0, 0);
    assert_eq!(with_passphrase(home, &["draft", "new", "--from", &body]).0, 0);

    let (code, stdout, stderr) =
        with_passphrase(home, &["--json", "vault", "backup", &path("copy.sealpost")]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["drafts"], 1);
    assert_eq!(
        with_passphrase(home, &["vault", "backup", &path("copy.sealpost")]).0,
        1,
        "nothing is overwritten"
    );
    let (code, _, stderr) = with_passphrase(home, &["vault", "backup", &path("all.age")]);
    assert!(code == 2 && stderr.contains("--under"), "{stderr}");
    fs::write(path("words"), "another long passphrase\n").unwrap();
    let (code, _, stderr) =
        with_passphrase(home, &["vault", "backup", &path("all.age"), "--under", &path("words")]);
    assert_eq!(code, 0, "{stderr}");
    let export = fs::read(path("all.age")).unwrap();
    assert!(export.starts_with(b"age-encryption.org/v1") && !export.windows(6).any(|w| w == b"s3cret"));

    assert_eq!(with_passphrase(home, &["draft", "rm", "kept"]).0, 0);
    let (code, _, stderr) = with_passphrase(home, &["vault", "restore", &path("copy.sealpost")]);
    assert!(code == 0 && stderr.contains(".before-restore-"), "{stderr}");
    assert_eq!(with_passphrase(home, &["draft", "reveal", "kept", "token"]).1, "s3cret-value\n");
    let (code, stdout, stderr) =
        with_passphrase(home, &["--json", "vault", "restore", &path("all.age"), "--from", &path("words")]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["drafts"], 1);

    let (code, stdout, stderr) = with_passphrase(home, &["--json", "vault", "backup", "--drill"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["sound"], true);
    assert!(with_passphrase(home, &["vault", "backup", "--list"]).1.contains("daily"));
}

#[test]
fn the_doctor_names_what_does_not_open_and_its_report_holds_no_name_and_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let path = |name: &str| home.join(name).display().to_string();
    fs::write(
        path("body.json"),
        r#"[{"type":"TOKEN","name":"zebra","token":"zebra-value","scopes":["EXTENSION"]},
            {"type":"TOKEN","name":"whole","token":"fine","scopes":["EXTENSION"]}]"#,
    )
    .unwrap();
    assert_eq!(with_passphrase(home, &["vault", "init"]).0, 0);
    assert_eq!(with_passphrase(home, &["draft", "new", "--from", &path("body.json")]).0, 0);
    let (code, _, stderr) = with_passphrase(home, &["vault", "doctor", "--report", &path("good.json")]);
    assert_eq!(code, 0, "{stderr}");

    // One page of a sealed value is overwritten, past SQLite's own checks.
    let vault = home.join("data/sealpost/vault.sealpost");
    let mut bytes = fs::read(&vault).unwrap();
    let at = bytes.windows(4).rposition(|w| w == b"SP\x01\x01").unwrap();
    bytes[at + 20] ^= 1;
    fs::write(&vault, bytes).unwrap();

    let (code, stdout, _) = with_passphrase(home, &["vault", "doctor", "--report", &path("bad.json")]);
    assert!(code == 1 && stdout.contains("Does not open: "), "{code} {stdout}");
    let report = fs::read_to_string(path("bad.json")).unwrap();
    assert!(report.contains("\"unreadable\"") && !report.contains("zebra"), "{report}");
    let (code, stdout, _) =
        with_passphrase(home, &["--json", "vault", "doctor", "--export-unreadable", &path("sealed")]);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &document["healthy"]), (1, &Value::from(false)));
    assert_eq!(document["contents"]["unreadable"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read_dir(home.join("sealed")).unwrap().count(), 1);
}

#[test]
fn a_new_key_keeps_everything_and_ends_the_old_recovery_code() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let path = |name: &str| home.join(name).display().to_string();
    let body = r#"{"type":"TOKEN","name":"kept","token":"s3cret-value","scopes":["EXTENSION"]}"#;
    fs::write(path("body"), body).unwrap();
    assert_eq!(with_passphrase(home, &["vault", "init", "--recovery-to", &path("old")]).0, 0);
    assert_eq!(with_passphrase(home, &["draft", "new", "--from", &path("body")]).0, 0);
    let (code, _, stderr) = with_passphrase(home, &["vault", "rekey"]);
    assert!(code == 2 && stderr.contains("--recovery-to"), "{stderr}");
    let (code, stdout, stderr) =
        with_passphrase(home, &["--json", "vault", "rekey", "--recovery-to", &path("new")]);
    assert_eq!(code, 0, "{stderr}");
    let backup = serde_json::from_str::<Value>(&stdout).unwrap()["backup"].as_str().unwrap().to_owned();
    assert_eq!(with_passphrase(home, &["draft", "reveal", "kept", "token"]).1, "s3cret-value\n");
    let tried = |file: &str| fed(home, &["vault", "unlock-test", "--from", &path(file)], "").0;
    assert_eq!((tried("new"), tried("old")), (0, 4));
    let (code, _, stderr) = fed(home, &["vault", "restore", &backup, "--from", &path("old")], "");
    assert_eq!(code, 0, "the copy of before opens with the code of before: {stderr}");
    assert_eq!((tried("new"), tried("old")), (4, 0));
}

/// A new key that was cut off while it encrypted: killed as soon as there is something of it.
fn cut_off(home: &Path, arguments: &[&str]) {
    let stage = home.join("data/sealpost/vault.sealpost.rekey");
    let mut command = program(home);
    command.env("SEALPOST_PASSPHRASE_FROM", "env:WORDS").env("WORDS", WORDS).args(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    // Before its tables are there nothing was begun; with rows it is longer than they are.
    while fs::metadata(&stage).map_or(0, |file| file.len()) < 20 * 4096 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be cut off");
        assert!(Instant::now() < patience, "nothing was begun");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_new_key_that_was_cut_off_is_told_finished_or_forgotten_and_never_begun_twice() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let path = |name: &str| home.join(name).display().to_string();
    let draft = |number: u32| serde_json::json!({"type": "TOKEN", "name": format!("kept {number}"), "token": "s3cret-value", "scopes": ["EXTENSION"]});
    fs::write(path("body"), Value::from((0..2000).map(draft).collect::<Vec<_>>()).to_string()).unwrap();
    assert_eq!(with_passphrase(home, &["vault", "init", "--recovery-to", &path("old")]).0, 0);
    assert_eq!(with_passphrase(home, &["draft", "new", "--from", &path("body")]).0, 0);
    assert_eq!(with_passphrase(home, &["vault", "rekey", "--resume"]).0, 1, "there is none");
    let tried = |file: &str| fed(home, &["vault", "unlock-test", "--from", &path(file)], "").0;

    cut_off(home, &["vault", "rekey", "--recovery-to", &path("new")]);
    assert_eq!((tried("new"), tried("old")), (4, 0), "not in force");
    assert_eq!(with_passphrase(home, &["draft", "reveal", "kept 7", "token"]).1, "s3cret-value\n");
    let (_, stdout, _) = with_passphrase(home, &["--json", "vault", "doctor"]);
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(told["vault"]["unfinishedKey"]["needs"], "passphrase");
    assert_eq!(told["vault"]["notices"][0]["code"], "rekeyUnfinished");
    let (code, _, stderr) = with_passphrase(home, &["vault", "rekey", "--recovery-to", &path("second")]);
    assert!(code == 2 && stderr.contains("--resume") && !home.join("second").exists(), "{stderr}");

    let (code, _, stderr) = with_passphrase(home, &["vault", "rekey", "--discard"]);
    assert!(code == 0 && stderr.is_empty(), "{stderr}");
    assert_eq!(with_passphrase(home, &["vault", "rekey", "--resume"]).0, 1, "it is forgotten");

    cut_off(home, &["vault", "rekey", "--recovery-to", &path("newer")]);
    let (code, stdout, stderr) = with_passphrase(home, &["--json", "vault", "rekey", "--resume"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(serde_json::from_str::<Value>(&stdout).unwrap()["items"].as_u64().unwrap() > 2000);
    assert_eq!((tried("newer"), tried("new"), tried("old")), (0, 4, 4));
    assert_eq!(with_passphrase(home, &["draft", "reveal", "kept 7", "token"]).1, "s3cret-value\n");
    assert!(!home.join("data/sealpost/vault.sealpost.rekey").exists());
}
