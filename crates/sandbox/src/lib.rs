//! A fake tenant: a faithful local simulator of the Dynatrace Credential vault API.
//!
//! **What.** An HTTP server on this computer that behaves as the written contract of that API says a tenant
//! behaves: the five operations on credential sets, token lookup, ownership and visibility, validation with the
//! observed texts, external vault references, paging. Where no source decides, the contract and this crate mark the
//! choice with (c). It is part of the product: `sealpost sandbox` runs it, the desktop app starts it in-process, so that
//! publishing can be tried without a tenant; and every test of the project publishes against it.
//!
//! **Types.** [`SandboxOptions`] says with what to start: [`User`]s with [`Token`]s, a [`Mode`], an optional file,
//! TLS, [`Fault`]s, a [`Clock`]. [`Sandbox::start`] gives a [`RunningSandbox`]: base URLs, tokens, [`Faults`] that can
//! be changed while it runs, and for tests [`StoredSet`]s, [`RequestSummary`]s and [`Writes`]. From another process the
//! same is reached under `/sandbox/faults`, `/sandbox/state` and `/sandbox/usage/{id}` with any of its tokens.
//!
//! **Flow of a request.** `server` accepts a connection, `route` names the path, `body` reads up to 1 MB, `handler` asks
//! [`Faults`] for a refusal, authenticates against `token`, and calls `credentials` or `control`. A write goes through
//! `draft` (common members), `variant` (per type) or `external` (synchronised sets), which give [`SetMetadata`] or a
//! refusal; `tenant` keeps it and `file` writes it. `view` and `page` shape what is read. At last the handler applies
//! the faults that come after the deed: a cut connection, a late, spoiled or truncated answer.
//!
//! **What it is not.** Not a client, and it shares no type with the client crate on purpose: a wrong member name in a
//! shared struct would be wrong on both sides and found by no test. Not a vault: secrets are looked at and dropped,
//! never stored, answered or logged; a file holds metadata and salted digests of generated tokens. Not for a network:
//! it listens on loopback addresses only. Not a load test: one lock guards the whole state. One process uses a file at
//! a time, and the certificate is new at every start.
#![forbid(unsafe_code)]

mod answer;
mod body;
mod broken;
mod check;
mod clock;
mod control;
mod credentials;
mod draft;
mod error;
mod external;
pub mod fault;
mod faults;
mod file;
#[cfg(any(test, feature = "testing"))]
pub mod fuzzed;
mod handler;
mod log;
mod options;
mod page;
mod random;
mod route;
mod server;
mod set;
mod tenant;
mod tls;
mod token;
mod variant;
mod view;

pub use clock::Clock;
pub use error::SandboxError;
pub use fault::{Fault, FaultError, FaultKind, On};
pub use faults::Faults;
pub use log::{RequestSummary, Writes};
pub use options::{IssuedToken, Mode, Permission, SandboxOptions, Token, TokenText, User};
pub use server::{RunningSandbox, Sandbox};
pub use set::{AllowedEntity, CredentialType, ExternalVault, SetMetadata, StoredSet};
