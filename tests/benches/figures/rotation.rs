//! What a new key costs: in absolute figures, which are promised (issue #4, point 2). The floor is one millisecond.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use sealpost_vault::testing::{Bench, SameKeyring};
use sealpost_vault::{NewActivity, NewWaysIn, Vault};

use crate::{Figure, median, new_draft};

const DRAFTS: u64 = 10_000;
/// A new keyring entry and its slot; the keyring's own time is not in it, since this one is in memory.
const REWRAP_MS: f64 = 50.0;
/// Everything encrypted again under another data key.
const REKEY_MS: f64 = 5_000.0;

fn filled(bench: &Bench) -> Vault {
    let mut vault = bench.create().expect("a vault");
    let new = (0..DRAFTS).map(new_draft).collect();
    vault.import(new, &NewActivity::of("draftsImported"), &mut |_| ()).expect("an import");
    vault
}

fn second(bench: &Bench) -> SameKeyring {
    SameKeyring(Arc::clone(&bench.keyring))
}

/// A new keyring entry for a vault of ten thousand drafts.
pub(crate) fn rewrap(folder: &Path) -> Figure {
    let bench = Bench::at(&folder.join("rewrap"));
    let mut vault = filled(&bench);
    let mut times = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        vault.rewrite_keyring(&*bench.keyring, &second(&bench)).expect("a new entry");
        times.push(start.elapsed());
    }
    assert!(bench.open().is_ok(), "the new entry opens it");
    Figure { name: "re-wrap", value: median(times), floor: 1.0, limit: REWRAP_MS, unit: "ms" }
}

/// A new data key for a vault of ten thousand drafts.
pub(crate) fn rekey(folder: &Path) -> Figure {
    let bench = Bench::at(&folder.join("rekey"));
    let mut vault = filled(&bench);
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let rows = vault
            .rekey(NewWaysIn::default(), &*bench.keyring, &second(&bench), &mut |_, _| ())
            .expect("a new key");
        times.push(start.elapsed());
        assert!(rows >= DRAFTS);
    }
    Figure {
        name: "re-encryption of 10,000 drafts",
        value: median(times),
        floor: 1.0,
        limit: REKEY_MS,
        unit: "ms",
    }
}
