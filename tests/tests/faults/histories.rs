//! Random histories of edits, publishes, changes by others, faults and restarts: at the end, one publish without faults
//! and a plan that is empty.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sealpost_app::parts::{SecretEdit, SecretField};
use sealpost_app::views::{DraftSave, DriftSettlement, OverrideContent, RotationStart};
use sealpost_tests::world::{World, soaking};

#[derive(Debug, Clone)]
enum Step {
    Edit(usize, u8),
    EditSecret(usize, u8),
    Override(usize, u8),
    AsDraft(usize),
    Rotate(usize, u8),
    RollBack(usize),
    Publish(&'static str),
    Unpublish(usize),
    ChangedThere(usize),
    DeletedThere(usize),
    Settle(usize, DriftSettlement),
    Reconcile,
    Restart,
    TimePasses,
}

const FAULTS: [&str; 8] = [
    "",
    "503:times=2",
    "close-after-store:times=2",
    "500-after-store:on=POST",
    "429:times=2",
    "delay-visible=8s",
    "503:times=always:on=PUT",
    "truncated-body:times=2",
];

const HOWS: [DriftSettlement; 3] =
    [DriftSettlement::Accept, DriftSettlement::Ignore, DriftSettlement::Compare];

fn step() -> impl Strategy<Value = Step> {
    let draft = 0..3_usize;
    prop_oneof![
        (draft.clone(), any::<u8>()).prop_map(|(draft, text)| Step::Edit(draft, text)),
        (draft.clone(), any::<u8>()).prop_map(|(draft, text)| Step::EditSecret(draft, text)),
        (draft.clone(), any::<u8>()).prop_map(|(draft, text)| Step::Override(draft, text)),
        draft.clone().prop_map(Step::AsDraft),
        (draft.clone(), any::<u8>()).prop_map(|(draft, text)| Step::Rotate(draft, text)),
        draft.clone().prop_map(Step::RollBack),
        prop::sample::select(&FAULTS[..]).prop_map(Step::Publish),
        prop::sample::select(&FAULTS[..]).prop_map(Step::Publish),
        draft.clone().prop_map(Step::Unpublish),
        draft.clone().prop_map(Step::ChangedThere),
        draft.clone().prop_map(Step::DeletedThere),
        (draft, prop::sample::select(&HOWS[..])).prop_map(|(draft, how)| Step::Settle(draft, how)),
        Just(Step::Reconcile),
        Just(Step::Restart),
        Just(Step::TimePasses),
    ]
}

/// Somebody else replaces a draft's set, or deletes it.
async fn elsewhere(world: &World, draft: &str, replace: bool) {
    let sandbox = &world.sandboxes[0];
    let view = world.app().draft_get(draft).await.unwrap();
    let Some(id) = view.publications.first().and_then(|one| one.remote_id.clone()) else { return };
    sandbox.faults().clear();
    let url = format!("{}/api/v2/credentials/{id}", sandbox.base_url());
    let request = if replace {
        let body = serde_json::json!({"type": "USERNAME_PASSWORD", "name": view.name, "scopes": ["SYNTHETIC"],
            "ownerAccessOnly": true, "description": "theirs", "user": "x", "password": "not-a-real-one"});
        ("PUT", body.to_string())
    } else {
        ("DELETE", String::new())
    };
    sealpost_tests::http::send(sandbox.address(), request.0, &url, sandbox.token(), &request.1).await;
}

/// Gives the one environment another description and password, or takes them away again.
async fn differ(world: &World, draft: &str, text: Option<u8>) {
    let environment = world.environments[0].clone();
    let view = world.app().draft_get(draft).await.unwrap();
    let mut content = view.content;
    content.overrides.clear();
    let mut override_secrets = BTreeMap::new();
    if let Some(text) = text {
        let here =
            OverrideContent { description: Some(format!("there {text}")), ..OverrideContent::default() };
        content.overrides.insert(environment.clone(), here);
        override_secrets.insert(environment, secret(&format!("there-{text}")));
    }
    let save = DraftSave {
        id: Some(view.id),
        expected_revision: Some(view.revision),
        content,
        secrets: BTreeMap::new(),
        override_secrets,
        unsaved: None,
    };
    world.app().draft_save(save).await.unwrap();
}

fn secret(value: &str) -> BTreeMap<SecretField, SecretEdit> {
    BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: value.into() })])
}

async fn rotate(world: &World, draft: &str, text: u8) {
    let start = RotationStart {
        id: draft.to_owned(),
        expected_revision: None,
        canary: vec![world.environments[0].clone()],
        secrets: secret(&format!("rotated-{text}")),
        user: None,
    };
    // Refused where the environment has a secret of its own, which is an answer too.
    if world.app().rotation_start(start).await.is_ok() {
        let plan = world.app().rotation_plan(draft, false).await.unwrap();
        world.carry_out(&plan).await;
    }
}

async fn live(steps: &[Step]) {
    let mut world = World::new().await;
    world.add_sandbox("only").await;
    let mut drafts = Vec::new();
    for name in ["one", "two", "three"] {
        drafts.push(world.draft(name).await);
    }
    for step in steps {
        match step {
            Step::Edit(draft, text) => world.edit(&drafts[*draft], &format!("d{text}"), None).await,
            Step::EditSecret(draft, text) => {
                let secret = format!("password-{text}");
                world.edit(&drafts[*draft], &format!("d{text}"), Some(&secret)).await;
            }
            Step::Override(draft, text) => differ(&world, &drafts[*draft], Some(*text)).await,
            Step::AsDraft(draft) => differ(&world, &drafts[*draft], None).await,
            Step::Rotate(draft, text) => rotate(&world, &drafts[*draft], *text).await,
            Step::RollBack(draft) => {
                // Refused if there is nothing to go back to.
                let (draft, environment) = (&drafts[*draft], &world.environments[0]);
                if let Ok(plan) = world.app().rotation_roll_back(draft, environment, None).await {
                    world.carry_out(&plan).await;
                }
            }
            Step::Publish(faults) => {
                world.fault(faults);
                world.publish(&drafts).await;
                world.calm();
            }
            Step::Unpublish(draft) => {
                let one = std::slice::from_ref(&drafts[*draft]);
                let plan = world.app().unpublish_plan(one, &world.environments).await.unwrap();
                world.carry_out(&plan).await;
            }
            Step::ChangedThere(draft) => elsewhere(&world, &drafts[*draft], true).await,
            Step::DeletedThere(draft) => elsewhere(&world, &drafts[*draft], false).await,
            Step::Settle(draft, how) => {
                // Refused if there is nothing to settle, which is an answer too.
                let (draft, environment) = (&drafts[*draft], &world.environments[0]);
                drop(world.app().remote_look(environment).await);
                let paths = vec!["description".to_owned()];
                drop(world.app().drift_settle(draft, environment, paths, *how).await);
            }
            Step::Reconcile => drop(world.reconcile().await),
            Step::Restart => world.restart().await,
            Step::TimePasses => world.clock.advance_millis(90_000),
        }
    }
    world.must_come_right(&drafts, &format!("{steps:?}")).await;
}

#[test]
fn after_any_history_one_publish_without_faults_leaves_an_empty_plan() {
    let cases = if soaking() { 400 } else { 12 };
    let mut runner = TestRunner::new(Config { cases, max_shrink_iters: 60, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let histories = prop::collection::vec(step(), 1..12);
    runner
        .run(&histories, |steps| {
            runtime.block_on(live(&steps));
            Ok(())
        })
        .unwrap();
}
