//! From what an editor sends to what is stored: secrets kept, set or cleared; certificate facts read from the bytes.

use base64::Engine as _;
use sealpost_vault::certificate::{CertificateError, detect_format, inspect};
use sealpost_vault::check::strength;
use sealpost_vault::{
    CertificateFacts, DraftId, DraftMeta, DraftSecrets, Error, SecretEdit, SecretField, SecretValue,
    Timestamp,
};

use super::{overrides, parse_id};
use crate::app::Session;
use crate::problem::{Code, Problem};
use crate::unsaved::gone;
use crate::views::{DraftContent, DraftSave};

/// An edit, merged with what is stored.
pub(super) struct Edited {
    /// The draft and the revision that was edited.
    pub(super) over: Option<(DraftId, u32)>,
    /// Everything but the secrets.
    pub(super) meta: DraftMeta,
    /// All secrets after the edit.
    pub(super) secrets: DraftSecrets,
    /// Those at hand for a check of their content: the newly typed ones, and a certificate with its password.
    pub(super) typed: DraftSecrets,
}

/// Merges an edit with what is stored.
///
/// # Errors
/// `StaleRevision` already here if a kept secret would come from another revision than the one edited.
pub(super) fn apply(session: &Session, save: DraftSave) -> Result<Edited, Problem> {
    let id = save.id.as_deref().map(parse_id).transpose()?;
    let (over, stored_meta, stored_secrets) = match id {
        None => (None, None, DraftSecrets::new()),
        Some(id) => {
            let (draft, _) = session.vault.draft(id)?;
            let expected = save.expected_revision.unwrap_or(draft.revision);
            let (revision, secrets) = session.vault.draft_secrets(id)?;
            if revision != expected {
                return Err(Error::StaleRevision { expected, found: revision }.into());
            }
            (Some((id, expected)), Some(draft.meta), secrets)
        }
    };
    let (mut content, unsaved) = (save.content, session.unsaved_values(save.unsaved.as_deref())?);
    let overrides = std::mem::take(&mut content.overrides);
    let mut meta = merge_meta(content, stored_meta.as_ref());
    let (mut secrets, mut typed) = (stored_secrets, DraftSecrets::new());
    for (field, edit) in save.secrets {
        match edit {
            SecretEdit::Keep => {}
            SecretEdit::Clear => secrets.clear(field),
            edit => {
                let value = edited_value(edit, field, &unsaved)?;
                typed.set(field, value.clone());
                secrets.set(field, value);
            }
        }
    }
    let (stored, edits) = (stored_meta.as_ref(), save.override_secrets);
    overrides::apply(session, overrides, edits, stored, &unsaved, (&mut meta, &mut secrets))?;
    secrets.retain(meta.details.secret_fields());
    typed.retain(meta.details.secret_fields());
    meta.secrets_set = secrets.filled();
    read_certificate(&mut meta, &secrets, &mut typed);
    Ok(Edited { over, meta, secrets, typed })
}

/// What is done to each secret field.
pub(super) type Edits = std::collections::BTreeMap<SecretField, SecretEdit>;

/// The value that an edit sets. `unsaved` holds what was typed before.
pub(crate) fn edited_value(
    edit: SecretEdit,
    field: SecretField,
    unsaved: &DraftSecrets,
) -> Result<SecretValue, Problem> {
    match edit {
        SecretEdit::Set { value } => Ok(value),
        SecretEdit::SetFile { base64 } => decode(&base64),
        SecretEdit::Unsaved | SecretEdit::Keep | SecretEdit::Clear => {
            unsaved.get(field).cloned().ok_or_else(gone)
        }
    }
}

/// The bytes of a picked file.
pub(crate) fn decode(base64: &SecretValue) -> Result<SecretValue, Problem> {
    base64::engine::general_purpose::STANDARD.decode(base64.expose()).map(SecretValue::new).map_err(|_| {
        Problem::new(
            Code::Invalid,
            "The file's content is not base64.",
            "Nothing was changed.",
            "Pick the file again.",
        )
    })
}

fn merge_meta(content: DraftContent, stored: Option<&DraftMeta>) -> DraftMeta {
    let mut meta = DraftMeta {
        name: content.name,
        description: content.description,
        scopes: content.scopes,
        owner_access_only: content.owner_access_only,
        allowed_entities: content.allowed_entities,
        allow_contextless_requests: content.allow_contextless_requests,
        details: content.details,
        note: content.note,
        tags: content.tags,
        expires_at: content.expires_at.map(Timestamp::from_millis),
        extra: stored.map(|meta| meta.extra.clone()).unwrap_or_default(),
        secrets_set: std::collections::BTreeSet::new(),
        overrides: std::collections::BTreeMap::new(),
    };
    // What a file says is read from the file, never taken from the caller; only its name is the caller's to know.
    let file_name = meta.details.facts().and_then(|facts| facts.file_name.clone());
    let kept = stored.and_then(|meta| meta.details.facts().cloned());
    meta.details.set_facts(match kept {
        Some(kept) => Some(CertificateFacts { file_name, ..kept }),
        None => file_name.map(named_only),
    });
    meta
}

/// Facts that hold nothing but the file's name, until the file is read.
pub(super) fn named_only(file_name: String) -> CertificateFacts {
    CertificateFacts {
        subject: String::new(),
        issuer: String::new(),
        not_before: Timestamp::default(),
        not_after: Timestamp::default(),
        certificates: 0,
        has_private_key: false,
        alternative_names: Vec::new(),
        fingerprint: String::new(),
        key: String::new(),
        file_name: Some(file_name),
    }
}

/// Reads the certificate again if one of these secrets is a part of it.
pub(crate) fn read_certificates(
    meta: &mut DraftMeta,
    secrets: &DraftSecrets,
    changed: &std::collections::BTreeSet<SecretField>,
) {
    let mut typed = DraftSecrets::new();
    for field in changed {
        if let Some(value) = secrets.get(*field) {
            typed.set(*field, value.clone());
        }
    }
    read_certificate(meta, secrets, &mut typed);
}

/// Reads the certificate again whenever its bytes or its password were typed, so that facts and file agree.
fn read_certificate(meta: &mut DraftMeta, secrets: &DraftSecrets, typed: &mut DraftSecrets) {
    let touched = typed.get(SecretField::Certificate).is_some() || typed.get(SecretField::Password).is_some();
    let Some(bytes) = secrets.get(SecretField::Certificate) else {
        meta.details.set_facts(None);
        return;
    };
    if !touched && meta.details.facts().is_some_and(|facts| facts.certificates > 0) {
        return;
    }
    if let Some(format) = detect_format(bytes.expose()) {
        meta.details.set_certificate_format(format);
    }
    let Some(format) = meta.details.certificate_format() else { return };
    let password = secrets.get(SecretField::Password);
    let file_name = meta.details.facts().and_then(|facts| facts.file_name.clone());
    let facts: Result<CertificateFacts, CertificateError> = inspect(bytes.expose(), format, password);
    meta.details.set_facts(facts.ok().map(|facts| CertificateFacts { file_name, ..facts }));
    // The check needs both together to tell a wrong password from a broken file.
    typed.set(SecretField::Certificate, bytes.clone());
    if let Some(password) = password {
        typed.set(SecretField::Password, password.clone());
    }
}

/// How hard the newly typed password or token is to guess, 0 to 4.
pub(super) fn strength_of_typed(typed: &DraftSecrets) -> Option<u8> {
    if typed.get(SecretField::Certificate).is_some() {
        return None;
    }
    typed.iter().map(|(_, value)| strength(value)).min()
}
