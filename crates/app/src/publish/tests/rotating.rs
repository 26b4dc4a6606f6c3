//! A secret is changed once, tried in one environment, given to the rest, and taken back where it does not work.

use std::collections::BTreeMap;

use sealpost_vault::{SecretEdit, SecretField};

use super::*;
use crate::problem::Code;

/// A draft that is published to two environments, and rotated in the second.
struct Rotated {
    bench: Bench,
    prod: EnvironmentView,
    id: String,
    _prod: RunningSandbox,
}

impl Rotated {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let shared = Arc::clone(&bench.clock);
        let millis = move || u64::try_from(shared.now().as_millis()).unwrap();
        let options = SandboxOptions::default()
            .clock(sealpost_sandbox::Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(millis())));
        let sandbox = Sandbox::start(options).await.unwrap();
        let prod = add(&bench.app, "prod", sandbox.base_url(), sandbox.token(), false).await;
        let id = bench.draft(LOGIN).await;
        let world = Self { bench, prod, id, _prod: sandbox };
        let both = [world.bench.environment.id.clone(), world.prod.id.clone()];
        let plan = world.bench.app.publish_plan(std::slice::from_ref(&world.id), &both).await.unwrap();
        world.bench.run(&plan).await;
        world
    }

    fn canary(&self) -> &str {
        &self.bench.environment.id
    }

    async fn try_start(&self, value: &str) -> Result<RotationView, crate::problem::Problem> {
        let edits = BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: value.into() })]);
        let canary = vec![self.canary().to_owned()];
        let start = RotationStart {
            id: self.id.clone(),
            expected_revision: None,
            canary,
            secrets: edits,
            user: None,
        };
        self.bench.app.rotation_start(start).await
    }

    async fn start(&self, value: &str) -> RotationView {
        self.try_start(value).await.unwrap()
    }

    async fn step(&self, rest: bool) -> RunView {
        let plan = self.bench.app.rotation_plan(&self.id, rest).await.unwrap();
        assert!(!serde_json::to_string(&plan).unwrap().contains("zebra"));
        self.bench.run(&plan).await
    }

    async fn back(&self, environment: &str, revision: Option<u32>) -> RunView {
        let plan = self.bench.app.rotation_roll_back(&self.id, environment, revision).await.unwrap();
        assert_eq!(plan.rows.len(), 1, "no other environment is touched");
        self.bench.run(&plan).await
    }

    async fn view(&self) -> RotationView {
        let view = self.bench.app.rotation_list().await.unwrap().pop().unwrap();
        assert!(!serde_json::to_string(&view).unwrap().contains("zebra"));
        view
    }

    async fn states(&self) -> Vec<RotatedState> {
        self.view().await.environments.iter().map(|one| one.state).collect()
    }

    async fn password(&self, environment: Option<&str>) -> String {
        let revealed = self.bench.app.secret_reveal(&self.id, SecretField::Password, environment).await;
        revealed.unwrap().0.expose_text().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_canary_gets_the_new_secret_first_and_the_rest_after_it() {
    let world = Rotated::new().await;
    let view = world.start("zebra-new").await;
    assert_eq!((view.phase, view.environments.len()), (RotationPhase::Canary, 2));
    let early = world.bench.app.rotation_plan(&world.id, true).await.unwrap_err();
    assert_eq!(early.code, Code::Invalid, "not before the canary");

    let run = world.step(false).await;
    assert_eq!(run.items.len(), 1);
    assert_eq!(world.states().await, [RotatedState::Done, RotatedState::Waiting]);
    assert_eq!(world.view().await.phase, RotationPhase::Check);

    let run = world.step(true).await;
    assert_eq!((run.items.len(), run.items[0].environment.as_str()), (1, "prod"));
    assert_eq!(world.view().await.phase, RotationPhase::Done);
    world.bench.app.rotation_end(&world.id).await.unwrap();
    assert!(world.bench.app.rotation_list().await.unwrap().is_empty());
    assert_eq!(world.password(None).await, "zebra-new");
}

#[tokio::test]
async fn how_far_a_rotation_is_survives_a_restart() {
    let world = Rotated::new().await;
    world.start("zebra-new").await;
    world.step(false).await;
    world.bench.app.vault_lock().await.unwrap();
    world.bench.app.vault_unlock().await.unwrap();
    let view = world.view().await;
    assert_eq!(view.phase, RotationPhase::Check);
    assert_eq!(world.states().await, [RotatedState::Done, RotatedState::Waiting]);
}

#[tokio::test]
async fn an_environment_that_goes_back_leaves_the_draft_and_the_others_as_they_are() {
    let world = Rotated::new().await;
    world.start("zebra-new").await;
    world.step(false).await;
    world.step(true).await;
    let run = world.back(world.canary(), None).await;
    assert_eq!(run.items[0].state, RunState::Done);
    assert_eq!(world.states().await, [RotatedState::RolledBack, RotatedState::Done]);
    assert_eq!(world.password(Some(world.canary())).await, "hunter2hunter2");
    assert_eq!(world.password(None).await, "zebra-new");
    assert_eq!(world.password(Some(&world.prod.id)).await, "zebra-new");
    let draft = world.bench.view(&world.id).await;
    assert!(draft.publications.iter().all(|link| link.state == SyncState::Matches), "{draft:?}");
    assert!(draft.overrides[0].rolled_back);
}

#[tokio::test]
async fn a_rotation_whose_canary_went_back_does_not_go_on_and_can_begin_again() {
    let world = Rotated::new().await;
    world.start("zebra-bad").await;
    world.step(false).await;
    world.back(world.canary(), None).await;
    assert_eq!(world.view().await.phase, RotationPhase::RolledBack);
    let refused = world.bench.app.rotation_plan(&world.id, true).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    let again = world.start("zebra-good").await;
    assert_eq!(again.phase, RotationPhase::Canary);
    assert!(world.bench.view(&world.id).await.overrides.is_empty(), "what went back takes part again");
    world.step(false).await;
    world.step(true).await;
    assert_eq!(world.view().await.phase, RotationPhase::Done);
    assert_eq!(world.password(Some(world.canary())).await, "zebra-good");
}

#[tokio::test]
async fn a_roll_back_that_was_not_agreed_to_says_so_and_can_be_taken_away() {
    let world = Rotated::new().await;
    world.start("zebra-new").await;
    world.step(false).await;
    let (app, canary) = (&world.bench.app, world.canary().to_owned());
    app.rotation_roll_back(&world.id, &canary, None).await.unwrap();
    assert_eq!(world.states().await[0], RotatedState::RollingBack);
    let twice = app.rotation_roll_back(&world.id, &canary, None).await.unwrap_err();
    assert_eq!(twice.code, Code::Invalid);
    app.rotation_roll_forward(&world.id, &canary).await.unwrap();
    assert_eq!(world.states().await, [RotatedState::Done, RotatedState::Waiting]);
    let nothing = app.rotation_roll_forward(&world.id, &canary).await.unwrap_err();
    assert_eq!(nothing.code, Code::NotFound);
}

#[tokio::test]
async fn an_environment_that_never_got_the_new_secret_does_not_go_back_further() {
    let world = Rotated::new().await;
    world.start("zebra-1").await;
    world.step(false).await;
    world.step(true).await;
    world.start("zebra-2").await;
    world.step(false).await;
    let prod = world.prod.id.clone();
    let refused = world.bench.app.rotation_roll_back(&world.id, &prod, None).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid, "it has zebra-1, which is the secret of before");
    assert!(world.bench.view(&world.id).await.overrides.is_empty());
}

#[tokio::test]
async fn each_of_the_last_five_secrets_can_be_gone_back_to() {
    let world = Rotated::new().await;
    for number in 1..=7 {
        world.start(&format!("zebra-{number}")).await;
        world.step(false).await;
        world.step(true).await;
        // Saves that change no secret push none out.
        world.bench.edit(&world.id, |save| save.content.description = format!("save {number}")).await;
    }
    let view = world.view().await;
    let previous = &view.environments[1].previous;
    assert_eq!(previous.len(), 5);
    assert!(previous.iter().all(|one| one.published));
    for (one, number) in previous.iter().zip((2..=6).rev()) {
        let environment = world.prod.id.clone();
        world.back(&environment, Some(one.revision)).await;
        assert_eq!(world.password(Some(&environment)).await, format!("zebra-{number}"));
        assert_eq!(world.states().await[1], RotatedState::RolledBack);
    }
}

#[tokio::test]
async fn an_environment_with_a_secret_of_its_own_takes_no_part() {
    let world = Rotated::new().await;
    let prod = world.prod.id.clone();
    world
        .bench
        .edit(&world.id, |save| {
            let edits =
                BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: "its-own".into() })]);
            save.override_secrets.insert(prod.clone(), edits);
        })
        .await;
    let view = world.start("zebra-new").await;
    assert_eq!(view.environments.len(), 1);
    assert_eq!(world.password(Some(&prod)).await, "its-own");
    let edits = BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: "x".into() })]);
    let start = RotationStart {
        id: world.id.clone(),
        expected_revision: None,
        canary: vec![prod],
        secrets: edits,
        user: None,
    };
    assert_eq!(world.bench.app.rotation_start(start).await.unwrap_err().code, Code::Invalid);
}

#[tokio::test]
async fn a_publish_of_the_rest_before_the_canary_is_warned_of() {
    let world = Rotated::new().await;
    world.start("zebra-new").await;
    let prod = [world.prod.id.clone()];
    let plan = world.bench.app.publish_plan(std::slice::from_ref(&world.id), &prod).await.unwrap();
    assert!(plan.rows[0].warnings.iter().any(|text| text.contains("rotation")), "{:?}", plan.rows[0]);
    world.step(false).await;
    let plan = world.bench.app.publish_plan(std::slice::from_ref(&world.id), &prod).await.unwrap();
    assert!(!plan.rows[0].warnings.iter().any(|text| text.contains("rotation")));
}

#[tokio::test]
async fn nothing_is_rotated_without_a_new_value_a_canary_or_a_draft_that_stands_still() {
    let world = Rotated::new().await;
    let base = RotationStart {
        id: world.id.clone(),
        expected_revision: None,
        canary: vec![world.canary().to_owned()],
        secrets: BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: "zebra".into() })]),
        user: None,
    };
    let wrong = [
        (RotationStart { canary: Vec::new(), ..base.clone() }, Code::Invalid),
        (RotationStart { secrets: BTreeMap::new(), ..base.clone() }, Code::Invalid),
        (
            RotationStart {
                secrets: BTreeMap::from([(SecretField::Password, SecretEdit::Set { value: "".into() })]),
                ..base.clone()
            },
            Code::Invalid,
        ),
        (
            RotationStart {
                secrets: BTreeMap::from([(SecretField::Token, SecretEdit::Set { value: "zebra".into() })]),
                ..base.clone()
            },
            Code::Invalid,
        ),
        (RotationStart { expected_revision: Some(7), ..base.clone() }, Code::StaleRevision),
    ];
    for (start, code) in wrong {
        assert_eq!(world.bench.app.rotation_start(start).await.unwrap_err().code, code);
    }
    assert!(world.bench.app.rotation_list().await.unwrap().is_empty());
    assert_eq!(world.bench.view(&world.id).await.revision, 1);
    let none = world.bench.app.rotation_roll_back(&world.id, world.canary(), None).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound, "there was no secret before");
}

#[tokio::test]
async fn an_access_key_id_goes_back_together_with_its_secret_key() {
    const KEY: &str = r#"{"type":"AWS_MONITORING_KEY_BASED","name":"aws","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"accessKeyID":"AKIAEXAMPLEEXAMPLE00","secretKey":"zebra-old-key","awsPartition":"DEFAULT"}"#;
    let bench = Bench::new().await;
    let id = bench.draft(KEY).await;
    assert_eq!(bench.publish(&id).await.state, RunState::Done);
    let environment = bench.environment.id.clone();
    let start = RotationStart {
        id: id.clone(),
        expected_revision: None,
        canary: vec![environment.clone()],
        secrets: BTreeMap::from([(
            SecretField::SecretKey,
            SecretEdit::Set { value: "zebra-new-key".into() },
        )]),
        user: Some("AKIAEXAMPLEEXAMPLE01".into()),
    };
    bench.app.rotation_start(start).await.unwrap();
    let plan = bench.app.rotation_plan(&id, false).await.unwrap();
    let labels: Vec<&str> = plan.rows[0].changes.iter().map(|change| change.label.as_str()).collect();
    assert_eq!(labels, ["Access key ID", "Secret key"]);
    bench.run(&plan).await;
    let plan = bench.app.rotation_roll_back(&id, &environment, None).await.unwrap();
    let labels: Vec<&str> = plan.rows[0].changes.iter().map(|change| change.label.as_str()).collect();
    assert_eq!(labels, ["Access key ID", "Secret key"], "one without the other would not work");
    bench.run(&plan).await;
    let view = bench.view(&id).await;
    assert_eq!(view.content.overrides[&environment].user.as_deref(), Some("AKIAEXAMPLEEXAMPLE00"));
    let own = serde_json::to_value(&view.content.details).unwrap();
    assert_eq!(own["accessKeyID"], "AKIAEXAMPLEEXAMPLE01", "the draft keeps the new one");
    bench.app.rotation_roll_forward(&id, &environment).await.unwrap();
    assert!(bench.view(&id).await.overrides.is_empty());
}
