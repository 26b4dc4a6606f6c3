//! The desktop session that `cargo xtask test` starts: private folders, a private bus, a real Secret Service.

use std::io::Write as _;
use std::path::PathBuf;

/// Folder of the session. A test that needs it fails without it; it is never skipped.
///
/// # Panics
/// Outside `cargo xtask test`.
#[must_use]
#[expect(clippy::expect_used, reason = "a test without its session must fail, not pass")]
pub fn folder() -> PathBuf {
    std::env::var_os("SEALPOST_DESKTOP_SESSION").map(PathBuf::from).expect("run this by `cargo xtask test`")
}

/// Says that a test could not do what it is for, and why: `cargo xtask test` counts it as skipped, which the runner calls passed.
///
/// # Panics
/// If it can't be said, or outside `cargo xtask test`.
#[expect(clippy::expect_used, reason = "what is not said would pass")]
pub fn skipped(test: &str, why: &str) {
    let mut file = std::fs::OpenOptions::new();
    let file = file.create(true).append(true).open(folder().join("skipped"));
    let mut file = file.expect("the session's folder can be written");
    writeln!(file, "{test}: {}", why.replace('\n', " ")).expect("a line is written");
}

/// A binary of this build, beside the test's own.
///
/// # Panics
/// If it was not built.
#[must_use]
#[expect(clippy::expect_used, reason = "a test without its binary must fail, not pass")]
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test knows its own path");
    let folder =
        own.ancestors().find(|folder| folder.join(name).is_file()).expect("built by `cargo xtask test`");
    folder.join(name)
}
