//! The public part of a private key, as far as it can be read off the key without arithmetic.
//!
//! It answers one question: which certificate does this key belong to? RSA keys carry the modulus and OpenSSL
//! writes the public point into EC keys; for other kinds the question stays open and nothing is claimed.

use x509_parser::asn1_rs::{Any, BitString, Class, FromDer, Integer, OctetString, Oid, Sequence, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;

use super::CertificateError;

/// What a private key says of its public key. Holds nothing private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicPart {
    Rsa(Vec<u8>),
    Point(Vec<u8>),
    /// A key that can't be compared.
    Unknown,
}

impl PublicPart {
    /// Does the key belong to the certificate? `None` if that can't be told.
    pub(super) fn matches(&self, certificate: &X509Certificate<'_>) -> Option<bool> {
        let own = match self {
            Self::Rsa(own) | Self::Point(own) => own,
            Self::Unknown => return None,
        };
        match (self, certificate.public_key().parsed()) {
            (Self::Rsa(_), Ok(PublicKey::RSA(key))) => Some(without_zeros(key.modulus) == own.as_slice()),
            (Self::Point(_), Ok(PublicKey::EC(point))) => Some(point.data() == own.as_slice()),
            _ => Some(false),
        }
    }
}

/// Reads PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) or SEC 1 (RFC 5915) DER.
pub(super) fn public_part(der: &[u8]) -> Result<PublicPart, CertificateError> {
    let broken = || CertificateError::BrokenFile { detail: "the private key can't be read".to_owned() };
    let (_, outer) = Sequence::from_der(der).map_err(|_| broken())?;
    let (rest, _version) = Integer::from_der(&outer.content).map_err(|_| broken())?;
    let (after, next) = Any::from_der(rest).map_err(|_| broken())?;
    Ok(match next.header.tag() {
        Tag::Sequence => {
            let (_, inner) = OctetString::from_der(after).map_err(|_| broken())?;
            pkcs8(next.data, inner.as_ref())
        }
        Tag::Integer => PublicPart::Rsa(without_zeros(next.data).to_vec()),
        Tag::OctetString => point(after),
        _ => return Err(broken()),
    })
}

fn pkcs8(algorithm: &[u8], inner: &[u8]) -> PublicPart {
    let Ok((_, oid)) = Oid::from_der(algorithm) else { return PublicPart::Unknown };
    let key = || {
        let (_, sequence) = Sequence::from_der(inner).ok()?;
        let (rest, _version) = Integer::from_der(&sequence.content).ok()?;
        let (after, next) = Any::from_der(rest).ok()?;
        match next.header.tag() {
            Tag::Integer => Some(PublicPart::Rsa(without_zeros(next.data).to_vec())),
            Tag::OctetString => Some(point(after)),
            _ => None,
        }
    };
    // rsaEncryption and id-ecPublicKey; an Ed25519 key is a bare octet string.
    match oid.to_id_string().as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.10045.2.1" => key().unwrap_or(PublicPart::Unknown),
        _ => PublicPart::Unknown,
    }
}

/// The optional `[1] publicKey` of an ECPrivateKey.
fn point(mut rest: &[u8]) -> PublicPart {
    while let Ok((after, element)) = Any::from_der(rest) {
        if element.header.class() == Class::ContextSpecific && element.header.tag() == Tag(1) {
            return match BitString::from_der(element.data) {
                Ok((_, bits)) => PublicPart::Point(bits.data.to_vec()),
                Err(_) => PublicPart::Unknown,
            };
        }
        rest = after;
    }
    PublicPart::Unknown
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}
