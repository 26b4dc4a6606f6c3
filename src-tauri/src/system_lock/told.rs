//! What the messages and readings of a system say about whether somebody is here. Nothing here asks a system, so all of it
//! is tested on every one of them.

/// Which way it was told makes no difference.
#[cfg(any(target_os = "linux", target_os = "windows", test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The computer goes to sleep.
    Sleeps,
    /// It is awake again.
    Wakes,
    /// The screen or the session is locked, or another user took the screen.
    #[cfg(target_os = "linux")]
    Away,
}

/// Windows: the event of a `WM_POWERBROADCAST`. Batteries and power plans say nothing about us.
#[cfg(any(target_os = "windows", test))]
pub(super) fn told_by_power(event: u32) -> Option<Told> {
    /// `PBT_APMSUSPEND`
    const SUSPEND: u32 = 0x4;
    /// `PBT_APMRESUMESUSPEND`: somebody woke it.
    const RESUME: u32 = 0x7;
    /// `PBT_APMRESUMEAUTOMATIC`: it woke, whoever did it.
    const RESUME_AUTOMATIC: u32 = 0x12;
    match event {
        SUSPEND => Some(Told::Sleeps),
        RESUME | RESUME_AUTOMATIC => Some(Told::Wakes),
        _ => None,
    }
}

/// Windows: what one look finds.
#[cfg(any(target_os = "windows", test))]
#[derive(Debug, Default)]
pub(super) struct Desktop {
    /// The desktop that gets keys and mouse lets itself be opened. That of the lock screen, of a user who was switched
    /// away from, and of a question for consent do not.
    pub(super) opens: bool,
    /// The program of the window in front.
    pub(super) front: Option<String>,
    /// All programs that run, by the name of their file.
    pub(super) programs: Vec<String>,
}

#[cfg(any(target_os = "windows", test))]
impl Desktop {
    /// Is nobody here?
    pub(super) fn is_away(&self) -> bool {
        let runs = |name: &str| self.programs.iter().any(|program| program.eq_ignore_ascii_case(name));
        let saver = self.programs.iter().any(|program| program.to_ascii_lowercase().ends_with(".scr"));
        let lock_screen = self.front.as_ref().is_some_and(|front| front.eq_ignore_ascii_case("LockApp.exe"));
        // A question for consent closes the desktop too, and whoever is asked is here.
        saver || lock_screen || !self.opens && !runs("consent.exe")
    }
}

/// macOS: what the window server says about our session; a member it does not know is none.
#[cfg(any(target_os = "macos", test))]
#[derive(Debug, Default)]
pub(super) struct Session {
    /// `CGSSessionScreenIsLocked`: there only while it is.
    pub(super) locked: Option<bool>,
    /// `kCGSSessionOnConsoleKey`: not if another user has the screen.
    pub(super) on_console: Option<bool>,
}

#[cfg(any(target_os = "macos", test))]
impl Session {
    /// Is nobody here?
    pub(super) fn is_away(&self) -> bool {
        self.locked == Some(true) || self.on_console == Some(false)
    }
}

/// One look after the other: somebody leaves once, however long they stay away.
#[cfg(any(target_os = "macos", target_os = "windows", test))]
#[derive(Debug, Default)]
pub(super) struct Looks {
    away: bool,
}

#[cfg(any(target_os = "macos", target_os = "windows", test))]
impl Looks {
    /// Did somebody leave since the last look?
    pub(super) fn left(&mut self, away: bool) -> bool {
        !std::mem::replace(&mut self.away, away) && away
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_that_suspends_sleeps_and_a_battery_says_nothing() {
        assert_eq!(told_by_power(4), Some(Told::Sleeps));
        assert_eq!(told_by_power(7), Some(Told::Wakes));
        assert_eq!(told_by_power(0x12), Some(Told::Wakes));
        for other in [0, 2, 6, 0xA, 0xB, 0x8013, u32::MAX] {
            assert_eq!(told_by_power(other), None, "{other:#x}");
        }
    }

    fn desktop(opens: bool, front: &str, programs: &[&str]) -> Desktop {
        let programs = programs.iter().map(|&program| program.to_owned()).collect();
        Desktop { opens, front: (!front.is_empty()).then(|| front.to_owned()), programs }
    }

    #[test]
    fn a_desktop_that_is_closed_or_covered_means_away() {
        for away in [
            desktop(false, "", &["explorer.exe", "LogonUI.exe"]),
            desktop(false, "", &[]),
            desktop(true, "LockApp.exe", &["explorer.exe", "LockApp.exe"]),
            desktop(true, "", &["explorer.exe", "Bubbles.SCR"]),
            desktop(false, "lockapp.exe", &["consent.exe"]),
        ] {
            assert!(away.is_away(), "{away:?}");
        }
    }

    #[test]
    fn a_desktop_in_use_and_a_question_for_consent_mean_here() {
        for here in [
            desktop(true, "sealpost-desktop.exe", &["explorer.exe"]),
            // It waits behind the scenes from the first lock on.
            desktop(true, "explorer.exe", &["explorer.exe", "LockApp.exe"]),
            // Somebody else's lock screen.
            desktop(true, "explorer.exe", &["explorer.exe", "LogonUI.exe"]),
            desktop(false, "", &["explorer.exe", "Consent.exe"]),
            desktop(true, "", &["my.scripts.exe", "scr"]),
        ] {
            assert!(!here.is_away(), "{here:?}");
        }
    }

    #[test]
    fn a_locked_session_and_another_users_screen_mean_away() {
        let away = |locked, on_console| Session { locked, on_console }.is_away();
        assert!(away(Some(true), Some(true)));
        assert!(away(None, Some(false)));
        assert!(away(Some(true), None));
        assert!(!away(None, Some(true)), "the member is there only while it is locked");
        assert!(!away(Some(false), Some(true)));
        assert!(!away(None, None), "nothing is known");
    }

    #[test]
    fn somebody_leaves_once_and_may_come_back() {
        let mut looks = Looks::default();
        let left: Vec<bool> = [false, true, true, false, true].map(|away| looks.left(away)).into();
        assert_eq!(left, [false, true, false, false, true]);
    }
}
