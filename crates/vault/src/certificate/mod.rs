//! Reads certificate files: what they say of themselves, and what is wrong with them (contract 2.6 and 2.7).
//!
//! PEM text and DER PKCS#12 are the two formats that the API takes. A file is parsed for real, so that a wrong
//! password, a broken file and a file of another kind are told apart before anything is sent. Nothing here trusts
//! the bytes: they come from a file dialog or from standard input.

mod facts;
mod keys;
mod kind;
mod names;
mod pem;
mod pkcs12;
#[cfg(test)]
mod tests;

pub use kind::{FileKind, file_kind};

use crate::draft::{CertificateFacts, CertificateFormat};
use crate::secret::SecretValue;

/// The API takes requests of at most 1 MB (contract 4.7). Base64 turns 3 bytes into 4, so a larger file can't be
/// sent whatever it holds, and is not parsed.
pub const MAX_FILE_BYTES: usize = 750_000;

/// Why a certificate file can't be used as it is. The sentences say what to do; none of them holds file content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// No bytes at all.
    #[error("The file is empty. Pick the certificate file again.")]
    Empty,
    /// Too large to be sent, so not looked at.
    #[error(
        "The file is larger than 750 kB and can't be sent to Dynatrace. Export only the certificate, its key and its chain."
    )]
    TooLarge,
    /// Neither PEM nor PKCS#12, or PEM without a certificate in it.
    #[error("The file holds no certificate. Pick a PEM file (.pem, .crt) or a PKCS#12 file (.p12, .pfx).")]
    NotACertificate,
    /// A certificate file, but not of the format the draft names.
    #[error("{}", wrong_format(*.found))]
    WrongFormat {
        /// What it is instead.
        found: FileKind,
    },
    /// The right format, but damaged.
    #[error("The certificate file is broken: {detail}. Export it again.")]
    BrokenFile {
        /// What does not fit, without file content.
        detail: String,
    },
    /// A PKCS#12 file that this password does not open.
    #[error(
        "The password does not open this PKCS#12 file. The file itself looks complete; enter its password again."
    )]
    WrongPassword,
    /// An encrypted private key in a PEM file: the API takes no password for PEM.
    #[error(
        "The private key in this PEM file is encrypted, and Dynatrace takes no password for PEM. Convert the file to PKCS#12, or decrypt the key."
    )]
    EncryptedKeyInPem,
    /// The private key and the certificates do not belong together.
    #[error(
        "The private key belongs to none of the certificates in this file. Put the matching key and certificate together."
    )]
    KeyMismatch,
    /// Well-formed as far as this program can tell, but protected in a way it does not read. The server may.
    #[error("The file could not be checked here: {detail}. Dynatrace may still accept it.")]
    Unsupported {
        /// What is not supported.
        detail: String,
    },
}

/// What a certificate file says of itself.
///
/// The leaf is the certificate that belongs to the private key in the file, wherever it stands; without a private
/// key it is the first one. `password` is used for PKCS#12 only; `None` means the empty password.
/// [`CertificateFacts::file_name`] is left empty: bytes have no name.
///
/// # Errors
/// See [`CertificateError`].
pub fn inspect(
    bytes: &[u8],
    format: CertificateFormat,
    password: Option<&SecretValue>,
) -> Result<CertificateFacts, CertificateError> {
    if bytes.is_empty() {
        return Err(CertificateError::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(CertificateError::TooLarge);
    }
    match (file_kind(bytes), format) {
        (FileKind::Pem, CertificateFormat::Pem) => facts::of(&pem::open(bytes)?),
        (FileKind::Pkcs12, CertificateFormat::Pkcs12) => facts::of(&pkcs12::open(bytes, password)?),
        (FileKind::Unknown, _) => Err(CertificateError::NotACertificate),
        (found, _) => Err(CertificateError::WrongFormat { found }),
    }
}

/// What a bare DER certificate says of itself: one that a TLS server showed, not a file for the API.
///
/// # Errors
/// [`CertificateError::BrokenFile`].
pub fn inspect_der(der: &[u8]) -> Result<CertificateFacts, CertificateError> {
    facts::of(&Contents { certificates: vec![der.to_vec()], keys: Vec::new() })
}

/// The format of a file, if it is one that the API takes. A bare DER certificate is not: see [`file_kind`].
#[must_use]
pub fn detect_format(bytes: &[u8]) -> Option<CertificateFormat> {
    match file_kind(bytes) {
        FileKind::Pem => Some(CertificateFormat::Pem),
        FileKind::Pkcs12 => Some(CertificateFormat::Pkcs12),
        FileKind::DerCertificate | FileKind::Unknown => None,
    }
}

/// What both formats come down to: certificates in file order, and private keys as far as they can be compared.
#[derive(Debug, Default)]
struct Contents {
    certificates: Vec<Vec<u8>>,
    keys: Vec<keys::PublicPart>,
}

fn wrong_format(found: FileKind) -> &'static str {
    match found {
        FileKind::Pem => "This is a PEM file, not PKCS#12. Set the format to PEM.",
        FileKind::Pkcs12 => "This is a PKCS#12 file, not PEM. Set the format to PKCS12.",
        FileKind::DerCertificate => {
            "This is a bare DER certificate, which Dynatrace does not take. Convert it to PEM first."
        }
        FileKind::Unknown => "The file is not of the format that is set.",
    }
}
