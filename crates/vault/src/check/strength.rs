//! How hard a secret is to guess.

use crate::secret::SecretValue;

/// zxcvbn's own work grows with the square of the length; past this many characters nothing is gained.
const MAX_CHARACTERS: usize = 100;

/// From 0 (guessed at once) to 4 (strong), by zxcvbn. A hint for the person who types; no rule depends on it.
/// Bytes that are not text are not judged and count as strong: they come from a generator or a file.
#[must_use]
pub fn strength(value: &SecretValue) -> u8 {
    let Some(text) = value.expose_text() else { return 4 };
    let end = text.char_indices().nth(MAX_CHARACTERS).map_or(text.len(), |(index, _)| index);
    u8::from(zxcvbn::zxcvbn(text.get(..end).unwrap_or_default(), &[]).score())
}
