//! `cargo xtask run`: the window, or without a display the main job on the command line.

use crate::build::{cargo, must, ui};
use crate::checkout::{claim, target_dir};
use crate::desktop::{Screen, Session, inside};
use crate::system::{Need, install};
use crate::{Outcome, journey};

/// Builds and opens the window.
pub(crate) fn run(release: bool) -> Outcome {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    if cfg!(target_os = "linux") && !display {
        return without_display();
    }
    install(Need::Window)?;
    let claim = claim()?;
    ui()?;
    let mut build = cargo();
    build.args(["build", "-p", "sealpost-desktop"]);
    if release {
        build.arg("--release");
    }
    must(&mut build)?;
    // The window stays open for as long as it likes.
    drop(claim);
    let profile = if release { "release" } else { "debug" };
    must(&mut std::process::Command::new(target_dir().join(profile).join("sealpost-desktop")))
}

fn without_display() -> Outcome {
    // The journey runs in this same program, started again inside the session, so that it finds the session's keyring.
    if let Some(program) = std::env::var_os(journey::INSIDE) {
        return journey::in_session(program.as_ref());
    }
    println!(
        "There is no display here, so the main job is done on the command line, against the built-in sandbox."
    );
    install(Need::CommandLine)?;
    let _claim = claim()?;
    must(cargo().args(["build", "-p", "sealpost"]))?;
    let session = Session::new()?;
    let me = std::env::current_exe()?;
    let mut inside = session.command(Screen::None, me, &["run".as_ref()]);
    must(inside.env(journey::INSIDE, target_dir().join("debug/sealpost")))
}

/// The benchmarks that stand beside `figures`.
const ALONE: [&str; 4] = ["memory", "window", "scroll", "waiting"];
/// Those of them that take the build that can be driven.
const DRIVEN: [&str; 2] = ["scroll", "waiting"];

/// Runs the benchmarks in release: the vault's and publishing, memory while publishing, the window's against an empty one,
/// and, last since they take the build that can be driven, how the window scrolls and whether it answers while it waits.
/// One over its limit does not hold up the others. `asked` names those to run; none means all.
pub(crate) fn bench(asked: &[String]) -> Outcome {
    let (alone, figures): (Vec<&str>, Vec<&str>) =
        asked.iter().map(String::as_str).partition(|name| ALONE.contains(name));
    install(Need::Headless)?;
    let _claim = claim()?;
    ui()?;
    let windows = ["-p", "sealpost-desktop", "--bin", "sealpost-desktop", "--example", "empty-window"];
    must(cargo().args(["build", "--release", "-p", "sealpost", "--bin", "sealpost"]).args(windows))?;
    let session = Session::new()?;
    let run = |name: &str, only: &[&str]| {
        if DRIVEN.contains(&name) {
            let driven = [
                "-p",
                "sealpost-desktop",
                "--bin",
                "sealpost-desktop",
                "--features",
                "sealpost-desktop/automation",
            ];
            must(cargo().args(["build", "--release", "-p", "sealpost", "--bin", "sealpost"]).args(driven))?;
        }
        let mut words = vec!["bench", "-p", "sealpost-tests", "--features", "desktop", "--bench", name];
        if !only.is_empty() {
            words.push("--");
        }
        must(&mut inside(&session, Screen::Virtual, &words, only))
    };
    let mut ran = Vec::new();
    if asked.is_empty() || !figures.is_empty() {
        ran.push(run("figures", &figures));
    }
    ran.extend(
        ALONE.into_iter().filter(|name| asked.is_empty() || alone.contains(name)).map(|name| run(name, &[])),
    );
    ran.into_iter().collect()
}
