//! The vault's file under attack: processes killed at any moment, writes and syncs that fail one by one, bytes that flip,
//! and two processes that write at once. Whatever happens, the vault opens afterwards and is the one of before or the one
//! of after.
//!
//! A victim is this test binary again, told by its environment what to do. Its keyring is a folder of files, so that the
//! processes share it. `SEALPOST_SOAK=1` (`cargo xtask soak`) tries every point where the ordinary run tries some; failing
//! writes are injected into the system calls of the victim by strace, so nothing of ours is built for the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that can't go on must fail and say where"
)]

mod flips;
// strace is Linux's.
#[cfg(target_os = "linux")]
mod injected;
mod kills;
mod two_writers;
mod victim;

/// Every point, or some of them?
fn soak() -> bool {
    std::env::var_os("SEALPOST_SOAK").is_some()
}
