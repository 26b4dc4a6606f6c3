//! Synchronisation from an external vault (checklist 11, contract section 3).

use sealpost_sandbox::{Permission, SandboxOptions, User};
use serde_json::{Value, json};

use crate::world::{CREDENTIALS, World, fixture, minimal, token_set, with, without};

const METHODS: [(&str, &str); 5] = [
    ("external-hashicorp-vault-approle", "HASHICORP_APPROLE_MODEL"),
    ("external-hashicorp-vault-certificate", "HASHICORP_CERTIFICATE_MODEL"),
    ("external-azure-key-vault-client-secret", "AZURE_CLIENT_SECRET_MODEL"),
    ("external-cyberark-vault-username-password", "CYBERARK_VAULT_USERNAME_PASSWORD_MODEL"),
    ("external-cyberark-vault-allowed-location", "CYBERARK_VAULT_ALLOWED_LOCATION_MODEL"),
];

async fn world() -> World {
    let world = World::new().await;
    world.plant_companions().await;
    world
}

#[tokio::test]
async fn every_external_vault_document_of_the_contract_is_accepted_and_comes_back_with_model_and_companions()
{
    let world = world().await;
    for (name, model) in METHODS {
        for body in fixture(name).as_array().unwrap() {
            let id = world.post(body).await.id();
            let vault = world.get(&id).await.json()["externalVault"].take();
            assert_eq!(vault["type"], model);
            for (member, sent) in body["externalVault"].as_object().unwrap() {
                if member == "locationForSynchronizationId" {
                    assert!(vault.get(member).is_none(), "request only");
                } else {
                    assert_eq!(&vault[member], sent, "{name} {member}");
                }
            }
            let mut companions: Vec<&str> = body["externalVault"]
                .as_object()
                .unwrap()
                .values()
                .filter_map(|value| value.as_str().filter(|text| text.starts_with("CREDENTIALS_VAULT-")))
                .collect();
            companions.sort_unstable();
            let mut computed: Vec<&str> = vault["credentialsUsedForExternalSynchronization"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_str().unwrap())
                .collect();
            computed.sort_unstable();
            assert_eq!(computed, companions, "{name}");
        }
    }
}

#[tokio::test]
async fn the_composed_response_document_of_the_contract_is_reproduced() {
    let expected = fixture("response-element");
    let options = SandboxOptions::default().user(User::new("ops@example.test", Permission::ChangeMonitoring));
    let world = World::start(options).await;
    world.plant("CREDENTIALS_VAULT-4123456789ABCDEF", &minimal("token")).await;
    let mut body = with(without(expected.clone(), "id"), "scopes", json!(["SYNTHETIC"]));
    for computed in ["owner", "credentialUsageSummary", "externalVault/type"] {
        body = without(body, computed);
    }
    world.plant("CREDENTIALS_VAULT-0123456789ABCDEF", &body).await;
    assert_eq!(world.get("CREDENTIALS_VAULT-0123456789ABCDEF").await.json(), expected);
}

#[tokio::test]
async fn a_reference_has_to_lead_to_an_existing_set_of_the_right_type() {
    let world = world().await;
    let token = "CREDENTIALS_VAULT-0123456789ABCDEF";
    let login = "CREDENTIALS_VAULT-4123456789ABCDEF";
    for (name, member, wrong_type) in [
        ("external-hashicorp-vault-approle", "secretId", login),
        ("external-hashicorp-vault-certificate", "certificate", token),
        ("external-azure-key-vault-client-secret", "clientId", login),
        ("external-azure-key-vault-client-secret", "clientSecret", login),
        ("external-cyberark-vault-username-password", "usernamePasswordForCPM", token),
        ("external-cyberark-vault-username-password", "certificate", token),
        ("external-cyberark-vault-allowed-location", "certificate", token),
    ] {
        let path = format!("externalVault.{member}");
        for wrong in [wrong_type, "CREDENTIALS_VAULT-FFFFFFFFFFFFFFFF"] {
            let body = with(fixture(name)[1].take(), &format!("externalVault/{member}"), wrong);
            assert_eq!(world.post(&body).await.violated(), [path.as_str()], "{name} {wrong}");
        }
    }
    let literal = with(minimal("external-hashicorp-vault-approle"), "externalVault/secretId", "a literal");
    assert_eq!(world.post(&literal).await.violated(), ["externalVault.secretId"]);
}

#[tokio::test]
async fn each_member_a_method_needs_is_one_violation_when_missing() {
    let world = world().await;
    for (name, members) in [
        (
            "external-hashicorp-vault-approle",
            &["vaultUrl", "tokenSecretName", "pathToCredentials", "roleId", "secretId", "vaultNamespace"][..],
        ),
        (
            "external-hashicorp-vault-certificate",
            &["sourceAuthMethod", "vaultUrl", "tokenSecretName", "certificate", "pathToCredentials"],
        ),
        (
            "external-azure-key-vault-client-secret",
            &["vaultUrl", "tokenSecretName", "tenantId", "clientId", "clientSecret"],
        ),
        (
            "external-cyberark-vault-username-password",
            &["vaultUrl", "applicationId", "safeName", "accountName", "usernamePasswordForCPM"],
        ),
        (
            "external-cyberark-vault-allowed-location",
            &["vaultUrl", "applicationId", "safeName", "accountName"],
        ),
    ] {
        for member in members {
            let body = without(minimal(name), &format!("externalVault/{member}"));
            assert_eq!(world.post(&body).await.violated(), [format!("externalVault.{member}")], "{name}");
        }
    }
    for member in ["usernameSecretName", "passwordSecretName"] {
        let body = without(
            fixture("external-hashicorp-vault-approle")[1].take(),
            &format!("externalVault/{member}"),
        );
        assert_eq!(world.post(&body).await.violated(), [format!("externalVault.{member}")]);
    }
}

#[tokio::test]
async fn what_does_not_go_with_an_external_vault_is_refused() {
    let world = world().await;
    let approle = || minimal("external-hashicorp-vault-approle");
    let cyberark = || minimal("external-cyberark-vault-allowed-location");
    for (body, path) in [
        (with(approle(), "token", "a value"), "token"),
        (with(cyberark(), "user", "robot"), "user"),
        (with(cyberark(), "password", "x"), "password"),
        (with(approle(), "scopes", json!(["APP_ENGINE"])), "scopes"),
        (with(cyberark(), "type", "TOKEN"), "externalVault.sourceAuthMethod"),
        (
            with(approle(), "externalVault/sourceAuthMethod", "CYBERARK_VAULT_IP_BASED_ACCESS"),
            "externalVault.sourceAuthMethod",
        ),
        (with(approle(), "externalVault/vaultUrl", "vault.example.test"), "externalVault.vaultUrl"),
        (with(approle(), "externalVault/vaultUrl", "https://"), "externalVault.vaultUrl"),
        (with(approle(), "externalVault", json!([])), "externalVault"),
        (with(minimal("certificate"), "externalVault", approle()["externalVault"].take()), "externalVault"),
        (with(minimal("snmpv3"), "externalVault", approle()["externalVault"].take()), "externalVault"),
    ] {
        assert_eq!(world.post(&body).await.violated(), [path]);
    }
}

#[tokio::test]
async fn azure_takes_literals_too_and_a_literal_secret_is_not_kept() {
    let world = world().await;
    let body =
        with(minimal("external-azure-key-vault-client-secret"), "externalVault/clientId", "literal-id");
    let body = with(body, "externalVault/clientSecret", "canary-literal");
    let id = world.post(&body).await.id();
    let set = world.get(&id).await;
    assert_eq!(set.json()["externalVault"]["clientId"], "literal-id");
    assert!(
        !set.body.contains("canary-literal")
            && !format!("{:?}", world.sandbox.snapshot()).contains("canary-literal")
    );
    assert_eq!(set.json()["externalVault"]["credentialsUsedForExternalSynchronization"], json!([]));
}

#[tokio::test]
async fn a_synced_set_is_used_by_its_monitor_from_the_start_and_companions_are_not() {
    let world = world().await;
    let id = world.post(&minimal("external-hashicorp-vault-approle")).await.id();
    let usage = async |id: &str| world.get(id).await.json()["credentialUsageSummary"].take();
    assert_eq!(
        usage(&id).await,
        json!([{ "type": "HTTP_MONITOR", "count": 1 }, { "type": "BROWSER_MONITOR", "count": 0 }])
    );
    assert_eq!(usage("CREDENTIALS_VAULT-0123456789ABCDEF").await, json!([]));
    assert!(world.sandbox.use_by_monitors(&id, 2, 3).unwrap());
    assert_eq!(usage(&id).await[0]["count"], 3);
}

#[tokio::test]
async fn a_companion_is_protected_until_the_synced_set_is_gone() {
    let world = world().await;
    let companion = "CREDENTIALS_VAULT-0123456789ABCDEF";
    let id = world.post(&minimal("external-hashicorp-vault-approle")).await.id();
    let reply = world.delete(companion).await;
    assert_eq!(reply.status, 400);
    assert!(reply.message().contains("as long as there are monitors assigned to it"));
    assert_eq!(world.delete(&id).await.status, 204, "its own monitor does not protect the synced set");
    assert_eq!(world.delete(companion).await.status, 204);
}

#[tokio::test]
async fn overwriting_moves_the_companions_and_cannot_bring_values_into_a_synced_set() {
    let world = world().await;
    let id = world.post(&minimal("external-hashicorp-vault-approle")).await.id();
    assert_eq!(world.put(&id, &token_set("plain")).await.status, 400);
    let other = with(
        minimal("external-hashicorp-vault-approle"),
        "externalVault/secretId",
        "CREDENTIALS_VAULT-2123456789ABCDEF",
    );
    assert_eq!(world.put(&id, &other).await.status, 204);
    assert_eq!(world.delete("CREDENTIALS_VAULT-0123456789ABCDEF").await.status, 204);
    assert_eq!(world.delete("CREDENTIALS_VAULT-2123456789ABCDEF").await.status, 400);
    let itself = with(other, "externalVault/secretId", id.as_str());
    assert_eq!(world.put(&id, &itself).await.violated(), ["externalVault.secretId"]);
}

#[tokio::test]
async fn a_plain_set_can_become_a_synced_one() {
    let world = world().await;
    let id = world.post(&minimal("token")).await.id();
    assert_eq!(world.put(&id, &minimal("external-hashicorp-vault-approle")).await.status, 204);
    assert!(world.get(&id).await.json()["externalVault"].is_object());
}

#[tokio::test]
async fn a_user_who_may_only_view_cannot_synchronise() {
    let options = SandboxOptions::default().user(User::default_user()).user(User::second_user());
    let world = World::start(options).await;
    world.plant_companions().await;
    for (name, _) in METHODS {
        let body: Value = minimal(name);
        let reply = world
            .send(reqwest::Method::POST, CREDENTIALS, Some(&body), Some("second.user@example.test"))
            .await;
        assert_eq!(reply.status, 403, "{name}");
    }
    assert_eq!(world.sandbox.snapshot().len(), 5);
}

#[tokio::test]
async fn a_companion_the_caller_cannot_see_does_not_exist_for_it() {
    let options = SandboxOptions::default()
        .user(User::new("changer", Permission::ChangeMonitoring))
        .user(User::new("other", Permission::ChangeMonitoring));
    let world = World::start(options).await;
    world.sandbox.faults().add_spec("delay-visible=60s:times=1").unwrap();
    let hidden = world.post(&minimal("token")).await.id();
    let body = with(minimal("external-hashicorp-vault-approle"), "externalVault/secretId", hidden);
    assert_eq!(world.post(&body).await.violated(), ["externalVault.secretId"]);
}

#[tokio::test]
async fn what_the_server_computes_is_ignored_when_sent() {
    let world = world().await;
    let body =
        with(minimal("external-hashicorp-vault-approle"), "externalVault/type", "AZURE_CLIENT_SECRET_MODEL");
    let body = with(body, "externalVault/credentialsUsedForExternalSynchronization", json!(["x"]));
    let id = world.post(&body).await.id();
    let vault = world.get(&id).await.json()["externalVault"].take();
    assert_eq!(vault["type"], "HASHICORP_APPROLE_MODEL");
    assert_eq!(
        vault["credentialsUsedForExternalSynchronization"],
        json!(["CREDENTIALS_VAULT-0123456789ABCDEF"])
    );
}
