//! PUT and DELETE (checklist 9, 10; contract 5.2, 5.6, 5.7).

use reqwest::Method;
use serde_json::json;

use crate::world::{CREDENTIALS, World, fixture, minimal, token_set, with, without};

const UNKNOWN: &str = "CREDENTIALS_VAULT-0000000000000000";

#[tokio::test]
async fn put_replaces_everything_and_answers_204_without_body() {
    let world = World::new().await;
    let id = world.post(&fixture("username-password")[1]).await.id();
    let reply = world.put(&id, &minimal("username-password")).await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    let set = world.get(&id).await.json();
    let expected = json!({
        "id": id, "name": "shop login", "description": "", "type": "USERNAME_PASSWORD", "scope": "SYNTHETIC",
        "scopes": ["SYNTHETIC"], "owner": "sandbox.user@example.test", "ownerAccessOnly": false, "allowedEntities": [],
        "allowContextlessRequests": false, "credentialUsageSummary": [],
    });
    assert_eq!(set, expected);
    assert_eq!(world.stored(&id).revision, 2);
    assert_eq!((world.sandbox.writes().posts, world.sandbox.writes().puts), (1, 1));
}

#[tokio::test]
async fn put_without_secrets_is_refused_and_changes_nothing() {
    let world = World::new().await;
    for (name, secret) in [
        ("username-password", "password"),
        ("username-password", "user"),
        ("token", "token"),
        ("certificate", "certificate"),
        ("snmpv3", "username"),
        ("aws-key", "secretKey"),
    ] {
        let id = world.post(&minimal(name)).await.id();
        let body = with(without(minimal(name), secret), "description", "new");
        assert_eq!(world.put(&id, &body).await.violated(), [secret]);
        assert_eq!(world.stored(&id).metadata.description, "");
    }
    assert_eq!(world.sandbox.writes().puts, 0);
}

#[tokio::test]
async fn put_says_update_where_post_says_add() {
    let world = World::new().await;
    let id = world.post(&minimal("certificate")).await.id();
    let reply = world.put(&id, &with(minimal("certificate"), "certificate", "-")).await;
    assert!(reply.message().starts_with("Could not update credential: Failed to decode certificate payload"));
}

#[tokio::test]
async fn the_type_of_a_set_stays() {
    let world = World::new().await;
    let id = world.post(&minimal("token")).await.id();
    let reply = world.put(&id, &minimal("username-password")).await;
    assert_eq!(reply.status, 400);
    assert!(reply.message().contains("type"));
}

#[tokio::test]
async fn an_unknown_id_is_404_for_get_put_and_delete() {
    let world = World::new().await;
    for id in [UNKNOWN, "CREDENTIALS_VAULT-42069", "x", "credentials_vault-0"] {
        for reply in [world.get(id).await, world.put(id, &token_set("a")).await, world.delete(id).await] {
            assert_eq!(reply.status, 404, "{id}");
            reply.message();
        }
    }
    assert_eq!(world.sandbox.snapshot(), []);
}

#[tokio::test]
async fn put_to_an_unknown_id_creates_it_when_switched_on() {
    let world = World::new().await;
    world.sandbox.faults().add_spec("put-unknown-creates").unwrap();
    assert_eq!(world.put(UNKNOWN, &json!({})).await.status, 400, "it still has to be valid");
    let reply = world.put(UNKNOWN, &token_set("a")).await;
    assert_eq!((reply.id().as_str(), world.sandbox.writes().puts), (UNKNOWN, 1));
    assert_eq!(world.put(UNKNOWN, &token_set("b")).await.status, 204, "now it is known");
    assert_eq!(world.get(UNKNOWN).await.json()["name"], "b");
}

#[tokio::test]
async fn delete_answers_204_once_and_404_afterwards() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let reply = world.delete(&id).await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert_eq!((world.delete(&id).await.status, world.get(&id).await.status), (404, 404));
    assert_eq!(world.sandbox.writes().deletes, 1);
}

#[tokio::test]
async fn a_set_that_monitors_use_is_not_deleted_and_the_observed_text_says_so() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    for (http, browser) in [(1, 0), (0, 1)] {
        assert!(world.sandbox.use_by_monitors(&id, http, browser).unwrap());
        let reply = world.delete(&id).await;
        let expected = format!(
            "It is not possible to delete credential with ID: {id} as long as there are monitors assigned to it."
        );
        assert_eq!((reply.status, reply.message()), (400, expected));
    }
    assert!(world.sandbox.use_by_monitors(&id, 0, 0).unwrap());
    assert_eq!(world.delete(&id).await.status, 204);
    assert!(!world.sandbox.use_by_monitors(&id, 1, 1).unwrap(), "a set that is gone is used by nothing");
}

#[tokio::test]
async fn usage_survives_an_overwrite_and_is_listed_as_monitors() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    world.post(&token_set("b")).await.id();
    world.sandbox.use_by_monitors(&id, 2, 1).unwrap();
    world.put(&id, &token_set("c")).await;
    assert_eq!(
        world.get(&id).await.json()["credentialUsageSummary"],
        json!([{ "type": "HTTP_MONITOR", "count": 2 }, { "type": "BROWSER_MONITOR", "count": 1 }])
    );
    let monitors = async |query: &str| {
        let path = format!("/api/v1/synthetic/monitors{query}");
        world.send(Method::GET, &path, None, None).await.json()["monitors"].as_array().unwrap().clone()
    };
    let used = monitors(&format!("?credentialId={id}")).await;
    let mut kinds: Vec<_> = used.iter().map(|monitor| monitor["type"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["BROWSER", "HTTP", "HTTP"]);
    assert!(used.iter().all(|monitor| monitor["entityId"].is_string() && monitor["name"].is_string()));
    assert_eq!(monitors("").await.len(), 3);
    assert_eq!(monitors("?credentialId=CREDENTIALS_VAULT-0").await.len(), 0);
}

#[tokio::test]
async fn an_id_may_come_percent_encoded() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let path = format!("{CREDENTIALS}/{}", id.replace('-', "%2D"));
    assert_eq!(world.send(Method::GET, &path, None, None).await.status, 200);
}
