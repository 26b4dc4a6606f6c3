//! API tokens: what their prefix tells, what of them may be shown (contract 1.2).

use secrecy::{ExposeSecret as _, SecretString};

/// What a token is, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `dt0c01`: a classic API token, the one that works here.
    Api,
    /// `dt0s16`: a platform token; the classic API refuses it.
    Platform,
    /// `dt0s02`, `dt0s03`, `dt0s08`: an OAuth client, exchanged for something else before use.
    OauthClient,
    /// `dt0s01`, `dt0s04`, `dt0s06`, `dt0s09`: for other services.
    OtherService,
    /// No known prefix: tokens made before 1.205 have none and may still be valid.
    Unknown,
}

/// A token that can't be used, as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing there.
    #[error("The token is empty. Paste an access token with credentialVault.read and credentialVault.write.")]
    Empty,
    /// Characters that can't stand in a header.
    #[error("The token holds a space, a line break or another character that no token has. Paste it again.")]
    Characters,
    /// A platform token.
    #[error(
        "This is a platform token (dt0s16). The Credential vault API takes an access token, which begins with dt0c01."
    )]
    Platform,
    /// An OAuth client.
    #[error(
        "This is the secret of an OAuth client. The Credential vault API takes an access token, which begins with dt0c01."
    )]
    OauthClient,
    /// A token of another service.
    #[error(
        "This token belongs to another service. The Credential vault API takes an access token, which begins with dt0c01."
    )]
    OtherService,
}

/// An API token. Shown only by its identifier.
#[derive(Clone)]
pub struct ApiToken(SecretString);

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiToken({}…)", self.identifier())
    }
}

impl ApiToken {
    /// Takes a token as pasted.
    ///
    /// # Errors
    /// [`TokenError`] for what can't work; an unknown form is taken (contract 1.2).
    #[expect(clippy::disallowed_methods, reason = "looks at the prefix and the characters of the token")]
    pub fn new(token: &SecretString) -> Result<Self, TokenError> {
        let text = token.expose_secret().trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Characters);
        }
        match kind_of(text) {
            TokenKind::Platform => Err(TokenError::Platform),
            TokenKind::OauthClient => Err(TokenError::OauthClient),
            TokenKind::OtherService => Err(TokenError::OtherService),
            TokenKind::Api | TokenKind::Unknown => Ok(Self(SecretString::from(text))),
        }
    }

    /// What it is, by its prefix.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "looks at the prefix of the token")]
    pub fn kind(&self) -> TokenKind {
        kind_of(self.0.expose_secret())
    }

    /// What is odd about it, if anything. Never a reason to refuse it: tokens made before 1.205 (2020/21) have another
    /// form and may still be valid, and the length of the middle part varies (contract 1.2).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "counts the parts of the token")]
    pub fn warning(&self) -> Option<&'static str> {
        let text = self.0.expose_secret();
        let parts: Vec<&str> = text.split('.').collect();
        match (kind_of(text), &parts[..]) {
            (TokenKind::Api, [_, public, secret]) if !public.is_empty() && secret.len() >= 32 => None,
            (TokenKind::Api, _) => {
                Some("The token is shorter than access tokens are. Check that it was pasted whole.")
            }
            _ => Some(
                "The token has not the form of an access token, which begins with dt0c01. A very old one may still work.",
            ),
        }
    }

    /// The first two parts, which may be shown and logged. Empty for a token of unknown form.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the third part, the secret one, is left out")]
    pub fn identifier(&self) -> String {
        let text = self.0.expose_secret();
        let mut parts = text.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(prefix), Some(public), Some(_)) if kind_of(text) == TokenKind::Api => {
                format!("{prefix}.{public}")
            }
            _ => String::new(),
        }
    }

    /// The parts that no text of a server may show: the whole token and its secret part.
    #[expect(clippy::disallowed_methods, reason = "compared with the server's text, to remove it there")]
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let text = self.0.expose_secret();
        std::iter::once(text).chain(text.split('.').nth(2).filter(|_| !self.identifier().is_empty()))
    }

    /// The whole token, for a header or a look-up body.
    #[expect(clippy::disallowed_methods, reason = "put into the Authorization header or the look-up body")]
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

fn kind_of(text: &str) -> TokenKind {
    match text.split('.').next().unwrap_or_default() {
        "dt0c01" => TokenKind::Api,
        "dt0s16" => TokenKind::Platform,
        "dt0s02" | "dt0s03" | "dt0s08" => TokenKind::OauthClient,
        "dt0s01" | "dt0s04" | "dt0s06" | "dt0s09" => TokenKind::OtherService,
        _ => TokenKind::Unknown,
    }
}
