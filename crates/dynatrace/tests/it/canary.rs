//! Marker secrets are planted and looked for in everything the crate lets out: errors, `Debug`, events and log lines
//! of this crate and of the libraries below it, at the most talkative level.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use sealpost_dynatrace::{BodyKind, CredentialBody, ListFilter, Proxy, probe};
use secrecy::SecretSlice;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::world::{TOKEN, TOKEN_ID, Then, body, client, client_with, closed_port, http, options, raw};

/// Keeps every event as text.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0.lock().unwrap(), " {field}={value:?}");
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let _ = write!(self.0.lock().unwrap(), "\n{}", event.metadata().target());
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The libraries below log through `log`.
struct Lines(Kept);

impl log::Log for Lines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let _ = write!(self.0.0.lock().unwrap(), "\n{} {}", record.target(), record.args());
    }
    fn flush(&self) {}
}

pub(crate) const SECRET: &str = "CANARY";

pub(crate) fn bodies() -> Vec<CredentialBody> {
    let secret = |text: &str| format!("{SECRET}{text}").into();
    let kinds = [
        BodyKind::UsernamePassword { user: "CANARYuser".into(), password: secret("password") },
        BodyKind::Token { token: secret("token") },
        BodyKind::Certificate {
            format: "PKCS12",
            bytes: SecretSlice::from(b"CANARYcertificate".to_vec()),
            password: secret("filepassword"),
        },
        BodyKind::PublicCertificate {
            format: "PEM",
            bytes: SecretSlice::from(b"CANARYcertificate".to_vec()),
        },
        BodyKind::SnmpV3 {
            username: "CANARYuser".into(),
            security_level: "AUTH_PRIV".into(),
            authentication: Some(("SHA".into(), secret("auth"))),
            privacy: Some(("AES".into(), secret("priv"))),
        },
        BodyKind::AwsKeyBased {
            access_key_id: "CANARYkeyid".into(),
            secret_key: secret("key"),
            partition: "DEFAULT".into(),
        },
    ];
    kinds.into_iter().map(|kind| body("canary", kind)).collect()
}

#[tokio::test]
async fn no_secret_leaves_by_error_debug_event_or_log_line() {
    let kept = Kept::default();
    // For the whole binary: a subscriber of one thread misses events whose call sites another thread met first. So the
    // other tests are listened to as well.
    let _ = tracing::subscriber::set_global_default(kept.clone());
    let _ = log::set_boxed_logger(Box::new(Lines(kept.clone())));
    log::set_max_level(log::LevelFilter::Trace);

    let echo = |secrets: &str| {
        let message = format!("cannot store {secrets}");
        json!({ "error": { "message": message, "constraintViolations": [{ "path": "p", "message": message }] } })
    };
    let mut said = String::new();
    for body in bodies() {
        let _ = write!(said, "{body:?} {:?}", body.kind);
        let request = body.to_request();
        let _ = write!(said, "{request:?}");
        // The user name is no secret to this crate, so an echo of it is left: it stands in lists for all to see.
        let echoed =
            ["password", "token", "filepassword", "auth", "priv", "key"].map(|t| format!("{SECRET}{t}"));
        let own: Vec<String> = echoed.into_iter().filter(|text| secrets_of(&body).contains(text)).collect();
        for then in [
            Then::Send(http("400 X", "", echo(&own.join(" and ")).to_string().as_bytes())),
            Then::Send(http("500 X", "", echo(&own.join(",")).to_string().as_bytes())),
            Then::Send(http("201 Created", "", format!("<html>{}", own.join(" ")).as_bytes())),
            Then::Close,
        ] {
            let client = client(&raw(then).await);
            let error = client.create(&request).await.unwrap_err();
            let _ = write!(said, "{error} {error:?} {client:?}");
            let _ = write!(said, "{:?}", client.update("x", &request).await);
        }
    }
    for status in ["400 X", "401 X", "403 X", "404 X", "500 X"] {
        let answer = http(status, "", echo(TOKEN).to_string().as_bytes());
        let client = client(&raw(Then::Send(answer)).await);
        let _ = write!(said, "{:?}", client.lookup_token().await);
        let _ = write!(said, "{:?}", client.list(&ListFilter::default()).await);
        let _ = write!(said, "{:?}", client.get("x").await);
        let _ = write!(said, "{:?}", client.delete("x").await);
        let _ = write!(said, "{:?}", probe(&client, 0).await);
    }
    let proxy = Proxy::Url(format!("http://robot:CANARYproxy@{}", closed_port().await));
    let by_proxy = sealpost_dynatrace::ClientOptions { proxy, ..options() };
    let client = client_with("https://abc12345.live.dynatrace.com", &by_proxy);
    let _ = write!(said, "{:?} {by_proxy:?}", client.get("x").await);

    let logged = kept.0.lock().unwrap().clone();
    assert!(logged.contains("sealpost_dynatrace") && logged.contains("method=POST"), "the events were seen");
    assert!(logged.contains("hyper"), "so were the lines of the libraries");
    assert!(said.contains(TOKEN_ID) && said.contains("cannot store …"));
    let encoded = base64::engine::general_purpose::STANDARD.encode("CANARYfilepassword");
    for (place, text) in [("output", &said), ("logs", &logged)] {
        for marker in [SECRET, &encoded[..8]] {
            let at = text.find(marker);
            assert_eq!(at, None, "{place}: {}", at.map_or("", |at| &text[at.saturating_sub(200)..at]));
        }
    }
}

/// The markers that this body sends in fields that are secret.
fn secrets_of(body: &CredentialBody) -> Vec<String> {
    let names: &[&str] = match body.kind {
        BodyKind::UsernamePassword { .. } => &["password"],
        BodyKind::Token { .. } => &["token"],
        BodyKind::Certificate { .. } => &["filepassword"],
        BodyKind::SnmpV3 { .. } => &["auth", "priv"],
        BodyKind::AwsKeyBased { .. } => &["key"],
        _ => &[],
    };
    names.iter().map(|name| format!("{SECRET}{name}")).collect()
}
