//! PKCS#12 (RFC 7292) through p12-keystore, which is used in this file only.
//!
//! The library tells a wrong password apart from a broken file by the MAC, which covers the whole content. A file
//! without MAC is only known to be wrong when its decryption fails, and then the password is the likely reason.
//! Two limits of the library are accepted here: the decrypted private key lies in a buffer that it does not wipe
//! (it is dropped as soon as its public part is read), and files in BER with indefinite lengths are not read.

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;
use x509_parser::asn1_rs::{Any, FromDer, OctetString, Sequence};

use super::{CertificateError, Contents, keys, kind};
use crate::secret::SecretValue;

/// Reads all certificates and private keys of a PKCS#12 file.
pub(super) fn open(bytes: &[u8], password: Option<&SecretValue>) -> Result<Contents, CertificateError> {
    if kind::is_indefinite(bytes) {
        return Err(CertificateError::Unsupported {
            detail: "it uses the BER encoding, which this program does not read".to_owned(),
        });
    }
    match kind::declared_length(bytes) {
        Some(length) if length > bytes.len() => {
            return Err(CertificateError::BrokenFile { detail: "it is cut off".to_owned() });
        }
        None => return Err(CertificateError::BrokenFile { detail: "its length can't be read".to_owned() }),
        _ => {}
    }
    let Some(password) = password.map_or(Some(""), SecretValue::expose_text) else {
        return Err(CertificateError::WrongPassword);
    };
    let archive =
        Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| refusal(&error, bytes, password))?;
    let mut contents = Contents::default();
    for key in &archive.keys {
        contents.keys.push(keys::public_part(key.key.as_der())?);
    }
    contents.certificates = archive.certs.iter().map(|bag| bag.cert.as_der().to_vec()).collect();
    if contents.certificates.is_empty() {
        return Err(CertificateError::NotACertificate);
    }
    Ok(contents)
}

/// What can be seen of a PFX without its password.
struct Outside {
    /// A MAC over the content: the password is then checked before anything is decrypted.
    has_mac: bool,
    /// Some content is encrypted.
    is_encrypted: bool,
}

fn refusal(error: &Error, bytes: &[u8], password: &str) -> CertificateError {
    let broken = |detail: &str| CertificateError::BrokenFile { detail: detail.to_owned() };
    let unsupported = |detail: &str| CertificateError::Unsupported { detail: detail.to_owned() };
    let Some(outside) = outside(bytes) else { return broken("it is not well-formed PKCS#12") };
    // The key derivation of RFC 7292 takes characters of the basic plane only; the library reports an ASN.1 error.
    if password.chars().any(|c| u32::from(c) > 0xFFFF) {
        return unsupported(
            "PKCS#12 passwords with such characters (emoji, rare scripts) can't be read here",
        );
    }
    match error {
        Error::MacError(_) => CertificateError::WrongPassword,
        Error::UnsupportedMacAlgorithm | Error::UnsupportedEncryptionScheme => {
            unsupported("it is protected with an algorithm that this program does not read")
        }
        // The library keeps the text only; it is the one of pkcs5's `UnsupportedAlgorithm`.
        Error::Pkcs5Error(text) if text.contains("unsupported") => {
            unsupported("it is protected with an algorithm that this program does not read")
        }
        // An OID where an algorithm is expected; a damaged file is far more likely to break the structure.
        Error::DerError(error) if error.to_string().contains("unsupported OID") => {
            unsupported("it is protected with an algorithm that this program does not read")
        }
        Error::InvalidParameters => {
            unsupported("opening it would take more work than a certificate file should")
        }
        Error::InvalidVersion | Error::UnsupportedContentType | Error::UnsupportedCertificateType => {
            unsupported("it is a rare kind of PKCS#12")
        }
        // The frame is whole and no MAC vouches for the password, so what does not fit is what it decrypted to.
        _ if outside.is_encrypted && !outside.has_mac => CertificateError::WrongPassword,
        Error::UnpadError | Error::Pkcs5Error(_) => {
            broken("a part of it can't be decrypted with its password")
        }
        Error::InvalidPrivateKey => broken("its private key can't be read"),
        Error::X509Error(_) => broken("one of its certificates can't be read"),
        _ => broken("a part of it is not well-formed"),
    }
}

/// Walks the frame: version, content info, optional MAC, and the list of safes inside.
fn outside(bytes: &[u8]) -> Option<Outside> {
    let (_, pfx) = Sequence::from_der(bytes).ok()?;
    let (rest, _version) = Any::from_der(&pfx.content).ok()?;
    let (mac, content_info) = Any::from_der(rest).ok()?;
    let (content, _kind) = Any::from_der(content_info.data).ok()?;
    let (_, explicit) = Any::from_der(content).ok()?;
    let (_, safes) = OctetString::from_der(explicit.data).ok()?;
    let (_, list) = Sequence::from_der(safes.as_ref()).ok()?;
    let mut rest: &[u8] = &list.content;
    while !rest.is_empty() {
        rest = Any::from_der(rest).ok()?.0;
    }
    let holds = |oid: &[u8]| safes.as_ref().windows(oid.len()).any(|window| window == oid);
    Some(Outside { has_mac: !mac.is_empty(), is_encrypted: holds(&PBES1_FAMILY) || holds(&PBES2) })
}

/// 1.2.840.113549.1.12.1, the password-based encryption of PKCS#12 itself.
const PBES1_FAMILY: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01];
/// 1.2.840.113549.1.5.13, PBES2.
const PBES2: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D];
