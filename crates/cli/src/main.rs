//! The Sealpost command line: a second caller of the app, thin over it.
//!
//! ```text
//! arguments ─▶ App (folder, real keyring, real clock) ─▶ view ─▶ Out: tables on a terminal, one JSON document for scripts
//! ```
//!
//! Exit codes: 0 done · 1 failed · 2 usage · 3 some items failed or were blocked · 4 vault locked or key not available.

mod args;
mod commands;
mod input;
mod output;
mod words;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use sealpost_app::{App, Parts, SpawnSelf};

use crate::args::{Cli, Command};
use crate::output::{Ended, Out};

/// Freed memory is wiped, whoever freed it: the copies that libraries made of a secret go with their buffers.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
/// Shown among the protections; stands here so that one does not go without the other.
const WIPES_FREED_MEMORY: bool = true;

fn main() -> ExitCode {
    sealpost_app::protect_process();
    if let Some(answered) = SpawnSelf::answer_if_asked() {
        return answered;
    }
    let cli = Cli::parse();
    let mut out = Out::new(cli.json);
    if let Command::Completions { shell } = &cli.command {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut Cli::command(), "sealpost", &mut script);
        return out.end(Ok(Ended::Text(String::from_utf8_lossy(&script).into_owned())));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out.end(Err(commands::internal(&format!("no runtime: {error}")).into())),
    };
    // The variable is read there and not by the parser, which would refuse an empty one as if it were an empty flag.
    let app = App::new(Parts::real(sealpost_app::vault_folder(cli.vault), Arc::new(SpawnSelf)));
    let passphrase_from = cli
        .passphrase_from
        .or_else(|| std::env::var("SEALPOST_PASSPHRASE_FROM").ok().filter(|source| !source.is_empty()));
    let ended = runtime.block_on(commands::run(&app, &mut out, passphrase_from, cli.command));
    // A backup that is due runs beside the command, and must not be cut off.
    runtime.block_on(app.finish());
    // Connections go before the answer is given: their buffers hold what was sent. A keyring call that was given up on may
    // still hang on its thread, and is not waited for long.
    runtime.shutdown_timeout(Duration::from_secs(1));
    out.end(ended)
}
