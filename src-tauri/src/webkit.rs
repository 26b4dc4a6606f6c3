//! What the Linux webview is asked for beyond its defaults (ADR 18).

use tauri::WebviewWindow;
use webkit2gtk::{
    CacheModel, HardwareAccelerationPolicy, SettingsExt as _, WebContextExt as _, WebViewExt as _,
};

/// Ends the page's process, with everything it holds, and loads the page in a new one.
pub(crate) fn anew(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let view = webview.inner();
        view.terminate_web_process();
        view.reload();
    })
}

/// Lists and forms need no graphics context of their own: without one the page takes less than half of the memory, stands
/// earlier, and no driver can leave the window black. Nor does a page that never navigates need the pages before it.
pub(crate) fn frugal(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let view = webview.inner();
        if let Some(settings) = view.settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
        if let Some(context) = view.context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
    })
}
