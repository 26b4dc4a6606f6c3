//! What POST refuses (checklist 5, 6, 7).

use sealpost_sandbox::{Mode, SandboxOptions};
use serde_json::{Value, json};

use crate::world::{World, fixture, minimal, token_set, with, without};

#[tokio::test]
async fn each_missing_member_is_one_violation_in_the_payload_body_with_null_location() {
    let world = World::new().await;
    for (name, members) in [
        ("username-password", &["name", "type", "scopes", "user", "password"][..]),
        ("token", &["name", "type", "scopes", "token"]),
        ("certificate", &["name", "type", "scopes", "certificate", "certificateFormat", "password"]),
        ("public-certificate", &["name", "type", "scopes", "certificate", "certificateFormat", "password"]),
        ("snmpv3", &["name", "type", "scopes", "username", "securityLevel"]),
        ("aws-key", &["name", "type", "scopes", "accessKeyID", "secretKey", "awsPartition"]),
        ("aws-role", &["name", "type", "scopes", "accountID", "iamRole"]),
    ] {
        for member in members {
            for body in [without(minimal(name), member), with(minimal(name), member, Value::Null)] {
                assert_eq!(world.post(&body).await.violated(), [*member], "{name}");
            }
        }
    }
    assert_eq!(world.sandbox.snapshot(), [], "nothing refused was stored");
}

#[tokio::test]
async fn the_envelope_of_a_violation_is_the_one_of_the_contract() {
    let world = World::new().await;
    let reply = world.post(&without(minimal("token"), "name")).await;
    assert_eq!((reply.status, reply.json()), (400, fixture("response-error")));
    assert_eq!(reply.headers["content-type"], "application/json; charset=utf-8");
}

#[tokio::test]
async fn all_missing_members_are_named_together() {
    let world = World::new().await;
    let mut violated = world.post(&json!({})).await.violated();
    violated.sort();
    assert_eq!(violated, ["name", "scopes", "type"]);
    let body = json!({ "type": "SNMPV3", "securityLevel": "AUTH_PRIV" });
    let expected = [
        "name",
        "scopes",
        "username",
        "authenticationProtocol",
        "authenticationPassword",
        "privacyProtocol",
        "privacyPassword",
    ];
    let mut violated = world.post(&body).await.violated();
    violated.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(violated, expected);
}

#[tokio::test]
async fn the_mistakes_of_the_printed_v1_example_are_found() {
    let world = World::new().await;
    let body = json!({ "type": "USERNAME_PASSWORD", "name": "a", "description": "", "certificate": "user", "password": "x" });
    let mut violated = world.post(&body).await.violated();
    violated.sort();
    assert_eq!(violated, ["scopes", "user"]);
}

#[tokio::test]
async fn empty_and_wrongly_typed_members_are_violations() {
    let world = World::new().await;
    let login = || minimal("username-password");
    for (body, path) in [
        (with(login(), "name", ""), "name"),
        (with(login(), "name", 5), "name"),
        (with(login(), "description", json!({})), "description"),
        (with(login(), "user", ""), "user"),
        (with(login(), "password", json!(["x"])), "password"),
        (with(login(), "scopes", json!([])), "scopes"),
        (with(login(), "scopes", "SYNTHETIC"), "scopes"),
        (with(login(), "scopes", json!(["synthetic"])), "scopes"),
        (with(login(), "scopes", json!(["ALL"])), "scopes"),
        (with(login(), "scopes", json!(["UNKNOWN"])), "scopes"),
        (with(login(), "scopes", json!([null])), "scopes"),
        (with(login(), "scope", "FUTURE"), "scope"),
        (with(login(), "ownerAccessOnly", 1), "ownerAccessOnly"),
        (with(login(), "allowedEntities", json!({})), "allowedEntities"),
        (with(login(), "allowedEntities", json!(["x"])), "allowedEntities[0]"),
        (with(login(), "allowedEntities", json!([{ "id": "x" }])), "allowedEntities[0].type"),
        (with(login(), "allowedEntities", json!([{ "type": "USER" }])), "allowedEntities[0].id"),
        (
            with(login(), "allowedEntities", json!([{ "type": "UNKNOWN", "id": "x" }])),
            "allowedEntities[0].type",
        ),
        (with(minimal("token"), "token", ""), "token"),
        (with(minimal("certificate"), "certificate", ""), "certificate"),
        (with(minimal("certificate"), "certificateFormat", "UNKNOWN"), "certificateFormat"),
        (with(minimal("certificate"), "certificateFormat", "DER"), "certificateFormat"),
        (with(minimal("aws-key"), "awsPartition", "AWS_DEFAULT"), "awsPartition"),
        (with(minimal("aws-role"), "accountID", "12345"), "accountID"),
        (with(minimal("aws-role"), "accountID", ""), "accountID"),
        (with(minimal("aws-role"), "accountID", "12345678901x"), "accountID"),
        (with(minimal("aws-role"), "iamRole", "arn:aws:iam::012345678901:role/x"), "iamRole"),
    ] {
        assert!(world.post(&body).await.violated().iter().any(|violated| violated == path), "{path}");
    }
    let no_scope = world.post(&with(login(), "scopes", json!([]))).await;
    assert_eq!(no_scope.violated(), ["scopes"]);
}

#[tokio::test]
async fn an_id_in_the_body_is_refused_by_post_and_put() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let body = with(token_set("b"), "id", id.as_str());
    assert_eq!(world.post(&body).await.violated(), ["id"]);
    assert_eq!(world.put(&id, &body).await.violated(), ["id"]);
    assert_eq!(world.stored(&id).metadata.name, "a");
}

#[tokio::test]
async fn an_unknown_or_old_type_is_400_and_the_value_is_not_quoted() {
    let world = World::new().await;
    for kind in [
        json!("AWS_KEY_BASED"),
        json!("AWS_ROLE_BASED"),
        json!("UNKNOWN"),
        json!("token"),
        json!(""),
        json!(5),
    ] {
        let reply = world.post(&with(minimal("token"), "type", kind)).await;
        assert_eq!(reply.status, 400);
        assert!(reply.message().contains("type"));
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_base64_is_refused_with_the_observed_text() {
    let world = World::new().await;
    for name in ["certificate", "public-certificate"] {
        let reply = world.post(&with(minimal(name), "certificate", "-----BEGIN CERTIFICATE-----")).await;
        let expected =
            "Could not add credential: Failed to decode certificate payload Illegal base64 character 2d";
        assert_eq!((reply.status, reply.message().as_str()), (400, expected));
        assert!(reply.json()["error"].get("constraintViolations").is_none());
        let broken_lines = with(minimal(name), "certificate", "QUJD\nQUJD");
        assert!(world.post(&broken_lines).await.message().ends_with("Illegal base64 character a"));
    }
}

#[tokio::test]
async fn a_password_goes_with_pkcs12_in_base64_and_never_with_pem() {
    let world = World::new().await;
    let maximal = fixture("certificate")[1].take();
    for (body, status) in [
        (with(minimal("certificate"), "password", "bm90LWEtcmVhbC1vbmU="), 400),
        (with(minimal("certificate"), "password", " "), 400),
        (with(maximal.clone(), "password", "not base64!"), 400),
        (with(maximal.clone(), "password", ""), 201),
        (maximal, 201),
    ] {
        let reply = world.post(&body).await;
        assert_eq!(reply.status, status, "{reply:?}");
        assert!(!reply.body.contains("bm90LWEt") && !reply.body.contains("not base64"));
    }
}

#[tokio::test]
async fn contextless_requests_need_app_engine_and_an_owner_or_named_users() {
    let world = World::new().await;
    let body = |scopes: Value, owner_only: bool, entities: Value| {
        json!({ "type": "TOKEN", "name": "a", "scopes": scopes, "ownerAccessOnly": owner_only, "token": "x",
                "allowContextlessRequests": true, "allowedEntities": entities })
    };
    let app = json!({ "type": "APPLICATION", "id": "my.app" });
    let user = json!({ "type": "USER", "id": "ops@example.test" });
    let reply = world.post(&body(json!(["SYNTHETIC"]), true, json!([]))).await;
    assert_eq!(reply.violated(), ["allowContextlessRequests"]);
    for entities in [json!([]), json!([app.clone()])] {
        let reply = world.post(&body(json!(["APP_ENGINE"]), false, entities)).await;
        assert_eq!(reply.status, 400);
        assert!(reply.message().contains("ontextless"));
    }
    assert_eq!(world.post(&body(json!(["APP_ENGINE"]), true, json!([]))).await.status, 201);
    assert_eq!(world.post(&body(json!(["APP_ENGINE"]), false, json!([user, app]))).await.status, 201);
}

#[tokio::test]
async fn app_engine_does_not_exist_in_managed() {
    let managed = World::start(SandboxOptions::default().mode(Mode::Managed)).await;
    let saas = World::new().await;
    for body in [
        with(token_set("a"), "scopes", json!(["SYNTHETIC", "APP_ENGINE"])),
        with(without(token_set("a"), "scopes"), "scope", "APP_ENGINE"),
    ] {
        assert_eq!(managed.post(&body).await.status, 400);
        assert_eq!(saas.post(&body).await.status, 201);
    }
    assert_eq!(managed.post(&token_set("a")).await.status, 201);
}

#[tokio::test]
async fn snmp_passwords_and_protocols_are_needed_as_the_security_level_says() {
    let world = World::new().await;
    let maximal = || fixture("snmpv3")[1].take();
    for (level, needed) in [
        (
            "AUTH_PRIV",
            &["authenticationProtocol", "authenticationPassword", "privacyProtocol", "privacyPassword"][..],
        ),
        ("AUTH_NO_PRIV", &["authenticationProtocol", "authenticationPassword"]),
        ("NO_AUTH_NO_PRIV", &[]),
    ] {
        let body = with(maximal(), "securityLevel", level);
        assert_eq!(world.post(&body).await.status, 201, "{level}");
        for member in
            ["authenticationProtocol", "authenticationPassword", "privacyProtocol", "privacyPassword"]
        {
            let reply = world.post(&without(body.clone(), member)).await;
            if needed.contains(&member) {
                assert_eq!(reply.violated(), [member], "{level}");
                assert_eq!(world.post(&with(body.clone(), member, "")).await.violated(), [member], "{level}");
            } else {
                assert_eq!(reply.status, 201, "{level} {member}");
            }
        }
    }
    for (member, value) in
        [("securityLevel", "AUTH"), ("authenticationProtocol", "SHA1"), ("privacyProtocol", "AES128")]
    {
        assert_eq!(world.post(&with(maximal(), member, value)).await.violated(), [member]);
    }
    // The name of the user is `username` here, not `user`.
    let body = with(without(minimal("snmpv3"), "username"), "user", "monitor");
    assert_eq!(world.post(&body).await.violated(), ["username"]);
}

#[tokio::test]
async fn scope_alone_scopes_alone_and_both_are_accepted_and_read_as_their_union() {
    let world = World::new().await;
    let old = with(without(token_set("a"), "scopes"), "scope", "SYNTHETIC");
    let both = with(
        with(token_set("a"), "scope", "EXTENSION"),
        "scopes",
        json!(["SYNTHETIC", "EXTENSION", "SYNTHETIC"]),
    );
    for (body, expected) in [(old, json!(["SYNTHETIC"])), (both, json!(["SYNTHETIC", "EXTENSION"]))] {
        let id = world.post(&body).await.id();
        assert_eq!(world.get(&id).await.json()["scopes"], expected);
    }
}

#[tokio::test]
async fn a_user_name_may_contain_a_colon_or_a_domain_and_a_password_may_be_empty() {
    let world = World::new().await;
    for user in ["a:b", "SHOP\\robot"] {
        let body = with(with(minimal("username-password"), "user", user), "password", "");
        assert_eq!(world.post(&body).await.status, 201);
    }
}

#[tokio::test]
async fn the_refusal_of_a_value_does_not_repeat_it() {
    let world = World::new().await;
    for (name, member) in [
        ("token", "type"),
        ("certificate", "certificate"),
        ("certificate", "password"),
        ("certificate", "certificateFormat"),
        ("snmpv3", "securityLevel"),
        ("aws-role", "accountID"),
        ("token", "scope"),
    ] {
        let reply = world.post(&with(minimal(name), member, "canary in a wrong place")).await;
        assert_eq!(reply.status, 400, "{member}");
        assert!(!reply.body.contains("canary"), "{member}");
    }
}
