//! What libraries say of a failed connection, in words for people. The raw words go to the log.

/// Part of a library's words (small letters), and what it means. The first that fits is taken.
const MEANINGS: &[(&str, &str)] = &[
    ("expired", "its certificate has expired"),
    ("not valid yet", "its certificate is not valid yet"),
    ("notvalidyet", "its certificate is not valid yet"),
    ("not valid for name", "its certificate was made for another name"),
    ("notvalidforname", "its certificate was made for another name"),
    ("unknownissuer", "the issuer of its certificate is not known here"),
    ("self-signed", "the issuer of its certificate is not known here"),
    ("revoked", "its certificate was revoked"),
    ("certificate", "its certificate is not accepted"),
    ("connection refused", "the connection was refused"),
    ("reset", "the connection was reset"),
    ("unreachable", "the network does not reach it"),
    ("no route", "the network does not reach it"),
    ("timed out", "no answer came in time"),
    ("timeout", "no answer came in time"),
    ("deadline", "no answer came in time"),
    ("closed", "the connection was closed"),
    ("eof", "the connection was closed"),
    ("broken pipe", "the connection was closed"),
    ("incompletemessage", "the connection was closed"),
    ("corrupt message", "it does not speak https"),
    ("invalidcontenttype", "it does not speak https"),
    ("handshake", "it did not agree on an encrypted connection"),
    ("tunnel", "it opened no way through"),
    ("authentication required", "it asks for a user and a password"),
    ("dns", "the host name has no address"),
];

/// The meaning of a library's words; the general one where they are not known.
pub(crate) fn plain(raw: &str) -> &'static str {
    let lower = raw.to_lowercase();
    let known = MEANINGS.iter().find(|(part, _)| lower.contains(part));
    known.map_or("the connection failed", |(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_librarys_own_words_is_left() {
        for (raw, want) in [
            ("tcp connect error: Connection refused (os error 111)", "the connection was refused"),
            ("connection error: Connection reset by peer (os error 104)", "the connection was reset"),
            ("invalid peer certificate: UnknownIssuer", "the issuer of its certificate is not known here"),
            (
                "invalid peer certificate: certificate expired: verification time 1",
                "its certificate has expired",
            ),
            ("received corrupt message of type InvalidContentType", "it does not speak https"),
            (
                "client error (SendRequest): connection closed before message completed",
                "the connection was closed",
            ),
            ("something that a library says in ten years", "the connection failed"),
        ] {
            assert_eq!(plain(raw), want, "{raw}");
        }
    }
}
