//! `cargo xtask test`: everything, in one build, and one line at the end.

use std::process::Command;

use crate::Outcome;
use crate::build::{cargo, must, npm, packages, ui};
use crate::checkout::{Claim, claim};
use crate::desktop::{Screen, Session, inside};
use crate::failure::Failure;
use crate::summary::{Counts, Lane, Say, side_by_side, stage, told};
use crate::system::{Need, install, on_path};

/// The window's binary as the tests drive it, and every test: always this one selection, since another one would change
/// features of shared crates and rebuild for minutes.
const SELECTION: [&str; 3] =
    ["--workspace", "--features", "sealpost-desktop/automation,sealpost-tests/desktop"];

/// Runs every test.
pub(crate) fn test() -> Outcome {
    let mut counts = Counts::default();
    // Held to the end: another checkout must not put its binaries under these tests.
    let claimed = prepare();
    if let Err(error) = &claimed {
        print!("{error}");
        counts.failed += 1;
    } else {
        counts.add(everything());
    }
    println!("\n{}", counts.line());
    if counts.failed == 0 { Ok(()) } else { Err(Failure::SAID) }
}

fn prepare() -> Outcome<Claim> {
    install(Need::Headless)?;
    let claim = claim()?;
    packages()?;
    ui()?;
    Ok(claim)
}

/// Builds binaries and tests in one go: without the tests named, features of development dependencies would be missing,
/// and half of everything would be built a second time when they run.
fn build() -> Command {
    let mut command = cargo();
    command.arg("build").args(SELECTION).args(["--lib", "--bins", "--tests"]);
    command
}

/// Every Rust test but the window's and the command line's: what begins with another letter, or is named.
const OTHERS: [&str; 6] = ["--lib", "--bins", "--test", "[!cw]*", "--test", "corpora"];

/// Form, lints and the page's own tests.
fn checks(say: Say<'_>) -> Counts {
    let mut counts = Counts::default();
    let mut add = |name, command: &mut Command| counts.add(told(name, command, say));
    add("Format", cargo().args(["fmt", "--all", "--check"]));
    add("Window: types", &mut npm(&["run", "--silent", "check"]));
    add("Window: lints", &mut npm(&["run", "--silent", "lint"]));
    add("Window: components", &mut npm(&["run", "--silent", "test"]));
    // One crate's finding must not hide another's.
    let strictly = ["--all-targets", "--keep-going", "--", "-D", "warnings"];
    add("Lints", cargo().arg("clippy").args(SELECTION).args(strictly));
    if on_path("cargo-deny") {
        add("Dependencies", cargo().args(["deny", "check", "bans", "licenses", "sources"]));
    } else {
        say("\n== Dependencies\ncargo-deny is not installed, so licences and bans were not checked.");
    }
    counts
}

/// Modules of the window's tests by lanes of about the same time, most of which is waiting: for a keyring to be given up on, a
/// clipboard to be cleared, nobody to come. What is not named here is a lane of its own, so that no test is left out by this list.
const LANES: [&[&str]; 3] = [
    &["keyring::", "keyring_moods::", "recovery::"],
    &["clipboard::", "idle::", "many::"],
    &["keys::", "matrix::", "memory::", "system_lock::", "unsaved::"],
];

/// The window's tests in lanes of their own, the command line's, the checks and all others in one each: the window mostly
/// waits. Each lane has a session of its own, so that none meets another's screen, clipboard or keyring.
fn everything() -> Counts {
    let mut counts = stage("Build", &mut build());
    if counts.failed > 0 {
        counts.add(checks(&mut |line| println!("{line}")));
        return counts;
    }
    let skip = LANES.iter().flat_map(|names| names.iter()).flat_map(|name| ["--skip", name]);
    let mut window: Vec<Vec<&str>> = vec![skip.collect()];
    window.extend(LANES.iter().map(|names| names.to_vec()));
    let mut lanes: Vec<Lane<'_>> = window
        .into_iter()
        .map(|names| -> Lane<'_> {
            let arguments: Vec<&str> = ["--test", "window", "--"].into_iter().chain(names).collect();
            Box::new(move |say| in_session("The real window", Screen::Virtual, &arguments, say))
        })
        .collect();
    let first = lanes.remove(0);
    lanes
        .push(Box::new(|say| in_session("The command line", Screen::None, &["--test", "command_line"], say)));
    lanes.push(Box::new(|say| checks(say)));
    lanes.push(Box::new(|say| {
        let mut counts = in_session("Rust", Screen::Virtual, &OTHERS, say);
        counts.add(told("Examples", cargo().arg("test").args(SELECTION).arg("--doc"), say));
        counts
    }));
    counts.add(side_by_side(first, lanes));
    counts
}

/// Tests in a session of their own.
fn in_session(name: &str, screen: Screen, arguments: &[&str], say: Say<'_>) -> Counts {
    let session = match Session::new() {
        Ok(session) => session,
        Err(error) => {
            say(&error.to_string());
            return Counts { failed: 1, ..Counts::default() };
        }
    };
    let after: Vec<&str> = SELECTION.iter().chain(arguments).copied().collect();
    let mut counts = told(name, &mut inside(&session, screen, &["test", "--no-fail-fast"], &after), say);
    for skipped in session.skipped() {
        say(&format!("SKIPPED {skipped}"));
        counts.skip_one();
    }
    if counts.failed > 0 {
        say(&format!("\n== {name}: its keyring\n{}", session.keyring_said()));
    }
    counts
}

/// Soaks publishing (every cut, hundreds of kills and histories) and the vault's file (every failing write, hundreds of
/// kills, every flipped byte). Takes over an hour.
pub(crate) fn soak() -> Outcome {
    install(Need::Soak)?;
    let _claim = claim()?;
    let selection = ["-p", "sealpost", "-p", "sealpost-tests", "--features", "sealpost-tests/desktop"];
    must(cargo().arg("build").args(selection).args(["--lib", "--bins", "--tests"]))?;
    let session = Session::new()?;
    for (binary, names) in
        [("storage", ""), ("faults", ""), ("command_line", "kills"), ("command_line", "growing_disk")]
    {
        let after: Vec<&str> = selection.into_iter().chain(["--test", binary, names]).collect();
        must(inside(&session, Screen::None, &["test", "--no-fail-fast"], &after).env("SEALPOST_SOAK", "1"))?;
    }
    Ok(())
}

/// Takes the pictures of the README and the design review.
pub(crate) fn screenshots() -> Outcome {
    let _claim = prepare()?;
    must(&mut build())?;
    let session = Session::new()?;
    let run = ["--test", "window", "--", "--ignored", "--exact", "pictures::of_the_real_window"];
    let after: Vec<&str> = SELECTION.iter().copied().chain(run).collect();
    must(&mut inside(&session, Screen::Virtual, &["test"], &after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::root;

    #[test]
    fn every_test_target_is_in_a_lane() {
        let folders = std::fs::read_dir(root().join("tests/tests")).unwrap();
        for name in folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
            let name = name.trim_end_matches(".rs");
            let named = ["window", "command_line"].contains(&name) || OTHERS.contains(&name);
            assert!(named || !name.starts_with(['c', 'w']), "{name}");
        }
    }

    #[test]
    fn a_lane_names_modules_of_the_windows_tests_and_each_once() {
        let mut named: Vec<&str> = LANES.iter().flat_map(|names| names.iter()).copied().collect();
        for name in &named {
            let file = root().join("tests/tests/window").join(name.replace("::", ".rs"));
            assert!(file.is_file(), "{name}");
        }
        let all = named.len();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named.len(), all, "run twice");
    }
}
