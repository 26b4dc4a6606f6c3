//! Publishing 1,000 drafts to a tenant that takes 20 ms for each answer: how much of the time is not the tenant's.

use std::path::Path;
use std::time::Instant;

use sealpost_app::App;
use sealpost_app::views::{EnvironmentSave, PublishStart, RunState};
use sealpost_dynatrace::{ApiToken, BodyKind, Client, ClientOptions, CredentialBody, Endpoint, Proxy};
use sealpost_sandbox::{Fault, RunningSandbox, Sandbox, SandboxOptions};
use sealpost_vault::SecretEdit;
use sealpost_vault::testing::Bench;

use crate::{Figure, app_over};

const DRAFTS: u32 = 1_000;
const BARE_WRITES: u32 = 100;

async fn tenant() -> RunningSandbox {
    let fault = Fault::parse("latency=20ms").expect("a fault");
    Sandbox::start(SandboxOptions::default().fault(fault)).await.expect("a sandbox")
}

/// One write with the same library and nothing else, milliseconds.
async fn bare_write() -> f64 {
    let sandbox = tenant().await;
    let endpoint = Endpoint::parse(sandbox.base_url()).expect("an address");
    let token = ApiToken::new(&sandbox.token().to_owned().into()).expect("a token");
    let options = ClientOptions { proxy: Proxy::None, ..ClientOptions::default() };
    let client = Client::new(endpoint, token, &options).expect("a client");
    let body = CredentialBody {
        name: "bare".into(),
        description: String::new(),
        scopes: vec!["SYNTHETIC".into()],
        owner_access_only: true,
        allowed_entities: Vec::new(),
        allow_contextless_requests: false,
        kind: BodyKind::UsernamePassword { user: "u".into(), password: "not-a-real-one".into() },
    };
    let body = body.to_request();
    client.create(&body).await.expect("a first write, which opens the connection");
    let start = Instant::now();
    for _ in 0..BARE_WRITES {
        client.create(&body).await.expect("a write");
    }
    start.elapsed().as_secs_f64() * 1000.0 / f64::from(BARE_WRITES)
}

async fn published(app: &App, drafts: &[String], environments: u32) -> f64 {
    let (mut tenants, mut ids) = (Vec::new(), Vec::new());
    for number in 0..environments {
        let tenant = tenant().await;
        let save = EnvironmentSave {
            id: None,
            expected_revision: None,
            name: format!("{environments} {number}"),
            url: tenant.base_url().into(),
            token: SecretEdit::Set { value: tenant.token().into() },
            colour: "red".into(),
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        };
        ids.push(app.env_save(save).await.expect("an environment").id);
        tenants.push(tenant);
    }
    let plan = app.publish_plan(drafts, &ids).await.expect("a plan");
    let start = PublishStart {
        plan_id: plan.id,
        rows: plan.rows.into_iter().map(|row| row.key).collect(),
        owner_changes: Vec::new(),
        confirmed_names: Vec::new(),
        keep_mine: Vec::new(),
        adopt: Vec::new(),
    };
    let began = Instant::now();
    app.publish_start(start).await.expect("a run");
    let run = app.publish_wait().await.expect("its report");
    let took = began.elapsed().as_secs_f64() * 1000.0;
    let left: Vec<_> = run.items.iter().filter(|item| item.state != RunState::Done).collect();
    assert!(left.is_empty(), "all are published: {left:#?}");
    took
}

/// On one environment, and side by side on four.
pub(crate) fn publish(folder: &Path) -> [Figure; 2] {
    let bench = Bench::at(&folder.join("published"));
    drop(bench.create().expect("a vault"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = app_over(&bench);
    runtime.block_on(async {
        app.vault_unlock().await.expect("it opens");
        let bodies: Vec<serde_json::Value> = (0..DRAFTS)
            .map(|number| {
                serde_json::json!({"type": "TOKEN", "name": format!("draft {number}"),
                    "scopes": ["SYNTHETIC"], "token": "not-a-real-one"})
            })
            .collect();
        let json = zeroize::Zeroizing::new(serde_json::Value::from(bodies).to_string().into_bytes());
        let stored = app.draft_import(json, |_, _| ()).await.expect("drafts");
        let drafts: Vec<String> = stored.ids.iter().map(ToString::to_string).collect();
        let mut figures = Vec::new();
        for (environments, name) in
            [(1, "publish 1,000 drafts to one environment"), (4, "publish 1,000 drafts to four environments")]
        {
            let floor = bare_write().await * f64::from(DRAFTS);
            let value = published(&app, &drafts, environments).await;
            figures.push(Figure { name, value, floor, limit: 1.10, unit: "ms" });
        }
        <[Figure; 2]>::try_from(figures).ok().expect("two figures")
    })
}
