//! The keyring, for real: what `secret-tool` sees is what another program would see.

use std::path::Path;
use std::process::{Command, Stdio};

use sealpost_tests::keyring::{account, clear, entries, lookup, store};
use sealpost_tests::locked_keyring::{Answer, LockedKeyring};
use sealpost_tests::session::binary;

use crate::{created, fresh};

#[test]
fn the_key_is_in_the_real_keyring_and_without_it_the_vault_stays_shut() {
    let line = created("keyring-missing");
    let account = account(&line.vault);
    assert!(entries().contains(&account), "the entry is there: {}", entries());
    assert_eq!(line.run(&["vault", "unlock-test"], "").code, 0);

    let key = lookup(&account);
    assert_eq!(key.len(), 32, "the key itself, and nothing about it");
    clear(&account);
    for _ in 0..2 {
        let said = line.run(&["draft", "list"], "");
        assert_eq!(said.code, 4, "{said:?}");
        assert!(said.stderr.contains("no entry"), "{said:?}");
    }
    assert!(!entries().contains(&account), "no new key was made over the vault");
    let said = line.run(&["vault", "init"], "");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(!entries().contains(&account), "creating over it is refused too");

    store(&account, &key);
    assert_eq!(line.run(&["vault", "unlock-test"], "").code, 0, "the key is back, and so is the vault");
    let wrong = [7; 32];
    store(&account, &wrong);
    assert_eq!(line.run(&["vault", "unlock-test"], "").code, 4, "another key does not open it");
    store(&account, &key);
    assert_eq!(line.run(&["vault", "unlock-test"], "").code, 0, "and nothing was changed by trying");
}

#[test]
fn the_check_leaves_no_entry_behind() {
    let line = fresh("keyring-check");
    let checked = line.ok(&["vault", "doctor"], "");
    assert_eq!(checked["keyring"]["usable"], true, "{checked}");
    // Tests beside this one check the same keyring: their entries come and go, one left behind would stay.
    let gone = (0..100).any(|_| {
        let gone = !entries().contains("check-");
        if !gone {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        gone
    });
    assert!(gone, "{}", entries());
    assert!(!line.vault.exists(), "looking made no vault");
}

#[test]
fn without_a_keyring_service_no_vault_is_made() {
    let line = fresh("keyring-absent");
    let output = Command::new(sealpost_tests::session::binary("sealpost"))
        .arg("--vault")
        .arg(&line.vault)
        .args(["vault", "init"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("The system keyring is not available"), "{said}");
    assert!(!line.vault.exists(), "nothing was written");
}

/// The command line with other variables: exit code, standard output, standard error.
fn elsewhere(vault: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = Command::new(binary("sealpost"))
        .arg("--vault")
        .arg(vault)
        .args(arguments)
        .env_remove("SSH_CONNECTION")
        .env_remove("container")
        .env("DISPLAY", ":0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_check_names_the_place_that_has_no_keyring_and_what_to_do_there() {
    let line = fresh("keyring-places");
    let nowhere = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    // A machine that is a container itself says so first.
    let contained = ["/.dockerenv", "/run/.containerenv"].iter().any(|trace| Path::new(trace).exists());
    let headless = if contained { "A container has no keyring" } else { "no desktop session here" };
    for (variable, cause) in [
        (("WSL_DISTRO_NAME", "Ubuntu"), "Linux under Windows (WSL)"),
        (("container", "podman"), "A container has no keyring"),
        (("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"), headless),
        (("DISPLAY", ""), headless),
    ] {
        let (code, said, _) = elsewhere(&line.vault, &["vault", "doctor"], &[nowhere, variable]);
        assert_eq!(code, Some(4), "{variable:?}: {said}");
        assert!(said.contains(cause) && said.contains("vault init"), "{variable:?}: {said}");
    }
    assert!(!line.vault.exists(), "looking made no vault");
}

#[test]
fn a_locked_keyring_that_refuses_is_told_as_that_and_no_key_is_made() {
    let line = created("keyring-refuses");
    let before = std::fs::read(line.vault.join("vault.sealpost")).unwrap();
    for answer in [Answer::Dismissed, Answer::Forbidden] {
        let keyring = LockedKeyring::start(answer);
        let bus = [("DBUS_SESSION_BUS_ADDRESS", keyring.address())];
        let (code, _, said) = elsewhere(&line.vault, &["draft", "list"], &bus);
        assert_eq!(code, Some(4), "{answer:?}: {said}");
        assert!(said.contains("refused"), "{answer:?}: {said}");
        let ssh = [bus[0], ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")];
        let (_, said, _) = elsewhere(&line.vault, &["vault", "doctor"], &ssh);
        assert!(said.contains("probably locked") && said.contains("Unlock it"), "{answer:?}: {said}");
    }
    assert_eq!(
        std::fs::read(line.vault.join("vault.sealpost")).unwrap(),
        before,
        "the vault was not touched"
    );
}

#[test]
fn a_keyring_that_falls_over_in_the_middle_of_a_call_is_asked_once_more_and_not_for_ever() {
    let line = created("keyring-falls");
    for (falls, asked, want) in [(1, 1, "refused"), (12, 0, "The system keyring is not available")] {
        let keyring = LockedKeyring::after_falls(Answer::Dismissed, falls);
        let bus = [("DBUS_SESSION_BUS_ADDRESS", keyring.address())];
        let (code, _, said) = elsewhere(&line.vault, &["draft", "list"], &bus);
        assert_eq!(code, Some(4), "{falls}: {said}");
        assert_eq!(keyring.asked(), asked, "{falls}: {said}");
        assert!(said.contains(want), "{falls}: {said}");
    }
}
