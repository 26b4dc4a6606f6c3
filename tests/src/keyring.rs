//! The keyring from outside: what `secret-tool` sees is what another program would see.
#![allow(clippy::expect_used, reason = "only tests use this; a keyring that can't be asked must fail them")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every entry of ours, as `secret-tool` prints it.
///
/// # Panics
/// If the keyring can't be asked.
#[must_use]
pub fn entries() -> String {
    let output = Command::new("secret-tool")
        .args(["search", "--all", "service", "sealpost"])
        .output()
        .expect("secret-tool is installed");
    // It prints attributes on standard error.
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The vault's id stands in clear in the file; its account in the keyring carries it.
///
/// # Panics
/// If there is no vault.
#[must_use]
pub fn account(vault: &Path) -> String {
    format!("vault-{}", sealpost_vault::look(vault).expect("a vault is there").id)
}

/// The secret of an entry.
///
/// # Panics
/// If the keyring can't be asked.
#[must_use]
pub fn lookup(account: &str) -> Vec<u8> {
    let mut command = Command::new("secret-tool");
    command.args(["lookup", "service", "sealpost", "username", account]);
    command.output().expect("secret-tool is installed").stdout
}

/// Takes an entry away, as someone who resets the keyring does.
///
/// # Panics
/// If the keyring refuses.
pub fn clear(account: &str) {
    let mut command = Command::new("secret-tool");
    command.args(["clear", "service", "sealpost", "username", account]);
    assert!(command.status().expect("secret-tool is installed").success());
}

/// Puts an entry into the keyring, as a restored keyring would hold it.
///
/// # Panics
/// If the keyring refuses.
pub fn store(account: &str, key: &[u8]) {
    let mut child = Command::new("secret-tool")
        .args(["store", "--label", "restored", "service", "sealpost", "username", account])
        .stdin(Stdio::piped())
        .spawn()
        .expect("secret-tool is installed");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    stdin.write_all(key).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}
