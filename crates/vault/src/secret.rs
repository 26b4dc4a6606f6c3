//! Secret values in memory: wiped when dropped, redacted in `Debug`, with no way to serialise or display them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::ids::EnvironmentId;

/// A secret value: a password, a token, the bytes of a certificate file.
///
/// No `Serialize`, no `Display`, no `PartialEq`: a value leaves only through [`SecretValue::expose`], and every
/// use of that is a line to review. Equality is asked of keyed digests, not of values.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretValue(Vec<u8>);

impl SecretValue {
    /// Takes over the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for one purpose: sealing, sending, revealing, copying.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value as text, or `None` if it is not UTF-8 (a PKCS#12 file, for one).
    #[must_use]
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// An empty secret can't be published.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for SecretValue {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

impl<'de> Deserialize<'de> for SecretValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The secret fields that exist, over all types (contract sections 2.4 to 2.9). A closed set: a field that is not
/// here can't hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum SecretField {
    /// `password` of `USERNAME_PASSWORD`; the file's password for `CERTIFICATE`.
    Password,
    /// `token` of `TOKEN`.
    Token,
    /// The bytes of the certificate file.
    Certificate,
    /// `authenticationPassword` of `SNMPV3`.
    AuthenticationPassword,
    /// `privacyPassword` of `SNMPV3`.
    PrivacyPassword,
    /// `secretKey` of `AWS_MONITORING_KEY_BASED`.
    SecretKey,
}

impl SecretField {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::Token,
        Self::Certificate,
        Self::AuthenticationPassword,
        Self::PrivacyPassword,
        Self::SecretKey,
    ];

    /// The API's property name, which is also the field path in issues and the name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
            Self::Certificate => "certificate",
            Self::AuthenticationPassword => "authenticationPassword",
            Self::PrivacyPassword => "privacyPassword",
            Self::SecretKey => "secretKey",
        }
    }

    /// The field with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// The secrets of one draft: its own, and those that have another value in one environment.
#[derive(Debug, Clone, Default)]
pub struct DraftSecrets {
    own: BTreeMap<SecretField, SecretValue>,
    there: BTreeMap<EnvironmentId, BTreeMap<SecretField, SecretValue>>,
}

impl DraftSecrets {
    /// No secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one field.
    pub fn set(&mut self, field: SecretField, value: SecretValue) {
        self.own.insert(field, value);
    }

    /// Removes one field.
    pub fn clear(&mut self, field: SecretField) {
        self.own.remove(&field);
    }

    /// One field, if it is set.
    #[must_use]
    pub fn get(&self, field: SecretField) -> Option<&SecretValue> {
        self.own.get(&field)
    }

    /// Is the field set to something that could be published?
    #[must_use]
    pub fn has(&self, field: SecretField) -> bool {
        self.get(field).is_some_and(|value| !value.is_empty())
    }

    /// The fields that hold something that could be published.
    #[must_use]
    pub fn filled(&self) -> BTreeSet<SecretField> {
        self.iter().filter(|(_, value)| !value.is_empty()).map(|(field, _)| field).collect()
    }

    /// All fields that are set, in a fixed order; overrides are not among them.
    pub fn iter(&self) -> impl Iterator<Item = (SecretField, &SecretValue)> {
        self.own.iter().map(|(field, value)| (*field, value))
    }

    /// Keeps only the fields a type has, so that a change of form leaves no secret behind unseen.
    pub fn retain(&mut self, fields: &[SecretField]) {
        self.own.retain(|field, _| fields.contains(field));
        for there in self.there.values_mut() {
            there.retain(|field, _| fields.contains(field));
        }
        self.there.retain(|_, there| !there.is_empty());
    }

    /// The secrets as they are in one environment; there are no overrides among them any more.
    #[must_use]
    pub fn in_environment(&self, environment: EnvironmentId) -> Self {
        let mut own = self.own.clone();
        own.extend(self.there.get(&environment).cloned().unwrap_or_default());
        Self { own, there: BTreeMap::new() }
    }

    /// The secrets where nothing differs.
    #[must_use]
    pub fn own_only(&self) -> Self {
        Self { own: self.own.clone(), there: BTreeMap::new() }
    }

    /// Only what has another value in one environment.
    #[must_use]
    pub fn only_in(&self, environment: EnvironmentId) -> Self {
        Self { own: self.there.get(&environment).cloned().unwrap_or_default(), there: BTreeMap::new() }
    }

    /// Gives one field another value in one environment.
    pub fn set_override(&mut self, environment: EnvironmentId, field: SecretField, value: SecretValue) {
        self.there.entry(environment).or_default().insert(field, value);
    }

    /// Takes that value away: the field is there what it is everywhere.
    pub fn clear_override(&mut self, environment: EnvironmentId, field: SecretField) {
        if let Some(there) = self.there.get_mut(&environment) {
            there.remove(&field);
        }
        self.there.retain(|_, there| !there.is_empty());
    }

    /// Takes everything away that has another value in one environment.
    pub fn clear_environment(&mut self, environment: EnvironmentId) {
        self.there.remove(&environment);
    }

    /// The fields that have another value there.
    #[must_use]
    pub fn overridden(&self, environment: EnvironmentId) -> BTreeSet<SecretField> {
        self.there.get(&environment).map(|there| there.keys().copied().collect()).unwrap_or_default()
    }

    /// The environments in which something has another value.
    pub fn environments(&self) -> impl Iterator<Item = EnvironmentId> {
        self.there.keys().copied()
    }

    /// Those other values, environment by environment.
    pub fn overrides(
        &self,
    ) -> impl Iterator<Item = (EnvironmentId, impl Iterator<Item = (SecretField, &SecretValue)>)> {
        self.there
            .iter()
            .map(|(environment, there)| (*environment, there.iter().map(|(field, value)| (*field, value))))
    }
}

/// What a save does to one secret field. The editor never holds the old value, so it can say "keep" only.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum SecretEdit {
    /// Leave the stored value as it is.
    #[default]
    Keep,
    /// Replace it; deserialised straight into a wiping type.
    Set {
        /// The new value.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        value: SecretValue,
    },
    /// Replace it by the bytes of a file, as base64 (a certificate picked in the window).
    SetFile {
        /// Base64 of the file's bytes.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        base64: SecretValue,
    },
    /// Replace it by the value that was typed before and kept with the unsaved work: the editor no longer has it.
    Unsaved,
    /// Remove it.
    Clear,
}

/// A buffer that is wiped when dropped.
pub type WipedBytes = Zeroizing<Vec<u8>>;
