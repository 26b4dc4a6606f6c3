//! How secrets are written into a body: over the wire, or as a mark into what is kept as evidence.

use base64::Engine as _;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::ser::SerializeMap;
use zeroize::Zeroizing;

use crate::exchange::SECRET_MARK;

/// How a secret is written: one way goes over the wire, the other is kept as evidence. Every secret of a body goes through
/// here, so that none can be in the evidence.
#[derive(Clone, Copy)]
pub(crate) enum Ink {
    /// As it is.
    Sent,
    /// As a mark; an empty one shows that it is empty.
    Shown,
}

#[expect(clippy::disallowed_methods, reason = "the one place where secrets become a request")]
impl Ink {
    pub(crate) fn text<M: SerializeMap>(
        self,
        map: &mut M,
        name: &str,
        value: &SecretString,
    ) -> Result<(), M::Error> {
        match self {
            Self::Sent => map.serialize_entry(name, value.expose_secret()),
            Self::Shown => map.serialize_entry(name, mark(value.expose_secret().is_empty())),
        }
    }

    pub(crate) fn base64_of_text<M: SerializeMap>(
        self,
        map: &mut M,
        name: &str,
        value: &SecretString,
    ) -> Result<(), M::Error> {
        self.encoded(map, name, value.expose_secret().as_bytes())
    }

    pub(crate) fn base64<M: SerializeMap>(
        self,
        map: &mut M,
        name: &str,
        value: &SecretSlice<u8>,
    ) -> Result<(), M::Error> {
        self.encoded(map, name, value.expose_secret())
    }

    fn encoded<M: SerializeMap>(self, map: &mut M, name: &str, bytes: &[u8]) -> Result<(), M::Error> {
        match self {
            Self::Sent => map.serialize_entry(name, Zeroizing::new(base64(bytes)).as_str()),
            Self::Shown => map.serialize_entry(name, mark(bytes.is_empty())),
        }
    }
}

const fn mark(empty: bool) -> &'static str {
    if empty { "" } else { SECRET_MARK }
}

/// base64 as the API takes it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
