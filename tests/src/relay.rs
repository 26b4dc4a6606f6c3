//! A bus between a program and the session's real one, with everything a keyring does badly: it takes its time, says
//! nothing, or dies in the middle of a question. What does pass is the real bus's own, byte for byte.
//!
//! ```text
//! program ─ DBUS_SESSION_BUS_ADDRESS ─▶ Relay ─ as its mood is when a connection is made ─▶ the real bus, the real keyring
//! ```
//! The keyring is asked over a connection of its own each time, so a mood holds from the next question on, and what the
//! program has open already (its window's) goes on undisturbed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this; a bus that can't be relayed must fail them"
)]

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How a connection fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Undisturbed.
    Flows,
    /// Nothing passes before this time is over.
    After(Duration),
    /// Nothing passes.
    Silent,
    /// Cut when the program calls this method, before the call arrives.
    DiesAt(&'static str),
}

/// The bus in between.
#[derive(Debug)]
pub struct Relay {
    path: PathBuf,
    mood: Arc<Mutex<Mood>>,
    disturbed: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
}

impl Relay {
    /// Listens at a path; everything flows.
    ///
    /// # Panics
    /// If there is no session bus, or the path can't be listened at.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        let real = std::env::var("DBUS_SESSION_BUS_ADDRESS").expect("run this by `cargo xtask test`");
        let listener = UnixListener::bind(path).expect("the path is free and short");
        listener.set_nonblocking(true).expect("a listener can");
        let relay = Self {
            path: path.to_owned(),
            mood: Arc::new(Mutex::new(Mood::Flows)),
            disturbed: Arc::default(),
            done: Arc::default(),
        };
        let (mood, disturbed, done) =
            (Arc::clone(&relay.mood), Arc::clone(&relay.disturbed), Arc::clone(&relay.done));
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                let Ok((program, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                let mood = *mood.lock().unwrap_or_else(PoisonError::into_inner);
                if mood != Mood::Flows {
                    disturbed.fetch_add(1, Ordering::Relaxed);
                }
                let (real, done) = (connect(&real), Arc::clone(&done));
                std::thread::spawn(move || between(&program, &real, mood, &done));
            }
        });
        relay
    }

    /// Its address, for `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix:path={}", self.path.display())
    }

    /// How connections fare that are made from now on.
    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Connections that were disturbed so far.
    #[must_use]
    pub fn disturbed(&self) -> usize {
        self.disturbed.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        drop(std::fs::remove_file(&self.path));
    }
}

/// A connection to an address such as `unix:path=/tmp/dbus-x,guid=0`.
fn connect(address: &str) -> UnixStream {
    let parts = address.strip_prefix("unix:").expect("a socket of this computer");
    let value = |key: &str| parts.split(',').find_map(|part| part.strip_prefix(key)).map(str::to_owned);
    let address = match (value("path="), value("abstract=")) {
        (Some(path), _) => SocketAddr::from_pathname(path),
        (None, Some(name)) => SocketAddr::from_abstract_name(name),
        (None, None) => panic!("no path in {address}"),
    };
    UnixStream::connect_addr(&address.expect("an address")).expect("the real bus takes connections")
}

fn between(program: &UnixStream, real: &UnixStream, mood: Mood, done: &AtomicBool) {
    let patience = match mood {
        Mood::Flows | Mood::DiesAt(_) => Duration::ZERO,
        Mood::After(time) => time,
        // Far beyond every deadline of a test.
        Mood::Silent => Duration::from_secs(600),
    };
    let started = std::time::Instant::now();
    while started.elapsed() < patience && !done.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let last = match mood {
        Mood::DiesAt(method) => Some(method.as_bytes()),
        _ => None,
    };
    std::thread::scope(|scope| {
        scope.spawn(|| pass(real, program, None));
        pass(program, real, last);
    });
}

/// Passes bytes until one end closes or `last` comes by; then both are closed.
fn pass(mut from: &UnixStream, mut to: &UnixStream, last: Option<&[u8]>) {
    let mut buffer = [0; 8_192];
    // A name may stand across two reads.
    let mut tail: Vec<u8> = Vec::new();
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 {
            break;
        }
        if let Some(last) = last {
            tail.extend_from_slice(&buffer[..count]);
            if tail.windows(last.len()).any(|window| window == last) {
                break;
            }
            tail.drain(..tail.len().saturating_sub(last.len()));
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    drop(from.shutdown(Shutdown::Both));
    drop(to.shutdown(Shutdown::Both));
}
