//! Sets that exist already: adopted, never doubled.

use super::*;
use crate::problem::Code;

impl Bench {
    async fn adopt(&self, remote: &str, draft: Option<&str>) -> Result<DraftView, crate::problem::Problem> {
        self.app.remote_adopt(&self.environment.id, remote, draft).await
    }
}

#[tokio::test]
async fn an_adopted_set_is_a_draft_that_needs_its_secret_and_cant_be_published_without() {
    let bench = Bench::new().await;
    let remote = bench.elsewhere(None, "shop", "theirs").await;
    let view = bench.adopt(&remote, None).await.unwrap();
    assert_eq!((view.state, view.content.description.as_str()), (SyncState::NeedsSecret, "theirs"));
    assert_eq!(bench.action(&view.id).await, PlanAction::Blocked);
    assert_eq!(bench.adopt(&remote, None).await.unwrap_err().code, Code::Invalid, "once");
    bench
        .edit(&view.id, |save| {
            let edit = sealpost_vault::SecretEdit::Set { value: "filled-in-now".into() };
            save.secrets.insert(sealpost_vault::SecretField::Password, edit);
            if let sealpost_vault::Details::UsernamePassword { user, .. } = &mut save.content.details {
                *user = "robot".into();
            }
        })
        .await;
    let item = bench.publish(&view.id).await;
    assert_eq!((item.state, item.remote_id), (RunState::Done, Some(remote)));
    assert_eq!(bench.view(&view.id).await.state, SyncState::Matches);
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn every_type_can_be_adopted() {
    for body in [
        r#"{"type":"TOKEN","name":"t","scopes":["SYNTHETIC"],"token":"abcdefgh"}"#,
        r#"{"type":"SNMPV3","name":"s","scopes":["EXTENSION_AUTHENTICATION"],"username":"u","securityLevel":"AUTH_PRIV","authenticationProtocol":"SHA256","authenticationPassword":"long-enough-1","privacyProtocol":"AES256","privacyPassword":"long-enough-2"}"#,
        r#"{"type":"AWS_MONITORING_KEY_BASED","name":"k","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"accessKeyID":"AKIAIOSFODNN7EXAMPLE","secretKey":"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00","awsPartition":"DEFAULT"}"#,
        r#"{"type":"AWS_MONITORING_ROLE_BASED","name":"r","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"accountID":"123456789012","iamRole":"monitor"}"#,
    ] {
        let (made, adopting) = (Bench::new().await, tempfile::tempdir().unwrap());
        let item = made.publish(&made.draft(body).await).await;
        assert_eq!(item.state, RunState::Done, "{body}: {item:?}");
        let other = app(adopting.path());
        other.vault_create().await.unwrap();
        let env = add(&other, "there", made.sandbox.base_url(), made.sandbox.token(), false).await;
        let view = other.remote_adopt(&env.id, item.remote_id.as_deref().unwrap(), None).await.unwrap();
        assert_eq!(view.type_name, item.type_name);
        let secretless = view.secrets.is_empty();
        let state = if secretless { SyncState::Matches } else { SyncState::NeedsSecret };
        assert_eq!(view.state, state, "{body}");
    }
}

#[tokio::test]
async fn an_existing_draft_can_be_linked_and_then_replaces_the_set() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.elsewhere(None, "shop by hand", "theirs").await;
    let view = bench.adopt(&remote, Some(&id)).await.unwrap();
    assert_eq!(view.state, SyncState::Modified);
    let item = bench.publish(&id).await;
    assert_eq!((item.state, item.remote_id), (RunState::Done, Some(remote.clone())));
    assert_eq!((bench.sandbox.snapshot().len(), bench.action(&id).await), (1, PlanAction::NoChange));
}

#[tokio::test]
async fn a_set_is_linked_to_one_draft_and_a_draft_to_one_set() {
    let bench = Bench::new().await;
    let (first, second) = (bench.draft(LOGIN).await, bench.draft(LOGIN).await);
    let mine = bench.publish(&first).await.remote_id.unwrap();
    let other = bench.elsewhere(None, "other", "").await;
    assert_eq!(bench.adopt(&mine, Some(&second)).await.unwrap_err().code, Code::Invalid);
    assert_eq!(bench.adopt(&other, Some(&first)).await.unwrap_err().code, Code::Invalid);
    let token = bench.draft(r#"{"type":"TOKEN","name":"t","scopes":["SYNTHETIC"],"token":"abcdefgh"}"#).await;
    assert_eq!(bench.adopt(&other, Some(&token)).await.unwrap_err().code, Code::Invalid, "another type");
    let unknown = bench.adopt("CREDENTIALS_VAULT-0000000000000000", None).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
    assert_eq!(bench.view(&first).await.publications[0].remote_id, Some(mine));
    assert!(bench.view(&second).await.publications.is_empty());
}

#[tokio::test]
async fn a_plan_offers_to_adopt_what_has_the_name_already_and_does_it_if_chosen() {
    let bench = Bench::new().await;
    let remote = bench.elsewhere(None, "shop", "theirs").await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let row = &plan.rows[0];
    assert_eq!(row.adoptable.iter().map(|set| set.id.as_str()).collect::<Vec<_>>(), [remote.as_str()]);
    let choice = |remote_id: &str| AdoptChoice { row: row.key.clone(), remote_id: remote_id.into() };
    let start = PublishStart { adopt: vec![choice("CREDENTIALS_VAULT-0000000000000000")], ..yes(&plan) };
    assert_eq!(bench.app.publish_start(start).await.unwrap_err().code, Code::Invalid);
    let start = PublishStart { adopt: vec![choice(&remote)], ..yes(&plan) };
    bench.app.publish_start(start).await.unwrap();
    let run = bench.app.publish_wait().await.unwrap();
    assert_eq!(run.items[0].state, RunState::Done, "{run:?}");
    assert_eq!((bench.sandbox.snapshot().len(), bench.sandbox.writes().puts), (1, 1));
    assert_eq!(bench.view(&id).await.publications[0].remote_id, Some(remote));
}

#[tokio::test]
async fn sets_are_adopted_together_and_one_that_can_not_be_leaves_the_others() {
    let bench = Bench::new().await;
    let linked = bench.publish(&bench.draft(LOGIN).await).await.remote_id.unwrap();
    let (first, second) = (bench.elsewhere(None, "one", "").await, bench.elsewhere(None, "two", "").await);
    let gone = "CREDENTIALS_VAULT-0000000000000000".to_owned();
    let all = vec![first.clone(), linked.clone(), gone.clone(), second];
    let done = bench.app.remote_adopt_all(&bench.environment.id, all).await.unwrap();
    assert_eq!(done.draft_ids.len(), 2);
    assert_eq!(bench.view(&done.draft_ids[0]).await.publications[0].remote_id, Some(first));
    let left: Vec<_> = done.left.iter().map(|set| (set.id.clone(), set.problem.code)).collect();
    assert_eq!(left, [(linked, Code::Invalid), (gone, Code::NotFound)]);
    let there = bench.app.remote_seen(&bench.environment.id).await.unwrap();
    assert_eq!((there.unmanaged.len(), there.sets), (0, 3));
}

#[tokio::test]
async fn where_the_environment_does_not_answer_nothing_is_adopted() {
    let bench = Bench::new().await;
    let set = bench.elsewhere(None, "one", "").await;
    bench.fault("html-200:times=always");
    let refused = bench.app.remote_adopt_all(&bench.environment.id, vec![set]).await.unwrap_err();
    assert_eq!(refused.code, Code::Network, "{refused}");
    assert_eq!(bench.app.vault_status().await.unwrap().drafts, Some(0));
}

#[tokio::test]
async fn an_ignored_set_is_in_no_list_of_sets_until_it_is_not_ignored_any_more() {
    let bench = Bench::new().await;
    let (first, second) = (bench.elsewhere(None, "one", "").await, bench.elsewhere(None, "two", "").await);
    let env = bench.environment.id.clone();
    bench.app.remote_look(&env).await.unwrap();
    let rows = || async { bench.app.matrix(MatrixQuery::default()).await.unwrap().total };
    assert_eq!(rows().await, 2);
    let there = bench.app.remote_ignore(&env, vec![first.clone()], true).await.unwrap();
    assert_eq!(there.unmanaged.iter().map(|set| &set.id).collect::<Vec<_>>(), [&second]);
    assert_eq!(there.ignored.iter().map(|set| set.name.as_str()).collect::<Vec<_>>(), ["one"]);
    assert_eq!(rows().await, 1);
    bench.app.vault_lock().await.unwrap();
    bench.app.vault_unlock().await.unwrap();
    assert_eq!(bench.app.remote_look(&env).await.unwrap().unmanaged.len(), 1, "it is kept over a lock");
    let there = bench.app.remote_ignore(&env, vec![first], false).await.unwrap();
    assert_eq!((there.unmanaged.len(), there.ignored.len(), rows().await), (2, 0, 2));
}

#[tokio::test]
async fn only_sets_that_were_seen_and_are_nobodys_can_be_ignored() {
    let bench = Bench::new().await;
    let linked = bench.publish(&bench.draft(LOGIN).await).await.remote_id.unwrap();
    let free = bench.elsewhere(None, "one", "").await;
    bench.app.remote_look(&bench.environment.id).await.unwrap();
    for id in [linked, "CREDENTIALS_VAULT-0000000000000000".to_owned(), String::new()] {
        let refused =
            bench.app.remote_ignore(&bench.environment.id, vec![free.clone(), id], true).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
    }
    assert_eq!(bench.app.remote_seen(&bench.environment.id).await.unwrap().ignored, [], "all or none");
}
