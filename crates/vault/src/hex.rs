//! Bytes as text.

use std::fmt::Write as _;

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}

/// Reads hex; `None` if it is none.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    // `from_str_radix` alone would take `+1` for a byte.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_hex_is_refused_signs_included() {
        assert_eq!(unhex("00fFaB"), Some(vec![0, 255, 171]));
        for wrong in ["+1+2", "-1", "0", "0x10", " 1", "1_", "zz", "\u{661}"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
