//! Key slots: the data key, wrapped once per way to open the vault.
//!
//! Only the keyring slot is made so far; the kinds, the table and the wrapped form carry several (issue #4).

use zeroize::Zeroizing;

use super::{
    Binding, DoesNotOpen, DoesNotSeal, Entropy, Field, KEY_LEN, Key, Table, hazmat, open_with, seal_with,
};
use crate::ids::{KeySlotId, VaultId};

/// The key everything in a vault is sealed under. Never leaves the crate; wiped when dropped.
#[derive(Clone)]
pub struct DataKey(Key);

impl DataKey {
    /// A fresh data key. Called once in a vault's life, when it is created: a vault that exists keeps its key.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        let mut key = Key::default();
        entropy.fill(&mut *key);
        Self(key)
    }

    pub(super) fn key(&self) -> &Key {
        &self.0
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
    /// A recovery code on paper (issue #4).
    Recovery,
    /// A passphrase through Argon2id (issue #4).
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

/// What a slot is opened with: for the keyring slot, the 32 bytes kept there.
pub struct SlotKey(Key);

impl std::fmt::Debug for SlotKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SlotKey(…)")
    }
}

impl SlotKey {
    /// A fresh key for a keyring entry.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        let mut key = Key::default();
        entropy.fill(&mut *key);
        Self(key)
    }

    /// Takes the bytes of a keyring entry; `None` if they are not a key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let array: [u8; KEY_LEN] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(array)))
    }

    /// The bytes to put into the keyring.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Key-encryption key: `HKDF(salt = vault id, "sealpost/v1/kek" | kind)`. It wraps keys, never data.
    fn kek(&self, vault: VaultId, kind: SlotKind) -> Result<Key, ()> {
        let root = hazmat::hkdf_extract(vault.as_bytes(), &self.0);
        hazmat::hkdf_expand(&root, &[b"sealpost/v1/kek", kind.as_str().as_bytes()])
    }
}

fn aad(vault: VaultId, slot: KeySlotId) -> [u8; 40] {
    Binding { table: Table::KeySlot, object: *slot.as_bytes(), field: Field::Key, revision: 1 }.aad(vault)
}

/// Wraps the data key for one slot.
///
/// # Errors
/// [`DoesNotSeal`]; not seen in practice.
pub fn wrap(
    vault: VaultId,
    slot: KeySlotId,
    kind: SlotKind,
    with: &SlotKey,
    data_key: &DataKey,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, DoesNotSeal> {
    let kek = with.kek(vault, kind).map_err(|()| DoesNotSeal)?;
    seal_with(&kek, &aad(vault, slot), &**data_key.key(), entropy)
}

/// Unwraps the data key of one slot.
///
/// # Errors
/// [`DoesNotOpen`]: another key, another slot, another vault, or a broken blob.
pub fn unwrap(
    vault: VaultId,
    slot: KeySlotId,
    kind: SlotKind,
    with: &SlotKey,
    wrapped: &[u8],
) -> Result<DataKey, DoesNotOpen> {
    let kek = with.kek(vault, kind).map_err(|()| DoesNotOpen)?;
    let bytes = open_with(&kek, &aad(vault, slot), wrapped)?;
    let array: [u8; KEY_LEN] = bytes.as_slice().try_into().map_err(|_| DoesNotOpen)?;
    Ok(DataKey(Zeroizing::new(array)))
}
