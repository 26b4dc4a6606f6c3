//! Names as text: RFC 4514 for distinguished names, plain text for alternative names.
//!
//! The text ends up in lists and on terminals, so control characters never survive as such.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::asn1_rs::{BmpString, ToDer};
use x509_parser::extensions::GeneralName;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::hex::hex;

/// Short names of RFC 4514 section 3, and the three more that OpenSSL prints and people expect.
const SHORT_NAMES: [(&str, &str); 12] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.97", "organizationIdentifier"),
];

/// A distinguished name as RFC 4514 text: last part first, `,` between parts, `+` inside a part.
pub(super) fn distinguished(name: &X509Name<'_>) -> String {
    let parts: Vec<String> =
        name.iter().map(|part| part.iter().map(attribute).collect::<Vec<_>>().join("+")).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let short = SHORT_NAMES.iter().find(|(known, _)| *known == oid).map(|(_, short)| *short);
    match (short, text(attribute)) {
        (Some(short), Some(value)) => format!("{short}={}", escaped(&value)),
        // RFC 4514, section 2.4: an unknown type is shown as its OID with the value in hex.
        _ => {
            let der = attribute.attr_value().to_der_vec().unwrap_or_default();
            format!("{oid}=#{}", hex(&der))
        }
    }
}

fn text(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    if let Ok(text) = attribute.as_str() {
        return Some(text.to_owned());
    }
    let value = attribute.attr_value();
    if let Ok(bmp) = BmpString::try_from(value) {
        return Some(bmp.string());
    }
    // TeletexString is used as Latin-1 by everybody who still uses it.
    value
        .as_teletexstring()
        .is_ok()
        .then(|| attribute.as_slice().iter().map(|byte| char::from(*byte)).collect())
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            '#' if index == 0 => out.push_str("\\#"),
            _ if c.is_control() => {
                let mut utf8 = [0; 4];
                for byte in c.encode_utf8(&mut utf8).bytes() {
                    let _infallible = write!(out, "\\{byte:02X}");
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// An alternative name as people write it; forms that nobody writes are left out.
pub(super) fn alternative(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => {
            Some(text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect())
        }
        GeneralName::IPAddress(octets) => {
            if let Ok(v4) = <[u8; 4]>::try_from(*octets) {
                Some(Ipv4Addr::from(v4).to_string())
            } else {
                <[u8; 16]>::try_from(*octets).ok().map(|v6| Ipv6Addr::from(v6).to_string())
            }
        }
        GeneralName::DirectoryName(name) => Some(distinguished(name)),
        _ => None,
    }
}
