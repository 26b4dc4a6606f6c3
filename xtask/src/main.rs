//! Every developer task of Sealpost. No dependencies: it must build in seconds on a machine that has only Rust.
//!
//! ```text
//! cargo xtask run          install what is missing, build, open the window (or the journey on the command line)
//! cargo xtask test         install what is missing, run every test; the last line is the sum
//! cargo xtask soak         publishing and the vault's file against every cut, failing write and kill, for over an hour
//! cargo xtask fuzz         random bytes for every reader, ten minutes each
//! cargo xtask windows      lint for Windows and macOS, run what can run under Wine; the last line is the sum
//! cargo xtask bindings     write ui/src/bindings from the Rust views
//! cargo xtask screenshots  pictures of the real window into docs/pictures
//! cargo xtask bench        figures as ratios to floors measured in the same run
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to a terminal")]

mod build;
mod checkout;
mod desktop;
mod failure;
mod fuzz;
mod journey;
mod run;
mod summary;
mod system;
mod test;
mod windows;

use std::process::ExitCode;

/// Done, or why not.
type Outcome<T = ()> = Result<T, failure::Failure>;

const HELP: &str = "cargo xtask COMMAND

  run [--release]   install what is missing, build, and open the window; without a display, do the main job on the
                    command line against the sandbox
  test [--ci]       install what is missing and run every test; --ci builds as on a machine that builds once
  soak              publish against every cut of a connection, hundreds of kills and random histories
  fuzz [MINUTES] [NAME...]
                    give every reader random bytes, 10 minutes each unless said otherwise; installs cargo-fuzz
  windows           on Linux: lint every crate for Windows and macOS, run the tests below the window and the main job
                    of the command line under Wine
  bindings          write ui/src/bindings from the Rust views
  screenshots       take pictures of the real window into docs/pictures
  bench [NAME...]   print figures as ratios to floors measured in the same run: all of them, or of publish, save,
                    import, list, search, rewrap, rekey, memory, window, scroll and waiting those named
  help              this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let outcome = match arguments.first().map(String::as_str) {
        Some("run") => run::run(flag("--release")),
        Some("test") => test::test(),
        Some("soak") => test::soak(),
        Some("fuzz") => fuzz::fuzz(&arguments[1..]),
        Some("windows") => windows::windows(),
        Some("bindings") => build::bindings(),
        Some("screenshots") => test::screenshots(),
        Some("bench") => run::bench(&arguments[1..]),
        Some("help" | "--help" | "-h") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("no such task: {other}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{error}");
            ExitCode::FAILURE
        }
    }
}
