//! The screen as a window manager and a keyboard see it: real key events, and the wish of a window manager to close.
//! Beside WebDriver, which reaches only the page.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this; a screen that does not answer must fail them"
)]

use std::time::{Duration, Instant};

use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const PATIENCE: Duration = Duration::from_secs(20);

/// Keys by their X names (keysymdef.h), as far as they have no character.
const NAMED: [(&str, u32); 12] = [
    ("Tab", 0xff09),
    ("Enter", 0xff0d),
    ("Escape", 0xff1b),
    ("Backspace", 0xff08),
    ("Left", 0xff51),
    ("Up", 0xff52),
    ("Right", 0xff53),
    ("Down", 0xff54),
    ("Shift", 0xffe1),
    ("Ctrl", 0xffe3),
    ("Alt", 0xffe9),
    ("Space", 0x20),
];

/// The screen, and the app's window on it.
pub struct Screen {
    pub(crate) connection: RustConnection,
    pub(crate) root: Window,
    pub(crate) window: Window,
    /// First keycode, symbols per keycode, symbols.
    keys: (u8, usize, Vec<u32>),
}

impl Screen {
    /// Finds the app's window, once it is on the screen, and gives it the keyboard.
    ///
    /// # Panics
    /// If it does not appear in time.
    #[must_use]
    pub fn of_window(title: &str) -> Self {
        let (connection, number) = x11rb::connect(None).expect("there is a screen");
        let setup = connection.setup();
        let root = setup.roots[number].root;
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = connection
            .get_keyboard_mapping(first, last - first + 1)
            .expect("the screen takes requests")
            .reply()
            .expect("it has a keyboard");
        let keys = (first, usize::from(mapping.keysyms_per_keycode), mapping.keysyms);
        let mut screen = Self { connection, root, window: root, keys };
        let started = Instant::now();
        while screen.window == root {
            assert!(started.elapsed() < PATIENCE, "no window is called {title}");
            std::thread::sleep(Duration::from_millis(50));
            screen.window = screen.find(root, title).unwrap_or(root);
        }
        screen.focus();
        screen
    }

    fn find(&self, below: Window, title: &str) -> Option<Window> {
        let tree = self.connection.query_tree(below).ok()?.reply().ok()?;
        // The newest first: a window of an earlier test may be closing still.
        tree.children.into_iter().rev().find_map(|child| {
            let name = self
                .connection
                .get_property(false, child, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)
                .ok()
                .and_then(|cookie| cookie.reply().ok());
            let shown = self
                .connection
                .get_window_attributes(child)
                .ok()
                .and_then(|cookie| cookie.reply().ok())
                .is_some_and(|found| u8::from(found.map_state) == 2);
            let named = name.is_some_and(|name| name.value == title.as_bytes());
            if named && shown { Some(child) } else { self.find(child, title) }
        })
    }

    /// Gives the window the keyboard: without a window manager nobody else does. One that is gone takes none.
    ///
    /// # Panics
    /// If it is there and does not take it.
    pub fn focus(&self) {
        let asked = self.connection.set_input_focus(InputFocus::PARENT, self.window, CURRENT_TIME);
        let taken = asked.expect("the screen takes requests").check();
        assert!(taken.is_ok() || !self.is_open(), "{taken:?}");
    }

    pub(crate) fn send<E: std::fmt::Debug>(
        &self,
        request: Result<x11rb::cookie::VoidCookie<'_, RustConnection>, E>,
    ) {
        request.expect("the screen takes requests").check().expect("the screen does it");
    }

    pub(crate) fn atom(&self, name: &str) -> u32 {
        let cookie = self.connection.intern_atom(false, name.as_bytes()).expect("the screen takes requests");
        cookie.reply().expect("it names things").atom
    }

    /// Asks the window to close, as Alt+F4 and the taskbar do.
    pub fn ask_to_close(&self) {
        let data = [self.atom("WM_DELETE_WINDOW"), CURRENT_TIME, 0, 0, 0];
        let event = ClientMessageEvent::new(32, self.window, self.atom("WM_PROTOCOLS"), data);
        self.send(self.connection.send_event(false, self.window, EventMask::NO_EVENT, event));
    }

    /// Is the window still on the screen?
    #[must_use]
    pub fn is_open(&self) -> bool {
        let found = self.connection.get_window_attributes(self.window).ok().map(x11rb::cookie::Cookie::reply);
        found.is_some_and(|reply| reply.is_ok_and(|found| u8::from(found.map_state) == 2))
    }

    /// Waits until the window is gone.
    ///
    /// # Panics
    /// If it stays.
    pub fn until_closed(&self) {
        assert!(self.closes_within(PATIENCE), "the window stays open");
    }

    /// Waits until the window is gone, or for this long.
    #[must_use]
    pub fn closes_within(&self, patience: Duration) -> bool {
        let started = Instant::now();
        while self.is_open() {
            if started.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// Presses a key, alone or with others held: `Tab`, `Ctrl+n`, `Shift+Tab`.
    ///
    /// # Panics
    /// If the keyboard has no such key.
    pub fn press(&self, keys: &str) {
        let mut symbols: Vec<u32> = Vec::new();
        for name in keys.split('+') {
            let named = NAMED.iter().find(|(known, _)| *known == name).map(|(_, symbol)| *symbol);
            symbols.push(named.unwrap_or_else(|| u32::from(name.chars().next().expect("a key has a name"))));
        }
        self.stroke(&symbols);
    }

    /// Types a text, key by key.
    ///
    /// # Panics
    /// If the keyboard has no key for a character.
    pub fn write(&self, text: &str) {
        for character in text.chars() {
            self.stroke(&[u32::from(character)]);
        }
    }

    fn stroke(&self, symbols: &[u32]) {
        let mut codes = Vec::new();
        for symbol in symbols {
            let (code, shifted) = self.code(*symbol);
            if shifted {
                codes.push(self.code(0xffe1).0);
            }
            codes.push(code);
        }
        for code in &codes {
            self.fake(KEY_PRESS_EVENT, *code);
        }
        for code in codes.iter().rev() {
            self.fake(KEY_RELEASE_EVENT, *code);
        }
        // No keyboard is faster; the page hears each key before the next.
        std::thread::sleep(Duration::from_millis(15));
    }

    fn fake(&self, kind: u8, code: u8) {
        self.send(self.connection.xtest_fake_input(kind, code, CURRENT_TIME, self.root, 0, 0, 0));
    }

    fn code(&self, symbol: u32) -> (u8, bool) {
        let (first, per_code, symbols) = &self.keys;
        for (at, of_code) in symbols.chunks(*per_code).enumerate() {
            let code = first + u8::try_from(at).expect("there are at most 255 keys");
            match of_code.iter().take(2).position(|one| *one == symbol) {
                Some(0) => return (code, false),
                Some(_) => return (code, true),
                None => {}
            }
        }
        panic!("the keyboard has no key for {symbol:#x}");
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("window", &self.window).finish_non_exhaustive()
    }
}
