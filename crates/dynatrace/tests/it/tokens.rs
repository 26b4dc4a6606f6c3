//! Tokens, told apart by their prefix.

use sealpost_dynatrace::{ApiToken, TokenError, TokenKind};
use secrecy::SecretString;

use crate::world::{TOKEN, TOKEN_ID};

fn read(text: &str) -> Result<ApiToken, TokenError> {
    ApiToken::new(&SecretString::from(text))
}

#[test]
fn an_access_token_is_taken_and_shown_by_its_public_part_alone() {
    let token = read(&format!("  {TOKEN}\n")).unwrap();
    assert_eq!((token.kind(), token.identifier().as_str()), (TokenKind::Api, TOKEN_ID));
    assert_eq!(token.warning(), None);
    assert_eq!(format!("{token:?}"), format!("ApiToken({TOKEN_ID}…)"));
}

#[test]
fn tokens_of_another_kind_are_refused_by_name() {
    for (prefix, error) in [
        ("dt0s16", TokenError::Platform),
        ("dt0s02", TokenError::OauthClient),
        ("dt0s03", TokenError::OauthClient),
        ("dt0s08", TokenError::OauthClient),
        ("dt0s01", TokenError::OtherService),
        ("dt0s04", TokenError::OtherService),
        ("dt0s06", TokenError::OtherService),
        ("dt0s09", TokenError::OtherService),
    ] {
        let found = read(&format!("{prefix}.CANARYPUBLIC.CANARYSECRET")).unwrap_err();
        assert_eq!(found, error, "{prefix}");
        let sentence = format!("{found} {found:?}");
        assert!(sentence.contains("dt0c01") && !sentence.contains("CANARY"));
    }
}

#[test]
fn what_no_header_can_hold_is_refused() {
    assert_eq!(read("").unwrap_err(), TokenError::Empty);
    assert_eq!(read(" \n ").unwrap_err(), TokenError::Empty);
    for text in [
        "dt0c01.A B.C",
        "dt0c01.A\r\nX-Evil: 1.C",
        "Api-Token dt0c01.A.B",
        "dt0c01.ä.C",
        "a\u{0}b",
        "a\u{7f}",
    ] {
        assert_eq!(read(text).unwrap_err(), TokenError::Characters, "{text:?}");
    }
}

#[test]
fn an_old_form_is_taken_with_a_warning_and_nothing_of_it_is_shown() {
    for text in ["CANARYoldformtoken", "dt0c02.CANARY.CANARY", "CANARY.CANARY.CANARY"] {
        let token = read(text).unwrap();
        assert_eq!(token.kind(), TokenKind::Unknown);
        assert!(token.warning().is_some_and(|warning| warning.contains("may still work")));
        assert_eq!(token.identifier(), "");
        assert!(!format!("{token:?}").contains("CANARY"));
    }
}

#[test]
fn a_token_that_was_cut_off_is_taken_with_a_warning() {
    for text in
        ["dt0c01", "dt0c01.", "dt0c01.CANARY", "dt0c01..CANARY", "dt0c01.PUBLIC.SHORT", "dt0c01.A.B.C"]
    {
        let token = read(text).unwrap();
        assert!(token.warning().is_some_and(|warning| warning.contains("pasted whole")), "{text}");
        assert!(!format!("{token:?}").contains("CANARY"), "a lone second part may be the secret");
    }
}
