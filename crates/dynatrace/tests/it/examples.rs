//! The examples of the contract, sections 2 and 3, as this crate's values: `(fixture, body)`.

use base64::Engine as _;
use sealpost_dynatrace::{BodyKind, CredentialBody, ExternalVaultBody};
use secrecy::SecretSlice;

use crate::world::{app, user};

const PEM: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmR1bW15Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";
const P12: &str = "MIIKUQIBAzCCChcGCSqGSIb3DQEHAQ==";

/// Ids of companion sets (contract 3.2).
pub(crate) struct Companions {
    pub(crate) secret_id: String,
    pub(crate) certificate: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) login: String,
}

impl Companions {
    /// As in the contract's examples.
    pub(crate) fn invented() -> Self {
        let id = |first: u8| format!("CREDENTIALS_VAULT-{first}123456789ABCDEF");
        Self { secret_id: id(0), certificate: id(1), client_id: id(2), client_secret: id(3), login: id(4) }
    }
}

fn file(base64: &str) -> SecretSlice<u8> {
    SecretSlice::from(base64::engine::general_purpose::STANDARD.decode(base64).unwrap())
}

fn minimal(name: &str, scope: &str, kind: BodyKind) -> CredentialBody {
    CredentialBody { scopes: vec![scope.into()], ..crate::world::body(name, kind) }
}

fn maximal(name: &str, description: &str, scopes: &[&str], kind: BodyKind) -> CredentialBody {
    CredentialBody {
        description: description.into(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        ..crate::world::body(name, kind)
    }
}

/// The seven types.
pub(crate) fn plain() -> Vec<(&'static str, CredentialBody)> {
    const AWS: &str = "CLOUDS_MONITORING_AUTHENTICATION";
    let key = |partition: &str| BodyKind::AwsKeyBased {
        access_key_id: "AKIAEXAMPLEEXAMPLE00".into(),
        secret_key: "not-a-real-one".into(),
        partition: partition.into(),
    };
    let role = || BodyKind::AwsRoleBased {
        account_id: "012345678901".into(),
        iam_role: "Dynatrace_monitoring_role".into(),
    };
    vec![
        (
            "username-password.minimal",
            minimal(
                "shop login",
                "SYNTHETIC",
                BodyKind::UsernamePassword { user: "robot".into(), password: "not-a-real-one".into() },
            ),
        ),
        (
            "username-password.maximal",
            CredentialBody {
                owner_access_only: false,
                allow_contextless_requests: true,
                allowed_entities: vec![user("ops@example.test"), app("my.example.app")],
                ..maximal(
                    "shop login (shared)",
                    "Checkout robot of the web shop",
                    &["SYNTHETIC", "EXTENSION_AUTHENTICATION", "APP_ENGINE"],
                    BodyKind::UsernamePassword {
                        user: "SHOP\\robot".into(),
                        password: "not-a-real-one".into(),
                    },
                )
            },
        ),
        (
            "token.minimal",
            minimal("billing api key", "SYNTHETIC", BodyKind::Token { token: "not-a-real-token".into() }),
        ),
        (
            "token.maximal",
            CredentialBody {
                allow_contextless_requests: true,
                allowed_entities: vec![app("my.example.app")],
                ..maximal(
                    "billing api key (apps)",
                    "Used by workflows",
                    &["SYNTHETIC", "APP_ENGINE"],
                    BodyKind::Token { token: "not-a-real-token".into() },
                )
            },
        ),
        (
            "certificate.minimal",
            minimal(
                "partner mTLS",
                "SYNTHETIC",
                BodyKind::Certificate { format: "PEM", bytes: file(PEM), password: "".into() },
            ),
        ),
        (
            "certificate.maximal",
            CredentialBody {
                owner_access_only: false,
                allowed_entities: vec![user("ops@example.test")],
                ..maximal(
                    "partner mTLS (p12)",
                    "Client certificate, expires 2027-01",
                    &["SYNTHETIC", "APP_ENGINE"],
                    BodyKind::Certificate {
                        format: "PKCS12",
                        bytes: file(P12),
                        password: "not-a-real-one".into(),
                    },
                )
            },
        ),
        (
            "public-certificate.minimal",
            minimal(
                "extension CA",
                "EXTENSION",
                BodyKind::PublicCertificate { format: "PEM", bytes: file(PEM) },
            ),
        ),
        (
            "public-certificate.maximal",
            CredentialBody {
                owner_access_only: false,
                ..maximal(
                    "extension CA 2026",
                    "Root certificate used to check our extensions",
                    &["EXTENSION", "APP_ENGINE"],
                    BodyKind::PublicCertificate { format: "PEM", bytes: file(PEM) },
                )
            },
        ),
        (
            "snmpv3.minimal",
            minimal(
                "lab switch",
                "EXTENSION_AUTHENTICATION",
                BodyKind::SnmpV3 {
                    username: "monitor".into(),
                    security_level: "NO_AUTH_NO_PRIV".into(),
                    authentication: None,
                    privacy: None,
                },
            ),
        ),
        (
            "snmpv3.maximal",
            CredentialBody {
                owner_access_only: false,
                allowed_entities: vec![user("netops@example.test")],
                ..maximal(
                    "core switches",
                    "Read-only SNMP user",
                    &["EXTENSION_AUTHENTICATION"],
                    BodyKind::SnmpV3 {
                        username: "monitor".into(),
                        security_level: "AUTH_PRIV".into(),
                        authentication: Some(("SHA256".into(), "not-a-real-one".into())),
                        privacy: Some(("AES256".into(), "not-a-real-one-2".into())),
                    },
                )
            },
        ),
        ("aws-key-based.minimal", minimal("aws prod", AWS, key("DEFAULT"))),
        (
            "aws-key-based.maximal",
            CredentialBody {
                owner_access_only: false,
                allowed_entities: vec![user("cloud@example.test")],
                ..maximal("aws gov", "Key of the monitoring user", &[AWS], key("US_GOV"))
            },
        ),
        ("aws-role-based.minimal", minimal("aws role", AWS, role())),
        (
            "aws-role-based.maximal",
            maximal("aws role, production", "Role assumed by Dynatrace", &[AWS], role()),
        ),
    ]
}

/// Name, description, type, method, members.
type External<'a> = (&'static str, &'a str, &'a str, &'static str, &'a str, Vec<(&'static str, String)>);

/// The five forms of an external vault.
pub(crate) fn external(ids: &Companions) -> Vec<(&'static str, CredentialBody)> {
    const HASHI: (&str, &str) = ("vaultUrl", "https://vault.example.test:8200");
    const AZURE: (&str, &str) = ("vaultUrl", "https://shop.vault.azure.example");
    const CYBER: (&str, &str) = ("vaultUrl", "https://ccp.example.test");
    const PLACE: (&str, &str) = ("locationForSynchronizationId", "SYNTHETIC_LOCATION-0123456789ABCDEF");
    const ROLE: (&str, &str) = ("roleId", "11111111-2222-3333-4444-555555555555");
    const TENANT: (&str, &str) = ("tenantId", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    const ACCOUNT: [(&str, &str); 3] =
        [("applicationId", "dynatrace"), ("safeName", "shop"), ("accountName", "shop-robot")];
    let [app_id, safe, account] = ACCOUNT;
    let secret = ("secretId", ids.secret_id.as_str());
    let certificate = ("certificate", ids.certificate.as_str());
    let client = [("clientId", ids.client_id.as_str()), ("clientSecret", ids.client_secret.as_str())];
    let login = ("usernamePasswordForCPM", ids.login.as_str());
    let members = |all: &[(&'static str, &str)]| all.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let all: Vec<External<'_>> = vec![
        (
            "hashicorp-approle.minimal",
            "synced token",
            "",
            "TOKEN",
            "HASHICORP_VAULT_APPROLE",
            members(&[
                HASHI,
                ("tokenSecretName", "apikey"),
                ("pathToCredentials", "kv/shop"),
                ROLE,
                secret,
                ("vaultNamespace", "admin"),
            ]),
        ),
        (
            "hashicorp-approle.maximal",
            "synced login",
            "From HashiCorp, AppRole",
            "USERNAME_PASSWORD",
            "HASHICORP_VAULT_APPROLE",
            members(&[
                HASHI,
                ("usernameSecretName", "username"),
                ("passwordSecretName", "password"),
                PLACE,
                ("pathToCredentials", "kv/shop/prod"),
                ROLE,
                secret,
                ("vaultNamespace", "admin"),
            ]),
        ),
        (
            "hashicorp-certificate.minimal",
            "synced token tls",
            "",
            "TOKEN",
            "HASHICORP_VAULT_CERTIFICATE",
            members(&[HASHI, ("tokenSecretName", "apikey"), ("pathToCredentials", "kv/shop"), certificate]),
        ),
        (
            "hashicorp-certificate.maximal",
            "synced login tls",
            "From HashiCorp, TLS",
            "USERNAME_PASSWORD",
            "HASHICORP_VAULT_CERTIFICATE",
            members(&[
                HASHI,
                ("usernameSecretName", "username"),
                ("passwordSecretName", "password"),
                PLACE,
                ("pathToCredentials", "kv/shop/prod"),
                certificate,
            ]),
        ),
        (
            "azure-client-secret.minimal",
            "synced azure token",
            "",
            "TOKEN",
            "AZURE_KEY_VAULT_CLIENT_SECRET",
            members(&[AZURE, ("tokenSecretName", "apikey"), TENANT, client[0], client[1]]),
        ),
        (
            "azure-client-secret.maximal",
            "synced azure login",
            "From Key Vault",
            "USERNAME_PASSWORD",
            "AZURE_KEY_VAULT_CLIENT_SECRET",
            members(&[
                AZURE,
                ("usernameSecretName", "shop-user"),
                ("passwordSecretName", "shop-password"),
                PLACE,
                TENANT,
                client[0],
                client[1],
            ]),
        ),
        (
            "cyberark-username-password.minimal",
            "synced cyberark",
            "",
            "USERNAME_PASSWORD",
            "CYBERARK_VAULT_USERNAME_PASSWORD",
            members(&[CYBER, app_id, safe, account, login]),
        ),
        (
            "cyberark-username-password.maximal",
            "synced cyberark full",
            "From CyberArk",
            "USERNAME_PASSWORD",
            "CYBERARK_VAULT_USERNAME_PASSWORD",
            members(&[CYBER, PLACE, app_id, safe, account, ("folderName", "Root"), login, certificate]),
        ),
        (
            "cyberark-allowed-location.minimal",
            "synced cyberark host",
            "",
            "USERNAME_PASSWORD",
            "CYBERARK_VAULT_ALLOWED_LOCATION",
            members(&[CYBER, app_id, safe, account]),
        ),
        (
            "cyberark-allowed-location.maximal",
            "synced cyberark host full",
            "From CyberArk",
            "USERNAME_PASSWORD",
            "CYBERARK_VAULT_ALLOWED_LOCATION",
            members(&[CYBER, PLACE, app_id, safe, account, ("folderName", "Root"), certificate]),
        ),
    ];
    all.into_iter()
        .map(|(fixture, name, description, type_name, method, members)| {
            let vault = ExternalVaultBody { source_auth_method: method.into(), members };
            let type_name = if type_name == "TOKEN" { "TOKEN" } else { "USERNAME_PASSWORD" };
            let kind = BodyKind::External { type_name, vault };
            (fixture, maximal(name, description, &["SYNTHETIC"], kind))
        })
        .collect()
}

/// All of them, with invented companions.
pub(crate) fn all() -> Vec<(&'static str, CredentialBody)> {
    let mut all = plain();
    all.extend(external(&Companions::invented()));
    all
}
