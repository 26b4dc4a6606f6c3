//! What the process refuses to others: its memory to a debugger, a core dump to the disk. Every program of Sealpost does
//! this first; the state that is shown is read back from the system, not remembered.
//!
//! Linux: not dumpable (`prctl(2)`, PR_SET_DUMPABLE) also means that no program of the same user can attach or read
//! `/proc/PID/mem`. The webview's own processes are started by the system's library: they inherit the limit on core
//! dumps and nothing else.

use crate::views::{Protection, ProtectionState};

/// Refuses core dumps and foreign eyes, as far as the system can. What it can't is told by [`process_protections`].
pub fn protect_process() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// The state of both, as the system tells it now.
#[must_use]
pub fn process_protections() -> [Protection; 2] {
    [Protection::new("coreDumps", core_dumps()), Protection::new("memory", memory())]
}

#[cfg(unix)]
fn core_dumps() -> ProtectionState {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
    ProtectionState::on(limit.current == Some(0) && limit.maximum == Some(0))
}

#[cfg(not(unix))]
fn core_dumps() -> ProtectionState {
    ProtectionState::Unavailable
}

#[cfg(target_os = "linux")]
fn memory() -> ProtectionState {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    ProtectionState::on(dumpable_behavior() == Ok(DumpableBehavior::NotDumpable))
}

#[cfg(not(target_os = "linux"))]
fn memory() -> ProtectionState {
    ProtectionState::Unavailable
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_protected_process_leaves_no_core_and_shows_its_memory_to_nobody() {
        protect_process();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "soft and hard: {core}");
        assert!(process_protections().iter().all(|one| one.state == ProtectionState::On));
    }
}
