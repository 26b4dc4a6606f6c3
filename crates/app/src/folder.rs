//! Where the vault lives unless told otherwise.

use std::ffi::OsString;
use std::path::PathBuf;

/// Folder of the vault: what was named when the program was started, `SEALPOST_VAULT`, or [`default_folder`]. The window
/// and the command line must never disagree about it.
#[must_use]
pub fn vault_folder(named: Option<PathBuf>) -> PathBuf {
    chosen(named, std::env::var_os("SEALPOST_VAULT")).unwrap_or_else(default_folder)
}

/// An empty variable is an unset one, as everywhere in a shell.
fn chosen(named: Option<PathBuf>, variable: Option<OsString>) -> Option<PathBuf> {
    named.or_else(|| variable.filter(|folder| !folder.is_empty()).map(PathBuf::from))
}

/// The data folder of the system's convention: XDG on Linux, Application Support on macOS, AppData on Windows.
#[must_use]
fn default_folder() -> PathBuf {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_names_no_folder_and_what_is_named_comes_first() {
        let variable = |text: &str| Some(OsString::from(text));
        assert_eq!(chosen(None, variable("")), None);
        assert_eq!(chosen(None, None), None);
        assert_eq!(chosen(None, variable("/v")), Some(PathBuf::from("/v")));
        assert_eq!(chosen(Some("/named".into()), variable("/v")), Some(PathBuf::from("/named")));
    }
}
