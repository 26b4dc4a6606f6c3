//! One draft, published with what each environment overrides.

use std::collections::BTreeMap;

use sealpost_vault::{SecretEdit, SecretField};

use super::*;

/// A second environment of its own.
async fn second(bench: &Bench) -> (RunningSandbox, EnvironmentView) {
    let shared = Arc::clone(&bench.clock);
    let millis = move || u64::try_from(shared.now().as_millis()).unwrap();
    let options = SandboxOptions::default()
        .clock(sealpost_sandbox::Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(millis())));
    let sandbox = Sandbox::start(options).await.unwrap();
    let environment = add(&bench.app, "prod", sandbox.base_url(), sandbox.token(), false).await;
    (sandbox, environment)
}

fn secret(save: &mut DraftSave, environment: &str, edit: SecretEdit) {
    let edits = BTreeMap::from([(SecretField::Password, edit)]);
    save.override_secrets.insert(environment.to_owned(), edits);
}

fn set(text: &str) -> SecretEdit {
    SecretEdit::Set { value: text.into() }
}

/// Name, owner-only and password are others in `prod`.
async fn overridden(bench: &Bench, id: &str, prod: &str) -> DraftView {
    let (id, prod) = (id.to_owned(), prod.to_owned());
    bench
        .edit(&id, |save| {
            let here = OverrideContent {
                name: Some("shop prod".into()),
                user: Some("robot-prod".into()),
                owner_access_only: Some(true),
                ..OverrideContent::default()
            };
            save.content.overrides.insert(prod.clone(), here);
            secret(save, &prod, set("zebra-prod-password"));
        })
        .await
}

#[tokio::test]
async fn each_environment_gets_the_draft_as_its_override_makes_it() {
    let bench = Bench::new().await;
    let (sandbox, prod) = second(&bench).await;
    let id = bench.draft(LOGIN).await;
    let view = overridden(&bench, &id, &prod.id).await;
    assert_eq!(view.overrides[0].fields, ["Name", "Owner only", "Username", "Password"]);
    assert!(!serde_json::to_string(&view).unwrap().contains("zebra"), "no secret in the answer");

    let both = [bench.environment.id.clone(), prod.id.clone()];
    let plan = bench.app.publish_plan(std::slice::from_ref(&id), &both).await.unwrap();
    let names: Vec<&str> = plan.rows.iter().map(|row| row.draft_name.as_str()).collect();
    assert_eq!(names, ["shop", "shop prod"]);
    assert!(!serde_json::to_string(&plan).unwrap().contains("zebra"));
    bench.run(&plan).await;

    let published = bench.view(&id).await;
    assert!(published.publications.iter().all(|link| link.state == SyncState::Matches), "{published:?}");
    let own = bench.sandbox.snapshot();
    let there = sandbox.snapshot();
    assert_eq!((own[0].metadata.name.as_str(), there[0].metadata.name.as_str()), ("shop", "shop prod"));
    let again = bench.app.publish_plan(&[id], &both).await.unwrap();
    assert!(again.rows.iter().all(|row| row.action == PlanAction::NoChange), "{again:?}");
}

#[tokio::test]
async fn an_override_changes_the_state_of_its_own_environment_alone() {
    let bench = Bench::new().await;
    let (_sandbox, prod) = second(&bench).await;
    let id = bench.draft(LOGIN).await;
    let both = [bench.environment.id.clone(), prod.id.clone()];
    bench.run(&bench.app.publish_plan(std::slice::from_ref(&id), &both).await.unwrap()).await;
    let state = |view: &DraftView, environment: &str| {
        view.publications.iter().find(|link| link.environment_id == environment).unwrap().state
    };
    let view = bench.edit(&id, |save| secret(save, &prod.id, set("another-one"))).await;
    assert_eq!(state(&view, &bench.environment.id), SyncState::Matches);
    assert_eq!(state(&view, &prod.id), SyncState::Modified);
    let list = bench.app.draft_list(DraftQuery::default()).await.unwrap();
    let pips: Vec<SyncState> = list.rows[0].pips.iter().map(|pip| pip.state).collect();
    assert_eq!(pips, [SyncState::Matches, SyncState::Modified], "the list says the same");
    let plan = bench.app.publish_plan(std::slice::from_ref(&id), &both).await.unwrap();
    let actions: Vec<PlanAction> = plan.rows.iter().map(|row| row.action).collect();
    assert_eq!(actions, [PlanAction::NoChange, PlanAction::Update]);
    assert_eq!(plan.rows[1].changes.len(), 1, "the password alone");

    // Cleared, it is the draft's again, and nothing is left to do.
    let view = bench.edit(&id, |save| secret(save, &prod.id, SecretEdit::Clear)).await;
    assert_eq!(state(&view, &prod.id), SyncState::Matches);
    assert!(view.overrides.is_empty(), "an empty override is none");
}

#[tokio::test]
async fn what_is_not_named_in_a_save_is_kept_and_what_is_left_out_is_taken_away() {
    let bench = Bench::new().await;
    let (_sandbox, prod) = second(&bench).await;
    let id = bench.draft(LOGIN).await;
    overridden(&bench, &id, &prod.id).await;
    let kept = bench.edit(&id, |save| save.content.description = "changed".into()).await;
    assert_eq!(kept.overrides[0].secrets, [SecretField::Password]);
    let app = &bench.app;
    let value = app.secret_reveal(&id, SecretField::Password, Some(&prod.id)).await.unwrap();
    assert_eq!(value.0.expose_text(), Some("zebra-prod-password"));
    let value = app.secret_reveal(&id, SecretField::Password, None).await.unwrap();
    assert_eq!(value.0.expose_text(), Some("hunter2hunter2"), "the draft's own");
    let json = LOGIN.replace("robot", "robot-2");
    let from = Zeroizing::new(json.into_bytes());
    let edited = bench.app.draft_edit_from(&id, None, from).await.unwrap();
    assert_eq!(edited.overrides.len(), 1, "a request body has no place for it");
    let gone = bench.edit(&id, |save| save.content.overrides.clear()).await;
    assert!(gone.overrides.is_empty());
    let back = bench.app.draft_roll_back(&id, 2, gone.revision).await.unwrap();
    assert_eq!(back.overrides[0].secrets, [SecretField::Password], "history kept it");
    let history = bench.app.draft_history(&id).await.unwrap();
    let changes: Vec<&[String]> = history.iter().map(|one| &one.changes[..]).collect();
    assert!(changes[4].contains(&"Name in prod".to_owned()), "{changes:?}");
    assert!(changes[4].contains(&"Password in prod".to_owned()), "{changes:?}");
    assert_eq!(changes[3], ["Description"]);
}

#[tokio::test]
async fn what_is_wrong_in_one_environment_blocks_that_one_alone() {
    let bench = Bench::new().await;
    let (_sandbox, prod) = second(&bench).await;
    let id = bench.draft(LOGIN).await;
    let view = bench
        .edit(&id, |save| {
            let here = OverrideContent { user: Some("with:colon".into()), ..OverrideContent::default() };
            save.content.overrides.insert(prod.id.clone(), here);
        })
        .await;
    assert!(view.issues.is_empty(), "{:?}", view.issues);
    assert_eq!(view.overrides[0].issues.len(), 1);
    let both = [bench.environment.id.clone(), prod.id.clone()];
    let plan = bench.app.publish_plan(&[id], &both).await.unwrap();
    let actions: Vec<PlanAction> = plan.rows.iter().map(|row| row.action).collect();
    assert_eq!(actions, [PlanAction::Create, PlanAction::Blocked]);
}

#[tokio::test]
async fn a_secret_that_only_environments_have_is_enough_there_and_missing_elsewhere() {
    let bench = Bench::new().await;
    let (_sandbox, prod) = second(&bench).await;
    let id = bench.draft(r#"{"type":"TOKEN","name":"t","scopes":["SYNTHETIC"]}"#).await;
    let view = bench
        .edit(&id, |save| {
            let edits = BTreeMap::from([(SecretField::Token, set("zebra-token"))]);
            save.override_secrets.insert(prod.id.clone(), edits);
        })
        .await;
    assert!(!view.secrets[0].set, "the draft itself has none");
    let both = [bench.environment.id.clone(), prod.id.clone()];
    let plan = bench.app.publish_plan(&[id], &both).await.unwrap();
    let actions: Vec<PlanAction> = plan.rows.iter().map(|row| row.action).collect();
    assert_eq!(actions, [PlanAction::Blocked, PlanAction::Create]);
}

#[tokio::test]
async fn the_name_that_is_looked_for_there_is_the_one_that_is_sent_there() {
    let bench = Bench::new().await;
    bench.elsewhere(None, "shop there", "").await;
    let id = bench.draft(LOGIN).await;
    let environment = bench.environment.id.clone();
    assert!(bench.plan(std::slice::from_ref(&id)).await.rows[0].adoptable.is_empty());
    bench
        .edit(&id, |save| {
            let here = OverrideContent { name: Some("shop there".into()), ..OverrideContent::default() };
            save.content.overrides.insert(environment, here);
        })
        .await;
    let plan = bench.plan(&[id]).await;
    assert_eq!(plan.rows[0].adoptable.len(), 1, "the set that has this name already");
}

#[tokio::test]
async fn theirs_goes_into_the_override_where_there_is_one_and_into_the_draft_where_not() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let environment = bench.environment.id.clone();
    bench
        .edit(&id, |save| {
            let here = OverrideContent { name: Some("shop there".into()), ..OverrideContent::default() };
            save.content.overrides.insert(environment.clone(), here);
        })
        .await;
    let item = bench.publish(&id).await;
    bench.elsewhere(item.remote_id.as_deref(), "renamed there", "described there").await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    assert_eq!(plan.rows[0].action, PlanAction::Conflict);
    let taken = bench.app.publish_take_theirs(&plan.id, &plan.rows[0].key).await.unwrap();
    assert_eq!(taken.name, "shop", "the draft's own name is what it was");
    assert_eq!(taken.content.overrides[&environment].name.as_deref(), Some("renamed there"));
    assert_eq!(taken.content.description, "described there");
    assert_eq!(bench.action(&id).await, PlanAction::NoChange);
}

#[tokio::test]
async fn a_create_without_an_answer_is_found_under_the_name_it_was_sent_with() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let environment = bench.environment.id.clone();
    bench
        .edit(&id, |save| {
            let here = OverrideContent { name: Some("shop there".into()), ..OverrideContent::default() };
            save.content.overrides.insert(environment, here);
        })
        .await;
    bench.fault("close-after-store");
    let item = bench.publish(&id).await;
    let view = bench.view(&id).await;
    assert_eq!(view.publications.len(), 1, "{item:?}");
    bench.reconcile().await;
    assert_eq!(bench.view(&id).await.publications[0].state, SyncState::Matches);
    assert_eq!(bench.sandbox.snapshot().len(), 1, "and no second one was made");
}

#[tokio::test]
async fn an_environment_that_does_not_exist_can_not_be_overridden() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let view = bench.view(&id).await;
    let mut content = view.content;
    let unknown = "01920000-0000-7000-8000-000000000000".to_owned();
    content.overrides.insert(unknown, OverrideContent::default());
    let save = DraftSave {
        id: Some(id),
        expected_revision: Some(view.revision),
        content,
        secrets: BTreeMap::new(),
        override_secrets: BTreeMap::new(),
        unsaved: None,
    };
    let refused = bench.app.draft_save(save).await.unwrap_err();
    assert_eq!(refused.code, crate::problem::Code::NotFound);
}

#[tokio::test]
async fn a_draft_is_found_by_the_name_it_has_in_one_environment() {
    let bench = Bench::new().await;
    let (_sandbox, prod) = second(&bench).await;
    let id = bench.draft(LOGIN).await;
    overridden(&bench, &id, &prod.id).await;
    let found = |text: &str| DraftQuery { text: Some(text.into()), ..DraftQuery::default() };
    assert_eq!(bench.app.draft_list(found("shop prod")).await.unwrap().total, 1);
    assert_eq!(bench.app.draft_list(found("shop staging")).await.unwrap().total, 0);
    let id = bench.app.draft_find("shop prod").await.unwrap_err();
    assert_eq!(id.code, crate::problem::Code::NotFound, "but it is named by its own name");
}

#[tokio::test]
async fn a_secret_typed_for_one_environment_survives_a_lock_and_never_comes_back() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let environment = bench.environment.id.clone();
    let view = bench.view(&id).await;
    let save = |edit: SecretEdit, unsaved: Option<String>| DraftSave {
        id: Some(id.clone()),
        expected_revision: Some(view.revision),
        content: view.content.clone(),
        secrets: BTreeMap::new(),
        override_secrets: BTreeMap::from([(
            environment.clone(),
            BTreeMap::from([(SecretField::Password, edit)]),
        )]),
        unsaved,
    };
    let typed = UnsavedSave::Draft { save: save(set("zebra-typed"), None).into() };
    let name = bench.app.unsaved_keep(typed).await.unwrap();
    bench.app.vault_lock().await.unwrap();
    bench.app.vault_unlock().await.unwrap();
    let kept = bench.app.unsaved_list().await.unwrap();
    assert!(!serde_json::to_string(&kept).unwrap().contains("zebra"));
    assert_eq!(kept[0].override_secrets[&environment][&SecretField::Password], UnsavedSecret::Set);
    let again = UnsavedSave::Draft { save: save(SecretEdit::Unsaved, None).into() };
    bench.app.unsaved_keep(again).await.unwrap();
    bench.app.draft_save(save(SecretEdit::Unsaved, Some(name))).await.unwrap();
    let there = bench.app.secret_reveal(&id, SecretField::Password, Some(&environment)).await.unwrap();
    assert_eq!(there.0.expose_text(), Some("zebra-typed"));
    let own = bench.app.secret_reveal(&id, SecretField::Password, None).await.unwrap();
    assert_eq!(own.0.expose_text(), Some("hunter2hunter2"));
}

#[tokio::test]
async fn a_certificate_of_one_environment_has_its_own_format_and_facts() {
    let bench = Bench::new().await;
    let pem = include_bytes!("../../../../../tests/fixtures/certs/leaf-with-key.pem");
    let file = |bytes: &[u8]| {
        use base64::Engine as _;
        SecretEdit::SetFile { base64: base64::engine::general_purpose::STANDARD.encode(bytes).into() }
    };
    let details = sealpost_vault::Details::Certificate {
        certificate_format: sealpost_vault::CertificateFormat::Pem,
        facts: None,
    };
    let save = |there: BTreeMap<SecretField, SecretEdit>| DraftSave {
        id: None,
        expected_revision: None,
        content: crate::drafts::content_of(&sealpost_vault::DraftMeta::new("mtls", details.clone())),
        secrets: BTreeMap::from([(SecretField::Certificate, file(pem))]),
        override_secrets: BTreeMap::from([(bench.environment.id.clone(), there)]),
        unsaved: None,
    };
    let p12 = include_bytes!("../../../../../tests/fixtures/certs/modern.p12");
    let both = |password: &str| {
        BTreeMap::from([(SecretField::Certificate, file(p12)), (SecretField::Password, set(password))])
    };
    let good = bench.app.draft_save(save(both("fixture-password"))).await.unwrap();
    let facts = good.overrides[0].certificate.as_ref().unwrap();
    assert!(facts.certificates > 0 && good.overrides[0].issues.is_empty(), "{:?}", good.overrides[0]);
    assert_eq!(bench.publish(&good.id).await.state, RunState::Done);
    let wrong = bench.app.draft_save(save(both("not-its-password"))).await.unwrap();
    assert!(!wrong.overrides[0].issues.is_empty(), "a file that does not open is told where it goes");
    assert!(!wrong.issues.iter().any(|issue| issue.path == "password"), "{:?}", wrong.issues);
    assert_eq!(bench.action(&wrong.id).await, PlanAction::Blocked);
}
