//! How the secrets of a draft are laid out before sealing (docs/formats.md, "Secrets, layouts 1 and 2").
//!
//! Binary, not JSON: certificate bytes stay as they are, and no encoder leaves copies behind. Padded to 64 bytes, so
//! that the size of the sealed column does not tell the length of a password.

use zeroize::Zeroizing;

use crate::ids::EnvironmentId;
use crate::secret::{DraftSecrets, SecretField, SecretValue};

/// Own secrets only.
const LAYOUT: u8 = 1;
/// Own secrets, then those of each environment that has others.
const WITH_OVERRIDES: u8 = 2;
const END: u8 = 0;
/// Sixteen bytes of an environment's id follow; what comes after it is meant for that one.
const ENVIRONMENT: u8 = 64;
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
    let fields = |all: &mut dyn Iterator<Item = (SecretField, &SecretValue)>| -> usize {
        all.map(|(_, value)| 5 + value.len()).sum()
    };
    let there: usize = secrets.overrides().map(|(_, mut all)| 17 + fields(&mut all)).sum();
    let size = fields(&mut secrets.iter()) + there + 2;
    // In one allocation: a buffer that grows leaves a copy of the secrets behind.
    let mut out = Zeroizing::new(Vec::with_capacity(size.next_multiple_of(PAD)));
    out.push(if there == 0 { LAYOUT } else { WITH_OVERRIDES });
    put_fields(&mut out, secrets.iter());
    for (environment, all) in secrets.overrides() {
        out.push(ENVIRONMENT);
        out.extend_from_slice(environment.as_bytes());
        put_fields(&mut out, all);
    }
    out.push(END);
    let padded = out.len().next_multiple_of(PAD);
    out.resize(padded, 0);
    out
}

fn put_fields<'a>(out: &mut Vec<u8>, all: impl Iterator<Item = (SecretField, &'a SecretValue)>) {
    for (field, value) in all {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        out.push(number(field));
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&value.expose()[..length as usize]);
    }
}

/// The own secrets alone, for a digest: in layout 1, whatever the environments have.
pub(super) fn encode_own(secrets: &DraftSecrets) -> Zeroizing<Vec<u8>> {
    encode(&secrets.own_only())
}

/// `None` if the bytes are not of these layouts.
pub(super) fn decode(bytes: &[u8]) -> Option<DraftSecrets> {
    let (&layout, mut rest) = bytes.split_first()?;
    if layout != LAYOUT && layout != WITH_OVERRIDES {
        return None;
    }
    let mut secrets = DraftSecrets::new();
    let mut of = None;
    loop {
        let (&tag, tail) = rest.split_first()?;
        if tag == END {
            return tail.iter().all(|byte| *byte == 0).then_some(secrets);
        }
        if tag == ENVIRONMENT && layout == WITH_OVERRIDES {
            let (id, tail) = tail.split_first_chunk::<16>()?;
            of = Some(EnvironmentId::from_bytes(*id));
            rest = tail;
            continue;
        }
        let field = SecretField::ALL.into_iter().find(|field| number(*field) == tag)?;
        let (length, tail) = tail.split_first_chunk::<4>()?;
        let (value, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let value = SecretValue::new(value.to_vec());
        match of {
            None => secrets.set(field, value),
            Some(environment) => secrets.set_override(environment, field, value),
        }
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
    fn layout_2_is_frozen_and_comes_back() {
        let (first, second) = (EnvironmentId::from_bytes([7; 16]), EnvironmentId::from_bytes([9; 16]));
        let mut secrets = DraftSecrets::new();
        secrets.set(SecretField::Password, SecretValue::from("pw"));
        secrets.set_override(second, SecretField::Password, SecretValue::from("p9"));
        secrets.set_override(first, SecretField::Token, SecretValue::from("t"));
        let mut want = vec![2, 1, 0, 0, 0, 2, b'p', b'w', 64];
        want.extend([7; 16]);
        want.extend([2, 0, 0, 0, 1, b't', 64]);
        want.extend([9; 16]);
        want.extend([1, 0, 0, 0, 2, b'p', b'9', 0]);
        want.resize(64, 0);
        assert_eq!(*encode(&secrets), want);
        let back = decode(&want).unwrap();
        assert_eq!(back.get(SecretField::Password).unwrap().expose(), b"pw");
        assert_eq!(back.in_environment(second).get(SecretField::Password).unwrap().expose(), b"p9");
        assert_eq!(back.in_environment(first).get(SecretField::Token).unwrap().expose(), b"t");
        assert!(back.in_environment(second).get(SecretField::Token).is_none(), "another environment's");
    }

    #[test]
    fn an_environment_in_layout_1_or_a_cut_one_is_not_read() {
        let mut bytes = vec![1, 64];
        bytes.extend([7; 16]);
        bytes.push(0);
        assert!(decode(&bytes).is_none());
        bytes[0] = 2;
        assert!(decode(&bytes).is_some());
        for length in 1..bytes.len() {
            assert!(decode(&bytes[..length]).is_none(), "{length}");
        }
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
