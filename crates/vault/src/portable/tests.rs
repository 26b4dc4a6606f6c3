//! What the export promises: all of it comes back, the standard tool opens it, and nobody else does.

use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::testing::{Bench, login, quiet};
use crate::{CertificateFormat, Details, SaveDraft};

const WORDS: &str = "correct horse battery staple";

/// A vault with a password, a binary file and an environment in it.
fn filled() -> (TempDir, Vault) {
    let (dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let mut save = login("zebra \"quoted\"", "ro\u{e9}bot", "zebra-password");
    save.meta.note = "zebra-note".into();
    vault.save_draft(&save, &quiet()).unwrap();
    let details = Details::Certificate { certificate_format: CertificateFormat::Pkcs12, facts: None };
    let mut secrets = DraftSecrets::new();
    secrets.set(SecretField::Certificate, SecretValue::new(vec![0, 255, 128, 10]));
    let id = vault
        .save_draft(&SaveDraft { over: None, meta: DraftMeta::new("file", details), secrets }, &quiet())
        .unwrap()
        .id;
    vault.set_trashed(&[id], true, &quiet()).unwrap();
    let meta = EnvironmentMeta { name: "prod".into(), url: "https://x.example".into(), ..Default::default() };
    vault.save_environment(&SaveEnvironment { over: None, meta, token: "zebra-token".into() }, None).unwrap();
    (dir, vault)
}

fn exported(vault: &Vault) -> Vec<u8> {
    let mut out = Vec::new();
    let carried = vault.export(&WORDS.into(), &mut out).unwrap();
    assert_eq!(carried, Carried { drafts: 2, environments: 1, left_out: 0 });
    out
}

#[test]
fn everything_comes_back_in_another_vault() {
    let (_dir, vault) = filled();
    let file = exported(&vault);
    assert!(!file.windows(5).any(|window| window == b"zebra"), "nothing stands in clear");
    let (_other_dir, other) = Bench::temporary();
    let mut other = other.create().unwrap();
    let carried = other.import_portable(read_portable(&file, &WORDS.into()).unwrap()).unwrap();
    assert_eq!(carried, Carried { drafts: 2, environments: 1, left_out: 0 });
    let drafts: Vec<_> = other
        .drafts_since(0)
        .unwrap()
        .drafts
        .into_iter()
        .map(|row| {
            let ListedDraft::Readable(draft) = row else { panic!("unreadable") };
            (draft.name, other.draft_secrets(draft.id).unwrap().1)
        })
        .collect();
    let of = |name: &str| &drafts.iter().find(|(found, _)| found == name).unwrap().1;
    assert_eq!(of("zebra \"quoted\"").get(SecretField::Password).unwrap().expose(), b"zebra-password");
    assert_eq!(of("file").get(SecretField::Certificate).unwrap().expose(), [0, 255, 128, 10]);
    let environment = &other.environments().unwrap()[0];
    assert_eq!(other.environment_token(environment.id).unwrap().expose(), b"zebra-token");
    let again = other.import_portable(read_portable(&file, &WORDS.into()).unwrap()).unwrap();
    assert_eq!(
        again,
        Carried { drafts: 2, environments: 0, left_out: 1 },
        "a name that is taken stays as it is"
    );
}

#[test]
fn overrides_and_groups_find_their_environments_again_under_other_ids() {
    let (_dir, mut vault) = filled();
    let prod = vault.environments().unwrap()[0].id;
    let id = vault.drafts_since(0).unwrap().drafts.into_iter().find_map(|row| match row {
        ListedDraft::Readable(draft) if draft.name.starts_with("zebra") => Some(draft.id),
        _ => None,
    });
    let (id, gone) = (id.unwrap(), EnvironmentId::from_bytes([9; 16]));
    let mut save = login("zebra", "robot", "zebra-base");
    save.over = Some((id, 1));
    let named = DraftOverride { name: Some("zebra prod".into()), ..DraftOverride::default() };
    save.meta.overrides.insert(prod, named.clone());
    save.meta.overrides.insert(gone, named);
    save.secrets.set_override(prod, SecretField::Password, "zebra-there".into());
    vault.save_draft(&save, &quiet()).unwrap();
    let group = GroupMeta { name: "zebra group".into(), environments: vec![prod] };
    vault.save_group(None, &group, &quiet()).unwrap();
    let file = exported(&vault);

    let (_other_dir, other) = Bench::temporary();
    let mut other = other.create().unwrap();
    let meta = EnvironmentMeta { name: "first".into(), ..Default::default() };
    other.save_environment(&SaveEnvironment { over: None, meta, token: "t".into() }, None).unwrap();
    let carried = other.import_portable(read_portable(&file, &WORDS.into()).unwrap()).unwrap();
    assert_eq!(carried.left_out, 1, "the override of an environment that is gone");
    let there = other.environments().unwrap()[1].id;
    assert_ne!(there, prod);
    let draft = other.drafts_since(0).unwrap().drafts.into_iter().find_map(|row| match row {
        ListedDraft::Readable(draft) if draft.name == "zebra" => Some(draft.id),
        _ => None,
    });
    let (meta, secrets) = other.revision_in(draft.unwrap(), 1, there).unwrap();
    assert_eq!(meta.name, "zebra prod");
    assert_eq!(secrets.get(SecretField::Password).unwrap().expose(), b"zebra-there");
    assert_eq!(other.draft(draft.unwrap()).unwrap().0.meta.overrides.len(), 1);
    assert_eq!(other.groups().unwrap()[0].meta.environments, [there]);
}

#[test]
fn another_passphrase_a_changed_byte_or_a_cut_file_opens_nothing() {
    let (_dir, vault) = filled();
    let file = exported(&vault);
    assert_eq!(read_portable(&file, &"correct horse".into()).unwrap_err(), PortableError::WrongPassphrase);
    assert_eq!(read_portable(b"", &WORDS.into()).unwrap_err(), PortableError::NotAge);
    assert_eq!(read_portable(b"{\"drafts\":[]}", &WORDS.into()).unwrap_err(), PortableError::NotAge);
    let mut changed = file.clone();
    let last = changed.len() - 20;
    changed[last] ^= 1;
    for bad in [&changed[..], &file[..file.len() - 1], &file[..file.len() / 2], &file[..40]] {
        assert!(read_portable(bad, &WORDS.into()).is_err());
    }
}

#[test]
fn what_opens_and_is_no_export_is_refused_without_a_word_of_its_content() {
    let sealed = |json: &str| {
        let mut out = Vec::new();
        let words = SecretString::from(WORDS.to_owned());
        let mut stream = age::Encryptor::with_user_passphrase(words).wrap_output(&mut out).unwrap();
        stream.write_all(json.as_bytes()).unwrap();
        stream.finish().unwrap();
        out
    };
    for json in [
        "zebra",
        r#"{"format":"zebra","version":1}"#,
        r#"{"format":"sealpost-export","version":1,"drafts":[{"secrets":{"password":{"text":"zebra"}}}]}"#,
        r#"{"format":"sealpost-export","version":"zebra"}"#,
    ] {
        let error = read_portable(&sealed(json), &WORDS.into()).unwrap_err();
        assert!(matches!(error, PortableError::NotAnExport(_)), "{json}");
        assert!(!error.to_string().contains("zebra"), "{error}");
    }
    let newer = sealed(r#"{"format":"sealpost-export","version":3}"#);
    assert_eq!(read_portable(&newer, &WORDS.into()).unwrap_err(), PortableError::TooNew(3));
    let first = sealed(r#"{"format":"sealpost-export","version":1,"drafts":[],"environments":[]}"#);
    assert!(read_portable(&first, &WORDS.into()).is_ok(), "what earlier versions wrote is read for ever");
}

#[test]
fn the_header_is_that_of_the_age_format() {
    let (_dir, vault) = filled();
    let file = exported(&vault);
    assert!(file.starts_with(b"age-encryption.org/v1\n-> scrypt "), "what the standard tool looks for");
}

/// The standard tool asks for its passphrase on a terminal only, so `script` gives it one. Not installed everywhere.
#[test]
#[ignore = "needs the age tool and script(1): run where they are"]
fn the_standard_tool_opens_it() {
    let (dir, vault) = filled();
    let file = dir.path().join("export.age");
    std::fs::write(&file, exported(&vault)).unwrap();
    let command = format!(
        "(sleep 1; echo '{WORDS}'; sleep 4) | script -qec 'age -d -o {0}.json {0}' /dev/null",
        file.display()
    );
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{}.json", file.display())).unwrap()).unwrap();
    assert_eq!(json["environments"][0]["token"], "zebra-token");
}
