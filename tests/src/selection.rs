//! The clipboard of the screen as another program sees it: what is on it, with which marks, who took it away (ICCCM section
//! 2, XFixes version 1).
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this; a screen that does not answer must fail them"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEvent, SelectionEventMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

const PATIENCE: Duration = Duration::from_secs(20);

/// A program of its own on the screen.
struct Client {
    connection: RustConnection,
    window: Window,
}

impl Client {
    fn new() -> Self {
        let (connection, number) = x11rb::connect(None).expect("there is a screen");
        let window = connection.generate_id().expect("an id");
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                connection.setup().roots[number].root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &CreateWindowAux::new(),
            )
            .expect("the screen takes requests")
            .check()
            .expect("a window is made");
        Self { connection, window }
    }

    fn atom(&self, name: &str) -> Atom {
        let cookie = self.connection.intern_atom(false, name.as_bytes()).expect("the screen takes requests");
        cookie.reply().expect("it names things").atom
    }

    /// The next event that is wanted, or None after a while.
    fn event<T>(&self, mut wanted: impl FnMut(Event) -> Option<T>) -> Option<T> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.connection.poll_for_event().expect("the screen answers").map(&mut wanted) {
                Some(Some(found)) => return Some(found),
                Some(None) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        None
    }
}

/// The clipboard in one form (`UTF8_STRING`, `TARGETS`), or None if there is nothing of that form.
///
/// # Panics
/// If whoever has something on it does not answer.
#[must_use]
pub fn form(name: &str) -> Option<Vec<u8>> {
    let client = Client::new();
    let (clipboard, target) = (client.atom("CLIPBOARD"), client.atom(name));
    let property = client.atom("SEALPOST_TEST");
    let Client { connection, window } = &client;
    connection
        .convert_selection(*window, clipboard, target, property, CURRENT_TIME)
        .expect("the screen takes requests")
        .check()
        .expect("it asks for the clipboard");
    let answer = client.event(|event| match event {
        Event::SelectionNotify(notify) => Some(notify.property),
        _ => None,
    });
    if answer.expect("whoever has the clipboard answers") == NONE {
        return None;
    }
    let reply = connection
        .get_property(true, *window, property, AtomEnum::ANY, 0, 65_536)
        .expect("the screen takes requests")
        .reply()
        .expect("the answer can be read");
    if name == "TARGETS" {
        let names = reply.value32().into_iter().flatten().map(|atom| {
            let name = connection.get_atom_name(atom).ok().and_then(|cookie| cookie.reply().ok());
            name.map(|reply| String::from_utf8_lossy(&reply.name).into_owned()).unwrap_or_default()
        });
        return Some(names.collect::<Vec<_>>().join("\n").into_bytes());
    }
    Some(reply.value)
}

/// The text on the clipboard.
#[must_use]
pub fn text() -> Option<String> {
    form("UTF8_STRING").map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Waits until the clipboard holds this.
///
/// # Panics
/// If it does not in time; a secret of the tests may be shown.
pub fn until(wanted: Option<&str>, patience: Duration) {
    let started = Instant::now();
    loop {
        let now = text();
        if now.as_deref() == wanted {
            return;
        }
        assert!(started.elapsed() < patience, "the clipboard holds {now:?} and not {wanted:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// How the clipboard's owner let go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetGo {
    /// It said so: whoever keeps a history sees an empty clipboard, and not that a program ended.
    Cleared,
    /// Somebody else took it.
    Taken,
    /// Its owner ended with something on it.
    Ended,
}

/// Watches who has the clipboard.
pub struct Watch(Client);

impl Watch {
    /// From now on.
    ///
    /// # Panics
    /// If the screen can't tell.
    #[must_use]
    pub fn start() -> Self {
        let client = Client::new();
        let Client { connection, window } = &client;
        let version = connection.xfixes_query_version(5, 0).expect("the screen takes requests");
        version.reply().expect("it has XFixes");
        let all = SelectionEventMask::SET_SELECTION_OWNER
            | SelectionEventMask::SELECTION_WINDOW_DESTROY
            | SelectionEventMask::SELECTION_CLIENT_CLOSE;
        connection
            .xfixes_select_selection_input(*window, client.atom("CLIPBOARD"), all)
            .expect("the screen takes requests")
            .check()
            .expect("it watches");
        Self(client)
    }

    /// How the one who has it now lets go.
    ///
    /// # Panics
    /// If nobody does in time.
    #[must_use]
    pub fn let_go(&self) -> LetGo {
        let how = self.0.event(|event| match event {
            Event::XfixesSelectionNotify(notify) => Some(match notify.subtype {
                SelectionEvent::SET_SELECTION_OWNER if notify.owner == NONE => LetGo::Cleared,
                SelectionEvent::SET_SELECTION_OWNER => LetGo::Taken,
                _ => LetGo::Ended,
            }),
            _ => None,
        });
        how.expect("somebody lets go of the clipboard")
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

/// Somebody else who copied a text, until dropped.
#[derive(Debug)]
pub struct Somebody {
    done: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Somebody {
    /// Copies.
    ///
    /// # Panics
    /// If the screen refuses.
    #[must_use]
    pub fn copies(text: &'static str) -> Self {
        let client = Client::new();
        let clipboard = client.atom("CLIPBOARD");
        client
            .connection
            .set_selection_owner(client.window, clipboard, CURRENT_TIME)
            .expect("the screen takes requests")
            .check()
            .expect("it has the clipboard");
        let done = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&done);
        let serving = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                match client.connection.poll_for_event() {
                    Ok(Some(Event::SelectionRequest(request))) => client.serve(&request, text),
                    Ok(Some(_)) => {}
                    Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                    Err(_) => return,
                }
            }
        });
        Self { done, serving: Some(serving) }
    }
}

impl Drop for Somebody {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(serving) = self.serving.take() {
            drop(serving.join());
        }
    }
}

impl Client {
    fn serve(&self, request: &SelectionRequestEvent, text: &str) {
        let Self { connection, .. } = self;
        let is_text = request.target == self.atom("UTF8_STRING");
        let property = if is_text {
            let put = connection.change_property8(
                PropMode::REPLACE,
                request.requestor,
                request.property,
                request.target,
                text.as_bytes(),
            );
            drop(put.map(x11rb::cookie::VoidCookie::check));
            request.property
        } else {
            NONE
        };
        let done = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property,
        };
        let sent = connection.send_event(false, request.requestor, EventMask::NO_EVENT, done);
        drop(sent.map(x11rb::cookie::VoidCookie::check));
    }
}
