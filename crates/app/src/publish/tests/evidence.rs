//! What is kept of an attempt: enough to show what was done, and no secret in it.

use super::*;
use crate::problem::Code;

async fn evidence_of(bench: &Bench, item: &RunItem) -> AttemptEvidence {
    bench.app.attempt_evidence(item.attempt_id.as_ref().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_success_is_recorded_with_who_where_its_status_and_its_request_and_answer() {
    let bench = Bench::new().await;
    let draft = bench.draft(LOGIN).await;
    let item = bench.publish(&draft).await;
    let evidence = evidence_of(&bench, &item).await;
    let attempt = &evidence.attempt;
    assert_eq!((attempt.state.as_str(), attempt.status), ("done", Some(201)));
    assert_eq!((attempt.local_user.as_deref(), attempt.environment.as_str()), (Some("tester"), "staging"));
    assert!(attempt.token_owner.is_some() && attempt.owner_after.is_some() && attempt.took_ms.is_some());
    let [exchange] = &evidence.exchanges[..] else { panic!("{evidence:?}") };
    assert_eq!((exchange.method.as_str(), exchange.path.as_str()), ("POST", "/api/v2/credentials"));
    assert!(exchange.request_body.as_ref().unwrap().contains("\"user\":\"robot\""), "{exchange:?}");
    assert!(exchange.response_body.as_ref().unwrap().contains(item.remote_id.as_ref().unwrap()));
    assert!(!format!("{evidence:?}").contains("hunter2"));
    let told = bench.app.activity(None, Some(1)).await.unwrap().entries.remove(0);
    assert_eq!(told.attempt_id, item.attempt_id, "the activity leads to it");
    assert!(told.details.iter().any(|line| (line.label.as_str(), line.value.as_str()) == ("Status", "201")));
}

#[tokio::test]
async fn every_try_is_kept_and_a_deletion_has_no_body() {
    let bench = Bench::new().await;
    let draft = bench.draft(LOGIN).await;
    bench.publish(&draft).await;
    bench.fault("503:times=2:on=DELETE");
    let plan = bench.unpublish(&draft).await;
    let item = bench.run(&plan).await.items.remove(0);
    let evidence = evidence_of(&bench, &item).await;
    let seen: Vec<_> = evidence.exchanges.iter().map(|one| (one.method.as_str(), one.status)).collect();
    assert_eq!(seen, [("DELETE", Some(503)), ("DELETE", Some(503)), ("DELETE", Some(204))]);
    assert!(evidence.exchanges.iter().all(|one| one.request_body.is_none()));
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_puts_no_secret_into_evidence_views_or_reports() {
    let bench = Bench::new().await;
    let draft = bench.draft(LOGIN).await;
    bench.fault("echo-request");
    let item = bench.publish(&draft).await;
    assert_eq!(item.state, RunState::Failed);
    let evidence = evidence_of(&bench, &item).await;
    assert_eq!(evidence.exchanges[0].status, Some(400));
    let report = bench.app.attempt_report(None).await.unwrap();
    let (view, told) = (bench.view(&draft).await, bench.app.activity(None, None).await.unwrap());
    let said = format!("{item:?}{evidence:?}{report:?}{view:?}{told:?}");
    assert!(said.contains("Could not read"), "the server's words are there, without what they repeat");
    assert!(!said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn an_answer_that_never_came_is_kept_with_the_reason_and_stays_after_it_is_settled() {
    let bench = Bench::new().await;
    let draft = bench.draft(LOGIN).await;
    bench.fault("close-after-store");
    let item = bench.publish(&draft).await;
    assert_eq!(item.state, RunState::Done, "settled at the end of the queue");
    let evidence = evidence_of(&bench, &item).await;
    assert_eq!(evidence.exchanges.len(), 1);
    assert!(evidence.exchanges[0].status.is_none() && evidence.exchanges[0].failure.is_some());
}

#[tokio::test]
async fn an_attempt_is_named_by_a_unique_beginning_and_by_nothing_else() {
    let bench = Bench::new().await;
    let draft = bench.draft(LOGIN).await;
    let id = bench.publish(&draft).await.attempt_id.unwrap();
    assert_eq!(bench.app.attempt_evidence(&id[..9]).await.unwrap().attempt.id, id);
    for wrong in ["", "x", "ffff", &id[..3]] {
        let problem = bench.app.attempt_evidence(wrong).await.unwrap_err();
        assert!(matches!(problem.code, Code::NotFound | Code::Invalid), "{wrong}: {problem}");
    }
}
