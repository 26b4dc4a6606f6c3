//! What differs per environment, groups, and rotating a secret, as scripts do it: no terminal, exit codes, one document.

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use serde_json::Value;

use crate::created;

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"not-a-real-one"}"#;

/// A vault with one draft and two environments of their own.
fn ready(name: &str) -> (CommandLine, [SandboxProcess; 2]) {
    let line = created(name);
    let sandboxes = [SandboxProcess::start(&[]), SandboxProcess::start(&[])];
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    for (name, sandbox) in ["staging", "prod"].iter().zip(&sandboxes) {
        line.ok(&["env", "add", name, "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    }
    (line, sandboxes)
}

fn sets(line: &CommandLine, environment: &str) -> Vec<Value> {
    line.ok(&["remote", "list", environment], "").as_array().unwrap().clone()
}

fn password(line: &CommandLine, environment: &[&str]) -> String {
    let reveal = [&["draft", "reveal", "shop", "password"][..], environment].concat();
    line.run(&reveal, "").stdout.trim().to_owned()
}

#[test]
fn what_is_another_one_in_an_environment_is_sent_there_and_nowhere_else() {
    let (line, _sandboxes) = ready("cli-override");
    let saved = line.ok(
        &[
            "draft",
            "override",
            "shop",
            "--env",
            "prod",
            "--name",
            "shop prod",
            "--owner-only",
            "false",
            "--secret",
            "-",
        ],
        "the-one-of-prod\n",
    );
    assert_eq!(saved["overrides"][0]["fields"], serde_json::json!(["Name", "Owner only", "Password"]));
    let shown = line.run(&["draft", "show", "shop"], "");
    assert!(shown.stdout.contains("shop prod") && !shown.stdout.contains("the-one-of-prod"), "{shown:?}");
    line.ok(&["publish", "shop", "--env", "staging", "--env", "prod", "--yes"], "");
    let (staging, prod) = (sets(&line, "staging"), sets(&line, "prod"));
    assert_eq!((&staging[0]["name"], &prod[0]["name"]), (&"shop".into(), &"shop prod".into()));
    assert_eq!((&staging[0]["ownerAccessOnly"], &prod[0]["ownerAccessOnly"]), (&true.into(), &false.into()));
    assert_eq!(password(&line, &["--env", "prod"]), "the-one-of-prod");
    assert_eq!(password(&line, &[]), "not-a-real-one");

    let cleared = ["draft", "override", "shop", "--env", "prod", "--clear", "name", "--clear", "password"];
    assert_eq!(line.ok(&cleared, "")["overrides"][0]["fields"], serde_json::json!(["Owner only"]));
    let plan = line.ok(&["plan", "shop", "--env", "staging", "--env", "prod"], "");
    let actions: Vec<&str> =
        plan["rows"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["noChange", "update"]);
    let removed = line.ok(&["draft", "override", "shop", "--env", "prod", "--remove"], "");
    assert_eq!(removed["overrides"].as_array().unwrap().len(), 0);
}

#[test]
fn an_override_that_says_nothing_names_no_environment_or_is_stale_stores_nothing() {
    let (line, _sandboxes) = ready("cli-override-wrong");
    let nothing = line.run(&["draft", "override", "shop", "--env", "prod"], "");
    assert_eq!(nothing.code, 2, "{nothing:?}");
    let unknown = line.run(&["draft", "override", "shop", "--env", "nowhere", "--name", "x"], "");
    assert_eq!(unknown.code, 1, "{unknown:?}");
    let stale =
        line.run(&["draft", "override", "shop", "--env", "prod", "--name", "x", "--revision", "9"], "");
    assert_eq!(stale.code, 1, "{stale:?}");
    let both = line.run(&["draft", "override", "shop", "--env", "prod", "--remove", "--name", "x"], "");
    assert_eq!(both.code, 2, "{both:?}");
    let nobody = line.run(&["draft", "override", "shop", "--env", "prod", "--allow", "somebody"], "");
    assert_eq!(nobody.code, 1, "{nobody:?}");
    assert_eq!(line.ok(&["draft", "show", "shop"], "")["revision"], 1);
}

#[test]
fn a_group_is_published_to_by_its_name() {
    let (line, _sandboxes) = ready("cli-group");
    line.ok(&["env", "group", "add", "all", "--env", "staging", "--env", "prod"], "");
    let taken = line.run(&["env", "group", "add", "all", "--env", "prod"], "");
    assert_eq!(taken.code, 1, "{taken:?}");
    let plan = line.ok(&["plan", "shop", "--group", "all"], "");
    assert_eq!(plan["rows"].as_array().unwrap().len(), 2);
    line.ok(&["env", "group", "edit", "all", "--rename", "one", "--env", "prod"], "");
    let run = line.ok(&["publish", "shop", "--group", "one", "--env", "prod", "--yes"], "");
    assert_eq!(run["items"].as_array().unwrap().len(), 1, "named twice, sent once: {run}");
    let unknown = line.run(&["publish", "shop", "--group", "all", "--yes"], "");
    assert_eq!(unknown.code, 1, "{unknown:?}");
    line.ok(&["env", "group", "rm", "one"], "");
    assert_eq!(line.ok(&["env", "group", "list"], "").as_array().unwrap().len(), 0);
    let none = line.run(&["publish", "shop", "--yes"], "");
    assert_eq!(none.code, 2, "{none:?}");
}

#[test]
fn a_secret_is_rotated_canary_first_and_taken_back_in_one_environment() {
    let (line, _sandboxes) = ready("cli-rotate");
    line.ok(&["publish", "shop", "--env", "staging", "--env", "prod", "--yes"], "");
    let early = line.run(&["rotate", "shop", "--continue", "--yes"], "");
    assert_eq!(early.code, 1, "there is none: {early:?}");
    let missing = line.run(&["rotate", "shop", "--canary", "staging", "--yes"], "");
    assert_eq!(missing.code, 2, "nobody can be asked for the secret: {missing:?}");

    let run = line.ok(&["rotate", "shop", "--canary", "staging", "--secret", "-", "--yes"], "the-new-one\n");
    assert_eq!(run["items"].as_array().unwrap().len(), 1);
    let view = line.ok(&["rotate", "shop"], "");
    assert_eq!((&view["phase"], &view["environments"][1]["state"]), (&"check".into(), &"waiting".into()));

    let run = line.ok(&["rotate", "shop", "--continue", "--yes"], "");
    assert_eq!(run["items"][0]["environment"], "prod");
    assert_eq!(line.ok(&["rotate", "shop"], "")["phase"], "done");
    let again = line.run(&["rotate", "shop", "--continue", "--yes"], "");
    assert_eq!(again.code, 0, "nothing is left to do: {again:?}");

    line.ok(&["rotate", "shop", "--rollback", "--env", "prod", "--yes"], "");
    let view = line.ok(&["rotate", "shop"], "");
    assert_eq!(view["environments"][1]["state"], "rolledBack");
    assert_eq!(password(&line, &["--env", "prod"]), "not-a-real-one");
    assert_eq!(password(&line, &["--env", "staging"]), "the-new-one");
    let twice = line.run(&["rotate", "shop", "--rollback", "--env", "prod", "--yes"], "");
    assert_eq!(twice.code, 1, "{twice:?}");
    line.ok(&["rotate", "shop", "--forward", "--env", "prod", "--yes"], "");
    assert_eq!(line.ok(&["rotate"], "")[0]["phase"], "done");
    line.ok(&["rotate", "shop", "--end"], "");
    assert_eq!(line.run(&["rotate", "shop"], "").code, 1);
}

#[test]
fn a_step_that_is_not_agreed_to_sends_nothing_and_says_where_it_stands() {
    let (line, _sandboxes) = ready("cli-rotate-no");
    line.ok(&["publish", "shop", "--env", "staging", "--env", "prod", "--yes"], "");
    line.ok(&["env", "edit", "staging", "--protected"], "");
    let refused = line
        .run(&["--json", "rotate", "shop", "--canary", "staging", "--secret", "-", "--yes"], "the-new-one");
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(refused.json()["error"]["code"], "consentMissing");
    let view = line.ok(&["rotate", "shop"], "");
    assert_eq!((&view["phase"], &view["environments"][0]["state"]), (&"canary".into(), &"waiting".into()));
    // What is there goes on from where it stands, canary first.
    line.ok(&["rotate", "shop", "--continue", "--yes", "--confirm", "staging"], "");
    assert_eq!(line.ok(&["rotate", "shop"], "")["phase"], "check");
    let field = line.run(&["rotate", "shop", "--canary", "prod", "--secret", "token=-", "--yes"], "x");
    assert_eq!(field.code, 1, "a field it does not have: {field:?}");
}
