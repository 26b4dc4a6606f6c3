//! TLS is checked, always.

use std::time::Duration;

use sealpost_dynatrace::{Client, ClientOptions, Endpoint, Error, ListFilter, NotSentCause};
use sealpost_sandbox::{RunningSandbox, Sandbox, SandboxOptions};
use secrecy::SecretString;

use crate::world::{Then, client_with, options, raw, token, token_body};

async fn encrypted() -> RunningSandbox {
    Sandbox::start(SandboxOptions::default().tls()).await.unwrap()
}

/// A CA of nobody's: with it a client can be made on a computer without a trust store.
pub(crate) async fn authority() -> String {
    encrypted().await.ca_pem().unwrap().to_owned()
}

fn trusting(pem: &str) -> ClientOptions {
    ClientOptions { extra_ca_pem: Some(pem.to_owned()), ..options() }
}

fn of(sandbox: &RunningSandbox, options: &ClientOptions) -> Client {
    let token = sealpost_dynatrace::ApiToken::new(&SecretString::from(sandbox.token())).unwrap();
    Client::new(Endpoint::parse(sandbox.base_url()).unwrap(), token, options).unwrap()
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_before_anything_is_sent() {
    let sandbox = encrypted().await;
    let error = of(&sandbox, &trusting(&authority().await)).create(&token_body("a")).await.unwrap_err();
    assert!(
        matches!(&error, Error::NotSent { cause: NotSentCause::Tls, detail } if detail.contains("certificate")),
        "{error:?}"
    );
    assert!(!error.is_retryable());
    assert_eq!((sandbox.request_log().len(), sandbox.snapshot().len()), (0, 0));
}

#[tokio::test]
async fn the_same_certificate_is_accepted_with_its_authority() {
    let sandbox = encrypted().await;
    let both = format!("{}{}", authority().await, sandbox.ca_pem().unwrap());
    let client = of(&sandbox, &trusting(&both));
    let id = client.create(&token_body("a")).await.unwrap();
    assert_eq!(client.list(&ListFilter::default()).await.unwrap().sets[0].id, id);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_apart() {
    let plain = raw(Then::CloseAfterBytes).await;
    let talker = raw(Then::Send(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_vec())).await;
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let options = ClientOptions { connect_timeout: Duration::from_secs(1), ..trusting(&authority().await) };
    for base in [plain.as_str(), sandbox.base_url()] {
        let client = client_with(&base.replace("http://", "https://"), &options);
        let error = client.create(&token_body("a")).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { cause: NotSentCause::Tls, .. }), "{base}: {error:?}");
    }
    // One that waits for a line break it never gets is a connection that is never finished.
    let error = client_with(&talker.replace("http://", "https://"), &options).get("x").await.unwrap_err();
    assert!(error.certainly_not_sent(), "{error:?}");
}

#[tokio::test]
async fn a_ca_file_that_cannot_be_used_is_refused() {
    let good = authority().await;
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "not a certificate", key, broken, &format!("{good}{broken}"), &good[..good.len() / 2]] {
        let endpoint = Endpoint::parse("https://abc12345.live.dynatrace.com").unwrap();
        let error = Client::new(endpoint, token(), &trusting(pem)).unwrap_err();
        assert!(
            matches!(&error, Error::NotSent { cause: NotSentCause::Build, detail } if detail.contains("CA file")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn http_needs_no_trust_store() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    of(&sandbox, &options()).list(&ListFilter::default()).await.unwrap();
}
