//! Windows: a window that nobody sees hears that the computer goes to sleep; the desktop is looked at once a second.
//!
//! The system tells of a locked session only windows that were registered for it (`WTSRegisterSessionNotification`), and no
//! crate with a safe interface registers one. What the desktop lets be seen tells the same (ADR 24).

use std::sync::atomic::Ordering;
use std::time::Duration;

use sealpost_app::App;
use tauri::AppHandle;
use winsafe::prelude::*;
use winsafe::{AnyResult, HDESK, HPROCESSLIST, HWND, SysResult, co, gui};

use super::Signals;
use super::told::{Desktop, Looks, Told, told_by_power};

/// Between two looks at the desktop.
const LOOK: Duration = Duration::from_secs(1);

/// Starts a thread for the window and one that looks.
pub(super) fn watch(app: &App, handle: &AppHandle, signals: &Signals) {
    let (a, h, s) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || {
        // Also if the window can't be made, which ends the thread and nothing else.
        let _silent = AtLast(s.clone());
        if let Err(error) = power(&a, &h, &s) {
            tracing::info!("sleep is not heard: {error}");
        }
    });
    let (a, h, s) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || look(&a, &h, &s));
}

/// Takes back that sleep is heard, however the thread ends that heard it.
struct AtLast(Signals);

impl Drop for AtLast {
    fn drop(&mut self) {
        self.0.0.sleep.store(false, Ordering::Relaxed);
    }
}

/// Holds the window until the program ends. Windows waits for its answer, about two seconds, before it sleeps.
fn power(app: &App, handle: &AppHandle, signals: &Signals) -> AnyResult<()> {
    let window = gui::WindowMain::new(gui::WindowMainOpts {
        title: "Sealpost hears that the computer sleeps",
        size: (1, 1),
        style: co::WS::POPUP,
        ex_style: co::WS_EX::TOOLWINDOW | co::WS_EX::NOACTIVATE,
        ..Default::default()
    });
    let heard = signals.clone();
    window.on().wm_create(move |_| {
        heard.0.sleep.store(true, Ordering::Relaxed);
        Ok(0)
    });
    let (app, handle) = (app.clone(), handle.clone());
    window.on().wm_power_broadcast(move |message| {
        if told_by_power(message.event.raw()) == Some(Told::Sleeps) {
            tauri::async_runtime::block_on(super::lock(&app, &handle));
        }
        Ok(())
    });
    window.run_main(Some(co::SW::HIDE))?;
    Ok(())
}

fn look(app: &App, handle: &AppHandle, signals: &Signals) {
    let mut looks = Looks::default();
    loop {
        let desktop = desktop();
        signals.0.screen.store(desktop.is_ok(), Ordering::Relaxed);
        match desktop {
            Ok(desktop) if looks.left(desktop.is_away()) => {
                tauri::async_runtime::block_on(super::lock(app, handle));
            }
            Ok(_) => {}
            Err(error) => tracing::debug!("the desktop could not be looked at: {error}"),
        }
        std::thread::sleep(LOOK);
    }
}

fn desktop() -> SysResult<Desktop> {
    let opens = HDESK::OpenInputDesktop(None, false, co::DESKTOP_RIGHTS::READOBJECTS).is_ok();
    let in_front = HWND::GetForegroundWindow().map(|window| window.GetWindowThreadProcessId().1);
    let (mut front, mut programs) = (None, Vec::new());
    for program in HPROCESSLIST::CreateToolhelp32Snapshot(co::TH32CS::SNAPPROCESS, None)?.iter_processes() {
        let program = program?;
        if Some(program.th32ProcessID) == in_front {
            front = Some(program.szExeFile());
        }
        programs.push(program.szExeFile());
    }
    Ok(Desktop { opens, front, programs })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_ends_badly_no_longer_hears() {
        let signals = Signals::default();
        signals.0.sleep.store(true, Ordering::Relaxed);
        let heard = AtLast(signals.clone());
        let ended = std::thread::spawn(move || {
            let _silent = heard;
            std::panic::resume_unwind(Box::new("no window"));
        });
        assert!(ended.join().is_err());
        assert!(!signals.0.sleep.load(Ordering::Relaxed));
    }

    #[test]
    fn a_look_finds_this_program_among_those_that_run() {
        let own = std::env::current_exe().unwrap();
        let own = own.file_name().unwrap().to_string_lossy().into_owned();
        let desktop = desktop().unwrap();
        assert!(desktop.programs.iter().any(|program| program.eq_ignore_ascii_case(&own)), "{desktop:?}");
    }
}
