//! The real window, with the real Secret Service, under WebKit's driver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on must fail and say where"
)]

mod accessibility;
mod axe;
mod canary;
mod changed_there;
mod clipboard;
mod environments;
mod fields;
mod file_drop;
mod idle;
mod journey;
mod keyboard;
mod keyring;
mod keyring_moods;
mod keys;
mod many;
mod matrix;
mod memory;
mod pictures;
mod recovery;
mod rotating;
mod steps;
mod system_lock;
mod unsaved;
