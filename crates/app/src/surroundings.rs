//! Where the program runs, as far as it explains what a keyring or a vault's folder does: read from the environment once,
//! judged by pure functions.

use std::path::{Component, Path};

use crate::problem::Code;

/// What the environment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Surroundings {
    /// There is a session bus, which a Secret Service answers on.
    pub(crate) session_bus: bool,
    /// Somebody sees a desktop, and so the keyring's prompt.
    pub(crate) display: bool,
    /// Signed in over SSH.
    pub(crate) ssh: bool,
    /// In a container.
    pub(crate) container: bool,
    /// In the Windows Subsystem for Linux.
    pub(crate) wsl: bool,
    /// Windows, run as administrator.
    pub(crate) elevated: bool,
}

impl Surroundings {
    /// As they are here.
    pub(crate) fn here() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let runtime_bus =
            std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().to_lowercase();
        Self {
            session_bus: set("DBUS_SESSION_BUS_ADDRESS") || runtime_bus,
            display: set("DISPLAY") || set("WAYLAND_DISPLAY") || !cfg!(target_os = "linux"),
            ssh: set("SSH_CONNECTION"),
            container: Path::new("/.dockerenv").exists()
                || Path::new("/run/.containerenv").exists()
                || set("container"),
            wsl: set("WSL_DISTRO_NAME") || kernel.contains("microsoft"),
            elevated: cfg!(windows) && is_elevated(&groups_on_windows()),
        }
    }

    /// The cause of a keyring's failure and the next step, in words for a person; none where nothing here explains it.
    pub(crate) fn explain(self, code: Code) -> Option<&'static str> {
        match code {
            Code::KeyringAbsent if self.wsl => Some(
                "Linux under Windows (WSL) starts no keyring by itself. Install gnome-keyring and start a session bus with: dbus-run-session -- bash, or make a vault that needs no keyring: sealpost --passphrase-from FILE vault init",
            ),
            Code::KeyringAbsent if self.container => Some(
                "A container has no keyring of its own. Run Sealpost outside of it, or make a vault that needs no keyring: sealpost --passphrase-from FILE vault init",
            ),
            Code::KeyringAbsent if self.ssh || !self.display => Some(
                "There is no desktop session here that a keyring belongs to. Sign in at the computer, start one with: dbus-run-session -- bash, or make a vault that needs no keyring: sealpost --passphrase-from FILE vault init",
            ),
            Code::KeyringAbsent if !self.session_bus => Some(
                "There is no session bus (DBUS_SESSION_BUS_ADDRESS), so no keyring can be reached. Start Sealpost from your desktop session, not with sudo or from a service.",
            ),
            Code::KeyringNoAnswer | Code::KeyringDenied if self.ssh || !self.display => Some(
                "The keyring is probably locked, and its prompt has no screen to show on. Unlock it at the computer, or open the vault with its recovery code or passphrase.",
            ),
            Code::KeyringNoAnswer | Code::KeyringDenied if self.container => Some(
                "The keyring is probably locked, and its prompt shows outside of this container, if at all. Unlock it there, or open the vault with its recovery code or passphrase.",
            ),
            Code::KeyringAbsent | Code::KeyringDenied | Code::KeyringNotPersistent | Code::KeyMissing
                if self.elevated =>
            {
                Some(
                    "Sealpost runs as administrator, and the Credential Manager of that account is another one. Start Sealpost without \u{201c}Run as administrator\u{201d}, from the account that made the vault.",
                )
            }
            _ => None,
        }
    }
}

/// What Windows says of the groups of this process.
fn groups_on_windows() -> String {
    let mut ask = std::process::Command::new("whoami");
    ask.args(["/groups", "/fo", "csv", "/nh"]);
    // CREATE_NO_WINDOW: a console would flash over the window of Sealpost.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut ask, 0x0800_0000);
    let asked = ask.output();
    asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// Is the high mandatory level among them, which only a process has that was started as administrator?
fn is_elevated(groups: &str) -> bool {
    groups.contains("S-1-16-12288") || groups.contains("S-1-16-16384")
}

/// The service that copies this folder elsewhere, if one is known by its name or its traces. A vault is one file that is
/// written in place, which such services copy in the middle of a write, and bring back older.
pub(crate) fn sync_service(folder: &Path) -> Option<&'static str> {
    let real = folder.ancestors().find_map(|ancestor| {
        let rest = folder.strip_prefix(ancestor).ok()?;
        ancestor.canonicalize().ok().map(|real| real.join(rest))
    });
    let folder = real.unwrap_or_else(|| folder.to_owned());
    by_name(&folder)
        .or_else(|| folder.ancestors().find_map(|ancestor| by_traces(&|name| ancestor.join(name).exists())))
}

fn by_name(folder: &Path) -> Option<&'static str> {
    let names = folder.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().to_lowercase()),
        _ => None,
    });
    names.into_iter().find_map(|name| {
        let starts = |prefix: &str| {
            name == prefix
                || name.starts_with(&format!("{prefix} "))
                || name.starts_with(&format!("{prefix}-"))
        };
        if starts("dropbox") {
            Some("Dropbox")
        } else if starts("onedrive") {
            Some("OneDrive")
        } else if name == "mobile documents"
            || name == "icloud drive"
            || name.starts_with("com~apple~clouddocs")
        {
            Some("iCloud Drive")
        } else if starts("google drive") || starts("googledrive") || name == "my drive" {
            Some("Google Drive")
        } else if starts("nextcloud") {
            Some("Nextcloud")
        } else if starts("owncloud") {
            Some("ownCloud")
        } else {
            None
        }
    })
}

/// What a service leaves in the top of a folder that it copies.
fn by_traces(has: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let traces: [(&[&str], &str); 4] = [
        (&[".stfolder", ".stversions"], "Syncthing"),
        (&[".dropbox", ".dropbox.cache"], "Dropbox"),
        (&[".nextcloudsync.log", ".sync_nextcloud.db"], "Nextcloud"),
        (&[".owncloudsync.log"], "ownCloud"),
    ];
    traces.iter().find(|(names, _)| names.iter().any(|name| has(name))).map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_sync_services_are_known_by_name_and_others_are_not() {
        for (folder, service) in [
            ("/home/a/Dropbox/vault", "Dropbox"),
            ("/home/a/Dropbox (Work)/v", "Dropbox"),
            ("/home/a/OneDrive - Company/v", "OneDrive"),
            ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/v", "iCloud Drive"),
            ("/Users/a/Library/CloudStorage/GoogleDrive-a@b.c/My Drive/v", "Google Drive"),
            ("/home/a/Nextcloud/v", "Nextcloud"),
            ("/home/a/ownCloud/v", "ownCloud"),
        ] {
            assert_eq!(by_name(Path::new(folder)), Some(service), "{folder}");
        }
        for other in ["/home/a/.local/share/sealpost", "/home/dropboxer/v", "/srv/onedriven", "/", ""] {
            assert_eq!(by_name(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn a_folder_below_one_that_syncthing_copies_is_known_by_its_trace() {
        let dir = tempfile::tempdir().unwrap();
        let vault = dir.path().join("deep/in/vault");
        assert_eq!(sync_service(&vault), None, "also one that does not exist yet");
        std::fs::create_dir(dir.path().join(".stfolder")).unwrap();
        assert_eq!(sync_service(&vault), Some("Syncthing"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_into_such_a_folder_does_not_hide_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("Dropbox/v")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("Dropbox/v"), dir.path().join("link")).unwrap();
        assert_eq!(sync_service(&dir.path().join("link")), Some("Dropbox"));
    }

    #[test]
    fn an_administrator_on_windows_is_known_by_the_level_of_the_process() {
        let user = "\"Mandatory Label\\Medium Mandatory Level\",\"Label\",\"S-1-16-8192\",\"\"";
        let administrator =
            "\"BUILTIN\\Administrators\",\"Alias\",\"S-1-5-32-544\",\"Group used for deny only\"";
        for plain in [user, administrator, "", "whoami: not found"] {
            assert!(!is_elevated(plain), "{plain}");
        }
        assert!(is_elevated("\"Mandatory Label\\High Mandatory Level\",\"Label\",\"S-1-16-12288\",\"\""));
    }

    #[test]
    fn each_place_has_its_own_cause_and_step_and_a_desktop_none() {
        let desktop = Surroundings { session_bus: true, display: true, ..Surroundings::default() };
        let said = |surroundings: Surroundings, code| surroundings.explain(code).unwrap_or_default();
        for (place, word) in [
            (Surroundings { wsl: true, ..desktop }, "WSL"),
            (Surroundings { container: true, ..desktop }, "container"),
            (Surroundings { ssh: true, ..desktop }, "desktop session"),
            (Surroundings { display: false, ..desktop }, "desktop session"),
            (Surroundings { session_bus: false, ..desktop }, "session bus"),
        ] {
            assert!(said(place, Code::KeyringAbsent).contains(word), "{place:?}");
        }
        let elevated = Surroundings { elevated: true, ..desktop };
        for code in [Code::KeyringAbsent, Code::KeyringDenied, Code::KeyringNotPersistent, Code::KeyMissing] {
            assert!(said(elevated, code).contains("Run as administrator"), "{code:?}");
        }
        for place in [
            Surroundings { ssh: true, ..desktop },
            Surroundings { display: false, ..desktop },
            Surroundings { container: true, ..desktop },
        ] {
            for code in [Code::KeyringNoAnswer, Code::KeyringDenied] {
                let said = said(place, code);
                assert!(said.contains("locked") && said.contains("Unlock it"), "{place:?} {code:?}");
            }
        }
        for code in [Code::KeyringAbsent, Code::KeyringNoAnswer, Code::KeyringDenied, Code::KeyMissing] {
            assert_eq!(desktop.explain(code), None, "{code:?}");
        }
    }
}
