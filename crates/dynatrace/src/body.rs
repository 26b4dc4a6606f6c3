//! The request body of a create or an update: the API's JSON, written once, in a buffer that is wiped.
//!
//! Secrets go from their wiping types straight into that buffer. No type here derives `Serialize`, so none can be
//! written anywhere else by accident. base64 of certificates and their passwords is done here (contract 2.6, 2.7).

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer as _};
use zeroize::Zeroizing;

use crate::exchange::SECRET_MARK;
use crate::ink::{Ink, base64};
use crate::token::ApiToken;

/// Largest request the API takes, bytes (contract 4.7).
pub const MAX_REQUEST: usize = 1_000_000;

/// One entry of `allowedEntities` (contract 2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowedEntity {
    /// `USER` or `APPLICATION`.
    pub entity_type: String,
    /// User name, UUID, or app id.
    pub id: String,
}

/// `externalVault` (contract 3.1): names, never values. Every member is sent as given, empty ones are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalVaultBody {
    /// Discriminator; always sent.
    pub source_auth_method: String,
    /// Members in the API's spelling.
    pub members: Vec<(&'static str, String)>,
}

/// The fields of one type, secrets included. `Debug` shows the type alone: the API counts user names and key ids among
/// the write-only fields (contract 2.1).
pub enum BodyKind {
    /// Contract 2.4.
    UsernamePassword {
        /// User name.
        user: String,
        /// Plain text.
        password: SecretString,
    },
    /// Contract 2.5.
    Token {
        /// Plain text.
        token: SecretString,
    },
    /// Contract 2.4 or 2.5 with values from an external vault: no user, password or token is sent.
    External {
        /// `USERNAME_PASSWORD` or `TOKEN`.
        type_name: &'static str,
        /// Where the values come from.
        vault: ExternalVaultBody,
    },
    /// Contract 2.6.
    Certificate {
        /// `PEM` or `PKCS12`.
        format: &'static str,
        /// The file's bytes.
        bytes: SecretSlice<u8>,
        /// The file's password; empty for PEM.
        password: SecretString,
    },
    /// Contract 2.7; `password` is required and not supported, so it is sent empty.
    PublicCertificate {
        /// `PEM` or `PKCS12`.
        format: &'static str,
        /// The file's bytes.
        bytes: SecretSlice<u8>,
    },
    /// Contract 2.8.
    SnmpV3 {
        /// SNMP user.
        username: String,
        /// Security level.
        security_level: String,
        /// Protocol and password, from `AUTH_NO_PRIV` on.
        authentication: Option<(String, SecretString)>,
        /// Protocol and password, for `AUTH_PRIV`.
        privacy: Option<(String, SecretString)>,
    },
    /// Contract 2.9.
    AwsKeyBased {
        /// `accessKeyID`.
        access_key_id: String,
        /// Plain text.
        secret_key: SecretString,
        /// `DEFAULT`, `CHINA` or `US_GOV`.
        partition: String,
    },
    /// Contract 2.10.
    AwsRoleBased {
        /// 12 digits.
        account_id: String,
        /// Role name.
        iam_role: String,
    },
}

impl std::fmt::Debug for BodyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}(…)", self.type_name())
    }
}

/// A whole request: common fields (contract 2.1) and the fields of its type.
#[derive(Debug)]
pub struct CredentialBody {
    /// Display name.
    pub name: String,
    /// Left out when empty; an update then clears it there.
    pub description: String,
    /// Always sent (contract 2.3).
    pub scopes: Vec<String>,
    /// Always sent: its default is undocumented.
    pub owner_access_only: bool,
    /// Users and apps.
    pub allowed_entities: Vec<AllowedEntity>,
    /// Needs `APP_ENGINE`, so it is sent only when true or when that scope is there.
    pub allow_contextless_requests: bool,
    /// The fields of the type.
    pub kind: BodyKind,
}

/// The bytes of a request, wiped when the last user drops them. `Debug` shows their number only.
pub struct RequestBody {
    bytes: Arc<Zeroizing<Vec<u8>>>,
    /// The same with a mark in the place of every secret.
    shown: String,
    secrets: Vec<SecretString>,
    /// The same with a dummy password, for a server that refuses the empty one of a `PUBLIC_CERTIFICATE`.
    with_dummy_password: Option<Box<RequestBody>>,
}

/// Base64 of `PasswordNotSupported`: what other clients send where the schema asks for a password that the type does
/// not have (contract 2.7).
const DUMMY_PASSWORD: &str = "UGFzc3dvcmROb3RTdXBwb3J0ZWQ=";

/// Lends the bytes to the HTTP library without a copy that nobody would wipe.
struct Lent(Arc<Zeroizing<Vec<u8>>>);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RequestBody({} bytes)", self.bytes.len())
    }
}

impl RequestBody {
    /// `{"token": …}` for the look-up (contract 1.3).
    pub(crate) fn token_lookup(token: &ApiToken) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(token.expose().len() * 2 + 16));
        // Room for every character escaped: growing would leave copies behind.
        let written = serde_json::to_writer(&mut *bytes, &BTreeMap::from([("token", token.expose())]));
        debug_assert!(written.is_ok(), "JSON into memory");
        let shown = format!("{{\"token\":\"{SECRET_MARK}\"}}");
        Self { bytes: Arc::new(bytes), shown, secrets: Vec::new(), with_dummy_password: None }
    }

    /// Size in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Never true.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Over the API's limit (contract 4.7).
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.len() > MAX_REQUEST
    }

    /// What to send after a refusal of the password, if anything.
    pub(crate) fn with_dummy_password(&self) -> Option<&Self> {
        self.with_dummy_password.as_deref()
    }

    /// The bytes, for the HTTP library. What it copies into its own buffers is beyond our reach.
    pub(crate) fn to_bytes(&self) -> Bytes {
        Bytes::from_owner(Lent(Arc::clone(&self.bytes)))
    }

    /// The JSON with a mark in the place of every secret, to be kept and shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What no text of a server may show.
    #[expect(clippy::disallowed_methods, reason = "compared with the server's text, to remove it there")]
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(ExposeSecret::expose_secret)
    }
}

impl CredentialBody {
    /// Writes the JSON.
    #[must_use]
    pub fn to_request(&self) -> RequestBody {
        let mut request = self.write("");
        if matches!(self.kind, BodyKind::PublicCertificate { .. }) {
            request.with_dummy_password = Some(Box::new(self.write(DUMMY_PASSWORD)));
        }
        request
    }

    fn write(&self, unused_password: &str) -> RequestBody {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.size_hint()));
        self.write_into(&mut bytes, Ink::Sent, unused_password);
        let mut shown = Vec::new();
        self.write_into(&mut shown, Ink::Shown, unused_password);
        RequestBody {
            bytes: Arc::new(bytes),
            shown: String::from_utf8(shown).unwrap_or_default(),
            secrets: self.kind.sent_secrets(),
            with_dummy_password: None,
        }
    }

    fn write_into(&self, bytes: &mut Vec<u8>, ink: Ink, unused_password: &str) {
        let mut serializer = serde_json::Serializer::new(bytes);
        // Writing strings and booleans into memory has no way to fail.
        let written = serializer.serialize_map(None).and_then(|mut map| {
            self.write_common(&mut map)?;
            self.kind.write(&mut map, ink, unused_password)?;
            map.end()
        });
        debug_assert!(written.is_ok(), "JSON into memory");
    }

    /// Upper bound of the size, so that the buffer never grows: growing would leave unwiped copies behind.
    #[expect(clippy::disallowed_methods, reason = "lengths only")]
    fn size_hint(&self) -> usize {
        let entities: usize =
            self.allowed_entities.iter().map(|e| 40 + 6 * (e.id.len() + e.entity_type.len())).sum();
        let scopes: usize = self.scopes.iter().map(|scope| 6 * scope.len() + 4).sum();
        let secrets: usize = self.kind.secrets().iter().map(|secret| 6 * secret.expose_secret().len()).sum();
        let bytes = match &self.kind {
            BodyKind::Certificate { bytes, .. } | BodyKind::PublicCertificate { bytes, .. } => {
                bytes.expose_secret().len() * 4 / 3 + 8
            }
            BodyKind::External { vault, .. } => {
                vault.members.iter().map(|(k, v)| k.len() + 6 * v.len() + 8).sum()
            }
            _ => 0,
        };
        1_024 + 6 * (self.name.len() + self.description.len() + 400) + entities + scopes + secrets + bytes
    }

    fn write_common<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", self.kind.type_name())?;
        map.serialize_entry("name", &self.name)?;
        if !self.description.is_empty() {
            map.serialize_entry("description", &self.description)?;
        }
        map.serialize_entry("scopes", &self.scopes)?;
        map.serialize_entry("ownerAccessOnly", &self.owner_access_only)?;
        let entities: Vec<Entity<'_>> = self
            .allowed_entities
            .iter()
            .map(|entity| Entity { entity_type: &entity.entity_type, id: &entity.id })
            .collect();
        map.serialize_entry("allowedEntities", &entities)?;
        let app_engine = self.scopes.iter().any(|scope| scope == "APP_ENGINE");
        if app_engine || self.allow_contextless_requests {
            map.serialize_entry("allowContextlessRequests", &self.allow_contextless_requests)?;
        }
        Ok(())
    }
}

impl BodyKind {
    /// The API's `type`; always sent, for external sets too (contract 2.1).
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::UsernamePassword { .. } => "USERNAME_PASSWORD",
            Self::Token { .. } => "TOKEN",
            Self::External { type_name, .. } => type_name,
            Self::Certificate { .. } => "CERTIFICATE",
            Self::PublicCertificate { .. } => "PUBLIC_CERTIFICATE",
            Self::SnmpV3 { .. } => "SNMPV3",
            Self::AwsKeyBased { .. } => "AWS_MONITORING_KEY_BASED",
            Self::AwsRoleBased { .. } => "AWS_MONITORING_ROLE_BASED",
        }
    }

    fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::UsernamePassword { password, .. } | Self::Certificate { password, .. } => vec![password],
            Self::Token { token } => vec![token],
            Self::SnmpV3 { authentication, privacy, .. } => {
                authentication.iter().chain(privacy).map(|(_, secret)| secret).collect()
            }
            Self::AwsKeyBased { secret_key, .. } => vec![secret_key],
            Self::External { .. } | Self::PublicCertificate { .. } | Self::AwsRoleBased { .. } => Vec::new(),
        }
    }

    /// Every secret in each form in which it is sent or a server may repeat it: base64, escaped for JSON, for a URL and
    /// for a page.
    #[expect(clippy::disallowed_methods, reason = "kept to be removed from the server's texts")]
    fn sent_secrets(&self) -> Vec<SecretString> {
        let mut all: Vec<SecretString> = self.secrets().into_iter().cloned().collect();
        for secret in self.secrets() {
            let text = secret.expose_secret();
            let written = [
                base64(text.as_bytes()),
                serde_json::to_string(text)
                    .map(|quoted| quoted.trim_matches('"').to_owned())
                    .unwrap_or_default(),
                url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
                text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
            ];
            all.extend(written.into_iter().filter(|form| form != text).map(SecretString::from));
        }
        if let Self::Certificate { bytes, .. } | Self::PublicCertificate { bytes, .. } = self {
            let bytes = bytes.expose_secret();
            all.push(base64(bytes).into());
            // PEM: a server may show what it decoded.
            all.extend(std::str::from_utf8(bytes).ok().map(SecretString::from));
        }
        all
    }

    fn write<M: SerializeMap>(&self, map: &mut M, ink: Ink, unused_password: &str) -> Result<(), M::Error> {
        match self {
            Self::UsernamePassword { user, password } => {
                map.serialize_entry("user", user)?;
                ink.text(map, "password", password)
            }
            Self::Token { token } => ink.text(map, "token", token),
            Self::External { vault, .. } => map.serialize_entry("externalVault", &Vault(vault)),
            Self::Certificate { format, bytes, password } => {
                ink.base64(map, "certificate", bytes)?;
                map.serialize_entry("certificateFormat", format)?;
                ink.base64_of_text(map, "password", password)
            }
            Self::PublicCertificate { format, bytes } => {
                ink.base64(map, "certificate", bytes)?;
                map.serialize_entry("certificateFormat", format)?;
                map.serialize_entry("password", unused_password)
            }
            Self::SnmpV3 { username, security_level, authentication, privacy } => {
                map.serialize_entry("username", username)?;
                map.serialize_entry("securityLevel", security_level)?;
                if let Some((protocol, password)) = authentication {
                    map.serialize_entry("authenticationProtocol", protocol)?;
                    ink.text(map, "authenticationPassword", password)?;
                }
                if let Some((protocol, password)) = privacy {
                    map.serialize_entry("privacyProtocol", protocol)?;
                    ink.text(map, "privacyPassword", password)?;
                }
                Ok(())
            }
            Self::AwsKeyBased { access_key_id, secret_key, partition } => {
                map.serialize_entry("accessKeyID", access_key_id)?;
                ink.text(map, "secretKey", secret_key)?;
                map.serialize_entry("awsPartition", partition)
            }
            Self::AwsRoleBased { account_id, iam_role } => {
                map.serialize_entry("accountID", account_id)?;
                map.serialize_entry("iamRole", iam_role)
            }
        }
    }
}

/// An entry of `allowedEntities` in the API's spelling.
#[derive(Serialize)]
struct Entity<'a> {
    #[serde(rename = "type")]
    entity_type: &'a str,
    id: &'a str,
}

/// `externalVault`, members in the order given: bytes must not depend on how another crate configures a JSON map.
struct Vault<'a>(&'a ExternalVaultBody);

impl Serialize for Vault<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sourceAuthMethod", &self.0.source_auth_method)?;
        for (name, value) in self.0.members.iter().filter(|(_, value)| !value.is_empty()) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
