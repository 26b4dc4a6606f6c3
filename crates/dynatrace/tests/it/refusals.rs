//! What comes with a status of 400 and more.

use std::time::Duration;

use sealpost_dynatrace::{BodyKind, Error, ListFilter, MAX_MESSAGE, Violation};
use secrecy::SecretSlice;
use serde_json::json;

use crate::world::{TOKEN, Then, body, client, http, raw, response, token_body};

async fn refused(status: &str, headers: &str, answer: &[u8]) -> Error {
    let client = client(&raw(Then::Send(http(status, headers, answer))).await);
    client.get("x").await.unwrap_err()
}

async fn envelope(status: &str, name: &str) -> Error {
    refused(status, "", response(name).to_string().as_bytes()).await
}

#[tokio::test]
async fn violations_are_read_property_by_property() {
    let error = envelope("400 Bad Request", "error-violations").await;
    let Error::Refused { status: 400, message, violations, retry_after: None } = &error else {
        panic!("{error:?}")
    };
    let of = |path: &str, message: &str| Violation { path: path.into(), message: message.into() };
    assert_eq!(message, "Constraints violated.");
    assert_eq!(*violations, [of("name", "must not be null"), of("scopes", "must not be empty")]);
    assert!(!error.is_retryable() && !error.may_have_been_applied() && !error.certainly_not_sent());
}

#[tokio::test]
async fn an_array_of_envelopes_is_read_as_one() {
    let error = envelope("400 Bad Request", "error-array").await;
    let Error::Refused { message, violations, .. } = error else { panic!("{error:?}") };
    assert_eq!((message.as_str(), violations.len()), ("First. Second.", 1));
}

#[tokio::test]
async fn known_texts_are_recognised_and_others_are_not() {
    let scope = envelope("403 Forbidden", "error-missing-scope").await;
    assert!(scope.missing_scope() && !scope.is_in_use() && !scope.is_not_found());
    let used = envelope("400 Bad Request", "error-in-use").await;
    assert!(used.is_in_use() && !used.missing_scope() && !used.is_not_found());
    for status in ["404 Not Found", "400 Bad Request"] {
        let unknown = envelope(status, "error-not-found").await;
        assert!(unknown.is_not_found() && !unknown.is_in_use(), "{status}");
    }
    let other = envelope("400 Bad Request", "error-not-base64").await;
    assert!(!other.is_in_use() && !other.missing_scope() && !other.is_not_found());
    // Owner trouble is a 403 too, and must not be taken for a scope.
    let owner = json!({ "error": { "code": 403, "message": "Not the owner." } }).to_string();
    assert!(!refused("403 Forbidden", "", owner.as_bytes()).await.missing_scope());
}

#[tokio::test]
async fn a_refusal_without_a_reason_says_what_came_instead() {
    for (answer, words) in [
        ("", "an empty answer"),
        ("{}", "JSON of another form"),
        (r#"{"error":{}}"#, "JSON of another form"),
        (r#"{"error":{"message":"  "}}"#, "JSON of another form"),
        (r#"{"error":{"message":7,"constraintViolations":"x"}}"#, "JSON of another form"),
        ("oops", "neither JSON nor"),
    ] {
        let error = refused("400 Bad Request", "", answer.as_bytes()).await;
        let Error::Refused { message, violations, .. } = error else { panic!("{error:?}") };
        assert!(message.contains(words) && violations.is_empty(), "{answer}: {message}");
    }
}

/// Else a login page in front of the tenant would have every linked set taken for deleted.
#[tokio::test]
async fn a_404_of_something_else_is_not_an_unknown_id() {
    let gateway = "dynatrace-response-source: API Gateway\r\n";
    let of_the_gateway = response("error-not-found").to_string();
    for (headers, answer) in [
        ("", "<html><h1>404 Not Found</h1><hr>nginx</html>"),
        ("", r#"{"timestamp":1,"status":404,"error":"Not Found","path":"/api/v2/credentials"}"#),
        ("", "404 page not found"),
        (gateway, of_the_gateway.as_str()),
        (gateway, "<html>"),
    ] {
        let client = client(&raw(Then::Send(http("404 Not Found", headers, answer.as_bytes()))).await);
        for error in [client.get("x").await.unwrap_err(), client.delete("x").await.unwrap_err()] {
            assert!(matches!(error, Error::Unreadable { status: 404, .. }), "{answer}: {error:?}");
            assert!(!error.is_not_found() && !error.may_have_been_applied());
        }
    }
}

#[tokio::test]
async fn a_delete_of_an_unknown_set_is_done_and_others_are_not() {
    for answer in [String::new(), response("error-not-found").to_string()] {
        let client = client(&raw(Then::Send(http("404 Not Found", "", answer.as_bytes()))).await);
        assert_eq!(client.delete("x").await, Ok(()));
    }
    let in_use = http("400 Bad Request", "", response("error-in-use").to_string().as_bytes());
    let client = client(&raw(Then::Send(in_use)).await);
    assert!(client.delete("x").await.unwrap_err().is_in_use());
    let empty = raw(Then::Send(http("500 Internal Server Error", "", b""))).await;
    assert!(crate::world::client(&empty).delete("x").await.unwrap_err().may_have_been_applied());
}

#[tokio::test]
async fn a_login_page_with_status_403_points_to_the_address() {
    let error = refused("403 Forbidden", "", b"<html>Blocked by policy</html>").await;
    assert!(
        matches!(&error, Error::Unreadable { status: 403, hint } if hint.contains("web page")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = wiremock::MockServer::start().await;
    for status in ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 X"] {
        let location = format!("location: {}/login\r\n", elsewhere.uri());
        let client = client(&raw(Then::Send(http(status, &location, b""))).await);
        for error in [client.get("x").await.unwrap_err(), client.create(&token_body("a")).await.unwrap_err()]
        {
            assert!(
                matches!(&error, Error::Unreadable { hint, .. } if hint.contains("redirect")),
                "{error:?}"
            );
        }
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0, "the token went nowhere else");
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    for (value, seconds) in [
        ("7", Some(7)),
        ("Sun, 06 Nov 1994 08:49:49 GMT", Some(12)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("99999999", Some(3_600)),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("\u{e4}", None),
    ] {
        let error = refused("429 Too Many Requests", &format!("retry-after: {value}\r\n"), b"").await;
        let Error::Refused { status: 429, retry_after, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*retry_after, seconds.map(Duration::from_secs), "{value}");
        assert!(error.is_retryable() && !error.may_have_been_applied());
    }
    // A load balancer's page with 503 keeps its wait.
    let error = refused("503 Unavailable", "retry-after: 3\r\n", b"<html>busy</html>").await;
    assert!(matches!(error, Error::Refused { retry_after: Some(wait), .. } if wait.as_secs() == 3));
}

#[tokio::test]
async fn a_create_that_met_a_failure_of_the_server_may_have_been_applied() {
    for status in [500, 502, 503, 504, 520] {
        let client = client(&raw(Then::Send(http(&format!("{status} X"), "", b""))).await);
        let error = client.create(&token_body("a")).await.unwrap_err();
        assert!(error.may_have_been_applied() && !error.certainly_not_sent(), "{error}");
    }
    for status in [400, 401, 403, 404, 409, 413, 429] {
        let client = client(&raw(Then::Send(http(&format!("{status} X"), "", b""))).await);
        let error = client.create(&token_body("a")).await.unwrap_err();
        assert!(!error.may_have_been_applied() && !error.certainly_not_sent(), "{error}");
    }
}

#[tokio::test]
async fn a_message_is_cut_and_cleared_of_control_characters() {
    let long = "ä".repeat(MAX_MESSAGE + 50);
    let answer = json!({ "error": { "message": long } }).to_string();
    let Error::Refused { message, .. } = refused("400 X", "", answer.as_bytes()).await else { panic!() };
    assert_eq!(message.chars().count(), MAX_MESSAGE + 1);
    let escape = json!({ "error": { "message": "a\u{1b}[2J\r\nb\u{9b}c" } }).to_string();
    let Error::Refused { message, .. } = refused("400 X", "", escape.as_bytes()).await else { panic!() };
    assert_eq!(message, "a [2J  b c");
    let many: Vec<_> = (0..5_000).map(|n| json!({ "path": n.to_string(), "message": long })).collect();
    let answer = json!({ "error": { "message": "m", "constraintViolations": many } }).to_string();
    let Error::Refused { violations, .. } = refused("400 X", "", answer.as_bytes()).await else { panic!() };
    assert_eq!(violations.len(), 100);
}

#[tokio::test]
async fn an_echo_of_what_was_sent_is_taken_out_before_the_text_is_cut() {
    let sent = body(
        "echo",
        BodyKind::Certificate {
            format: "PKCS12",
            bytes: SecretSlice::from(b"CANARY-certificate-bytes-CANARY".to_vec()),
            password: "CANARYpassword".into(),
        },
    );
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let certificate = base64("CANARY-certificate-bytes-CANARY");
    let echoes = [
        "CANARYpassword".to_owned(),
        base64("CANARYpassword"),
        certificate.clone(),
        certificate[..24].to_owned(),
        TOKEN.to_owned(),
        TOKEN.rsplit('.').next().unwrap().to_owned(),
        format!("Api-Token {TOKEN}"),
    ];
    for echo in echoes {
        // The second echo begins shortly before the place of the cut.
        let filler = "x".repeat(MAX_MESSAGE - 12 - "no , ".len() - echo.len());
        let answer = json!({ "error": {
            "message": format!("no {echo}, {filler}{echo}"),
            "constraintViolations": [{ "path": echo, "message": format!("bad value {echo}") }]
        } });
        let server = raw(Then::Send(http("400 X", "", answer.to_string().as_bytes()))).await;
        let error = client(&server).create(&sent.to_request()).await.unwrap_err();
        let text = format!("{error} {error:?}");
        let start = &echo[..echo.len().min(8)];
        for part in ["CANARY", &certificate[..16], &base64("CANARYpassword")[..10]] {
            assert!(!text.contains(part), "{start}…: {text}");
        }
        assert!(text.contains("no "));
    }
}

#[tokio::test]
async fn the_token_is_taken_out_of_answers_to_requests_without_a_body_too() {
    let answer = json!({ "error": { "message": format!("bad header Api-Token {TOKEN}") } }).to_string();
    let client = client(&raw(Then::Send(http("401 X", "", answer.as_bytes()))).await);
    for error in [
        client.list(&ListFilter::default()).await.unwrap_err(),
        client.get("x").await.unwrap_err(),
        client.delete("x").await.unwrap_err(),
    ] {
        assert!(!format!("{error:?}").contains("CANARY"), "{error}");
    }
}
