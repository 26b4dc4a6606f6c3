//! What an override promises: it changes one environment, nothing else, and nothing of it is lost.

use super::*;
use crate::secret::SecretValue;
use crate::testing::{Bench, login, quiet};
use crate::{SaveDraft, Vault};

fn here() -> EnvironmentId {
    EnvironmentId::from_bytes([1; 16])
}

fn elsewhere() -> EnvironmentId {
    EnvironmentId::from_bytes([2; 16])
}

/// A login with another name, user, access and password in one environment.
fn overridden() -> SaveDraft {
    let mut save = login("shop", "robot", "zebra-base");
    save.meta.overrides.insert(
        here(),
        DraftOverride {
            name: Some("shop prod".into()),
            user: Some("robot-prod".into()),
            owner_access_only: Some(false),
            ..DraftOverride::default()
        },
    );
    save.secrets.set_override(here(), SecretField::Password, SecretValue::from("zebra-there"));
    save
}

fn bench() -> (tempfile::TempDir, Bench, Vault) {
    let (dir, bench) = Bench::temporary();
    let vault = bench.create().unwrap();
    (dir, bench, vault)
}

fn password(secrets: &DraftSecrets) -> &str {
    secrets.get(SecretField::Password).unwrap().expose_text().unwrap()
}

#[test]
fn an_override_changes_its_own_environment_and_no_other() {
    let save = overridden();
    let there = save.meta.in_environment(here());
    assert_eq!((there.name.as_str(), there.details.user()), ("shop prod", Some("robot-prod")));
    assert!(!there.owner_access_only);
    assert_eq!(password(&save.secrets.in_environment(here())), "zebra-there");
    let other = save.meta.in_environment(elsewhere());
    assert_eq!(other, DraftMeta { overrides: BTreeMap::new(), ..save.meta.clone() });
    assert_eq!(password(&save.secrets.in_environment(elsewhere())), "zebra-base");
    assert!(there.overrides.is_empty() && other.overrides.is_empty(), "what is sent has no overrides");
}

#[test]
fn a_user_is_not_put_into_a_form_that_has_none() {
    let mut token = Details::Token { external_vault: None };
    token.set_user("robot");
    assert_eq!(token.user(), None);
    assert_eq!(token, Details::Token { external_vault: None });
    let mut snmp = Details::SnmpV3 {
        username: "a".into(),
        security_level: "NO_AUTH_NO_PRIV".into(),
        authentication_protocol: None,
        privacy_protocol: None,
    };
    snmp.set_user("b");
    assert_eq!(snmp.user(), Some("b"));
}

#[test]
fn an_overridden_file_brings_its_own_format_and_facts() {
    let mut meta = DraftMeta::new(
        "mtls",
        Details::Certificate { certificate_format: CertificateFormat::Pem, facts: None },
    );
    let file = OverriddenFile { format: CertificateFormat::Pkcs12, facts: None };
    let secrets_set = BTreeSet::from([SecretField::Certificate]);
    meta.overrides
        .insert(here(), DraftOverride { certificate: Some(file), secrets_set, ..Default::default() });
    let there = meta.in_environment(here());
    assert_eq!(there.details.certificate_format(), Some(CertificateFormat::Pkcs12));
    assert!(there.secrets_set.contains(&SecretField::Certificate), "it is set there, though nowhere else");
    assert!(!meta.in_environment(elsewhere()).secrets_set.contains(&SecretField::Certificate));
}

#[test]
fn overrides_are_sealed_with_the_draft_and_come_back() {
    let (_dir, bench, mut vault) = bench();
    let id = vault.save_draft(&overridden(), &quiet()).unwrap().id;
    drop(vault);
    let vault = bench.open().unwrap();
    let (draft, digests) = vault.draft(id).unwrap();
    let kept = &draft.meta.overrides[&here()];
    assert_eq!(kept.secrets_set, BTreeSet::from([SecretField::Password]));
    let (meta, secrets) = vault.revision_in(id, 1, here()).unwrap();
    assert_eq!((meta.name.as_str(), password(&secrets)), ("shop prod", "zebra-there"));
    assert_eq!(*digests.in_environment(here()), vault.digest_of(&meta, &secrets).unwrap());
    assert_ne!(digests.in_environment(here()), &digests.own);
    assert_eq!(digests.in_environment(elsewhere()), &digests.own);
    let on_disk: Vec<u8> = std::fs::read_dir(&bench.folder)
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.unwrap().path()).ok())
        .flatten()
        .collect();
    for word in [&b"zebra"[..], b"prod"] {
        assert!(!on_disk.windows(word.len()).any(|window| window == word), "it is sealed");
    }
}

#[test]
fn an_override_of_one_environment_leaves_the_digest_of_the_others_as_it_was() {
    let (_dir, _, mut vault) = bench();
    let plain = vault.save_draft(&login("shop", "robot", "zebra-base"), &quiet()).unwrap();
    let before = vault.draft(plain.id).unwrap().1;
    let mut save = overridden();
    save.over = Some((plain.id, 1));
    vault.save_draft(&save, &quiet()).unwrap();
    let after = vault.draft(plain.id).unwrap().1;
    assert_eq!(before.own, after.own);
    assert_eq!(after.there.keys().collect::<Vec<_>>(), [&here()]);
}

#[test]
fn clearing_an_override_falls_back_to_the_draft_and_history_keeps_it() {
    let (_dir, _, mut vault) = bench();
    let id = vault.save_draft(&overridden(), &quiet()).unwrap().id;
    let (draft, _) = vault.draft(id).unwrap();
    let (_, mut secrets) = vault.draft_secrets(id).unwrap();
    let mut meta = draft.meta;
    meta.overrides.clear();
    secrets.clear_environment(here());
    vault.save_draft(&SaveDraft { over: Some((id, 1)), meta, secrets }, &quiet()).unwrap();
    let (now, digests) = vault.draft(id).unwrap();
    assert!(now.meta.overrides.is_empty() && digests.there.is_empty());
    assert_eq!(password(&vault.revision_in(id, 2, here()).unwrap().1), "zebra-base");
    assert_eq!(password(&vault.revision_in(id, 1, here()).unwrap().1), "zebra-there");
}

#[test]
fn an_override_of_secrets_alone_is_seen_and_an_empty_one_is_dropped() {
    let (_dir, _, mut vault) = bench();
    let mut save = login("shop", "robot", "zebra-base");
    save.secrets.set_override(here(), SecretField::Password, SecretValue::from("zebra-there"));
    save.secrets.set_override(elsewhere(), SecretField::SecretKey, SecretValue::from("of another type"));
    let empty = EnvironmentId::from_bytes([3; 16]);
    save.meta.overrides.insert(
        empty,
        DraftOverride {
            rolled_back: RolledBack { user: true, ..RolledBack::default() },
            ..DraftOverride::default()
        },
    );
    let saved = vault.save_draft(&save, &quiet()).unwrap();
    assert_eq!(saved.meta.overrides.keys().collect::<Vec<_>>(), [&here()]);
    let (_, secrets) = vault.draft_secrets(saved.id).unwrap();
    assert_eq!(secrets.environments().collect::<Vec<_>>(), [here()]);
}
