//! The second process of the keyring check: this program again, with one hidden argument.

use std::io::Write as _;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use sealpost_vault::key::{OsKeyring, SecondProcess, second_process_answer};

/// First argument that makes the program answer and leave.
const ARGUMENT: &str = "keyring-probe";
/// How long the second process may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// Starts the running program again and asks it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpawnSelf;

impl SpawnSelf {
    /// If this process was started to answer: prints the digest of the entry and gives the exit code. To be called
    /// first in `main`.
    #[must_use]
    pub fn answer_if_asked() -> Option<ExitCode> {
        let mut arguments = std::env::args().skip(1);
        if arguments.next().as_deref() != Some(ARGUMENT) {
            return None;
        }
        let account = arguments.next().unwrap_or_default();
        let answer = second_process_answer(&OsKeyring::with_deadline(DEADLINE), &account);
        let written = match &answer {
            Ok(digest) => writeln!(std::io::stdout(), "{digest}"),
            Err(error) => writeln!(std::io::stderr(), "{error}"),
        };
        Some(if answer.is_ok() && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl SecondProcess for SpawnSelf {
    fn digest_of(&self, account: &str) -> Result<String, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let child = Command::new(program)
            .arg(ARGUMENT)
            .arg(account)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || drop(send.send(child.wait_with_output())));
        // The child limits its own wait for the keyring, so it ends even if nobody waits for it any more.
        let output = receive
            .recv_timeout(DEADLINE + Duration::from_secs(5))
            .map_err(|_| "no answer in time".to_owned())?
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}
