//! The binary as a user runs it, as far as it needs no keyring: help, usage, the sandbox, and what happens where no
//! vault or no keyring is. Journeys with the real keyring are in the workspace's `tests`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails must stop")]

mod environments;
mod sandbox;
mod usage;
mod ways_in;
mod without_keyring;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

/// The program with a home of its own, no session bus and no colours.
fn sealpost(home: &Path) -> Command {
    Command::from_std(program(home))
}

/// The same, to be started and ended before it is done.
fn program(home: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("sealpost"));
    command
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("SEALPOST_VAULT")
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home)
        .env("NO_COLOR", "1");
    command
}

/// Exit code, standard output, standard error.
fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    said(&sealpost(home).args(arguments).output().unwrap())
}
