//! What goes where: results on standard output, messages on standard error. With `--json` standard output holds exactly
//! one document.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use sealpost_app::problem::{Code, Problem};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::words::plain;

/// Exit code: what was asked for is missing an argument or an answer.
const USAGE: u8 = 2;
/// Exit code: some items failed or were blocked.
pub(crate) const SOME_FAILED: u8 = 3;
/// Exit code: the vault is locked, or its key is not available.
pub(crate) const NO_KEY: u8 = 4;

/// How a command ended.
pub(crate) enum Ended {
    /// A text for people, or the JSON of a document.
    Text(String),
    /// The same, with an exit code of its own.
    Coded(String, u8),
    /// One secret, byte for byte.
    Secret(Zeroizing<Vec<u8>>),
    /// Nothing to print.
    Silent,
}

/// Why a command stopped, and with which exit code.
pub(crate) struct Stop {
    problem: Problem,
    code: u8,
}

impl Stop {
    /// A flag is missing that stands for a question nobody could be asked.
    pub(crate) fn usage(title: &str, kept: &str, hint: &str) -> Self {
        Self { problem: Problem::new(Code::Invalid, title, kept, hint), code: USAGE }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self { code: exit_code(problem.code), problem }
    }
}

/// The exit code of a problem.
const fn exit_code(code: Code) -> u8 {
    match code {
        Code::VaultLocked
        | Code::KeyMissing
        | Code::KeyWrong
        | Code::PassphraseNeeded
        | Code::WrongSecret
        | Code::KeyringDenied
        | Code::KeyringAbsent
        | Code::KeyringNoAnswer
        | Code::KeyringNotPersistent => NO_KEY,
        Code::ConsentMissing => SOME_FAILED,
        _ => 1,
    }
}

/// Where a command prints.
pub(crate) struct Out {
    json: bool,
    colours: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        // Plans and problems go to standard error, results to standard output: colours only where both are shown.
        let shown = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        Self { json, colours: !json && !no_colour && shown }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// A view: its JSON for scripts, the given text for people.
    pub(crate) fn view<T: Serialize>(&self, view: &T, text: impl FnOnce(&Self) -> String) -> Ended {
        Ended::Text(self.render(view, text))
    }

    /// As [`Out::view`], without the end.
    pub(crate) fn render<T: Serialize>(&self, view: &T, text: impl FnOnce(&Self) -> String) -> String {
        if self.json {
            serde_json::to_string_pretty(view).unwrap_or_else(|_| "null".into())
        } else {
            text(self)
        }
    }

    /// A message beside the result.
    pub(crate) fn note(&self, text: &str) {
        drop(writeln!(std::io::stderr(), "{}", plain(text)));
    }

    /// Prints before the end, for a command that stays.
    pub(crate) fn now(&self, text: &str) {
        let mut stdout = std::io::stdout();
        drop(writeln!(stdout, "{}", plain(text)).and_then(|()| stdout.flush()));
    }

    /// Colours a word: `ok`, `warn`, `bad`, `dim`, `bold`.
    pub(crate) fn paint(&self, tone: &str, text: &str) -> String {
        let code = match tone {
            "ok" => "32",
            "warn" => "33",
            "bad" => "31",
            "dim" => "2",
            "bold" => "1",
            _ => return text.to_owned(),
        };
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Prints the end and gives the exit code. A closed pipe is no failure: `head` has seen enough.
    pub(crate) fn end(&mut self, ended: Result<Ended, Stop>) -> ExitCode {
        let (text, code) = match ended {
            Ok(Ended::Silent) => return ExitCode::SUCCESS,
            Ok(Ended::Text(text)) => (text, 0),
            Ok(Ended::Coded(text, code)) => (text, code),
            Ok(Ended::Secret(bytes)) => return secret(&bytes),
            Err(stop) => {
                self.fail(&stop.problem);
                return ExitCode::from(stop.code);
            }
        };
        if !text.is_empty() {
            self.now(text.trim_end_matches('\n'));
        }
        ExitCode::from(code)
    }

    fn fail(&self, problem: &Problem) {
        if self.json {
            self.now(&format!("{:#}", serde_json::json!({ "error": problem })));
            return;
        }
        let mut text = format!("{} {}", self.paint("bad", "error:"), problem.title);
        if !problem.detail.is_empty() {
            text.push_str(&format!("\n       {}", problem.detail));
        }
        for issue in &problem.issues {
            text.push_str(&format!("\n       {}: {}", issue.path, issue.message));
        }
        if !problem.hint.is_empty() {
            text.push_str(&format!("\n{}  {}", self.paint("bold", "hint:"), problem.hint));
        }
        self.note(&text);
    }
}

/// A secret as it is; a terminal and a line-reading script get the end of line that it lacks.
fn secret(bytes: &[u8]) -> ExitCode {
    let mut stdout = std::io::stdout();
    let text = std::str::from_utf8(bytes).is_ok();
    let end: &[u8] = if text && !bytes.ends_with(b"\n") { b"\n" } else { b"" };
    drop(stdout.write_all(bytes).and_then(|()| stdout.write_all(end)).and_then(|()| stdout.flush()));
    ExitCode::SUCCESS
}

/// Rows as aligned columns; the last one is not padded.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let pad = if column + 1 == row.len() { 0 } else { widths[column] - cell.chars().count() };
                format!("{cell}{}", " ".repeat(pad))
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}
