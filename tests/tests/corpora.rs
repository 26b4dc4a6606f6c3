//! What the fuzz targets found worth keeping, read again by every ordinary run (docs/adr/0019).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on must fail and say where"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sealpost_tests::fuzzed::{TARGETS, read};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// Names of the files of a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let all = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    all.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_kept_file_of_every_corpus_is_read_without_a_broken_promise() {
    let mut broken = Vec::new();
    for target in TARGETS {
        let folder = fuzz().join("corpus").join(target.name);
        let files = names(&folder);
        assert!(files.len() > 3, "{target:?} has a corpus");
        for file in files {
            let bytes = fs::read(folder.join(&file)).unwrap();
            // A panic names the promise; this names the file.
            if std::panic::catch_unwind(|| (target.read)(&bytes)).is_err() {
                broken.push(format!("fuzz/corpus/{}/{file}", target.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_target_is_built_and_every_corpus_belongs_to_one() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "no name twice");
    assert_eq!(names(&fuzz().join("corpus")), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &targets {
        assert!(manifest.contains(&format!("\npath = \"fuzz_targets/{name}.rs\"\n")), "{name}");
        let source = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(source.contains(&format!("read(\"{name}\", bytes)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
}

#[test]
fn a_corpus_holds_a_first_file_of_what_this_version_writes() {
    for (target, name, bytes) in sealpost_vault::fuzzed::seeds().unwrap() {
        let file = fuzz().join("corpus").join(target).join(name);
        if std::env::var_os("SEALPOST_WRITE_CORPORA").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &bytes).unwrap();
        }
        assert_eq!(
            fs::read(&file).ok(),
            Some(bytes),
            "{}: SEALPOST_WRITE_CORPORA=1 writes it",
            file.display()
        );
    }
}

#[test]
fn an_age_file_of_the_corpus_opens_so_that_what_is_inside_is_read_too() {
    let file = fuzz().join("corpus/age_import/version-2");
    if std::env::var_os("SEALPOST_WRITE_CORPORA").is_some() && !file.exists() {
        let inside = fs::read(fuzz().join("corpus/export_json/version-2")).unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, sealpost_vault::fuzzed::age_file(&inside).unwrap()).unwrap();
    }
    let words = sealpost_vault::SecretValue::from(sealpost_vault::fuzzed::WORDS);
    let read = sealpost_vault::read_portable(&fs::read(file).unwrap(), &words).unwrap();
    assert_eq!(read.drafts.len(), 1);
}

#[test]
#[should_panic(expected = "no target is called")]
fn a_name_that_is_no_target_is_not_passed_over() {
    read("nothing", b"");
}
