//! The control paths: faults, state and usage from another process.

use reqwest::Method;
use sealpost_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::world::{World, token_set};

const FAULTS: &str = "/sandbox/faults";

#[tokio::test]
async fn faults_can_be_set_and_read_while_the_sandbox_runs() {
    let world = World::start(SandboxOptions::default().fault("scope-only".parse().unwrap())).await;
    let list = async || world.send(Method::GET, FAULTS, None, None).await.json()["faults"].take();
    assert_eq!(list().await, json!(["scope-only:times=always"]));
    for body in [json!(["429:times=2", "latency=1ms"]), json!({ "faults": ["429:times=2", "latency=1ms"] })] {
        let reply = world.send(Method::PUT, FAULTS, Some(&body), None).await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""));
        assert_eq!(list().await, json!(["429:times=2", "latency=1ms:times=always"]));
    }
    assert_eq!(world.list("").await.status, 429);
    assert_eq!(list().await[0], "429:times=1", "what is left is shown");
    world.send(Method::PUT, FAULTS, Some(&json!([])), None).await;
    assert_eq!(world.list("").await.status, 200);
}

#[tokio::test]
async fn one_bad_spec_refuses_all_and_names_the_valid_ones() {
    let world = World::new().await;
    world.sandbox.faults().add_spec("503:on=DELETE").unwrap();
    for bad in [
        json!(["scope-only", "no-such-fault"]),
        json!([5]),
        json!("429"),
        json!({ "faults": 1 }),
        Value::Null,
    ] {
        let reply = world.send(Method::PUT, FAULTS, Some(&bad), None).await;
        assert_eq!(reply.status, 400, "{bad}");
    }
    let reply = world.send(Method::PUT, FAULTS, Some(&json!(["no-such-fault"])), None).await;
    assert!(reply.message().contains("close-after-store"));
    assert_eq!(world.sandbox.faults().list().len(), 1);
}

#[tokio::test]
async fn the_state_shows_sets_counters_and_mode() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let state = world.send(Method::GET, "/sandbox/state", None, None).await.json();
    assert_eq!((&state["mode"], &state["requests"]), (&json!("saas"), &json!(2)));
    assert_eq!(state["writes"], json!({ "posts": 1, "puts": 0, "deletes": 0 }));
    assert_eq!((&state["sets"][0]["id"], &state["sets"][0]["name"]), (&json!(id), &json!("a")));
}

#[tokio::test]
async fn usage_can_be_set_from_outside() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let set = async |id: &str, body: Value| {
        world.send(Method::PUT, &format!("/sandbox/usage/{id}"), Some(&body), None).await.status
    };
    assert_eq!(set(&id, json!({ "http": 1 })).await, 204);
    assert_eq!(world.delete(&id).await.status, 400);
    assert_eq!(set("CREDENTIALS_VAULT-0", json!({ "http": 1 })).await, 404);
    for bad in [json!({ "http": -1 }), json!({ "browser": "x" }), json!({ "http": 1e9 })] {
        assert_eq!(set(&id, bad).await, 400);
    }
    assert_eq!(world.stored(&id).http_monitors, 1);
}

#[tokio::test]
async fn control_needs_a_token_of_the_sandbox() {
    let world = World::new().await;
    for (method, path) in [
        (Method::GET, FAULTS),
        (Method::PUT, FAULTS),
        (Method::GET, "/sandbox/state"),
        (Method::PUT, "/sandbox/usage/x"),
    ] {
        let url = format!("{}{path}", world.sandbox.base_url());
        for token in [None, Some("Api-Token dt0c01.A.B")] {
            let mut request = world.http.request(method.clone(), &url).body("[]");
            if let Some(token) = token {
                request = request.header("Authorization", token);
            }
            assert_eq!(request.send().await.unwrap().status(), 401, "{path}");
        }
    }
}

#[tokio::test]
async fn faults_do_not_meet_the_control_paths() {
    let world = World::new().await;
    world.sandbox.faults().add_spec("503:times=always").unwrap();
    assert_eq!(world.send(Method::GET, FAULTS, None, None).await.status, 200);
    assert_eq!(world.send(Method::GET, "/sandbox/state", None, None).await.status, 200);
}
