//! What goes where: results on standard output, messages on standard error. With `--json` standard output holds exactly
//! one document.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use sealpost_app::problem::Problem;
use serde::Serialize;

use crate::exit_code;

/// How a command ended.
pub(crate) enum Ended {
    /// A text for people, or the JSON of a document.
    Text(String),
    /// The same, with an exit code of its own.
    Coded(String, u8),
    /// Nothing to print.
    Silent,
}

/// Where a command prints.
pub(crate) struct Out {
    json: bool,
    colours: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, colours: !json && !no_colour && std::io::stdout().is_terminal() }
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
        drop(writeln!(std::io::stderr(), "{text}"));
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
    pub(crate) fn end(&mut self, ended: Result<Ended, Problem>) -> ExitCode {
        let (text, code) = match ended {
            Ok(Ended::Silent) => return ExitCode::SUCCESS,
            Ok(Ended::Text(text)) => (text, 0),
            Ok(Ended::Coded(text, code)) => (text, code),
            Err(problem) => {
                self.fail(&problem);
                return ExitCode::from(exit_code(problem.code));
            }
        };
        let mut stdout = std::io::stdout();
        let written =
            if text.is_empty() { Ok(()) } else { writeln!(stdout, "{}", text.trim_end_matches('\n')) };
        drop(written.and_then(|()| stdout.flush()));
        ExitCode::from(code)
    }

    fn fail(&self, problem: &Problem) {
        if self.json {
            let document = serde_json::json!({ "error": problem });
            drop(writeln!(std::io::stdout(), "{document:#}"));
            return;
        }
        let mut text = format!("error: {}", problem.title);
        if !problem.detail.is_empty() {
            text.push_str(&format!("\n       {}", problem.detail));
        }
        for issue in &problem.issues {
            text.push_str(&format!("\n       {}: {}", issue.path, issue.message));
        }
        if !problem.hint.is_empty() {
            text.push_str(&format!("\nhint:  {}", problem.hint));
        }
        self.note(&text);
    }
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
