//! What is wrong with a draft, as values: a path, a code, a sentence.

use serde::Serialize;

/// How much it matters. Neither kind blocks saving (issue #2): a half-written draft must not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Never blocks.
    Warning,
    /// Blocks publishing.
    Error,
}

/// A closed set: the window and scripts switch on these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum IssueCode {
    /// A required field is empty.
    Required,
    /// A user name holds a `:` (contract 6, row 14); can be overridden.
    ColonInUser,
    /// The value has a form the server refuses.
    Malformed,
    /// The value is not one of the known ones.
    UnknownValue,
    /// The certificate file can't be read at all.
    BrokenFile,
    /// The file is fine, its password is not.
    WrongPassword,
    /// PEM with a password (contract 2.6).
    PemPassword,
    /// A client certificate without its private key.
    NoPrivateKey,
    /// A private key in a set meant to be public.
    PrivateKeyInPublic,
    /// Not valid yet, or no longer.
    Expired,
    /// Ends within 30 days.
    ExpiresSoon,
    /// Scope and type or scope and deployment do not go together.
    ScopeMismatch,
    /// The contextless rule of 1.337 (contract 2.2).
    ContextlessRule,
    /// `APP_ENGINE` on a Managed environment.
    AppEngineOnManaged,
    /// Over 1 MB as a request (contract 4.7).
    TooLarge,
    /// A reference to a draft that does not exist, has the wrong type, or refers back.
    BadReference,
    /// Leading or trailing white space, a line break: probably from a paste.
    StrayWhitespace,
    /// Shorter than SNMP itself wants.
    ShortPassphrase,
    /// A type this version does not know; kept, never published.
    UnknownType,
    /// Something else worth knowing.
    Advice,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// The field, in the API's spelling with dots: `externalVault.secretId`.
    pub path: String,
    /// What kind of finding.
    pub code: IssueCode,
    /// Does it block publishing?
    pub severity: Severity,
    /// A sentence for a person; never holds a value of a secret field.
    pub message: String,
}

impl Issue {
    /// A finding that blocks publishing.
    #[must_use]
    pub fn error(path: &str, code: IssueCode, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), code, severity: Severity::Error, message: message.into() }
    }

    /// A finding that does not block.
    #[must_use]
    pub fn warning(path: &str, code: IssueCode, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), code, severity: Severity::Warning, message: message.into() }
    }
}
