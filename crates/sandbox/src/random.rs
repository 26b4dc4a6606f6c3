//! Random ids, tokens and salts, all from the operating system.

use ring::rand::{SecureRandom, SystemRandom};

use crate::SandboxError;

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], SandboxError> {
    let mut out = [0; N];
    SystemRandom::new().fill(&mut out).map_err(|_| SandboxError::Random)?;
    Ok(out)
}

/// A new id as all real samples have it: `CREDENTIALS_VAULT-` and 16 upper-case hex digits (contract 5.4).
pub(crate) fn credential_id() -> Result<String, SandboxError> {
    Ok(format!("CREDENTIALS_VAULT-{}", hex(&bytes::<8>()?).to_uppercase()))
}

/// A random UUID (version 4), as in the `externalID` of contract 2.10.
pub(crate) fn uuid() -> Result<String, SandboxError> {
    let mut raw = bytes::<16>()?;
    raw[6] = raw[6] & 0x0f | 0x40;
    raw[8] = raw[8] & 0x3f | 0x80;
    let digits = hex(&raw);
    Ok([&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-"))
}

/// A classic API token: `dt0c01.` + 24 characters + `.` + 64 characters (contract 1.2).
pub(crate) fn token() -> Result<String, SandboxError> {
    let part = |raw: &[u8]| -> String {
        raw.iter()
            .map(|byte| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(byte & 31)]))
            .collect()
    };
    Ok(format!("dt0c01.{}.{}", part(&bytes::<24>()?), part(&bytes::<64>()?)))
}

/// Lower-case hex.
pub(crate) fn hex(raw: &[u8]) -> String {
    use std::fmt::Write as _;
    raw.iter().fold(String::with_capacity(raw.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
