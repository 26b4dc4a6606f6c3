//! The file: metadata over restarts, no secret in it, never half written, never overwritten when it is not ours.

use std::fs;
use std::path::Path;

use reqwest::Method;
use sealpost_sandbox::{Mode, Sandbox, SandboxError, SandboxOptions, Token, User};
use serde_json::Value;

use crate::world::{CREDENTIALS, World, fixture, minimal, token_set, with};

const TOKEN: &str = "dt0c01.GIVENGIVENGIVENGIVENGIVE.GIVENSECRETPART";

fn options(path: &Path) -> SandboxOptions {
    SandboxOptions::default().file(path).user(User::default_user().token(Token::given(TOKEN)))
}

#[tokio::test]
async fn sets_survive_a_restart_as_they_were_and_the_given_token_stays_valid() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sandbox.json");
    let world = World::start(options(&path)).await;
    world.plant_companions().await;
    let synced = world.post(&fixture("external-hashicorp-vault-approle")[1]).await.id();
    for name in ["username-password", "aws-role", "aws-key"] {
        world.post(&fixture(name)[1]).await.id();
    }
    world.sandbox.use_by_monitors(&synced, 1, 2).unwrap();
    let gone = world.post(&token_set("gone")).await.id();
    world.delete(&gone).await;
    let (before, answers) = (world.sandbox.snapshot(), world.list("").await.json());
    world.sandbox.stop().await;

    let world = World::start(options(&path)).await;
    assert_eq!(world.sandbox.snapshot(), before);
    assert_eq!(world.list("").await.json(), answers);
    assert_eq!(
        world.delete("CREDENTIALS_VAULT-0123456789ABCDEF").await.status,
        400,
        "companions stay protected"
    );
    assert_eq!(
        world.put(&synced, &fixture("external-hashicorp-vault-approle")[0]).await.status,
        400,
        "so does the type"
    );
}

#[tokio::test]
async fn no_secret_and_no_token_is_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sandbox.json");
    let world = World::start(options(&path).user(User::second_user())).await;
    world.plant_companions().await;
    for name in ["username-password", "token", "certificate", "snmpv3", "aws-key"] {
        let mut body = fixture(name)[1].take();
        for key in [
            "user",
            "username",
            "token",
            "secretKey",
            "accessKeyID",
            "authenticationPassword",
            "privacyPassword",
        ] {
            if body.get(key).is_some() {
                body = with(body, key, "canary-value");
            }
        }
        if body["type"] == "USERNAME_PASSWORD" {
            body = with(body, "password", "canary-password");
        }
        if body["type"] == "CERTIFICATE" {
            body = with(with(body, "password", "Y2FuYXJ5"), "certificate", "Y2FuYXJ5LWNlcnQ=");
        }
        world.post(&body).await.id();
    }
    let text = fs::read_to_string(&path).unwrap();
    let generated = world.sandbox.token_of("second.user@example.test").unwrap();
    let secret_parts = [TOKEN, generated].map(|token| token.rsplit_once('.').unwrap().1);
    for secret in ["canary", "Y2FuYXJ5", "bm90LWEt"].iter().chain(&secret_parts) {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("core switches"), "the metadata is there");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_the_owner_only_and_nothing_is_left_beside_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sandbox.json");
    fs::write(directory.path().join("sandbox.json.new"), "left over from a crash").unwrap();
    let world = World::start(options(&path)).await;
    world.post(&token_set("a")).await.id();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["sandbox.json"]);
}

#[tokio::test]
async fn a_generated_token_that_was_handed_out_works_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sandbox.json");
    let start = || World::start(SandboxOptions::default().file(&path));
    let first = start().await;
    let old = first.sandbox.token().to_owned();
    first.sandbox.stop().await;
    let second = start().await;
    assert_ne!(second.sandbox.token(), old);
    for token in [old.as_str(), second.sandbox.token()] {
        let url = format!("{}{CREDENTIALS}", second.sandbox.base_url());
        let request = second.http.get(url).header("Authorization", format!("Api-Token {token}"));
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

/// One of them would be gone after the next write.
const TWO_WITH_ONE_ID: &str = r#"{"format":"sealpost-sandbox","version":1,"tokens":[],"sets":[
    {"id":"CREDENTIALS_VAULT-1","owner":"o","name":"n","type":"TOKEN","description":"","ownerAccessOnly":false,
     "allowContextlessRequests":false,"scopes":[],"allowedEntities":[],"httpMonitors":0,"browserMonitors":0,"revision":1},
    {"id":"CREDENTIALS_VAULT-1","owner":"o","name":"n","type":"TOKEN","description":"","ownerAccessOnly":false,
     "allowContextlessRequests":false,"scopes":[],"allowedEntities":[],"httpMonitors":0,"browserMonitors":0,"revision":1}
]}"#;

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sandbox.json");
    for text in [
        "",
        "{}",
        "[]",
        "some notes",
        r#"{"format":"sealpost-sandbox","version":2,"tokens":[],"sets":[]}"#,
        r#"{"format":"something else","version":1,"tokens":[],"sets":[]}"#,
        r#"{"format":"sealpost-sandbox","version":1,"tokens":[],"sets":[],"more":1}"#,
        TWO_WITH_ONE_ID,
    ] {
        fs::write(&path, text).unwrap();
        let refused = Sandbox::start(options(&path)).await;
        assert!(matches!(refused, Err(SandboxError::UnreadableFile { .. })), "{text}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_found_out_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let refused = Sandbox::start(options(&directory.path().join("no such directory/sandbox.json"))).await;
    assert!(matches!(refused, Err(SandboxError::File { .. })));
}

#[tokio::test]
async fn a_write_the_file_did_not_take_did_not_happen() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inner").join("sandbox.json");
    fs::create_dir(directory.path().join("inner")).unwrap();
    let world = World::start(options(&path).mode(Mode::Managed)).await;
    let id = world.post(&minimal("token")).await.id();
    fs::remove_dir_all(directory.path().join("inner")).unwrap();
    let before = world.sandbox.snapshot();
    assert_eq!(world.post(&token_set("b")).await.status, 500);
    assert_eq!(world.sandbox.snapshot(), before);
    assert_eq!(world.put(&id, &token_set("c")).await.status, 500);
    assert_eq!(world.sandbox.snapshot(), before);
    assert_eq!(world.delete(&id).await.status, 500);
    assert_eq!(world.sandbox.snapshot(), before);
    assert!(world.sandbox.use_by_monitors(&id, 1, 1).is_err());
    assert_eq!(world.sandbox.snapshot(), before);
    assert_eq!(world.sandbox.writes().posts, 1);
    let state: Value = world.send(Method::GET, "/sandbox/state", None, None).await.json();
    assert_eq!(state["sets"].as_array().unwrap().len(), 1);
}
