//! The recovery code: 256 random bits that a person writes down, and that open the vault on their own.
//!
//! ```text
//! number  = 256 random bits · 2^14 + check,  check chosen so that the number is divisible by 16381
//! written = 270 bits = 54 letters of Crockford's base 32, highest first, in 9 groups of 6
//! ```
//!
//! 16381 is the largest prime below 2^14. One wrong letter at place i changes the number by d·32^i with 0 < d < 32, and
//! two neighbours swapped change it by d·31·32^i: neither is divisible by 16381, so each such slip is caught, wherever it
//! happens. Other damage passes once in 16381. What is read aloud or written by hand is folded first: small letters, O
//! for 0, I and L for 1; blanks and hyphens mean nothing.

use zeroize::{Zeroize as _, Zeroizing};

use crate::seal::{Entropy, SlotKey};
use crate::secret::SecretValue;

/// Groups in a code.
pub const GROUPS: usize = 9;
/// Letters in a group.
pub const GROUP_LEN: usize = 6;

const LETTERS: usize = GROUPS * GROUP_LEN;
/// Crockford's base 32: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PRIME: u32 = 16381;
const CHECK_BITS: usize = 14;

/// A recovery code. Wiped when dropped; never printed by `Debug`.
#[derive(Clone)]
pub struct RecoveryCode(SlotKey);

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// Why a text is not a recovery code. Names a place, never what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
    /// A letter that no code has.
    #[error("group {0} has a letter that no recovery code has")]
    Letter(usize),
    /// Too short or too long.
    #[error("{0} letters were typed; a recovery code has {LETTERS}")]
    Length(usize),
    /// The checksum says that something was mistyped.
    #[error("a letter is wrong, or two are swapped")]
    Checksum,
}

impl RecoveryCode {
    /// A fresh code.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        Self(SlotKey::make(entropy))
    }

    /// The key of its slot.
    pub(crate) fn slot_key(&self) -> &SlotKey {
        &self.0
    }

    /// The groups as written down.
    #[must_use]
    pub fn groups(&self) -> Vec<SecretValue> {
        self.letters().chunks(GROUP_LEN).map(|group| SecretValue::new(group.to_vec())).collect()
    }

    /// The code as written down: nine groups with hyphens between.
    #[must_use]
    pub fn text(&self) -> SecretValue {
        let mut text = Vec::with_capacity(LETTERS + GROUPS);
        for (at, letter) in self.letters().iter().enumerate() {
            if at > 0 && at % GROUP_LEN == 0 {
                text.push(b'-');
            }
            text.push(*letter);
        }
        SecretValue::new(text)
    }

    fn letters(&self) -> Zeroizing<[u8; LETTERS]> {
        let key = self.0.as_bytes();
        let rest = key.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % PRIME);
        let check = (PRIME - (rest << CHECK_BITS) % PRIME) % PRIME;
        let mut letters = Zeroizing::new([0; LETTERS]);
        for (at, letter) in letters.iter_mut().enumerate() {
            let value = (0..5).fold(0, |value, bit| value << 1 | bit_of(key, check, at * 5 + bit));
            *letter = ALPHABET[value];
        }
        letters
    }

    /// Reads a code as a person typed it.
    ///
    /// # Errors
    /// [`RecoveryCodeError`].
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        let mut values = Zeroizing::new(Vec::with_capacity(LETTERS));
        for c in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '_' | '.'))
        {
            let value = value_of(c).ok_or(RecoveryCodeError::Letter(values.len() / GROUP_LEN + 1))?;
            values.push(value);
        }
        if values.len() != LETTERS {
            return Err(RecoveryCodeError::Length(values.len()));
        }
        let mut key = [0u8; 32];
        for at in 0..256 {
            key[at / 8] |= (values[at / 5] >> (4 - at % 5) & 1) << (7 - at % 8);
        }
        let code = SlotKey::from_bytes(&key).map(Self).ok_or(RecoveryCodeError::Checksum);
        key.zeroize();
        let written = code?;
        // Written again, it must be what was typed: that compares the check, and a check that is never written is wrong.
        if written.letters().iter().zip(values.iter()).any(|(l, v)| *l != ALPHABET[usize::from(*v)]) {
            return Err(RecoveryCodeError::Checksum);
        }
        Ok(written)
    }

    /// Is this text, as a person typed it, the group of that number (from 0)?
    #[must_use]
    pub fn is_group(&self, number: usize, typed: &str) -> bool {
        let folded: Option<Zeroizing<Vec<u8>>> = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| value_of(c).map(|value| ALPHABET[usize::from(value)]))
            .collect::<Option<Vec<u8>>>()
            .map(Zeroizing::new);
        self.letters().chunks(GROUP_LEN).nth(number).is_some_and(|group| folded.is_some_and(|f| *f == group))
    }
}

/// One bit of the number, counted from the highest.
fn bit_of(key: &[u8], check: u32, at: usize) -> usize {
    let bit = match key.get(at / 8) {
        Some(byte) => u32::from(*byte) >> (7 - at % 8),
        None => check >> (CHECK_BITS - 1 - (at - key.len() * 8)),
    };
    (bit & 1) as usize
}

fn value_of(c: char) -> Option<u8> {
    let folded = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|letter| char::from(*letter) == folded).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::OsEntropy;

    fn text(code: &RecoveryCode) -> String {
        code.text().expose_text().unwrap().to_owned()
    }

    fn same(a: &RecoveryCode, b: &RecoveryCode) -> bool {
        a.0.as_bytes() == b.0.as_bytes()
    }

    #[test]
    fn the_modulus_is_a_prime_below_two_to_the_fourteenth() {
        assert!((2..PRIME).take_while(|d| d * d <= PRIME).all(|d| !PRIME.is_multiple_of(d)));
        const { assert!(PRIME < 1 << CHECK_BITS && LETTERS * 5 == 256 + CHECK_BITS) };
    }

    #[test]
    fn every_single_wrong_letter_is_caught_at_every_place() {
        let mut tried = 0;
        for _ in 0..20 {
            let good = text(&RecoveryCode::make(&OsEntropy::new()));
            for at in (0..good.len()).filter(|at| good.as_bytes()[*at] != b'-') {
                for letter in ALPHABET.iter().filter(|letter| **letter != good.as_bytes()[at]) {
                    let mut bad = good.clone().into_bytes();
                    bad[at] = *letter;
                    let bad = String::from_utf8(bad).unwrap();
                    assert_eq!(
                        RecoveryCode::parse(&bad).unwrap_err(),
                        RecoveryCodeError::Checksum,
                        "place {at}"
                    );
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 20 * LETTERS * 31);
    }

    #[test]
    fn every_swap_of_neighbours_is_caught_at_every_place() {
        for _ in 0..200 {
            let letters: Vec<u8> = RecoveryCode::make(&OsEntropy::new()).letters().to_vec();
            for at in (1..LETTERS).filter(|at| letters[*at] != letters[at - 1]) {
                let mut bad = letters.clone();
                bad.swap(at, at - 1);
                let bad = String::from_utf8(bad).unwrap();
                assert_eq!(RecoveryCode::parse(&bad).unwrap_err(), RecoveryCodeError::Checksum, "place {at}");
            }
        }
    }

    #[test]
    fn what_is_easily_misread_is_folded() {
        for _ in 0..50 {
            let code = RecoveryCode::make(&OsEntropy::new());
            let sloppy = text(&code).to_lowercase().replace('0', "O").replace('1', "l").replace('-', " ");
            assert!(same(&RecoveryCode::parse(&sloppy).unwrap(), &code));
            let one_line = format!("\u{a0}{}\r\n", text(&code).replace('-', "").replace('1', "I"));
            assert!(same(&RecoveryCode::parse(&one_line).unwrap(), &code));
        }
    }

    #[test]
    fn what_is_no_code_is_refused_with_its_place_and_never_quoted() {
        let good = text(&RecoveryCode::make(&OsEntropy::new()));
        assert_eq!(RecoveryCode::parse("").unwrap_err(), RecoveryCodeError::Length(0));
        assert_eq!(RecoveryCode::parse(&good[1..]).unwrap_err(), RecoveryCodeError::Length(LETTERS - 1));
        assert_eq!(
            RecoveryCode::parse(&format!("{good}0")).unwrap_err(),
            RecoveryCodeError::Length(LETTERS + 1)
        );
        for letter in ["U", "é", "§", "\0"] {
            let bad = format!("{}{letter}{}", &good[..8], &good[9..]);
            assert_eq!(RecoveryCode::parse(&bad).unwrap_err(), RecoveryCodeError::Letter(2), "{letter:?}");
        }
        assert_eq!(format!("{:?}", RecoveryCode::parse(&good).unwrap()), "RecoveryCode(…)");
    }

    #[test]
    fn a_group_is_confirmed_by_its_own_letters_only() {
        let code = RecoveryCode::make(&OsEntropy::new());
        let groups = code.groups();
        for (number, group) in groups.iter().enumerate() {
            let typed = group.expose_text().unwrap();
            assert!(code.is_group(number, &format!(" {} ", typed.to_lowercase())));
            assert!(!code.is_group(number, &typed[1..]) && !code.is_group(number, ""));
            assert!(!code.is_group(number, &format!("{typed}0")) && !code.is_group(GROUPS, typed));
            let other = groups[(number + 1) % GROUPS].expose_text().unwrap();
            assert!(other == typed || !code.is_group(number, other));
        }
    }

    proptest! {
        #[test]
        fn every_code_reads_back(bytes in any::<[u8; 32]>()) {
            let code = RecoveryCode(SlotKey::from_bytes(&bytes).unwrap());
            prop_assert!(same(&RecoveryCode::parse(&text(&code)).unwrap(), &code));
        }

        #[test]
        fn no_text_makes_it_panic(typed in ".{0,80}") {
            drop(RecoveryCode::parse(&typed));
        }
    }
}
