//! What is kept of a write as evidence: the request without its secrets, and of the answer nothing that repeats them.

use sealpost_dynatrace::{BodyKind, Exchange, Exchanges, SECRET_MARK};

use crate::canary::{SECRET, bodies};
use crate::world::{Echo, TOKEN, Then, body, client, closed_port, http, raw};

async fn exchange(then: Then, write: BodyKind) -> Exchange {
    let (exchanges, client) = (Exchanges::default(), client(&raw(then).await));
    let _ = client.witnessed(&exchanges).create(&body("set", write).to_request()).await;
    exchanges.take().remove(0)
}

fn token(text: &str) -> BodyKind {
    BodyKind::Token { token: text.into() }
}

#[tokio::test]
async fn a_write_is_kept_with_its_request_and_its_answer() {
    let answer =
        http("201 Created", "content-type: application/json\r\n", br#"{"id":"CREDENTIALS_VAULT-1"}"#);
    let kept = exchange(Then::Send(answer), token("hunter22")).await;
    assert_eq!((kept.method.as_str(), kept.path.as_str()), ("POST", "/api/v2/credentials"));
    assert_eq!(kept.status, Some(201));
    assert_eq!(kept.response_body.as_deref(), Some(r#"{"id":"CREDENTIALS_VAULT-1"}"#));
    let sent: serde_json::Value = serde_json::from_str(&kept.request_body.unwrap()).unwrap();
    assert_eq!((&sent["name"], &sent["token"]), (&"set".into(), &SECRET_MARK.into()));
    assert!(
        kept.request_headers.iter().any(|(name, value)| name == "authorization" && !value.contains(TOKEN))
    );
    assert!(kept.response_headers.iter().any(|(name, _)| name == "content-type"));
}

#[tokio::test]
async fn what_did_not_leave_and_what_had_no_answer_is_kept_with_the_reason() {
    let exchanges = Exchanges::default();
    let nobody = client(&format!("http://{}", closed_port().await));
    let _ = nobody.witnessed(&exchanges).delete("CREDENTIALS_VAULT-1").await;
    let silent = client(&raw(Then::Close).await);
    let _ = silent.witnessed(&exchanges).delete("CREDENTIALS_VAULT-1").await;
    let kept = exchanges.take();
    assert_eq!(kept.len(), 2);
    assert!(
        kept.iter().all(|one| one.status.is_none() && one.failure.is_some() && one.method == "DELETE"),
        "{kept:?}"
    );
}

#[tokio::test]
async fn a_try_with_the_dummy_password_is_an_exchange_of_its_own() {
    let refusal = br#"{"error":{"code":400,"message":"password must not be empty"}}"#;
    let exchanges = Exchanges::default();
    let client = client(&raw(Then::Send(http("400 X", "", refusal))).await);
    let kind = BodyKind::PublicCertificate { format: "PEM", bytes: b"file".to_vec().into() };
    let _ = client.witnessed(&exchanges).create(&body("set", kind).to_request()).await;
    assert_eq!(exchanges.take().len(), 2);
}

#[tokio::test]
async fn a_server_that_repeats_the_request_puts_no_secret_into_the_evidence() {
    for form in [Echo::Message, Echo::Members, Echo::Page] {
        let client = client(&raw(Then::Echo(form)).await);
        for body in bodies() {
            let (exchanges, request) = (Exchanges::default(), body.to_request());
            let error = client.witnessed(&exchanges).create(&request).await.unwrap_err();
            let kept = exchanges.take();
            let said = format!("{kept:?} {error:?}").replace("CANARYuser", "").replace("CANARYkeyid", "");
            assert!(said.contains("\"set\"") || said.contains("canary"), "the request is there: {said}");
            assert!(!said.contains(SECRET) && !said.contains("CANARYTOKEN"), "{form:?} {body:?}: {said}");
            assert!(!said.contains("Q0FOQVJZ"), "base64, {form:?} {body:?}: {said}");
        }
    }
}
