//! The app over sandboxes in this process, with a clock that jumps instead of waiting: publishing and everything that
//! can go wrong with it, in milliseconds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "only tests use this; what can't go on must fail them and say where"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sealpost_app::views::{
    DraftSave, EnvironmentSave, PlanAction, PlanView, PublishStart, ReconcileItem, RunState, RunView,
};
use sealpost_app::{App, JumpingSleeper, Parts};
use sealpost_sandbox::{Fault, RunningSandbox, Sandbox, SandboxOptions};
use sealpost_vault::key::MemoryKeyring;
use sealpost_vault::testing::{NOW, SameKeyring};
use sealpost_vault::{Clock as _, FixedClock, OsEntropy, SecretEdit, SecretField};
use zeroize::Zeroizing;

/// One vault, its app, and sandboxes to publish to.
pub struct World {
    folder: tempfile::TempDir,
    keyring: Arc<MemoryKeyring>,
    /// The clock of the app and of every sandbox.
    pub clock: Arc<FixedClock>,
    /// The app; replaced by a restart.
    pub app: Option<App>,
    /// The tenants.
    pub sandboxes: Vec<RunningSandbox>,
    /// Ids of their environments.
    pub environments: Vec<String>,
}

/// Half an hour of soaking instead of half a minute?
#[must_use]
pub fn soaking() -> bool {
    std::env::var_os("SEALPOST_SOAK").is_some()
}

impl World {
    /// A fresh vault and no environment.
    pub async fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            keyring: Arc::new(MemoryKeyring::default()),
            clock: Arc::new(FixedClock::at(NOW)),
            app: None,
            sandboxes: Vec::new(),
            environments: Vec::new(),
        };
        let app = world.started();
        app.vault_create().await.unwrap();
        Self { app: Some(app), ..world }
    }

    fn started(&self) -> App {
        App::new(Parts {
            folder: self.vault(),
            second_process: Arc::new(SameKeyring(Arc::clone(&self.keyring))),
            keyring: self.keyring.clone(),
            clock: self.clock.clone(),
            entropy: Arc::new(OsEntropy::new()),
            user: Some("tester".into()),
            sleeper: Arc::new(JumpingSleeper(Arc::clone(&self.clock))),
        })
    }

    /// The vault's folder.
    #[must_use]
    pub fn vault(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    /// The app.
    #[must_use]
    pub fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// The process ends and another one begins.
    pub async fn restart(&mut self) {
        drop(self.app.take());
        let app = self.started();
        app.vault_unlock().await.unwrap();
        self.app = Some(app);
    }

    /// Another tenant, and its environment under this name.
    pub async fn add_sandbox(&mut self, name: &str) {
        let clock = Arc::clone(&self.clock);
        let millis = move || u64::try_from(clock.now().as_millis()).unwrap();
        let options = SandboxOptions::default()
            .clock(sealpost_sandbox::Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(millis())));
        let sandbox = Sandbox::start(options).await.unwrap();
        let (url, token) = (sandbox.base_url().to_owned(), sandbox.token().to_owned());
        self.sandboxes.push(sandbox);
        self.add_environment(name, &url, &token).await;
    }

    /// An environment at an address.
    pub async fn add_environment(&mut self, name: &str, url: &str, token: &str) {
        let save = EnvironmentSave {
            id: None,
            expected_revision: None,
            name: name.into(),
            url: url.into(),
            token: SecretEdit::Set { value: token.into() },
            colour: "red".into(),
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        };
        self.environments.push(self.app().env_save(save).await.unwrap().id);
    }

    /// A new login draft.
    pub async fn draft(&self, name: &str) -> String {
        let body = serde_json::json!({"type": "USERNAME_PASSWORD", "name": name, "scopes": ["SYNTHETIC"],
            "ownerAccessOnly": true, "user": "robot", "password": "not-a-real-one"});
        let json = Zeroizing::new(body.to_string().into_bytes());
        self.app().draft_import(json, |_, _| ()).await.unwrap().ids[0].to_string()
    }

    /// Saves a draft again, with this description and, if given, this password.
    pub async fn edit(&self, id: &str, description: &str, password: Option<&str>) {
        let view = self.app().draft_get(id).await.unwrap();
        let mut save = DraftSave {
            id: Some(id.to_owned()),
            expected_revision: Some(view.revision),
            content: view.content,
            secrets: Default::default(),
            override_secrets: Default::default(),
            unsaved: None,
        };
        save.content.description = description.to_owned();
        if let Some(password) = password {
            save.secrets.insert(SecretField::Password, SecretEdit::Set { value: password.into() });
        }
        self.app().draft_save(save).await.unwrap();
    }

    /// The same faults everywhere; several are separated by spaces.
    pub fn fault(&self, specs: &str) {
        for sandbox in &self.sandboxes {
            sandbox.faults().set(specs.split_whitespace().map(|one| Fault::parse(one).unwrap()));
        }
    }

    /// No more faults.
    pub fn calm(&self) {
        for sandbox in &self.sandboxes {
            sandbox.faults().clear();
        }
    }

    /// A plan over these drafts and every environment.
    pub async fn plan(&self, drafts: &[String]) -> PlanView {
        self.app().publish_plan(drafts, &self.environments).await.unwrap()
    }

    /// Carries a plan out with every consent; none if it has nothing to do.
    pub async fn carry_out(&self, plan: &PlanView) -> Option<RunView> {
        let rows: Vec<String> =
            plan.rows.iter().filter(|row| row.action.writes()).map(|row| row.key.clone()).collect();
        if rows.is_empty() {
            return None;
        }
        let start = PublishStart {
            plan_id: plan.id.clone(),
            owner_changes: rows.clone(),
            confirmed_names: Vec::new(),
            keep_mine: rows.clone(),
            adopt: Vec::new(),
            rows,
        };
        self.app().publish_start(start).await.unwrap();
        self.app().publish_wait().await
    }

    /// Plans and carries out.
    pub async fn publish(&self, drafts: &[String]) -> Option<RunView> {
        self.carry_out(&self.plan(drafts).await).await
    }

    /// Finds out what became of everything.
    pub async fn reconcile(&self) -> Vec<ReconcileItem> {
        self.app().reconcile(Vec::new()).await.unwrap().items
    }

    /// After whatever happened and with nothing wrong any more: one look, and at most two publishes, and everything is
    /// where it belongs.
    pub async fn must_come_right(&self, drafts: &[String], after: &str) {
        self.calm();
        self.reconcile().await;
        for _ in 0..2 {
            let plan = self.plan(drafts).await;
            // What was made moments ago and can't be seen yet is left alone until it can.
            if plan.rows.iter().any(|row| row.action == PlanAction::Blocked) {
                self.clock.advance_millis(60_000);
            }
            let Some(run) = self.publish(drafts).await else { break };
            assert!(run.items.iter().all(|item| item.state == RunState::Done), "{after}: {run:#?}");
        }
        self.must_be_right(drafts, after).await;
    }

    /// Exactly one set per draft and environment, every publication points at it, nothing is left unclear, and a plan is
    /// empty.
    pub async fn must_be_right(&self, drafts: &[String], after: &str) {
        let plan = self.plan(drafts).await;
        assert!(plan.rows.iter().all(|row| row.action == PlanAction::NoChange), "{after}: {plan:#?}");
        assert_eq!(self.app().unresolved_count().await.unwrap(), 0, "{after}");
        for draft in drafts {
            let view = self.app().draft_get(draft).await.unwrap();
            assert_eq!(view.publications.len(), self.environments.len(), "{after}: {view:#?}");
            for publication in &view.publications {
                let place =
                    self.environments.iter().position(|id| *id == publication.environment_id).unwrap();
                let sets = self.sandboxes[place.min(self.sandboxes.len() - 1)].snapshot();
                let named: Vec<&str> = sets
                    .iter()
                    .filter(|set| set.metadata.name == view.name)
                    .map(|set| set.id.as_str())
                    .collect();
                assert_eq!(named, [publication.remote_id.as_deref().unwrap()], "{after}: {}", view.name);
            }
        }
    }
}
