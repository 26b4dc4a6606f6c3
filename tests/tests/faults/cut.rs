//! The connection cut after the k-th byte of a request, or of its answer.

use sealpost_tests::proxy::{Cut, Proxy, Side};
use sealpost_tests::world::{World, soaking};

/// Every byte when soaking; else a step that still meets head, body and their borders.
fn step() -> usize {
    if soaking() { 1 } else { 37 }
}

/// A world whose one environment is reached through the proxy.
async fn behind_proxy() -> (World, Proxy) {
    let mut world = World::new().await;
    world.add_sandbox("straight").await;
    let proxy = Proxy::start(world.sandboxes[0].address()).await.unwrap();
    let token = world.sandboxes[0].token().to_owned();
    world.environments.clear();
    world.add_environment("cut", &format!("http://{}", proxy.address), &token).await;
    (world, proxy)
}

/// Cuts every k-th byte until one is behind the end of what is sent; gives how many cuts were met.
async fn every_cut(request: &'static str, side: impl Fn(usize) -> Side) -> u32 {
    let (world, proxy) = behind_proxy().await;
    let mut met = 0;
    for k in (0..).step_by(step()) {
        let draft = vec![world.draft(&format!("draft {k}")).await];
        if request.starts_with("PUT") {
            world.publish(&draft).await;
            world.edit(&draft[0], "again", Some("another-one")).await;
        }
        proxy.cut(Cut { request, side: side(k) });
        world.publish(&draft).await;
        let cuts = proxy.disarm();
        world.must_come_right(&draft, &format!("{request} cut at {:?}", side(k))).await;
        let plan = world.app().unpublish_plan(&draft, &world.environments).await.unwrap();
        world.carry_out(&plan).await;
        if cuts == met {
            return met;
        }
        met = cuts;
    }
    met
}

#[tokio::test]
async fn a_create_that_is_cut_anywhere_on_its_way_makes_one_set() {
    let met = every_cut("POST /api/v2/credentials", Side::Request).await;
    assert!(met >= 8, "head and body were cut: {met}");
}

#[tokio::test]
async fn a_create_whose_answer_is_cut_anywhere_makes_one_set() {
    let met = every_cut("POST /api/v2/credentials", Side::Answer).await;
    assert!(met >= 3, "{met}");
}

#[tokio::test]
async fn an_update_that_is_cut_anywhere_on_its_way_is_made_in_the_end() {
    let met = every_cut("PUT /api/v2/credentials", Side::Request).await;
    assert!(met >= 8, "{met}");
}

#[tokio::test]
async fn an_update_whose_answer_is_cut_anywhere_is_made_in_the_end() {
    let met = every_cut("PUT /api/v2/credentials", Side::Answer).await;
    assert!(met >= 2, "{met}");
}

/// Cuts a deletion at every k-th byte; gives how many cuts were met.
async fn every_cut_of_a_deletion(side: impl Fn(usize) -> Side) -> u32 {
    let (world, proxy) = behind_proxy().await;
    let mut met = 0;
    for k in (0..).step_by(step()) {
        let draft = vec![world.draft(&format!("draft {k}")).await];
        world.publish(&draft).await;
        proxy.cut(Cut { request: "DELETE /api/v2/credentials", side: side(k) });
        let plan = world.app().unpublish_plan(&draft, &world.environments).await.unwrap();
        world.carry_out(&plan).await;
        let cuts = proxy.disarm();
        world.reconcile().await;
        let plan = world.app().unpublish_plan(&draft, &world.environments).await.unwrap();
        world.carry_out(&plan).await;
        let left = world.sandboxes[0].snapshot();
        assert!(left.is_empty(), "cut at {:?}: {left:#?}", side(k));
        assert_eq!(world.app().unresolved_count().await.unwrap(), 0, "cut at {:?}", side(k));
        let view = world.app().draft_get(&draft[0]).await.unwrap();
        assert!(view.publications.is_empty(), "cut at {:?}: {view:#?}", side(k));
        if cuts == met {
            return met;
        }
        met = cuts;
    }
    met
}

#[tokio::test]
async fn a_deletion_that_is_cut_anywhere_is_made_in_the_end_and_the_draft_is_kept() {
    let request = every_cut_of_a_deletion(Side::Request).await;
    let answer = every_cut_of_a_deletion(Side::Answer).await;
    assert!(request >= 4 && answer >= 2, "{request} {answer}");
}

#[tokio::test]
async fn a_list_or_a_read_back_that_is_cut_anywhere_changes_nothing() {
    for request in
        ["GET /api/v2/credentials?", "GET /api/v2/credentials/CREDENTIALS", "POST /api/v2/apiTokens"]
    {
        every_cut(request, Side::Answer).await;
    }
}
