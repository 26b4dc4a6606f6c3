//! Where secrets come from: standard input, a file, an environment variable by name, or a prompt. Never an argument.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use sealpost_app::parts::{SecretEdit, SecretField, SecretValue};
use sealpost_app::problem::{Code, Problem};
use zeroize::Zeroizing;

use crate::words::plain;

/// Most bytes taken from a file or standard input.
const MOST: u64 = 64 * 1024 * 1024;

fn unreadable(what: &str, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::Invalid,
        format!("{what} could not be read: {error}."),
        "Nothing was changed.",
        "Check the path and its permissions, then try again.",
    )
}

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// It can't be read, or is over 64 MB.
pub(crate) fn bytes_from(source: &str) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if source == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Problem::new(
                Code::Invalid,
                "Standard input is a terminal.",
                "Nothing was changed.",
                "Pipe the input in, or name a file.",
            ));
        }
        unbuffered_stdin().and_then(|stdin| stdin.take(MOST + 1).read_to_end(&mut bytes))
    } else {
        std::fs::File::open(Path::new(source)).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
    };
    let name = if source == "-" { "Standard input" } else { source };
    read.map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MOST {
        return Err(Problem::new(
            Code::Invalid,
            format!("{name} is over 64 MB."),
            "Nothing was stored.",
            "Split it into smaller files.",
        ));
    }
    Ok(bytes)
}

/// Standard input without the buffer that the library keeps of it until the program ends, and what was read with it.
fn unbuffered_stdin() -> std::io::Result<std::fs::File> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    owned.map(std::fs::File::from)
}

/// A token: from standard input, a file, or `env:NAME`. Blanks around it are not part of it.
///
/// # Errors
/// It can't be read, or is no text.
pub(crate) fn token_from(source: &str) -> Result<Zeroizing<String>, Problem> {
    text_from(source, "token").map(|text| Zeroizing::new(text.trim().to_owned()))
}

/// A passphrase, from the same places. It may begin or end with a blank; only the end of its line is taken off.
///
/// # Errors
/// It can't be read, or is no text.
pub(crate) fn passphrase_from(source: &str) -> Result<SecretValue, Problem> {
    let text = text_from(source, "passphrase")?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

/// New values of secrets: each `[FIELD=]-|FILE|env:NAME`, the field left out if there is only one it can be.
///
/// # Errors
/// A source can't be read, or the field is not said and could be several.
pub(crate) fn secrets_from(
    sources: &[String],
    fields: &[SecretField],
) -> Result<BTreeMap<SecretField, SecretEdit>, Problem> {
    let mut edits = BTreeMap::new();
    for source in sources {
        let named =
            source.split_once('=').and_then(|(name, rest)| Some((SecretField::from_name(name)?, rest)));
        let (field, source) = match (named, fields) {
            (Some(named), _) => named,
            (None, [only]) => (*only, source.as_str()),
            (None, fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
                return Err(Problem::new(
                    Code::Invalid,
                    "Which secret this is was not said.",
                    "Nothing was changed.",
                    format!("Name it, as in --secret FIELD=-. This draft has: {}.", names.join(", ")),
                ));
            }
        };
        let edit = if field == SecretField::Certificate {
            SecretEdit::Set { value: SecretValue::new(bytes_from(source)?.to_vec()) }
        } else {
            let text = text_from(source, field.name())?;
            SecretEdit::Set { value: text.trim_end_matches(['\r', '\n']).into() }
        };
        edits.insert(field, edit);
    }
    Ok(edits)
}

/// A recovery code or a passphrase, from the same places or, for `ask`, from a prompt.
///
/// # Errors
/// As [`passphrase_from`].
pub(crate) fn way_in_from(source: &str) -> Result<SecretValue, Problem> {
    if source == "ask" {
        return Ok(ask_secret("Recovery code or passphrase")?.as_str().into());
    }
    passphrase_from(source)
}

fn text_from(source: &str, what: &str) -> Result<Zeroizing<String>, Problem> {
    if let Some(name) = source.strip_prefix("env:") {
        return std::env::var(name).map(Zeroizing::new).map_err(|_| {
            Problem::new(
                Code::Invalid,
                format!("The environment variable {name} is not set."),
                "Nothing was changed.",
                format!("Set it, or pass the {what} by a file or standard input."),
            )
        });
    }
    let bytes = bytes_from(source)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Problem::new(
            Code::Invalid,
            format!("The {what} is no text."),
            "Nothing was changed.",
            format!("Pass the {what} alone."),
        )),
    }
}

/// Is there somebody to ask?
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// A question that shows its answer.
///
/// # Errors
/// The terminal went away.
pub(crate) fn ask(question: &str) -> Result<String, Problem> {
    let mut line = String::new();
    let asked = write!(std::io::stderr(), "{}: ", plain(question))
        .and_then(|()| std::io::stdin().read_line(&mut line));
    if asked.map_err(|error| unreadable("The answer", &error))? == 0 {
        return Err(Problem::new(
            Code::Invalid,
            "The input ended before the answer.",
            "Nothing was changed.",
            "",
        ));
    }
    Ok(line.trim().to_owned())
}

/// A question that must be answered; an empty answer takes the default, if there is one.
///
/// # Errors
/// The terminal went away.
pub(crate) fn ask_again(question: &str, default: &str) -> Result<String, Problem> {
    let shown = if default.is_empty() { question.to_owned() } else { format!("{question} [{default}]") };
    loop {
        let answer = ask(&shown)?;
        if !answer.is_empty() {
            return Ok(answer);
        }
        if !default.is_empty() {
            return Ok(default.to_owned());
        }
    }
}

/// A question whose answer is not shown.
///
/// # Errors
/// The terminal went away.
pub(crate) fn ask_secret(question: &str) -> Result<Zeroizing<String>, Problem> {
    rpassword::prompt_password(format!("{question}: "))
        .map(Zeroizing::new)
        .map_err(|error| unreadable("The answer", &error))
}

/// A new passphrase, asked until it is typed twice the same.
///
/// # Errors
/// The terminal went away.
pub(crate) fn ask_new_passphrase(question: &str) -> Result<SecretValue, Problem> {
    loop {
        let (first, second) = (ask_secret(question)?, ask_secret("The same again")?);
        if first == second {
            return Ok(first.as_str().into());
        }
        drop(writeln!(std::io::stderr(), "They differ."));
    }
}
