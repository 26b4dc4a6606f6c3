//! Marker secrets in every secret field of every type, through every command: then no trace anywhere.

use sealpost_tests::cli::{Said, SandboxProcess};
use sealpost_tests::markers::{NAMES, OVERRIDE, PASSWORD, PROXY, ROTATED, USER, bodies, login, secrets};
use sealpost_tests::scan::{Leak, scan_bytes, scan_folder};
use sealpost_tests::session::folder;

use crate::created;

#[test]
fn no_secret_leaves_a_trace_in_files_or_answers() {
    let line = created("canary");
    let sandbox = SandboxProcess::start(&["--file", line.vault.join("tenant.json").to_str().unwrap()]);
    let mut said: Vec<(String, Said)> = Vec::new();
    let mut call = |arguments: &[&str], input: &str| {
        said.push((arguments.join(" "), line.run(arguments, input)));
    };
    call(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    let echoing = SandboxProcess::start(&["--fault", "echo-request:times=always"]);
    call(&["env", "add", "echoing", "--url", &echoing.url, "--token-from", "-"], &echoing.token);
    let proxy = "http://robot@127.0.0.1:9";
    let behind = ["env", "add", "behind", "--url", &echoing.url, "--proxy", proxy, "--token-from", "-"];
    call(&behind, &echoing.token);
    call(&["env", "edit", "behind", "--proxy-password-from", "-"], PROXY);
    call(&["env", "test", "behind"], "");
    call(&["draft", "new", "--from", "-"], &bodies());
    // A body that is refused must not be shown either.
    call(&["draft", "new", "--from", "-"], &bodies().replace("\"AUTH_PRIV\"", "7"));
    for json in [&[][..], &["--json"]] {
        for arguments in [
            &["vault", "status"][..],
            &["vault", "doctor"],
            &["vault", "unlock-test"],
            &["draft", "list"],
            &["draft", "list", "--trash"],
            &["env", "list"],
            &["env", "test", "staging"],
            &["status"],
            &["status", "--refresh"],
            &["remote", "list", "staging"],
            &["activity", "--limit", "500"],
            &["completions", "bash"],
        ] {
            call(&[json, arguments].concat(), "");
        }
        for name in NAMES {
            call(&[json, &["draft", "show", name][..]].concat(), "");
            call(&[json, &["plan", name, "--env", "staging"][..]].concat(), "");
            call(&[json, &["publish", name, "--env", "staging", "--yes"][..]].concat(), "");
            call(&[json, &["draft", "show", name][..]].concat(), "");
        }
        call(
            &[json, &["draft", "edit", "login", "--from", "-"][..]].concat(),
            &login(if json.is_empty() { "second" } else { "third" }),
        );
        // A server that repeats what it was sent, then the evidence of that.
        for name in NAMES {
            call(&[json, &["publish", name, "--env", "echoing", "--yes"][..]].concat(), "");
        }
        for attempt in line.ok(&["report"], "")["attempts"].as_array().unwrap() {
            call(&[json, &["activity", "show", attempt["id"].as_str().unwrap()][..]].concat(), "");
        }
        for name in NAMES {
            call(&[json, &["draft", "history", name][..]].concat(), "");
        }
    }
    // Secrets that only one environment has, and those of before and after a rotation.
    let here = ["draft", "override", "login", "--env", "staging", "--user", USER, "--secret", "-"];
    call(&here, OVERRIDE);
    call(&["rotate", "token", "--canary", "staging", "--secret", "token=-", "--yes"], ROTATED);
    for json in [&[][..], &["--json"]] {
        for arguments in [
            &["draft", "show", "login"][..],
            &["draft", "history", "login"],
            &["plan", "login", "--env", "staging"],
            &["publish", "login", "--env", "staging", "--yes"],
            &["draft", "override", "login", "--env", "staging", "--description", "there"],
            &["rotate"],
            &["rotate", "token"],
            &["rotate", "token", "--continue", "--yes"],
            &["rotate", "token", "--rollback", "--env", "staging", "--yes"],
            &["rotate", "token", "--forward", "--env", "staging", "--yes"],
            &["draft", "show", "token"],
            &["draft", "history", "token"],
            &["env", "group", "list"],
        ] {
            call(&[json, arguments].concat(), "");
        }
    }
    call(&["draft", "rm", "token"], "");
    call(&["draft", "list", "--trash"], "");
    call(&["env", "edit", "staging", "--token-from", "-"], &sandbox.token);
    call(&["activity", "--limit", "500"], "");
    let published = line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len();
    assert_eq!(published, NAMES.len() - 1, "every set but one was really sent: {said:#?}");

    let shown = said.iter().filter(|(what, said)| what.contains("activity show") && said.code == 0);
    assert!(shown.count() > 2 * NAMES.len(), "there was evidence to search: {said:#?}");

    let planted = secrets();
    let tokens = [sandbox.token.as_str(), echoing.token.as_str()];
    let secrets: Vec<&str> = planted.iter().map(String::as_str).chain(tokens).collect();
    let mut leaks: Vec<Leak> = Vec::new();
    for (what, said) in &said {
        leaks.extend(scan_bytes(&format!("output of {what}"), said.stdout.as_bytes(), &secrets));
        leaks.extend(scan_bytes(&format!("messages of {what}"), said.stderr.as_bytes(), &secrets));
    }
    // Lists show the user name; on disk nothing that was typed may stand in clear.
    let typed = [&secrets[..], &[USER]].concat();
    let (files, found) = scan_folder(&line.vault, &typed);
    assert!(files >= 2, "there was something to search");
    leaks.extend(found);
    for place in ["tmp", "run", "data", "config", "cache"] {
        leaks.extend(scan_folder(&folder().join(place), &typed).1);
    }
    assert_eq!(leaks, Vec::new());

    let there = line.run(&["draft", "reveal", "login", "password", "--env", "staging"], "");
    assert_eq!(there.stdout.trim(), OVERRIDE, "so is what only one environment has");
    let revealed = line.run(&["draft", "reveal", "login", "password"], "");
    assert_eq!(revealed.stdout.trim(), PASSWORD, "the search would have found it: it is really there");
}
