//! `cargo xtask windows`: what a Linux computer can tell of Windows and macOS. Every crate is linted for both. For Windows the
//! command line and the tests below the window are built and run under Wine, and the main job is done there with the
//! Credential Manager that Wine has. No window is opened, and nothing is run for macOS.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{cargo, must, ui};
use crate::checkout::{claim, target_dir};
use crate::failure::Failure;
use crate::summary::{Counts, stage};
use crate::system::{Need, install};
use crate::{Outcome, journey};

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// Everything below the window; the rest of the tests needs a Linux desktop.
const BELOW_THE_WINDOW: [&str; 10] = [
    "-p",
    "sealpost-vault",
    "-p",
    "sealpost-dynatrace",
    "-p",
    "sealpost-sandbox",
    "-p",
    "sealpost-app",
    "-p",
    "sealpost",
];

/// Tests that open the trust store of Windows: Wine 8 refuses the question, which has a newer form than it knows.
const TRUST_STORE: [&str; 9] = [
    "canary::no_secret_leaves_by_error_debug_event_or_log_line",
    "delivery::a_connection_that_is_never_finished_means_not_sent",
    "delivery::a_host_without_an_address_means_not_sent",
    "delivery::a_proxy_that_fails_is_named_as_the_cause_and_its_password_is_not",
    "probing::causes_of_no_connection_are_told_apart",
    "probing::tls_shows_its_version_and_the_certificate",
    "tls::a_certificate_of_an_unknown_authority_is_refused_before_anything_is_sent",
    "tls::a_server_that_does_not_speak_tls_is_told_apart",
    "tls::the_same_certificate_is_accepted_with_its_authority",
];

/// Lints for both systems, then runs what can run.
pub(crate) fn windows() -> Outcome {
    install(Need::Elsewhere)?;
    let _claim = claim()?;
    // The window's crate takes the bundle in when it is compiled.
    ui()?;
    let mut counts = lints(WINDOWS)?;
    counts.add(lints(MACOS)?);
    let wine = Wine::new()?;
    counts.add(stage("Tests under Wine", &mut wine.tests()));
    println!("Left out, since Wine has no trust store that opens: {}", TRUST_STORE.join(", "));
    counts.add(main_job(&wine));
    println!("\n{}", counts.line());
    if counts.failed == 0 { Ok(()) } else { Err(Failure::SAID) }
}

/// Stands in for Apple's C compiler: whatever is asked for comes out empty. Questions about itself it passes on.
const NO_COMPILER: &str = r#"#!/bin/sh
for word; do [ "$before" = -o ] && out=$word; before=$word; done
[ -n "$out" ] || exec cc "$@"
: > "$out"
"#;

/// Writes the stand-in where the builds are.
fn stand_in() -> Outcome<PathBuf> {
    let path = target_dir().join("no-apple-cc");
    std::fs::write(&path, NO_COMPILER)?;
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(path)
}

/// cargo for another system. Line numbers of a debug build double what has to be linked, and nobody debugs it here.
fn cargo_for(target: &str, task: &str) -> Command {
    let mut command = cargo();
    command.args([task, "--target", target]).env("CARGO_PROFILE_DEV_DEBUG", "false");
    command
}

/// Lints for a system whose C compiler is there, or can be done without: nothing is linked.
fn lints(target: &str) -> Outcome<Counts> {
    must(Command::new("rustup").args(["target", "add", target]))?;
    let mut clippy = cargo_for(target, "clippy");
    clippy.args(["--workspace", "--lib", "--bins", "--keep-going", "--", "-D", "warnings"]);
    if target == MACOS {
        // Build scripts compile C code even for a check, and look for Apple's headers.
        clippy
            .env("CC_aarch64_apple_darwin", stand_in()?)
            .env("AR_aarch64_apple_darwin", "ar")
            .env("SDKROOT", "/");
    }
    Ok(stage(&format!("Lints for {target}"), &mut clippy))
}

/// The library that Rust's own asks for random bytes. Wine has it from version 9 on.
const RANDOM: &str = "#include <stddef.h>
unsigned char __stdcall SystemFunction036(void *, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *out, size_t length) {
    return length <= 0xffffffff && SystemFunction036(out, (unsigned long)length);
}
";

/// A Windows of its own, removed at the end.
struct Wine {
    folder: PathBuf,
}

impl Wine {
    fn new() -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("sealpost-wine-{}", std::process::id()));
        std::fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let wine = Self { folder };
        must(wine.settings(Command::new("wine").args(["wineboot", "--init"])))?;
        let random = wine.folder.join("prefix/drive_c/windows/system32/bcryptprimitives.dll");
        if !random.exists() {
            let source = wine.folder.join("random.c");
            std::fs::write(&source, RANDOM)?;
            let mut cc = Command::new("x86_64-w64-mingw32-gcc");
            must(cc.arg("-shared").arg("-o").args([&random, &source]).arg("-ladvapi32"))?;
        }
        Ok(wine)
    }

    /// No question may wait for an answer, and what Wine lacks is told by the tests that need it.
    fn settings<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("WINEPREFIX", self.folder.join("prefix"))
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .env_remove("DISPLAY")
    }

    fn tests(&self) -> Command {
        let mut command = cargo_for(WINDOWS, "test");
        command.args(BELOW_THE_WINDOW).args(["--lib", "--bins", "--tests", "--no-fail-fast", "--"]);
        for name in TRUST_STORE {
            command.args(["--skip", name]);
        }
        command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine");
        self.settings(&mut command);
        command
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let mut end = Command::new("wineserver");
        drop(self.settings(end.arg("--kill")).status());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn main_job(wine: &Wine) -> Counts {
    println!("\n== The main job under Wine");
    let program = target_dir().join(WINDOWS).join("debug/sealpost.exe");
    let begin = || {
        let mut command = Command::new("wine");
        wine.settings(command.arg(&program));
        command
    };
    match journey::journey(&begin, Path::new(&wine.folder)) {
        Ok(()) => Counts { passed: 1, ..Counts::default() },
        Err(error) => {
            print!("{error}");
            Counts { failed: 1, ..Counts::default() }
        }
    }
}
