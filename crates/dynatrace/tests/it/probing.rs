//! The connection test.

use std::time::Duration;

use sealpost_dynatrace::{Check, CheckResult, ClientOptions, Probe, Proxy, probe};
use sealpost_sandbox::{Sandbox, SandboxOptions, Token, User};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{Then, client, client_with, closed_port, http, options, raw, response};

/// 2026-11-24T00:00:00Z.
const NOW: i64 = 1_795_478_400_000;
const DAY: i64 = 86_400_000;

async fn tenant(list: ResponseTemplate, lookup: ResponseTemplate) -> Probe {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path("/api/v2/credentials")).respond_with(list).mount(&server).await;
    Mock::given(method("POST"))
        .and(path("/api/v2/apiTokens/lookup"))
        .respond_with(lookup)
        .mount(&server)
        .await;
    let probe = probe(&client(&server.uri()), NOW).await;
    for request in server.received_requests().await.unwrap() {
        assert!(request.method.as_str() == "GET" || request.url.path().ends_with("/lookup"), "reads only");
    }
    sound(&probe);
    probe
}

/// The voice of every check.
fn sound(probe: &Probe) {
    for check in &probe.checks {
        let text = &check.detail;
        assert!(text.ends_with('.') && !text.contains('!'), "{text}");
        assert!(!text.to_lowercase().contains("please") && !text.contains("CANARY"), "{text}");
    }
}

fn named<'a>(probe: &'a Probe, name: &str) -> &'a Check {
    probe.checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("{name}: {probe:?}"))
}

fn word(probe: &Probe, name: &str) -> (CheckResult, &'static str) {
    let check = named(probe, name);
    (check.result, check.word)
}

fn ok(name: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(response(name))
}

fn lookup_with(key: &str, value: Value) -> ResponseTemplate {
    let mut body = response("token-lookup");
    body[key] = value;
    ResponseTemplate::new(200).set_body_json(body)
}

fn refusal(status: u16, message: &str) -> ResponseTemplate {
    let body = json!({ "error": { "code": status, "message": message } });
    ResponseTemplate::new(status).set_body_json(body)
}

#[tokio::test]
async fn a_good_environment_passes_in_order() {
    let probe = tenant(ok("list"), ok("token-lookup")).await;
    let names: Vec<&str> = probe.checks.iter().map(|check| check.name).collect();
    let expected = [
        "Address",
        "Connection",
        "Answer",
        "credentialVault.read",
        "credentialVault.write",
        "Token owner",
        "Token expiry",
    ];
    assert_eq!(names, expected);
    assert!(probe.ok() && probe.reachable && probe.can_write && probe.latency_ms.is_some());
    assert_eq!(probe.owner.as_deref(), Some("ops@example.test"));
    assert_eq!(probe.token_expires_at, Some(1_811_808_000_000));
    assert_eq!(named(&probe, "credentialVault.read").detail, "Lists 1 set.");
}

#[tokio::test]
async fn a_long_list_is_counted_by_the_server_or_said_to_be_longer() {
    let mut list = response("list");
    list["totalCount"] = json!(1_234);
    let probe = tenant(ResponseTemplate::new(200).set_body_json(&list), ok("token-lookup")).await;
    assert_eq!(named(&probe, "credentialVault.read").detail, "Lists 1234 sets.");
    list["totalCount"] = Value::Null;
    list["nextPageKey"] = json!("more");
    let probe = tenant(ResponseTemplate::new(200).set_body_json(&list), ok("token-lookup")).await;
    assert_eq!(named(&probe, "credentialVault.read").detail, "Lists 1 or more sets.");
}

#[tokio::test]
async fn what_the_token_lacks_is_named() {
    use CheckResult::{Failed, Ok as Fine, Unknown, Warning};
    let missing = "Token is missing required scope. Use one of: credentialVault.read";
    let read = |probe: &Probe| word(probe, "credentialVault.read");
    for (status, message, expected) in [
        (403, missing, "Missing"),
        (401, missing, "Missing"),
        (401, "Token is expired.", "Refused"),
        (404, "Not there.", "Not found"),
        (403, "No access.", "Refused"),
        (429, "Busy.", "Not readable"),
        (503, "Busy.", "Not readable"),
    ] {
        let probe = tenant(refusal(status, message), ok("token-lookup")).await;
        assert_eq!(read(&probe), (Failed, expected), "{status}");
        assert!(probe.reachable && !probe.can_write && !probe.ok());
    }
    let write = |probe: &Probe| word(probe, "credentialVault.write");
    for (lookup, expected) in [
        (lookup_with("scopes", json!(["credentialVault.read"])), (Failed, "Missing")),
        (lookup_with("scopes", json!(["WriteConfig"])), (Fine, "Granted")),
        (lookup_with("enabled", json!(false)), (Failed, "Disabled")),
        (lookup_with("enabled", json!("false")), (Failed, "Disabled")),
        (lookup_with("personalAccessToken", json!(true)), (Failed, "Missing")),
        (ResponseTemplate::new(404), (Failed, "Unknown token")),
        (refusal(401, "Token is disabled."), (Failed, "Refused")),
        (refusal(403, "No."), (Unknown, "Not readable")),
        (ResponseTemplate::new(410), (Unknown, "Not readable")),
    ] {
        let probe = tenant(ok("list"), lookup).await;
        assert_eq!(write(&probe), expected);
        assert_eq!(probe.can_write, expected.0 != Failed);
    }
    let expiry = |probe: &Probe| word(probe, "Token expiry");
    for (date, expected) in [
        (json!("2026-11-23T23:59:59.999Z"), (Failed, "Expired")),
        (json!("2026-11-24T00:00:00.000Z"), (Failed, "Expired")),
        (json!("2026-12-01T00:00:00.000Z"), (Warning, "Expires soon")),
        (json!("2027-12-01T00:00:00.000Z"), (Fine, "Valid")),
        (json!(null), (Fine, "Valid")),
        (json!("tomorrow"), (Unknown, "Not readable")),
    ] {
        let probe = tenant(ok("list"), lookup_with("expirationDate", date.clone())).await;
        assert_eq!(expiry(&probe), expected, "{date}");
    }
    assert_eq!((NOW % DAY, expiry(&tenant(ok("list"), ResponseTemplate::new(404)).await).0), (0, Unknown));
}

#[tokio::test]
async fn causes_of_no_connection_are_told_apart() {
    let page = http("200 OK", "", b"<html>CANARY other product</html>");
    let closed = format!("http://{}", closed_port().await);
    let encrypted = Sandbox::start(SandboxOptions::default().tls()).await.unwrap();
    let direct = || ClientOptions { proxy: Proxy::None, ..options() };
    let ca = || ClientOptions { extra_ca_pem: encrypted.ca_pem().map(str::to_owned), ..direct() };
    let hasty = ClientOptions { timeout: Duration::from_millis(300), ..direct() };
    let by_proxy = ClientOptions { proxy: Proxy::Url(closed.clone()), ..options() };
    let no_such_host = format!("https://{}.invalid", "a".repeat(64));
    let stranger = ClientOptions { extra_ca_pem: Some(crate::tls::authority().await), ..direct() };
    for (base, options, name, word, advice) in [
        (closed.as_str(), direct(), "Connection", "No answer", "Check host, port"),
        (no_such_host.as_str(), direct(), "Connection", "Unknown host", "spelling"),
        ("https://abc.live.dynatrace.com", by_proxy, "Connection", "Proxy", "proxy setting"),
        (encrypted.base_url(), stranger, "TLS", "Not trusted", "custom CA"),
        (&closed_tls().await, ca(), "TLS", "No TLS", "https"),
        (&raw(Then::Hang).await, hasty, "Connection", "Time-out", "Try again"),
        (&raw(Then::Close).await, direct(), "Connection", "Cut off", "Try again"),
        (&raw(Then::Send(page)).await, direct(), "Connection", "Other product", "web page"),
    ] {
        let found = probe(&client_with(base, &options), NOW).await;
        sound(&found);
        let check = named(&found, name);
        assert_eq!((check.result, check.word), (CheckResult::Failed, word), "{base}: {}", check.detail);
        assert!(check.detail.contains(advice), "{}", check.detail);
        assert!(!found.reachable && !found.can_write && !found.ok());
        assert_eq!(found.checks.len(), 2, "what can't be known is not guessed");
    }
}

async fn closed_tls() -> String {
    raw(Then::CloseAfterBytes).await.replace("http://", "https://")
}

#[tokio::test]
async fn tls_shows_its_version_and_the_certificate() {
    let sandbox = Sandbox::start(SandboxOptions::default().tls()).await.unwrap();
    let options = ClientOptions { extra_ca_pem: sandbox.ca_pem().map(str::to_owned), ..options() };
    let found = probe(&crate::sandbox::of(&sandbox, &options), NOW).await;
    assert_eq!(word(&found, "TLS"), (CheckResult::Ok, "Trusted"));
    assert!(named(&found, "TLS").detail.starts_with("TLS 1.3. "));
    assert!(found.certificate.is_some_and(|der| der.starts_with(&[0x30, 0x82])));
}

#[tokio::test]
async fn an_old_token_is_warned_of_and_not_held_against_it() {
    let old = "OLDFORMTOKENwithoutparts";
    let user = User::default_user().token(Token::given(old));
    let Ok(sandbox) = Sandbox::start(SandboxOptions::default().user(user)).await else {
        return; // The sandbox takes tokens of the new form only.
    };
    let found = probe(&crate::sandbox::of(&sandbox, &options()), NOW).await;
    assert_eq!(word(&found, "Token form"), (CheckResult::Warning, "Odd"));
    assert!(found.ok());
}
