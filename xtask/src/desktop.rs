//! A desktop without a screen: private folders, a private bus, a real and unlocked Secret Service, and, for the window,
//! a virtual screen. Nothing of the user's own session is touched.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::build::cargo;
use crate::checkout::root;

/// Started inside the private bus: unlocks a fresh keyring, waits until it answers, then becomes the command.
const INSIDE: &str = r#"
eval "$(printf 'sealpost\n' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null | sed 's/^/export /')"
tries=0
until gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \
    --method org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets 2>/dev/null | grep -q true; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo "the keyring did not start" >&2; exit 1; }
  sleep 0.2
done
exec "$@"
"#;

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
        Ok(session)
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
        for path in [folder.clone(), folder.join("run"), folder.join("data")] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert!(private(&folder).is_err(), "a folder of someone else is refused");
        drop(session);
        assert!(!folder.exists());
    }
}
