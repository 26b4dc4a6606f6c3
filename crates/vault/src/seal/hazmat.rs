//! The only module that touches ring. Everything here is easy to misuse; the rest of the crate sees
//! [`Sealer`](super::Sealer) and [`wrap`](super::wrap), which have no knobs.
//!
//! ring does not wipe its expanded keys, so keys are expanded for one operation and only our own wiping bytes live
//! longer (SECURITY.md, "Memory").

use ring::{aead, digest, hkdf, hmac, rand::SecureRandom as _};
use zeroize::Zeroizing;

use super::Entropy;

/// Length of every symmetric key here, bytes.
pub(crate) const KEY_LEN: usize = 32;
/// Length of an AES-GCM nonce, bytes (RFC 5116).
pub(crate) const NONCE_LEN: usize = 12;
/// Length of an AES-GCM tag, bytes (RFC 5116).
pub(crate) const TAG_LEN: usize = 16;

/// 32 bytes that are wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; KEY_LEN]>;

/// The random source of the operating system.
#[derive(Debug)]
pub struct OsEntropy(ring::rand::SystemRandom);

impl OsEntropy {
    /// The source.
    #[must_use]
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Default for OsEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for OsEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without random numbers nothing can be sealed safely; going on would be worse"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}

/// AES-256-GCM (NIST SP 800-38D): encrypts in place and appends the tag.
pub(crate) fn aead_seal(
    key: &Key,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    in_out: &mut Vec<u8>,
) -> Result<(), ()> {
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, &**key).map_err(|_| ())?;
    aead::LessSafeKey::new(key)
        .seal_in_place_append_tag(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(aad), in_out)
        .map_err(|_| ())
}

/// AES-256-GCM: the plaintext, or nothing at all.
pub(crate) fn aead_open(
    key: &Key,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ()> {
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, &**key).map_err(|_| ())?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let len = aead::LessSafeKey::new(key)
        .open_in_place(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(aad), &mut buffer)
        .map_err(|_| ())?
        .len();
    buffer.truncate(len);
    Ok(buffer)
}

/// HKDF-Extract (RFC 5869 section 2.2): `HMAC-SHA256(salt, key material)`.
pub(crate) fn hkdf_extract(salt: &[u8], material: &Key) -> Key {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), &**material);
    let mut out = Key::default();
    out.copy_from_slice(tag.as_ref());
    out
}

/// HKDF-Expand (RFC 5869 section 2.3) to one key.
pub(crate) fn hkdf_expand(pseudorandom_key: &Key, info: &[&[u8]]) -> Result<Key, ()> {
    let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &**pseudorandom_key);
    let okm = prk.expand(info, hkdf::HKDF_SHA256).map_err(|_| ())?;
    let mut out = Key::default();
    okm.fill(&mut *out).map_err(|_| ())?;
    Ok(out)
}

/// HMAC-SHA256 (RFC 2104) over parts, each preceded by its length so that no two lists of parts look alike.
pub(crate) fn hmac_parts(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &**key));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// SHA-256 (FIPS 180-4), for fingerprints of public things only; "has it changed?" asks a keyed digest.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn hkdf_agrees_with_rfc_5869_test_case_3() {
        // Test case 3 has 22 bytes of key material and no salt; ours is fixed at 32, so the expand half is checked
        // with the published pseudorandom key and the first 32 bytes of the published output.
        let mut prk = Key::default();
        prk.copy_from_slice(&unhex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"));
        let okm = hkdf_expand(&prk, &[]).unwrap();
        assert_eq!(okm.as_slice(), unhex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    }

    #[test]
    fn hkdf_extract_is_hmac_with_the_salt_as_key() {
        // RFC 4231 test case 6 style check through the other function: extract(salt, m) == HMAC(salt, m).
        let mut material = Key::default();
        material.copy_from_slice(&[7; 32]);
        let salt = [9u8; 16];
        let direct = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &salt), &[7; 32]);
        assert_eq!(hkdf_extract(&salt, &material).as_slice(), direct.as_ref());
    }

    #[test]
    fn digests_of_split_parts_differ_from_the_joined_text() {
        let key = Key::default();
        assert_ne!(hmac_parts(&key, &[b"ab", b"c"]), hmac_parts(&key, &[b"a", b"bc"]));
        assert_ne!(hmac_parts(&key, &[b"abc"]), hmac_parts(&key, &[b"abc", b""]));
    }
}
