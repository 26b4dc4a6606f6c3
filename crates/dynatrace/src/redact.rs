//! Takes what was sent out of what a server says: its messages are shown, stored and logged, and it may echo a request.

/// From this length on, a secret's beginning alone is recognised: servers quote the start of a long value.
const LONG: usize = 32;
/// How much of a beginning it takes.
const BEGINNING: usize = 16;
/// A shorter secret is replaced only where it stands alone: else it would tear holes into every word.
const SHORT: usize = 4;
/// What stands in its place.
const MARK: &str = "…";

/// `text` without the secrets. The longest go first, since one may hold another.
pub(crate) fn redact<'a>(text: &str, secrets: impl Iterator<Item = &'a str>) -> String {
    let mut secrets: Vec<&str> = secrets.filter(|secret| !secret.is_empty()).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.into_iter().fold(text.to_owned(), |text, secret| match secret.len() {
        length if length < SHORT => replace_alone(&text, secret),
        length if length < LONG => text.replace(secret, MARK),
        _ => replace_begun(&text, secret),
    })
}

/// Replaces `secret` where no letter or digit touches it.
fn replace_alone(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices(secret) {
        let end = at + secret.len();
        let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if touches(text[..at].chars().next_back()) || touches(text[end..].chars().next()) {
            continue;
        }
        out.push_str(&text[from..at]);
        out.push_str(MARK);
        from = end;
    }
    out + &text[from..]
}

/// Replaces each beginning of `secret`, as far as it goes.
fn replace_begun(text: &str, secret: &str) -> String {
    let Some(beginning) = secret.char_indices().nth(BEGINNING).map(|(end, _)| &secret[..end]) else {
        return text.replace(secret, MARK);
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(beginning) {
        out.push_str(&rest[..at]);
        out.push_str(MARK);
        let same = rest[at..].chars().zip(secret.chars()).take_while(|(a, b)| a == b);
        rest = &rest[at + same.map(|(c, _)| c.len_utf8()).sum::<usize>()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::redact;

    fn of(text: &str, secrets: &[&str]) -> String {
        redact(text, secrets.iter().copied())
    }

    #[test]
    fn a_secret_goes_wherever_it_stands() {
        assert_eq!(of("no: hunter22, hunter22x", &["hunter22"]), "no: …, …x");
        assert_eq!(of("pässwörd-€ pässwörd-€", &["pässwörd-€"]), "… …");
    }

    #[test]
    fn a_short_secret_goes_only_where_it_stands_alone() {
        assert_eq!(of("a bad value: a", &["a"]), "… bad value: …");
        assert_eq!(of("abc xabc abcx 'abc'", &["abc"]), "… xabc abcx '…'");
        assert_eq!(of("éa a", &["a"]), "éa …");
    }

    #[test]
    fn the_start_of_a_long_secret_is_enough() {
        let secret = "MIIKUQIBAzCCChcGCSqGSIb3DQEHAQMIIKUQIBAz";
        assert_eq!(of(&format!("in {}, {secret}", &secret[..20]), &[secret]), "in …, …");
        assert_eq!(of(&secret[..15], &[secret]), &secret[..15]);
        let wide = "ä".repeat(40);
        assert_eq!(of(&wide, &[&wide]), "…");
        let short_in_characters = "🔑".repeat(9);
        assert_eq!(of(&short_in_characters, &[&short_in_characters]), "…");
    }

    #[test]
    fn the_longest_goes_first_and_an_empty_one_changes_nothing() {
        assert_eq!(of("hunter22hunter", &["hunter", "hunter22hunter"]), "…");
        assert_eq!(of("nothing to see", &[""]), "nothing to see");
    }
}
