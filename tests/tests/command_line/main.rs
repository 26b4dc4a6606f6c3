//! The command line with the real Secret Service: journey, keyring, canary, memory, bad input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on must fail and say where"
)]

mod bad_input;
mod canary;
mod full_disk;
mod growing_disk;
mod ignoring;
mod journey;
mod keyring;
mod kills;
mod memory;
mod publishing;
mod rotating;
mod tampering;
mod uses;

use sealpost_tests::cli::CommandLine;
use sealpost_tests::session::folder;

/// A command line over a fresh vault of its own.
fn fresh(name: &str) -> CommandLine {
    CommandLine::over(&folder().join("vaults").join(name))
}

/// The same, with the vault created.
fn created(name: &str) -> CommandLine {
    let line = fresh(name);
    line.ok(&["vault", "init"], "");
    line
}
