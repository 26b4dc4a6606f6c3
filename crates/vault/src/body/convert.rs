//! From the fields of a body to a draft, once the type is known.

use super::ImportedDraft;
use super::fields::{RawItem, TYPE_FIELDS};
use super::place::Place;
use super::scalars::{from_base64, without_whitespace};
use crate::certificate::{self, CertificateError};
use crate::draft::{CertificateFacts, CertificateFormat, CredentialType, Details, DraftMeta};
use crate::external_vault::ExternalVault;
use crate::secret::{DraftSecrets, SecretField, SecretValue};

pub(super) fn to_draft<E: serde::de::Error>(place: &Place, mut raw: RawItem) -> Result<ImportedDraft, E> {
    let Some(credential_type) = raw.credential_type.take() else {
        place.enter("type");
        return Err(place.refuse_field(
            "The field is missing, and it decides what the others mean. Add it, then import again.",
        ));
    };
    let external_vault = raw.external_vault.take().and_then(|vault| vault.into_vault(&mut raw.notes));
    let mut secrets = DraftSecrets::new();
    let details = details(place, &credential_type, external_vault, &mut raw, &mut secrets)?;
    for field in details.secret_fields() {
        if let Some(value) = raw.take_secret(*field) {
            secrets.set(*field, value);
        }
    }
    note_leftovers(&credential_type, &mut raw);
    if raw.owner_access_only.is_none() {
        raw.note(
            "ownerAccessOnly",
            "The field was missing, and the API names no default. The set is limited to its owner.",
        );
    }
    let mut meta = DraftMeta::new(&raw.name.take().unwrap_or_default(), details);
    meta.description = raw.description.take().unwrap_or_default();
    meta.scopes = raw.scopes;
    meta.owner_access_only = raw.owner_access_only.unwrap_or(true);
    meta.allowed_entities = raw.allowed_entities;
    meta.allow_contextless_requests = raw.allow_contextless.unwrap_or(false);
    meta.extra = raw.extra;
    meta.secrets_set = secrets.filled();
    Ok(ImportedDraft { meta, secrets, notes: raw.notes })
}

fn details<E: serde::de::Error>(
    place: &Place,
    credential_type: &CredentialType,
    external_vault: Option<ExternalVault>,
    raw: &mut RawItem,
    secrets: &mut DraftSecrets,
) -> Result<Details, E> {
    use CredentialType as T;
    let is_login = matches!(credential_type, T::UsernamePassword | T::Token);
    if external_vault.is_some() && !is_login {
        raw.note(
            "externalVault",
            "Only USERNAME_PASSWORD and TOKEN can take their values from an external vault. It was left out.",
        );
    }
    Ok(match credential_type {
        T::UsernamePassword => Details::UsernamePassword {
            // With an external vault the user is left out as well (contract 2.4).
            user: if external_vault.is_none() { text(raw, "user") } else { String::new() },
            external_vault,
            allow_colon: false,
        },
        T::Token => Details::Token { external_vault },
        T::Certificate => {
            let (certificate_format, facts) = certificate(place, raw, secrets, false)?;
            Details::Certificate { certificate_format, facts }
        }
        T::PublicCertificate => {
            let (certificate_format, facts) = certificate(place, raw, secrets, true)?;
            Details::PublicCertificate { certificate_format, facts }
        }
        T::SnmpV3 => Details::SnmpV3 {
            username: text(raw, "username"),
            security_level: text(raw, "securityLevel"),
            authentication_protocol: raw.take_text("authenticationProtocol").filter(|text| !text.is_empty()),
            privacy_protocol: raw.take_text("privacyProtocol").filter(|text| !text.is_empty()),
        },
        T::AwsKeyBased => Details::AwsKeyBased {
            access_key_id: text(raw, "accessKeyID"),
            aws_partition: text(raw, "awsPartition"),
        },
        T::AwsRoleBased => {
            Details::AwsRoleBased { account_id: text(raw, "accountID"), iam_role: text(raw, "iamRole") }
        }
        T::Unknown(_) => {
            return Err(place.refuse_field("This type is not known to this version of Sealpost."));
        }
    })
}

fn text(raw: &mut RawItem, field: &str) -> String {
    raw.take_text(field).unwrap_or_default()
}

/// Format and facts; moves file and password into `secrets`. What the file is counts more than what the body says
/// of it: a wrong `certificateFormat` is a mistake that the server would not forgive.
fn certificate<E: serde::de::Error>(
    place: &Place,
    raw: &mut RawItem,
    secrets: &mut DraftSecrets,
    public: bool,
) -> Result<(CertificateFormat, Option<CertificateFacts>), E> {
    const FORMAT: &str = "certificateFormat";
    let file = raw.take_secret(SecretField::Certificate);
    let detected = file.as_ref().and_then(|file| certificate::detect_format(file.expose()));
    let written = match raw.take_text(FORMAT).as_deref() {
        Some("PEM") => Some(CertificateFormat::Pem),
        Some("PKCS12") => Some(CertificateFormat::Pkcs12),
        _ => None,
    };
    let format = match (written, detected) {
        (Some(written), Some(detected)) if written != detected => {
            raw.note(
                FORMAT,
                format!(
                    "The file is {}, not {}. The format was corrected.",
                    detected.as_str(),
                    written.as_str()
                ),
            );
            detected
        }
        (Some(written), _) => written,
        (None, Some(detected)) => {
            raw.note(
                FORMAT,
                format!("The format was missing or unknown. The file is {}.", detected.as_str()),
            );
            detected
        }
        (None, None) => {
            place.enter(FORMAT);
            return Err(
                place.refuse_field("Set the format to PEM or PKCS12; the file does not show which it is.")
            );
        }
    };
    let password = raw.take_secret(SecretField::Password);
    let (password, facts) = if public {
        // Clients send a dummy here because the schema requires the field (contract 2.7).
        if password.is_some_and(|value| !value.is_empty()) {
            raw.note("password", "A public certificate has no password. It was left out.");
        }
        (None, file.as_ref().and_then(|file| certificate::inspect(file.expose(), format, None).ok()))
    } else {
        read_password(raw, format, file.as_ref(), password)
    };
    if let Some(password) = password {
        secrets.set(SecretField::Password, password);
    }
    if let Some(file) = file {
        secrets.set(SecretField::Certificate, file);
    }
    Ok((format, facts))
}

/// The API wants the file's password in base64, and leaving that out is a known mistake (contract 2.6). A password
/// that happens to be base64 as well is told by trying both on the file.
fn read_password(
    raw: &mut RawItem,
    format: CertificateFormat,
    file: Option<&SecretValue>,
    written: Option<SecretValue>,
) -> (Option<SecretValue>, Option<CertificateFacts>) {
    let try_with = |password: Option<&SecretValue>| {
        file.map(|file| certificate::inspect(file.expose(), format, password))
    };
    let Some(written) = written.filter(|value| !value.is_empty()) else {
        return (None, try_with(None).and_then(Result::ok));
    };
    let decoded = from_base64(&without_whitespace(&written)).filter(|value| value.expose_text().is_some());
    if let Some(decoded) = decoded {
        let opened = try_with(Some(&decoded));
        if !matches!(opened, Some(Err(CertificateError::WrongPassword))) {
            return (Some(decoded), opened.and_then(Result::ok));
        }
        if let Some(Ok(facts)) = try_with(Some(&written)) {
            raw.note(
                "password",
                "The value was not base64 but the password itself: it opens the file as it is.",
            );
            return (Some(written), Some(facts));
        }
        return (Some(decoded), None);
    }
    raw.note(
        "password",
        "The value was not base64. It was kept as it is; Sealpost encodes it when it publishes.",
    );
    let facts = try_with(Some(&written)).and_then(Result::ok);
    (Some(written), facts)
}

/// Fields that the API has, but not for this type or form. They are named, so that nobody misses them.
fn note_leftovers(credential_type: &CredentialType, raw: &mut RawItem) {
    let secrets = SecretField::ALL
        .into_iter()
        .zip(&raw.secrets)
        .filter(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty()))
        .map(|(field, _)| field.name());
    let texts = TYPE_FIELDS
        .into_iter()
        .zip(&raw.texts)
        .filter(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty()))
        .map(|(field, _)| field);
    let left: Vec<&str> = secrets.chain(texts).collect();
    for field in left {
        raw.note(field, format!("This form of {credential_type} has no such field. It was left out."));
    }
    raw.secrets = Default::default();
}
