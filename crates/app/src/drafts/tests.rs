//! Drafts over a real vault file.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use sealpost_vault::check::IssueCode;
use sealpost_vault::{CertificateFormat, Details, SecretEdit, SecretField};

use super::edit::named_only;
use crate::app::App;
use crate::testing;
use crate::views::{DraftContent, DraftSave, DraftView};

async fn app(folder: &Path) -> App {
    testing::opened(folder).await.1
}

/// Bytes of `tests/fixtures/certs/…`.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/certs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn set_file(bytes: &[u8]) -> SecretEdit {
    SecretEdit::SetFile { base64: base64::engine::general_purpose::STANDARD.encode(bytes).into() }
}

fn set(text: &str) -> SecretEdit {
    SecretEdit::Set { value: text.into() }
}

fn content(file_name: Option<&str>) -> DraftContent {
    let facts = file_name.map(|name| named_only(name.to_owned()));
    let details = Details::Certificate { certificate_format: CertificateFormat::Pkcs12, facts };
    super::content_of(&sealpost_vault::DraftMeta::new("mtls", details))
}

async fn save(
    app: &App,
    over: Option<&DraftView>,
    content: DraftContent,
    secrets: impl IntoIterator<Item = (SecretField, SecretEdit)>,
) -> DraftView {
    let save = DraftSave {
        id: over.map(|view| view.id.clone()),
        expected_revision: over.map(|view| view.revision),
        content,
        secrets: secrets.into_iter().collect::<BTreeMap<_, _>>(),
        override_secrets: BTreeMap::new(),
        unsaved: None,
    };
    app.draft_save(save).await.unwrap()
}

fn codes(view: &DraftView) -> Vec<IssueCode> {
    view.issues.iter().map(|issue| issue.code).collect()
}

#[tokio::test]
async fn a_stored_certificate_that_does_not_open_is_named_whenever_the_draft_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path()).await;
    for (bytes, password, expected, other) in [
        (file("modern.p12"), "wrong", IssueCode::WrongPassword, IssueCode::BrokenFile),
        (b"\x30\x82\x01\x00 no certificate".to_vec(), "any", IssueCode::BrokenFile, IssueCode::WrongPassword),
    ] {
        let secrets = [(SecretField::Certificate, set_file(&bytes)), (SecretField::Password, set(password))];
        let saved = save(&app, None, content(None), secrets).await;
        let read = app.draft_get(&saved.id).await.unwrap();
        assert!(codes(&read).contains(&expected), "{:?}", read.issues);
        assert!(!codes(&read).contains(&other), "{:?}", read.issues);
        assert_eq!(codes(&saved), codes(&read), "saving and reading say the same");
        assert!(!format!("{:?}", read.issues).contains(password));
    }
}

#[tokio::test]
async fn a_stored_certificate_that_opens_has_no_finding_about_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path()).await;
    let secrets = [(SecretField::Certificate, set_file(&file("leaf-with-key.pem")))];
    let saved = save(&app, None, content(Some("leaf.pem")), secrets).await;
    let read = app.draft_get(&saved.id).await.unwrap();
    assert!(
        !codes(&read).iter().any(|code| matches!(code, IssueCode::WrongPassword | IssueCode::BrokenFile))
    );
    assert_eq!(read.certificate.unwrap().file_name.as_deref(), Some("leaf.pem"));
}

#[tokio::test]
async fn a_replaced_certificate_does_not_keep_the_name_of_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path()).await;
    let secrets = || [(SecretField::Certificate, set_file(&file("leaf-with-key.pem")))];
    let first = save(&app, None, content(Some("old.pem")), secrets()).await;
    let named = save(&app, Some(&first), content(Some("new.pem")), secrets()).await;
    assert_eq!(named.certificate.as_ref().unwrap().file_name.as_deref(), Some("new.pem"));
    let unnamed = save(&app, Some(&named), content(None), secrets()).await;
    assert_eq!(unnamed.certificate.unwrap().file_name, None, "the name of another file would mislead");
}

#[tokio::test]
async fn what_a_certificate_says_is_never_taken_from_the_caller() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path()).await;
    let secrets = [(SecretField::Certificate, set_file(&file("leaf-with-key.pem")))];
    let first = save(&app, None, content(Some("leaf.pem")), secrets).await;
    let mut lie = first.content.clone();
    let mut facts = first.certificate.clone().unwrap();
    facts.subject = "CN=somebody else".into();
    lie.details.set_facts(Some(facts));
    let second = save(&app, Some(&first), lie, []).await;
    assert_eq!(second.certificate, first.certificate);
}
