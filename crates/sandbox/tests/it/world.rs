//! A running sandbox and a plain HTTP client for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::HeaderMap;
use reqwest::{Client, ClientBuilder, Method};
use sealpost_sandbox::{Clock, RunningSandbox, Sandbox, SandboxOptions, StoredSet};
use serde_json::{Value, json};

pub(crate) const CREDENTIALS: &str = "/api/v2/credentials";

/// A client builder without proxies and with a crypto provider.
pub(crate) fn client() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().timeout(Duration::from_secs(10))
}

/// A document of `tests/fixtures/contract/sandbox`.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/../../tests/fixtures/contract/sandbox/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(&path).expect(&path)).expect(&path)
}

/// The minimal request of a fixture.
pub(crate) fn minimal(name: &str) -> Value {
    fixture(name)[0].take()
}

/// `value` with a member set; `a/b` is a member of a member.
pub(crate) fn with(mut value: Value, key: &str, member: impl Into<Value>) -> Value {
    *key.split('/').fold(&mut value, |value, part| &mut value[part]) = member.into();
    value
}

/// `value` without a member; `a/b` is a member of a member.
pub(crate) fn without(mut value: Value, key: &str) -> Value {
    let (parents, last) = key.rsplit_once('/').unwrap_or(("", key));
    let parent =
        parents.split('/').filter(|part| !part.is_empty()).fold(&mut value, |value, part| &mut value[part]);
    parent.as_object_mut().unwrap().remove(last).expect("the member was there");
    value
}

/// A set of type TOKEN with this name.
pub(crate) fn token_set(name: &str) -> Value {
    json!({ "type": "TOKEN", "name": name, "scopes": ["SYNTHETIC"], "ownerAccessOnly": false, "token": "not-a-real-token" })
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_795_000_000_000)))
    }

    pub(crate) fn clock(&self) -> Clock {
        let millis = Arc::clone(&self.0);
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(millis.load(Ordering::SeqCst)))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The id of a 201.
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 201, "{self:?}");
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// The message of an error envelope, whose code repeats the status.
    pub(crate) fn message(&self) -> String {
        let json = self.json();
        assert_eq!(json["error"]["code"], self.status, "{self:?}");
        json["error"]["message"].as_str().unwrap().to_owned()
    }

    /// The paths of the violations of a 400 with `Constraints violated.`.
    pub(crate) fn violated(&self) -> Vec<String> {
        assert_eq!((self.status, self.message().as_str()), (400, "Constraints violated."), "{self:?}");
        let json = self.json();
        let violations = json["error"]["constraintViolations"].as_array().unwrap();
        violations.iter().map(|violation| violation["path"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) struct World {
    pub(crate) sandbox: RunningSandbox,
    pub(crate) http: Client,
}

impl World {
    /// A SaaS tenant with the default user.
    pub(crate) async fn new() -> Self {
        Self::start(SandboxOptions::default()).await
    }

    pub(crate) async fn start(options: SandboxOptions) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap(), http: client().build().unwrap() }
    }

    /// One request with the token of `user`, or the default token.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        user: Option<&str>,
    ) -> Reply {
        self.try_send(method, path, body, user).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        user: Option<&str>,
    ) -> Result<Reply, reqwest::Error> {
        let token = user.map_or(self.sandbox.token(), |user| self.sandbox.token_of(user).unwrap());
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.sandbox.base_url()))
            .header("Authorization", format!("Api-Token {token}"));
        if let Some(body) = body {
            request =
                request.header("Content-Type", "application/json; charset=utf-8").body(body.to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: response.text().await? })
    }

    pub(crate) async fn get(&self, id: &str) -> Reply {
        self.send(Method::GET, &format!("{CREDENTIALS}/{id}"), None, None).await
    }

    pub(crate) async fn list(&self, query: &str) -> Reply {
        self.send(Method::GET, &format!("{CREDENTIALS}?{query}"), None, None).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Reply {
        self.send(Method::POST, CREDENTIALS, Some(body), None).await
    }

    pub(crate) async fn put(&self, id: &str, body: &Value) -> Reply {
        self.send(Method::PUT, &format!("{CREDENTIALS}/{id}"), Some(body), None).await
    }

    pub(crate) async fn delete(&self, id: &str) -> Reply {
        self.send(Method::DELETE, &format!("{CREDENTIALS}/{id}"), None, None).await
    }

    pub(crate) fn stored(&self, id: &str) -> StoredSet {
        self.sandbox.snapshot().into_iter().find(|set| set.id == id).unwrap()
    }

    /// Makes a set with this very id, for references in the documents of the contract.
    pub(crate) async fn plant(&self, id: &str, body: &Value) {
        self.sandbox.faults().add_spec("put-unknown-creates:times=1").unwrap();
        assert_eq!(self.put(id, body).await.status, 201);
    }

    /// The companions the documents of contract section 3.2 refer to.
    pub(crate) async fn plant_companions(&self) {
        for (digit, kind) in
            [("0", "token"), ("1", "certificate"), ("2", "token"), ("3", "token"), ("4", "username-password")]
        {
            self.plant(&format!("CREDENTIALS_VAULT-{digit}123456789ABCDEF"), &minimal(kind)).await;
        }
    }
}

/// The names in a list answer.
pub(crate) fn names(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{reply:?}");
    let json = reply.json();
    let mut all: Vec<_> = json["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| set["name"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}
