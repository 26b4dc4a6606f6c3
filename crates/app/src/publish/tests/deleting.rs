//! Unpublishing: the set goes there, the draft stays here.

use super::*;
use crate::problem::Code;

#[tokio::test]
async fn an_unpublished_draft_is_kept_and_its_link_is_gone() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.publish(&id).await;
    let plan = bench.unpublish(&id).await;
    assert_eq!(plan.rows[0].action, PlanAction::Delete);
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Done, "{run:?}");
    assert!(bench.sandbox.snapshot().is_empty());
    let view = bench.view(&id).await;
    assert_eq!((view.state, view.publications.len(), view.deleted_at), (SyncState::Unpublished, 0, None));
    assert_eq!(bench.action(&id).await, PlanAction::Create);
    assert_eq!(bench.unpublish(&id).await.rows[0].action, PlanAction::NoChange);
}

#[tokio::test]
async fn a_set_that_monitors_use_is_not_deleted_whether_the_plan_knows_or_not() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    let plan = bench.unpublish(&id).await;
    assert!(bench.sandbox.use_by_monitors(&remote, 2, 1).unwrap());
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Failed, "{run:?}");
    assert!(run.items[0].message.contains("monitors use it"), "{run:?}");
    assert!(run.items[0].server_message.is_some(), "the server's words beside ours");
    let blocked = bench.unpublish(&id).await;
    assert_eq!(blocked.rows[0].action, PlanAction::Blocked);
    assert!(blocked.rows[0].reasons[0].contains("3 monitors"), "{:?}", blocked.rows[0].reasons);
    assert_eq!(bench.view(&id).await.publications[0].remote_id, Some(remote), "the link stays");
}

#[tokio::test]
async fn a_set_that_is_gone_already_counts_as_deleted() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    let known = bench.unpublish(&id).await;
    bench.client().await.delete(&remote).await.unwrap();
    assert_eq!(bench.run(&known).await.items[0].state, RunState::Done, "gone after the plan");
    assert!(bench.view(&id).await.publications.is_empty());
    let remote = bench.publish(&id).await.remote_id.unwrap();
    bench.client().await.delete(&remote).await.unwrap();
    let plan = bench.unpublish(&id).await;
    assert_eq!(bench.run(&plan).await.items[0].state, RunState::Done, "gone before the plan");
}

#[tokio::test]
async fn an_empty_500_is_told_by_looking_whether_the_set_is_gone() {
    for (fault, state, left) in [
        ("delete-500-empty:times=always", RunState::Failed, 1),
        ("delete-500-empty:times=2", RunState::Done, 0),
        ("500-after-store:on=DELETE", RunState::Done, 0),
        ("close-after-store:on=DELETE", RunState::Done, 0),
    ] {
        let bench = Bench::new().await;
        let id = bench.draft(LOGIN).await;
        bench.publish(&id).await;
        let plan = bench.unpublish(&id).await;
        bench.fault(fault);
        let run = bench.run(&plan).await;
        assert_eq!(run.items[0].state, state, "{fault}: {run:?}");
        assert_eq!(bench.sandbox.snapshot().len(), left, "{fault}");
        assert_eq!(bench.view(&id).await.publications.len(), left, "{fault}");
        assert_eq!(bench.app.unresolved_count().await.unwrap(), 0, "{fault}");
    }
}

#[tokio::test]
async fn a_protected_environment_needs_its_name_and_a_read_only_one_refuses() {
    let bench = Bench::with(SandboxOptions::default(), true).await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let start = PublishStart { confirmed_names: vec!["staging".into()], ..yes(&plan) };
    bench.app.publish_start(start).await.unwrap();
    bench.app.publish_wait().await.unwrap();
    let plan = bench.unpublish(&id).await;
    assert_eq!(bench.app.publish_start(yes(&plan)).await.unwrap_err().code, Code::ConsentMissing);
    let env = &bench.app.env_list().await.unwrap()[0];
    bench
        .app
        .env_save(EnvironmentSave {
            id: Some(env.id.clone()),
            expected_revision: Some(env.revision),
            name: env.name.clone(),
            url: env.url.clone(),
            token: sealpost_vault::SecretEdit::Keep,
            colour: env.colour.clone(),
            protected: true,
            read_only: Some(true),
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        })
        .await
        .unwrap();
    assert_eq!(bench.unpublish(&id).await.rows[0].action, PlanAction::Blocked);
    bench.edit(&id, |save| save.content.description = "second".into()).await;
    let plan = bench.plan(&[id]).await;
    assert_eq!(plan.rows[0].action, PlanAction::Blocked);
    assert!(plan.rows[0].reasons[0].contains("read-only"), "{:?}", plan.rows[0].reasons);
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}
