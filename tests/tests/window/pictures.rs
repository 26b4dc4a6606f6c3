//! Pictures of the real window for the README; `cargo xtask screenshots` runs this on purpose. What they show was drafted and
//! published for real, to four sandboxes.

use std::path::Path;
use std::process::Command;

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::webdriver::Window;
use serde_json::{Value, json};

use crate::steps::{ONE_AT_A_TIME, open, quiet, show, unlock, vault};

const ENVIRONMENTS: [(&str, &str); 4] =
    [("prod-eu", "red"), ("prod-us", "orange"), ("staging", "amber"), ("edge-lab", "violet")];

/// Name, type, user or key, and the environments it is published to, by their order.
const DRAFTS: [(&str, &str, &str, &[usize]); 14] = [
    ("jira-automation", "TOKEN", "", &[0, 1, 2]),
    ("grafana-readonly", "USERNAME_PASSWORD", "viewer", &[2]),
    ("vpn-gateways-snmp", "SNMPV3", "nw-monitor", &[0, 2]),
    ("partner-edi-portal", "USERNAME_PASSWORD", "edi.robot", &[]),
    ("cloudwatch-us", "AWS_MONITORING_KEY_BASED", "AKIAEXAMPLEEXAMPLE01", &[1]),
    ("azure-devops-pat", "TOKEN", "", &[0, 2]),
    ("oracle-extension-ro", "USERNAME_PASSWORD", "DT_MONITOR", &[0, 1]),
    ("cloudwatch-eu-central-1", "AWS_MONITORING_KEY_BASED", "AKIAEXAMPLEEXAMPLE00", &[0, 1, 2]),
    ("core-switches-snmp", "SNMPV3", "nw-monitor", &[1, 2]),
    ("sap-gateway-monitor", "USERNAME_PASSWORD", "sap.synth", &[0, 1]),
    ("loyalty-portal-login", "USERNAME_PASSWORD", "synth.loyalty", &[0, 1]),
    ("servicenow-webhook", "TOKEN", "", &[0, 2]),
    ("payments-login", "USERNAME_PASSWORD", "svc-payments", &[]),
    ("checkout-login", "USERNAME_PASSWORD", "svc-checkout-synth", &[0, 2, 3]),
];

fn body(name: &str, kind: &str, user: &str, description: &str) -> Value {
    let mut body = json!({ "type": kind, "name": name, "description": description, "ownerAccessOnly": true, "scopes": ["SYNTHETIC"] });
    let own = match kind {
        "TOKEN" => json!({ "token": "not-a-real-token-7" }),
        "SNMPV3" => json!({
            "scopes": ["EXTENSION_AUTHENTICATION"], "securityLevel": "AUTH_PRIV", "username": user, "authenticationProtocol": "SHA256",
            "authenticationPassword": "not-a-real-one-7", "privacyProtocol": "AES256", "privacyPassword": "not-a-real-one-8",
        }),
        "AWS_MONITORING_KEY_BASED" => json!({
            "scopes": ["CLOUDS_MONITORING_AUTHENTICATION"], "accessKeyID": user, "secretKey": "not-a-real-key", "awsPartition": "DEFAULT",
        }),
        _ => json!({ "user": user, "password": "not-a-real-password-7" }),
    };
    body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    body
}

/// A vault as somebody has it after a few weeks. The sandboxes run as long as they are held.
fn lived_in(name: &str) -> Vec<SandboxProcess> {
    let line = CommandLine::over(&vault(name));
    line.ok(&["vault", "init", "--recovery-to", &vault("pictures-code").display().to_string()], "");
    let sandboxes: Vec<SandboxProcess> = ENVIRONMENTS.iter().map(|_| SandboxProcess::start(&[])).collect();
    for ((name, colour), sandbox) in ENVIRONMENTS.iter().zip(&sandboxes) {
        let add = ["env", "add", name, "--url", &sandbox.url, "--colour", colour, "--token-from", "-"];
        line.ok(&add, &sandbox.token);
    }
    for (name, kind, user, targets) in DRAFTS {
        line.ok(&["draft", "new", "--from", "-"], &body(name, kind, user, "").to_string());
        for target in targets {
            line.ok(&["publish", name, "--env", ENVIRONMENTS[*target].0, "--yes"], "");
        }
    }
    for name in ["servicenow-webhook", "core-switches-snmp", "checkout-login"] {
        let (_, kind, user, _) = DRAFTS.iter().find(|draft| draft.0 == name).unwrap();
        let text = "Signs in to the checkout journey";
        line.ok(&["draft", "edit", name, "--from", "-"], &body(name, kind, user, text).to_string());
    }
    line.ok(&["publish", "checkout-login", "--env", "staging", "--yes"], "");
    line.ok(&["env", "edit", "prod-eu", "--protected"], "");
    sandboxes
}

/// A picture of the screen's upper left part: with no window manager, that is where the window is.
async fn picture(window: &Window, name: &str, (width, height): (u32, u32)) {
    window.settle().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("import")
        .args(["-window", "root", "-crop", &format!("{width}x{height}+0+0"), "+repage"])
        .arg(folder.join(name))
        .status()
        .unwrap();
    assert!(status.success(), "ImageMagick took the picture");
}

#[test]
#[ignore = "writes files of the repository; `cargo xtask screenshots` runs it"]
fn of_the_real_window() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let _sandboxes = lived_in("northwind");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("northwind").await;
        unlock(&window).await;
        show(&window, "checkout-login").await;
        window.script("[...document.querySelectorAll('.sidebar .nav')][0].click()", vec![]).await.unwrap();
        window.until("document.querySelectorAll('[data-testid=draft-row]').length > 10").await;
        quiet(&window).await;
        for theme in ["light", "dark"] {
            window
                .script(&format!("document.documentElement.dataset.theme = '{theme}'"), vec![])
                .await
                .unwrap();
            picture(&window, &format!("main-{theme}.png"), (1280, 800)).await;
        }
        window.resize(900, 600).await.unwrap();
        picture(&window, "main-dark-small.png", (900, 600)).await;
        window.close().await;
    });
}
