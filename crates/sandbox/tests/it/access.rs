//! Authentication, scopes, token lookup (checklist 2, 3).

use std::time::{Duration, UNIX_EPOCH};

use reqwest::Method;
use sealpost_sandbox::{Permission, SandboxOptions, Token, User};
use serde_json::json;

use crate::world::{CREDENTIALS, Reply, TestClock, World, token_set};

/// A GET of the list with these headers.
async fn list_with(world: &World, headers: &[(&str, &str)]) -> Reply {
    let mut request = world.http.get(format!("{}{CREDENTIALS}", world.sandbox.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

#[tokio::test]
async fn without_an_authorization_header_401_says_that_the_parameter_is_missing() {
    let world = World::new().await;
    let reply = list_with(&world, &[]).await;
    assert_eq!((reply.status, reply.message().as_str()), (401, "Missing authorization parameter."));
}

#[tokio::test]
async fn a_token_in_the_query_does_not_authenticate() {
    let world = World::new().await;
    let url = format!("{}{CREDENTIALS}?api-token={}", world.sandbox.base_url(), world.sandbox.token());
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_unknown_token_another_scheme_and_rubbish_are_401() {
    let world = World::new().await;
    let token = world.sandbox.token().to_owned();
    for sent in [
        format!("Bearer {token}"),
        format!("Basic {token}"),
        token.clone(),
        format!("Api-Token {}", &token[..token.len() - 1]),
        format!("Api-Token {token}A"),
        "Api-Token dt0c01.AAAAAAAAAAAAAAAAAAAAAAAA.B".to_owned(),
        "Api-Token dt0s16.AAAAAAAA.BBBBBBBB".to_owned(),
        "Api-Token".to_owned(),
        "Api-Token ".to_owned(),
        String::new(),
    ] {
        let reply = list_with(&world, &[("Authorization", &sent)]).await;
        assert_eq!(reply.status, 401, "{sent}");
        assert!(!reply.body.contains(&token));
        reply.message();
    }
}

#[tokio::test]
async fn an_expired_and_a_disabled_token_are_401() {
    let clock = TestClock::new();
    let expires = clock.clock().now() + Duration::from_secs(60);
    let user = |name: &str, token| User::new(name, Permission::ChangeMonitoring).token(token);
    let options = SandboxOptions::default()
        .clock(clock.clock())
        .user(user("expiring", Token::generated().expires(expires)))
        .user(user("disabled", Token::generated().disabled()));
    let world = World::start(options).await;
    let status = async |user| world.send(Method::GET, CREDENTIALS, None, Some(user)).await.status;
    assert_eq!(status("expiring").await, 200);
    clock.pass(Duration::from_secs(60));
    assert_eq!(status("expiring").await, 401);
    assert_eq!(status("disabled").await, 401);
}

#[tokio::test]
async fn read_and_write_scopes_are_separate_and_a_missing_one_is_403_with_the_observed_text() {
    let user = |name: &str, scopes: &[&str]| {
        User::new(name, Permission::ChangeMonitoring).token(Token::generated().scopes(scopes))
    };
    let options = SandboxOptions::default()
        .user(user("reader", &["credentialVault.read"]))
        .user(user("writer", &["credentialVault.write"]))
        .user(user("old reader", &["ReadConfig"]))
        .user(user("old writer", &["WriteConfig"]))
        .user(user("other", &["apiTokens.read", "metrics.read"]))
        .user(User::new("person", Permission::ChangeMonitoring).token(Token::generated().personal()));
    let world = World::start(options).await;
    let id = world.send(Method::POST, CREDENTIALS, Some(&token_set("a")), Some("writer")).await.id();
    let one = format!("{CREDENTIALS}/{id}");
    let body = token_set("b");
    for (user, reads, writes) in [
        ("reader", true, false),
        ("old reader", true, false),
        ("other", false, false),
        ("person", false, false),
        ("old writer", false, true),
        ("writer", false, true),
    ] {
        for (method, path, body, allowed) in [
            (Method::GET, CREDENTIALS, None, reads),
            (Method::GET, one.as_str(), None, reads),
            (Method::POST, CREDENTIALS, Some(&body), writes),
            (Method::PUT, one.as_str(), Some(&body), writes),
            (Method::DELETE, "/api/v2/credentials/CREDENTIALS_VAULT-0000000000000000", None, writes),
        ] {
            let reply = world.send(method.clone(), path, body, Some(user)).await;
            if allowed {
                assert_ne!(reply.status, 403, "{user} {method}");
            } else {
                assert_eq!(reply.status, 403, "{user} {method}");
                let scope =
                    if method == Method::GET { "credentialVault.read" } else { "credentialVault.write" };
                let message = reply.message();
                assert!(message.starts_with("Token is missing required scope. Use one of: "), "{message}");
                assert!(message.contains(scope), "{message}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_can_look_itself_up_and_nothing_secret_comes_back() {
    let clock = TestClock::new();
    let token = Token::generated().name("ci").expires(UNIX_EPOCH + Duration::from_millis(1_900_000_000_123));
    let user = User::new("ops@example.test", Permission::View).token(token);
    let world = World::start(SandboxOptions::default().clock(clock.clock()).user(user)).await;
    let secret = world.sandbox.token().to_owned();
    let reply =
        world.send(Method::POST, "/api/v2/apiTokens/lookup", Some(&json!({ "token": secret })), None).await;
    assert_eq!(reply.status, 200);
    let public = secret.rsplit_once('.').unwrap().0;
    let expected = json!({
        "id": public, "name": "ci", "enabled": true, "personalAccessToken": false, "owner": "ops@example.test",
        "scopes": ["credentialVault.read", "credentialVault.write", "apiTokens.read"],
        "expirationDate": "2030-03-17T17:46:40.123Z", "creationDate": "2026-11-18T11:06:40.000Z",
        "lastUsedDate": "2026-11-18T11:06:40.000Z", "lastUsedIpAddress": "127.0.0.1",
    });
    assert_eq!(reply.json(), expected);
    assert!(!reply.body.contains(secret.rsplit_once('.').unwrap().1));
}

#[tokio::test]
async fn a_lookup_tells_disabled_and_personal_tokens_and_works_with_any_scope() {
    let options = SandboxOptions::default()
        .user(User::new("asker", Permission::View).token(Token::generated().scopes(&["metrics.read"])))
        .user(User::new("disabled", Permission::View).token(Token::generated().disabled()))
        .user(User::new("person", Permission::View).token(Token::generated().personal()));
    let world = World::start(options).await;
    let look_up = async |user: &str| {
        let body = json!({ "token": world.sandbox.token_of(user).unwrap() });
        world.send(Method::POST, "/api/v2/apiTokens/lookup", Some(&body), None).await.json()
    };
    assert_eq!(look_up("disabled").await["enabled"], false);
    assert_eq!(look_up("person").await["personalAccessToken"], true);
    let asker = look_up("asker").await;
    assert_eq!(asker["scopes"], json!(["metrics.read"]));
    assert!(asker.get("expirationDate").is_none(), "a token that never expires has no date");
}

#[tokio::test]
async fn a_lookup_of_an_unknown_token_is_404_without_body_and_of_none_a_violation() {
    let world = World::new().await;
    let look_up = async |body| world.send(Method::POST, "/api/v2/apiTokens/lookup", Some(&body), None).await;
    let reply = look_up(json!({ "token": "dt0c01.AAAA.BBBB" })).await;
    assert_eq!((reply.status, reply.body.as_str()), (404, ""));
    for bad in [json!({}), json!({ "token": null }), json!({ "token": 5 }), json!([])] {
        assert_eq!(look_up(bad).await.violated(), ["token"]);
    }
}

#[tokio::test]
async fn a_token_without_the_three_part_form_works_and_its_id_does_not_give_it_away() {
    let old = "a1b2c3d4e5f6-old-style";
    let user = User::default_user().token(Token::given(old));
    let world = World::start(SandboxOptions::default().user(user)).await;
    assert_eq!(world.list("").await.status, 200);
    let reply =
        world.send(Method::POST, "/api/v2/apiTokens/lookup", Some(&json!({ "token": old })), None).await;
    assert!(!reply.body.contains(old));
}
