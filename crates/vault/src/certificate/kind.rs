//! Tells file kinds apart by their first bytes, without parsing them.

/// What a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Text with `-----BEGIN` in it.
    Pem,
    /// DER (or BER) that starts like a PFX: a sequence whose first element is the integer 3 (RFC 7292, section 4).
    Pkcs12,
    /// DER that starts like a certificate: a sequence in a sequence (RFC 5280, section 4.1).
    DerCertificate,
    /// Something else.
    Unknown,
}

const SEQUENCE: u8 = 0x30;
const PFX_VERSION_3: [u8; 3] = [0x02, 0x01, 0x03];

/// What a file looks like. Works on a cut-off file too, so that it can be called broken rather than unknown.
#[must_use]
pub fn file_kind(bytes: &[u8]) -> FileKind {
    if let Some(content) = sequence_content(bytes) {
        if content.starts_with(&PFX_VERSION_3) {
            return FileKind::Pkcs12;
        }
        if content.first() == Some(&SEQUENCE) {
            return FileKind::DerCertificate;
        }
    }
    // PEM may start with a byte order mark or with lines of text (RFC 7468, section 2).
    const MARK: &[u8] = b"-----BEGIN ";
    if bytes.windows(MARK.len()).any(|window| window == MARK) { FileKind::Pem } else { FileKind::Unknown }
}

/// Does the file use BER's indefinite length, as some key stores write? Then a strict DER parser can't read it.
pub(super) fn is_indefinite(bytes: &[u8]) -> bool {
    matches!(bytes, [SEQUENCE, 0x80, ..])
}

/// Is a whole DER element there, and nothing behind it?
pub(super) fn declared_length(bytes: &[u8]) -> Option<usize> {
    let (header, length) = header(bytes)?;
    header.checked_add(length?)
}

fn sequence_content(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.first() != Some(&SEQUENCE) {
        return None;
    }
    bytes.get(header(bytes)?.0..)
}

/// Length of tag and length octets, and the content length unless it is indefinite.
fn header(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    match *bytes.get(1)? {
        0x80 => Some((2, None)),
        short @ 0..0x80 => Some((2, Some(usize::from(short)))),
        long => {
            let octets = usize::from(long & 0x7f);
            if octets > 4 {
                return None;
            }
            let length = bytes
                .get(2..2 + octets)?
                .iter()
                .fold(0usize, |length, octet| (length << 8) | usize::from(*octet));
            Some((2 + octets, Some(length)))
        }
    }
}
