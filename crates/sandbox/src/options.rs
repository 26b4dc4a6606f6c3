//! What a sandbox is started with: address, users and their tokens, deployment mode, storage, faults, clock.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::{Clock, Fault};

/// Everything a sandbox is started with. `SandboxOptions::default()` is a SaaS tenant in memory, on a free
/// loopback port, with one user ([`User::default_user`]) whose token is generated.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Where to listen. Only loopback addresses are accepted; port 0 takes any free port.
    pub listen: SocketAddr,
    /// Who may call. Empty means [`User::default_user`] alone.
    pub users: Vec<User>,
    /// Which deployment is played.
    pub mode: Mode,
    /// Keep the metadata of the sets in this file over restarts; `None` keeps them in memory only.
    pub file: Option<PathBuf>,
    /// Serve HTTPS with a certificate made at start; [`crate::RunningSandbox::ca_pem`] is what to trust.
    pub tls: bool,
    /// Faults that are set from the start.
    pub faults: Vec<Fault>,
    /// Where the time is read.
    pub clock: Clock,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            users: Vec::new(),
            mode: Mode::Saas,
            file: None,
            tls: false,
            faults: Vec::new(),
            clock: Clock::system(),
        }
    }
}

impl SandboxOptions {
    /// Listens at `address`; start refuses one that is not loopback.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Adds a user. The first one added replaces the default user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Plays this deployment.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Keeps metadata in this file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Serves HTTPS.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Adds a fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Reads the time here.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }
}

/// The deployment that is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Dynatrace SaaS.
    #[default]
    Saas,
    /// Dynatrace Managed: scope `APP_ENGINE` is refused (contract 2.3; the refusal is our choice (c)).
    Managed,
}

/// A user of the simulated tenant. Tokens belong to users, and so do the sets published with them (contract 5.1).
#[derive(Clone, Debug)]
pub struct User {
    /// User name, often an e-mail address; becomes `owner` of what is published.
    pub name: String,
    /// What the user may do beyond the scopes of the token.
    pub permission: Permission,
    /// The user's tokens. Empty means one [`Token::generated`].
    pub tokens: Vec<Token>,
}

impl User {
    /// A user with these permissions and no token yet.
    pub fn new(name: impl Into<String>, permission: Permission) -> Self {
        Self { name: name.into(), permission, tokens: Vec::new() }
    }

    /// `sandbox.user@example.test`, may change monitoring settings.
    #[must_use]
    pub fn default_user() -> Self {
        Self::new("sandbox.user@example.test", Permission::ChangeMonitoring)
    }

    /// `second.user@example.test`, may only view the environment: the colleague for ownership scenarios.
    #[must_use]
    pub fn second_user() -> Self {
        Self::new("second.user@example.test", Permission::View)
    }

    /// Adds a token.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.tokens.push(token);
        self
    }
}

/// The environment permission of a token's owner (contract 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Permission {
    /// View environment: sees sets open to all and its own, changes its own, no external synchronisation.
    View,
    /// Change monitoring settings: sees and changes every set; overwriting makes it the new owner.
    ChangeMonitoring,
    /// View or change at management-zone level only: sees sets open to all, changes nothing.
    ZoneOnly,
}

/// An API token of a user.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token itself; `None` has the sandbox make one.
    pub text: Option<TokenText>,
    /// Display name.
    pub name: String,
    /// Scopes, an open set (contract 1.2).
    pub scopes: Vec<String>,
    /// When it stops working; `None` is never.
    pub expires: Option<SystemTime>,
    /// A disabled token is answered with 401.
    pub enabled: bool,
    /// A personal access token cannot use the vault, whatever its scopes say (contract 1.2).
    pub personal: bool,
}

impl Token {
    /// A token the sandbox makes up, with both vault scopes and `apiTokens.read`.
    #[must_use]
    pub fn generated() -> Self {
        Self {
            text: None,
            name: "sandbox token".to_owned(),
            scopes: ["credentialVault.read", "credentialVault.write", "apiTokens.read"]
                .map(str::to_owned)
                .into(),
            expires: None,
            enabled: true,
            personal: false,
        }
    }

    /// A token the caller already has, otherwise as [`Token::generated`]. It is never written to the file.
    pub fn given(text: impl Into<String>) -> Self {
        Self { text: Some(TokenText::new(text)), ..Self::generated() }
    }

    /// Names the token.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Replaces the scopes.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(ToString::to_string).collect();
        self
    }

    /// Lets the token expire at this moment.
    #[must_use]
    pub fn expires(mut self, at: SystemTime) -> Self {
        self.expires = Some(at);
        self
    }

    /// Disables the token.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Makes it a personal access token.
    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }
}

/// The text of a token: not shown by `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be handed to a client of the sandbox.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for TokenText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for TokenText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TokenText(…)")
    }
}

/// A token as it was handed out: what a caller needs to use the sandbox.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// Who owns it.
    pub user: String,
    /// Its display name.
    pub name: String,
    /// The public part, safe to show and to log.
    pub id: String,
    /// The token.
    pub text: TokenText,
}
