//! What the process refuses to others: its memory to a debugger, a core dump to the disk. Every program of Sealpost does
//! this first; the state that is shown is read back from the system, not remembered.
//!
//! Linux: not dumpable (`prctl(2)`, PR_SET_DUMPABLE) also means that no program of the same user can attach or read
//! `/proc/PID/mem`. The webview's own processes are started by the system's library: they inherit the limit on core
//! dumps and nothing else.

use crate::app::App;
use crate::problem::Problem;
use crate::views::{Protection, ProtectionState};

/// Refuses core dumps and foreign eyes, as far as the system can. What it can't is told by [`App::protections`].
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

impl App {
    /// What guards the memory of this process, and whether it is in force. Whether freed memory is wiped is the program's
    /// to know: `wipes` says that its allocator does.
    ///
    /// # Errors
    /// None but an error of our own.
    pub async fn protections(&self, wipes: bool) -> Result<Vec<Protection>, Problem> {
        self.blocking(move |app| {
            // Of the open vault's key if there is one, and else of one made for the question.
            let locked = app.lock_session().as_ref().map(|session| session.vault.key_is_locked());
            let keys = locked.unwrap_or_else(sealpost_vault::seal::keys_are_locked);
            Ok(vec![
                Protection::new("coreDumps", core_dumps()),
                Protection::new("memory", memory()),
                Protection::new("lockedKeys", ProtectionState::on(keys)),
                Protection::new("wipedMemory", ProtectionState::on(wipes)),
            ])
        })
        .await
    }
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
    use sealpost_vault::testing::Bench;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_protected_process_leaves_no_core_and_shows_its_memory_to_nobody() {
        protect_process();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "soft and hard: {core}");
        let dir = tempfile::tempdir().unwrap();
        let app = testing::app(&Bench::at(&dir.path().join("vault")));
        let before = app.protections(true).await.unwrap();
        assert!(before.iter().all(|one| one.state == ProtectionState::On), "{before:?}");
        app.vault_create().await.unwrap();
        assert_eq!(app.protections(true).await.unwrap(), before, "of the open vault's key it is the same");
        let without = app.protections(false).await.unwrap();
        let off = without.iter().filter(|one| one.state == ProtectionState::Off);
        assert_eq!(
            off.map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["wipedMemory"],
            "not said, not shown"
        );
    }
}
