//! Single values: text, secrets, booleans that may be strings, sets of text.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroize;

use super::place::Place;
use crate::draft::{AllowedEntity, Scope};
use crate::secret::SecretValue;

/// Text, or `None` for `null`.
pub(super) struct Text<'p>(pub(super) &'p Place);

/// Text that goes straight into a wiping type, or `None` for `null`.
pub(super) struct Secret<'p>(pub(super) &'p Place);

/// A boolean, possibly as text (contract 2.1), or `None` for `null`. The second part says that it was text.
pub(super) struct Bool<'p>(pub(super) &'p Place);

/// An array of scopes; a lone text counts as an array of one.
pub(super) struct Scopes<'p>(pub(super) &'p Place);

/// An array of `{type, id}`.
pub(super) struct Entities<'p>(pub(super) &'p Place);

macro_rules! seed {
    ($seed:ident, $value:ty, $expected:literal) => {
        impl<'de> DeserializeSeed<'de> for $seed<'_> {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                self.0.expect($expected);
                deserializer.deserialize_any(self)
            }
        }
    };
}

seed!(Text, Option<String>, "text in quotes");
seed!(Secret, Option<SecretValue>, "text in quotes");
seed!(Bool, Option<(bool, bool)>, "true or false");
seed!(Scopes, BTreeSet<Scope>, "an array of texts");
seed!(Entities, BTreeSet<AllowedEntity>, "an array of objects with type and id");

macro_rules! null_is_absent {
    () => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(Default::default())
        }

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("another value")
        }
    };
}

impl Visitor<'_> for Text<'_> {
    type Value = Option<String>;
    null_is_absent!();

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }
}

impl Visitor<'_> for Secret<'_> {
    type Value = Option<SecretValue>;
    null_is_absent!();

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(SecretValue::from(text)))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(SecretValue::from(text)))
    }
}

impl Visitor<'_> for Bool<'_> {
    type Value = Option<(bool, bool)>;
    null_is_absent!();

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some((value, false)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        match text {
            "true" => Ok(Some((true, true))),
            "false" => Ok(Some((false, true))),
            _ => Err(self.0.refuse_field("The value must be true or false. Correct it, then import again.")),
        }
    }
}

impl<'de> Visitor<'de> for Scopes<'_> {
    type Value = BTreeSet<Scope>;
    null_is_absent!();

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(BTreeSet::from([Scope::from(text)]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeSet::new();
        for index in 0.. {
            self.0.enter_index(index);
            let item = items.next_element_seed(Text(self.0))?;
            self.0.leave();
            match item {
                Some(Some(scope)) => all.insert(Scope(scope)),
                Some(None) => continue,
                None => break,
            };
        }
        Ok(all)
    }
}

impl<'de> Visitor<'de> for Entities<'_> {
    type Value = BTreeSet<AllowedEntity>;
    null_is_absent!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeSet::new();
        for index in 0.. {
            self.0.enter_index(index);
            let item = items.next_element_seed(Entity(self.0))?;
            self.0.leave();
            match item {
                Some(entity) => all.insert(entity),
                None => break,
            };
        }
        Ok(all)
    }
}

struct Entity<'p>(&'p Place);

seed!(Entity, AllowedEntity, "an object with type and id");

impl<'de> Visitor<'de> for Entity<'_> {
    type Value = AllowedEntity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entity_type, mut id) = (None, None);
        while let Some(name) = next_name(self.0, &mut map)? {
            self.0.enter(&name);
            match name.as_str() {
                "type" => entity_type = map.next_value_seed(Text(self.0))?,
                "id" => id = map.next_value_seed(Text(self.0))?,
                _ => {
                    return Err(self.0.refuse_field(
                        "An entry has only type and id. Remove this field, then import again.",
                    ));
                }
            }
            self.0.leave();
        }
        Ok(AllowedEntity { entity_type: entity_type.unwrap_or_default(), id: id.unwrap_or_default() })
    }
}

/// The next field name of an object.
pub(super) fn next_name<'de, A: MapAccess<'de>>(
    place: &Place,
    map: &mut A,
) -> Result<Option<String>, A::Error> {
    place.expect("an object");
    map.next_key::<String>()
}

/// Text without its white space, in a wiping type.
pub(super) fn without_whitespace(value: &SecretValue) -> SecretValue {
    // Allocated at full size, so that no copy is left behind by growing.
    let mut out = Vec::with_capacity(value.len());
    out.extend(value.expose().iter().filter(|byte| !byte.is_ascii_whitespace()));
    SecretValue::new(out)
}

/// Standard base64, with or without padding, into a wiping type.
pub(super) fn from_base64(value: &SecretValue) -> Option<SecretValue> {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let mut out = vec![0; base64::decoded_len_estimate(value.len())];
    match BASE64.decode_slice(value.expose(), &mut out) {
        Ok(written) => {
            out.truncate(written);
            Some(SecretValue::new(out))
        }
        Err(_) => {
            out.zeroize();
            None
        }
    }
}
