//! The list: filters and pages (checklist 8, contract 1.5).

use std::collections::BTreeSet;

use sealpost_sandbox::{Permission, SandboxOptions, User};
use serde_json::json;

use crate::world::{CREDENTIALS, World, fixture, minimal, names, token_set, with};

#[tokio::test]
async fn the_list_document_of_the_contract_is_reproduced() {
    let options = SandboxOptions::default().user(User::new("ops@example.test", Permission::ChangeMonitoring));
    let world = World::start(options).await;
    let body = with(minimal("token"), "ownerAccessOnly", true);
    world.plant("CREDENTIALS_VAULT-0123456789ABCDEF", &body).await;
    let mut got = world.list("").await.json();
    // The document leaves out two members that other examples show.
    let element = got["credentials"][0].as_object_mut().unwrap();
    assert_eq!(element.remove("scope"), Some("SYNTHETIC".into()));
    assert_eq!(element.remove("allowContextlessRequests"), Some(false.into()));
    assert_eq!(got, fixture("response-list"));
}

#[tokio::test]
async fn an_element_of_the_list_is_the_answer_of_get() {
    let world = World::new().await;
    for name in ["username-password", "certificate", "snmpv3", "aws-key", "aws-role"] {
        world.post(&fixture(name)[1]).await.id();
    }
    for element in world.list("").await.json()["credentials"].as_array().unwrap() {
        assert_eq!(&world.get(element["id"].as_str().unwrap()).await.json(), element);
    }
}

#[tokio::test]
async fn following_the_keys_gives_every_set_once_and_the_last_page_has_no_key() {
    let world = World::new().await;
    let mut expected = BTreeSet::new();
    for index in 0..23 {
        expected.insert(world.post(&token_set(&format!("set {index}"))).await.id());
    }
    world.post(&token_set("another")).await.id();
    let mut seen = BTreeSet::new();
    let mut query = "name=set&pageSize=5".to_owned();
    let mut pages = 0;
    loop {
        let page = world.list(&query).await;
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        assert_eq!((page["totalCount"].as_u64(), page["pageSize"].as_u64()), (Some(23), Some(5)));
        for set in page["credentials"].as_array().unwrap() {
            assert!(seen.insert(set["id"].as_str().unwrap().to_owned()), "no set comes twice");
        }
        pages += 1;
        let Some(key) = page.get("nextPageKey") else { break };
        query = encoded("nextPageKey", key.as_str().unwrap());
    }
    assert_eq!((seen, pages), (expected, 5));
}

/// One query parameter, percent-encoded.
fn encoded(name: &str, value: &str) -> String {
    let bytes = value.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    format!("{name}={bytes}")
}

#[tokio::test]
async fn a_full_last_page_has_no_key() {
    let world = World::new().await;
    for _ in 0..4 {
        world.post(&token_set("a")).await.id();
    }
    for (size, more) in [(3, true), (4, false), (5, false)] {
        assert_eq!(
            world.list(&format!("pageSize={size}")).await.json().get("nextPageKey").is_some(),
            more,
            "{size}"
        );
    }
}

#[tokio::test]
async fn the_default_page_has_100_sets() {
    let world = World::new().await;
    for _ in 0..101 {
        world.post(&token_set("a")).await.id();
    }
    let page = world.list("").await.json();
    assert_eq!(
        (page["credentials"].as_array().unwrap().len(), page["totalCount"].as_u64()),
        (100, Some(101))
    );
    assert!(page["nextPageKey"].is_string());
    assert_eq!(world.list("pageSize=500").await.json()["credentials"].as_array().unwrap().len(), 101);
}

#[tokio::test]
async fn a_page_size_over_500_zero_or_no_number_is_a_violation_in_the_query() {
    let world = World::new().await;
    for size in ["501", "0", "-1", "many", "", "99999999999999999999"] {
        let reply = world.list(&format!("pageSize={size}")).await;
        assert_eq!(reply.violated(), ["pageSize"], "{size}");
        assert_eq!(reply.json()["error"]["constraintViolations"][0]["parameterLocation"], "QUERY");
    }
    assert_eq!(world.list("pageSize=500").await.status, 200);
}

#[tokio::test]
async fn a_page_key_tolerates_no_other_parameter_and_no_change() {
    let world = World::new().await;
    for _ in 0..3 {
        world.post(&token_set("a")).await.id();
    }
    let page = world.list("pageSize=1").await.json();
    let key = page["nextPageKey"].as_str().unwrap();
    let good = encoded("nextPageKey", key);
    assert_eq!(world.list(&good).await.status, 200);
    for bad in [
        format!("{good}&pageSize=1"),
        format!("name=a&{good}"),
        format!("{good}&{good}"),
        encoded("nextPageKey", &key[4..]),
        encoded("nextPageKey", "AAAA"),
        "nextPageKey=".to_owned(),
    ] {
        assert_eq!(world.list(&bad).await.violated(), ["nextPageKey"], "{bad}");
    }
}

#[tokio::test]
async fn the_type_filter_knows_all_types_but_public_certificate() {
    let world = World::new().await;
    for name in
        ["username-password", "token", "certificate", "public-certificate", "snmpv3", "aws-key", "aws-role"]
    {
        world.post(&minimal(name)).await.id();
    }
    for kind in [
        "USERNAME_PASSWORD",
        "TOKEN",
        "CERTIFICATE",
        "SNMPV3",
        "AWS_MONITORING_KEY_BASED",
        "AWS_MONITORING_ROLE_BASED",
    ] {
        let page = world.list(&format!("type={kind}")).await.json();
        assert_eq!((page["totalCount"].as_u64(), &page["credentials"][0]["type"]), (Some(1), &kind.into()));
    }
    for kind in ["PUBLIC_CERTIFICATE", "UNKNOWN", "token", ""] {
        assert_eq!(world.list(&format!("type={kind}")).await.violated(), ["type"], "{kind}");
    }
}

#[tokio::test]
async fn names_are_found_by_words_or_by_a_quoted_phrase_whatever_the_case() {
    let world = World::new().await;
    for name in ["Shop login", "login of the shop", "shop login (shared)", "billing \u{fc}bung"] {
        world.post(&token_set(name)).await.id();
    }
    for (filter, found) in [
        ("SHOP", 3),
        ("og", 3),
        ("shop%20login", 3),
        ("%22shop%20login%22", 2),
        ("%22login%20shop%22", 0),
        ("%C3%9CBUNG", 1),
        ("nothing", 0),
    ] {
        assert_eq!(world.list(&format!("name={filter}")).await.json()["totalCount"], found, "{filter}");
    }
    // Not an exact match: the client has to compare.
    assert_eq!(names(&world.list("name=%22Shop%20login%22").await), ["Shop login", "shop login (shared)"]);
}

#[tokio::test]
async fn the_user_filter_gives_sets_of_that_user_and_sets_open_to_all() {
    let options = SandboxOptions::default()
        .user(User::new("one", Permission::ChangeMonitoring))
        .user(User::new("two", Permission::ChangeMonitoring));
    let world = World::start(options).await;
    for (user, private) in [("one", true), ("two", true), ("two", false)] {
        let body = with(token_set(&format!("{user} {private}")), "ownerAccessOnly", private);
        world.send(reqwest::Method::POST, CREDENTIALS, Some(&body), Some(user)).await.id();
    }
    assert_eq!(names(&world.list("user=one").await), ["one true", "two false"]);
    assert_eq!(names(&world.list("user=two").await), ["two false", "two true"]);
    assert_eq!(names(&world.list("user=nobody").await), ["two false"]);
}

#[tokio::test]
async fn the_scope_filter_gives_sets_that_have_the_scope_and_filters_combine() {
    let world = World::new().await;
    world.post(&with(token_set("a"), "scopes", json!(["SYNTHETIC", "APP_ENGINE"]))).await.id();
    world.post(&token_set("b")).await.id();
    world.post(&minimal("snmpv3")).await.id();
    assert_eq!(names(&world.list("scope=SYNTHETIC").await), ["a", "b"]);
    assert_eq!(names(&world.list("scope=APP_ENGINE").await), ["a"]);
    assert_eq!(names(&world.list("scope=SYNTHETIC&name=b&type=TOKEN").await), ["b"]);
    assert_eq!(world.list("scope=NO_ENUM_HERE").await.json()["totalCount"], 0);
}
