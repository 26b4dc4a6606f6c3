//! Plans, consent, runs and what they record.

use sealpost_sandbox::{Fault, Permission, Sandbox, SandboxOptions, Token, User};
use sealpost_vault::testing::NOW;
use zeroize::Zeroizing;

use super::*;
use crate::problem::Code;

#[tokio::test]
async fn a_published_draft_has_its_id_owner_scopes_and_time_recorded() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let item = bench.publish(&id).await;
    assert_eq!(
        (item.state, item.owner.as_deref()),
        (RunState::Done, Some("sandbox.user@example.test")),
        "{item:?}"
    );
    let view = bench.app.draft_get(&id).await.unwrap();
    let publication = &view.publications[0];
    assert_eq!(publication.remote_id, item.remote_id);
    assert_eq!(publication.scopes, ["SYNTHETIC"]);
    assert_eq!(publication.published_at, Some(NOW.as_millis()));
    assert_eq!((publication.state, view.state), (SyncState::Matches, SyncState::Matches));
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn publishing_an_edited_draft_updates_the_same_set() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let first = bench.publish(&id).await.remote_id;
    let edited = bench.edit(&id, |save| save.content.description = "second".into()).await;
    assert_eq!(edited.state, SyncState::Modified);
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::Update);
    assert_eq!(plan.rows[0].changes.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["description"]);
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].remote_id, first);
    assert_eq!(bench.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn a_plan_right_after_publishing_is_empty_and_its_row_cant_run() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.publish(&id).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::NoChange);
    let start = PublishStart { rows: vec![plan.rows[0].key.clone()], ..yes(&plan) };
    assert_eq!(bench.app.publish_start(start).await.unwrap_err().code, Code::Invalid);
}

#[tokio::test]
async fn a_changed_secret_reads_changed_and_nothing_else() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.publish(&id).await;
    bench
        .edit(&id, |save| {
            let edit = sealpost_vault::SecretEdit::Set { value: "zebra-secret".into() };
            save.secrets.insert(sealpost_vault::SecretField::Password, edit);
        })
        .await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let change = &plan.rows[0].changes[0];
    assert_eq!(
        (change.path.as_str(), change.secret, change.before.len(), change.after.len()),
        ("password", true, 0, 0)
    );
    let json = serde_json::to_string(&plan).unwrap();
    assert!(!json.contains("zebra") && !json.contains("hunter2"), "a plan holds no secret");
}

#[tokio::test]
async fn a_second_environment_gets_its_own_id() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let first = bench.publish(&id).await;
    let other = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let env = add(&bench.app, "prod", other.base_url(), other.token(), false).await;
    let plan = bench.app.publish_plan(&[id], &[env.id]).await.unwrap();
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Done);
    assert_ne!(run.items[0].remote_id, first.remote_id);
    assert_eq!((bench.sandbox.snapshot().len(), other.snapshot().len()), (1, 1));
}

#[tokio::test]
async fn an_environment_that_is_gone_blocks_its_rows_and_sends_nothing() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.sandbox.stop().await;
    let plan = bench.app.publish_plan(&[id], &[bench.environment.id]).await.unwrap();
    assert_eq!(plan.rows[0].action, PlanAction::Blocked);
    assert!(plan.rows[0].reasons[0].contains("No connection to staging"), "{:?}", plan.rows[0].reasons);
}

#[tokio::test]
async fn a_refusal_shows_the_servers_words_apart_from_ours() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    bench.sandbox.faults().set([Fault::parse("429").unwrap(), Fault::parse("503:on=POST").unwrap()]);
    let run = bench.run(&plan).await;
    let item = &run.items[0];
    assert!(matches!(item.state, RunState::Unclear | RunState::Failed), "{item:?}");
    assert!(item.hint.is_some());
    assert!(!item.message.is_empty());
}

#[tokio::test]
async fn an_owner_change_is_shown_and_needs_its_own_consent() {
    let options = SandboxOptions::default()
        .user(User::new("alice@example.test", Permission::ChangeMonitoring).token(Token::generated()))
        .user(User::new("bob@example.test", Permission::ChangeMonitoring).token(Token::generated()));
    let bench = Bench::with(options, false).await;
    let id = bench.draft(LOGIN).await;
    bench.publish(&id).await;
    let bob = bench.sandbox.token_of("bob@example.test").unwrap();
    let env = &bench.environment;
    bench
        .app
        .env_save(EnvironmentSave {
            id: Some(env.id.clone()),
            expected_revision: Some(env.revision),
            name: env.name.clone(),
            url: env.url.clone(),
            token: sealpost_vault::SecretEdit::Set { value: bob.into() },
            colour: env.colour.clone(),
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        })
        .await
        .unwrap();
    bench.edit(&id, |save| save.content.description = "by bob".into()).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let change = plan.rows[0].owner_change.clone().unwrap();
    assert_eq!((change.from.as_str(), change.to.as_str()), ("alice@example.test", "bob@example.test"));
    let refused = bench.app.publish_start(yes(&plan)).await.unwrap_err();
    assert_eq!(refused.code, Code::ConsentMissing);
    assert_eq!(bench.sandbox.snapshot()[0].owner, "alice@example.test", "nothing was sent");

    let start = PublishStart { owner_changes: vec![plan.rows[0].key.clone()], ..yes(&plan) };
    bench.app.publish_start(start).await.unwrap();
    let run = bench.app.publish_wait().await.unwrap();
    assert_eq!(run.items[0].owner.as_deref(), Some("bob@example.test"));
}

#[tokio::test]
async fn a_protected_environment_needs_its_name_typed() {
    let bench = Bench::with(SandboxOptions::default(), true).await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    for typed in [vec![], vec!["Staging".to_owned()], vec!["stagin".to_owned()]] {
        let start = PublishStart { confirmed_names: typed, ..yes(&plan) };
        assert_eq!(bench.app.publish_start(start).await.unwrap_err().code, Code::ConsentMissing);
    }
    assert!(bench.sandbox.snapshot().is_empty());
    let start = PublishStart { confirmed_names: vec!["staging".into()], ..yes(&plan) };
    bench.app.publish_start(start).await.unwrap();
    assert_eq!(bench.app.publish_wait().await.unwrap().items[0].state, RunState::Done);
}

#[tokio::test]
async fn a_draft_saved_after_the_plan_is_skipped_and_not_sent() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    bench.edit(&id, |save| save.content.description = "moved".into()).await;
    let run = bench.run(&plan).await;
    assert_eq!(run.items[0].state, RunState::Skipped);
    assert!(bench.sandbox.snapshot().is_empty());
}

#[tokio::test]
async fn companions_go_first_and_their_ids_are_filled_in() {
    let bench = Bench::new().await;
    let secret = bench
        .draft(
            r#"{"type":"TOKEN","name":"approle secret","scopes":["SYNTHETIC"],"token":"not-a-real-token"}"#,
        )
        .await;
    let synced = bench
        .draft(
            r#"{"type":"USERNAME_PASSWORD","name":"synced","scopes":["SYNTHETIC"],"externalVault":{
            "sourceAuthMethod":"HASHICORP_VAULT_APPROLE","vaultUrl":"https://vault.example.test:8200",
            "usernameSecretName":"u","passwordSecretName":"p","pathToCredentials":"kv/shop","roleId":"role",
            "secretId":"CREDENTIALS_VAULT-0123456789ABCDEF","vaultNamespace":"admin"}}"#,
        )
        .await;
    let reference = sealpost_vault::Reference::Draft(secret.parse().unwrap());
    bench
        .edit(&synced, |save| {
            let sealpost_vault::Details::UsernamePassword { external_vault: Some(vault), .. } =
                &mut save.content.details
            else {
                panic!("an external login")
            };
            if let sealpost_vault::SourceAuthMethod::HashicorpApprole { secret_id, .. } = &mut vault.method {
                *secret_id = reference;
            }
        })
        .await;
    let alone = bench.plan(std::slice::from_ref(&synced)).await;
    assert_eq!(alone.rows[0].action, PlanAction::Blocked, "its companion has no id there");
    let plan = bench.plan(&[synced.clone(), secret.clone()]).await;
    assert_eq!(plan.rows.iter().map(|row| row.draft_id.clone()).collect::<Vec<_>>(), [secret, synced]);
    let run = bench.run(&plan).await;
    assert!(run.items.iter().all(|item| item.state == RunState::Done), "{run:?}");
}

#[tokio::test]
async fn a_draft_with_an_empty_secret_is_saved_and_cant_be_published() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench
        .edit(&id, |save| {
            save.secrets.insert(sealpost_vault::SecretField::Password, sealpost_vault::SecretEdit::Clear);
        })
        .await;
    let plan = bench.plan(&[id]).await;
    assert_eq!(plan.rows[0].action, PlanAction::Blocked);
    assert!(bench.sandbox.snapshot().is_empty());
}

#[tokio::test]
async fn drift_is_found_told_and_gone_after_publishing() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    let (_, client) = bench.app.connect(bench.environment.id.parse().unwrap()).await.unwrap();
    client.delete(&remote).await.unwrap();
    assert_eq!(bench.app.publication_refresh(&[]).await.unwrap(), 1);
    assert_eq!(bench.app.draft_get(&id).await.unwrap().state, SyncState::Missing);
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::Create, "a new set, and the plan says so");
    assert!(plan.rows[0].warnings.iter().any(|text| text.contains(&remote)));
    bench.run(&plan).await;
    assert_eq!(bench.app.publication_refresh(&[]).await.unwrap(), 0);
}

#[tokio::test]
async fn the_sandbox_environment_works_with_no_account() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    app.vault_create().await.unwrap();
    let env = app.sandbox_start().await.unwrap();
    assert!(env.sandbox);
    assert_eq!(app.draft_samples().await.unwrap(), 3);
    assert!(app.env_test(Some(&env.id), None).await.unwrap().ok);
    let list = app.draft_list(DraftQuery::default()).await.unwrap();
    let ids: Vec<String> = list.rows.iter().map(|row| row.id.clone()).collect();
    let plan = app.publish_plan(&ids, &[env.id]).await.unwrap();
    app.publish_start(yes(&plan)).await.unwrap();
    let run = app.publish_wait().await.unwrap();
    assert!(run.items.iter().all(|item| item.state == RunState::Done), "{run:?}");
}

#[tokio::test]
async fn two_vaults_made_one_after_the_other_do_not_meet_in_one_sandbox() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keyring = Arc::new(MemoryKeyring::default());
    let opened = |folder: &Path| app_with(folder, Arc::new(FixedClock::at(NOW)), Arc::clone(&keyring));
    let earlier = opened(first.path());
    earlier.vault_create().await.unwrap();
    earlier.sandbox_start().await.unwrap();
    // Its sandbox ends with it, and its address is free again.
    drop(earlier);
    let later = opened(second.path());
    later.vault_create().await.unwrap();
    let later_id = later.sandbox_start().await.unwrap().id;
    let earlier = opened(first.path());
    earlier.vault_unlock().await.unwrap();
    let earlier_id = earlier.sandbox_start().await.unwrap().id;
    for (app, id) in [(&later, later_id), (&earlier, earlier_id)] {
        let report = app.env_test(Some(&id), None).await.unwrap();
        assert!(report.ok, "{report:?}");
    }
}

#[tokio::test]
async fn locking_ends_the_run_and_forgets_everything() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench.publish(&id).await;
    bench.app.vault_lock().await.unwrap();
    assert!(bench.app.publish_state().is_none());
    assert_eq!(bench.app.draft_get(&id).await.unwrap_err().code, Code::VaultLocked);
    bench.app.vault_unlock().await.unwrap();
    bench.app.draft_get(&id).await.unwrap();
}

#[tokio::test]
async fn a_set_that_was_written_but_cant_be_recorded_is_told_with_its_id() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    bench.sandbox.faults().set([Fault::parse("latency=1500ms:on=POST").unwrap()]);
    bench.app.publish_start(yes(&plan)).await.unwrap();
    // The attempt is committed before the request leaves; then another process takes the write lock for long.
    while bench.sandbox.writes().posts == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let file = sealpost_vault::store::vault_path(bench.app.folder());
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = bench.app.publish_wait().await.unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    let item = &run.items[0];
    assert_eq!(item.state, RunState::Unclear, "{item:?}");
    let stored = bench.sandbox.snapshot();
    assert_eq!(item.remote_id.as_deref(), Some(stored[0].id.as_str()));
    assert!(item.message.contains(&stored[0].id) && item.message.contains("not recorded"), "{item:?}");
    bench.sandbox.faults().clear();
    let again = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(
        again.rows[0].remote_id.as_deref(),
        Some(stored[0].id.as_str()),
        "the open attempt keeps it from a second set"
    );
}

#[tokio::test]
async fn replacing_a_draft_by_a_request_body_keeps_what_is_never_sent() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    bench
        .edit(&id, |save| {
            save.content.note = "only for me".into();
            save.content.tags.insert("mine".into());
            save.content.expires_at = Some(NOW.as_millis());
        })
        .await;
    let body = Zeroizing::new(LOGIN.replace("robot", "other").into_bytes());
    let view = bench.app.draft_edit_from(&id, None, body).await.unwrap();
    assert_eq!(view.content.note, "only for me");
    assert!(view.content.tags.contains("mine"));
    assert_eq!(view.content.expires_at, Some(NOW.as_millis()));
}
