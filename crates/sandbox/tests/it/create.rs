//! POST (checklist 1, 4, 13: size) and the documents of contract section 2.

use reqwest::Method;
use sealpost_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::world::{CREDENTIALS, World, fixture, minimal, token_set, with};

const PLAIN: [&str; 7] =
    ["username-password", "token", "certificate", "public-certificate", "snmpv3", "aws-key", "aws-role"];

#[tokio::test]
async fn every_request_document_of_the_contract_is_accepted_and_its_metadata_comes_back() {
    let world = World::new().await;
    for name in PLAIN {
        for body in fixture(name).as_array().unwrap() {
            let reply = world.post(body).await;
            let id = reply.id();
            assert_eq!(reply.json(), json!({ "id": id }), "the answer is CredentialsId and nothing more");
            let set = world.get(&id).await.json();
            for member in ["name", "type", "scopes"] {
                assert_eq!(set[member], body[member], "{name} {member}");
            }
            for member in ["description", "ownerAccessOnly", "allowedEntities", "allowContextlessRequests"] {
                if let (Some(sent), Some(got)) = (body.get(member), set.get(member)) {
                    assert_eq!(got, sent, "{name} {member}");
                }
            }
            assert_eq!(set["owner"], "sandbox.user@example.test");
        }
    }
}

#[tokio::test]
async fn write_only_members_are_never_answered_stored_or_shown() {
    let world = World::new().await;
    let write_only = [
        "user",
        "password",
        "token",
        "certificate",
        "certificateFormat",
        "username",
        "authenticationProtocol",
        "authenticationPassword",
        "privacyProtocol",
        "privacyPassword",
        "securityLevel",
        "accessKeyID",
        "secretKey",
    ];
    for name in PLAIN {
        for body in fixture(name).as_array().unwrap() {
            let mut body = body.clone();
            for (key, value) in body.as_object_mut().unwrap() {
                if [
                    "user",
                    "username",
                    "token",
                    "secretKey",
                    "accessKeyID",
                    "privacyPassword",
                    "authenticationPassword",
                ]
                .contains(&key.as_str())
                {
                    *value = "canary-in-a-secret".into();
                }
            }
            let id = world.post(&body).await.id();
            let set = world.get(&id).await;
            for member in write_only {
                assert!(set.json().get(member).is_none(), "{name} {member}");
            }
        }
    }
    let everywhere = format!(
        "{}{}{:?}{:?}",
        world.list("pageSize=500").await.body,
        world.send(Method::GET, "/sandbox/state", None, None).await.body,
        world.sandbox.snapshot(),
        world.sandbox.request_log(),
    );
    assert!(!everywhere.contains("canary-in-a-secret"));
}

#[tokio::test]
async fn an_id_is_16_random_upper_case_hex_digits_and_no_two_are_equal() {
    let world = World::new().await;
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..20 {
        let id = world.post(&token_set("same name")).await.id();
        let digits = id.strip_prefix("CREDENTIALS_VAULT-").unwrap();
        assert!(digits.len() == 16 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')), "{id}");
        assert!(!ids.contains(&id));
        ids.push(id);
    }
    assert_eq!(
        world.list("name=same").await.json()["totalCount"],
        20,
        "POST is not idempotent, names not unique"
    );
    assert_eq!(world.sandbox.writes().posts, 20);
}

#[tokio::test]
async fn both_base_urls_and_a_trailing_slash_lead_to_the_same_tenant() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let managed = world.sandbox.managed_base_url();
    let managed = managed.strip_prefix(world.sandbox.base_url()).unwrap().to_owned();
    for base in ["", managed.as_str(), "/e/another-environment"] {
        for slash in ["", "/"] {
            let one = format!("{base}{CREDENTIALS}/{id}{slash}");
            assert_eq!(world.send(Method::GET, &one, None, None).await.json()["name"], "a", "{one}");
            let all = format!("{base}{CREDENTIALS}{slash}");
            world.send(Method::POST, &all, Some(&token_set("b")), None).await.id();
        }
    }
    assert_eq!(world.list("name=b").await.json()["totalCount"], 6);
}

#[tokio::test]
async fn old_and_foreign_paths_are_404_and_foreign_methods_405() {
    let world = World::new().await;
    for path in ["/api/config/v1/credentials", "/", "/credentials", "/platform/credential-vault/v1/entries"] {
        let reply = world.send(Method::GET, path, None, None).await;
        assert_eq!(reply.status, 404, "{path}");
        reply.message();
    }
    for (method, path) in
        [(Method::PATCH, CREDENTIALS), (Method::DELETE, CREDENTIALS), (Method::PUT, CREDENTIALS)]
    {
        assert_eq!(world.send(method, path, Some(&token_set("a")), None).await.status, 405);
    }
    assert_eq!(world.sandbox.snapshot(), []);
}

#[tokio::test]
async fn a_body_over_one_megabyte_is_413_and_one_just_below_is_not() {
    let world = World::new().await;
    let filled = |size: usize| {
        let empty = with(token_set("big"), "description", "").to_string().len();
        with(token_set("big"), "description", "x".repeat(size - empty))
    };
    for size in [(1 << 20) + 1, 3 << 20] {
        let reply = world.post(&filled(size)).await;
        assert_eq!(reply.status, 413);
        assert!(reply.body.len() < 500, "the body is not quoted");
    }
    assert_eq!(world.sandbox.snapshot(), []);
    assert_eq!(world.post(&filled(1 << 20)).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_400_and_is_not_quoted() {
    let world = World::new().await;
    for body in [json!([]), json!("canary"), json!(5), Value::Null] {
        let reply = world.post(&body).await;
        assert_eq!(reply.status, 400);
        assert!(!reply.message().contains("canary"));
    }
    let url = format!("{}{CREDENTIALS}", world.sandbox.base_url());
    for (text, media_type, status) in [
        ("{\"token\": \"canary\", ", "application/json", 400),
        ("", "application/json", 400),
        ("{}", "text/plain", 415),
        ("name=canary", "application/x-www-form-urlencoded", 415),
    ] {
        let request = world.http.post(&url).header("Content-Type", media_type).body(text);
        let response = request
            .header("Authorization", format!("Api-Token {}", world.sandbox.token()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{text}");
        assert!(!response.text().await.unwrap().contains("canary"));
    }
    assert_eq!(world.sandbox.writes().posts, 0);
}

#[tokio::test]
async fn booleans_sent_as_strings_are_understood() {
    let world = World::new().await;
    let body = with(with(minimal("token"), "ownerAccessOnly", "true"), "allowContextlessRequests", "false");
    let id = world.post(&body).await.id();
    assert_eq!(world.get(&id).await.json()["ownerAccessOnly"], true);
    let body = with(minimal("token"), "ownerAccessOnly", "yes");
    assert_eq!(world.post(&body).await.violated(), ["ownerAccessOnly"]);
}

#[tokio::test]
async fn the_aws_role_gets_an_external_id_from_the_server_that_stays_and_cannot_be_chosen() {
    let world = World::start(SandboxOptions::default()).await;
    let id = world.post(&with(minimal("aws-role"), "externalID", "chosen")).await.id();
    let set = world.get(&id).await.json();
    let external = set["externalID"].as_str().unwrap().to_owned();
    let groups: Vec<_> = external.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{external}");
    assert_eq!(
        (&set["accountID"], &set["iamRole"]),
        (&"012345678901".into(), &"Dynatrace_monitoring_role".into())
    );
    assert_eq!(world.put(&id, &minimal("aws-role")).await.status, 204);
    assert_eq!(world.get(&id).await.json()["externalID"], external);
    let other = world.post(&minimal("aws-role")).await.id();
    assert_ne!(world.get(&other).await.json()["externalID"], external);
}

#[tokio::test]
async fn aws_entries_come_flat_with_scopes_alone() {
    let world = World::new().await;
    let id = world.post(&minimal("aws-key")).await.id();
    let set = world.get(&id).await.json();
    assert_eq!(set["awsPartition"], "DEFAULT");
    assert_eq!(set["scopes"], json!(["CLOUDS_MONITORING_AUTHENTICATION"]));
    for absent in ["scope", "credentialUsageSummary", "externalID", "externalVault"] {
        assert!(set.get(absent).is_none(), "{absent}");
    }
}
