//! What is read although it is not written as it should be, and what is noted about it.

use super::*;
use crate::draft::Scope;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../tests/fixtures/certs/", $name)).as_slice()
    };
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A token body with more fields.
fn token(more: &str) -> ImportedDraft {
    one(&format!(
        r#"{{"type":"TOKEN","name":"n","ownerAccessOnly":true,"scopes":["SYNTHETIC"],"token":"{MARKER}"{more}}}"#
    ))
}

fn certificate(kind: &str, format: &str, file: &str, password: &str) -> ImportedDraft {
    one(&format!(
        r#"{{"type":"{kind}","name":"n","ownerAccessOnly":true,{format}"certificate":"{file}","password":"{password}"}}"#
    ))
}

fn format_of(draft: &ImportedDraft) -> (CertificateFormat, bool) {
    match &draft.meta.details {
        Details::Certificate { certificate_format, facts }
        | Details::PublicCertificate { certificate_format, facts } => (*certificate_format, facts.is_some()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn booleans_may_be_text() {
    let draft = one(r#"{"type":"TOKEN","ownerAccessOnly":"false","allowContextlessRequests":"true"}"#);
    assert!(!draft.meta.owner_access_only && draft.meta.allow_contextless_requests);
    assert_eq!(noted(&draft), ["ownerAccessOnly", "allowContextlessRequests"]);
}

#[test]
fn null_is_absent() {
    let draft = one(
        r#"{"type":"TOKEN","name":null,"description":null,"scopes":null,"scope":null,"token":null,"externalVault":null,
            "ownerAccessOnly":null,"allowedEntities":null,"allowContextlessRequests":null,"user":null}"#,
    );
    assert_eq!(draft.meta.name, "");
    assert!(
        draft.meta.scopes.is_empty() && draft.meta.secrets_set.is_empty() && draft.meta.owner_access_only
    );
    assert_eq!(noted(&draft), ["ownerAccessOnly"]);
}

#[test]
fn scope_is_one_of_the_scopes() {
    let draft = token(r#","scope":"APP_ENGINE""#);
    assert_eq!(draft.meta.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(), ["APP_ENGINE", "SYNTHETIC"]);
    let draft = one(r#"{"type":"TOKEN","ownerAccessOnly":true,"scopes":"SYNTHETIC"}"#);
    assert_eq!(draft.meta.scopes.len(), 1);
}

#[test]
fn what_only_the_server_writes_is_left_out_and_noted() {
    let draft = token(
        r#","id":"CREDENTIALS_VAULT-0123456789ABCDEF","owner":"o","credentialUsageSummary":[{"type":"A","count":1}],"externalID":"x""#,
    );
    assert_eq!(noted(&draft), ["id", "owner", "credentialUsageSummary", "externalID"]);
    assert!(draft.meta.extra.is_empty());
}

#[test]
fn unknown_fields_are_kept_as_they_came() {
    let draft = token(r#","colour":{"a":[1,-2,0.5,true,null,"x"]}"#);
    assert_eq!(
        serde_json::to_string(&draft.meta.extra).unwrap(),
        r#"{"colour":{"a":[1,-2,0.5,true,null,"x"]}}"#
    );
    assert_eq!(noted(&draft), ["colour"]);
}

#[test]
fn fields_of_another_type_are_left_out_and_noted() {
    let draft =
        token(&format!(r#","password":"{MARKER}","user":"u","privacyPassword":"","awsPartition":"""#));
    assert_eq!(noted(&draft), ["password", "user"]);
    assert_eq!(draft.secrets.iter().count(), 1);
    let vault = r#""externalVault":{"sourceAuthMethod":"AZURE_KEY_VAULT_CLIENT_SECRET","roleId":"r"}"#;
    let draft = token(&format!(",{vault}"));
    assert_eq!(noted(&draft), ["externalVault.roleId", "token"]);
    let draft = one(&format!(r#"{{"type":"AWS_MONITORING_ROLE_BASED","ownerAccessOnly":true,{vault}}}"#));
    assert_eq!(noted(&draft), ["externalVault.roleId", "externalVault"]);
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let draft = one(&format!(r#"{{"token":"{MARKER}","ownerAccessOnly":true,"type":"TOKEN"}}"#));
    assert_eq!(secret(&draft, SecretField::Token), Some(MARKER));
}

#[test]
fn escapes_in_secrets_are_read() {
    let draft = one(r#"{"type":"TOKEN","ownerAccessOnly":true,"token":"a\"\\\u00e9\ud83e\udd80\n"}"#);
    assert_eq!(secret(&draft, SecretField::Token), Some("a\"\\é🦀\n"));
}

#[test]
fn a_byte_order_mark_is_skipped() {
    one("\u{FEFF} {\"type\":\"TOKEN\"}");
}

#[test]
fn old_names_are_read_as_the_new_ones() {
    assert!(matches!(one(r#"{"type":"AWS_KEY_BASED"}"#).meta.details, Details::AwsKeyBased { .. }));
    let draft = one(
        r#"{"type":"USERNAME_PASSWORD","ownerAccessOnly":true,"externalVault":{"sourceAuthMethod":"CYBERARK_VAULT_IP_BASED_ACCESS"}}"#,
    );
    let method = draft.meta.details.external_vault().map(|vault| vault.method.as_str());
    assert_eq!(method, Some("CYBERARK_VAULT_ALLOWED_LOCATION"));
    assert_eq!(noted(&draft), ["externalVault.sourceAuthMethod"]);
}

#[test]
fn azure_values_that_are_no_ids_are_literals() {
    let draft = one(&format!(
        r#"{{"type":"TOKEN","ownerAccessOnly":true,"externalVault":{{"sourceAuthMethod":"AZURE_KEY_VAULT_CLIENT_SECRET",
            "clientId":"CREDENTIALS_VAULT-0123456789ABCDEF","clientSecret":"{MARKER}"}}}}"#
    ));
    let Some(SourceAuthMethod::AzureClientSecret { client_id, client_secret, .. }) =
        draft.meta.details.external_vault().map(|vault| &vault.method)
    else {
        panic!("another form")
    };
    assert_eq!(*client_id, Reference::Remote("CREDENTIALS_VAULT-0123456789ABCDEF".into()));
    assert_eq!(*client_secret, Reference::Literal(MARKER.into()));
    assert_eq!(noted(&draft), ["externalVault.clientSecret"]);
}

#[test]
fn a_certificate_is_decoded_and_its_facts_are_read() {
    let draft = certificate(
        "CERTIFICATE",
        r#""certificateFormat":"PEM","#,
        &base64(fixture!("leaf-with-key.pem")),
        "",
    );
    assert_eq!(format_of(&draft), (CertificateFormat::Pem, true));
    assert_eq!(draft.secrets.get(SecretField::Certificate).unwrap().expose(), fixture!("leaf-with-key.pem"));
    assert!(noted(&draft).is_empty());
    let password = base64(b"fixture-password");
    let draft = certificate(
        "CERTIFICATE",
        r#""certificateFormat":"PKCS12","#,
        &base64(fixture!("modern.p12")),
        &password,
    );
    assert_eq!(format_of(&draft), (CertificateFormat::Pkcs12, true));
    assert_eq!(secret(&draft, SecretField::Password), Some("fixture-password"));
    assert!(noted(&draft).is_empty());
}

#[test]
fn base64_may_have_line_breaks_and_no_padding() {
    let text = base64(fixture!("modern.p12"));
    let lines: Vec<&str> = text
        .trim_end_matches('=')
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let draft = certificate("CERTIFICATE", "", &lines.join("\\r\\n"), "");
    assert_eq!(draft.secrets.get(SecretField::Certificate).unwrap().expose(), fixture!("modern.p12"));
    assert_eq!(noted(&draft), ["certificateFormat"]);
}

#[test]
fn pem_text_that_is_not_base64_is_read_as_it_is() {
    let pem = std::str::from_utf8(fixture!("leaf-with-key.pem")).unwrap().replace('\n', "\\n");
    let draft = certificate("CERTIFICATE", r#""certificateFormat":"PEM","#, &pem, "");
    assert_eq!(draft.secrets.get(SecretField::Certificate).unwrap().expose(), fixture!("leaf-with-key.pem"));
    assert_eq!(noted(&draft), ["certificate"]);
}

#[test]
fn the_file_decides_its_format() {
    let file = base64(fixture!("modern.p12"));
    for format in [
        r#""certificateFormat":"PEM","#,
        r#""certificateFormat":"UNKNOWN","#,
        r#""certificateFormat":null,"#,
        "",
    ] {
        let draft = certificate("CERTIFICATE", format, &file, "");
        assert_eq!(format_of(&draft), (CertificateFormat::Pkcs12, false));
        assert_eq!(noted(&draft), ["certificateFormat"]);
    }
}

#[test]
fn a_password_that_is_not_base64_is_kept_literally() {
    let file = base64(fixture!("modern.p12"));
    let draft = certificate("CERTIFICATE", r#""certificateFormat":"PKCS12","#, &file, "fixture-password");
    assert_eq!(secret(&draft, SecretField::Password), Some("fixture-password"));
    assert_eq!(format_of(&draft), (CertificateFormat::Pkcs12, true));
    assert_eq!(noted(&draft), ["password"]);
    // Base64 of bytes that are no text can't be a password either.
    let draft = certificate("CERTIFICATE", r#""certificateFormat":"PKCS12","#, &file, "////");
    assert_eq!(secret(&draft, SecretField::Password), Some("////"));
}

#[test]
fn a_password_that_looks_like_base64_is_tried_on_the_file() {
    // "cGFzcw==" is the literal password of this file, and base64 of another word.
    let draft = certificate(
        "CERTIFICATE",
        r#""certificateFormat":"PKCS12","#,
        &base64(fixture!("base64-password.p12")),
        "cGFzcw==",
    );
    assert_eq!(secret(&draft, SecretField::Password), Some("cGFzcw=="));
    assert_eq!(noted(&draft), ["password"]);
    assert_eq!(format_of(&draft), (CertificateFormat::Pkcs12, true));
}

#[test]
fn a_public_certificate_has_no_password() {
    let draft = certificate(
        "PUBLIC_CERTIFICATE",
        r#""certificateFormat":"PEM","#,
        &base64(fixture!("ca.pem")),
        "UGFzc3dvcmROb3RTdXBwb3J0ZWQ=",
    );
    assert_eq!(draft.secrets.iter().count(), 1);
    assert_eq!(noted(&draft), ["password"]);
    assert_eq!(format_of(&draft), (CertificateFormat::Pem, true));
}

#[test]
fn a_file_without_content_is_only_missing() {
    let draft =
        one(r#"{"type":"CERTIFICATE","ownerAccessOnly":true,"certificateFormat":"PEM","password":""}"#);
    assert!(draft.meta.secrets_set.is_empty());
    assert_eq!(crate::certificate::file_kind(b""), FileKind::Unknown);
}
