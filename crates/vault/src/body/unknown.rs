//! Fields that this version does not know: kept as they came, unless their name says that they hold a secret.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::BodyErrorKind;
use super::place::Place;
use super::scalars::next_name;

/// More than any real body has; a document of nothing but unknown fields is something else.
const MAX_DEPTH: usize = 32;

/// Parts of names of fields that hold secrets. Unknown fields are kept with the metadata, which lists show, so one
/// with such a name is refused rather than kept.
const SECRET_PARTS: [&str; 9] =
    ["password", "passwd", "pwd", "token", "secret", "key", "passphrase", "credential", "authorization"];

/// Refuses an unknown field by its name, before its value is read.
pub(super) fn check_name<E: de::Error>(place: &Place, name: &str) -> Result<(), E> {
    let lower = name.to_ascii_lowercase();
    if SECRET_PARTS.iter().any(|part| lower.contains(part)) {
        return Err(place.refuse(
            BodyErrorKind::UnknownSecret,
            "The field is not part of the API, and its name says that it holds a secret. Remove or rename it: unknown fields are shown in clear.",
        ));
    }
    if place.depth() > MAX_DEPTH {
        return Err(place.refuse(
            BodyErrorKind::NotJson,
            "The JSON is nested too deeply for a request body. Remove the nesting.",
        ));
    }
    Ok(())
}

/// Any value, with the rule on names applied at every level.
pub(super) struct Unknown<'p>(pub(super) &'p Place);

impl<'de> DeserializeSeed<'de> for Unknown<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.expect("any value");
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unknown<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            self.0.enter_index(all.len());
            check_name(self.0, "")?;
            let item = items.next_element_seed(Unknown(self.0))?;
            self.0.leave();
            match item {
                Some(item) => all.push(item),
                None => return Ok(Value::Array(all)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = next_name(self.0, &mut map)? {
            self.0.enter(&name);
            check_name(self.0, &name)?;
            let value = map.next_value_seed(Unknown(self.0))?;
            self.0.leave();
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}
