//! What leaves this computer, byte for byte.

use sealpost_dynatrace::{BodyKind, CredentialBody, ListFilter, MAX_REQUEST, UpdateOutcome};
use secrecy::SecretSlice;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::examples;
use crate::world::{TOKEN, body, client, fixture, response, token_body};

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

async fn only_request(server: &MockServer) -> Request {
    let mut all = server.received_requests().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_example_of_the_contract_is_sent_byte_for_byte() {
    let all = examples::all();
    assert_eq!(all.len(), 24, "seven types and five external forms, each minimal and maximal");
    for (name, body) in all {
        let server = answering(ResponseTemplate::new(201).set_body_json(response("created"))).await;
        client(&server.uri()).create(&body.to_request()).await.unwrap();
        let sent = only_request(&server).await.body;
        let expected = fixture(&format!("requests/{name}.json"));
        let expected = expected.strip_suffix(b"\n").unwrap();
        assert_eq!(String::from_utf8_lossy(&sent), String::from_utf8_lossy(expected), "{name}");
    }
}

/// The fixtures themselves are held against the contract's text, so that a mistake in both would be seen.
#[test]
fn the_fixtures_say_what_the_contract_says() {
    for (name, _) in examples::all() {
        let sent: Value = serde_json::from_slice(&fixture(&format!("requests/{name}.json"))).unwrap();
        let (file, which) = name.split_once('.').unwrap();
        let both: Value = serde_json::from_slice(&fixture(&format!("../bodies/{file}.json"))).unwrap();
        let example = both[usize::from(which == "maximal")].as_object().unwrap();
        for (key, value) in example {
            match key.as_str() {
                "scope" => assert_eq!(sent.get(key), None, "{name}"),
                "allowContextlessRequests" if sent.get(key).is_none() => assert_eq!(value, false, "{name}"),
                "password" if sent["type"] == "PUBLIC_CERTIFICATE" => assert_eq!(sent[key], "", "{name}"),
                _ => assert_eq!(&sent[key], value, "{name}: {key}"),
            }
        }
        let allowed = ["ownerAccessOnly", "allowedEntities", "allowContextlessRequests"];
        for key in sent.as_object().unwrap().keys() {
            assert!(example.contains_key(key) || allowed.contains(&key.as_str()), "{name}: {key}");
        }
        assert!(sent["ownerAccessOnly"].is_boolean() && sent["scopes"].is_array(), "{name}");
        assert_eq!(sent.get("id"), None);
    }
}

#[tokio::test]
async fn a_create_is_one_post_with_exactly_these_headers() {
    let server = answering(ResponseTemplate::new(201).set_body_json(response("created"))).await;
    let id = client(&server.uri()).create(&token_body("a")).await.unwrap();
    assert_eq!(id, "CREDENTIALS_VAULT-0123456789ABCDEF");
    let request = only_request(&server).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/api/v2/credentials"));
    assert_eq!(request.url.query(), None);
    assert_eq!(header(&request, "authorization"), format!("Api-Token {TOKEN}"));
    assert_eq!(header(&request, "content-type"), "application/json; charset=utf-8");
    assert_eq!(header(&request, "accept"), "application/json; charset=utf-8");
    assert_eq!(header(&request, "user-agent"), concat!("Sealpost/", env!("CARGO_PKG_VERSION")));
    let mut names: Vec<&str> = request.headers.keys().map(reqwest::header::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "content-length", "content-type", "host", "user-agent"]);
}

#[tokio::test]
async fn an_update_names_the_id_in_the_path_alone() {
    let server = answering(ResponseTemplate::new(204)).await;
    let outcome = client(&format!("{}/e/some-env", server.uri()))
        .update("CREDENTIALS_VAULT-0123456789ABCDEF", &token_body("a"))
        .await;
    assert_eq!(outcome, Ok(UpdateOutcome::Updated));
    let request = only_request(&server).await;
    assert_eq!(request.method.as_str(), "PUT");
    assert_eq!(request.url.path(), "/e/some-env/api/v2/credentials/CREDENTIALS_VAULT-0123456789ABCDEF");
    assert!(!String::from_utf8_lossy(&request.body).contains("CREDENTIALS_VAULT"));
}

#[tokio::test]
async fn an_id_cannot_reach_another_resource() {
    let server = answering(ResponseTemplate::new(204)).await;
    let client = client(&server.uri());
    for id in ["", ".", ".."] {
        let error = client.delete(id).await.unwrap_err();
        assert!(error.certainly_not_sent(), "{id:?}: {error}");
        assert!(client.get(id).await.unwrap_err().certainly_not_sent());
        assert!(client.update(id, &token_body("a")).await.unwrap_err().certainly_not_sent());
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    for (id, path) in [
        ("../apiTokens", "/api/v2/credentials/..%2FapiTokens"),
        ("a/b?c#d e", "/api/v2/credentials/a%2Fb%3Fc%23d%20e"),
        ("%2e%2e", "/api/v2/credentials/%252e%252e"),
        ("ä", "/api/v2/credentials/%C3%A4"),
    ] {
        client.delete(id).await.unwrap();
        let sent = server.received_requests().await.unwrap();
        assert_eq!(sent.last().unwrap().url.path(), path);
        assert_eq!(sent.last().unwrap().url.query(), None);
    }
}

#[tokio::test]
async fn a_token_is_looked_up_in_the_body_with_its_quotes_escaped() {
    let server = answering(ResponseTemplate::new(200).set_body_json(response("token-lookup"))).await;
    let endpoint = sealpost_dynatrace::Endpoint::parse(&server.uri()).unwrap();
    let odd = sealpost_dynatrace::ApiToken::new(&r#"old"tok\en"#.into()).unwrap();
    let client = sealpost_dynatrace::Client::new(endpoint, odd, &crate::world::options()).unwrap();
    client.lookup_token().await;
    let request = only_request(&server).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/api/v2/apiTokens/lookup"));
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), json!({ "token": r#"old"tok\en"# }));
}

#[tokio::test]
async fn a_list_sends_the_page_key_alone_and_gives_each_id_once() {
    let page = |ids: &[&str], next: Value| {
        let sets: Vec<Value> =
            ids.iter().map(|id| json!({ "id": id, "name": id, "type": "TOKEN" })).collect();
        json!({ "credentials": sets, "nextPageKey": next, "totalCount": 99 })
    };
    let server = MockServer::start().await;
    let first = page(&["a", "b"], json!("k/1 +"));
    let second = page(&["b", "c"], json!("k2"));
    let third = page(&["d"], Value::Null);
    Mock::given(any())
        .respond_with(move |request: &Request| {
            let key = request.url.query_pairs().find(|(name, _)| name == "nextPageKey");
            ResponseTemplate::new(200).set_body_json(match key.as_ref().map(|(_, key)| key.as_ref()) {
                None => &first,
                Some("k/1 +") => &second,
                Some(_) => &third,
            })
        })
        .mount(&server)
        .await;
    let list = client(&server.uri()).list(&ListFilter { name: Some("a & b".into()) }).await.unwrap();
    let ids: Vec<&str> = list.sets.iter().map(|set| set.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "d"]);
    let queries: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.url.query().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(queries, ["pageSize=500&name=%22a+%26+b%22", "nextPageKey=k%2F1+%2B", "nextPageKey=k2"]);
}

#[tokio::test]
async fn a_name_that_is_no_phrase_is_not_sent_as_a_filter() {
    for name in ["", "  ", "say \"hi\""] {
        let server = answering(ResponseTemplate::new(200).set_body_json(response("list"))).await;
        client(&server.uri()).list(&ListFilter { name: Some(name.into()) }).await.unwrap();
        assert_eq!(only_request(&server).await.url.query(), Some("pageSize=500"));
    }
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let endless = json!({ "credentials": [], "nextPageKey": "same" });
    let server = answering(ResponseTemplate::new(200).set_body_json(endless)).await;
    let error = client(&server.uri()).list(&ListFilter::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(200));
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_is_sent_twice_whatever_the_server_says() {
    for status in [408, 421, 425, 429, 500, 502, 503, 504] {
        let server = answering(ResponseTemplate::new(status).insert_header("retry-after", "0")).await;
        let client = client(&server.uri());
        client.create(&token_body("a")).await.unwrap_err();
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "{status}");
    }
}

#[test]
fn the_size_is_known_before_it_is_sent() {
    let of = |bytes: usize| {
        let kind = BodyKind::PublicCertificate { format: "PEM", bytes: SecretSlice::from(vec![b'a'; bytes]) };
        body("big", kind).to_request()
    };
    assert!(!of(700_000).is_too_large());
    assert!(of(760_000).is_too_large());
    assert!(of(750_000).len() > MAX_REQUEST && !of(0).is_empty());
}

#[tokio::test]
async fn texts_of_every_kind_arrive_as_they_were_typed() {
    let odd = "\"quotes\" \\ back \n line \u{0} nul \u{1F511} ünï </script> \u{2028}";
    let kind = BodyKind::UsernamePassword { user: odd.into(), password: odd.into() };
    let body = CredentialBody { description: odd.into(), ..body(odd, kind) };
    let server = answering(ResponseTemplate::new(201).set_body_json(response("created"))).await;
    client(&server.uri()).create(&body.to_request()).await.unwrap();
    let sent: Value = serde_json::from_slice(&only_request(&server).await.body).unwrap();
    for key in ["name", "description", "user", "password"] {
        assert_eq!(sent[key], odd, "{key}");
    }
}

fn public_certificate() -> sealpost_dynatrace::RequestBody {
    body("ca", BodyKind::PublicCertificate { format: "PEM", bytes: SecretSlice::from(b"pem".to_vec()) })
        .to_request()
}

fn refusal(status: u16, path: &str, message: &str) -> ResponseTemplate {
    let violations = json!([{ "path": path, "message": message, "parameterLocation": "PAYLOAD_BODY" }]);
    let error =
        json!({ "code": status, "message": "Constraints violated.", "constraintViolations": violations });
    ResponseTemplate::new(status).set_body_json(json!({ "error": error }))
}

async fn passwords_sent(server: &MockServer) -> Vec<Value> {
    let sent = server.received_requests().await.unwrap();
    sent.iter().map(|r| serde_json::from_slice::<Value>(&r.body).unwrap()["password"].clone()).collect()
}

/// Contract 2.7: the schema asks for a password that this type does not have.
#[tokio::test]
async fn a_public_certificate_refused_for_its_password_goes_out_once_more_with_a_dummy() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(refusal(400, "password", "must not be empty"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(201).set_body_json(response("created")))
        .mount(&server)
        .await;
    let id = client(&server.uri()).create(&public_certificate()).await.unwrap();
    assert_eq!(id, "CREDENTIALS_VAULT-0123456789ABCDEF");
    assert_eq!(passwords_sent(&server).await, ["", "UGFzc3dvcmROb3RTdXBwb3J0ZWQ="]);
    let sent = server.received_requests().await.unwrap();
    let mut both: Vec<Value> = sent.iter().map(|r| serde_json::from_slice(&r.body).unwrap()).collect();
    for one in &mut both {
        one["password"] = Value::Null;
    }
    assert_eq!(both[0], both[1], "nothing but the password differs");
}

#[tokio::test]
async fn a_public_certificate_refused_twice_is_refused() {
    let server = answering(refusal(400, "password", "is not base64")).await;
    let error = client(&server.uri()).update("X", &public_certificate()).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert_eq!(passwords_sent(&server).await.len(), 2);
}

#[tokio::test]
async fn no_other_refusal_is_answered_with_a_dummy_password() {
    for (status, path, message) in [
        (400, "name", "is too long"),
        (403, "password", "no"),
        (500, "password", "no"),
        (429, "password", "no"),
    ] {
        let server = answering(refusal(status, path, message)).await;
        client(&server.uri()).create(&public_certificate()).await.unwrap_err();
        assert_eq!(passwords_sent(&server).await, [""], "{status} {path}");
    }
    let bytes = SecretSlice::from(b"pem".to_vec());
    let client_certificate =
        body("mtls", BodyKind::Certificate { format: "PEM", bytes, password: String::new().into() })
            .to_request();
    let server = answering(refusal(400, "password", "must not be empty")).await;
    client(&server.uri()).create(&client_certificate).await.unwrap_err();
    assert_eq!(passwords_sent(&server).await.len(), 1, "its password is the person's own");
}
