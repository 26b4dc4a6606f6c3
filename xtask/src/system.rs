//! Packages of the system: found missing, installed by apt, or named where there is no apt.

use std::path::Path;
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
/// Needed for a desktop without a screen: the tests, and `run` without a display.
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

/// What the task at hand needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build and open the window.
    Window,
    /// That, and a desktop without a screen.
    Headless,
}

/// Installs what is missing.
///
/// # Errors
/// A sentence: what is missing on a system without apt, or what apt said.
pub(crate) fn install(need: Need) -> Outcome {
    for (program, hint) in [("node", "Node.js 20 or newer"), ("npm", "npm"), ("cargo", "Rust by rustup")] {
        if !on_path(program) {
            return Err(format!("{program} is missing. Install {hint}, then run this again."));
        }
    }
    let wanted: Vec<&str> = match need {
        Need::Window => BUILD.to_vec(),
        Need::Headless => BUILD.iter().chain(HEADLESS).copied().collect(),
    };
    if !cfg!(target_os = "linux") {
        // macOS and Windows bring their webview and keyring; Xcode tools or MSVC come with Rust.
        return Ok(());
    }
    if !on_path("dpkg-query") || !on_path("apt-get") {
        if Path::new("/usr/include/webkitgtk-4.1").exists() {
            return Ok(());
        }
        return Err(format!(
            "this system has no apt. Install what corresponds to these Debian packages, then run this again: {}",
            wanted.join(" ")
        ));
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

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn apt(arguments: &[&str]) -> Outcome {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = if root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    };
    let status = command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .status()
        .map_err(|error| format!("apt-get could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("apt-get {} failed", arguments.join(" "))) }
}

/// Is a program on the PATH?
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
