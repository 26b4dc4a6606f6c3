//! The client against the simulator, which shares no type with it.

use std::time::Duration;

use sealpost_dynatrace::{
    ApiToken, BodyKind, Client, ClientOptions, Endpoint, Error, ListFilter, TokenLookup, UpdateOutcome,
};
use sealpost_sandbox::{Mode, Permission, RunningSandbox, Sandbox, SandboxOptions, Token, User};
use secrecy::{SecretSlice, SecretString};

use crate::examples::{self, Companions};
use crate::world::{body, options, token_body};

async fn start() -> RunningSandbox {
    Sandbox::start(SandboxOptions::default()).await.unwrap()
}

fn with_token(base: &str, token: &str, options: &ClientOptions) -> Client {
    let token = ApiToken::new(&SecretString::from(token)).unwrap();
    Client::new(Endpoint::parse(base).unwrap(), token, options).unwrap()
}

pub(crate) fn of(sandbox: &RunningSandbox, options: &ClientOptions) -> Client {
    with_token(sandbox.base_url(), sandbox.token(), options)
}

#[tokio::test]
async fn every_type_is_created_read_updated_and_deleted() {
    let sandbox = start().await;
    for base in [sandbox.base_url().to_owned(), sandbox.managed_base_url()] {
        let client = with_token(&base, sandbox.token(), &options());
        for (name, body) in examples::plain() {
            let request = body.to_request();
            let id = client.create(&request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let set = client.get(&id).await.unwrap();
            assert_eq!(
                (set.name.as_str(), set.type_name.as_str()),
                (body.name.as_str(), body.kind.type_name())
            );
            assert_eq!(
                (&set.description, set.owner_access_only),
                (&body.description, body.owner_access_only)
            );
            assert_eq!(set.owner, "sandbox.user@example.test");
            let mut scopes = body.scopes.clone();
            scopes.sort();
            assert_eq!(set.scopes, scopes);
            let mut entities = set.allowed_entities.unwrap();
            entities.sort();
            let mut sent = body.allowed_entities.clone();
            sent.sort();
            assert_eq!(entities, sent);
            assert_eq!(set.allow_contextless_requests.unwrap_or(false), body.allow_contextless_requests);
            assert_eq!(set.external_id.is_some(), name.starts_with("aws-role"), "made by the server");
            assert_eq!(client.update(&id, &request).await, Ok(UpdateOutcome::Updated), "{name}");
            assert_eq!(client.delete(&id).await, Ok(()));
            assert!(client.get(&id).await.unwrap_err().is_not_found());
            assert_eq!(client.delete(&id).await, Ok(()), "gone is done");
        }
    }
    assert!(sandbox.snapshot().is_empty());
}

async fn companions(client: &Client) -> Companions {
    let make =
        async |name: &str, kind: BodyKind| client.create(&body(name, kind).to_request()).await.unwrap();
    let token = || BodyKind::Token { token: "not-a-real-token".into() };
    let login = BodyKind::UsernamePassword { user: "robot".into(), password: "not-a-real-one".into() };
    let certificate = BodyKind::Certificate {
        format: "PEM",
        bytes: SecretSlice::from(b"-----BEGIN CERTIFICATE-----\ndummy\n-----END CERTIFICATE-----\n".to_vec()),
        password: "".into(),
    };
    Companions {
        secret_id: make("secret id", token()).await,
        certificate: make("certificate", certificate).await,
        client_id: make("client id", token()).await,
        client_secret: make("client secret", token()).await,
        login: make("login", login).await,
    }
}

#[tokio::test]
async fn every_external_form_is_created_and_read_back() {
    let sandbox = start().await;
    let client = of(&sandbox, &options());
    let ids = companions(&client).await;
    for (name, body) in examples::external(&ids) {
        let id = client.create(&body.to_request()).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let set = client.get(&id).await.unwrap();
        let BodyKind::External { type_name, vault } = &body.kind else { panic!("{name}") };
        assert_eq!(set.type_name, *type_name);
        let read = set.external_vault.unwrap();
        assert_eq!(read["sourceAuthMethod"], vault.source_auth_method.as_str(), "{name}");
        for (key, value) in vault.members.iter().filter(|(key, _)| *key != "locationForSynchronizationId") {
            assert_eq!(read[*key], value.as_str(), "{name}: {key}");
        }
        assert!(set.usage.iter().any(|usage| usage.kind == "HTTP_MONITOR" && usage.count >= 1));
    }
}

#[tokio::test]
async fn a_companion_that_is_missing_or_in_use_is_refused_with_a_reason() {
    let sandbox = start().await;
    let client = of(&sandbox, &options());
    for (name, body) in examples::external(&Companions::invented()) {
        if name == "cyberark-allowed-location.minimal" {
            continue; // It refers to no other set.
        }
        let error = client.create(&body.to_request()).await.unwrap_err();
        assert!(matches!(error, Error::Refused { status: 400, .. }), "{name}: {error:?}");
    }
    let ids = companions(&client).await;
    let (_, synced) = examples::external(&ids).swap_remove(0);
    let synced = client.create(&synced.to_request()).await.unwrap();
    let error = client.delete(&ids.secret_id).await.unwrap_err();
    assert!(error.is_in_use() && !error.may_have_been_applied(), "{error:?}");
    client.delete(&synced).await.unwrap();
    client.delete(&ids.secret_id).await.unwrap();
}

#[tokio::test]
async fn a_list_of_many_pages_is_read_whole() {
    let sandbox = start().await;
    let client = of(&sandbox, &options());
    let body = token_body("many");
    for _ in 0..503 {
        client.create(&body).await.unwrap();
    }
    let other = client.create(&token_body("many more")).await.unwrap();
    let all = client.list(&ListFilter::default()).await.unwrap();
    assert_eq!((all.sets.len(), all.skipped), (504, 0));
    let named = client.list(&ListFilter { name: Some("many more".into()) }).await.unwrap();
    assert!(named.sets.iter().any(|set| set.id == other) && named.sets.len() < 504);
}

#[tokio::test]
async fn refusals_of_the_tenant_are_understood() {
    let user = User::default_user()
        .token(
            Token::given("dt0c01.READER.READERREADERREADERREADERREADERREADER")
                .scopes(&["credentialVault.read"]),
        )
        .token(
            Token::given("dt0c01.WRITER.WRITERWRITERWRITERWRITERWRITERWRITER")
                .scopes(&["credentialVault.write"]),
        )
        .token(Token::given("dt0c01.OFF.OFFOFFOFFOFFOFFOFFOFFOFFOFFOFFOFFOFF").disabled());
    let other = User::new("second@example.test", Permission::View)
        .token(Token::given("dt0c01.OTHER.OTHEROTHEROTHEROTHEROTHEROTHEROTHER"));
    let sandbox = Sandbox::start(SandboxOptions::default().user(user).user(other)).await.unwrap();
    let by = |name: &str| {
        let token = sandbox.tokens().iter().find(|token| token.text.as_str().contains(name)).unwrap();
        with_token(sandbox.base_url(), token.text.as_str(), &options())
    };
    let (reader, writer, off, other) = (by("READER"), by("WRITER"), by("OFF"), by("OTHER"));
    assert!(reader.create(&token_body("a")).await.unwrap_err().missing_scope());
    assert!(writer.list(&ListFilter::default()).await.unwrap_err().missing_scope());
    assert_eq!(off.list(&ListFilter::default()).await.unwrap_err().status(), Some(401));
    let stranger = with_token(sandbox.base_url(), crate::world::TOKEN, &options());
    assert_eq!(stranger.list(&ListFilter::default()).await.unwrap_err().status(), Some(401));
    let id = writer.create(&token_body("a")).await.unwrap();
    assert!(other.list(&ListFilter::default()).await.unwrap().sets.is_empty());
    let error = other.update(&id, &token_body("b")).await.unwrap_err();
    assert!(!error.may_have_been_applied() && !error.missing_scope(), "{error:?}");
    let TokenLookup::Known(info) = reader.lookup_token().await else { panic!() };
    assert!(info.can_read() && !info.can_write());
}

#[tokio::test]
async fn a_managed_environment_refuses_app_engine_and_the_violation_is_read() {
    let sandbox = Sandbox::start(SandboxOptions::default().mode(Mode::Managed)).await.unwrap();
    let (_, body) = examples::plain().swap_remove(3);
    let error = with_token(&sandbox.managed_base_url(), sandbox.token(), &options())
        .create(&body.to_request())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { status: 400, .. }), "{error:?}");
}

/// Contract 7.13: what goes wrong between a client and a tenant.
#[tokio::test]
async fn faults_are_classed_by_what_is_known_of_delivery() {
    for (fault, applied, may_have, retry_after) in [
        ("429:retry-after=2", 0, false, Some(2)),
        ("429", 0, false, None),
        ("503", 0, true, None),
        ("500-transient", 0, true, None),
        ("html-200", 0, true, None),
        ("close-after-store", 1, true, None),
        ("500-after-store", 1, true, None),
        ("truncated-body", 1, true, None),
    ] {
        let sandbox = start().await;
        sandbox.faults().add_spec(&format!("{fault}:on=POST")).unwrap();
        let client = of(&sandbox, &options());
        let error = client.create(&token_body("a")).await.unwrap_err();
        assert_eq!(error.may_have_been_applied(), may_have, "{fault}: {error:?}");
        assert!(!error.certainly_not_sent(), "{fault}");
        assert_eq!(sandbox.snapshot().len(), applied, "{fault}: sent once, not again");
        if let Error::Refused { retry_after: wait, .. } = &error {
            assert_eq!(*wait, retry_after.map(Duration::from_secs), "{fault}");
        }
        client.create(&token_body("b")).await.unwrap();
    }
}

#[tokio::test]
async fn a_late_answer_is_a_time_out_after_the_set_was_stored() {
    let sandbox = start().await;
    sandbox.faults().add_spec("latency=900ms:on=POST").unwrap();
    let hasty = ClientOptions { timeout: Duration::from_millis(300), ..options() };
    let error = of(&sandbox, &hasty).create(&token_body("a")).await.unwrap_err();
    assert!(error.may_have_been_applied(), "{error:?}");
    assert_eq!(sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn odd_shapes_are_read_like_the_plain_one() {
    let sandbox = start().await;
    let client = of(&sandbox, &options());
    let id = client.create(&token_body("a")).await.unwrap();
    sandbox.use_by_monitors(&id, 3, 2).unwrap();
    let mut plain = client.get(&id).await.unwrap();
    for spec in ["usage-shape=b", "scope-only", "string-booleans", "extra-fields"] {
        sandbox.faults().add_spec(spec).unwrap();
        let mut odd = client.get(&id).await.unwrap();
        assert_ne!(odd.raw, plain.raw, "{spec} changes the answer");
        odd.raw = plain.raw.clone();
        odd.usage.sort_by(|a, b| a.kind.cmp(&b.kind));
        plain.usage.sort_by(|a, b| a.kind.cmp(&b.kind));
        assert_eq!(odd, plain, "{spec}");
        sandbox.faults().clear();
    }
    sandbox.faults().add_spec("unknown-enums").unwrap();
    let odd = client.get(&id).await.unwrap();
    assert_eq!(odd.id, id);
    assert_ne!(odd.type_name, "TOKEN", "an unknown word is kept as it came");
}

#[tokio::test]
async fn a_set_that_shows_late_and_an_update_that_creates() {
    let sandbox = start().await;
    sandbox.faults().add_spec("delay-visible=600ms").unwrap();
    let client = of(&sandbox, &options());
    let id = client.create(&token_body("a")).await.unwrap();
    assert!(client.get(&id).await.unwrap_err().is_not_found());
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(client.get(&id).await.unwrap().id, id);

    let unknown = "CREDENTIALS_VAULT-FFFFFFFFFFFFFFFF";
    assert!(client.update(unknown, &token_body("b")).await.unwrap_err().is_not_found());
    sandbox.faults().add_spec("put-unknown-creates").unwrap();
    let outcome = client.update(unknown, &token_body("b")).await.unwrap();
    assert!(matches!(outcome, UpdateOutcome::Created(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_delete_that_fails_without_a_word_leaves_the_set() {
    let sandbox = start().await;
    let client = of(&sandbox, &options());
    let id = client.create(&token_body("a")).await.unwrap();
    sandbox.use_by_monitors(&id, 1, 0).unwrap();
    assert!(client.delete(&id).await.unwrap_err().is_in_use());
    sandbox.use_by_monitors(&id, 0, 0).unwrap();
    sandbox.faults().add_spec("delete-500-empty").unwrap();
    let error = client.delete(&id).await.unwrap_err();
    assert!(error.may_have_been_applied() && error.is_retryable(), "{error:?}");
    assert_eq!(client.get(&id).await.unwrap().id, id);
    client.delete(&id).await.unwrap();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_as_too_large() {
    let sandbox = start().await;
    let kind = BodyKind::PublicCertificate { format: "PEM", bytes: SecretSlice::from(vec![b'a'; 800_000]) };
    let request = body("big", kind).to_request();
    assert!(request.is_too_large());
    let error = of(&sandbox, &options()).create(&request).await.unwrap_err();
    assert_eq!(error.status(), Some(413), "{error:?}");
}
