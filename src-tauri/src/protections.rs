//! What keeps others out, and whether it is in force: shown in the settings, in honest words.

use sealpost_app::App;
use sealpost_app::problem::Problem;
use sealpost_app::views::{Protection, ProtectionState};

use crate::system_lock::Signals;

/// All of them.
pub(crate) async fn all(app: &App, signals: &Signals) -> Result<Vec<Protection>, Problem> {
    let mut all = app.protections(crate::WIPES_FREED_MEMORY).await?;
    all.push(Protection::new("automation", ProtectionState::on(!cfg!(feature = "automation"))));
    // The window asks for it; only these systems have it.
    let captured = if cfg!(any(target_os = "macos", target_os = "windows")) {
        ProtectionState::On
    } else {
        ProtectionState::Unavailable
    };
    all.push(Protection::new("screenCapture", captured));
    all.push(Protection::new("clipboardHistory", ProtectionState::On));
    all.push(Protection::new("sleep", signals.sleep()));
    all.push(Protection::new("screenLock", signals.screen()));
    Ok(all)
}
