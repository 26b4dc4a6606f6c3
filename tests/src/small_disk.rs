//! A real file system of a few hundred kilobytes, mounted for one test in a mount namespace of its own: nothing of it is
//! seen outside, and it is gone when the value is dropped, also after a kill.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The file system.
#[derive(Debug)]
pub struct SmallDisk {
    /// Keeps the namespace alive; it ends when its input closes.
    keeper: Child,
}

impl SmallDisk {
    /// Mounts `kilobytes` at `folder`.
    ///
    /// # Panics
    /// If it can't be mounted: this needs a Linux that lets a user have namespaces. The test is never skipped.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its disk must fail, not pass")]
    pub fn at(folder: &Path, kilobytes: u32) -> Self {
        std::fs::create_dir_all(folder).expect("a folder to mount it at");
        // The same user as outside: the session bus compares the ids.
        let mut keeper = Command::new("unshare")
            .args(["--mount", "--user", "--map-current-user", "--keep-caps", "sh", "-c"])
            .arg("mount -t tmpfs -o mode=700,size=\"$1\"k tmpfs \"$0\" && echo mounted && exec cat")
            .arg(folder)
            .arg(kilobytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux");
        let mut line = String::new();
        let output = keeper.stdout.take().expect("its output is a pipe");
        let read = BufReader::new(output).read_line(&mut line);
        let disk = Self { keeper };
        assert!(read.is_ok() && line.trim() == "mounted", "no small file system could be mounted");
        disk
    }

    /// What to put before a command so that it sees the disk.
    #[must_use]
    pub fn enter(&self) -> Vec<OsString> {
        let target = self.keeper.id().to_string();
        ["nsenter", "--target", &target, "--mount", "--user", "--preserve-credentials", "--"]
            .into_iter()
            .map(OsString::from)
            .collect()
    }

    /// Runs a shell line with the disk in sight.
    ///
    /// # Panics
    /// If it fails.
    #[expect(clippy::expect_used, reason = "a test whose preparation fails must fail")]
    pub fn shell(&self, line: &str, argument: &Path) {
        let before = self.enter();
        let status = Command::new(&before[0])
            .args(&before[1..])
            .args(["sh", "-c", line])
            .arg(argument)
            .status()
            .expect("nsenter of util-linux");
        assert!(status.success(), "{line}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }
}
