//! The memory of a running process, searched for planted markers.
//!
//! Our programs close their memory to their own user (not dumpable), so only who may trace every process can look: root, or
//! whoever has CAP_SYS_PTRACE. Anybody else is told so by [`may_look`], and no search is called clean that did not happen.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this; a process that can't be followed must fail them"
)]

use std::fs::{self, File};
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::CommandLine;
use crate::scan::{Leak, forms};
use crate::session::binary;

/// Bytes read at a time.
const CHUNK: usize = 4 * 1024 * 1024;
/// Bytes of a page, or of a part of one where pages are larger.
const PAGE: usize = 4_096;
/// What a pipe holds (pipe(7)).
const PIPE: usize = 65_536;
/// Longest wait for a process to come where it is expected.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the memory could not be read: this is no search that found nothing.
#[derive(Debug)]
pub struct Unseen(pub io::Error);

/// What a search read and found.
#[derive(Debug)]
pub struct Searched {
    /// Bytes that were read.
    pub bytes: usize,
    /// Markers that were found; the place is the name of the mapping.
    pub leaks: Vec<Leak>,
}

/// Searches everything that a process has written to its memory for markers, in the forms of [`crate::scan`].
///
/// # Errors
/// [`Unseen`]: this user may not look, or the process has ended.
pub fn search(process: u32, markers: &[&str]) -> Result<Searched, Unseen> {
    let wanted: Vec<(&str, &'static str, Vec<u8>)> = markers
        .iter()
        .flat_map(|marker| forms(marker).into_iter().map(|(form, bytes)| (*marker, form, bytes)))
        .collect();
    let needles: Vec<&[u8]> = wanted.iter().map(|(_, _, bytes)| bytes.as_slice()).collect();
    let (bytes, found) = search_for(process, &needles)?;
    let leaks = found.into_iter().map(|(at, place)| Leak {
        place,
        marker: wanted[at].0.to_owned(),
        form: wanted[at].1,
    });
    Ok(Searched { bytes, leaks: leaks.collect() })
}

/// Searches for bytes; gives how many were read, and what was found where.
///
/// # Errors
/// As [`search`].
pub fn search_for(process: u32, needles: &[&[u8]]) -> Result<(usize, Vec<(usize, String)>), Unseen> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).map_err(Unseen)?;
    let memory = File::open(format!("/proc/{process}/mem")).map_err(Unseen)?;
    let pages = File::open(format!("/proc/{process}/pagemap")).map_err(Unseen)?;
    let starts = Starts::of(needles);
    let overlap = needles.iter().map(|needle| needle.len()).max().unwrap_or(1) - 1;
    let (mut read, mut found) = (0, Vec::new());
    let mut buffer = vec![0; CHUNK + overlap];
    for line in maps.lines() {
        let Some((from, to, place)) = readable(line) else { continue };
        let mut at = from;
        // What stood at the end of the piece before, for a marker across the border.
        let mut kept = 0;
        while at < to {
            let wanted = CHUNK.min(usize::try_from(to - at).unwrap_or(CHUNK));
            if !holds_something(&pages, at, wanted).map_err(Unseen)? {
                // Reserved and never written to, as a webview does with many gigabytes.
                (at, kept) = (at + wanted as u64, 0);
                continue;
            }
            // A page that can't be read (a device, a file that was cut) hides nothing of ours.
            let Ok(count) = memory.read_at(&mut buffer[kept..kept + wanted], at) else { break };
            if count == 0 {
                break;
            }
            let piece = &buffer[..kept + count];
            for index in starts.found_in(piece) {
                if !found.contains(&(index, place.to_owned())) {
                    found.push((index, place.to_owned()));
                }
            }
            read += count;
            at += count as u64;
            let end = kept + count;
            kept = overlap.min(end);
            buffer.copy_within(end - kept..end, 0);
        }
    }
    if read == 0 {
        return Err(Unseen(io::Error::new(io::ErrorKind::PermissionDenied, "no page could be read")));
    }
    Ok((read, found))
}

/// Is any page of this piece in memory or in the swap? Bits 63 and 62 of its entry say so.
fn holds_something(pages: &File, at: u64, len: usize) -> io::Result<bool> {
    let mut entries = [0; CHUNK / PAGE * 8];
    let wanted = &mut entries[..len / PAGE * 8];
    pages.read_exact_at(wanted, at / PAGE as u64 * 8)?;
    Ok(wanted.iter().skip(7).step_by(8).any(|last| last & 0b1100_0000 != 0))
}

/// Needles by their first two bytes: one walk over the memory finds all of them, also without optimisation.
struct Starts<'a> {
    needles: &'a [&'a [u8]],
    /// For every pair of bytes: does a needle begin with it?
    begins: Vec<bool>,
}

impl<'a> Starts<'a> {
    fn of(needles: &'a [&'a [u8]]) -> Self {
        let mut begins = vec![false; 1 << 16];
        for needle in needles {
            begins[pair(needle[0], needle[1])] = true;
        }
        // What is all zero is skipped page by page.
        assert!(needles.iter().all(|needle| needle[0] != 0), "a needle begins with something");
        Self { needles, begins }
    }

    fn found_in(&self, memory: &[u8]) -> Vec<usize> {
        const ZEROES: [u8; 4_096] = [0; 4_096];
        let mut found = Vec::new();
        for (page, bytes) in memory.chunks(ZEROES.len()).enumerate() {
            if bytes == &ZEROES[..bytes.len()] {
                continue;
            }
            let from = page * ZEROES.len();
            let next = memory.get(from + bytes.len()).copied().unwrap_or(0);
            let mut first = bytes[0];
            for (at, second) in bytes[1..].iter().copied().chain([next]).enumerate() {
                if self.begins[pair(first, second)] {
                    let here = &memory[from + at..];
                    found.extend(
                        (0..self.needles.len()).filter(|index| here.starts_with(self.needles[*index])),
                    );
                }
                first = second;
            }
        }
        found
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// A mapping that something could have been written to: from, to, name.
fn readable(line: &str) -> Option<(u64, u64, &str)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let place = words.nth(3).unwrap_or("anonymous");
    // What can't be written holds what its file holds: the program and its libraries.
    if !rights.starts_with('r') || (rights.as_bytes().get(1) != Some(&b'w') && place != "anonymous") {
        return None;
    }
    Some((u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?, place))
}

/// May this test look into a process that lets nobody look (it is not dumpable)? Then a search that sees nothing is a failure.
#[must_use]
pub fn may_look() -> bool {
    // capabilities(7)
    const CAP_SYS_PTRACE: u64 = 1 << 19;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective
        .and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .is_some_and(|bits| bits & CAP_SYS_PTRACE != 0)
}

/// Waits until a process hangs in writing to its standard output, whose other end nobody reads.
///
/// # Panics
/// If it ends, or does not write in time.
pub fn until_it_prints(process: u32) {
    let started = Instant::now();
    // Of every thread: the call it is in (1 is write on x86-64, 64 on aarch64) and its first argument.
    let call = if cfg!(target_arch = "aarch64") { "64 0x1 " } else { "1 0x1 " };
    loop {
        let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
        let prints = threads.flatten().any(|thread| {
            fs::read_to_string(thread.path().join("syscall")).is_ok_and(|text| text.starts_with(call))
        });
        if prints {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "nothing was printed in {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The command line, held where it prints its answer: nobody reads it, so it stays, with everything it had to do done.
#[derive(Debug)]
pub struct Held {
    child: Child,
    reader: PipeReader,
}

impl Held {
    /// Runs a command until it prints.
    ///
    /// # Panics
    /// If it does not start, or ends before it prints.
    #[must_use]
    pub fn at_its_answer(line: &CommandLine, arguments: &[&str], input: &str) -> Self {
        let (reader, mut full) = io::pipe().expect("a pipe");
        let writer = full.try_clone().expect("its other end");
        // As much as a pipe takes: the next byte waits for a reader.
        full.write_all(&[b' '; PIPE]).expect("it takes that much");
        drop(full);
        let mut child = Command::new(binary("sealpost"))
            .arg("--vault")
            .arg(&line.vault)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .expect("the command line starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        until_it_prints(child.id());
        Self { child, reader }
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads what it prints, waits for its end and gives both.
    ///
    /// # Panics
    /// If it prints no text.
    #[must_use]
    pub fn let_go(mut self) -> (String, i32) {
        let mut text = String::new();
        self.reader.read_to_string(&mut text).expect("text");
        let code = self.child.wait().expect("it ends").code();
        (text.trim().to_owned(), code.unwrap_or(-1))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A process and everything it started, with their names.
#[must_use]
pub fn family(process: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let mut open = vec![process];
    while let Some(id) = open.pop() {
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        found.push((id, name.trim().to_owned()));
        let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
        for thread in threads {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            open.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_in_another_process_is_found_and_one_that_is_not_there_is_not() {
        let marker = "planted-in-the-environment-of-another";
        let mut child = Command::new("sleep").arg("60").env("MARKER", marker).spawn().unwrap();
        let family = family(std::process::id());
        let searched = search(child.id(), &[marker, "planted-nowhere-at-all"]);
        child.kill().unwrap();
        child.wait().unwrap();
        let searched = searched.unwrap();
        assert!(searched.bytes > 100_000, "{searched:?}");
        assert!(!searched.leaks.is_empty() && searched.leaks.iter().all(|leak| leak.marker == marker));
        assert!(family.iter().any(|(id, _)| *id == child.id()), "{family:?}");
        assert!(search(child.id(), &[marker]).is_err(), "an ended process is not a clean one");
    }
}
