//! Looks for planted markers in bytes and files, in the forms a leak would have: raw, base64 at any offset, hex, and
//! UTF-16.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;

/// Where a marker was found, and in which form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The file, or what the bytes are.
    pub place: String,
    /// The marker.
    pub marker: String,
    /// `raw`, `base64`, `hex`, `utf-16`.
    pub form: &'static str,
}

/// Every form of a marker, by name.
#[must_use]
pub fn forms(marker: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = marker.as_bytes();
    let mut all = vec![("raw", bytes.to_vec())];
    // base64 depends on the offset modulo 3; the characters at both ends mix with their neighbours and are left out.
    for pad in 0..3 {
        let mut padded = vec![0; pad];
        padded.extend_from_slice(bytes);
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&padded);
        let from = if pad == 0 { 0 } else { 4 };
        let to = text.len() - text.len() % 4;
        if to > from + 8 {
            all.push(("base64", text.as_bytes()[from..to - 4].to_vec()));
        }
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all.push(("hex", hex.clone().into_bytes()));
    all.push(("hex", hex.to_uppercase().into_bytes()));
    all.push(("utf-16", marker.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    all
}

/// Markers in bytes.
#[must_use]
pub fn scan_bytes(place: &str, bytes: &[u8], markers: &[&str]) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for marker in markers {
        for (form, needle) in forms(marker) {
            if bytes.windows(needle.len()).any(|window| window == needle) {
                leaks.push(Leak { place: place.to_owned(), marker: (*marker).to_owned(), form });
            }
        }
    }
    leaks
}

/// Markers in every file below a folder; gives how many files were read, so that a test can tell a clean folder from an
/// empty one.
///
/// # Panics
/// If a folder can't be read.
#[must_use]
pub fn scan_folder(folder: &Path, markers: &[&str]) -> (usize, Vec<Leak>) {
    let (mut files, mut leaks) = (0, Vec::new());
    for path in files_below(folder) {
        // Sockets and files that went away meanwhile have no bytes.
        let Ok(bytes) = fs::read(&path) else { continue };
        files += 1;
        leaks.extend(scan_bytes(&path.display().to_string(), &bytes, markers));
    }
    (files, leaks)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_below(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKER: &str = "zebra-marker-for-the-scanner";

    fn found(bytes: &[u8]) -> Vec<&'static str> {
        scan_bytes("here", bytes, &[MARKER]).into_iter().map(|leak| leak.form).collect()
    }

    #[test]
    fn a_planted_marker_is_found_in_every_form() {
        assert_eq!(found(format!("x{MARKER}y").as_bytes()), ["raw"]);
        for before in ["", "a", "ab", "abc", "abcd"] {
            let text = base64::engine::general_purpose::STANDARD.encode(format!("{before}{MARKER} and more"));
            assert!(found(text.as_bytes()).contains(&"base64"), "after {} bytes", before.len());
        }
        let hex: String = MARKER.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found(hex.as_bytes()), ["hex"]);
        let wide: Vec<u8> = MARKER.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&wide), ["utf-16"]);
    }

    #[test]
    fn clean_bytes_hold_nothing() {
        assert!(found(b"").is_empty());
        assert!(found(&[0; 10_000]).is_empty());
        assert!(found(b"zebra-marker-for-the-scanne").is_empty());
    }

    #[test]
    fn a_marker_in_a_folder_below_is_found_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/leak.log"), MARKER).unwrap();
        fs::write(folder.path().join("clean"), "nothing").unwrap();
        let (files, leaks) = scan_folder(folder.path(), &[MARKER]);
        assert_eq!((files, leaks.len()), (2, 1));
        assert!(leaks[0].place.ends_with("leak.log"));
    }
}
