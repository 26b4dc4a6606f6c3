//! Packages of the system: found missing, installed by apt, or named where there is no apt.

use std::process::Command;

use crate::Outcome;

/// Needed to build and run the window.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libsoup-3.0-dev",
    "libdbus-1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "mold",
];
/// Needed to do the main job on the command line, with a keyring of its own.
const COMMAND_LINE: &[&str] = &["build-essential", "mold", "dbus", "gnome-keyring", "libglib2.0-bin"];
/// Needed to let writes fail and to kill processes between two of them, beside what the command line needs.
const SOAK: &[&str] = &["strace"];
/// Needed for a desktop without a screen, beside what the window needs: the tests.
const HEADLESS: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "libsecret-tools",
    "libglib2.0-bin",
    "imagemagick",
    "fonts-dejavu-core",
    "fonts-noto-core",
];

/// Needed to build for Windows and to run what was built.
const ELSEWHERE: &[&str] =
    &["build-essential", "mold", "gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64", "wine", "wine64"];

/// What the task at hand needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build and open the window.
    Window,
    /// To build the command line and run it beside a keyring.
    CommandLine,
    /// The window, and a desktop without a screen.
    Headless,
    /// The command line, and failures to order.
    Soak,
    /// A compiler for Windows, and Wine.
    Elsewhere,
}

/// Installs what is missing.
///
/// # Errors
/// A sentence: what is missing on a system without apt, or what apt said.
pub(crate) fn install(need: Need) -> Outcome {
    if !matches!(need, Need::CommandLine | Need::Soak) {
        node()?;
    }
    let wanted: Vec<&str> = match need {
        Need::CommandLine => COMMAND_LINE.to_vec(),
        Need::Window => BUILD.to_vec(),
        Need::Headless => BUILD.iter().chain(HEADLESS).chain(SOAK).copied().collect(),
        Need::Soak => COMMAND_LINE.iter().chain(SOAK).copied().collect(),
        Need::Elsewhere => ELSEWHERE.to_vec(),
    };
    if !cfg!(target_os = "linux") {
        // macOS and Windows bring their webview and keyring; Xcode tools or MSVC come with Rust.
        return Ok(());
    }
    if !on_path("dpkg-query") || !on_path("apt-get") {
        // What is there can't be asked for without knowing the system: the programs that tell are looked for instead.
        if without_apt(need) {
            return Ok(());
        }
        return Err(format!(
            "this system has no apt. Install what corresponds to these Debian packages, then run this again: {}",
            wanted.join(" ")
        )
        .into());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing {}", missing.join(" "));
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(missing);
    apt(&arguments)
}

/// Node.js is not installed for anyone: distributions carry versions that are too old.
fn node() -> Outcome {
    let version = Command::new("node").arg("--version").output().ok();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match version.as_deref().map(major) {
        Some(Some(major)) if major >= 20 && on_path("npm") => Ok(()),
        Some(Some(_)) if on_path("npm") => Err(format!(
            "Node.js is {}. Install version 20 or newer, then run this again.",
            version.unwrap_or_default()
        )
        .into()),
        _ => Err("Node.js or npm is missing. Install Node.js 20 or newer, then run this again.".into()),
    }
}

/// 20 of `v20.20.0`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Are the things themselves there, however they were installed?
fn without_apt(need: Need) -> bool {
    let webview = || {
        Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).status().is_ok_and(|s| s.success())
    };
    let keyring = on_path("gnome-keyring-daemon") && on_path("dbus-run-session") && on_path("gdbus");
    match need {
        Need::Window => webview(),
        Need::CommandLine => on_path("cc") && keyring,
        Need::Soak => on_path("cc") && keyring && on_path("strace"),
        Need::Elsewhere => {
            ["cc", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-g++", "wine"].iter().all(|one| on_path(one))
        }
        Need::Headless => {
            webview()
                && keyring
                && ["WebKitWebDriver", "xvfb-run", "secret-tool", "import", "strace"]
                    .iter()
                    .all(|one| on_path(one))
        }
    }
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn apt(arguments: &[&str]) -> Outcome {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        // sudo clears the environment, so it is set behind it.
        command.arg("env");
    }
    let status = command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        // A fresh machine may still be updating itself.
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .status()
        .map_err(|error| format!("apt-get could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("apt-get {} failed", arguments.join(" ")).into()) }
}

/// Is a program on the PATH?
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::{installed, major, on_path};

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major("v20.20.0"), Some(20));
        assert_eq!(major("v9.1.0"), Some(9));
        assert_eq!(major("20"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn what_is_not_there_is_missing() {
        assert!(!on_path("no-such-program-here") && on_path("cargo"));
        assert!(!installed("no-such-package-here"));
    }
}
