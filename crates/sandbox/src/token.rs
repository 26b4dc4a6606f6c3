//! The tokens of the tenant: kept as salted digests, found again by the text a caller sends.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::iso;
use crate::options::{IssuedToken, Permission, Token, TokenText, User};
use crate::{SandboxError, random};

/// Generated tokens a file remembers, newest last; older ones stop working.
const REMEMBERED: usize = 5;

/// A token as the tenant knows it, without its text.
#[derive(Clone, Debug)]
pub(crate) struct KnownToken {
    digest: SaltedDigest,
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) permission: Permission,
    name: String,
    scopes: Vec<String>,
    expires: Option<SystemTime>,
    enabled: bool,
    personal: bool,
    created: SystemTime,
    last_used: Option<SystemTime>,
}

/// A digest that tells nothing about the token to someone who reads the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SaltedDigest {
    salt: String,
    digest: String,
}

/// A generated token as the file remembers it, so that what was handed out keeps working over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RememberedToken {
    user: String,
    id: String,
    digest: SaltedDigest,
}

/// All tokens.
#[derive(Debug, Default)]
pub(crate) struct TokenBook {
    known: Vec<KnownToken>,
    pub(crate) remembered: Vec<RememberedToken>,
}

impl SaltedDigest {
    fn of(text: &str) -> Result<Self, SandboxError> {
        let salt = STANDARD.encode(random::bytes::<16>()?);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes()), text.as_bytes());
        Ok(Self { salt, digest: STANDARD.encode(tag) })
    }

    fn is_of(&self, text: &str) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.salt.as_bytes());
        STANDARD.decode(&self.digest).is_ok_and(|digest| hmac::verify(&key, text.as_bytes(), &digest).is_ok())
    }
}

impl TokenBook {
    /// Enters the tokens of all users, makes those that were not given, and lets remembered ones go on working.
    pub(crate) fn open(
        users: &[User],
        mut remembered: Vec<RememberedToken>,
        now: SystemTime,
    ) -> Result<(Self, Vec<IssuedToken>), SandboxError> {
        let mut book = Self::default();
        let mut issued = Vec::new();
        for user in users {
            let own = if user.tokens.is_empty() { vec![Token::generated()] } else { user.tokens.clone() };
            for token in own {
                let generated = token.text.is_none();
                let text = token.text.clone().map_or_else(|| random::token().map(TokenText::new), Ok)?;
                if book.find(text.as_str()).is_some() {
                    return Err(SandboxError::DuplicateToken);
                }
                let known = KnownToken::new(
                    user,
                    &token,
                    public_part(text.as_str()),
                    SaltedDigest::of(text.as_str())?,
                    now,
                );
                if generated {
                    let (user, id) = (known.user.clone(), known.id.clone());
                    remembered.push(RememberedToken { user, id, digest: known.digest.clone() });
                }
                let (user, name, id) = (known.user.clone(), known.name.clone(), known.id.clone());
                issued.push(IssuedToken { user, name, id, text });
                book.known.push(known);
            }
        }
        remembered.drain(..remembered.len().saturating_sub(REMEMBERED));
        for old in &remembered {
            if let (false, Some(user)) = (book.has(&old.id), users.iter().find(|user| user.name == old.user))
            {
                let (id, digest) = (old.id.clone(), old.digest.clone());
                book.known.push(KnownToken::new(user, &Token::generated(), id, digest, now));
            }
        }
        book.remembered = remembered;
        Ok((book, issued))
    }

    /// The token with this text, whatever its state.
    pub(crate) fn find(&self, text: &str) -> Option<&KnownToken> {
        self.known.iter().find(|token| token.digest.is_of(text))
    }

    /// The token with this text if it may authenticate now; notes the use.
    pub(crate) fn authenticate(&mut self, text: &str, now: SystemTime) -> Option<KnownToken> {
        let token = self.known.iter_mut().find(|token| token.digest.is_of(text))?;
        let valid = token.enabled && token.expires.is_none_or(|at| now < at);
        if !valid {
            return None;
        }
        token.last_used = Some(now);
        Some(token.clone())
    }

    fn has(&self, id: &str) -> bool {
        self.known.iter().any(|token| token.id == id)
    }
}

impl KnownToken {
    fn new(user: &User, token: &Token, id: String, digest: SaltedDigest, now: SystemTime) -> Self {
        Self {
            digest,
            id,
            user: user.name.clone(),
            permission: user.permission,
            name: token.name.clone(),
            scopes: token.scopes.clone(),
            expires: token.expires,
            enabled: token.enabled,
            personal: token.personal,
            created: now,
            last_used: None,
        }
    }

    /// Whether one of the scopes is there. Personal access tokens carry none of the vault's (contract 1.2).
    pub(crate) fn has_scope(&self, accepted: &[&str]) -> bool {
        !self.personal && self.scopes.iter().any(|scope| accepted.contains(&scope.as_str()))
    }

    /// The answer to a lookup (contract 1.3).
    pub(crate) fn metadata(&self) -> Value {
        let mut out = json!({
            "id": self.id, "name": self.name, "enabled": self.enabled, "personalAccessToken": self.personal,
            "owner": self.user, "scopes": self.scopes, "creationDate": iso(self.created),
        });
        if let Some(at) = self.expires {
            out["expirationDate"] = iso(at).into();
        }
        if let Some(at) = self.last_used {
            out["lastUsedDate"] = iso(at).into();
            out["lastUsedIpAddress"] = "127.0.0.1".into();
        }
        out
    }
}

/// Prefix and public part of a three-part token. Of any other text nothing may be shown, so it gets a name made from
/// a digest (our choice (c)).
fn public_part(text: &str) -> String {
    let mut parts = text.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(prefix), Some(public), Some(_), None) => format!("{prefix}.{public}"),
        _ => {
            format!("token-{}", &random::hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())[..12])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn a_generated_token_has_the_three_parts_and_only_two_of_them_are_shown() {
        let (_, issued) = TokenBook::open(&[User::default_user()], Vec::new(), UNIX_EPOCH).unwrap();
        let parts: Vec<_> = issued[0].text.as_str().split('.').collect();
        assert_eq!((parts[0], parts[1].len(), parts[2].len(), parts.len()), ("dt0c01", 24, 64, 3));
        assert_eq!(issued[0].id, format!("dt0c01.{}", parts[1]));
        assert!(!format!("{issued:?}").contains(parts[2]));
    }

    #[test]
    fn the_book_and_what_a_file_remembers_do_not_contain_a_token() {
        let given = User::second_user().token(Token::given("old style token, still valid"));
        let (book, issued) = TokenBook::open(&[User::default_user(), given], Vec::new(), UNIX_EPOCH).unwrap();
        let shown = format!("{book:?} {}", serde_json::to_string(&book.remembered).unwrap());
        for token in &issued {
            assert!(!shown.contains(token.text.as_str()));
        }
        assert_eq!(book.remembered.len(), 1, "a given token is not remembered");
    }

    #[test]
    fn two_tokens_with_the_same_text_are_refused() {
        let user = |name: &str| User::new(name, Permission::View).token(Token::given("same"));
        let opened = TokenBook::open(&[user("a"), user("b")], Vec::new(), UNIX_EPOCH);
        assert!(matches!(opened, Err(SandboxError::DuplicateToken)));
    }
}
