//! What a plan says before anything is sent: who may write, what uses a set, what belongs together.

use std::time::{Duration, UNIX_EPOCH};

use sealpost_sandbox::{Permission, Token, User};
use sealpost_vault::testing::NOW;

use super::*;

const SECRET: &str =
    r#"{"type":"TOKEN","name":"vault secret","scopes":["SYNTHETIC"],"token":"not-a-real-one"}"#;
const SYNCED: &str = r#"{"type":"USERNAME_PASSWORD","name":"synced","scopes":["SYNTHETIC"],"externalVault":{
    "sourceAuthMethod":"HASHICORP_VAULT_APPROLE","vaultUrl":"https://vault.example.test/","usernameSecretName":"user",
    "passwordSecretName":"password","pathToCredentials":"kv/shop","roleId":"role",
    "secretId":"CREDENTIALS_VAULT-0123456789ABCDEF","vaultNamespace":"admin"}}"#;

impl Bench {
    /// A secret and a synchronised login that refers to it.
    async fn bundle(&self) -> (String, String) {
        let (secret, synced) = (self.draft(SECRET).await, self.draft(SYNCED).await);
        self.refer(&synced, &secret).await;
        (secret, synced)
    }

    async fn refer(&self, from: &str, to: &str) {
        let reference = sealpost_vault::Reference::Draft(to.parse().unwrap());
        self.edit(from, |save| {
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
    }
}

#[tokio::test]
async fn a_token_that_cant_write_blocks_before_the_first_request() {
    let past = UNIX_EPOCH + Duration::from_millis(u64::try_from(NOW.as_millis()).unwrap() - 1);
    for (token, says) in [
        (Token::generated().scopes(&["credentialVault.read", "apiTokens.read"]), "credentialVault.write"),
        (Token::generated().scopes(&["credentialVault.write", "apiTokens.read"]), "credentialVault.read"),
        (Token::generated().disabled(), ""),
        (Token::generated().expires(past), ""),
    ] {
        let user = User::new("me@example.test", Permission::ChangeMonitoring).token(token);
        let bench = Bench::with(SandboxOptions::default().user(user), false).await;
        let id = bench.draft(LOGIN).await;
        let plan = bench.plan(&[id]).await;
        assert_eq!(plan.rows[0].action, PlanAction::Blocked, "{says}");
        assert!(plan.rows[0].reasons[0].contains(says), "{:?}", plan.rows[0].reasons);
        assert!(plan.environments[0].problem.is_some(), "{says}");
        assert_eq!(bench.sandbox.writes().posts, 0);
    }
}

#[tokio::test]
async fn the_monitors_that_use_a_set_are_named_and_counted() {
    let bench = Bench::new().await;
    let id = bench.draft(LOGIN).await;
    let remote = bench.publish(&id).await.remote_id.unwrap();
    assert!(bench.sandbox.use_by_monitors(&remote, 1, 1).unwrap());
    bench.edit(&id, |save| save.content.description = "second".into()).await;
    let plan = bench.plan(std::slice::from_ref(&id)).await;
    let row = &plan.rows[0];
    assert_eq!(row.usage.iter().map(|usage| usage.count).sum::<u32>(), 2);
    let names: Vec<&str> = row.monitors.iter().map(|monitor| monitor.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|name| name.contains(&remote)));
    assert_eq!(bench.unpublish(&id).await.rows[0].monitors.len(), 2, "also where they are the reason");
}

#[tokio::test]
async fn a_circle_of_references_is_refused() {
    let bench = Bench::new().await;
    let (first, second) = (bench.draft(SYNCED).await, bench.draft(&SYNCED.replace("synced", "other")).await);
    bench.refer(&first, &second).await;
    bench.refer(&second, &first).await;
    let plan = bench.plan(&[first, second]).await;
    for row in &plan.rows {
        assert_eq!(row.action, PlanAction::Blocked);
        assert!(row.reasons[0].contains("circle"), "{:?}", row.reasons);
    }
}

#[tokio::test]
async fn when_the_second_step_fails_the_report_says_what_exists_and_trying_again_adds_only_the_rest() {
    let bench = Bench::new().await;
    let (secret, synced) = bench.bundle().await;
    let plan = bench.plan(&[synced.clone(), secret.clone()]).await;
    bench.fault("503:on=POST");
    let run = bench.run(&plan).await;
    let item = |draft: &str| run.items.iter().find(|item| item.draft_id == draft).unwrap();
    assert_eq!((item(&secret).state, item(&synced).state), (RunState::Failed, RunState::Failed), "{run:#?}");
    assert!(item(&synced).hint.as_ref().unwrap().contains("None of the sets"), "{run:#?}");
    let again = bench.app.publish_resume().await.unwrap();
    let run = bench.run(&again).await;
    assert!(run.items.iter().all(|item| item.state == RunState::Done), "{run:#?}");
    assert_eq!(bench.sandbox.snapshot().len(), 2);
}

#[tokio::test]
async fn what_others_refer_to_is_deleted_last_and_not_alone() {
    let bench = Bench::new().await;
    let (secret, synced) = bench.bundle().await;
    let plan = bench.plan(&[secret.clone(), synced.clone()]).await;
    bench.run(&plan).await;
    let alone = bench.unpublish(&secret).await;
    assert_eq!(alone.rows[0].action, PlanAction::Blocked);
    assert!(
        alone.rows[0].reasons.iter().any(|reason| reason.contains("synced")),
        "{:?}",
        alone.rows[0].reasons
    );
    let both = [secret.clone(), synced.clone()];
    let plan = bench.app.unpublish_plan(&both, std::slice::from_ref(&bench.environment.id)).await.unwrap();
    let order: Vec<&str> = plan.rows.iter().map(|row| row.draft_id.as_str()).collect();
    assert_eq!(order, [synced.as_str(), secret.as_str()], "{plan:#?}");
    let run = bench.run(&plan).await;
    assert!(run.items.iter().all(|item| item.state == RunState::Done), "{run:#?}");
    assert!(bench.sandbox.snapshot().is_empty());
}

#[tokio::test]
async fn a_set_and_its_companions_under_two_owners_are_warned_of() {
    let options = SandboxOptions::default()
        .user(User::new("alice@example.test", Permission::ChangeMonitoring).token(Token::generated()))
        .user(User::new("bob@example.test", Permission::ChangeMonitoring).token(Token::generated()));
    let bench = Bench::with(options, false).await;
    let (secret, synced) = bench.bundle().await;
    bench.publish(&secret).await;
    let bob = bench.sandbox.token_of("bob@example.test").unwrap().to_owned();
    let env = bench.app.env_list().await.unwrap().remove(0);
    bench
        .app
        .env_save(EnvironmentSave {
            id: Some(env.id.clone()),
            expected_revision: Some(env.revision),
            name: env.name,
            url: env.url,
            token: sealpost_vault::SecretEdit::Set { value: bob.as_str().into() },
            colour: env.colour,
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        })
        .await
        .unwrap();
    let plan = bench.plan(&[synced]).await;
    let warned = plan.rows[0].warnings.iter().any(|text| text.contains("need one owner"));
    assert!(warned, "{:?}", plan.rows[0].warnings);
}

#[tokio::test]
async fn a_set_that_only_its_owner_may_see_is_not_taken_for_gone() {
    let options = SandboxOptions::default()
        .user(User::new("alice@example.test", Permission::ChangeMonitoring).token(Token::generated()))
        .user(User::new("carol@example.test", Permission::View).token(Token::generated()));
    let bench = Bench::with(options, false).await;
    let id = bench.draft(&LOGIN.replace("\"user\"", "\"ownerAccessOnly\":true,\"user\"")).await;
    bench.publish(&id).await;
    let carol = bench.sandbox.token_of("carol@example.test").unwrap().to_owned();
    let env = bench.app.env_list().await.unwrap().remove(0);
    bench
        .app
        .env_save(EnvironmentSave {
            id: Some(env.id.clone()),
            expected_revision: Some(env.revision),
            name: env.name,
            url: env.url,
            token: sealpost_vault::SecretEdit::Set { value: carol.as_str().into() },
            colour: env.colour,
            protected: false,
            read_only: None,
            ca_pem: None,
            proxy: "none".into(),
            unsaved: None,
        })
        .await
        .unwrap();
    bench.edit(&id, |save| save.content.description = "second".into()).await;
    assert_eq!(bench.action(&id).await, PlanAction::Blocked, "no second set is made");
    assert_eq!(bench.unpublish(&id).await.rows[0].action, PlanAction::Blocked);
    bench.app.publication_refresh(&[]).await.unwrap();
    assert_eq!(bench.view(&id).await.state, SyncState::Unverified);
}
