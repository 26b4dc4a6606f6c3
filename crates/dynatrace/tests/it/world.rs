//! Servers, clients and fixtures of the tests.

use std::time::Duration;

use sealpost_dynatrace::{
    AllowedEntity, ApiToken, BodyKind, Client, ClientOptions, CredentialBody, Endpoint, RequestBody,
};
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The public part, then a secret part that no output may show.
pub(crate) const TOKEN: &str =
    "dt0c01.SEALPOSTTESTSEALPOSTTEST.CANARYTOKENCANARYTOKENCANARYTOKENCANARYTOKENCANARYTOKENCANARYTOK";
/// What may be shown of it.
pub(crate) const TOKEN_ID: &str = "dt0c01.SEALPOSTTESTSEALPOSTTEST";
/// 1994-11-06T08:49:37Z.
pub(crate) const NOW: i64 = 784_111_777_000;

pub(crate) fn token() -> ApiToken {
    ApiToken::new(&SecretString::from(TOKEN)).unwrap()
}

pub(crate) fn options() -> ClientOptions {
    ClientOptions {
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(5),
        now: || NOW,
        ..ClientOptions::default()
    }
}

pub(crate) fn client(base: &str) -> Client {
    client_with(base, &options())
}

pub(crate) fn client_with(base: &str, options: &ClientOptions) -> Client {
    Client::new(Endpoint::parse(base).unwrap(), token(), options).unwrap()
}

/// Bytes of `tests/fixtures/contract/…`.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/fixtures/contract/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn response(name: &str) -> Value {
    serde_json::from_slice(&fixture(&format!("responses/{name}.json"))).unwrap()
}

/// A small set, owner only.
pub(crate) fn body(name: &str, kind: BodyKind) -> CredentialBody {
    CredentialBody {
        name: name.into(),
        description: String::new(),
        scopes: vec!["SYNTHETIC".into()],
        owner_access_only: true,
        allowed_entities: Vec::new(),
        allow_contextless_requests: false,
        kind,
    }
}

pub(crate) fn token_body(name: &str) -> RequestBody {
    body(name, BodyKind::Token { token: "not-a-real-token".into() }).to_request()
}

pub(crate) fn user(id: &str) -> AllowedEntity {
    AllowedEntity { entity_type: "USER".into(), id: id.into() }
}

pub(crate) fn app(id: &str) -> AllowedEntity {
    AllowedEntity { entity_type: "APPLICATION".into(), id: id.into() }
}

/// What a raw server does with each connection after it has read a whole request.
#[derive(Clone)]
pub(crate) enum Then {
    /// Closes without a word, before reading.
    CloseAtOnce,
    /// Closes without a word, after reading whatever came first.
    CloseAfterBytes,
    /// Closes without a word, after reading.
    Close,
    /// Says nothing for ever.
    Hang,
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes and then says nothing for ever.
    SendAndHang(Vec<u8>),
    /// Refuses and repeats the whole request, in this form.
    Echo(Echo),
}

/// How a server repeats what it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Echo {
    /// In the message of an error of the API.
    Message,
    /// As JSON of its own form, with the members as they were sent.
    Members,
    /// On a page, broken into short lines.
    Page,
}

impl Echo {
    fn answer(self, request: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(request);
        let body = text.split("\r\n\r\n").nth(1).unwrap_or_default();
        match self {
            Self::Message => {
                let violation = serde_json::json!({ "path": "password", "message": &*text });
                let error = serde_json::json!({ "error": { "code": 400, "message": &*text,
                                                           "constraintViolations": [violation] } });
                http("400 X", "server: x\r\n", error.to_string().as_bytes())
            }
            Self::Members => http("400 X", "", body.as_bytes()),
            Self::Page => {
                let short: Vec<u8> = body.bytes().enumerate().fold(Vec::new(), |mut out, (at, byte)| {
                    if at % 20 == 0 {
                        out.push(b'\n');
                    }
                    out.push(byte);
                    out
                });
                http("500 X", "", &[b"<html>".as_slice(), &short].concat())
            }
        }
    }
}

/// A server of one behaviour: its base URL.
pub(crate) async fn raw(then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, then.clone()));
        }
    });
    format!("http://{address}")
}

async fn serve(mut stream: TcpStream, then: Then) {
    if matches!(then, Then::CloseAtOnce) {
        return;
    }
    if matches!(then, Then::CloseAfterBytes) {
        let _ = stream.read(&mut [0; 16_384]).await;
        let _ = stream.shutdown().await;
        return;
    }
    let request = read_request(&mut stream).await;
    let (bytes, hang) = match then {
        Then::CloseAtOnce | Then::CloseAfterBytes | Then::Close => return,
        Then::Hang => (Vec::new(), true),
        Then::Send(bytes) => (bytes, false),
        Then::SendAndHang(bytes) => (bytes, true),
        Then::Echo(form) => (form.answer(&request), false),
    };
    let _ = stream.write_all(&bytes).await;
    let _ = stream.flush().await;
    if hang {
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
}

/// Reads the head and as much body as `content-length` says.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut got = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&got).to_lowercase();
        if let Some(head) = text.find("\r\n\r\n") {
            let length = text
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if got.len() >= head + 4 + length {
                return got;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return got,
            Ok(read) => got.extend_from_slice(&buffer[..read]),
        }
    }
}

/// An HTTP answer with these parts, and a true `content-length`.
pub(crate) fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

/// A port where nobody listens.
pub(crate) async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}
