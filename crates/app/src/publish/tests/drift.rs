//! Differences there: settled by accepting or ignoring a field, taken, forgotten; and what a plan makes of it.

use super::*;
use crate::problem::Code;

/// Published, then its description changed there by somebody else, and looked at.
async fn drifted(bench: &Bench) -> (String, String) {
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    bench.elsewhere(Some(&remote), "shop", "theirs").await;
    let seen = bench.app.remote_look(&bench.environment.id).await.unwrap();
    assert_eq!(seen.drift.len(), 1);
    (id, remote)
}

async fn settle(bench: &Bench, id: &str, how: DriftSettlement) -> DriftView {
    let paths = vec!["description".to_owned()];
    bench.app.drift_settle(id, &bench.environment.id, paths, how).await.unwrap()
}

async fn state(bench: &Bench, id: &str) -> SyncState {
    bench.view(id).await.state
}

#[tokio::test]
async fn a_look_tells_each_field_that_differs_with_its_three_sides_and_since_when() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    let seen = bench.app.remote_seen(&bench.environment.id).await.unwrap();
    let one = &seen.drift[0];
    assert_eq!((&one.draft_id, &one.remote_id, one.state), (&id, &remote, SyncState::Drifted));
    assert!(one.seen_at.is_some() && seen.looked_at.is_some());
    let fields: Vec<_> = one.fields.iter().map(|field| (field.path.as_str(), field.standing)).collect();
    assert_eq!(fields, [("description", FieldStanding::Open)]);
    assert_eq!(one.fields[0].theirs, ["theirs"]);
    assert!(one.fields[0].published.is_empty() && one.fields[0].mine.is_empty());
    assert_eq!((seen.sets, seen.unmanaged.len()), (1, 0));
}

#[tokio::test]
async fn an_accepted_difference_leaves_nothing_to_do_until_it_changes_there_again() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    let view = settle(&bench, &id, DriftSettlement::Accept).await;
    assert_eq!((view.state, view.fields[0].standing), (SyncState::Matches, FieldStanding::Accepted));
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!((plan.rows[0].action, plan.rows[0].standing.len()), (PlanAction::NoChange, 1));
    assert!(plan.rows[0].summary.contains("Description"), "{}", plan.rows[0].summary);
    assert_eq!(bench.view(&id).await.revision, 1, "the draft is as it was");
    bench.app.publication_refresh(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(state(&bench, &id).await, SyncState::Matches);
    bench.elsewhere(Some(&remote), "shop", "theirs again").await;
    bench.app.publication_refresh(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(state(&bench, &id).await, SyncState::Drifted);
    assert_eq!(bench.action(&id).await, PlanAction::Conflict);
}

#[tokio::test]
async fn an_ignored_field_is_not_compared_until_it_is_again() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    settle(&bench, &id, DriftSettlement::Ignore).await;
    bench.elsewhere(Some(&remote), "shop", "something else").await;
    bench.app.publication_refresh(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(state(&bench, &id).await, SyncState::Matches);
    assert_eq!(bench.action(&id).await, PlanAction::NoChange);
    let told = bench.app.drift(&[], None).await.unwrap();
    assert_eq!(told[0].fields[0].standing, FieldStanding::Ignored, "it is still told");
    settle(&bench, &id, DriftSettlement::Compare).await;
    assert_eq!(state(&bench, &id).await, SyncState::Drifted);
    assert_eq!(bench.action(&id).await, PlanAction::Conflict);
}

#[tokio::test]
async fn another_field_that_changes_there_is_a_conflict_beside_an_ignored_one() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    settle(&bench, &id, DriftSettlement::Ignore).await;
    bench.elsewhere(Some(&remote), "renamed", "theirs").await;
    let plan = bench.plan(&[id]).await;
    let paths: Vec<_> = plan.rows[0].conflict.iter().map(|field| field.path.as_str()).collect();
    assert_eq!((plan.rows[0].action, paths), (PlanAction::Conflict, vec!["name"]));
}

#[tokio::test]
async fn an_update_says_that_it_replaces_what_was_settled_and_the_plan_after_it_is_empty() {
    for how in [DriftSettlement::Accept, DriftSettlement::Ignore] {
        let bench = Bench::new().await;
        let (id, _) = drifted(&bench).await;
        settle(&bench, &id, how).await;
        bench.edit(&id, |save| save.content.owner_access_only = false).await;
        assert_eq!(state(&bench, &id).await, SyncState::Modified);
        let plan = bench.plan(std::slice::from_ref(&id)).await;
        let row = &plan.rows[0];
        assert_eq!((row.action, row.standing.len()), (PlanAction::Update, 1), "{how:?}");
        assert_eq!(row.standing[0].theirs, ["theirs"], "what would be lost is shown");
        assert!(row.warnings.iter().any(|text| text.contains("Description")), "{:?}", row.warnings);
        assert_eq!(bench.run(&plan).await.items[0].state, RunState::Done);
        assert_eq!(bench.sandbox.snapshot()[0].metadata.description, "");
        assert_eq!(bench.action(&id).await, PlanAction::NoChange);
        let told = bench.app.drift(&[], None).await.unwrap();
        let kept = told.iter().flat_map(|one| &one.fields).filter(|f| f.standing == FieldStanding::Ignored);
        assert_eq!(
            kept.count(),
            usize::from(how == DriftSettlement::Ignore),
            "what was accepted is gone there"
        );
    }
}

#[tokio::test]
async fn a_settled_field_that_is_edited_here_goes_there() {
    for how in [DriftSettlement::Accept, DriftSettlement::Ignore] {
        let bench = Bench::new().await;
        let (id, _) = drifted(&bench).await;
        settle(&bench, &id, how).await;
        bench.edit(&id, |save| save.content.description = "mine".into()).await;
        let plan = bench.plan(std::slice::from_ref(&id)).await;
        let paths: Vec<_> = plan.rows[0].changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!((plan.rows[0].action, paths), (PlanAction::Update, vec!["description"]), "{how:?}");
        assert_eq!(bench.run(&plan).await.items[0].state, RunState::Done);
        assert_eq!(bench.sandbox.snapshot()[0].metadata.description, "mine");
        assert_eq!(bench.action(&id).await, PlanAction::NoChange);
        assert_eq!(state(&bench, &id).await, SyncState::Matches);
    }
}

#[tokio::test]
async fn what_is_no_field_or_does_not_differ_is_not_settled() {
    let bench = Bench::new().await;
    let (id, _) = drifted(&bench).await;
    for (path, how) in [
        ("password", DriftSettlement::Ignore),
        ("user", DriftSettlement::Accept),
        ("type", DriftSettlement::Ignore),
        ("nothing", DriftSettlement::Ignore),
        ("name", DriftSettlement::Accept),
    ] {
        let refused = bench
            .app
            .drift_settle(&id, &bench.environment.id, vec!["description".into(), path.into()], how)
            .await;
        assert_eq!(refused.unwrap_err().code, Code::Invalid, "{path}");
    }
    assert_eq!(state(&bench, &id).await, SyncState::Drifted, "none of it was settled halfway");
    let nothing = bench.draft(&LOGIN.replace("shop", "other")).await;
    let refused =
        bench.app.drift_settle(&nothing, &bench.environment.id, vec![], DriftSettlement::Ignore).await;
    assert_eq!(refused.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn theirs_is_taken_after_one_more_look_and_nothing_is_taken_where_nothing_differs() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    bench.elsewhere(Some(&remote), "shop", "newer").await;
    let taken = bench.app.drift_take_theirs(&id, &bench.environment.id).await.unwrap();
    assert_eq!((taken.content.description.as_str(), taken.state), ("newer", SyncState::Matches));
    assert_eq!(bench.app.drift(&[], None).await.unwrap(), []);
    let refused = bench.app.drift_take_theirs(&id, &bench.environment.id).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
}

#[tokio::test]
async fn a_set_that_is_gone_is_forgotten_and_one_that_is_there_is_not() {
    let bench = Bench::new().await;
    let (id, remote) = drifted(&bench).await;
    let refused = bench.app.drift_forget(&id, &bench.environment.id).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    bench.client().await.delete(&remote).await.unwrap();
    bench.clock.advance_millis(3_600_000);
    let seen = bench.app.remote_look(&bench.environment.id).await.unwrap();
    assert_eq!((seen.drift[0].state, seen.drift[0].fields.len()), (SyncState::Missing, 0));
    bench.app.drift_forget(&id, &bench.environment.id).await.unwrap();
    assert_eq!(bench.view(&id).await.publications, []);
    assert_eq!(bench.action(&id).await, PlanAction::Create);
}

#[tokio::test]
async fn an_environment_that_can_t_be_read_leaves_what_was_known() {
    let bench = Bench::new().await;
    let (id, _) = drifted(&bench).await;
    bench.elsewhere(None, "foreign", "").await;
    let before = bench.app.remote_look(&bench.environment.id).await.unwrap();
    assert_eq!(before.unmanaged.len(), 1);
    bench.fault("html-200:times=always");
    assert_eq!(bench.app.remote_look(&bench.environment.id).await.unwrap_err().code, Code::Network);
    assert_eq!(bench.app.remote_seen(&bench.environment.id).await.unwrap(), before);
    assert_eq!(state(&bench, &id).await, SyncState::Drifted);
}
