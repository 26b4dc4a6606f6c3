//! Sealing: what stands on disk can be read only with the vault's data key, and only where it was written.
//!
//! ```text
//! keyring entry (32 random bytes) ─┐
//! recovery code (32 random bytes) ─┼─ HKDF ─▶ KEK ─ wraps ─▶ data key (32 random bytes)
//! passphrase ─ Argon2id ───────────┘
//! data key ─ HKDF-Extract(salt = vault id) ─▶ root
//!   root ─ HKDF-Expand("sealpost/v1/record" | table | object | field | revision) ─▶ record key
//!   root ─ HKDF-Expand("sealpost/v1/digest") ─▶ digest key, for "changed since published?"
//! sealed blob = "SP" | format | algorithm | nonce (12) | ciphertext | tag (16)
//! AAD         = vault id | table | object id | field | revision | format | algorithm
//! ```
//!
//! The binding stands in the AAD *and* in the key derivation: a blob moved to another row, field, revision, table or
//! vault does not open. A record key seals one revision of one field, so the 2³² limit on random nonces per key
//! (NIST SP 800-38D section 8.3) can't be approached. Every failure to open is the same [`DoesNotOpen`]: it must not
//! tell an attacker which check failed.

mod hazmat;
mod locked;
mod slot;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::ids::VaultId;
pub(crate) use hazmat::{KEY_LEN, Key};
pub use hazmat::{OsEntropy, sha256};
pub(crate) use locked::LockedKey;
pub use locked::keys_are_locked;
pub use slot::{DataKey, NO_PARAMETERS, SlotKey, SlotKind, SlotPlace, unwrap, wrap};

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

const MAGIC: [u8; 2] = *b"SP";
const FORMAT: u8 = 1;
const AES_256_GCM: u8 = 1;
const HEADER_LEN: usize = 4 + hazmat::NONCE_LEN;

/// The table a blob belongs to; part of its binding. Numbers are for ever (docs/formats.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// Wrapped data keys.
    KeySlot = 1,
    /// Drafts and their earlier revisions.
    Draft = 2,
    /// Environments.
    Environment = 3,
    /// Publications.
    Publication = 4,
    /// Attempts.
    Attempt = 5,
    /// Activity entries.
    Activity = 6,
    /// Settings.
    Setting = 7,
    /// Work that is not saved yet.
    Unsaved = 8,
    /// Groups of environments.
    Group = 9,
    /// Rotations of a draft's secret.
    Rotation = 10,
    /// The vault itself.
    Vault = 11,
}

/// The field of a row a blob stands in; part of its binding. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// Everything a person typed that is not a secret.
    Meta = 1,
    /// Secret fields.
    Secrets = 2,
    /// An environment's API token.
    Token = 3,
    /// A wrapped data key.
    Key = 4,
    /// What an attempt meant to do.
    Intent = 5,
    /// How an attempt ended.
    Outcome = 6,
    /// What went over the wire of an attempt.
    Exchanges = 7,
    /// The seal over all rows.
    Ledger = 8,
}

/// Where a blob belongs. Opening it elsewhere fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The table.
    pub table: Table,
    /// The row's id.
    pub object: [u8; 16],
    /// The column.
    pub field: Field,
    /// The row's revision.
    pub revision: u32,
}

impl Binding {
    fn bytes(&self) -> [u8; 22] {
        let mut out = [0; 22];
        out[0] = self.table as u8;
        out[1..17].copy_from_slice(&self.object);
        out[17] = self.field as u8;
        out[18..22].copy_from_slice(&self.revision.to_be_bytes());
        out
    }

    fn aad(&self, vault: VaultId) -> [u8; 40] {
        let mut out = [0; 40];
        out[..16].copy_from_slice(vault.as_bytes());
        out[16..38].copy_from_slice(&self.bytes());
        out[38] = FORMAT;
        out[39] = AES_256_GCM;
        out
    }
}

/// The blob is broken, was moved, is of a newer format, or the key is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open")]
pub struct DoesNotOpen;

/// Could not seal: the value is longer than AES-GCM allows (64 GiB). Never seen in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value could not be sealed")]
pub struct DoesNotSeal;

/// A keyed digest of a value: equal digests mean equal values, and a guess can't be checked without the key.
pub type Digest = [u8; 32];

/// Seals and opens the blobs of one open vault. Dropping the last one of a vault wipes its keys.
pub struct Sealer {
    vault: VaultId,
    // Shared by every sealer of the vault: a locked page each.
    root: Arc<LockedKey>,
    digest_key: Arc<LockedKey>,
    row_key: Arc<LockedKey>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("vault", &self.vault).finish_non_exhaustive()
    }
}

impl Sealer {
    /// A sealer for the vault whose data key this is.
    #[must_use]
    pub fn new(vault: VaultId, data_key: &DataKey, entropy: Arc<dyn Entropy>) -> Self {
        let root = hazmat::hkdf_extract(vault.as_bytes(), data_key.key());
        let expanded = |label: &[u8]| {
            Arc::new(LockedKey::holding(&hazmat::hkdf_expand(&root, &[label]).unwrap_or_default()))
        };
        let (digest_key, row_key) = (expanded(b"sealpost/v1/digest"), expanded(b"sealpost/v1/row"));
        Self { vault, root: Arc::new(LockedKey::holding(&root)), digest_key, row_key, entropy }
    }

    /// A second sealer with the same keys.
    pub(crate) fn again(&self) -> Self {
        let Self { vault, root, digest_key, row_key, entropy } = self;
        Self {
            vault: *vault,
            root: Arc::clone(root),
            digest_key: Arc::clone(digest_key),
            row_key: Arc::clone(row_key),
            entropy: Arc::clone(entropy),
        }
    }

    /// The random source this sealer uses, for another sealer.
    pub(crate) fn entropy_source(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }

    /// The random source this sealer uses, for ids.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    fn record_key(&self, binding: &Binding) -> Result<Key, ()> {
        hazmat::hkdf_expand(self.root.key(), &[b"sealpost/v1/record", &binding.bytes()])
    }

    /// Seals a value to its place, under a fresh random nonce.
    ///
    /// # Errors
    /// [`DoesNotSeal`] for a value of 64 GiB or more.
    pub fn seal(&self, binding: &Binding, plaintext: &[u8]) -> Result<Vec<u8>, DoesNotSeal> {
        let key = self.record_key(binding).map_err(|()| DoesNotSeal)?;
        seal_with(&key, &binding.aad(self.vault), plaintext, &*self.entropy)
    }

    /// Opens a value from its place.
    ///
    /// # Errors
    /// [`DoesNotOpen`], whatever the reason.
    pub fn open(&self, binding: &Binding, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let key = self.record_key(binding).map_err(|()| DoesNotOpen)?;
        open_with(&key, &binding.aad(self.vault), blob)
    }

    /// The vault whose values these are.
    pub(crate) fn vault(&self) -> VaultId {
        self.vault
    }

    /// The key of the digests of whole rows.
    pub(crate) fn row_key(&self) -> RowKey {
        RowKey(Arc::clone(&self.row_key))
    }

    /// The keyed digest of a value, for "is it the same as before?".
    #[must_use]
    pub fn digest(&self, label: &str, parts: &[&[u8]]) -> Digest {
        let mut all = Vec::with_capacity(parts.len() + 1);
        all.push(label.as_bytes());
        all.extend_from_slice(parts);
        hazmat::hmac_parts(self.digest_key.key(), &all)
    }
}

/// Keys the digests of whole rows, for the seal over all of them and the chain of the activity.
pub(crate) struct RowKey(Arc<LockedKey>);

impl RowKey {
    pub(crate) fn digest(&self, row: &[u8]) -> Digest {
        hazmat::hmac_parts(self.0.key(), &[row])
    }
}

fn seal_with(key: &Key, aad: &[u8], plaintext: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, DoesNotSeal> {
    let mut nonce = [0; hazmat::NONCE_LEN];
    entropy.fill(&mut nonce);
    let mut body = Vec::with_capacity(plaintext.len() + hazmat::TAG_LEN);
    body.extend_from_slice(plaintext);
    hazmat::aead_seal(key, nonce, aad, &mut body).map_err(|()| DoesNotSeal)?;
    let mut blob = Vec::with_capacity(HEADER_LEN + body.len());
    blob.extend_from_slice(&MAGIC);
    blob.push(FORMAT);
    blob.push(AES_256_GCM);
    blob.extend_from_slice(&nonce);
    blob.append(&mut body);
    Ok(blob)
}

fn open_with(key: &Key, aad: &[u8], blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
    let (header, body) = blob.split_at_checked(HEADER_LEN).ok_or(DoesNotOpen)?;
    if header[..2] != MAGIC || header[2] != FORMAT || header[3] != AES_256_GCM {
        return Err(DoesNotOpen);
    }
    let nonce = header[4..].try_into().map_err(|_| DoesNotOpen)?;
    hazmat::aead_open(key, nonce, aad, body).map_err(|()| DoesNotOpen)
}
