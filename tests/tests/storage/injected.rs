//! The n-th write, sync, truncation, rename, link or removal fails, or is the last thing a process does: for every n of
//! every kind of work in the soak, for a save in the ordinary run.
//!
//! strace injects the failure into the system call, so the code under test is the code that is shipped, SQLite included.

use std::collections::BTreeMap;

use crate::victim::{Scene, Work};

/// What changes files.
const CALLS: [&str; 10] = [
    "pwrite64",
    "write",
    "fdatasync",
    "fsync",
    "ftruncate",
    "rename",
    "link",
    "linkat",
    "unlink",
    "fallocate",
];
/// What becomes of the call.
const FAILURES: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=KILL"];

/// How often each call is made when nothing fails.
fn calls_of(scene: &Scene) -> BTreeMap<&'static str, usize> {
    let log = scene.path().join("calls.log");
    let trace = format!("trace={}", CALLS.join(","));
    let before = ["strace", "-f", "-qq", "-e", &trace, "-e", "signal=none", "-o", log.to_str().unwrap()];
    let before: Vec<String> = before.iter().map(|word| (*word).to_owned()).collect();
    let ran = scene.command(&before).output();
    let ran = ran.expect("strace is installed (cargo xtask installs it)");
    assert!(ran.status.success(), "strace may trace its children here: {ran:?}");
    let log = std::fs::read_to_string(log).unwrap();
    let mut counts = BTreeMap::new();
    for line in log.lines().filter(|line| !line.contains("resumed>")) {
        let call = line.split_whitespace().nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
        if let Some(name) = CALLS.iter().find(|name| **name == call) {
            *counts.entry(*name).or_default() += 1;
        }
    }
    counts
}

/// Tries every point of a kind of work; gives their number.
fn every_point(work: Work) -> usize {
    let scene = Scene::of(work);
    let calls = calls_of(&scene.again());
    assert!(calls.values().sum::<usize>() > 0, "{work:?} writes something: {calls:?}");
    let mut points = 0;
    for (call, count) in calls {
        for nth in 1..=count {
            for failure in FAILURES {
                let one = scene.again();
                let inject = format!("inject={call}:{failure}:when={nth}");
                let trace = format!("trace={call}");
                let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
                let before: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
                drop(one.command(&before).output().unwrap());
                one.must_be_whole(&format!("{work:?}, {inject}"));
                points += 1;
            }
        }
    }
    points
}

#[test]
fn a_write_or_sync_that_fails_leaves_the_vault_of_before_or_of_after() {
    let works = if crate::soak() { &Work::ALL[..] } else { &[Work::Save] };
    let mut points = 0;
    for work in works {
        let here = every_point(*work);
        eprintln!("{work:?}: {here} points");
        points += here;
    }
    assert!(points > 20 && (!crate::soak() || points >= 1000), "{points} points");
}
