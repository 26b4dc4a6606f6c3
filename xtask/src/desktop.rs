//! A desktop without a screen: private folders, a private bus, a real and unlocked Secret Service, and, for the window,
//! a virtual screen. Nothing of the user's own session is touched.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;

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
        let folder = std::env::temp_dir().join(format!("sealpost-session-{}", std::process::id()));
        for name in ["run", "data", "config", "cache", "tmp"] {
            let path = folder.join(name);
            fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
                .map_err(|error| error.to_string())?;
        }
        Ok(Self { folder })
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

impl Drop for Session {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}
