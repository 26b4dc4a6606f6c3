//! PEM text (RFC 7468, and RFC 1421 headers of old OpenSSL keys).
//!
//! The blocks are found here and not by a PEM crate, because the readers in the tree copy private keys into buffers
//! that are not wiped, or pass over the labels of encrypted keys. Base64 itself is left to its crate.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{CertificateError, Contents, keys};

/// Padding is optional and stray bits are ignored, as OpenSSL does: a file that other programs read is not broken.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Reads all certificates and private keys of a PEM file.
pub(super) fn open(bytes: &[u8]) -> Result<Contents, CertificateError> {
    let mut contents = Contents::default();
    for block in blocks(bytes)? {
        match block.label {
            // `TRUSTED CERTIFICATE` is OpenSSL's own form: a certificate with trust settings behind it.
            b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" => {
                contents.certificates.push(block.decode("a certificate block")?.to_vec());
            }
            b"ENCRYPTED PRIVATE KEY" => return Err(CertificateError::EncryptedKeyInPem),
            label if label.ends_with(b"PRIVATE KEY") => {
                if block.is_encrypted() {
                    return Err(CertificateError::EncryptedKeyInPem);
                }
                let der = block.decode("the private key block")?;
                contents.keys.push(keys::public_part(&der)?);
            }
            _ => {}
        }
    }
    if contents.certificates.is_empty() {
        return Err(CertificateError::NotACertificate);
    }
    Ok(contents)
}

struct Block<'a> {
    label: &'a [u8],
    body: Vec<&'a [u8]>,
}

impl Block<'_> {
    /// Old OpenSSL keys say so in a header line: `Proc-Type: 4,ENCRYPTED`.
    fn is_encrypted(&self) -> bool {
        self.body.iter().any(|line| line.starts_with(b"Proc-Type:") && line.ends_with(b"ENCRYPTED"))
    }

    fn decode(&self, what: &str) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        let mut text = Zeroizing::new(Vec::with_capacity(self.body.iter().map(|line| line.len()).sum()));
        for line in self.body.iter().filter(|line| !line.contains(&b':')) {
            text.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
        let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
        let written = BASE64
            .decode_slice(text.as_slice(), &mut der)
            .map_err(|_| CertificateError::BrokenFile { detail: format!("{what} is not base64") })?;
        der.truncate(written);
        Ok(der)
    }
}

fn blocks(bytes: &[u8]) -> Result<Vec<Block<'_>>, CertificateError> {
    let mut found = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        if let Some(label) = delimiter(line, b"-----BEGIN ") {
            if open.is_some() {
                return Err(cut_off());
            }
            open = Some(Block { label, body: Vec::new() });
        } else if let Some(label) = delimiter(line, b"-----END ") {
            match open.take() {
                Some(block) if block.label == label => found.push(block),
                _ => {
                    return Err(CertificateError::BrokenFile {
                        detail: "an END line has no matching BEGIN line".to_owned(),
                    });
                }
            }
        } else if let Some(block) = &mut open {
            block.body.push(line);
        }
    }
    if open.is_some() { Err(cut_off()) } else { Ok(found) }
}

fn delimiter<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(start)?.strip_suffix(b"-----")
}

fn cut_off() -> CertificateError {
    CertificateError::BrokenFile { detail: "a block has no END line, so the file is cut off".to_owned() }
}
