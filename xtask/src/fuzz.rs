//! `cargo xtask fuzz`: random bytes for every reader, as long as is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::build::{cargo, must};
use crate::checkout::{root, target_dir};
use crate::system::on_path;

/// Minutes for each target, if nothing else is asked.
const MINUTES: u64 = 10;
/// Longer than any reader may take for one input: a file that holds it up for ever is a finding too.
const SECONDS_FOR_ONE: u32 = 20;
const MEMORY_MB: u32 = 2048;
/// Readers are looked for by small inputs; what only megabytes reach is bounded by their own limits.
const LONGEST: u32 = 16 * 1024;

/// What is asked: a number is minutes, any other word a target.
fn asked(arguments: &[String], all: &[String]) -> Outcome<(u64, Vec<String>)> {
    let (mut minutes, mut names) = (MINUTES, Vec::new());
    for word in arguments {
        match word.parse() {
            Ok(0) => return Err("no minutes are none to run".into()),
            Ok(number) => minutes = number,
            Err(_) if all.contains(word) => names.push(word.clone()),
            Err(_) => return Err(format!("no target is called {word}; there are: {}", all.join(" ")).into()),
        }
    }
    Ok((minutes, if names.is_empty() { all.to_vec() } else { names }))
}

/// Every target, by name.
fn targets(folder: &Path) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|end| end == "rs")) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    if names.is_empty() { Err(format!("{} holds no target", folder.display()).into()) } else { Ok(names) }
}

/// cargo-fuzz asks the compiler for instruments that the stable one has but calls unstable; only this command may.
fn cargo_fuzz(word: &str) -> Command {
    let mut command = cargo();
    command.current_dir(root().join("fuzz")).args(["fuzz", word, "--fuzz-dir", "."]);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target_dir().join("fuzz"));
    command
}

/// New inputs go beside the build, not among the kept ones: a run finds thousands.
fn found(name: &str) -> PathBuf {
    target_dir().join("fuzz/found").join(name)
}

/// Runs the targets one after the other, each from its kept corpus on. A crash ends the run of its target only.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let (minutes, names) = asked(arguments, &targets(&root().join("fuzz/fuzz_targets"))?)?;
    if !on_path("cargo-fuzz") {
        must(cargo().args(["install", "cargo-fuzz", "--locked"]))?;
    }
    must(&mut cargo_fuzz("build"))?;
    let mut crashed = Vec::new();
    for name in &names {
        println!("\n== {name}, {minutes} minutes");
        let (new, kept) = (found(name), root().join("fuzz/corpus").join(name));
        fs::create_dir_all(&new)?;
        fs::create_dir_all(&kept)?;
        let mut run = cargo_fuzz("run");
        run.arg(name).args([&new, &kept]).arg("--").args([
            format!("-max_total_time={}", minutes * 60),
            format!("-timeout={SECONDS_FOR_ONE}"),
            format!("-rss_limit_mb={MEMORY_MB}"),
            format!("-max_len={LONGEST}"),
            "-print_final_stats=1".to_owned(),
        ]);
        if must(&mut run).is_err() {
            crashed.push(name.as_str());
        }
    }
    println!(
        "\n{} targets ran for {minutes} minutes each; new inputs are in {}",
        names.len(),
        found("").display()
    );
    if crashed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "crashed: {}. The inputs are in fuzz/artifacts; a corpus keeps them once they are mended.",
        crashed.join(" ")
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Outcome<(u64, Vec<String>)> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        asked(&owned(words), &owned(&["pem", "token"]))
    }

    #[test]
    fn a_number_is_minutes_and_any_other_word_a_target() {
        assert_eq!(of(&[]).unwrap(), (10, vec!["pem".into(), "token".into()]));
        assert_eq!(of(&["token", "3"]).unwrap(), (3, vec!["token".into()]));
        for wrong in ["0", "pom", "-1", "1.5"] {
            assert!(of(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_folder_without_targets_is_an_error_and_not_a_run_of_nothing() {
        assert!(targets(&root().join("docs")).is_err());
        assert!(targets(&root().join("fuzz/fuzz_targets")).unwrap().contains(&"draft_json".to_owned()));
    }
}
