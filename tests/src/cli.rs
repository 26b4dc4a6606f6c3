//! The command line as a script runs it, and a sandbox process for it to publish to.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::session::binary;

/// Longest time for one call. A program that asks where nobody answers must fail its test, not hold it.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for a program's end.
///
/// # Panics
/// If it does not end in time; then it is ended by its own id.
#[expect(clippy::panic, clippy::expect_used, reason = "a test whose program hangs must fail")]
fn ended(child: Child, arguments: &[&str]) -> Output {
    let id = child.id().to_string();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || drop(send.send(child.wait_with_output())));
    match receive.recv_timeout(PATIENCE) {
        Ok(output) => output.expect("its output can be read"),
        Err(_) => {
            drop(Command::new("kill").args(["-KILL", &id]).status());
            panic!("not ended in {} s: {arguments:?}", PATIENCE.as_secs());
        }
    }
}

/// What one call printed and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Said {
    /// Standard output as the one JSON document it must be.
    ///
    /// # Panics
    /// If it is not.
    #[must_use]
    #[expect(clippy::panic, reason = "a test whose output is not JSON must fail and show it")]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The command line over one vault folder.
#[derive(Debug, Clone)]
pub struct CommandLine {
    /// The vault's folder.
    pub vault: PathBuf,
    before: Vec<OsString>,
}

impl CommandLine {
    /// Over a folder.
    #[must_use]
    pub fn over(vault: &Path) -> Self {
        Self { vault: vault.to_owned(), before: Vec::new() }
    }

    /// The same, started by another program: `before` and then itself.
    #[must_use]
    pub fn behind(mut self, before: Vec<OsString>) -> Self {
        self.before = before;
        self
    }

    /// Runs it, with a text on standard input.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test whose program does not start must fail")]
    pub fn run(&self, arguments: &[&str], input: &str) -> Said {
        let program: Vec<OsString> =
            self.before.iter().cloned().chain([binary("sealpost").into_os_string()]).collect();
        let mut child = Command::new(&program[0])
            .args(&program[1..])
            .arg("--vault")
            .arg(&self.vault)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command line starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        // It may end without reading.
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        let output = ended(child, arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Starts it and does not wait; what it prints is dropped.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test whose program does not start must fail")]
    pub fn start(&self, arguments: &[&str]) -> Child {
        Command::new(binary("sealpost"))
            .arg("--vault")
            .arg(&self.vault)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command line starts")
    }

    /// Runs it with `--json` and expects success.
    ///
    /// # Panics
    /// If it does not end with 0.
    #[expect(clippy::must_use_candidate, reason = "often only that it works matters")]
    pub fn ok(&self, arguments: &[&str], input: &str) -> Value {
        let all: Vec<&str> = ["--json"].into_iter().chain(arguments.iter().copied()).collect();
        let said = self.run(&all, input);
        assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
        said.json()
    }
}

/// A sandbox in a process of its own, ended by its own id.
#[derive(Debug)]
pub struct SandboxProcess {
    child: Child,
    /// Its address.
    pub url: String,
    /// Its token.
    pub token: String,
}

impl SandboxProcess {
    /// Starts it.
    ///
    /// # Panics
    /// If it does not print its address.
    #[must_use]
    #[expect(clippy::expect_used, clippy::panic, reason = "a test whose sandbox does not start must fail")]
    pub fn start(arguments: &[&str]) -> Self {
        let child = Command::new(binary("sealpost"))
            .args(["--json", "sandbox"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the sandbox starts");
        // From here on it is ended with the value, also when what follows fails.
        let mut sandbox = Self { child, url: String::new(), token: String::new() };
        let output = sandbox.child.stdout.take().expect("its output is a pipe");
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                text.push_str(&line);
                if let Ok(said) = serde_json::from_str::<Value>(&text) {
                    drop(send.send(said));
                    return;
                }
            }
        });
        let Ok(said) = receive.recv_timeout(PATIENCE) else { panic!("the sandbox printed no document") };
        let part = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        (sandbox.url, sandbox.token) = (part("url"), part("token"));
        sandbox
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
