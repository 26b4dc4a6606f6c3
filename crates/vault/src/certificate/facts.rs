//! From parsed contents to [`CertificateFacts`]: picks the leaf and reads it (RFC 5280).

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{CertificateError, Contents, names};
use crate::clock::Timestamp;
use crate::draft::CertificateFacts;
use crate::hex::hex;
use crate::seal::sha256;

/// A certificate may name thousands of hosts; the list shows the first ones.
const MAX_ALTERNATIVE_NAMES: usize = 100;

/// Reads the facts of the leaf.
pub(super) fn of(contents: &Contents) -> Result<CertificateFacts, CertificateError> {
    let mut parsed = Vec::with_capacity(contents.certificates.len());
    for (index, der) in contents.certificates.iter().enumerate() {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::BrokenFile {
            detail: format!("certificate {} of {} can't be read", index + 1, contents.certificates.len()),
        })?;
        parsed.push((der.as_slice(), certificate));
    }
    let (der, leaf) = leaf(contents, &parsed)?;
    Ok(CertificateFacts {
        subject: names::distinguished(leaf.subject()),
        issuer: names::distinguished(leaf.issuer()),
        not_before: millis(leaf.validity().not_before.timestamp()),
        not_after: millis(leaf.validity().not_after.timestamp()),
        certificates: u32::try_from(parsed.len()).unwrap_or(u32::MAX),
        has_private_key: !contents.keys.is_empty(),
        alternative_names: alternative_names(leaf),
        fingerprint: hex(&sha256(leaf_der(der, leaf))),
        key: key(leaf.public_key()),
        file_name: None,
    })
}

type Parsed<'a> = (&'a [u8], X509Certificate<'a>);

/// The certificate of the private key; the first one if there is no key, or none that can be compared.
fn leaf<'p, 'a>(
    contents: &Contents,
    parsed: &'p [Parsed<'a>],
) -> Result<(&'a [u8], &'p X509Certificate<'a>), CertificateError> {
    let mut comparable = false;
    for key in &contents.keys {
        for (der, certificate) in parsed {
            match key.matches(certificate) {
                Some(true) => return Ok((der, certificate)),
                Some(false) => comparable = true,
                None => {}
            }
        }
    }
    let all_known = contents.keys.iter().all(|key| *key != super::keys::PublicPart::Unknown);
    if comparable && all_known {
        return Err(CertificateError::KeyMismatch);
    }
    parsed.first().map(|(der, certificate)| (*der, certificate)).ok_or(CertificateError::NotACertificate)
}

/// OpenSSL's `TRUSTED CERTIFICATE` has trust settings behind the certificate; they are no part of the fingerprint.
fn leaf_der<'a>(der: &'a [u8], certificate: &X509Certificate<'a>) -> &'a [u8] {
    super::kind::declared_length(der).and_then(|length| der.get(..length)).unwrap_or(certificate.as_raw())
}

fn millis(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    certificate
        .extensions()
        .iter()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => Some(names),
            _ => None,
        })
        .flat_map(|found| &found.general_names)
        .filter_map(names::alternative)
        .take(MAX_ALTERNATIVE_NAMES)
        .collect()
}

/// Key kind and size, as people name them.
fn key(info: &SubjectPublicKeyInfo<'_>) -> String {
    match info.algorithm.algorithm.to_id_string().as_str() {
        "1.3.101.112" => return "Ed25519".to_owned(),
        "1.3.101.113" => return "Ed448".to_owned(),
        _ => {}
    }
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => {
            let significant = key.modulus.iter().skip_while(|byte| **byte == 0).count();
            format!("RSA {}", significant * 8)
        }
        Ok(PublicKey::EC(point)) => match curve(info) {
            Some(name) => format!("EC {name}"),
            None => format!("EC {}", point.key_size()),
        },
        Ok(PublicKey::DSA(_)) => "DSA".to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn curve(info: &SubjectPublicKeyInfo<'_>) -> Option<&'static str> {
    let parameters = info.algorithm.parameters.as_ref()?;
    match parameters.as_oid().ok()?.to_id_string().as_str() {
        "1.2.840.10045.3.1.7" => Some("P-256"),
        "1.3.132.0.34" => Some("P-384"),
        "1.3.132.0.35" => Some("P-521"),
        "1.3.132.0.10" => Some("secp256k1"),
        _ => None,
    }
}
