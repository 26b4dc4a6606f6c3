//! Every fault of contract section 7, point 13, met by creates, updates and deletes of several drafts in two
//! environments.

use sealpost_tests::world::World;

/// What can be wrong with an answer or its delivery, a few times or all the time.
const FAULTS: [&str; 40] = [
    "429:retry-after=2:times=3",
    "429:times=3",
    "429:times=always:on=POST",
    "503:times=1",
    "503:times=2:on=POST",
    "503:times=2:on=PUT",
    "503:times=always:on=POST",
    "503:times=always:on=PUT",
    "500-transient:times=2:on=POST",
    "500-transient:times=2:on=PUT",
    "500-transient:times=4:on=GET",
    "close-after-store:times=1",
    "close-after-store:times=always:on=POST",
    "close-after-store:times=always:on=PUT",
    "500-after-store:times=always:on=POST",
    "500-after-store:times=always:on=PUT",
    "truncated-body:times=always:on=POST",
    "truncated-body:times=2:on=GET",
    "delay-visible=3s",
    "delay-visible=15s close-after-store:on=POST",
    "html-200:times=1:on=POST",
    "html-200:times=1:on=PUT",
    "html-200:times=1:on=GET",
    "put-unknown-creates",
    "usage-shape=b",
    "scope-only",
    "string-booleans",
    "extra-fields",
    "unknown-enums",
    "413:times=always",
    "413:times=2",
    "echo-request:times=2",
    "429:retry-after=3:times=2:on=DELETE",
    "503:times=always:on=DELETE",
    "500-transient:times=2:on=DELETE",
    "delete-500-empty:times=2",
    "delete-500-empty:times=always",
    "close-after-store:times=always:on=DELETE",
    "500-after-store:times=always:on=DELETE",
    "html-200:times=2:on=DELETE",
];

async fn world() -> (World, Vec<String>) {
    let mut world = World::new().await;
    world.add_sandbox("first").await;
    world.add_sandbox("second").await;
    let mut drafts = Vec::new();
    for name in ["one", "two", "three"] {
        drafts.push(world.draft(name).await);
    }
    (world, drafts)
}

#[tokio::test]
async fn no_fault_makes_a_second_set_or_loses_one_while_creating_updating_and_deleting() {
    let (world, drafts) = world().await;
    for fault in FAULTS {
        world.fault(fault);
        world.publish(&drafts).await;
        world.must_come_right(&drafts, &format!("creating with {fault}")).await;
        for (number, draft) in drafts.iter().enumerate() {
            world.edit(draft, fault, Some(&format!("password {number} {fault}"))).await;
        }
        world.fault(fault);
        world.publish(&drafts).await;
        world.must_come_right(&drafts, &format!("updating with {fault}")).await;
        world.fault(fault);
        let plan = world.app().unpublish_plan(&drafts, &world.environments).await.unwrap();
        world.carry_out(&plan).await;
        world.calm();
        world.reconcile().await;
        let plan = world.app().unpublish_plan(&drafts, &world.environments).await.unwrap();
        world.carry_out(&plan).await;
        for sandbox in &world.sandboxes {
            assert!(sandbox.snapshot().is_empty(), "deleting with {fault}: {:#?}", sandbox.snapshot());
        }
        assert_eq!(world.app().unresolved_count().await.unwrap(), 0, "deleting with {fault}");
    }
}

#[tokio::test]
async fn drafts_of_one_name_and_lost_answers_end_with_a_set_each_or_a_question() {
    let mut world = World::new().await;
    world.add_sandbox("first").await;
    let drafts = vec![world.draft("same").await, world.draft("same").await];
    world.edit(&drafts[1], "the other", None).await;
    world.fault("close-after-store:times=always:on=POST");
    world.publish(&drafts).await;
    world.calm();
    world.reconcile().await;
    let sets = world.sandboxes[0].snapshot();
    assert_eq!(sets.len(), 2, "one each: {sets:#?}");
    for draft in &drafts {
        let view = world.app().draft_get(draft).await.unwrap();
        let linked = view.publications[0].remote_id.clone().unwrap();
        let set = sets.iter().find(|set| set.id == linked).unwrap();
        assert_eq!(set.metadata.description, view.content.description, "each has its own");
    }
}
