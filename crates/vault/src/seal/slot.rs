//! Key slots: the data key, wrapped once per way to open the vault. What stands in clear beside a wrapped key (its
//! kind and its parameters) goes into the derivation, so that a changed parameter opens nothing.

use super::{
    Binding, DoesNotOpen, DoesNotSeal, Entropy, Field, KEY_LEN, Key, LockedKey, Table, hazmat, open_with,
    seal_with,
};
use crate::ids::{KeySlotId, VaultId};

/// The key everything in a vault is sealed under. Never leaves the crate; on a locked page, wiped when dropped.
#[derive(Clone)]
pub struct DataKey(LockedKey);

impl DataKey {
    /// A fresh data key. Called when a vault is created and when it is re-keyed, never to open one.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        Self(LockedKey::filled(|key| entropy.fill(key)))
    }

    pub(super) fn key(&self) -> &Key {
        self.0.key()
    }

    /// Does the system keep it out of the swap?
    pub(crate) const fn is_locked(&self) -> bool {
        self.0.is_locked()
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// The kinds of slot. The word is stored in clear beside the wrapped key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// 32 random bytes in the OS keyring.
    Keyring,
    /// A recovery code on paper.
    Recovery,
    /// A passphrase through Argon2id, alone or together with the keyring's key.
    Passphrase,
}

impl SlotKind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Recovery => "recovery",
            Self::Passphrase => "passphrase",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Keyring, Self::Recovery, Self::Passphrase].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The parameters of a slot that needs none, as slots of schema 1 have them.
pub const NO_PARAMETERS: &str = "{}";

/// Where a wrapped key belongs: everything of its slot that stands in clear.
#[derive(Debug, Clone, Copy)]
pub struct SlotPlace<'a> {
    /// The vault.
    pub vault: VaultId,
    /// The slot.
    pub slot: KeySlotId,
    /// Its kind.
    pub kind: SlotKind,
    /// Its parameters exactly as stored, a JSON object.
    pub parameters: &'a str,
}

impl SlotPlace<'_> {
    fn aad(&self) -> [u8; 40] {
        Binding { table: Table::KeySlot, object: *self.slot.as_bytes(), field: Field::Key, revision: 1 }
            .aad(self.vault)
    }

    /// Key-encryption key: `HKDF(salt = vault id, "sealpost/v1/kek" | kind | parameters)`. It wraps keys, never data.
    /// Kinds are words and parameters begin with a brace, so no two lists of parts look alike.
    fn kek(&self, with: &SlotKey) -> Result<Key, ()> {
        let root = hazmat::hkdf_extract(self.vault.as_bytes(), with.0.key());
        let parameters = if self.parameters == NO_PARAMETERS { "" } else { self.parameters };
        hazmat::hkdf_expand(
            &root,
            &[b"sealpost/v1/kek", self.kind.as_str().as_bytes(), parameters.as_bytes()],
        )
    }
}

/// What a slot is opened with: 32 bytes from the keyring, from a recovery code, or derived from a passphrase.
#[derive(Clone)]
pub struct SlotKey(LockedKey);

impl std::fmt::Debug for SlotKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SlotKey(…)")
    }
}

impl SlotKey {
    /// A fresh random key.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        Self(LockedKey::filled(|key| entropy.fill(key)))
    }

    /// Takes the bytes of a keyring entry; `None` if they are not a key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; KEY_LEN] = bytes.try_into().ok()?;
        Some(Self(LockedKey::filled(|key| key.copy_from_slice(bytes))))
    }

    /// The key of a slot that needs both: `HMAC-SHA256(keyring key, passphrase key)`. Neither says anything of it
    /// without the other.
    #[must_use]
    pub fn both(keyring: &Self, passphrase: &Self) -> Self {
        Self(LockedKey::holding(&hazmat::hkdf_extract(keyring.as_bytes(), passphrase.0.key())))
    }

    /// The bytes to put into the keyring, or onto paper.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.key().as_slice()
    }
}

/// Wraps the data key for one slot.
///
/// # Errors
/// [`DoesNotSeal`]; not seen in practice.
pub fn wrap(
    place: &SlotPlace<'_>,
    with: &SlotKey,
    data_key: &DataKey,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, DoesNotSeal> {
    let kek = place.kek(with).map_err(|()| DoesNotSeal)?;
    seal_with(&kek, &place.aad(), &**data_key.key(), entropy)
}

/// Unwraps the data key of one slot.
///
/// # Errors
/// [`DoesNotOpen`]: another key, another slot, another vault, changed parameters, or a broken blob.
pub fn unwrap(place: &SlotPlace<'_>, with: &SlotKey, wrapped: &[u8]) -> Result<DataKey, DoesNotOpen> {
    let kek = place.kek(with).map_err(|()| DoesNotOpen)?;
    let bytes = open_with(&kek, &place.aad(), wrapped)?;
    let bytes: &[u8; KEY_LEN] = bytes.as_slice().try_into().map_err(|_| DoesNotOpen)?;
    Ok(DataKey(LockedKey::filled(|key| key.copy_from_slice(bytes))))
}
