//! The real window, driven through WebKit's own driver. Every request has a time limit; the driver is ended by its own
//! process id.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Longest wait for an element, and for one request.
const PATIENCE: Duration = Duration::from_secs(20);

/// A window under a driver.
pub struct Window {
    driver: Child,
    client: Client,
}

type Done<T = ()> = Result<T, CmdError>;

impl Window {
    /// Starts the driver and, through it, the window over a vault folder.
    ///
    /// # Panics
    /// If the driver or the window does not start.
    #[expect(
        clippy::expect_used,
        clippy::zombie_processes,
        reason = "a test whose window does not start must fail; `close` ends the driver"
    )]
    pub async fn open(binary: &Path, vault: &Path) -> Self {
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("SEALPOST_VAULT", vault)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed");
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": [] } });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written above") };
        let url = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        let client = loop {
            let connector = hyper_util::client::legacy::connect::HttpConnector::new();
            let mut builder = ClientBuilder::new(connector);
            builder.capabilities(capabilities.clone());
            let attempt = builder.connect(&url);
            match tokio::time::timeout(PATIENCE, attempt).await {
                Ok(Ok(client)) => break client,
                Ok(Err(_)) if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(100)).await
                }
                Ok(Err(error)) => panic!("the window did not start: {error}"),
                Err(_) => panic!("the window did not start in {} s", PATIENCE.as_secs()),
            }
        };
        Self { driver, client }
    }

    /// Closes the window and ends the driver.
    pub async fn close(mut self) {
        drop(tokio::time::timeout(PATIENCE, self.client.clone().close()).await);
        drop(self.driver.kill());
        drop(self.driver.wait());
    }

    /// The element with a `data-testid`, once it is there; `within` names an element around it.
    ///
    /// # Errors
    /// It did not appear in time.
    pub async fn element(&self, within: &str, id: &str) -> Done<Element> {
        let css = format!(
            "{} [data-testid=\"{id}\"]",
            if within.is_empty() { "body".into() } else { format!("[data-testid=\"{within}\"]") }
        );
        self.client
            .wait()
            .at_most(PATIENCE)
            .every(Duration::from_millis(50))
            .for_element(Locator::Css(&css))
            .await
    }

    /// Clicks.
    ///
    /// # Errors
    /// It is not there or can't be clicked.
    pub async fn click(&self, within: &str, id: &str) -> Done {
        self.element(within, id).await?.click().await
    }

    /// Types.
    ///
    /// # Errors
    /// It is not there or takes no text.
    pub async fn enter(&self, within: &str, id: &str, text: &str) -> Done {
        self.element(within, id).await?.send_keys(text).await
    }

    /// The element's text.
    ///
    /// # Errors
    /// It is not there.
    pub async fn text(&self, within: &str, id: &str) -> Done<String> {
        self.element(within, id).await?.text().await
    }

    /// Runs a script and gives its answer.
    ///
    /// # Errors
    /// The script failed.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Done<Value> {
        self.client.execute(script, arguments).await
    }

    /// Runs a script that answers through its last argument.
    ///
    /// # Errors
    /// The script failed.
    pub async fn asynchronous(&self, script: &str, arguments: Vec<Value>) -> Done<Value> {
        self.client.execute_async(script, arguments).await
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Panics
    /// If it does not become true in time; shows what the page says instead.
    pub async fn until(&self, expression: &str) {
        let started = Instant::now();
        loop {
            let answer = self.script(&format!("return Boolean({expression})"), vec![]).await;
            if answer.as_ref().is_ok_and(|value| *value == Value::Bool(true)) {
                return;
            }
            if started.elapsed() > PATIENCE {
                let page = self.script("return document.body.innerText.slice(0, 2000)", vec![]).await;
                panic!("not true in time: {expression}\nthe page says: {page:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for two animation frames: a picture taken right after a change may be stale.
    ///
    /// # Errors
    /// The page is gone.
    pub async fn settle(&self) -> Done {
        let script =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.asynchronous(script, vec![]).await.map(|_| ())
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|socket| socket.local_addr())
        .map_or(4444, |address| address.port())
}
