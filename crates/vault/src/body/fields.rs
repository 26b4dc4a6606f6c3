//! One request body, field by field, before its type decides what the fields mean: `type` may come last.

use std::collections::BTreeSet;

use serde::de::MapAccess;
use serde_json::{Map, Value};

use super::external::{self, RawVault};
use super::place::Place;
use super::scalars::{Bool, Entities, Scopes, Secret, Text, from_base64, next_name, without_whitespace};
use super::unknown::{self, Unknown};
use super::{ImportedDraft, convert};
use crate::certificate::{FileKind, file_kind};
use crate::check::{Issue, IssueCode};
use crate::draft::{AllowedEntity, CredentialType, Scope};
use crate::secret::{SecretField, SecretValue};

/// The plain fields that only some types have (contract 2.4 to 2.10).
pub(super) const TYPE_FIELDS: [&str; 10] = [
    "user",
    "username",
    "certificateFormat",
    "securityLevel",
    "authenticationProtocol",
    "privacyProtocol",
    "accessKeyID",
    "awsPartition",
    "accountID",
    "iamRole",
];

/// Fields of answers, written by the server only (contract 2.1, 2.10 and 4.2). Meaningless in a draft.
const SERVER_FIELDS: [&str; 4] = ["id", "owner", "credentialUsageSummary", "externalID"];

/// Those that every type has, and those around them.
const COMMON_FIELDS: [&str; 10] = [
    "type",
    "name",
    "description",
    "scopes",
    "scope",
    "ownerAccessOnly",
    "allowContextlessRequests",
    "allowedEntities",
    "externalVault",
    "credentials",
];

/// Is it a name that the API knows, and so nobody's secret?
pub(super) fn is_of_the_api(name: &str) -> bool {
    let plain = COMMON_FIELDS.iter().chain(&TYPE_FIELDS).chain(&SERVER_FIELDS).chain(&external::FIELDS);
    plain.into_iter().any(|known| *known == name) || SecretField::from_name(name).is_some()
}

/// All fields of one body, as read.
#[derive(Default)]
pub(super) struct RawItem {
    pub(super) credential_type: Option<CredentialType>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) scopes: BTreeSet<Scope>,
    pub(super) owner_access_only: Option<bool>,
    pub(super) allowed_entities: BTreeSet<AllowedEntity>,
    pub(super) allow_contextless: Option<bool>,
    /// Parallel to [`TYPE_FIELDS`].
    pub(super) texts: [Option<String>; TYPE_FIELDS.len()],
    /// Parallel to [`SecretField::ALL`]; the certificate is decoded already.
    pub(super) secrets: [Option<SecretValue>; SecretField::ALL.len()],
    pub(super) external_vault: Option<RawVault>,
    pub(super) extra: Map<String, Value>,
    pub(super) notes: Vec<Issue>,
}

impl RawItem {
    pub(super) fn note(&mut self, path: &str, message: impl Into<String>) {
        self.notes.push(Issue::warning(path, IssueCode::Advice, message));
    }

    /// Takes a plain field of a type.
    pub(super) fn take_text(&mut self, field: &str) -> Option<String> {
        let index = TYPE_FIELDS.iter().position(|known| *known == field)?;
        self.texts.get_mut(index)?.take()
    }

    /// Takes a secret.
    pub(super) fn take_secret(&mut self, field: SecretField) -> Option<SecretValue> {
        let index = SecretField::ALL.iter().position(|known| *known == field)?;
        self.secrets.get_mut(index)?.take()
    }
}

/// Reads one object.
pub(super) fn read_item<'de, A: MapAccess<'de>>(
    place: &Place,
    mut map: A,
) -> Result<ImportedDraft, A::Error> {
    let mut raw = RawItem::default();
    let mut seen = BTreeSet::new();
    while let Some(name) = next_name(place, &mut map)? {
        place.enter(&name);
        read_field(place, &mut map, &name, &mut raw)?;
        if !seen.insert(name) {
            return Err(
                place.refuse_field("The field is there twice. Keep one of the two, then import again.")
            );
        }
        place.leave();
    }
    convert::to_draft(place, raw)
}

fn read_field<'de, A: MapAccess<'de>>(
    place: &Place,
    map: &mut A,
    name: &str,
    raw: &mut RawItem,
) -> Result<(), A::Error> {
    match name {
        "type" => {
            raw.credential_type = map.next_value_seed(Text(place))?.map(|text| CredentialType::parse(&text));
        }
        "name" => raw.name = map.next_value_seed(Text(place))?,
        "description" => raw.description = map.next_value_seed(Text(place))?,
        "scopes" | "scope" => raw.scopes.append(&mut map.next_value_seed(Scopes(place))?),
        "ownerAccessOnly" => raw.owner_access_only = read_bool(place, map, name, raw)?,
        "allowContextlessRequests" => raw.allow_contextless = read_bool(place, map, name, raw)?,
        "allowedEntities" => raw.allowed_entities = map.next_value_seed(Entities(place))?,
        "externalVault" => raw.external_vault = external::read(place, map, &mut raw.notes)?,
        "credentials" => return Err(place.refuse_list_answer()),
        _ => return read_other(place, map, name, raw),
    }
    if matches!((name, &raw.credential_type), ("type", Some(CredentialType::Unknown(_)))) {
        return Err(place.refuse_field(
            "This type is not known to this version of Sealpost, so its secrets can't be told from its other fields. Remove the item, then import again.",
        ));
    }
    Ok(())
}

fn read_other<'de, A: MapAccess<'de>>(
    place: &Place,
    map: &mut A,
    name: &str,
    raw: &mut RawItem,
) -> Result<(), A::Error> {
    if let Some(field) = SecretField::from_name(name) {
        let mut value = map.next_value_seed(Secret(place))?;
        if field == SecretField::Certificate {
            value = value.map(|value| certificate(place, &value, raw)).transpose()?;
        }
        let index = SecretField::ALL.iter().position(|known| *known == field);
        if let Some(slot) = index.and_then(|index| raw.secrets.get_mut(index)) {
            *slot = value;
        }
    } else if let Some(index) = TYPE_FIELDS.iter().position(|known| *known == name) {
        let text = map.next_value_seed(Text(place))?;
        if let Some(slot) = raw.texts.get_mut(index) {
            *slot = text;
        }
    } else if SERVER_FIELDS.contains(&name) {
        map.next_value::<serde::de::IgnoredAny>()?;
        raw.note(name, "Only Dynatrace writes this field. It was left out.");
    } else {
        unknown::check_name(place, name)?;
        let value = map.next_value_seed(Unknown(place))?;
        raw.extra.insert(name.to_owned(), value);
        raw.note(name, "This field is not known to this version of Sealpost. It is kept as it came.");
    }
    Ok(())
}

fn read_bool<'de, A: MapAccess<'de>>(
    place: &Place,
    map: &mut A,
    name: &str,
    raw: &mut RawItem,
) -> Result<Option<bool>, A::Error> {
    let value = map.next_value_seed(Bool(place))?;
    if let Some((_, true)) = value {
        raw.note(name, "The value was text. It was read as true or false, without quotes.");
    }
    Ok(value.map(|(value, _)| value))
}

/// The bytes of the file. The API wants base64; PEM text as it is would be refused there (contract 2.6), but what is
/// meant is clear.
fn certificate<E: serde::de::Error>(
    place: &Place,
    value: &SecretValue,
    raw: &mut RawItem,
) -> Result<SecretValue, E> {
    if file_kind(value.expose()) == FileKind::Pem {
        raw.note("certificate", "The value was PEM text and not base64. It was read as it is; Sealpost encodes it when it publishes.");
        return Ok(value.clone());
    }
    from_base64(&without_whitespace(value)).ok_or_else(|| {
        place.refuse_field(
            "The value must be the certificate file in base64. Encode the whole file, then import again.",
        )
    })
}
