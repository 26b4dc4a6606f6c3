//! The whole journey, as scripts do it.

use sealpost_tests::cli::SandboxProcess;

use crate::created;

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"not-a-real-one"}"#;

#[test]
fn draft_publish_edit_publish_and_a_second_environment() {
    let line = created("cli-journey");
    let (first, second) = (SandboxProcess::start(&[]), SandboxProcess::start(&[]));
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    for (name, sandbox) in [("staging", &first), ("prod", &second)] {
        line.ok(&["env", "add", name, "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
        assert_eq!(line.ok(&["env", "test", name], "")["ok"], true);
    }
    let plan = line.ok(&["plan", "shop", "--env", "staging"], "");
    assert_eq!(plan["rows"][0]["action"], "create");
    line.ok(&["publish", "shop", "--env", "staging", "--yes"], "");
    let shown = line.ok(&["draft", "show", "shop"], "");
    let publication = &shown["publications"][0];
    let id = publication["remoteId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("CREDENTIALS_VAULT-"));
    assert_eq!(publication["environment"], "staging");
    assert_eq!(publication["state"], "matches");
    assert!(publication["owner"].as_str().is_some_and(|owner| !owner.is_empty()));

    line.ok(
        &["draft", "edit", "shop", "--from", "-"],
        &LOGIN.replace("\"scopes\"", "\"description\":\"second\",\"scopes\""),
    );
    assert_eq!(line.ok(&["plan", "shop", "--env", "staging"], "")["rows"][0]["action"], "update");
    line.ok(&["publish", "shop", "--env", "staging", "--yes"], "");
    line.ok(&["publish", "shop", "--env", "prod", "--yes"], "");
    let shown = line.ok(&["draft", "show", "shop"], "");
    let ids: Vec<&str> = shown["publications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["remoteId"].as_str().unwrap())
        .collect();
    assert_eq!(
        (ids.len(), ids.contains(&id.as_str())),
        (2, true),
        "the same set was updated, another one was made"
    );
    assert_ne!(ids[0], ids[1]);
    assert_eq!(line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len(), 1);
    assert_eq!(line.ok(&["plan", "shop", "--env", "staging"], "")["rows"][0]["action"], "noChange");
}

#[test]
fn a_protected_environment_refuses_without_its_name() {
    let line = created("cli-protected");
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    line.ok(
        &["env", "add", "prod", "--url", &sandbox.url, "--token-from", "-", "--protected"],
        &sandbox.token,
    );
    for wrong in [&[][..], &["--confirm", "Prod"], &["--confirm", "staging"]] {
        let arguments: Vec<&str> =
            ["publish", "shop", "--env", "prod", "--yes"].into_iter().chain(wrong.iter().copied()).collect();
        let said = line.run(&arguments, "");
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.stderr.contains("protected"), "{said:?}");
    }
    assert_eq!(line.ok(&["remote", "list", "prod"], "").as_array().unwrap().len(), 0, "nothing was sent");
    line.ok(&["publish", "shop", "--env", "prod", "--yes", "--confirm", "prod"], "");
}

#[test]
fn without_a_terminal_a_question_becomes_an_error_and_never_a_hang() {
    let line = created("cli-questions");
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    line.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    for (arguments, says) in [
        (&["draft", "new"][..], "--from"),
        (&["env", "add", "x", "--url", "https://abc12345.live.dynatrace.com"], "--token-from"),
        (&["publish", "shop", "--env", "staging"], "--yes"),
        (&["draft", "edit", "shop"], "--from"),
    ] {
        let said = line.run(arguments, "");
        assert_ne!(said.code, 0, "{arguments:?}");
        assert!(said.stderr.contains(says), "{arguments:?}: {said:?}");
    }
}

#[test]
fn thousands_of_bodies_are_one_transaction() {
    let line = created("cli-bulk");
    let many: Vec<String> = (0..2_000).map(|n| LOGIN.replace("shop", &format!("shop {n}"))).collect();
    let stored = line.ok(&["draft", "new", "--from", "-"], &format!("[{}]", many.join(",")));
    assert_eq!(stored["ids"].as_array().unwrap().len(), 2_000);
    let broken = format!("[{},{{\"type\":\"TOKEN\",\"name\":5}}]", LOGIN.replace("shop", "one more"));
    assert_eq!(line.run(&["draft", "new", "--from", "-"], &broken).code, 1);
    assert_eq!(line.ok(&["draft", "list"], "").as_array().unwrap().len(), 2_000, "all or none");
}

#[test]
fn the_window_and_the_command_line_share_a_vault_without_losing_an_edit() {
    let line = created("cli-stale");
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    line.ok(&["draft", "edit", "shop", "--from", "-", "--revision", "1"], LOGIN);
    let said = line.run(&["draft", "edit", "shop", "--from", "-", "--revision", "1"], LOGIN);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("revision 2 was stored"), "{said:?}");
}

#[test]
fn a_lost_keyring_entry_comes_back_by_the_recovery_code_and_a_new_key_keeps_everything() {
    let line = created("cli-recovery");
    let file = |name: &str| line.vault.join(name).display().to_string();
    line.ok(&["draft", "new", "--from", "-"], r#"{"type":"TOKEN","name":"kept","token":"s3cret-value"}"#);
    let said = line.run(&["vault", "recovery"], "");
    assert!(said.code == 2 && said.stderr.contains("--to"), "without a terminal it asks where to: {said:?}");
    line.ok(&["vault", "recovery", "--to", &file("code")], "");
    let account = sealpost_tests::keyring::account(&line.vault);
    sealpost_tests::keyring::clear(&account);
    let said = line.run(&["draft", "list"], "");
    assert!(said.code == 4 && said.stderr.contains("recovery code"), "{said:?}");
    line.ok(&["vault", "recovery", "--from", &file("code")], "");
    assert_eq!(sealpost_tests::keyring::lookup(&account).len(), 32, "the entry is there again");
    line.ok(&["vault", "rekey", "--recovery-to", &file("new-code")], "");
    assert_eq!(line.run(&["draft", "reveal", "kept", "token"], "").stdout, "s3cret-value\n");
    assert_eq!(line.run(&["vault", "unlock-test", "--from", &file("code")], "").code, 4);
    assert_eq!(line.run(&["vault", "unlock-test", "--from", &file("new-code")], "").code, 0);
}
