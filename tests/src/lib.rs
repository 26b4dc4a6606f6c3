//! Proof: what the tests of this crate share. Black box: they see the binaries, the sandbox, and the files.

pub mod cli;
#[cfg(all(target_os = "linux", feature = "desktop"))]
pub mod drag;
pub mod fuzzed;
pub mod http;
pub mod keyring;
#[cfg(all(target_os = "linux", feature = "desktop"))]
pub mod locked_keyring;
pub mod markers;
#[cfg(target_os = "linux")]
pub mod memory;
pub mod proxy;
#[cfg(target_os = "linux")]
pub mod relay;
pub mod scan;
#[cfg(all(target_os = "linux", feature = "desktop"))]
pub mod screen;
#[cfg(all(target_os = "linux", feature = "desktop"))]
pub mod selection;
pub mod session;
pub mod small_disk;
pub mod webdriver;
pub mod world;
