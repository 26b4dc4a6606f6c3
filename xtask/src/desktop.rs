//! A desktop without a screen: private folders, a private bus, a real and unlocked Secret Service, and, for the window,
//! a virtual screen. Nothing of the user's own session is touched.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::build::cargo;
use crate::checkout::root;

/// Started inside the private bus: waits until the keyring answers, which starts it, then becomes the command.
const INSIDE: &str = r#"
tries=0
until gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo "the keyring did not start" >&2; cat "$SEALPOST_DESKTOP_SESSION/keyring.log" >&2; exit 1; }
  sleep 0.2
done
exec "$@"
"#;

/// How the bus starts the keyring: unlocked, also after a fall. GNOME's daemon ends itself when a client of it is gone before
/// its session is open (its work items 190, 196, 199), as killed ones are here; what the system's own service file starts
/// then is locked, and asks for a password where nobody is.
const KEYRING: &str =
    "printf 'sealpost\\n' | exec gnome-keyring-daemon --foreground --unlock --components=secrets";

/// Does the session need a screen?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// For the window.
    Virtual,
    /// For the command line.
    None,
}

/// Private folders of one session, removed at the end.
pub(crate) struct Session {
    folder: PathBuf,
}

impl Session {
    /// Fresh folders.
    ///
    /// # Errors
    /// The temporary folder can't be written.
    pub(crate) fn new() -> Outcome<Self> {
        // Short, because a socket's path has at most 108 bytes. A name that is taken is left alone.
        let own = std::process::id();
        let mut names = (0..100).map(|number| std::env::temp_dir().join(format!("sealpost-{own}-{number}")));
        let folder =
            names.find(|folder| private(folder).is_ok()).ok_or("the temporary folder can't be written")?;
        let session = Self { folder };
        for name in ["run", "data", "config", "cache", "tmp"] {
            private(&session.folder.join(name))?;
        }
        session.announce_keyring()?;
        Ok(session)
    }

    /// Puts the keyring's service file before the system's one.
    fn announce_keyring(&self) -> Outcome {
        let services = self.folder.join("data/dbus-1/services");
        let script = self.folder.join("start-keyring");
        let log = self.folder.join("keyring.log");
        let service =
            format!("[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sh \"{}\"\n", script.display());
        let script_text =
            format!("exec 2>>'{}'\necho 'The keyring is started.' >&2\n{KEYRING}\n", log.display());
        let written = fs::create_dir_all(&services)
            .and_then(|()| fs::write(&script, script_text))
            .and_then(|()| fs::write(services.join("org.freedesktop.secrets.service"), service));
        written.map_err(|error| format!("{}: {error}", self.folder.display()).into())
    }

    /// What the keyring complained of, and each time it was started anew: why tests beside it may have failed.
    pub(crate) fn keyring_said(&self) -> String {
        fs::read_to_string(self.folder.join("keyring.log")).unwrap_or_default()
    }

    /// Tests that could not do what they are for, a line each with the reason (`tests/src/session.rs`).
    pub(crate) fn skipped(&self) -> Vec<String> {
        let said = fs::read_to_string(self.folder.join("skipped")).unwrap_or_default();
        said.lines().map(str::to_owned).collect()
    }

    /// A command that runs inside the session.
    pub(crate) fn command(
        &self,
        screen: Screen,
        program: impl AsRef<OsStr>,
        arguments: &[&OsStr],
    ) -> Command {
        let mut command = match screen {
            Screen::Virtual => {
                let mut xvfb = Command::new("xvfb-run");
                xvfb.args(["-a", "-s", "-screen 0 1280x800x24 -nolisten tcp", "dbus-run-session"]);
                xvfb
            }
            Screen::None => Command::new("dbus-run-session"),
        };
        command
            .args(["--", "bash", "-c", INSIDE, "session"])
            .arg(program)
            .args(arguments)
            .env("XDG_RUNTIME_DIR", self.folder.join("run"))
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_CACHE_HOME", self.folder.join("cache"))
            .env("TMPDIR", self.folder.join("tmp"))
            .env("SEALPOST_DESKTOP_SESSION", &self.folder)
            .envs([("GTK_A11Y", "none"), ("NO_AT_BRIDGE", "1"), ("LIBGL_ALWAYS_SOFTWARE", "1")]);
        command
    }
}

/// cargo inside the session.
pub(crate) fn inside(session: &Session, screen: Screen, before: &[&str], after: &[&str]) -> Command {
    let arguments: Vec<&OsStr> = before.iter().chain(after).map(OsStr::new).collect();
    let plain = cargo();
    let mut command = session.command(screen, plain.get_program(), &arguments);
    command.current_dir(root());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Makes a folder that only this user can open. One that is already there was made by someone else and is refused.
fn private(path: &Path) -> Outcome {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "there is no mode to set"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn folders_of_a_session_are_private_fresh_and_removed() {
        use std::os::unix::fs::PermissionsExt as _;
        let session = Session::new().unwrap();
        let folder = session.folder.clone();
        assert_eq!(session.keyring_said(), "", "nothing is started before it is asked for");
        fs::write(folder.join("skipped"), "one: may not\ntwo: may not\n").unwrap();
        assert_eq!(session.skipped(), ["one: may not", "two: may not"]);
        for path in [folder.clone(), folder.join("run"), folder.join("data")] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert!(private(&folder).is_err(), "a folder of someone else is refused");
        drop(session);
        assert!(!folder.exists());
    }
}
