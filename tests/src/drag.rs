//! A file that is dragged from a file manager over the app's window and let go, as the screen carries it (XDND version 5,
//! freedesktop.org). The window can't tell it from a real file manager.
//!
//! ```text
//! enter ─▶ position ─▶ status ─┐       the page is asked meanwhile, so the first answers are only guesses
//!             ▲─────────────────┘
//!             └─▶ of one mind: accepted ─▶ drop ─▶ finished
//!                              refused  ─▶ leave
//! ```
//! Meanwhile the window asks for what is dragged, and gets the address of the file.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this; a screen that does not answer must fail them"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME};

use crate::screen::Screen;

const VERSION: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(20);
/// Equal answers in a row after which the page has been asked.
const OF_ONE_MIND: u32 = 20;

/// A file held over the window, which would take it.
pub struct FileDrag<'a> {
    screen: &'a Screen,
    source: Window,
    uri: String,
    at: u32,
}

impl Screen {
    /// Drags a file to a place of the page, in pixels from its corner, and holds it there until the window is of one mind.
    /// None, and the file is dragged away again, if it would not take it.
    ///
    /// # Panics
    /// If the window does not answer.
    #[must_use]
    pub fn drag_file(&self, file: &Path, (x, y): (i16, i16)) -> Option<FileDrag<'_>> {
        let source = self.connection.generate_id().expect("the screen has ids");
        let window = self.connection.create_window(
            COPY_DEPTH_FROM_PARENT,
            source,
            self.root,
            -10,
            -10,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        );
        self.send(window);
        self.send(self.connection.set_selection_owner(source, self.atom("XdndSelection"), CURRENT_TIME));
        let corner = self.connection.translate_coordinates(self.window, self.root, x, y);
        let corner = corner.expect("the screen takes requests").reply().expect("the window has a place");
        let place = |coordinate: i16| u32::from(u16::try_from(coordinate).expect("it is on the screen"));
        let at = (place(corner.dst_x) << 16) | place(corner.dst_y);
        let drag = FileDrag {
            screen: self,
            source,
            uri: format!("file://{}\r\n", file.display().to_string().replace(' ', "%20")),
            at,
        };
        drag.tell("XdndEnter", [VERSION << 24, self.atom("text/uri-list"), 0, 0]);
        let (mut said, mut times) = (false, 0);
        while times < OF_ONE_MIND {
            let accepted = drag.accepted();
            times = if accepted == said { times + 1 } else { 1 };
            said = accepted;
            // No hand moves faster; the page is asked meanwhile.
            std::thread::sleep(Duration::from_millis(50));
        }
        if !said {
            drag.tell("XdndLeave", [0; 4]);
            return None;
        }
        Some(drag)
    }
}

impl FileDrag<'_> {
    /// Lets it go.
    ///
    /// # Panics
    /// If the window does not take it.
    pub fn release(self) {
        self.tell("XdndDrop", [0, CURRENT_TIME, 0, 0]);
        let finished = self.answer("XdndFinished", PATIENCE).expect("the window says that it is done");
        assert_eq!(finished[1] & 1, 1, "it took the file");
    }

    /// Moves on the spot and asks whether a file would be taken.
    fn accepted(&self) -> bool {
        self.tell("XdndPosition", [0, self.at, CURRENT_TIME, self.screen.atom("XdndActionCopy")]);
        let status = self.answer("XdndStatus", PATIENCE).expect("the window answers a drag");
        status[1] & 1 == 1
    }

    fn tell(&self, what: &str, [one, two, three, four]: [u32; 4]) {
        let Screen { connection, window, .. } = self.screen;
        let data = [self.source, one, two, three, four];
        let event = ClientMessageEvent::new(32, *window, self.screen.atom(what), data);
        self.screen.send(connection.send_event(false, *window, EventMask::NO_EVENT, event));
    }

    /// Serves the window until it answers.
    fn answer(&self, what: &str, patience: Duration) -> Option<[u32; 5]> {
        let (started, what) = (Instant::now(), self.screen.atom(what));
        while started.elapsed() < patience {
            match self.screen.connection.poll_for_event().expect("the screen answers") {
                Some(Event::ClientMessage(message)) if message.type_ == what => {
                    return Some(message.data.as_data32());
                }
                Some(Event::SelectionRequest(request)) => self.hand_over(&request),
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        None
    }

    /// Gives the window what is dragged.
    fn hand_over(&self, request: &SelectionRequestEvent) {
        let connection = &self.screen.connection;
        let property = if request.target == self.screen.atom("text/uri-list") {
            let (requestor, property) = (request.requestor, request.property);
            let uri = self.uri.as_bytes();
            self.screen.send(connection.change_property8(
                PropMode::REPLACE,
                requestor,
                property,
                request.target,
                uri,
            ));
            property
        } else {
            u32::from(AtomEnum::NONE)
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
        self.screen.send(connection.send_event(false, request.requestor, EventMask::NO_EVENT, done));
    }
}

impl std::fmt::Debug for FileDrag<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileDrag").field("uri", &self.uri).finish_non_exhaustive()
    }
}
