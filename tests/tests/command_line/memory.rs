//! What stays in the memory of the command line once it is done with the vault: it is held where it prints its answer, and
//! everything it has is searched.
#![allow(clippy::print_stdout, reason = "what was measured, and what could not be, is said")]

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::keyring::{account, lookup};
use sealpost_tests::markers::{BLOCKED, NAMES, PASSWORD, bodies, secrets};
use sealpost_tests::memory::{Held, may_look, search, search_for};
use sealpost_tests::scan::Leak;
use sealpost_tests::session::skipped;

use crate::created;

/// Markers in a held command.
fn leaks(line: &CommandLine, arguments: &[&str], input: &str, markers: &[&str]) -> Vec<Leak> {
    let key = lookup(&account(&line.vault));
    // A search begins with something: one key in 256 is looked for from its second byte on.
    let key = key.strip_prefix(&[0]).unwrap_or(&key);
    let held = Held::at_its_answer(line, arguments, input);
    let searched = search(held.id(), markers).and_then(|found| Ok((found, search_for(held.id(), &[key])?)));
    let (said, code) = held.let_go();
    assert_eq!(code, 0, "{arguments:?}: {said}");
    let (mut found, (_, keys)) = searched.unwrap();
    println!("searched {} MB of: {}", found.bytes / 1_000_000, arguments.join(" "));
    let marker = "the key from the keyring";
    found.leaks.extend(keys.into_iter().map(|(_, place)| Leak { place, marker: marker.into(), form: "raw" }));
    found.leaks
}

#[test]
fn no_secret_stays_in_memory_once_a_command_is_done() {
    if !may_look() {
        skipped("memory of the command line", "to search it needs root or CAP_SYS_PTRACE");
        return;
    }
    let line = created("memory");
    let sandbox = SandboxProcess::start(&[]);
    let planted = secrets();
    let markers: Vec<&str> = planted.iter().map(String::as_str).chain([sandbox.token.as_str()]).collect();
    let add = ["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"];
    let mut found: Vec<(String, Leak)> = Vec::new();
    let mut clean = |arguments: &[&str], input: &str| {
        let leaks = leaks(&line, arguments, input, &markers);
        found.extend(leaks.into_iter().map(|leak| (arguments.join(" "), leak)));
    };
    clean(&add, &sandbox.token);
    clean(&["draft", "new", "--from", "-"], &bodies());
    clean(&["draft", "list"], "");
    clean(&["vault", "unlock-test"], "");
    let sent: Vec<&str> = NAMES.into_iter().filter(|name| *name != BLOCKED).collect();
    clean(&[&["publish"], &sent[..], &["--env", "staging", "--yes"]].concat(), "");
    clean(
        &["rotate", "token", "--canary", "staging", "--secret", "token=-", "--yes"],
        "canary-rotated-zebra-09",
    );
    assert_eq!(found, Vec::new());
    let published = line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len();
    assert_eq!(published, sent.len(), "every set was really sent");

    // The search finds what is there: a command that prints a secret holds it until it is read.
    let shown = leaks(&line, &["draft", "reveal", "login", "password"], "", &markers);
    assert!(shown.iter().any(|leak| leak.marker == PASSWORD), "{shown:?}");
}

#[test]
fn what_guards_the_memory_is_told_beside_the_vault() {
    let line = created("protections");
    let told = line.ok(&["vault", "status"], "")["protections"].clone();
    let told: Vec<(&str, &str)> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["state"].as_str().unwrap()))
        .collect();
    let all = ["coreDumps", "memory", "lockedKeys", "wipedMemory"];
    assert_eq!(told, all.map(|name| (name, "on")), "on a machine that lets a program lock a few pages");
    let said = line.run(&["vault", "status"], "").stdout;
    assert!(said.contains("Keys kept out of swap") && !said.contains("off"), "{said}");
}
