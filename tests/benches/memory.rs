//! `cargo xtask bench`, third part: memory of the command line while it publishes 1,000 sets to a sandbox in a process of
//! its own. The floor is its own memory when a quarter is published: what grows with the number of sets shows after it.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't go on must stop, and its result is what it prints"
)]

use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::session::{binary, folder};

const SETS: usize = 1_000;
/// What a publication of this many sets may take before the measurement gives up.
const PATIENCE: Duration = Duration::from_secs(300);
/// Most that the last quarter may take of what the first took.
const LIMIT: f64 = 1.1;

fn main() -> ExitCode {
    let vault = folder().join("vaults").join("bench-publishing");
    let line = CommandLine::over(&vault);
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["vault", "init"], "");
    line.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    let made = line.ok(&["draft", "new", "--from", "-"], &drafts());
    let ids: Vec<&str> = made["ids"].as_array().expect("ids").iter().filter_map(|id| id.as_str()).collect();
    assert_eq!(ids.len(), SETS);
    let samples = samples_of(&vault, &ids);
    let sets = line.ok(&["remote", "list", "there"], "");
    assert_eq!(sets.as_array().map(Vec::len), Some(SETS), "all were published");
    // The plan comes first and the last words come last; between them is the work.
    let quarter = median(&samples[samples.len() / 4..samples.len() / 2]);
    let last = median(&samples[samples.len() * 3 / 4..]);
    let ratio = last / quarter;
    let verdict = if ratio <= LIMIT { "ok" } else { "OVER" };
    println!(
        "memory while publishing {SETS} sets: {last:.1} MB at the end / {quarter:.1} MB after a quarter = {ratio:.2} (at most {LIMIT}) {verdict}"
    );
    if ratio <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn drafts() -> String {
    let one = |n| {
        format!(
            r#"{{"type":"TOKEN","name":"token {n}","scopes":["SYNTHETIC"],"token":"not-a-real-one-{n}"}}"#
        )
    };
    format!("[{}]", (0..SETS).map(one).collect::<Vec<_>>().join(","))
}

/// Publishes, and reads the process's resident memory every few milliseconds, in megabytes.
fn samples_of(vault: &std::path::Path, ids: &[&str]) -> Vec<f64> {
    let mut child = Command::new(binary("sealpost"))
        .arg("--vault")
        .arg(vault)
        .args(["--json", "publish", "--env", "there", "--yes"])
        .args(ids)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the command line starts");
    let begin = Instant::now();
    let mut samples = Vec::new();
    let status = loop {
        if let Some(status) = child.try_wait().expect("its state can be read") {
            break status;
        }
        samples.extend(resident(child.id()));
        assert!(begin.elapsed() < PATIENCE, "not published in time");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{status}");
    samples
}

fn resident(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

fn median(all: &[f64]) -> f64 {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
