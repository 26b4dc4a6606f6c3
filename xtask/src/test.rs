//! `cargo xtask test`: everything, in one build, and one line at the end.

use std::process::Command;

use crate::Outcome;
use crate::build::{cargo, must, npm, packages, ui};
use crate::checkout::{Claim, claim};
use crate::desktop::{Screen, Session, inside};
use crate::failure::Failure;
use crate::summary::{Counts, Say, side_by_side, stage, told};
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

/// Every Rust test but the window's: what begins with another letter.
const NOT_THE_WINDOW: [&str; 4] = ["--lib", "--bins", "--test", "[!w]*"];

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

/// The window's tests in one lane, all others and the checks in another: the window mostly waits. Each lane has a session of
/// its own, so that neither meets the other's keyring.
fn everything() -> Counts {
    let mut counts = stage("Build", &mut build());
    if counts.failed > 0 {
        counts.add(checks(&mut |line| println!("{line}")));
        return counts;
    }
    let lane = |session: &Session, targets: &[&str]| {
        let after: Vec<&str> = SELECTION.iter().chain(targets).copied().collect();
        inside(session, Screen::Virtual, &["test", "--no-fail-fast"], &after)
    };
    match (Session::new(), Session::new()) {
        (Ok(screen), Ok(line)) => counts.add(side_by_side(
            |say| told("The real window", &mut lane(&screen, &["--test", "window"]), say),
            |say| {
                let mut counts = checks(say);
                counts.add(told("Rust", &mut lane(&line, &NOT_THE_WINDOW), say));
                counts.add(told("Examples", cargo().arg("test").args(SELECTION).arg("--doc"), say));
                counts
            },
        )),
        (Err(error), _) | (_, Err(error)) => {
            print!("{error}");
            counts.failed += 1;
        }
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
