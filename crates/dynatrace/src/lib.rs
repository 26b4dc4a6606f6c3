//! Who Sealpost talks to: an async client of the Dynatrace Credential vault API v2. It knows no vault type.
//!
//! ```text
//! Endpoint::parse(text) ─┐
//! ApiToken::new(secret) ─┼─▶ Client::new(options) ─▶ list · get · create · update · delete · lookup_token · probe
//! CredentialBody ─ to_request() ─▶ RequestBody (wiped) ─┘            │
//!                               RemoteSet, TokenInfo (tolerant) ◀────┴───▶ Error, classed by what is known of delivery
//! ```
//!
//! * [`Endpoint`] brings every form of address to one base (contract 1.1); [`ApiToken`] refuses what can't work (1.2).
//! * [`CredentialBody`] holds secrets in wiping types and becomes a [`RequestBody`] in one reviewed place.
//! * Reading is tolerant (contract 4, 6): both shapes of usage, `scope` and `scopes`, string booleans, unknown fields.
//! * [`Error`] answers the one question a create asks: may the server have stored it? Nothing is retried here; the
//!   caller decides ([`Error::certainly_not_sent`], [`Error::may_have_been_applied`]).
//! * [`Client::witnessed`] gathers each request and answer of a write as [`Exchange`]s, without secrets by construction.
//!
//! It is not a general Dynatrace client, does not follow redirects, and offers no way to turn TLS checks off.
//!
//! ```
//! use sealpost_dynatrace::{Endpoint, EndpointKind};
//! let endpoint = Endpoint::parse(" https://abc12345.apps.dynatrace.com/ui/dashboards ")?;
//! assert_eq!(endpoint.base(), "https://abc12345.live.dynatrace.com");
//! assert_eq!(endpoint.kind(), EndpointKind::Saas);
//! # Ok::<(), sealpost_dynatrace::EndpointError>(())
//! ```
#![forbid(unsafe_code)]

mod body;
mod client;
mod endpoint;
mod error;
mod exchange;
#[cfg(any(test, feature = "testing"))]
pub mod fuzzed;
mod ink;
mod probe;
#[cfg(test)]
mod properties;
mod read;
mod redact;
mod refusal;
mod retry_after;
mod tls;
mod token;
mod transport;
mod words;

pub use body::{AllowedEntity, BodyKind, CredentialBody, ExternalVaultBody, MAX_REQUEST, RequestBody};
pub use client::{
    Client, ClientOptions, ListFilter, Proxy, RemoteList, TokenLookup, UpdateOutcome, Witnessed,
};
pub use endpoint::{Endpoint, EndpointError, EndpointKind};
pub use error::{Error, MAX_MESSAGE, MaybeSentCause, NotSentCause, Violation};
pub use exchange::{Exchange, Exchanges, MAX_BODY, SECRET_MARK};
pub use probe::{Check, CheckResult, Probe, probe};
pub use read::{Monitor, RemoteSet, TokenInfo, Usage};
pub use tls::TlsFacts;
pub use token::{ApiToken, TokenError, TokenKind};
