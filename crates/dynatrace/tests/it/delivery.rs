//! What is known of delivery when no answer comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sealpost_dynatrace::{
    Client, ClientOptions, Endpoint, Error, ListFilter, MaybeSentCause, NotSentCause, Proxy,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::world::{
    Then, client, client_with, closed_port, http, options, raw, read_request, response, token, token_body,
};

fn hasty() -> ClientOptions {
    ClientOptions { timeout: Duration::from_millis(400), ..options() }
}

fn not_sent(error: &Error, expected: NotSentCause) {
    assert!(matches!(error, Error::NotSent { cause, .. } if *cause == expected), "{expected:?}: {error:?}");
    assert!(error.certainly_not_sent() && !error.may_have_been_applied());
    assert_eq!(error.status(), None);
}

fn maybe_sent(error: &Error, expected: MaybeSentCause) {
    assert!(matches!(error, Error::MaybeSent { cause, .. } if *cause == expected), "{expected:?}: {error:?}");
    assert!(!error.certainly_not_sent() && error.may_have_been_applied() && error.is_retryable());
}

#[tokio::test]
async fn nobody_listening_means_not_sent() {
    let error =
        client(&format!("http://{}", closed_port().await)).create(&token_body("a")).await.unwrap_err();
    not_sent(&error, NotSentCause::Connect);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_host_without_an_address_means_not_sent() {
    // A label of more than 63 characters is refused by every resolver, so no question leaves this computer.
    let host = format!("https://{}.invalid", "a".repeat(64));
    let options = ClientOptions { proxy: Proxy::None, ..options() };
    let error = client_with(&host, &options).create(&token_body("a")).await.unwrap_err();
    not_sent(&error, NotSentCause::Dns);
}

#[tokio::test]
async fn a_connection_that_is_never_finished_means_not_sent() {
    // TCP is accepted by the system, the TLS handshake is never answered.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = ClientOptions {
        connect_timeout: Duration::from_millis(300),
        extra_ca_pem: Some(crate::tls::authority().await),
        ..options()
    };
    let base = format!("https://{}", listener.local_addr().unwrap());
    let error = client_with(&base, &options).create(&token_body("a")).await.unwrap_err();
    not_sent(&error, NotSentCause::Connect);
}

#[tokio::test]
async fn a_server_that_reads_and_says_nothing_may_have_the_set() {
    let client = client_with(&raw(Then::Hang).await, &hasty());
    maybe_sent(&client.create(&token_body("a")).await.unwrap_err(), MaybeSentCause::Timeout);
    maybe_sent(&client.update("x", &token_body("a")).await.unwrap_err(), MaybeSentCause::Timeout);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_delivered_it() {
    for then in [
        Then::Close,
        Then::CloseAtOnce,
        Then::Send(b"HTTP/1.1 20".to_vec()),
        Then::Send(b"\x16\x03\x01 no http".to_vec()),
    ] {
        let error = client(&raw(then).await).create(&token_body("a")).await.unwrap_err();
        maybe_sent(&error, MaybeSentCause::Broken);
    }
}

/// The HTTP library sends a request again by itself if it finds a kept connection closed before it wrote anything. It
/// must not do so once it has written.
#[tokio::test]
async fn a_create_over_a_kept_connection_that_breaks_is_not_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Answers the first request of a connection, and closes after it has read the second.
            read_request(&mut stream).await;
            count.fetch_add(1, Ordering::SeqCst);
            let list = http("200 OK", "", response("list").to_string().as_bytes());
            stream.write_all(&list).await.unwrap();
            read_request(&mut stream).await;
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let client = client(&base);
    client.list(&ListFilter::default()).await.unwrap();
    let error = client.create(&token_body("a")).await.unwrap_err();
    maybe_sent(&error, MaybeSentCause::Broken);
    assert_eq!(seen.load(Ordering::SeqCst), 2, "one list, one create");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let whole = http("201 Created", "", response("created").to_string().as_bytes());
    let half = whole[..whole.len() - 10].to_vec();
    let error = client(&raw(Then::Send(half.clone())).await).create(&token_body("a")).await.unwrap_err();
    maybe_sent(&error, MaybeSentCause::Broken);
    let error = client_with(&raw(Then::SendAndHang(half)).await, &hasty()).create(&token_body("a")).await;
    maybe_sent(&error.unwrap_err(), MaybeSentCause::Timeout);
    let chunked = b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n".to_vec();
    let error = client(&raw(Then::Send(chunked)).await).create(&token_body("a")).await.unwrap_err();
    maybe_sent(&error, MaybeSentCause::Broken);
}

#[tokio::test]
async fn a_refusal_whose_text_breaks_off_is_still_a_refusal() {
    let whole = http("403 Forbidden", "", response("error-missing-scope").to_string().as_bytes());
    let half = whole[..whole.len() - 10].to_vec();
    let error = client(&raw(Then::Send(half)).await).create(&token_body("a")).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 403, .. }), "{error:?}");
    let whole = http("500 X", "", b"{\"error\":{}}");
    let half = whole[..whole.len() - 3].to_vec();
    let error = client(&raw(Then::Send(half)).await).create(&token_body("a")).await.unwrap_err();
    assert!(error.may_have_been_applied(), "{error:?}");
}

#[tokio::test]
async fn this_computer_is_never_asked_through_a_proxy() {
    let proxy = wiremock::MockServer::start().await;
    let server = raw(Then::Send(http("200 OK", "", response("list").to_string().as_bytes()))).await;
    let options = ClientOptions { proxy: Proxy::Url(proxy.uri()), ..options() };
    client_with(&server, &options).list(&ListFilter::default()).await.unwrap();
    assert_eq!(proxy.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_proxy_that_fails_is_named_as_the_cause_and_its_password_is_not() {
    let answers = [
        Then::Send(http("407 Proxy Authentication Required", "", b"")),
        Then::Send(http("403 Forbidden", "", b"<html>blocked</html>")),
        Then::Send(http("502 Bad Gateway", "", b"")),
        Then::Close,
    ];
    let mut proxies = vec![closed_port().await];
    for then in answers {
        proxies.push(raw(then).await.trim_start_matches("http://").to_owned());
    }
    for proxy in proxies {
        let proxy = Proxy::Url(format!("http://robot:CANARY@{proxy}"));
        let options = ClientOptions { proxy, ..options() };
        assert!(!format!("{options:?}").contains("CANARY"));
        let client = client_with("https://abc12345.live.dynatrace.com", &options);
        let error = client.create(&token_body("a")).await.unwrap_err();
        not_sent(&error, NotSentCause::Proxy);
        assert!(!format!("{error:?} {client:?}").contains("CANARY"), "{error}");
    }
}

#[test]
fn a_proxy_that_is_no_url_is_refused_and_not_quoted() {
    for text in ["", "CANARY", "CANARY:8080", "socks5://CANARY:1080", "ftp://CANARY", "http://"] {
        let options = ClientOptions { proxy: Proxy::Url(text.into()), ..options() };
        let endpoint = Endpoint::parse("https://abc12345.live.dynatrace.com").unwrap();
        let error = Client::new(endpoint, token(), &options).unwrap_err();
        not_sent(&error, NotSentCause::Build);
        assert!(!error.is_retryable() && !error.to_string().contains("CANARY"), "{error}");
    }
}
