//! Publishing as scripts do it: plans as files, conflicts, unpublishing, adopting, reconciling.

use std::fs;

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use serde_json::Value;

use crate::created;

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"not-a-real-one"}"#;

/// A vault with one draft and one environment.
fn ready(name: &str, environment: &[&str]) -> (CommandLine, SandboxProcess) {
    let (line, sandbox) = (created(name), SandboxProcess::start(&[]));
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    let add = ["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"];
    line.ok(&add.iter().chain(environment).copied().collect::<Vec<_>>(), &sandbox.token);
    (line, sandbox)
}

fn sets(line: &CommandLine) -> Vec<Value> {
    line.ok(&["remote", "list", "there"], "").as_array().unwrap().clone()
}

#[test]
fn a_plan_in_a_file_is_published_as_it_is_or_refused() {
    let (line, _sandbox) = ready("cli-plan-file", &[]);
    let plan = line.ok(&["plan", "shop", "--env", "there"], "");
    let file = line.vault.join("plan.json");
    fs::write(&file, plan.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let done = line.ok(&["publish", "--plan", file, "--yes"], "");
    assert_eq!(done["items"][0]["state"], "done");
    let again = line.run(&["publish", "--plan", file, "--yes"], "");
    assert_eq!((again.code, sets(&line).len()), (0, 1), "there is nothing left to do: {again:?}");
    line.ok(&["draft", "edit", "shop", "--from", "-"], &LOGIN.replace("robot", "other"));
    let moved = line.run(&["publish", "--plan", file, "--yes"], "");
    assert_eq!(moved.code, 3, "{moved:?}");
    assert!(moved.stderr.contains("moved since the plan"), "{moved:?}");
    let broken = line.run(&["publish", "--plan", "-", "--yes"], "{}");
    assert_eq!(broken.code, 1, "{broken:?}");
}

#[test]
fn an_unpublished_draft_stays_and_a_protected_environment_asks_for_its_name() {
    let (line, _sandbox) = ready("cli-unpublish", &["--protected"]);
    line.ok(&["publish", "shop", "--env", "there", "--yes", "--confirm", "there"], "");
    let refused = line.run(&["unpublish", "shop", "--env", "there", "--yes"], "");
    assert_eq!((refused.code, sets(&line).len()), (3, 1), "{refused:?}");
    line.ok(&["unpublish", "shop", "--env", "there", "--yes", "--confirm", "there"], "");
    assert!(sets(&line).is_empty());
    let draft = line.ok(&["draft", "show", "shop"], "");
    assert_eq!(draft["publications"].as_array().unwrap().len(), 0);
    let nothing = line.run(&["unpublish", "shop", "--env", "there", "--yes"], "");
    assert_eq!(nothing.code, 0, "{nothing:?}");
}

#[test]
fn nothing_is_written_to_a_read_only_environment() {
    let (line, _sandbox) = ready("cli-read-only", &["--read-only"]);
    let refused = line.run(&["publish", "shop", "--env", "there", "--yes"], "");
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("read-only") && sets(&line).is_empty(), "{refused:?}");
    line.ok(&["env", "edit", "there", "--read-only", "false"], "");
    line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
}

#[test]
fn a_set_is_adopted_once_and_what_was_changed_there_is_never_overwritten_silently() {
    let (line, sandbox) = ready("cli-adopt", &[]);
    line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    let id = sets(&line)[0]["id"].as_str().unwrap().to_owned();

    let other = created("cli-adopt-other");
    other.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    let adopted = other.ok(&["remote", "adopt", "there", &id], "");
    assert_eq!(adopted["state"], "needsSecret");
    assert_eq!(other.run(&["remote", "adopt", "there", &id], "").code, 1, "once");
    let blocked = other.run(&["publish", "shop", "--env", "there", "--yes"], "");
    assert_eq!(blocked.code, 3, "without its secret: {blocked:?}");
    other.ok(
        &["draft", "edit", "shop", "--from", "-"],
        &LOGIN.replace("\"scopes\"", "\"description\":\"theirs\",\"scopes\""),
    );
    other.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    assert_eq!(sets(&line).len(), 1);

    line.ok(&["draft", "edit", "shop", "--from", "-"], &LOGIN.replace("robot", "mine"));
    let conflict = line.run(&["publish", "shop", "--env", "there", "--yes"], "");
    assert_eq!(conflict.code, 3, "{conflict:?}");
    assert!(conflict.stderr.contains("--keep-mine"), "{conflict:?}");
    assert_eq!(sets(&line)[0]["description"], "theirs");
    line.ok(&["publish", "shop", "--env", "there", "--yes", "--take-theirs"], "");
    assert_eq!(line.ok(&["draft", "show", "shop"], "")["content"]["description"], "theirs");
    assert_eq!(line.ok(&["plan", "shop", "--env", "there"], "")["rows"][0]["action"], "noChange");
}

#[test]
fn with_nothing_unresolved_reconcile_and_resume_say_so() {
    let (line, _sandbox) = ready("cli-nothing", &[]);
    assert_eq!(line.ok(&["reconcile"], "")["items"].as_array().unwrap().len(), 0);
    let nothing = line.run(&["publish", "--resume", "--yes"], "");
    assert_eq!(nothing.code, 1, "{nothing:?}");
    assert!(nothing.stderr.contains("Nothing is left"), "{nothing:?}");
    let wrong = line.run(&["reconcile", "--choose", "no-equals-sign"], "");
    assert_eq!(wrong.code, 1, "{wrong:?}");
}

#[test]
fn a_difference_there_is_listed_accepted_ignored_compared_again_taken_and_forgotten() {
    let (line, sandbox) = ready("cli-drift", &[]);
    line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    let id = sets(&line)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(line.ok(&["drift", "--refresh"], "").as_array().unwrap().len(), 0);

    let other = created("cli-drift-other");
    other.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    other.ok(&["remote", "adopt", "there", &id], "");
    let theirs = LOGIN.replace("\"scopes\"", "\"description\":\"theirs\",\"scopes\"");
    other.ok(&["draft", "edit", "shop", "--from", "-"], &theirs);
    other.ok(&["publish", "shop", "--env", "there", "--yes"], "");

    let found = line.run(&["--json", "drift", "--refresh", "--env", "there"], "");
    assert_eq!(found.code, 3, "something is open: {found:?}");
    assert_eq!(found.json()[0]["fields"][0]["path"], "description");
    let settle = |how: &str| line.ok(&["drift", how, "shop", "--env", "there", "description"], "");
    let plan = || line.ok(&["plan", "shop", "--env", "there"], "")["rows"][0]["action"].clone();
    for how in ["accept", "ignore"] {
        assert_eq!(settle(how)["state"], "matches", "{how}");
        assert_eq!(plan(), "noChange", "{how}");
        assert_eq!(line.run(&["drift"], "").code, 0, "settled, and still listed");
    }
    assert_eq!(settle("compare")["state"], "drifted");
    assert_eq!(plan(), "conflict");
    let wrong = line.run(&["drift", "ignore", "shop", "--env", "there", "password"], "");
    assert!(wrong.code == 1 && wrong.stderr.contains("description"), "names the fields there are: {wrong:?}");
    assert_eq!(line.run(&["drift", "forget", "shop", "--env", "there"], "").code, 1, "it is not gone");
    assert_eq!(line.ok(&["drift", "take", "shop", "--env", "there"], "")["content"]["description"], "theirs");
    other.ok(&["unpublish", "shop", "--env", "there", "--yes"], "");
    let gone = line.run(&["--json", "drift", "--refresh"], "");
    assert_eq!((gone.code, gone.json()[0]["state"].as_str()), (3, Some("missing")), "{gone:?}");
    line.ok(&["drift", "forget", "shop", "--env", "there"], "");
    assert_eq!(plan(), "create");
}

#[test]
fn the_matrix_has_every_draft_and_after_a_look_every_set_of_nobody() {
    let (line, sandbox) = ready("cli-matrix", &[]);
    line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    let other = created("cli-matrix-other");
    other.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    other.ok(&["draft", "new", "--from", "-"], &LOGIN.replace("shop", "foreign"));
    other.ok(&["publish", "foreign", "--env", "there", "--yes"], "");

    let known = line.ok(&["status", "--matrix"], "");
    assert_eq!((known["rows"].as_array().unwrap().len(), &known["drafts"]), (1, &Value::from(1)));
    let seen = line.ok(&["status", "--matrix", "--refresh"], "");
    let names: Vec<&str> =
        seen["rows"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["shop", "foreign"]);
    assert_eq!(seen["rows"][1]["draftId"], Value::Null);
    let text = line.run(&["status", "--matrix", "--refresh"], "");
    assert!(text.stdout.contains("foreign (not in this vault)"), "{text:?}");
    drop(sandbox);
    let unread = line.run(&["status", "--matrix", "--refresh"], "");
    assert_eq!(unread.code, 3, "an environment that can't be read is told: {unread:?}");
    assert!(unread.stdout.contains("shop"), "{unread:?}");
    assert_eq!(line.run(&["status", "--matrix", "shop"], "").code, 2, "of all or of none");
}
