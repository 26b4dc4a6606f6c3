//! The client against byte-exact fixtures, against servers that misbehave, and against the sandbox. Loopback only.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod canary;
mod delivery;
mod endpoints;
mod examples;
mod exchanges;
mod probing;
mod reading;
mod refusals;
mod requests;
mod sandbox;
mod tls;
mod tokens;
mod world;
