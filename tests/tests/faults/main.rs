//! Exactly once, whatever happens: faults of the server, cut connections, random histories.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on must fail and say where"
)]

mod cut;
mod histories;
mod matrix;
