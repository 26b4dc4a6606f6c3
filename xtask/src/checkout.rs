//! Where this checkout is, and the target directory it shares with every other checkout of this user.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::Outcome;

/// The checkout. Asked for at run time: a binary in a shared target directory may come from another checkout.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
    let manifest = manifest.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_owned)
}

/// Outside the clone, so that the next clean clone builds in minutes.
pub(crate) fn target_dir() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("CARGO_TARGET_DIR").unwrap_or_else(|| {
        let cache = variable("XDG_CACHE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
            .unwrap_or_else(|| root().join("target"));
        cache.join("sealpost/target")
    })
}

/// Holds the target directory for one checkout until it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: File,
}

/// Takes the target directory for this checkout; waits while another task has it.
///
/// cargo tells the members of a workspace apart by their paths inside it and by times of change alone. So what another
/// checkout built later than these sources were written would pass for ours, and its tests would be run instead of ours.
/// When the checkout changes, what is known of our own crates is forgotten; their dependencies stay.
///
/// # Errors
/// The target directory can't be written.
pub(crate) fn claim() -> Outcome<Claim> {
    claim_for(&target_dir(), &root())
}

fn claim_for(target: &Path, checkout: &Path) -> Outcome<Claim> {
    fs::create_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
    let path = target.join(".sealpost-checkout");
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            println!("Waiting for another task that uses {}", target.display());
            file.lock()?;
        }
        // Some network file systems have no locks; two tasks at once are then up to the user.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let mut before = Vec::new();
    file.read_to_end(&mut before)?;
    let now = checkout.to_string_lossy();
    if before != now.as_bytes() {
        forget_members(target)?;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(now.as_bytes())?;
    }
    Ok(Claim { _lock: file })
}

/// Removes what cargo knows of our own crates in every profile, also in those of other systems, so that it builds them anew.
fn forget_members(target: &Path) -> Outcome {
    let below = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let profiles = below(target);
    let of_other_systems: Vec<PathBuf> = profiles.iter().flat_map(|folder| below(folder)).collect();
    for profile in profiles.iter().chain(&of_other_systems) {
        for known in fs::read_dir(profile.join(".fingerprint")).into_iter().flatten().flatten() {
            let name = known.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("sealpost-") || name.starts_with("xtask-") {
                fs::remove_dir_all(known.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty folder, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn another_checkout_builds_our_crates_anew_and_keeps_their_dependencies() {
        let folder = Folder::new("claim");
        another_checkout(&folder, "debug");
        another_checkout(&folder, "x86_64-pc-windows-gnu/debug");
    }

    fn another_checkout(folder: &Folder, profile: &str) {
        let known = |name: &str| folder.0.join(profile).join(".fingerprint").join(name);
        let built = || {
            for name in ["sealpost-vault-1a2b", "xtask-3c4d", "serde-5e6f"] {
                fs::create_dir_all(known(name)).unwrap();
            }
        };
        let there = || ["sealpost-vault-1a2b", "xtask-3c4d", "serde-5e6f"].map(|name| known(name).is_dir());
        built();
        drop(claim_for(&folder.0, Path::new("/a")).unwrap());
        assert_eq!(there(), [false, false, true], "nobody knows whose they were");
        built();
        drop(claim_for(&folder.0, Path::new("/a")).unwrap());
        assert_eq!(there(), [true, true, true], "the same checkout goes on");
        drop(claim_for(&folder.0, Path::new("/b")).unwrap());
        assert_eq!(there(), [false, false, true], "another one starts anew");
    }

    #[test]
    fn one_task_waits_for_the_other() {
        let folder = Folder::new("lock");
        let first = claim_for(&folder.0, Path::new("/a")).unwrap();
        let path = folder.0.clone();
        let (send, receive) = std::sync::mpsc::channel();
        let second = std::thread::spawn(move || {
            let claim = claim_for(&path, Path::new("/b")).unwrap();
            send.send(()).unwrap();
            drop(claim);
        });
        let a_while = std::time::Duration::from_millis(200);
        assert!(receive.recv_timeout(a_while).is_err(), "it waits");
        drop(first);
        receive.recv().unwrap();
        second.join().unwrap();
    }
}
