//! One bit of the vault's file is wrong, at every byte in turn (in the ordinary run at every 61st): no panic, and never a
//! plaintext that was not put in.

use std::fs;

use sealpost_vault::{ListedDraft, SecretField, store};

use crate::victim::{Scene, Work};

#[test]
fn no_flipped_byte_makes_a_panic_or_a_wrong_secret() {
    let scene = Scene::of(Work::Save);
    let place = scene.place();
    let file = store::vault_path(&place.folder);
    let good = fs::read(&file).unwrap();
    let step = if crate::soak() { 1 } else { 61 };
    let (mut refused, mut named, mut silent) = (0, 0, 0);
    for at in (0..good.len()).step_by(step) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        for left in ["-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(left);
            drop(fs::remove_file(name));
        }
        fs::write(&file, &bad).unwrap();
        let Ok(vault) = place.open() else {
            refused += 1;
            continue;
        };
        let sound = vault.verify().is_ok_and(|findings| findings.sound());
        for row in vault.drafts_since(0).map(|changes| changes.drafts).unwrap_or_default() {
            let ListedDraft::Readable(draft) = row else { continue };
            assert!(["one", "two", "three"].contains(&draft.name.as_str()), "byte {at}: {}", draft.name);
            if let Ok((_, secrets)) = vault.draft_secrets(draft.id) {
                let word = secrets
                    .get(SecretField::Password)
                    .and_then(|value| value.expose_text().map(str::to_owned));
                assert_eq!(word.as_deref(), Some("before"), "byte {at}");
            }
        }
        if sound { silent += 1 } else { named += 1 }
    }
    eprintln!("{refused} refused, {named} named, {silent} in unused space or in what stands in clear");
    assert!(refused > 0 && named > 0);
    fs::write(&file, &good).unwrap();
    scene.must_be_whole("put right again");
}
