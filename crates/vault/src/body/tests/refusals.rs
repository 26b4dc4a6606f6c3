//! What is not read, where, and why; never with a value.

use proptest::prelude::*;

use super::*;

/// `kind item path line:column`
fn short(error: &BodyError) -> String {
    format!(
        "{:?} {} {} {}:{}",
        error.kind,
        error.item.map_or("-".to_owned(), |item| item.to_string()),
        if error.path.is_empty() { "-" } else { &error.path },
        error.line.unwrap_or(0),
        error.column.unwrap_or(0)
    )
}

#[test]
fn input_that_is_no_body_at_all_says_what_it_is() {
    for (json, expected) in [
        (&b""[..], "Empty - - 0:0"),
        (b" \n", "Empty - - 0:0"),
        (b"\xEF\xBB\xBF", "Empty - - 0:0"),
        (b"[]", "Empty - - 0:0"),
        (b"\xFF\xFE{\0}\0", "NotJson - - 0:0"),
        (b"hello", "NotJson - - 1:1"),
        (b"<html></html>", "NotJson - - 1:1"),
        (b"{'type':'TOKEN'}", "NotJson - - 1:2"),
        (br#"{"type":"TOKEN",}"#, "NotJson - - 1:17"),
        (br#"{"type":"TOKEN"} {}"#, "NotJson - - 1:18"),
        (br#"[{"type":"TOKEN"}] x"#, "NotJson - - 1:20"),
        (br#"[{"type":"TOKEN"} {}]"#, "NotJson 1 - 1:19"),
        (b"{\"type\":\"TOKEN\",\"token\":\"\xFF\"}", "NotJson - token 1:26"),
        (b"42", "Field - - 1:2"),
        (b"null", "Field - - 1:4"),
        (b"[null]", "Field 0 - 1:5"),
        (b"[[{}]]", "Field 0 - 1:2"),
    ] {
        assert_eq!(short(&refused(json)), expected, "{}", String::from_utf8_lossy(json));
    }
}

/// A quote, a colon or a bracket too many or too few makes a name of what was meant as a value.
#[test]
fn what_stands_in_a_names_place_is_not_shown_where_the_json_is_broken() {
    for json in [
        r#"{"type":"TOKEN","zebra-secret","name":"x"}"#,
        r#"{"type":"TOKEN","token" "zebra-secret"}"#,
        r#"{"type":"TOKEN","token:"zebra-secret","name":"x"}"#,
        r#"{"type":"TOKEN",:"","zebra-secret-token","name":"x"}"#,
        r#"{"type":"TOKEN","zebra-secret-token","name":"x"}"#,
        r#"{"type":"TOKEN","extra":{"zebra-secret":{"password"}}}"#,
        r#"[{"type":"TOKEN","name":"x","zebra-secret-password":1,}]"#,
    ] {
        let error = refused(json.as_bytes());
        let said = format!("{error} {error:?}");
        assert!(!said.contains("zebra"), "{json}: {said}");
    }
    let whole = refused(br#"{"type":"TOKEN","zebra-secret-password":1}"#);
    assert_eq!(whole.path, "zebra-secret-password", "a name in whole JSON is one, and is named");
    let known = refused(br#"{"type":"TOKEN","token":"#);
    assert_eq!(known.path, "token", "and so is one that the API knows");
}

#[test]
fn a_list_answer_is_refused_with_the_reason() {
    let error = refused(
        br#"{"totalCount":1,"credentials":[{"id":"CREDENTIALS_VAULT-0123456789ABCDEF","type":"TOKEN"}]}"#,
    );
    assert_eq!(error.kind, BodyErrorKind::ListAnswer);
    assert!(error.message.contains("never returns secrets"));
}

#[test]
fn an_error_names_item_path_and_line() {
    for (json, expected) in [
        ("{}", "Field - type 1:2"),
        ("[{\"type\":\"TOKEN\"},\n {\"name\":\"x\"}]", "Field 1 type 2:13"),
        ("{\"type\":\"TOKEN\",\n\"name\":5}", "Field - name 2:8"),
        (r#"{"type":"NEW_TYPE"}"#, "Field - type 1:19"),
        (r#"{"type":"TOKEN","token":{"a":1}}"#, "Field - token 1:24"),
        (r#"{"type":"TOKEN","token":12345}"#, "Field - token 1:29"),
        (r#"{"type":"TOKEN","scopes":["SYNTHETIC",7]}"#, "Field - scopes[1] 1:39"),
        (r#"{"type":"TOKEN","ownerAccessOnly":"yes"}"#, "Field - ownerAccessOnly 1:39"),
        (r#"{"type":"TOKEN","ownerAccessOnly":1}"#, "Field - ownerAccessOnly 1:35"),
        (
            r#"{"type":"TOKEN","allowedEntities":[{"type":"USER","id":1}]}"#,
            "Field - allowedEntities[0].id 1:56",
        ),
        (
            r#"{"type":"TOKEN","allowedEntities":[{"type":"USER","x":1}]}"#,
            "Field - allowedEntities[0].x 1:53",
        ),
        (r#"{"type":"TOKEN","externalVault":"x"}"#, "Field - externalVault 1:35"),
        (r#"{"type":"TOKEN","externalVault":{}}"#, "Field - externalVault.sourceAuthMethod 1:34"),
        (
            r#"{"type":"TOKEN","externalVault":{"sourceAuthMethod":"X"}}"#,
            "Field - externalVault.sourceAuthMethod 1:55",
        ),
        (r#"{"type":"TOKEN","token":"a","token":"b"}"#, "Field - token 1:39"),
        (r#"{"type":"CERTIFICATE","certificate":"%%%"}"#, "Field - certificate 1:41"),
        (r#"{"type":"CERTIFICATE","certificate":"AAAA"}"#, "Field - certificateFormat 1:43"),
    ] {
        let error = refused(json.as_bytes());
        let place = short(&error);
        let (kind_path, _column) = expected.rsplit_once(':').unwrap();
        assert!(place.starts_with(kind_path), "{json}\n{place}\n{expected}\n{error}");
        assert!(error.column.is_some_and(|column| column > 0));
        assert!(error.message.ends_with('.'), "{error}");
    }
}

#[test]
fn an_error_reads_as_a_sentence_with_its_place() {
    assert_eq!(
        refused(b"[{\"type\":\"TOKEN\"},{\"type\":\"TOKEN\",\"token\":[]}]").to_string(),
        "The value must be text in quotes. Correct it, then import again. (item 2, token, line 1 column 44)"
    );
}

#[test]
fn no_error_quotes_a_value() {
    let m = MARKER;
    for json in [
        format!(r#"{{"type":"{m}"}}"#),
        format!(r#"{{"type":"TOKEN","ownerAccessOnly":"{m}"}}"#),
        format!(r#"{{"type":"TOKEN","allowedEntities":"{m}"}}"#),
        format!(r#"{{"type":"TOKEN","externalVault":"{m}"}}"#),
        format!(r#"{{"type":"TOKEN","externalVault":{{"sourceAuthMethod":"{m}"}}}}"#),
        format!(r#"{{"type":"TOKEN","token":"{m}","token":"{m}"}}"#),
        format!(r#"{{"type":"CERTIFICATE","certificate":"{m}"}}"#),
        format!(r#""{m}""#),
        m.to_owned(),
        format!(r#"{{"type":"TOKEN","token":"{m}"#),
        format!(r#"{{"type":"TOKEN","token":"{m}\q"}}"#),
        format!(r#"{{"type":"TOKEN","apiToken":"{m}"}}"#),
    ] {
        refused(json.as_bytes());
    }
}

#[test]
fn unknown_fields_that_may_be_secrets_are_refused_at_any_depth() {
    for (field, path) in [
        (r#""apiToken":"x""#, "apiToken"),
        (r#""PASSWORD":"x""#, "PASSWORD"),
        (r#""user_pwd":"x""#, "user_pwd"),
        (r#""sshKey":null"#, "sshKey"),
        (r#""clientSecret":"x""#, "clientSecret"),
        (r#""custom":{"list":[{"passphrase":"x"}]}"#, "custom.list[0].passphrase"),
        (
            r#""externalVault":{"sourceAuthMethod":"AZURE_KEY_VAULT_CLIENT_SECRET","rootToken":"x"}"#,
            "externalVault.rootToken",
        ),
    ] {
        let error = refused(format!(r#"{{"type":"TOKEN",{field}}}"#).as_bytes());
        assert_eq!((error.kind, error.path.as_str()), (BodyErrorKind::UnknownSecret, path));
    }
}

#[test]
fn a_field_name_from_outside_is_shown_short_and_without_control_characters() {
    let error = refused(format!(r#"{{"type":"TOKEN","token\u001b[31m{}":1}}"#, "x".repeat(500)).as_bytes());
    assert!(error.path.chars().count() <= 60 && !error.path.contains('\u{1b}'), "{}", error.path);
}

#[test]
fn input_over_64_megabytes_is_not_looked_at() {
    let error = refused(&vec![b'['; MAX_INPUT_BYTES + 1]);
    assert_eq!(short(&error), "TooLarge - - 0:0");
}

#[test]
fn deep_nesting_is_refused_wherever_it_would_be_kept() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        for depth in [40, 1000, 100_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for field in ["x", "externalVault", "scopes", "token"] {
                let error = refused(format!(r#"{{"type":"TOKEN","{field}":{nested}}}"#).as_bytes());
                assert!(
                    matches!(error.kind, BodyErrorKind::NotJson | BodyErrorKind::Field),
                    "{field}: {error}"
                );
            }
            refused(nested.as_bytes());
            // Skipped without recursion, so any depth is harmless.
            one(&format!(r#"{{"type":"TOKEN","id":{nested}}}"#));
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_bodies(&bytes);
    }

    #[test]
    fn no_json_of_known_names_makes_it_panic(
        fields in prop::collection::vec((
            prop::sample::select(vec!["type", "name", "scope", "scopes", "user", "password", "token", "certificate",
                "certificateFormat", "externalVault", "sourceAuthMethod", "allowedEntities", "id", "credentials",
                "ownerAccessOnly", "x", "privacyPassword", "description"]),
            prop::sample::select(vec!["null", "true", "\"true\"", "1", "-1.5e9", "\"TOKEN\"", "\"CERTIFICATE\"",
                "\"PEM\"", "\"AAAA\"", "\"m4rker-Secret-value\"", "[]", "{}", "[{}]", "[null]", "[\"a\"]",
                "{\"sourceAuthMethod\":\"AZURE_KEY_VAULT_CLIENT_SECRET\"}", "\"\\u0000\"", "\"-----BEGIN X-----\""]),
        ), 0..8)
    ) {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        if let Err(error) = parse_bodies(format!("{{{}}}", body.join(",")).as_bytes()) {
            let text = format!("{error:?}");
            prop_assert!(!text.contains(MARKER));
        }
    }

    #[test]
    fn any_token_comes_out_as_it_went_in(token in ".{0,60}") {
        let json = serde_json::json!([{"type": "TOKEN", "name": "n", "token": token}]).to_string();
        let read = parse_bodies(json.as_bytes()).unwrap();
        prop_assert_eq!(secret(&read[0], SecretField::Token), Some(token.as_str()));
    }

    #[test]
    fn any_changed_byte_of_a_body_is_read_or_refused(at in any::<prop::sample::Index>(), byte: u8) {
        let mut text = include_bytes!("../../../../../tests/fixtures/bodies/azure-client-secret.json").to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        let _ = parse_bodies(&text);
    }
}
