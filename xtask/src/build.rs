//! Building: how the linker is chosen, the bundle of the window.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::checkout::{claim, root, target_dir};
use crate::system::on_path;

/// cargo with the project's target directory, and with mold where it is installed: a plain `cargo build` must work
/// without it, so it is chosen here and not in a config file.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root()).env("CARGO_TARGET_DIR", target_dir()).env_remove("RUSTFLAGS");
    for (name, _) in std::env::vars_os() {
        if names_this_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) && on_path("mold") {
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-C link-arg=-fuse-ld=mold");
    }
    // Incremental files pay only for someone who builds again and again.
    if std::env::var_os("CI").is_some() || std::env::args().any(|argument| argument == "--ci") {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Is it a variable in which cargo tells this program about its own package? ring's build script asks for them: passed on,
/// they would rebuild it and all that stands on it at each change between `cargo xtask` and plain cargo.
fn names_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Runs a command and says which one failed.
///
/// # Errors
/// What was run and its exit code.
pub(crate) fn must(command: &mut Command) -> Outcome {
    let shown = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} ended with {status}").into()),
        Err(error) => Err(format!("{shown} could not be started: {error}").into()),
    }
}

/// npm in the window's folder.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root().join("ui")).args(arguments);
    command
}

/// Installs the window's packages if the lock file changed since, and bundles it.
///
/// # Errors
/// What npm said.
pub(crate) fn ui() -> Outcome {
    packages()?;
    must(&mut npm(&["run", "--silent", "build"]))
}

/// Installs the window's packages if the lock file changed since.
///
/// # Errors
/// What npm said.
pub(crate) fn packages() -> Outcome {
    let ui = root().join("ui");
    let changed = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    let installed = changed(&ui.join("node_modules/.package-lock.json"));
    let fresh =
        matches!((installed, changed(&ui.join("package-lock.json"))), (Some(at), Some(lock)) if at >= lock);
    if fresh { Ok(()) } else { must(&mut npm(&["ci", "--no-audit", "--no-fund"])) }
}

/// Writes `ui/src/bindings`.
///
/// # Errors
/// What cargo said.
pub(crate) fn bindings() -> Outcome {
    let _claim = claim()?;
    must(
        cargo()
            .args(["test", "--quiet", "-p", "sealpost-app", "--lib", "bindings"])
            .env("SEALPOST_WRITE_BINDINGS", "1"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_hears_of_the_target_directory_and_not_of_this_package() {
        // cargo runs tests as it runs programs: with the names of their package.
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let cargo = cargo();
        let given = |wanted: &str| cargo.get_envs().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "RUSTFLAGS"] {
            assert_eq!(given(name), Some(None), "{name} is taken away");
        }
        assert_eq!(given("CARGO_TARGET_DIR"), Some(Some(target_dir().as_os_str())));
        assert_eq!(given("CARGO_HOME"), None, "what says where cargo lives stays");
    }
}
