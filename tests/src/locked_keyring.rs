//! A Secret Service that is locked, on a bus of its own: it has an entry for everybody and asks before it shows one. What
//! becomes of the question is the test's to say. Another one may fall over before it, in the middle of a call.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::unused_async,
    clippy::unused_self,
    reason = "only tests use this, and the interface gives the shape; a bus that does not start must fail them"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::fdo::RequestNameFlags;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, Value};
use zbus::{fdo, interface};

const NAME: &str = "org.freedesktop.secrets";
const ITEM: &str = "/org/freedesktop/secrets/collection/login/1";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/1";

/// What becomes of the question whether the keyring may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Somebody closes it.
    Dismissed,
    /// It stands there, and nobody comes.
    Nobody,
    /// It is not even asked: the program may not.
    Forbidden,
}

/// The bus and its service, until dropped.
pub struct LockedKeyring {
    daemon: Child,
    address: String,
    asked: Arc<AtomicUsize>,
    // Served as long as they are held.
    _connections: Vec<Connection>,
}

impl LockedKeyring {
    /// Starts both.
    ///
    /// # Panics
    /// If there is no `dbus-daemon`, or it does not start.
    #[must_use]
    pub fn start(answer: Answer) -> Self {
        Self::after_falls(answer, 0)
    }

    /// Starts the bus, and so many services that fall over when a session is opened, each followed by the next: the last one
    /// is locked.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn after_falls(answer: Answer, falls: usize) -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        let printed = daemon.stdout.take().expect("its output is a pipe");
        BufReader::new(printed).read_line(&mut address).expect("it prints its address");
        let address = address.trim().to_owned();
        let asked = Arc::new(AtomicUsize::new(0));
        let mut connections: Vec<Connection> = (0..falls).map(|_| falling(&address)).collect();
        let connection = Builder::address(address.as_str())
            .and_then(|builder| builder.serve_at("/org/freedesktop/secrets", Service { answer }))
            .and_then(|builder| builder.serve_at(ITEM, Item))
            .and_then(|builder| builder.serve_at(PROMPT, Prompt { answer, asked: Arc::clone(&asked) }))
            .and_then(Builder::build)
            .expect("the service starts");
        in_line(&connection);
        connections.push(connection);
        Self { daemon, address, asked, _connections: connections }
    }

    /// The bus, for `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How often the question was shown.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Drop for LockedKeyring {
    fn drop(&mut self) {
        drop(self.daemon.kill());
        drop(self.daemon.wait());
    }
}

impl std::fmt::Debug for LockedKeyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LockedKeyring").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The name, or the next place in the line for it.
fn in_line(connection: &Connection) {
    // zbus's default takes the name from whoever has it.
    let wait = RequestNameFlags::AllowReplacement & RequestNameFlags::ReplaceExisting;
    connection.request_name_with_flags(NAME, wait).expect("the bus has the name");
}

/// A service that falls over.
fn falling(address: &str) -> Connection {
    let service = Falling { connection: Arc::default() };
    let held = Arc::clone(&service.connection);
    let connection = Builder::address(address)
        .and_then(|builder| builder.serve_at("/org/freedesktop/secrets", service))
        .and_then(Builder::build)
        .expect("the service starts");
    held.set(connection.clone()).expect("set once");
    in_line(&connection);
    connection
}

/// Leaves the bus instead of opening a session.
struct Falling {
    connection: Arc<OnceLock<Connection>>,
}

#[interface(name = "org.freedesktop.Secret.Service")]
impl Falling {
    async fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> fdo::Result<(Value<'static>, OwnedObjectPath)> {
        let connection = self.connection.get().expect("set before it has the name").clone();
        drop(connection.into_inner().close().await);
        Err(fdo::Error::Failed("nobody hears this".into()))
    }
}

fn path(path: &'static str) -> OwnedObjectPath {
    ObjectPath::from_static_str(path).expect("a path").into()
}

struct Service {
    answer: Answer,
}

#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    /// A session whose key nobody ever needs: nothing secret is handed out.
    async fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> fdo::Result<(Value<'static>, OwnedObjectPath)> {
        Ok((Value::from(vec![2_u8; 128]), path("/org/freedesktop/secrets/session/1")))
    }

    async fn search_items(
        &self,
        _attributes: HashMap<String, String>,
    ) -> fdo::Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)> {
        Ok((Vec::new(), vec![path(ITEM)]))
    }

    async fn unlock(
        &self,
        _objects: Vec<OwnedObjectPath>,
    ) -> fdo::Result<(Vec<OwnedObjectPath>, OwnedObjectPath)> {
        if self.answer == Answer::Forbidden {
            return Err(fdo::Error::AccessDenied("this program may not".into()));
        }
        Ok((Vec::new(), path(PROMPT)))
    }
}

struct Item;

#[interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    #[zbus(property)]
    async fn locked(&self) -> bool {
        true
    }
}

struct Prompt {
    answer: Answer,
    asked: Arc<AtomicUsize>,
}

#[interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    async fn prompt(
        &self,
        _window_id: &str,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.answer == Answer::Dismissed {
            Self::completed(&emitter, true, Value::from("")).await?;
        }
        Ok(())
    }

    async fn dismiss(&self) -> fdo::Result<()> {
        Ok(())
    }

    #[zbus(signal)]
    async fn completed(emitter: &SignalEmitter<'_>, dismissed: bool, result: Value<'_>) -> zbus::Result<()>;
}
