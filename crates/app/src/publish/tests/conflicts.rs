//! A plan is a promise: what was changed there is shown, and what moved since the plan is not touched.

use super::*;
use crate::problem::Code;

/// Published, then changed there by somebody else.
async fn changed_there(bench: &Bench) -> (String, String) {
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    bench.elsewhere(Some(&remote), "shop", "theirs").await;
    (id, remote)
}

#[tokio::test]
async fn what_was_changed_there_is_a_conflict_with_all_three_sides() {
    let bench = Bench::new().await;
    let (id, _) = changed_there(&bench).await;
    bench.edit(&id, |save| save.content.description = "mine".into()).await;
    let plan = bench.plan(&[id]).await;
    let row = &plan.rows[0];
    assert_eq!(row.action, PlanAction::Conflict);
    let field = &row.conflict[0];
    assert_eq!(field.path, "description");
    assert!(field.published.is_empty());
    assert_eq!((&field.theirs[..], &field.mine[..]), (&["theirs".to_owned()][..], &["mine".to_owned()][..]));
}

#[tokio::test]
async fn a_conflict_is_not_overwritten_without_saying_so() {
    let bench = Bench::new().await;
    let (id, _) = changed_there(&bench).await;
    let plan = bench.plan(&[id]).await;
    assert_eq!(bench.app.publish_start(yes(&plan)).await.unwrap_err().code, Code::ConsentMissing);
    assert_eq!(bench.sandbox.snapshot()[0].metadata.description, "theirs");
    let start = PublishStart { keep_mine: vec![plan.rows[0].key.clone()], ..yes(&plan) };
    bench.app.publish_start(start).await.unwrap();
    assert_eq!(bench.app.publish_wait().await.unwrap().items[0].state, RunState::Done);
    assert_ne!(bench.sandbox.snapshot()[0].metadata.description, "theirs");
}

#[tokio::test]
async fn taking_theirs_makes_a_revision_with_their_metadata_and_our_secret() {
    let bench = Bench::new().await;
    let (id, _) = changed_there(&bench).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let view = bench.app.publish_take_theirs(&plan.id, &plan.rows[0].key).await.unwrap();
    assert_eq!((view.revision, view.content.description.as_str()), (2, "theirs"));
    assert_eq!(view.state, SyncState::Matches);
    let secret = bench.app.secret_reveal(&id, sealpost_vault::SecretField::Password, None).await.unwrap();
    assert_eq!(secret.0.expose_text(), Some("hunter2hunter2"));
    assert_eq!(bench.action(&id).await, PlanAction::NoChange);
    let again = bench.app.publish_take_theirs(&plan.id, &plan.rows[0].key).await.unwrap_err();
    assert_eq!(again.code, Code::PlanMoved, "the draft moved");
}

#[tokio::test]
async fn the_same_change_on_both_sides_is_no_conflict() {
    let bench = Bench::new().await;
    let (id, _) = changed_there(&bench).await;
    bench.edit(&id, |save| save.content.description = "theirs".into()).await;
    assert_eq!(bench.action(&id).await, PlanAction::NoChange);
}

#[tokio::test]
async fn a_set_that_moved_after_the_plan_is_not_touched() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    bench.edit(&id, |save| save.content.description = "mine".into()).await;
    let plan = bench.plan(&[id]).await;
    bench.elsewhere(Some(&remote), "shop", "theirs").await;
    let puts = bench.sandbox.writes().puts;
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Skipped, "{run:?}");
    assert!(run.items[0].message.contains("changed there"), "{run:?}");
    assert_eq!(bench.sandbox.writes().puts, puts);
}

#[tokio::test]
async fn a_set_of_the_same_name_that_appeared_after_the_plan_stops_the_create() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(&[id]).await;
    bench.elsewhere(None, "shop", "").await;
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Skipped, "{run:?}");
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn a_plan_that_was_carried_out_already_sends_nothing_a_second_time() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(&[id]).await;
    bench.run(&plan).await;
    let again = bench.run(&plan).await;
    assert_eq!(again.items[0].state, RunState::Skipped, "{again:?}");
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn a_plan_from_a_file_runs_as_it_was_and_refuses_what_moved() {
    let bench = Bench::new().await;
    let (same, moved) = (bench.draft(LOGIN).await, bench.draft(&LOGIN.replace("shop", "other")).await);
    let plan = bench.plan(&[same.clone(), moved.clone()]).await;
    let file = serde_json::to_string(&plan).unwrap();
    assert!(!file.contains("hunter2"));
    bench.edit(&moved, |save| save.content.description = "later".into()).await;
    let read: PlanView = serde_json::from_str(&file).unwrap();
    let again = bench.app.publish_replan(&read).await.unwrap();
    let of = |draft: &str| again.rows.iter().find(|row| row.draft_id == draft).unwrap();
    assert_eq!((of(&same).action, of(&moved).action), (PlanAction::Create, PlanAction::Blocked));
    let mut forged = read;
    forged.rows[0].fingerprint = "0".repeat(32);
    let again = bench.app.publish_replan(&forged).await.unwrap();
    assert!(again.rows.iter().all(|row| row.action == PlanAction::Blocked));
}

#[tokio::test]
async fn each_way_of_drifting_has_its_own_word() {
    let bench = Bench::new().await;
    let (id, remote) = changed_there(&bench).await;
    bench.app.publication_refresh(&[]).await.unwrap();
    assert_eq!(bench.view(&id).await.state, SyncState::Drifted);
    bench.edit(&id, |save| save.content.name = "renamed".into()).await;
    assert_eq!(bench.view(&id).await.state, SyncState::Both);
    bench.client().await.delete(&remote).await.unwrap();
    bench.app.publication_refresh(&[]).await.unwrap();
    assert_eq!(bench.view(&id).await.state, SyncState::Missing);
    bench.fault("503:times=always");
    assert_eq!(bench.app.publication_refresh(&[]).await.unwrap_err().code, Code::Network);
    assert_eq!(bench.view(&id).await.state, SyncState::Unverified);
    bench.sandbox.faults().clear();
    bench.app.publication_refresh(&[]).await.unwrap();
    assert_eq!(bench.view(&id).await.state, SyncState::Missing);
}
