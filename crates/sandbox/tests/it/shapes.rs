//! How answers can look (checklist 13, second half; contract 2.1, 2.3, 4.4, section 6).

use sealpost_sandbox::SandboxOptions;
use serde_json::json;

use crate::world::{CREDENTIALS, World, fixture, minimal, token_set, with};

#[tokio::test]
async fn usage_comes_in_shape_a_and_with_the_switch_in_shape_b() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    world.sandbox.faults().add_spec("usage-shape=b:times=2").unwrap();
    let usage = async || world.get(&id).await.json()["credentialUsageSummary"].take();
    assert_eq!(usage().await, json!([]), "unused is an empty list in both shapes");
    world.sandbox.use_by_monitors(&id, 3, 2).unwrap();
    assert_eq!(usage().await, json!([{ "HTTP_MONITOR": 3, "BROWSER_MONITOR": 2 }]));
    let a = json!([{ "type": "HTTP_MONITOR", "count": 3 }, { "type": "BROWSER_MONITOR", "count": 2 }]);
    assert_eq!(usage().await, a, "the switch was for two requests");
}

#[tokio::test]
async fn one_scope_comes_in_both_members_several_in_scopes_and_with_the_switch_one_in_scope_alone() {
    let world = World::new().await;
    let one = world.post(&token_set("a")).await.id();
    let several = world.post(&with(token_set("b"), "scopes", json!(["SYNTHETIC", "EXTENSION"]))).await.id();
    let set = world.get(&one).await.json();
    assert_eq!((&set["scope"], &set["scopes"]), (&json!("SYNTHETIC"), &json!(["SYNTHETIC"])));
    assert!(world.get(&several).await.json().get("scope").is_none());
    world.sandbox.faults().add_spec("scope-only").unwrap();
    let set = world.get(&one).await.json();
    assert_eq!((&set["scope"], set.get("scopes")), (&json!("SYNTHETIC"), None));
    assert_eq!(world.get(&several).await.json()["scopes"], json!(["SYNTHETIC", "EXTENSION"]));
    assert!(
        world.list("").await.json()["credentials"]
            .as_array()
            .unwrap()
            .iter()
            .any(|set| set.get("scopes").is_none())
    );
}

#[tokio::test]
async fn booleans_come_as_strings_when_switched_on() {
    let world = World::new().await;
    let id = world.post(&fixture("token")[1]).await.id();
    world.sandbox.faults().add_spec("string-booleans").unwrap();
    let set = world.get(&id).await.json();
    assert_eq!((&set["ownerAccessOnly"], &set["allowContextlessRequests"]), (&json!("true"), &json!("true")));
    assert_eq!(world.list("").await.json()["credentials"][0]["ownerAccessOnly"], "true");
}

#[tokio::test]
async fn unknown_constants_come_in_every_enum_when_switched_on() {
    let world = World::new().await;
    world.plant_companions().await;
    let id = world.post(&minimal("external-hashicorp-vault-approle")).await.id();
    world.sandbox.faults().add_spec("unknown-enums").unwrap();
    let set = world.get(&id).await.json();
    assert_eq!(set["type"], "FUTURE_CREDENTIAL_TYPE");
    assert_eq!(set["scopes"], json!(["SYNTHETIC", "FUTURE_SCOPE"]));
    assert_eq!(set["allowedEntities"][0]["type"], "FUTURE_ENTITY");
    assert_eq!(set["credentialUsageSummary"][2]["type"], "FUTURE_MONITOR");
    assert_eq!(set["externalVault"]["sourceAuthMethod"], "FUTURE_AUTH_METHOD");
    assert_eq!(set["name"], "synced token");
    world.sandbox.faults().clear();
    assert_eq!(world.get(&id).await.json()["type"], "TOKEN", "nothing was stored that way");
}

#[tokio::test]
async fn members_no_client_knows_come_when_switched_on() {
    let world = World::new().await;
    world.plant_companions().await;
    world.post(&minimal("external-hashicorp-vault-approle")).await.id();
    world.sandbox.faults().add_spec("extra-fields").unwrap();
    let list = world.list("scope=SYNTHETIC").await.json();
    assert!(list.get("futureField").is_some());
    let sets = list["credentials"].as_array().unwrap();
    assert!(sets.iter().all(|set| set["futureField"]["nested"].is_array()));
    let synced = sets.iter().find(|set| set.get("externalVault").is_some()).unwrap();
    assert!(synced["externalVault"].get("futureField").is_some());
}

#[tokio::test]
async fn switches_given_at_the_start_are_on_from_the_start_and_combine() {
    let specs = ["scope-only", "string-booleans", "usage-shape=b"];
    let options =
        specs.iter().fold(SandboxOptions::default(), |options, spec| options.fault(spec.parse().unwrap()));
    let world = World::start(options).await;
    let id = world.post(&token_set("a")).await.id();
    world.sandbox.use_by_monitors(&id, 1, 0).unwrap();
    let set = world.get(&id).await.json();
    assert_eq!(set["ownerAccessOnly"], "false");
    assert_eq!(set["credentialUsageSummary"][0]["HTTP_MONITOR"], 1);
    assert!(set.get("scopes").is_none());
    assert_eq!(world.send(reqwest::Method::GET, CREDENTIALS, None, None).await.status, 200);
}
