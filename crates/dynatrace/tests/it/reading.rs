//! Answers in every shape that is known of.

use sealpost_dynatrace::{ListFilter, RemoteSet, TokenLookup, UpdateOutcome, Usage};
use serde_json::{Value, json};

use crate::world::{Then, client, http, raw, response, token_body, user};

fn element(name: &str) -> RemoteSet {
    RemoteSet::from_json(response(name)).unwrap()
}

async fn saying(status: &str, body: &[u8]) -> sealpost_dynatrace::Client {
    client(&raw(Then::Send(http(status, "content-type: application/json\r\n", body))).await)
}

#[test]
fn the_element_with_the_most_fields_is_read_whole() {
    let set = element("element-most-fields");
    assert_eq!(set.id, "CREDENTIALS_VAULT-0123456789ABCDEF");
    assert_eq!((set.name.as_str(), set.type_name.as_str()), ("synced login", "USERNAME_PASSWORD"));
    assert_eq!((set.owner.as_str(), set.owner_access_only), ("ops@example.test", false));
    assert_eq!(set.scopes, ["SYNTHETIC"], "scope and scopes are one set");
    assert_eq!(set.allowed_entities, Some(vec![user("ops@example.test")]));
    assert_eq!(set.allow_contextless_requests, Some(false));
    let count = |kind: &str, count| Usage { kind: kind.into(), count };
    assert_eq!(set.usage, [count("HTTP_MONITOR", 1), count("BROWSER_MONITOR", 0)]);
    let vault = set.external_vault.unwrap();
    assert_eq!(vault["sourceAuthMethod"], "HASHICORP_VAULT_APPROLE");
    assert_eq!(vault["credentialsUsedForExternalSynchronization"].as_array().unwrap().len(), 1);
}

#[test]
fn the_shapes_of_the_old_examples_are_read_as_well() {
    let set = element("element-as-in-old-examples");
    assert_eq!(set.id, "CREDENTIALS_VAULT-42069", "an id is opaque");
    assert!(set.owner_access_only, "a string may be a boolean");
    assert_eq!(set.allow_contextless_requests, Some(false));
    assert_eq!(set.scopes, ["ALL"], "scope alone");
    assert_eq!(set.allowed_entities, None, "missing is not empty");
    let mut usage: Vec<(&str, u32)> = set.usage.iter().map(|u| (u.kind.as_str(), u.count)).collect();
    usage.sort_unstable();
    assert_eq!(usage, [("BROWSER_MONITOR", 2), ("HTTP_MONITOR", 3)], "shape B");
}

#[test]
fn aws_fields_outside_the_model_are_read() {
    assert_eq!(element("element-aws-key").aws_partition.as_deref(), Some("US_GOV"));
    let role = element("element-aws-role");
    assert_eq!(role.account_id.as_deref(), Some("012345678901"), "leading zeros stay");
    assert_eq!(role.iam_role.as_deref(), Some("Dynatrace_monitoring_role"));
    assert_eq!(role.external_id.as_deref(), Some("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"));
}

#[test]
fn unknown_words_and_fields_survive() {
    let set = element("element-unknown-words");
    assert_eq!(set.type_name, "PASSKEY");
    assert_eq!(set.scopes, ["QUANTUM", "SYNTHETIC"]);
    assert_eq!(set.allowed_entities.unwrap()[0].entity_type, "ROBOT");
    assert_eq!(set.usage[0].kind, "WORKFLOW");
    assert_eq!(set.raw["rotation"], json!({ "days": 30 }));
    assert_eq!(Value::Object(set.raw), response("element-unknown-words"), "the raw answer is whole");
}

#[test]
fn everything_but_id_name_and_type_has_a_default() {
    let set = element("element-least-fields");
    assert_eq!((set.description.as_str(), set.owner.as_str()), ("", ""));
    assert!(set.scopes.is_empty() && set.usage.is_empty() && set.external_vault.is_none());
}

#[test]
fn fields_of_the_wrong_type_are_as_good_as_missing() {
    let set = RemoteSet::from_json(json!({
        "id": "x", "name": "n", "type": "TOKEN", "description": 7, "owner": [], "ownerAccessOnly": "maybe",
        "scopes": "SYNTHETIC", "scope": ["A"], "allowedEntities": {}, "allowContextlessRequests": 1,
        "credentialUsageSummary": [null, 3, "x", [], {"type": "A"}, {"type": "B", "count": -1}, {"C": "x", "D": 1.5}, {"E": 99999999999u64}],
        "externalVault": "none", "awsPartition": 1, "accountID": 12
    }))
    .unwrap();
    assert!(set.description.is_empty() && set.owner.is_empty() && !set.owner_access_only);
    assert!(set.scopes.is_empty() && set.allowed_entities.is_none() && set.external_vault.is_none());
    assert_eq!((set.allow_contextless_requests, set.account_id), (None, None));
    let usage: Vec<(&str, u32)> = set.usage.iter().map(|u| (u.kind.as_str(), u.count)).collect();
    assert_eq!(usage, [("A", 0), ("B", 0), ("E", u32::MAX)]);
}

#[tokio::test]
async fn elements_that_cannot_be_used_are_skipped_and_counted() {
    let body = response("list-with-unusable-elements").to_string();
    let list = saying("200 OK", body.as_bytes()).await.list(&ListFilter::default()).await.unwrap();
    assert_eq!((list.sets.len(), list.skipped), (1, 7));
}

#[tokio::test]
async fn a_create_succeeds_with_any_2xx_that_has_an_id() {
    for status in ["200 OK", "201 Created", "202 Accepted"] {
        for name in ["created", "created-full-element"] {
            let client = saying(status, response(name).to_string().as_bytes()).await;
            let id = client.create(&token_body("a")).await;
            assert_eq!(id.as_deref(), Ok("CREDENTIALS_VAULT-0123456789ABCDEF"), "{status}");
        }
    }
}

#[tokio::test]
async fn a_create_without_an_id_is_no_success_and_may_have_been_applied() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "\"id\"",
        r#"{"id":null}"#,
        r#"{"id":""}"#,
        r#"{"id":7}"#,
        r#"{"id":["a"]}"#,
        r#"[{"id":"a"}]"#,
        r#"{"id":"a""#,
        "<html>",
        "id=a",
        "\u{feff}{}",
    ] {
        let error = saying("201 Created", body.as_bytes()).await.create(&token_body("a")).await.unwrap_err();
        assert!(error.may_have_been_applied() && !error.certainly_not_sent(), "{body}: {error}");
        assert_eq!(error.status(), Some(201));
    }
}

#[tokio::test]
async fn a_page_with_status_200_is_never_a_success() {
    let page =
        http("200 OK", "content-type: text/html\r\n", b"\xef\xbb\xbf\n <!DOCTYPE html><html>Sign in</html>");
    let client = client(&raw(Then::Send(page)).await);
    let errors = [
        client.list(&ListFilter::default()).await.unwrap_err(),
        client.get("x").await.unwrap_err(),
        client.create(&token_body("a")).await.unwrap_err(),
        client.update("x", &token_body("a")).await.unwrap_err(),
        client.delete("x").await.unwrap_err(),
        match client.lookup_token().await {
            TokenLookup::CannotVerify(error) => error,
            other => panic!("{other:?}"),
        },
    ];
    for error in errors {
        assert_eq!(error.status(), Some(200));
        let text = error.to_string();
        assert!(text.contains("web page") && !text.contains("Sign in"), "{text}");
        assert!(error.may_have_been_applied() && !error.is_not_found());
    }
}

#[tokio::test]
async fn json_of_another_api_is_no_success() {
    for body in [r#"{"status":"UP"}"#, "[]", r#"{"credentials":null}"#, r#"{"credentials":{}}"#, "3"] {
        let client = saying("200 OK", body.as_bytes()).await;
        let error = client.list(&ListFilter::default()).await.unwrap_err();
        assert!(error.to_string().contains("another form"), "{body}: {error}");
        assert!(client.get("x").await.is_err() && client.update("x", &token_body("a")).await.is_err());
    }
}

#[tokio::test]
async fn an_update_tells_updated_from_created() {
    let updated = Ok(UpdateOutcome::Updated);
    assert_eq!(saying("204 No Content", b"").await.update("x", &token_body("a")).await, updated);
    assert_eq!(saying("200 OK", b"").await.update("x", &token_body("a")).await, updated);
    let created = saying("201 Created", br#"{"id":"other"}"#).await.update("x", &token_body("a")).await;
    assert_eq!(created, Ok(UpdateOutcome::Created("other".into())));
}

#[tokio::test]
async fn a_token_look_up_tells_known_unknown_and_not_verifiable_apart() {
    let known = saying("200 OK", response("token-lookup").to_string().as_bytes()).await.lookup_token().await;
    let TokenLookup::Known(info) = known else { panic!("{known:?}") };
    assert!(info.enabled && !info.personal && info.can_read() && info.can_write());
    assert_eq!(info.expiration_date.as_deref(), Some("2027-06-01T00:00:00.000Z"));
    assert_eq!(info.owner, "ops@example.test");

    assert_eq!(saying("404 Not Found", b"").await.lookup_token().await, TokenLookup::Unknown);
    for (status, body) in [
        ("404 Not Found", "<html>nginx</html>"),
        ("401 Unauthorized", r#"{"error":{"code":401,"message":"Token is expired."}}"#),
        ("403 Forbidden", ""),
        ("410 Gone", ""),
        ("500 Internal Server Error", ""),
        ("200 OK", "{}"),
        ("200 OK", ""),
    ] {
        let found = saying(status, body.as_bytes()).await.lookup_token().await;
        assert!(matches!(found, TokenLookup::CannotVerify(_)), "{status} {body}: {found:?}");
    }
}

#[tokio::test]
async fn broader_scopes_of_old_tokens_count() {
    for (scopes, read, write) in [
        (json!(["ReadConfig"]), true, false),
        (json!(["WriteConfig"]), false, true),
        (json!(["credentialVault.write"]), false, true),
        (json!(["credentialvault.read", 7, null]), false, false),
        (json!([]), false, false),
    ] {
        let body = json!({ "scopes": scopes }).to_string();
        let TokenLookup::Known(info) = saying("200 OK", body.as_bytes()).await.lookup_token().await else {
            panic!("{body}")
        };
        assert_eq!((info.can_read(), info.can_write()), (read, write), "{body}");
    }
}
