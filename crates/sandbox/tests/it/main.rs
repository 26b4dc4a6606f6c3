//! The simulator judged from outside, by a client that is not ours. Each test is named by a promise of the contract.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod access;
mod control;
mod create;
mod external;
mod failures;
mod list;
mod ownership;
mod replace_delete;
mod running;
mod shapes;
mod storage;
mod validation;
mod world;
