//! WebDriver can drive any Tauri window, release builds included, when one environment variable is set: whoever starts
//! the program could read what it shows. The product refuses it; only the binary made for the tests may be driven.

/// The variable that wry honours.
const VARIABLE: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Refuses to start under automation.
///
/// # Errors
/// A sentence that says what to do.
pub(crate) fn refuse() -> Result<(), &'static str> {
    if !cfg!(feature = "automation") && std::env::var_os(VARIABLE).is_some() {
        return Err(
            "Sealpost does not start under automation. Unset TAURI_WEBVIEW_AUTOMATION, then start it again.",
        );
    }
    Ok(())
}
