//! The `externalVault` object of a body (contract section 3).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::place::Place;
use super::scalars::{Text, next_name};
use super::unknown::{self, Unknown};
use crate::check::{Issue, IssueCode, looks_like_id};
use crate::external_vault::{ExternalVault, Reference, SourceAuthMethod};

/// Fields of the base object and of all five forms.
pub(super) const FIELDS: [&str; 19] = [
    "sourceAuthMethod",
    "vaultUrl",
    "usernameSecretName",
    "passwordSecretName",
    "tokenSecretName",
    "locationForSynchronizationId",
    "pathToCredentials",
    "roleId",
    "secretId",
    "vaultNamespace",
    "certificate",
    "tenantId",
    "clientId",
    "clientSecret",
    "applicationId",
    "safeName",
    "accountName",
    "folderName",
    "usernamePasswordForCPM",
];

/// Written by the server only (contract 3.3).
const SERVER_FIELDS: [&str; 2] = ["type", "credentialsUsedForExternalSynchronization"];

/// The object as read.
pub(super) struct RawVault {
    fields: BTreeMap<&'static str, String>,
    extra: Map<String, Value>,
}

/// Reads the value of `externalVault`; `null` counts as absent.
pub(super) fn read<'de, A: MapAccess<'de>>(
    place: &Place,
    map: &mut A,
    notes: &mut Vec<Issue>,
) -> Result<Option<RawVault>, A::Error> {
    map.next_value_seed(Vault { place, notes })
}

struct Vault<'a> {
    place: &'a Place,
    notes: &'a mut Vec<Issue>,
}

impl<'de> DeserializeSeed<'de> for Vault<'_> {
    type Value = Option<RawVault>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.place.expect("an object");
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Vault<'_> {
    type Value = Option<RawVault>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { place, notes } = self;
        let mut raw = RawVault { fields: BTreeMap::new(), extra: Map::new() };
        let mut seen = BTreeSet::new();
        while let Some(name) = next_name(place, &mut map)? {
            place.enter(&name);
            if let Some(field) = FIELDS.iter().find(|known| **known == name) {
                if let Some(text) = map.next_value_seed(Text(place))? {
                    if *field == "sourceAuthMethod" && form(&text).is_none() {
                        return Err(place.refuse_field(UNKNOWN_FORM));
                    }
                    raw.fields.insert(field, text);
                }
            } else if SERVER_FIELDS.contains(&name.as_str()) {
                map.next_value::<de::IgnoredAny>()?;
                note(notes, &name, "Only Dynatrace writes this field. It was left out.");
            } else {
                unknown::check_name(place, &name)?;
                let value = map.next_value_seed(Unknown(place))?;
                note(
                    notes,
                    &name,
                    "This field is not known to this version of Sealpost. It is kept as it came.",
                );
                raw.extra.insert(name.clone(), value);
            }
            if !seen.insert(name) {
                return Err(
                    place.refuse_field("The field is there twice. Keep one of the two, then import again.")
                );
            }
            place.leave();
        }
        if !raw.fields.contains_key("sourceAuthMethod") {
            place.enter("sourceAuthMethod");
            return Err(place.refuse_field(format!("The field is missing. {UNKNOWN_FORM}")));
        }
        Ok(Some(raw))
    }
}

const UNKNOWN_FORM: &str = "Set it to one of HASHICORP_VAULT_APPROLE, HASHICORP_VAULT_CERTIFICATE, AZURE_KEY_VAULT_CLIENT_SECRET, CYBERARK_VAULT_USERNAME_PASSWORD, CYBERARK_VAULT_ALLOWED_LOCATION.";

#[derive(Clone, Copy)]
enum Form {
    HashicorpApprole,
    HashicorpCertificate,
    AzureClientSecret,
    CyberarkUsernamePassword,
    CyberarkAllowedLocation,
}

fn form(name: &str) -> Option<Form> {
    Some(match name {
        "HASHICORP_VAULT_APPROLE" => Form::HashicorpApprole,
        "HASHICORP_VAULT_CERTIFICATE" => Form::HashicorpCertificate,
        "AZURE_KEY_VAULT_CLIENT_SECRET" => Form::AzureClientSecret,
        "CYBERARK_VAULT_USERNAME_PASSWORD" => Form::CyberarkUsernamePassword,
        // The second name is the one of 1.261 to 1.263 (contract 2.11).
        "CYBERARK_VAULT_ALLOWED_LOCATION" | "CYBERARK_VAULT_IP_BASED_ACCESS" => Form::CyberarkAllowedLocation,
        _ => return None,
    })
}

impl RawVault {
    /// The domain type; fields of other forms are left out with a note. `None` can't happen after [`read`], which
    /// has looked at the form.
    pub(super) fn into_vault(mut self, notes: &mut Vec<Issue>) -> Option<ExternalVault> {
        let name = self.text("sourceAuthMethod");
        let method = match form(&name)? {
            Form::HashicorpApprole => SourceAuthMethod::HashicorpApprole {
                path_to_credentials: self.text("pathToCredentials"),
                role_id: self.text("roleId"),
                secret_id: self.reference("secretId"),
                vault_namespace: self.text("vaultNamespace"),
            },
            Form::HashicorpCertificate => SourceAuthMethod::HashicorpCertificate {
                certificate: self.reference("certificate"),
                path_to_credentials: self.text("pathToCredentials"),
            },
            Form::AzureClientSecret => SourceAuthMethod::AzureClientSecret {
                tenant_id: self.text("tenantId"),
                client_id: self.azure("clientId", notes),
                client_secret: self.azure("clientSecret", notes),
            },
            Form::CyberarkUsernamePassword => SourceAuthMethod::CyberarkUsernamePassword {
                application_id: self.text("applicationId"),
                safe_name: self.text("safeName"),
                account_name: self.text("accountName"),
                folder_name: self.text("folderName"),
                username_password_for_cpm: self.reference("usernamePasswordForCPM"),
                certificate: self.optional_reference("certificate"),
            },
            Form::CyberarkAllowedLocation => SourceAuthMethod::CyberarkAllowedLocation {
                application_id: self.text("applicationId"),
                safe_name: self.text("safeName"),
                account_name: self.text("accountName"),
                folder_name: self.text("folderName"),
                certificate: self.optional_reference("certificate"),
            },
        };
        if name != method.as_str() {
            note(
                notes,
                "sourceAuthMethod",
                "This is an old name. It was read as CYBERARK_VAULT_ALLOWED_LOCATION.",
            );
        }
        let vault = ExternalVault {
            vault_url: self.text("vaultUrl"),
            username_secret_name: self.text("usernameSecretName"),
            password_secret_name: self.text("passwordSecretName"),
            token_secret_name: self.text("tokenSecretName"),
            location_for_synchronization_id: self.text("locationForSynchronizationId"),
            method,
            extra: self.extra,
        };
        for (field, value) in self.fields {
            if !value.is_empty() {
                note(notes, field, "This form of external vault has no such field. It was left out.");
            }
        }
        Some(vault)
    }

    fn text(&mut self, field: &str) -> String {
        self.fields.remove(field).unwrap_or_default()
    }

    fn reference(&mut self, field: &str) -> Reference {
        Reference::Remote(self.text(field))
    }

    fn optional_reference(&mut self, field: &str) -> Option<Reference> {
        Some(self.reference(field)).filter(|reference| !reference.is_empty())
    }

    /// Azure's two fields take ids of sets and, as the API's text reads, literals (contract 6, row 11).
    fn azure(&mut self, field: &str, notes: &mut Vec<Issue>) -> Reference {
        let text = self.text(field);
        if text.is_empty() || looks_like_id(&text) {
            return Reference::Remote(text);
        }
        note(
            notes,
            field,
            "The value is not the ID of a set. It is kept and shown as plain text; put it into a TOKEN draft and pick that one instead.",
        );
        Reference::Literal(text)
    }
}

fn note(notes: &mut Vec<Issue>, field: &str, message: &str) {
    notes.push(Issue::warning(&format!("externalVault.{field}"), IssueCode::Advice, message));
}
