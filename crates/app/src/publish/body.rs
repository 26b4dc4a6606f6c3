//! From a draft and its secrets to a request body. Companions are named by the id they have in the environment.

use sealpost_dynatrace::{AllowedEntity, BodyKind, CredentialBody, ExternalVaultBody};
use sealpost_vault::{Details, DraftId, DraftMeta, DraftSecrets, ExternalVault, Reference, SecretField};
use secrecy::{SecretSlice, SecretString};

/// Why there is no body. Checked before, in the plan; here it keeps an empty secret from ever being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoBody {
    /// A secret is missing or empty.
    MissingSecret(SecretField),
    /// A companion has no id in this environment.
    MissingCompanion(DraftId),
    /// A type this version does not know.
    UnknownType,
}

impl NoBody {
    /// For people.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::MissingSecret(field) => {
                format!("{} is empty. Set it, then publish again.", super::label(field.name()))
            }
            Self::MissingCompanion(_) => {
                "the draft it refers to has no ID there. Publish that one first.".into()
            }
            Self::UnknownType => "this version does not know its type.".into(),
        }
    }
}

fn text(secrets: &DraftSecrets, field: SecretField) -> Result<SecretString, NoBody> {
    let value = secrets.get(field).filter(|value| !value.is_empty()).ok_or(NoBody::MissingSecret(field))?;
    value.expose_text().map(SecretString::from).ok_or(NoBody::MissingSecret(field))
}

fn file(secrets: &DraftSecrets) -> Result<SecretSlice<u8>, NoBody> {
    let field = SecretField::Certificate;
    let value = secrets.get(field).filter(|value| !value.is_empty()).ok_or(NoBody::MissingSecret(field))?;
    Ok(SecretSlice::from(value.expose().to_vec()))
}

/// The request of a draft. `companion_id` gives the id of another draft in the environment.
pub(super) fn body_of(
    meta: &DraftMeta,
    secrets: &DraftSecrets,
    companion_id: &dyn Fn(DraftId) -> Option<String>,
) -> Result<CredentialBody, NoBody> {
    let external = |type_name, vault: &ExternalVault| {
        Ok::<_, NoBody>(BodyKind::External { type_name, vault: external_body(vault, companion_id)? })
    };
    let kind = match &meta.details {
        Details::UsernamePassword { external_vault: Some(vault), .. } => {
            external("USERNAME_PASSWORD", vault)?
        }
        Details::UsernamePassword { user, .. } => {
            BodyKind::UsernamePassword { user: user.clone(), password: text(secrets, SecretField::Password)? }
        }
        Details::Token { external_vault: Some(vault) } => external("TOKEN", vault)?,
        Details::Token { external_vault: None } => {
            BodyKind::Token { token: text(secrets, SecretField::Token)? }
        }
        Details::Certificate { certificate_format, .. } => BodyKind::Certificate {
            format: certificate_format.as_str(),
            bytes: file(secrets)?,
            // Empty is right for PEM, and for a PKCS#12 file without a password (contract 2.6).
            password: text(secrets, SecretField::Password).unwrap_or_default(),
        },
        Details::PublicCertificate { certificate_format, .. } => {
            BodyKind::PublicCertificate { format: certificate_format.as_str(), bytes: file(secrets)? }
        }
        Details::SnmpV3 { username, security_level, authentication_protocol, privacy_protocol } => {
            let wants = |word: &str| security_level.starts_with(word);
            let authentication = (wants("AUTH"))
                .then(|| {
                    Ok((
                        protocol(authentication_protocol),
                        text(secrets, SecretField::AuthenticationPassword)?,
                    ))
                })
                .transpose()?;
            let privacy = (wants("AUTH_PRIV"))
                .then(|| Ok((protocol(privacy_protocol), text(secrets, SecretField::PrivacyPassword)?)))
                .transpose()?;
            BodyKind::SnmpV3 {
                username: username.clone(),
                security_level: security_level.clone(),
                authentication,
                privacy,
            }
        }
        Details::AwsKeyBased { access_key_id, aws_partition } => BodyKind::AwsKeyBased {
            access_key_id: access_key_id.clone(),
            secret_key: text(secrets, SecretField::SecretKey)?,
            partition: aws_partition.clone(),
        },
        Details::AwsRoleBased { account_id, iam_role } => {
            BodyKind::AwsRoleBased { account_id: account_id.clone(), iam_role: iam_role.clone() }
        }
        Details::Unknown { .. } => return Err(NoBody::UnknownType),
    };
    Ok(CredentialBody {
        name: meta.name.clone(),
        description: meta.description.clone(),
        scopes: meta.scopes.iter().map(|scope| scope.0.clone()).collect(),
        owner_access_only: meta.owner_access_only,
        allowed_entities: meta
            .allowed_entities
            .iter()
            .map(|e| AllowedEntity { entity_type: e.entity_type.clone(), id: e.id.clone() })
            .collect(),
        allow_contextless_requests: meta.allow_contextless_requests,
        kind,
    })
}

fn protocol(name: &Option<String>) -> String {
    name.clone().unwrap_or_default()
}

fn external_body(
    vault: &ExternalVault,
    companion_id: &dyn Fn(DraftId) -> Option<String>,
) -> Result<ExternalVaultBody, NoBody> {
    let resolve = |reference: &Reference| match reference {
        Reference::Draft(id) => companion_id(*id).ok_or(NoBody::MissingCompanion(*id)),
        Reference::Remote(text) | Reference::Literal(text) => Ok(text.clone()),
    };
    let mut members: Vec<_> = vault.texts().into_iter().map(|(name, text)| (name, text.to_owned())).collect();
    for (name, _, reference) in vault.method.references() {
        members.push((name, resolve(reference)?));
    }
    Ok(ExternalVaultBody { source_auth_method: vault.method.as_str().to_owned(), members })
}
