//! The window. No logic: it hands commands to [`sealpost_app`], events to the webview, and secrets to the clipboard.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod automation;
mod clipboard;
mod closing;
mod commands;
mod dialogs;
mod encrypted_calls;
mod events;
mod protections;
mod system_lock;
#[cfg(target_os = "linux")]
mod webkit;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use sealpost_app::{App, Parts, SpawnSelf};

/// Freed memory is wiped, whoever freed it: the copies that libraries made of a secret go with their buffers.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
/// Shown among the protections; stands here so that one does not go without the other.
const WIPES_FREED_MEMORY: bool = true;

fn main() -> ExitCode {
    sealpost_app::protect_process();
    if let Some(answered) = SpawnSelf::answer_if_asked() {
        return answered;
    }
    if let Err(refusal) = automation::refuse() {
        tracing::error!("{refusal}");
        return ExitCode::from(2);
    }
    let app = App::new(Parts::real(window::vault_folder(), Arc::new(SpawnSelf)));
    match window::run(app) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
