//! Publishing against the real sandbox over HTTP on loopback. Waits jump the clock that app and sandbox share.

mod adopting;
mod conflicts;
mod deleting;
mod drift;
mod evidence;
mod guards;
mod journal;
mod matrix;
mod overrides;
mod rotating;
mod runs;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sealpost_sandbox::{Fault, RunningSandbox, Sandbox, SandboxOptions};
use sealpost_vault::key::MemoryKeyring;
use sealpost_vault::testing::NOW;
use sealpost_vault::{Clock as _, FixedClock};
use zeroize::Zeroizing;

use crate::app::{App, Parts};
use crate::testing::parts;
use crate::views::*;

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC"],"user":"robot","password":"hunter2hunter2"}"#;

fn app(folder: &Path) -> App {
    app_at(folder, Arc::new(FixedClock::at(NOW)))
}

fn app_at(folder: &Path, clock: Arc<FixedClock>) -> App {
    app_with(folder, clock, Arc::new(MemoryKeyring::default()))
}

fn app_with(folder: &Path, clock: Arc<FixedClock>, keyring: Arc<MemoryKeyring>) -> App {
    let sleeper = Arc::new(crate::wait::JumpingSleeper(Arc::clone(&clock)));
    let bench = sealpost_vault::testing::Bench { folder: folder.join("vault"), keyring, clock };
    App::new(Parts { sleeper, ..parts(&bench) })
}

struct Bench {
    _dir: tempfile::TempDir,
    app: App,
    sandbox: RunningSandbox,
    environment: EnvironmentView,
    clock: Arc<FixedClock>,
}

impl Bench {
    async fn new() -> Self {
        Self::with(SandboxOptions::default(), false).await
    }

    async fn with(options: SandboxOptions, protected: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let shared = Arc::clone(&clock);
        let millis = move || u64::try_from(shared.now().as_millis()).unwrap();
        let options = options
            .clock(sealpost_sandbox::Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(millis())));
        let app = app_at(dir.path(), Arc::clone(&clock));
        app.vault_create().await.unwrap();
        let sandbox = Sandbox::start(options).await.unwrap();
        let environment = add(&app, "staging", sandbox.base_url(), sandbox.token(), protected).await;
        Self { _dir: dir, app, sandbox, environment, clock }
    }

    async fn draft(&self, json: &str) -> String {
        let report =
            self.app.draft_import(Zeroizing::new(json.as_bytes().to_vec()), |_, _| ()).await.unwrap();
        report.ids[0].to_string()
    }

    async fn plan(&self, drafts: &[String]) -> PlanView {
        self.app.publish_plan(drafts, std::slice::from_ref(&self.environment.id)).await.unwrap()
    }

    async fn publish(&self, draft: &str) -> RunItem {
        let plan = self.plan(&[draft.to_owned()]).await;
        let run = self.run(&plan).await;
        run.items.into_iter().next().unwrap()
    }

    async fn run(&self, plan: &PlanView) -> RunView {
        self.app.publish_start(yes(plan)).await.unwrap();
        self.app.publish_wait().await.unwrap()
    }

    fn fault(&self, spec: &str) {
        self.sandbox.faults().set(spec.split_whitespace().map(|one| Fault::parse(one).unwrap()));
    }

    async fn client(&self) -> sealpost_dynatrace::Client {
        self.app.connect(self.environment.id.parse().unwrap()).await.unwrap().1
    }

    /// Somebody else makes a set there, or changes one.
    async fn elsewhere(&self, id: Option<&str>, name: &str, description: &str) -> String {
        let body = sealpost_dynatrace::CredentialBody {
            name: name.into(),
            description: description.into(),
            scopes: vec!["SYNTHETIC".into()],
            owner_access_only: true,
            allowed_entities: Vec::new(),
            allow_contextless_requests: false,
            kind: sealpost_dynatrace::BodyKind::UsernamePassword { user: "x".into(), password: "y".into() },
        };
        let (client, body) = (self.client().await, body.to_request());
        match id {
            None => client.create(&body).await.unwrap(),
            Some(id) => {
                client.update(id, &body).await.unwrap();
                id.to_owned()
            }
        }
    }

    async fn view(&self, id: &str) -> DraftView {
        self.app.draft_get(id).await.unwrap()
    }

    async fn action(&self, id: &str) -> PlanAction {
        self.plan(&[id.to_owned()]).await.rows[0].action
    }

    async fn reconcile(&self) -> Vec<ReconcileItem> {
        self.app.reconcile(Vec::new()).await.unwrap().items
    }

    async fn unpublish(&self, id: &str) -> PlanView {
        self.app.unpublish_plan(&[id.to_owned()], std::slice::from_ref(&self.environment.id)).await.unwrap()
    }

    async fn edit(&self, id: &str, change: impl FnOnce(&mut DraftSave)) -> DraftView {
        let view = self.app.draft_get(id).await.unwrap();
        let mut save = DraftSave {
            id: Some(id.to_owned()),
            expected_revision: Some(view.revision),
            content: view.content,
            secrets: Default::default(),
            override_secrets: Default::default(),
            unsaved: None,
        };
        change(&mut save);
        self.app.draft_save(save).await.unwrap()
    }
}

async fn add(app: &App, name: &str, url: &str, token: &str, protected: bool) -> EnvironmentView {
    app.env_save(EnvironmentSave {
        id: None,
        expected_revision: None,
        name: name.into(),
        url: url.into(),
        token: sealpost_vault::SecretEdit::Set { value: token.into() },
        colour: "red".into(),
        protected,
        read_only: None,
        ca_pem: None,
        proxy: "none".into(),
        unsaved: None,
    })
    .await
    .unwrap()
}

/// Every row that can run, without any consent.
fn yes(plan: &PlanView) -> PublishStart {
    let runs = |row: &&PlanRow| row.action.writes();
    PublishStart {
        plan_id: plan.id.clone(),
        rows: plan.rows.iter().filter(runs).map(|row| row.key.clone()).collect(),
        owner_changes: Vec::new(),
        confirmed_names: Vec::new(),
        keep_mine: Vec::new(),
        adopt: Vec::new(),
    }
}
