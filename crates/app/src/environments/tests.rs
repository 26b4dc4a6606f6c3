//! What a CA file may hold.

use sealpost_vault::testing::Bench;
use sealpost_vault::{EnvironmentMeta, SaveEnvironment};

use super::*;
use crate::testing::app;

const WITH_KEY: &str = include_str!("../../../../tests/fixtures/certs/leaf-with-key.pem");
const CA: &str = include_str!("../../../../tests/fixtures/certs/ca.pem");
/// The form of a token; of no environment.
const TOKEN: &str = "dt0c01.PUBLIC.SECRETPARTOFTHETOKEN";

#[test]
fn a_ca_file_with_a_private_key_or_without_a_certificate_is_not_stored() {
    for (pem, word) in [(WITH_KEY, "private key"), ("no certificate", "no certificate in PEM form")] {
        let refused = ca_to_store(pem.to_owned()).unwrap_err();
        assert!(refused.title.contains(word), "{}", refused.title);
        assert!(!format!("{refused:?}").contains("MII"), "and nothing of it is repeated");
    }
    assert_eq!(ca_to_store(CA.to_owned()).unwrap(), CA);
}

#[tokio::test]
async fn one_that_an_earlier_version_stored_with_its_key_is_shown_and_can_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::at(&dir.path().join("vault"));
    let meta = EnvironmentMeta {
        name: "prod".into(),
        url: "https://x.example".into(),
        ca_pem: Some(WITH_KEY.into()),
        ..Default::default()
    };
    let save = SaveEnvironment { over: None, meta, token: TOKEN.into() };
    bench.create().unwrap().save_environment(&save, None).unwrap();
    let app = app(&bench);
    app.vault_unlock().await.unwrap();
    let shown = app.env_list().await.unwrap().remove(0);
    assert!(shown.ca_subject.is_some(), "{shown:?}");
    let save = |ca: Option<&str>| EnvironmentSave {
        id: Some(shown.id.clone()),
        expected_revision: None,
        name: shown.name.clone(),
        url: shown.url.clone(),
        token: SecretEdit::Keep,
        colour: shown.colour.clone(),
        protected: false,
        read_only: None,
        ca_pem: ca.map(str::to_owned),
        proxy: "none".into(),
        unsaved: None,
    };
    app.env_save(save(None)).await.expect("other changes are not held up by it");
    assert_eq!(app.env_save(save(Some(WITH_KEY))).await.unwrap_err().code, crate::problem::Code::Invalid);
    app.env_save(save(Some(CA))).await.unwrap();
}
