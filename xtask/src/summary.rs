//! Counts over all test runners, and the one line that closes a run.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Tests that passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Passed.
    pub(crate) passed: u32,
    /// Failed; a stage that could not run counts as one.
    pub(crate) failed: u32,
    /// Skipped.
    pub(crate) skipped: u32,
}

impl Counts {
    /// Adds what a stage counted.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// One that passed for the runner did not do what it is for.
    pub(crate) fn skip_one(&mut self) {
        self.passed = self.passed.saturating_sub(1);
        self.skipped += 1;
    }

    /// `12 passed, 0 failed`, alone on its line.
    pub(crate) fn line(self) -> String {
        let skipped = if self.skipped > 0 { format!(", {} skipped", self.skipped) } else { String::new() };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }

    /// Reads a closing line of cargo's runner or of vitest.
    fn of_line(line: &str) -> Option<Self> {
        let plain = without_colours(line);
        let number = |word: &str| {
            let at = plain.find(word)?;
            plain[..at].split_whitespace().last()?.parse::<u32>().ok()
        };
        if plain.trim_start().starts_with("test result:") {
            return Some(Self {
                passed: number(" passed").unwrap_or(0),
                failed: number(" failed").unwrap_or(0),
                skipped: number(" ignored").unwrap_or(0),
            });
        }
        let vitest = plain.trim_start().strip_prefix("Tests ")?;
        vitest.contains('(').then(|| Self {
            passed: number(" passed").unwrap_or(0),
            failed: number(" failed").unwrap_or(0),
            skipped: number(" skipped").unwrap_or(0),
        })
    }
}

fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            for code in characters.by_ref() {
                if code.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Runs a stage: its output goes on to the terminal, its closing lines are counted. A stage that fails without having
/// counted a failure (a build error, a lint) counts as one.
pub(crate) fn stage(name: &str, command: &mut Command) -> Counts {
    told(name, command, &mut |line| println!("{line}"))
}

/// Takes a line of what is said.
pub(crate) type Say<'a> = &'a mut dyn FnMut(&str);

/// What is done beside others.
pub(crate) type Lane<'a> = Box<dyn FnOnce(Say<'_>) -> Counts + Send + 'a>;

/// Does all side by side. What the others say follows after the first, one after the other, so that none is read between
/// another's lines.
pub(crate) fn side_by_side(first: impl FnOnce(Say<'_>) -> Counts, others: Vec<Lane<'_>>) -> Counts {
    let mut counts = Counts::default();
    let said: Vec<Vec<String>> = std::thread::scope(|scope| {
        let beside: Vec<_> = others
            .into_iter()
            .map(|lane| {
                scope.spawn(move || {
                    let mut kept = Vec::new();
                    let counts = lane(&mut |line| kept.push(line.to_owned()));
                    (counts, kept)
                })
            })
            .collect();
        counts.add(first(&mut |line| println!("{line}")));
        let joined = beside.into_iter().map(|lane| {
            let fell = (Counts { failed: 1, ..Counts::default() }, vec!["a lane fell over".to_owned()]);
            lane.join().unwrap_or(fell)
        });
        joined
            .map(|(counted, kept)| {
                counts.add(counted);
                kept
            })
            .collect()
    });
    for line in said.iter().flatten() {
        println!("{line}");
    }
    counts
}

/// A stage whose output goes elsewhere.
pub(crate) fn told(name: &str, command: &mut Command, say: Say<'_>) -> Counts {
    say(&format!("\n== {name}"));
    let mut counts = Counts::default();
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            say(&format!("{command:?} could not be started: {error}"));
            return Counts { failed: 1, ..counts };
        }
    };
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            say(&line);
            if let Some(counted) = Counts::of_line(&line) {
                counts.add(counted);
            }
        }
    }
    let ok = child.wait().is_ok_and(|status| status.success());
    if !ok && counts.failed == 0 {
        counts.failed = 1;
    }
    if ok && counts == Counts::default() {
        // A check without tests of its own (format, lints, types) is one that passed.
        counts.passed = 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_says_it_could_not_look_is_not_one_that_passed() {
        let mut counts = Counts { passed: 12, failed: 0, skipped: 1 };
        counts.skip_one();
        assert_eq!(counts, Counts { passed: 11, failed: 0, skipped: 2 });
    }

    #[test]
    fn closing_lines_of_both_runners_are_counted() {
        let cargo =
            "test result: ok. 48 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.5s";
        assert_eq!(Counts::of_line(cargo), Some(Counts { passed: 48, failed: 0, skipped: 1 }));
        let failed = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Counts::of_line(failed), Some(Counts { passed: 3, failed: 2, skipped: 0 }));
        let vitest = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m12 passed\u{1b}[39m (13)";
        assert_eq!(Counts::of_line(vitest), Some(Counts { passed: 12, failed: 1, skipped: 0 }));
    }

    #[test]
    fn other_lines_are_not_counted() {
        for line in ["", "Tests", "12 passed, 0 failed", "running 3 tests", "Test Files  2 passed (2)"] {
            assert_eq!(Counts::of_line(line), None, "{line}");
        }
    }

    #[test]
    fn a_stage_that_fails_without_counting_counts_as_failed() {
        assert_eq!(stage("fails", &mut Command::new("false")).failed, 1);
        assert_eq!(stage("is missing", &mut Command::new("no-such-program-here")).failed, 1);
        assert_eq!(stage("works", &mut Command::new("true")), Counts { passed: 1, ..Counts::default() });
    }

    #[test]
    fn of_stages_side_by_side_no_failure_is_lost() {
        fn all([first, second, third]: [&str; 3]) -> Counts {
            let stage = |name: &str, say: Say<'_>| told(name, &mut Command::new(name), say);
            side_by_side(
                |say| stage(first, say),
                vec![Box::new(|say| stage(second, say)), Box::new(|say| stage(third, say))],
            )
        }
        assert_eq!(all(["true"; 3]), Counts { passed: 3, ..Counts::default() });
        for names in
            [["false", "true", "true"], ["true", "false", "true"], ["true", "true", "no-such-program-here"]]
        {
            assert_eq!(all(names), Counts { passed: 2, failed: 1, skipped: 0 }, "{names:?}");
        }
    }

    #[test]
    fn a_lane_that_falls_over_counts_as_failed() {
        #[allow(clippy::panic, reason = "this is what happens in the test")]
        let falls: Lane<'_> = Box::new(|_| panic!("on purpose"));
        let counts = side_by_side(|_| Counts { passed: 1, ..Counts::default() }, vec![falls]);
        assert_eq!(counts, Counts { passed: 1, failed: 1, skipped: 0 });
    }
}
