//! `kill -9` of the command line at moments spread over a publish of 40 drafts: after each, one reconcile and one
//! publish, and there is exactly one set per draft.
//!
//! The moments lie between the start of publishing and shortly before its end: before and after, the program talks to the
//! keyring, and GNOME Keyring aborts when a client goes away while a session with it is opened, so that every other test
//! would stand before a locked keyring.

use std::fs;
use std::time::{Duration, Instant};

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::world::soaking;
use serde_json::Value;

use crate::{created, fresh};

const DRAFTS: usize = 40;

fn kills() -> u32 {
    if soaking() { 200 } else { 20 }
}

fn names() -> Vec<String> {
    (0..DRAFTS).map(|number| format!("draft {number}")).collect()
}

/// A vault like the first one, under the same key, and a tenant of its own.
fn copy_of(first: &CommandLine, number: u32) -> (CommandLine, SandboxProcess) {
    let line = fresh(&format!("cli-kill-{number}"));
    fs::create_dir_all(&line.vault).unwrap();
    let entries = fs::read_dir(&first.vault).unwrap().map(Result::unwrap);
    for entry in entries.filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), line.vault.join(entry.file_name())).unwrap();
    }
    let sandbox = SandboxProcess::start(&["--fault", "latency=3ms"]);
    line.ok(&["env", "edit", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    (line, sandbox)
}

fn publish(names: &[String]) -> Vec<&str> {
    let mut arguments = vec!["publish"];
    arguments.extend(names.iter().map(String::as_str));
    arguments.extend(["--env", "there", "--yes"]);
    arguments
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Waits until publishing begins: its lock is taken once the vault is open.
fn begun(line: &CommandLine) {
    let (start, lock) = (Instant::now(), line.vault.join("publish.lock"));
    while !lock.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "no publish began");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Exactly one set per draft, and each draft linked to its own.
fn must_be_right(line: &CommandLine, after: &str) {
    let sets = line.ok(&["remote", "list", "there"], "");
    let sets = sets.as_array().unwrap();
    assert_eq!(sets.len(), DRAFTS, "{after}: {sets:#?}");
    let drafts = line.ok(&["status"], "");
    for draft in drafts.as_array().unwrap() {
        let publications = draft["publications"].as_array().unwrap();
        assert_eq!(publications.len(), 1, "{after}: {draft:#}");
        assert_eq!(text(&publications[0], "state"), "matches", "{after}: {draft:#}");
        let linked = text(&publications[0], "remoteId");
        let set = sets.iter().find(|set| text(set, "id") == linked);
        assert_eq!(set.map(|set| text(set, "name")), Some(text(draft, "name")), "{after}");
    }
}

#[test]
fn a_killed_publish_goes_on_and_makes_no_set_twice() {
    let first = created("cli-kill");
    let bodies: Vec<Value> = names()
        .iter()
        .map(|name| serde_json::json!({"type": "TOKEN", "name": name, "scopes": ["SYNTHETIC"], "token": "not-a-real-one"}))
        .collect();
    first.ok(&["draft", "new", "--from", "-"], &Value::from(bodies).to_string());
    let anywhere = "http://127.0.0.1:9";
    let token = format!("dt0c01.{}.{}", "A".repeat(24), "B".repeat(64));
    first.ok(&["env", "add", "there", "--url", anywhere, "--token-from", "-"], &token);
    let names = names();

    // How long it takes when nobody kills it.
    let (line, _sandbox) = copy_of(&first, 0);
    let mut child = line.start(&publish(&names));
    begun(&line);
    let start = Instant::now();
    assert!(child.wait().unwrap().success());
    let most = start.elapsed().mul_f64(0.85);
    must_be_right(&line, "not killed");

    let (mut killed, mut unresolved) = (Vec::new(), 0);
    for number in 1..=kills() {
        let (line, sandbox) = copy_of(&first, number);
        let mut child = line.start(&publish(&names));
        begun(&line);
        std::thread::sleep(most.mul_f64(f64::from(number) / f64::from(kills())));
        child.kill().unwrap();
        child.wait().unwrap();
        killed.push((number, line, sandbox));
        // Each waits for sets that may still appear, so they are finished together, some at a time.
        if killed.len() == 10 || number == kills() {
            std::thread::scope(|scope| {
                let names = &names;
                let all: Vec<_> = killed
                    .iter()
                    .map(|(number, line, _)| scope.spawn(move || finish(line, names, *number)))
                    .collect();
                unresolved += all.into_iter().map(|one| one.join().unwrap()).sum::<usize>();
            });
            // A copy per kill would fill the session's folder.
            for (_, line, _) in killed.drain(..) {
                drop(fs::remove_dir_all(&line.vault));
            }
        }
    }
    assert!(unresolved > 0, "some kills came between a request and its record");
}

/// Gives how many attempts the kill had left without a known outcome.
fn finish(line: &CommandLine, names: &[String], number: u32) -> usize {
    let after = format!("killed at {number} of {}", kills());
    let found = line.ok(&["reconcile"], "");
    let unresolved = found["items"].as_array().unwrap().len();
    let open = |item: &&Value| !matches!(text(item, "outcome"), "adopted" | "confirmed" | "notArrived");
    let left: Vec<&Value> = found["items"].as_array().unwrap().iter().filter(open).collect();
    assert!(left.is_empty(), "{after}: nothing is left unclear: {left:#?}");
    line.ok(&publish(names), "");
    must_be_right(line, &after);
    let mut plan = vec!["plan"];
    plan.extend(names.iter().map(String::as_str));
    plan.extend(["--env", "there"]);
    let rows = line.ok(&plan, "");
    assert!(rows["rows"].as_array().unwrap().iter().all(|row| row["action"] == "noChange"), "{after}");
    unresolved
}
