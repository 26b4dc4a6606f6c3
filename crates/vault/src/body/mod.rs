//! Reads the API's own request bodies (contract sections 2 and 3): one object, or an array of thousands.
//!
//! Secrets go from the text straight into wiping types; no tree of the whole document is ever built. Everything
//! that was read differently from how it was written is told in a note, and nothing is dropped in silence. What
//! can't be kept is an error with the item, the path and the place in the text, and never with a value.
//!
//! serde's own messages quote the value they did not expect, so none of them is ever shown.

mod convert;
mod error;
mod external;
mod fields;
mod place;
mod scalars;
#[cfg(test)]
mod tests;
mod unknown;

pub use error::{BodyError, BodyErrorKind};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::check::Issue;
use crate::draft::DraftMeta;
use crate::secret::DraftSecrets;
use place::Place;

/// Larger input is refused before it is looked at: 10,000 sets with a certificate each stay below.
pub const MAX_INPUT_BYTES: usize = 64 * 1024 * 1024;

/// One set, read from a request body.
#[derive(Debug)]
pub struct ImportedDraft {
    /// Everything that is no secret; certificate facts are filled in if the file could be read.
    pub meta: DraftMeta,
    /// The secrets.
    pub secrets: DraftSecrets,
    /// What was read differently from how it was written. Warnings only.
    pub notes: Vec<Issue>,
}

/// Reads one request body or an array of them.
///
/// Tolerant where the API is (contract 2.1): booleans may be strings, `scope` counts as one of `scopes`, `null`
/// counts as absent. A body `id` and fields that only a server writes are left out with a note.
///
/// # Errors
/// The first thing that can't be kept, with its place. Nothing is read by halves: it is all items or none.
pub fn parse_bodies(json: &[u8]) -> Result<Vec<ImportedDraft>, BodyError> {
    if json.len() > MAX_INPUT_BYTES {
        return Err(BodyError::whole(
            BodyErrorKind::TooLarge,
            "The input is larger than 64 MB. Split it into several files.",
        ));
    }
    if json.starts_with(&[0xFF, 0xFE]) || json.starts_with(&[0xFE, 0xFF]) {
        return Err(BodyError::whole(
            BodyErrorKind::NotJson,
            "The input is UTF-16 text. Save it as UTF-8, then try again.",
        ));
    }
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    if json.trim_ascii().is_empty() {
        return Err(BodyError::whole(
            BodyErrorKind::Empty,
            "The input is empty. Give it a request body in JSON.",
        ));
    }
    let place = Place::default();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let items = Document(&place)
        .deserialize(&mut deserializer)
        .and_then(|items| {
            place.start_end();
            deserializer.end().map(|()| items)
        })
        .map_err(|error| {
            // Where a quote or a colon is missing, a value may stand where a name is read.
            let whole = serde_json::from_slice::<de::IgnoredAny>(json).is_ok();
            place.explain(&error, &|name| whole || fields::is_of_the_api(name))
        })?;
    if items.is_empty() {
        return Err(BodyError::whole(
            BodyErrorKind::Empty,
            "The array is empty. There is nothing to import.",
        ));
    }
    Ok(items)
}

struct Document<'p>(&'p Place);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Vec<ImportedDraft>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.expect("a request body (an object), or an array of them");
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Vec<ImportedDraft>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        fields::read_item(self.0, map).map(|item| vec![item])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        loop {
            self.0.start_item(all.len());
            self.0.expect("a request body (an object)");
            match items.next_element_seed(Item(self.0))? {
                Some(item) => all.push(item),
                None => return Ok(all),
            }
        }
    }
}

struct Item<'p>(&'p Place);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ImportedDraft;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ImportedDraft;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        fields::read_item(self.0, map)
    }
}
