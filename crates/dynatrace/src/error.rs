//! Failures, classed by what is known of delivery. For a create, that is the only question that matters: may the
//! server have stored it (contract 5.5)?

use std::time::Duration;

/// Why nothing left this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotSentCause {
    /// The request or the client could not be built.
    Build,
    /// The host name has no address.
    Dns,
    /// Nobody answers there.
    Connect,
    /// The certificate is not trusted, or the TLS handshake failed.
    Tls,
    /// The proxy refused or can't be reached.
    Proxy,
}

/// Why an answer is missing although the request may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaybeSentCause {
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Broken,
}

/// One entry of `constraintViolations` (contract 4.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violation {
    /// The property.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// A request that did not end in an answer of the expected form. Holds no secret: messages of the server are cut to
/// [`MAX_MESSAGE`] and cleared of every value that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It certainly did not leave.
    #[error("not sent: {detail}")]
    NotSent {
        /// Why.
        cause: NotSentCause,
        /// What happened, in words for people.
        detail: String,
    },
    /// It may have arrived.
    #[error("no usable answer: {detail}")]
    MaybeSent {
        /// Why.
        cause: MaybeSentCause,
        /// What happened, in words for people.
        detail: String,
    },
    /// An answer came that can't be read as one of this API.
    #[error("status {status} with an answer that is not of this API: {hint}")]
    Unreadable {
        /// HTTP status.
        status: u16,
        /// What it looks like, and the likely cause.
        hint: String,
    },
    /// The server said no.
    #[error("refused with status {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's words, or ours if it gave none.
        message: String,
        /// Property by property.
        violations: Vec<Violation>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
}

/// Longest message of a server that is kept, characters.
pub const MAX_MESSAGE: usize = 2_000;

impl Error {
    pub(crate) fn build(detail: impl Into<String>) -> Self {
        Self::NotSent { cause: NotSentCause::Build, detail: detail.into() }
    }

    pub(crate) fn unreadable(status: u16, hint: impl Into<String>) -> Self {
        Self::Unreadable { status, hint: hint.into() }
    }

    /// It certainly did not leave: even a create may be repeated.
    #[must_use]
    pub const fn certainly_not_sent(&self) -> bool {
        matches!(self, Self::NotSent { .. })
    }

    /// The server may have done what was asked: no answer, an unreadable one, or a failure of its own.
    #[must_use]
    pub const fn may_have_been_applied(&self) -> bool {
        match self {
            Self::NotSent { .. } => false,
            Self::MaybeSent { .. } => true,
            Self::Unreadable { status, .. } => *status < 400 || *status >= 500,
            Self::Refused { status, .. } => *status >= 500,
        }
    }

    /// Worth another try later, for a request that may be repeated (contract 4.6).
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::NotSent { cause, .. } => !matches!(cause, NotSentCause::Build | NotSentCause::Tls),
            Self::MaybeSent { .. } => true,
            Self::Unreadable { status, .. } | Self::Refused { status, .. } => {
                matches!(status, 429 | 500 | 502 | 503 | 504)
            }
        }
    }

    /// The token lacks a scope (contract 4.5; status 403, by some pages 401).
    #[must_use]
    pub fn missing_scope(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, message, .. }
            if message.to_lowercase().contains("missing required scope"))
    }

    /// A delete was refused because monitors use the set (contract 4.5: known by its text).
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Refused { message, .. }
            if message.to_lowercase().contains("as long as there are monitors assigned"))
    }

    /// A 400 that names the password (contract 2.7). Nothing was stored.
    #[must_use]
    pub(crate) fn refuses_password(&self) -> bool {
        let names_it = |text: &str| text.to_lowercase().contains("password");
        matches!(self, Self::Refused { status: 400, message, violations, .. }
            if names_it(message) || violations.iter().any(|v| names_it(&v.path) || names_it(&v.message)))
    }

    /// Unknown or not visible: 404, or a 400 that says so (contract 6, row 24).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Refused { status: 404, .. } => true,
            Self::Refused { status: 400, message, .. } => {
                let text = message.to_lowercase();
                text.contains("not found") || text.contains("does not exist")
            }
            _ => false,
        }
    }

    /// HTTP status, if an answer came.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }
}
