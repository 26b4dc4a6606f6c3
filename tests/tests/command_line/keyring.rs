//! The keyring, for real: what `secret-tool` sees is what another program would see.

use std::process::Command;

use sealpost_tests::keyring::{account, clear, entries, lookup, store};

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
