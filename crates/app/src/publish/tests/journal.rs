//! Exactly once: lost answers, crashes, throttling, and what is found out about them afterwards.

use sealpost_vault::{AttemptAction, AttemptIntent, AttemptState, NewAttempt};

use super::*;
use crate::problem::Code;

impl Bench {
    /// What a crash leaves right after the attempt was committed.
    async fn begun(&self, draft: &str, action: AttemptAction, remote_id: Option<String>) {
        let (draft, environment) = (draft.parse().unwrap(), self.environment.id.parse().unwrap());
        let new = move |session: &mut crate::app::Session| {
            let link = session.vault.publication(draft, environment)?;
            let (stored, _) = session.vault.draft(draft)?;
            let new = NewAttempt {
                draft,
                draft_revision: stored.revision,
                environment,
                publication_revision: link.map(|link| link.revision),
                action,
                intent: AttemptIntent {
                    remote_id,
                    name: "shop".into(),
                    type_name: "USERNAME_PASSWORD".into(),
                    token_owner: Some("sandbox.user@example.test".into()),
                    ..AttemptIntent::default()
                },
                known: Vec::new(),
            };
            Ok(session.vault.begin_attempt(&new)?)
        };
        self.app.with_session(new).await.unwrap();
    }

    async fn unresolved(&self) -> u32 {
        self.app.unresolved_count().await.unwrap()
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_after_the_run_and_never_made_twice() {
    for fault in ["close-after-store", "500-after-store", "truncated-body:on=POST"] {
        let bench = Bench::new().await;
        let id = bench.draft(LOGIN).await;
        bench.fault(fault);
        let item = bench.publish(&id).await;
        let stored = bench.sandbox.snapshot();
        assert_eq!((item.state, stored.len()), (RunState::Done, 1), "{fault}: {item:?}");
        assert_eq!(item.remote_id.as_deref(), Some(stored[0].id.as_str()), "{fault}");
        assert_eq!(bench.sandbox.writes().posts, 1, "{fault}: nothing was created twice");
        assert_eq!(bench.view(&id).await.state, SyncState::Matches, "{fault}");
        assert_eq!(bench.action(&id).await, PlanAction::NoChange, "{fault}");
        assert_eq!(bench.unresolved().await, 0, "{fault}");
    }
}

#[tokio::test]
async fn a_create_that_did_not_arrive_is_told_as_that_and_may_be_sent_again() {
    for fault in ["503:on=POST", "500-transient:on=POST", "html-200:on=POST"] {
        let bench = Bench::new().await;
        let id = bench.draft(LOGIN).await;
        bench.fault(fault);
        let item = bench.publish(&id).await;
        assert_eq!((item.state, bench.unresolved().await), (RunState::Failed, 0), "{fault}: {item:?}");
        assert!(item.hint.unwrap().contains("safe"), "{fault}");
        assert_eq!(bench.publish(&id).await.state, RunState::Done, "{fault}");
        assert_eq!(bench.sandbox.snapshot().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_set_that_becomes_visible_late_is_waited_for_and_not_made_again() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.fault("close-after-store delay-visible=12s");
    let item = bench.publish(&id).await;
    assert_eq!(item.state, RunState::Done, "{item:?}");
    assert_eq!((bench.sandbox.snapshot().len(), bench.sandbox.writes().posts), (1, 1));
}

#[tokio::test]
async fn a_fresh_id_that_answers_404_is_asked_for_again_for_reads_and_updates() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.fault("delay-visible=4s");
    let item = bench.publish(&id).await;
    assert_eq!((item.state, item.owner.is_some()), (RunState::Done, true), "read back in the end: {item:?}");
}

#[tokio::test]
async fn after_a_crash_before_the_request_left_the_attempt_is_found_and_the_draft_can_be_published() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    let early = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(early.rows[0].action, PlanAction::Blocked, "it may still appear");
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::NotArrived, "{items:?}");
    assert!(bench.sandbox.writes().posts == 0, "finding out sends nothing");
    assert_eq!(bench.publish(&id).await.state, RunState::Done);
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn after_a_crash_before_the_answer_was_recorded_the_set_is_adopted() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    let there = bench.elsewhere(None, "shop", "").await;
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::Adopted, "{items:?}");
    assert_eq!(bench.view(&id).await.publications[0].remote_id.as_deref(), Some(there.as_str()));
    assert_eq!(bench.action(&id).await, PlanAction::NoChange);
    assert!(bench.reconcile().await.is_empty(), "settled once and for all");
}

#[tokio::test]
async fn several_sets_that_may_be_ours_are_named_and_a_person_says_which() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    let (first, second) = (bench.elsewhere(None, "shop", "").await, bench.elsewhere(None, "shop", "").await);
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::Ask);
    let mut named: Vec<&str> = items[0].candidates.iter().map(|set| set.id.as_str()).collect();
    named.sort_unstable();
    let mut both = [first.as_str(), second.as_str()];
    both.sort_unstable();
    assert_eq!(named, both);
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::Blocked, "nothing is guessed");
    let attempt_id = items[0].attempt_id.clone();
    let choice = |id: &str| ReconcileChoice { attempt_id: attempt_id.clone(), remote_id: Some(id.into()) };
    let wrong = bench.app.reconcile(vec![choice("CREDENTIALS_VAULT-0000000000000000")]).await;
    assert_eq!(wrong.unwrap_err().code, Code::Invalid);
    let chosen = bench.app.reconcile(vec![choice(&second)]).await.unwrap();
    assert_eq!(chosen.items[0].outcome, ReconcileOutcome::Adopted);
    assert_eq!(bench.view(&id).await.publications[0].remote_id, Some(second));
}

#[tokio::test]
async fn a_set_that_differs_from_what_was_sent_is_never_adopted_without_asking() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    bench.elsewhere(None, "shop", "made by hand").await;
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::Ask, "{items:?}");
    let none = ReconcileChoice { attempt_id: items[0].attempt_id.clone(), remote_id: None };
    let chosen = bench.app.reconcile(vec![none]).await.unwrap();
    assert_eq!(chosen.items[0].outcome, ReconcileOutcome::NotArrived);
}

#[tokio::test]
async fn an_open_update_is_told_by_what_is_there() {
    for (arrived, outcome, action) in [
        (true, ReconcileOutcome::Confirmed, PlanAction::NoChange),
        (false, ReconcileOutcome::NotArrived, PlanAction::Update),
    ] {
        let bench = Bench::new().await;
        let id = bench.draft(LOGIN).await;
        let remote = bench.publish(&id).await.remote_id.unwrap();
        bench.edit(&id, |save| save.content.description = "second".into()).await;
        bench.begun(&id, AttemptAction::Update, Some(remote.clone())).await;
        if arrived {
            bench.elsewhere(Some(&remote), "shop", "second").await;
        }
        let items = bench.reconcile().await;
        assert_eq!((items[0].outcome, bench.action(&id).await), (outcome, action), "{items:?}");
    }
}

#[tokio::test]
async fn an_open_update_of_nothing_but_a_secret_is_unclear_with_a_reason_and_sent_again() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    let set = |value: &str| {
        let edit = sealpost_vault::SecretEdit::Set { value: value.into() };
        move |save: &mut DraftSave| drop(save.secrets.insert(sealpost_vault::SecretField::Password, edit))
    };
    bench.edit(&id, set("another-password")).await;
    bench.begun(&id, AttemptAction::Update, Some(remote)).await;
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::Unclear);
    assert!(items[0].message.contains("secrets"), "{items:?}");
    // Back to the first secret: it was published, but whether it is still there is not known.
    bench.edit(&id, set("hunter2hunter2")).await;
    assert_eq!(bench.action(&id).await, PlanAction::Update);
    assert_eq!(bench.publish(&id).await.state, RunState::Done);
    assert_eq!((bench.unresolved().await, bench.action(&id).await), (0, PlanAction::NoChange));
}

#[tokio::test]
async fn an_environment_that_cant_be_read_leaves_its_attempts_as_they_are() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    bench.fault("503:times=always");
    let items = bench.reconcile().await;
    assert_eq!(items[0].outcome, ReconcileOutcome::Unreadable, "{items:?}");
    assert_eq!(bench.unresolved().await, 1);
    bench.sandbox.faults().clear();
    assert_eq!(bench.reconcile().await[0].outcome, ReconcileOutcome::NotArrived);
}

#[tokio::test]
async fn a_throttled_environment_is_waited_for_in_plan_and_run() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.fault("429:retry-after=7:times=3");
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::Create, "{:?}", plan.rows[0].reasons);
    bench.fault("429:times=4:on=POST");
    assert_eq!(bench.run(&plan).await.items[0].state, RunState::Done);
    assert_eq!(bench.sandbox.writes().posts, 1);
}

#[tokio::test]
async fn an_update_is_repeated_until_it_works_and_told_when_it_never_does() {
    for (fault, state) in [
        ("503:times=4:on=PUT", RunState::Done),
        ("500-transient:times=4:on=PUT", RunState::Done),
        ("close-after-store:times=4:on=PUT", RunState::Done),
        ("503:times=always:on=PUT", RunState::Failed),
    ] {
        let bench = Bench::new().await;
        let id = bench.draft(LOGIN).await;
        bench.publish(&id).await;
        bench.edit(&id, |save| save.content.description = "second".into()).await;
        bench.fault(fault);
        let item = bench.publish(&id).await;
        assert_eq!(item.state, state, "{fault}: {item:?}");
        assert_eq!(bench.sandbox.snapshot().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn while_another_process_publishes_nothing_is_sent_and_nothing_is_settled() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(&[id]).await;
    let claim = bench.app.with_session(|session| Ok(session.vault.claim_publishing()?)).await.unwrap();
    assert_eq!(bench.app.publish_start(yes(&plan)).await.unwrap_err().code, Code::RunActive);
    assert_eq!(bench.app.reconcile(Vec::new()).await.unwrap_err().code, Code::RunActive);
    assert!(bench.app.publish_unfinished().await.unwrap().is_none());
    drop(claim);
    bench.run(&plan).await;
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn a_run_that_was_cut_off_says_how_much_is_left_and_goes_on_from_there() {
    let bench = Bench::new().await;
    let (first, second) = (bench.draft(LOGIN).await, bench.draft(&LOGIN.replace("shop", "other")).await);
    bench.publish(&first).await;
    // What a crash leaves of a run of both: the record of the run, one row done and one open.
    let environment = bench.environment.id.clone();
    let item = |draft: &str| RunItem {
        key: String::new(),
        draft_id: draft.into(),
        draft_name: String::new(),
        type_name: String::new(),
        environment_id: environment.clone(),
        environment: String::new(),
        action: PlanAction::Create,
        state: RunState::Queued,
        remote_id: None,
        owner: None,
        attempt_id: None,
        message: String::new(),
        server_message: None,
        violations: Vec::new(),
        hint: None,
        retry_at: None,
        took_ms: None,
    };
    let run = RunView {
        id: String::new(),
        started_at: NOW.as_millis(),
        finished_at: None,
        cancelling: false,
        version: 0,
        items: vec![item(&first), item(&second)],
    };
    bench.app.remember_run(&run).await.unwrap();
    bench.app.vault_lock().await.unwrap();
    bench.app.vault_unlock().await.unwrap();
    let left = bench.app.publish_unfinished().await.unwrap().unwrap();
    assert_eq!((left.total, left.done, left.not_started, left.unresolved), (2, 1, 1, 0));
    bench.begun(&second, AttemptAction::Create, None).await;
    let left = bench.app.publish_unfinished().await.unwrap().unwrap();
    assert_eq!((left.total, left.done, left.not_started, left.unresolved), (2, 1, 0, 1));
    bench.reconcile().await;
    let plan = bench.app.publish_resume().await.unwrap();
    assert_eq!(plan.rows.iter().map(|row| row.draft_id.clone()).collect::<Vec<_>>(), [second]);
    bench.run(&plan).await;
    assert!(bench.app.publish_unfinished().await.unwrap().is_none());
    assert_eq!(bench.sandbox.snapshot().len(), 2);
}

#[tokio::test]
async fn what_failed_in_a_run_can_be_planned_again_alone() {
    let bench = Bench::new().await;
    let (first, second) = (bench.draft(LOGIN).await, bench.draft(&LOGIN.replace("shop", "other")).await);
    let plan = bench.plan(&[first.clone(), second.clone()]).await;
    bench.fault("503:on=POST");
    let run = bench.run(&plan).await;
    let failed: Vec<&RunItem> = run.items.iter().filter(|item| item.state != RunState::Done).collect();
    assert_eq!(failed.len(), 1, "{run:?}");
    let again = bench.app.publish_resume().await.unwrap();
    assert_eq!(again.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), [failed[0].key.clone()]);
    bench.run(&again).await;
    assert_eq!(bench.sandbox.snapshot().len(), 2);
    assert_eq!(bench.app.publish_resume().await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn cancelling_finishes_the_request_in_flight_and_starts_no_other() {
    let bench = Bench::new().await;
    let mut drafts = Vec::new();
    for number in 0..5 {
        drafts.push(bench.draft(&LOGIN.replace("shop", &format!("shop {number}"))).await);
    }
    let plan = bench.plan(&drafts).await;
    bench.fault("latency=200ms:times=always:on=POST");
    bench.app.publish_start(yes(&plan)).await.unwrap();
    while bench.sandbox.writes().posts == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bench.app.publish_cancel().await.unwrap();
    let run = bench.app.publish_wait().await.unwrap();
    let done = run.items.iter().filter(|item| item.state == RunState::Done).count();
    assert_eq!(done, bench.sandbox.snapshot().len(), "what was sent is recorded: {run:?}");
    assert!(run.items.iter().all(|item| matches!(item.state, RunState::Done | RunState::Skipped)), "{run:?}");
    assert!(done < drafts.len());
    assert_eq!(bench.unresolved().await, 0);
}

#[tokio::test]
async fn an_attempt_stays_in_the_journal_when_its_draft_is_published_by_hand_later() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    bench.clock.advance_millis(120_000);
    assert_eq!(bench.publish(&id).await.state, RunState::Done, "old enough: absence is proof");
    assert_eq!(bench.unresolved().await, 0);
    let since = |session: &mut crate::app::Session| {
        let all = session.vault.attempts_since(NOW)?;
        Ok(all.into_iter().map(|attempt| attempt.state).collect::<Vec<_>>())
    };
    assert_eq!(bench.app.with_session(since).await.unwrap(), [AttemptState::Done, AttemptState::Done]);
}

#[tokio::test]
async fn an_attempt_that_grows_old_while_the_list_travels_is_not_taken_for_absent() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.begun(&id, AttemptAction::Create, None).await;
    bench.fault("latency=300ms:on=GET");
    let app = bench.app.clone();
    let looking = tokio::spawn(async move { app.reconcile(Vec::new()).await.unwrap().items });
    // The list was asked for and is on its way; a minute passes, and only then the set appears.
    while !bench.sandbox.request_log().iter().any(|one| one.method == "GET") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.clock.advance_millis(super::super::unresolved::VISIBLE_AFTER_MS);
    let made = bench.elsewhere(None, "shop", "").await;
    let items = looking.await.unwrap();
    assert_eq!(
        (items[0].outcome, items[0].remote_id.clone()),
        (ReconcileOutcome::Adopted, Some(made)),
        "{items:?}"
    );
}

#[tokio::test]
async fn a_set_that_was_made_moments_ago_and_cant_be_seen_yet_is_not_taken_for_gone() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.fault("delay-visible=40s");
    assert_eq!(bench.publish(&id).await.state, RunState::Done);
    bench.edit(&id, |save| save.content.description = "second".into()).await;
    assert_eq!(bench.action(&id).await, PlanAction::Blocked, "no second set is made");
    assert_eq!(bench.unpublish(&id).await.rows[0].action, PlanAction::Blocked);
    bench.app.publication_refresh(&[]).await.unwrap();
    assert_ne!(bench.view(&id).await.state, SyncState::Missing);
    bench.clock.advance_millis(super::super::unresolved::VISIBLE_AFTER_MS);
    assert_eq!(bench.publish(&id).await.state, RunState::Done);
    assert_eq!((bench.sandbox.snapshot().len(), bench.sandbox.writes().posts), (1, 1));
}
