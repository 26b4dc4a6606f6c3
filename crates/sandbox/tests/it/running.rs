//! Starting, TLS, stopping, and what the handle tells (checklist 1).

use std::net::SocketAddr;

use reqwest::{Certificate, Method};
use sealpost_sandbox::{Permission, Sandbox, SandboxError, SandboxOptions, Token, User};

use crate::world::{CREDENTIALS, World, client, token_set};

#[tokio::test]
async fn only_loopback_addresses_are_listened_at() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "[2001:db8::1]:0"] {
        let address: SocketAddr = address.parse().unwrap();
        let refused = Sandbox::start(SandboxOptions::default().listen(address)).await;
        assert!(matches!(refused, Err(SandboxError::NotLoopback(at)) if at == address));
    }
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    assert!(sandbox.address().ip().is_loopback());
    assert_eq!(sandbox.base_url(), format!("http://{}", sandbox.address()));
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_a_stopped_sandbox_frees_its_own() {
    let world = World::new().await;
    let address = world.sandbox.address();
    let again = || Sandbox::start(SandboxOptions::default().listen(address));
    assert!(matches!(again().await, Err(SandboxError::Listen { .. })));
    assert_eq!(world.list("").await.status, 200, "a connection is open");
    world.sandbox.stop().await;
    let second = again().await.unwrap();
    assert_eq!(second.address(), address);
    drop(second);
}

#[tokio::test]
async fn stopping_cuts_running_requests_and_dropping_stops() {
    let world = World::new().await;
    world.sandbox.faults().add_spec("latency=30s").unwrap();
    let url = format!("{}{CREDENTIALS}", world.sandbox.base_url());
    let request =
        world.http.get(&url).header("Authorization", format!("Api-Token {}", world.sandbox.token())).send();
    let running = tokio::spawn(request);
    while world.sandbox.request_log().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    world.sandbox.stop().await;
    let error = running.await.unwrap().unwrap_err();
    assert!(!error.is_timeout(), "cut, not left waiting: {error:?}");

    let world = World::new().await;
    let url = format!("{}{CREDENTIALS}", world.sandbox.base_url());
    drop(world.sandbox);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(world.http.get(&url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn with_tls_only_a_client_that_trusts_the_authority_gets_through() {
    let sandbox = Sandbox::start(SandboxOptions::default().tls()).await.unwrap();
    assert!(sandbox.base_url().starts_with("https://127.0.0.1:"));
    let authority = Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let trusting = client().tls_certs_only([authority]).build().unwrap();
    let stranger = Sandbox::start(SandboxOptions::default().tls()).await.unwrap();
    let other = Certificate::from_pem(stranger.ca_pem().unwrap().as_bytes()).unwrap();
    let distrusting = client().tls_certs_only([other]).build().unwrap();
    for base in [sandbox.base_url().to_owned(), format!("https://localhost:{}", sandbox.address().port())] {
        let get = |client: &reqwest::Client| {
            let request = client.get(format!("{base}{CREDENTIALS}"));
            request.header("Authorization", format!("Api-Token {}", sandbox.token())).send()
        };
        assert_eq!(get(&trusting).await.unwrap().status(), 200);
        assert!(get(&distrusting).await.unwrap_err().is_connect());
    }
    let plain = client().build().unwrap();
    assert!(plain.get(format!("http://{}{CREDENTIALS}", sandbox.address())).send().await.is_err());
}

#[tokio::test]
async fn the_cut_works_over_tls_too() {
    let sandbox = Sandbox::start(SandboxOptions::default().tls()).await.unwrap();
    let authority = Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let world = World { http: client().tls_certs_only([authority]).build().unwrap(), sandbox };
    world.sandbox.faults().add_spec("close-after-store").unwrap();
    assert!(world.try_send(Method::POST, CREDENTIALS, Some(&token_set("a")), None).await.is_err());
    assert_eq!(world.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn the_default_user_and_its_token_are_ready() {
    let world = World::new().await;
    let [token] = world.sandbox.tokens() else { panic!("one token") };
    assert_eq!(token.user, "sandbox.user@example.test");
    assert!(token.text.as_str().starts_with(&format!("{}.", token.id)));
    assert_eq!(world.sandbox.token(), token.text.as_str());
    assert_eq!(world.sandbox.token_of("nobody"), None);
    assert_ne!(World::new().await.sandbox.token(), world.sandbox.token());
}

#[tokio::test]
async fn several_users_have_their_own_tokens_and_equal_tokens_are_refused() {
    let twice = |user: &str| User::new(user, Permission::View).token(Token::given("dt0c01.A.B"));
    let refused = Sandbox::start(SandboxOptions::default().user(twice("a")).user(twice("b"))).await;
    assert!(matches!(refused, Err(SandboxError::DuplicateToken)));
    let user = User::new("a", Permission::View).token(Token::given("dt0c01.A.B")).token(Token::generated());
    let sandbox = Sandbox::start(SandboxOptions::default().user(user)).await.unwrap();
    assert_eq!((sandbox.tokens().len(), sandbox.token()), (2, "dt0c01.A.B"));
}

#[tokio::test]
async fn the_request_log_has_method_path_status_and_user_and_no_query() {
    let world = World::new().await;
    world.list("name=private-name").await;
    world.post(&serde_json::json!({})).await;
    world.http.get(format!("{}{CREDENTIALS}", world.sandbox.base_url())).send().await.unwrap();
    let log: Vec<_> = world
        .sandbox
        .request_log()
        .into_iter()
        .map(|entry| (entry.method, entry.path, entry.status, entry.user.is_some()))
        .collect();
    let path = CREDENTIALS.to_owned();
    assert_eq!(
        log,
        [
            ("GET".to_owned(), path.clone(), Some(200), true),
            ("POST".to_owned(), path.clone(), Some(400), true),
            ("GET".to_owned(), path, Some(401), false),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_writes_are_all_kept() {
    let world = std::sync::Arc::new(World::new().await);
    let writes: Vec<_> = (0..40)
        .map(|index| {
            let world = std::sync::Arc::clone(&world);
            tokio::spawn(async move { world.post(&token_set(&format!("set {index}"))).await.status })
        })
        .collect();
    for write in writes {
        assert_eq!(write.await.unwrap(), 201);
    }
    assert_eq!((world.sandbox.snapshot().len(), world.sandbox.writes().posts), (40, 40));
}
