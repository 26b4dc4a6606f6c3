//! The real window, driven through WebKit's own driver. Every request has a time limit: a hang was seen once in about
//! eighty runs, and a test must then fail instead of waiting for ever. The driver and what it started are ended by their
//! own process ids.
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "only tests use this; what does not happen in time must fail them"
)]

use std::future::Future;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Longest wait for an element, and for one request.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest time in which what is clicked may still move. Shorter than any message stays.
const AT_REST: Duration = Duration::from_secs(1);

/// A window under a driver.
#[derive(Debug)]
pub struct Window {
    driver: Driver,
    client: Client,
}

type Done<T = ()> = Result<T, CmdError>;

/// Waits for an answer of the driver.
///
/// # Panics
/// If none comes in time.
async fn answered<T>(what: &str, answer: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer,
        Err(_) => panic!("the driver gave no answer in {} s: {what}", PATIENCE.as_secs()),
    }
}

impl Window {
    /// Starts the driver and, through it, the window over a vault folder.
    ///
    /// # Panics
    /// If the driver or the window does not start.
    pub async fn open(binary: &Path, vault: &Path) -> Self {
        Self::open_with(binary, vault, &[]).await
    }

    /// The same, with environment variables of its own.
    ///
    /// # Panics
    /// If the driver or the window does not start.
    pub async fn open_with(binary: &Path, vault: &Path, variables: &[(&str, &str)]) -> Self {
        let (driver, url) = Driver::start(vault, variables);
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": [] } });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written above") };
        let started = Instant::now();
        let client = loop {
            let connector = hyper_util::client::legacy::connect::HttpConnector::new();
            let mut builder = ClientBuilder::new(connector);
            builder.capabilities(capabilities.clone());
            match answered("a session", builder.connect(&url)).await {
                Ok(client) => break client,
                Err(error) if started.elapsed() > PATIENCE => panic!("the window did not start: {error}"),
                // The driver does not listen yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        Self { driver, client }
    }

    /// The driver's process; the window and the page's own processes are below it.
    #[must_use]
    pub fn driver(&self) -> u32 {
        self.driver.process.id()
    }

    /// Closes the window and ends the driver.
    pub async fn close(self) {
        let Self { driver, client } = self;
        drop(tokio::time::timeout(PATIENCE, client.close()).await);
        drop(driver);
    }

    /// Gives the window a size.
    ///
    /// # Errors
    /// The window refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Done {
        answered("a size", self.client.set_window_rect(0, 0, width, height)).await
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
        let started = Instant::now();
        loop {
            match answered(&css, self.client.find(Locator::Css(&css))).await {
                Ok(element) => return Ok(element),
                Err(error) if started.elapsed() > PATIENCE => {
                    panic!("not there in time: {css} ({error})\nthe page says: {:?}", self.says().await)
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Clicks. What moves away under the pointer, because the page is laid out anew that moment, is clicked where it comes to
    /// rest; what something lies over for longer, such as a message, can't be clicked.
    ///
    /// # Errors
    /// It is not there or can't be clicked.
    pub async fn click(&self, within: &str, id: &str) -> Done {
        let started = Instant::now();
        loop {
            let element = self.element(within, id).await?;
            match answered(id, element.click()).await {
                Err(CmdError::Standard(why))
                    if why.error == ErrorStatus::ElementClickIntercepted && started.elapsed() < AT_REST =>
                {
                    self.painted().await?;
                }
                clicked => return clicked,
            }
        }
    }

    /// Types.
    ///
    /// # Errors
    /// It is not there or takes no text.
    pub async fn enter(&self, within: &str, id: &str, text: &str) -> Done {
        let element = self.element(within, id).await?;
        answered(id, element.send_keys(text)).await
    }

    /// The element's text.
    ///
    /// # Errors
    /// It is not there.
    pub async fn text(&self, within: &str, id: &str) -> Done<String> {
        let element = self.element(within, id).await?;
        answered(id, element.text()).await
    }

    /// Runs a script and gives its answer.
    ///
    /// # Errors
    /// The script failed.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Done<Value> {
        answered("a script", self.client.execute(script, arguments)).await
    }

    /// Runs a script that answers through its last argument.
    ///
    /// # Errors
    /// The script failed.
    pub async fn asynchronous(&self, script: &str, arguments: Vec<Value>) -> Done<Value> {
        answered("an asynchronous script", self.client.execute_async(script, arguments)).await
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
                panic!("not true in time: {expression}\nthe page says: {:?}", self.says().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until nothing moves any more, then for two animation frames: a picture taken right after a change may be
    /// stale, and in the middle of a transition no colour is what it will be. What turns for ever is not waited for.
    ///
    /// # Errors
    /// The page is gone.
    pub async fn settle(&self) -> Done {
        self.until(
            "document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)",
        )
        .await;
        self.painted().await
    }

    /// Waits for two animation frames: what moves all the time has no end to wait for.
    ///
    /// # Errors
    /// The page is gone.
    pub async fn painted(&self) -> Done {
        let script =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.asynchronous(script, vec![]).await.map(drop)
    }

    /// What the page shows, for the message of a failure.
    async fn says(&self) -> Done<Value> {
        self.script("return document.body.innerText.slice(0, 2000)", vec![]).await
    }
}

/// WebKit's driver in a process of its own.
#[derive(Debug)]
struct Driver {
    process: Child,
}

impl Driver {
    fn start(vault: &Path, variables: &[(&str, &str)]) -> (Self, String) {
        let port = free_port();
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("SEALPOST_VAULT", vault)
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed");
        (Self { process }, format!("http://127.0.0.1:{port}"))
    }

    /// What it started: the window, unless it was closed.
    fn children(&self) -> Vec<String> {
        let id = self.process.id();
        let listed = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        listed.split_whitespace().map(str::to_owned).collect()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A test that failed has not closed its window, and an ended driver would leave it open.
        for child in self.children() {
            drop(Command::new("kill").args(["-KILL", &child]).status());
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|socket| socket.local_addr())
        .map_or(4444, |address| address.port())
}
