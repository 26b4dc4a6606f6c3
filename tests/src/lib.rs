//! Proof: what the tests of this crate share. Black box: they see the binaries, the sandbox, and the files.

pub mod cli;
pub mod keyring;
pub mod markers;
pub mod scan;
pub mod session;
pub mod small_disk;
pub mod webdriver;
