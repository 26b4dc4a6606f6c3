//! How the secrets of a draft are laid out before sealing (docs/formats.md, "Secrets, layout 1").
//!
//! Binary, not JSON: certificate bytes stay as they are, and no encoder leaves copies behind. Padded to 64 bytes, so
//! that the size of the sealed column does not tell the length of a password.

use zeroize::Zeroizing;

use crate::secret::{DraftSecrets, SecretField, SecretValue};

const LAYOUT: u8 = 1;
const END: u8 = 0;
const PAD: usize = 64;

/// Numbers are for ever.
const fn number(field: SecretField) -> u8 {
    match field {
        SecretField::Password => 1,
        SecretField::Token => 2,
        SecretField::Certificate => 3,
        SecretField::AuthenticationPassword => 4,
        SecretField::PrivacyPassword => 5,
        SecretField::SecretKey => 6,
    }
}

pub(super) fn encode(secrets: &DraftSecrets) -> Zeroizing<Vec<u8>> {
    let size: usize = secrets.iter().map(|(_, value)| 5 + value.len()).sum::<usize>() + 2;
    let mut out = Zeroizing::new(Vec::with_capacity(size.next_multiple_of(PAD)));
    out.push(LAYOUT);
    for (field, value) in secrets.iter() {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        out.push(number(field));
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&value.expose()[..length as usize]);
    }
    out.push(END);
    let padded = out.len().next_multiple_of(PAD);
    out.resize(padded, 0);
    out
}

/// `None` if the bytes are not of this layout.
pub(super) fn decode(bytes: &[u8]) -> Option<DraftSecrets> {
    let (&layout, mut rest) = bytes.split_first()?;
    if layout != LAYOUT {
        return None;
    }
    let mut secrets = DraftSecrets::new();
    loop {
        let (&tag, tail) = rest.split_first()?;
        if tag == END {
            return tail.iter().all(|byte| *byte == 0).then_some(secrets);
        }
        let field = SecretField::ALL.into_iter().find(|field| number(*field) == tag)?;
        let (length, tail) = tail.split_first_chunk::<4>()?;
        let (value, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        secrets.set(field, SecretValue::new(value.to_vec()));
        rest = tail;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn layout_1_is_frozen() {
        let mut secrets = DraftSecrets::new();
        secrets.set(SecretField::Password, SecretValue::from("pw"));
        secrets.set(SecretField::Token, SecretValue::from("t"));
        let mut want = vec![1, 1, 0, 0, 0, 2, b'p', b'w', 2, 0, 0, 0, 1, b't', 0];
        want.resize(64, 0);
        assert_eq!(*encode(&secrets), want);
    }

    #[test]
    fn the_length_of_a_password_does_not_show() {
        let size = |text: &str| {
            let mut secrets = DraftSecrets::new();
            secrets.set(SecretField::Password, SecretValue::from(text));
            encode(&secrets).len()
        };
        assert_eq!(size("a"), size("a much longer pass phrase of 40 characters"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn cut_bytes_do_not_decode(password in "\\PC{0,100}", cut in 1usize..60) {
            let mut secrets = DraftSecrets::new();
            secrets.set(SecretField::Password, SecretValue::from(password.as_str()));
            let bytes = encode(&secrets);
            let used = 1 + 5 + password.len();
            prop_assert!(decode(&bytes[..used.saturating_sub(cut)]).is_none());
            let back = decode(&bytes).unwrap();
            prop_assert_eq!(back.get(SecretField::Password).unwrap().expose(), password.as_bytes());
        }
    }
}
