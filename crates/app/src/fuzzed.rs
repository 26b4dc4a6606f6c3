//! Every reader of this crate that is given bytes it did not write itself just now, each as a function of bytes that checks
//! what the reader promises of whatever it reads. The fuzz targets (`fuzz/`) and the replay of their corpora in the ordinary
//! tests call the same functions (docs/adr/0019-fuzz-targets-and-tests-share-one-function.md).
//!
//! A promise that does not hold is a panic here; nothing else in this crate panics on input.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backups::{Drill, read_name};
use crate::publish::{Ignored, RecordedRun};
use crate::vault_access::in_range;
use crate::views::{ProbeView, Settings, UnsavedView};

/// A setting as stored, by this version or by another one; the first byte says which. What is read is the same after it was
/// written and read again. The last kind is the name of a file among the backups.
pub fn stored_setting(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    match kind % 7 {
        0 => settings(rest),
        1 => drill(rest),
        2 => drop(stable::<Ignored>(rest)),
        3 => drop(stable::<RecordedRun>(rest)),
        4 => drop(stable::<ProbeView>(rest)),
        5 => drop(stable::<UnsavedView>(rest)),
        _ => backup_name(rest),
    }
}

fn stable<T: Serialize + DeserializeOwned>(json: &[u8]) -> Option<T> {
    let read = serde_json::from_slice::<T>(json).ok()?;
    let value = |of: &T| serde_json::to_value(of).ok();
    let again = serde_json::to_vec(&read).ok().and_then(|written| serde_json::from_slice::<T>(&written).ok());
    assert_eq!(again.as_ref().and_then(value), value(&read), "written and read again it is the same");
    Some(read)
}

fn settings(json: &[u8]) {
    let Some(read) = stable::<Settings>(json) else { return };
    let put = in_range(read);
    assert!((1..=60).contains(&put.auto_lock_minutes), "the vault locks by itself");
    assert!((15..=30).contains(&put.clipboard_seconds), "a copied secret is cleared");
    assert_eq!(in_range(put.clone()), put, "what is in range stays as it is");
}

fn drill(json: &[u8]) {
    let Some(read) = stable::<Drill>(json) else { return };
    let view = read.view();
    assert_eq!(
        view.sound,
        view.unreadable == 0 && view.damage.is_empty(),
        "what is damaged is not called sound"
    );
}

/// What counts as a copy is named as copies are.
fn backup_name(bytes: &[u8]) {
    let Ok(name) = std::str::from_utf8(bytes) else { return };
    if let Some(read) = read_name(name) {
        assert_eq!(format!("vault-{}-{}.sealpost", read.stamp, read.why), name);
        assert_eq!(read.file, name);
        assert!(
            read.stamp.len() == 15 && read.stamp.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What is refused at once keeps no promise and breaks none.
    #[test]
    fn the_first_files_of_the_corpus_are_read() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/stored_setting");
        let json = |name: &str| std::fs::read(corpus.join(name)).unwrap()[1..].to_vec();
        assert!(stable::<Settings>(&json("settings")).is_some());
        assert!(stable::<Drill>(&json("drill")).is_some());
        assert!(stable::<Ignored>(&json("ignored")).is_some());
        assert!(stable::<RecordedRun>(&json("run")).is_some());
        assert!(stable::<ProbeView>(&json("probe")).is_some());
        assert!(stable::<UnsavedView>(&json("unsaved-environment")).is_some());
        assert!(stable::<UnsavedView>(&json("unsaved-draft")).is_some());
        assert!(read_name(std::str::from_utf8(&json("backup-name")).unwrap()).is_some());
    }
}
