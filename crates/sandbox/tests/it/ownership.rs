//! Who sees, changes and owns what (checklist 4, 8, 9; contract 5.1).

use reqwest::Method;
use sealpost_sandbox::{Permission, SandboxOptions, User};
use serde_json::{Value, json};

use crate::world::{CREDENTIALS, World, names, token_set, with};

const USERS: [(&str, Permission); 4] = [
    ("viewer", Permission::View),
    ("other viewer", Permission::View),
    ("changer", Permission::ChangeMonitoring),
    ("zone", Permission::ZoneOnly),
];

async fn world() -> World {
    let options = USERS.iter().fold(SandboxOptions::default(), |options, (name, permission)| {
        options.user(User::new(*name, *permission))
    });
    World::start(options).await
}

fn set(name: &str, private: bool, entities: Value) -> Value {
    with(with(token_set(name), "ownerAccessOnly", private), "allowedEntities", entities)
}

async fn create(world: &World, user: &str, body: &Value) -> String {
    world.send(Method::POST, CREDENTIALS, Some(body), Some(user)).await.id()
}

#[tokio::test]
async fn the_owner_is_the_user_behind_the_token_and_cannot_be_chosen() {
    let world = world().await;
    let id = create(&world, "viewer", &with(token_set("a"), "owner", "somebody else")).await;
    assert_eq!(world.stored(&id).owner, "viewer");
}

#[tokio::test]
async fn a_list_holds_what_the_token_owner_may_see() {
    let world = world().await;
    let named = json!([{ "type": "USER", "id": "other viewer" }]);
    let app = json!([{ "type": "APPLICATION", "id": "my.app" }]);
    create(&world, "viewer", &set("private", true, json!([]))).await;
    create(&world, "viewer", &set("open", false, json!([]))).await;
    create(&world, "viewer", &set("open to an app", false, app)).await;
    create(&world, "viewer", &set("shared", false, named.clone())).await;
    create(&world, "viewer", &set("private though named", true, named)).await;
    let app_of_that_name =
        json!([{ "type": "USER", "id": "viewer" }, { "type": "APPLICATION", "id": "other viewer" }]);
    create(&world, "viewer", &set("shared with an app", false, app_of_that_name)).await;
    for (user, expected) in [
        (
            "viewer",
            &["open", "open to an app", "private", "private though named", "shared", "shared with an app"][..],
        ),
        (
            "changer",
            &["open", "open to an app", "private", "private though named", "shared", "shared with an app"],
        ),
        ("other viewer", &["open", "open to an app", "shared"]),
        ("zone", &["open", "open to an app"]),
    ] {
        assert_eq!(names(&world.send(Method::GET, CREDENTIALS, None, Some(user)).await), expected, "{user}");
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_404_and_what_one_may_not_change_403() {
    let world = world().await;
    let private = create(&world, "viewer", &set("private", true, json!([]))).await;
    let open = create(&world, "viewer", &set("open", false, json!([]))).await;
    let body = token_set("taken over");
    for (user, id, read, write) in [
        ("other viewer", &private, 404, 404),
        ("other viewer", &open, 200, 403),
        ("zone", &private, 404, 404),
        ("zone", &open, 200, 403),
    ] {
        let path = format!("{CREDENTIALS}/{id}");
        assert_eq!(world.send(Method::GET, &path, None, Some(user)).await.status, read, "{user}");
        let put = world.send(Method::PUT, &path, Some(&body), Some(user)).await;
        let delete = world.send(Method::DELETE, &path, None, Some(user)).await;
        assert_eq!((put.status, delete.status), (write, write), "{user}");
        put.message();
        delete.message();
    }
    assert_eq!(
        world.sandbox.snapshot().iter().filter(|set| set.owner == "viewer" && set.revision == 1).count(),
        2
    );
    world.sandbox.faults().add_spec("put-unknown-creates").unwrap();
    let path = format!("{CREDENTIALS}/{private}");
    let reply = world.send(Method::PUT, &path, Some(&body), Some("other viewer")).await;
    assert_eq!(reply.status, 404, "an id that is only hidden is not created anew");
}

#[tokio::test]
async fn overwriting_makes_the_caller_the_new_owner_and_the_old_one_may_lose_sight_of_it() {
    let world = world().await;
    let id = create(&world, "viewer", &set("private", true, json!([]))).await;
    let path = format!("{CREDENTIALS}/{id}");
    let body = set("private", true, json!([]));
    assert_eq!(world.send(Method::PUT, &path, Some(&body), Some("changer")).await.status, 204);
    assert_eq!(world.stored(&id).owner, "changer");
    assert_eq!(world.send(Method::GET, &path, None, Some("viewer")).await.status, 404);
}

#[tokio::test]
async fn a_viewer_changes_its_own_sets_and_a_changer_any() {
    let world = world().await;
    for user in ["viewer", "changer"] {
        let id = create(&world, "viewer", &set("a", true, json!([]))).await;
        let path = format!("{CREDENTIALS}/{id}");
        let put = world.send(Method::PUT, &path, Some(&set("b", true, json!([]))), Some(user)).await;
        let delete = world.send(Method::DELETE, &path, None, Some(user)).await;
        assert_eq!((put.status, delete.status), (204, 204), "{user}");
    }
}

#[tokio::test]
async fn a_zone_user_cannot_create() {
    let world = world().await;
    let reply = world.send(Method::POST, CREDENTIALS, Some(&token_set("a")), Some("zone")).await;
    assert_eq!(reply.status, 403);
    assert_eq!(world.sandbox.snapshot(), []);
}
