//! `cargo xtask bench`, second half: the release build of the window against an empty Tauri window, in one session.
//!
//! Both are started in turn. "Painted" is what a person would call it: something stands in the middle of the screen that
//! is not one flat colour. Memory is the proportional set size of the process and of all it started, once idle.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't go on must stop, and its result is what it prints"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use sealpost_tests::cli::CommandLine;
use sealpost_tests::session::{binary, folder};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::rust_connection::RustConnection;

/// Starts of each; the first of each warms the disk's cache and is not counted.
const ROUNDS: usize = 8;
/// What a start may take before the measurement gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// From the first paint to "idle".
const SETTLE: Duration = Duration::from_secs(4);
/// Most of what the empty window takes, by issue #2.
const LIMIT: f64 = 1.15;

fn main() -> ExitCode {
    let vault = folder().join("vaults").join("bench-window");
    let line = CommandLine::over(&vault);
    line.ok(&["vault", "init"], "");
    line.ok(&["draft", "new", "--from", "-"], &drafts());
    let screen = Screen::open();
    let (mut ours, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty.push(start(&screen, &binary("examples/empty-window"), &vault));
        ours.push(start(&screen, &binary("sealpost-desktop"), &vault));
    }
    let paint = |all: &[Start]| median(all.iter().skip(1).map(|one| one.painted).collect());
    let memory = |all: &[Start]| median(all.iter().skip(1).map(|one| one.memory).collect());
    let mut ok = true;
    for (name, value, floor, unit) in [
        ("start to first paint", paint(&ours), paint(&empty), "ms"),
        ("idle memory of all processes", memory(&ours), memory(&empty), "MB"),
    ] {
        let ratio = value / floor;
        ok &= ratio <= LIMIT;
        let verdict = if ratio <= LIMIT { "ok" } else { "OVER" };
        println!(
            "{name}: {value:.0} {unit} / an empty window {floor:.0} {unit} = {ratio:.2} (at most {LIMIT}) {verdict}"
        );
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn drafts() -> String {
    let one = |n| {
        format!(
            r#"{{"type":"USERNAME_PASSWORD","name":"shop login {n}","scopes":["SYNTHETIC"],"user":"robot","password":"not-a-real-one"}}"#
        )
    };
    format!("[{}]", (0..40).map(one).collect::<Vec<_>>().join(","))
}

/// One start of a window.
struct Start {
    /// Milliseconds to the first paint.
    painted: f64,
    /// Megabytes once idle.
    memory: f64,
}

fn start(screen: &Screen, program: &Path, vault: &Path) -> Start {
    assert!(!screen.shows_something(), "the screen is not empty before a start");
    let begin = Instant::now();
    let mut child = Command::new(program)
        .env("SEALPOST_VAULT", vault)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a release build of the window and of the empty one");
    while !screen.shows_something() {
        assert!(begin.elapsed() < PATIENCE, "nothing was painted by {}", program.display());
        std::thread::sleep(Duration::from_millis(4));
    }
    let painted = begin.elapsed().as_secs_f64() * 1000.0;
    std::thread::sleep(SETTLE);
    let memory = tree(child.id()).into_iter().map(proportional_kilobytes).sum::<f64>() / 1024.0;
    end(screen, &mut child);
    Start { painted, memory }
}

/// Ends what was started, by its id, and waits for the screen to be empty again.
fn end(screen: &Screen, child: &mut Child) {
    let mut all = tree(child.id());
    all.retain(|id| *id != child.id());
    drop(child.kill());
    drop(child.wait());
    let begin = Instant::now();
    // The webview's own processes end by themselves when their parent is gone.
    while screen.shows_something() || all.iter().any(|id| Path::new(&format!("/proc/{id}")).exists()) {
        assert!(begin.elapsed() < PATIENCE, "a window did not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A process and all it started.
fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // `id (name) state parent …`; a name may hold anything, so the fields count from its last bracket.
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        children.entry(parent.unwrap_or(0)).or_default().push(id);
    }
    let mut all = vec![root];
    let mut next = 0;
    while next < all.len() {
        let of = children.get(&all[next]).cloned().unwrap_or_default();
        all.extend(of);
        next += 1;
    }
    all
}

fn proportional_kilobytes(id: u32) -> f64 {
    let path = PathBuf::from(format!("/proc/{id}/smaps_rollup"));
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// The session's screen.
struct Screen {
    connection: RustConnection,
    root: u32,
}

impl Screen {
    fn open() -> Self {
        let (connection, number) = x11rb::connect(None).expect("the session's screen");
        let root = connection.setup().roots[number].root;
        Self { connection, root }
    }

    /// Is the middle of the screen more than one flat colour?
    fn shows_something(&self) -> bool {
        const FEW: usize = 200;
        let asked = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 240, 150, 800, 500, !0);
        let Ok(Ok(image)) = asked.map(x11rb::cookie::Cookie::reply) else { return false };
        let (pixels, _) = image.data.as_chunks::<4>();
        let Some(first) = pixels.first() else { return false };
        pixels.iter().filter(|pixel| *pixel != first).count() > FEW
    }
}
