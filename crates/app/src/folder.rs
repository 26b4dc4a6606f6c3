//! Where the vault lives unless told otherwise.

use std::path::PathBuf;

/// The data folder of the system's convention: XDG on Linux, Application Support on macOS, AppData on Windows.
#[must_use]
pub fn default_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = variable("HOME").unwrap_or_else(|| PathBuf::from("."));
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support/Sealpost")
    } else if cfg!(target_os = "windows") {
        variable("APPDATA").unwrap_or(home).join("Sealpost")
    } else {
        variable("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share")).join("sealpost")
    }
}
