//! The file of a sandbox: metadata of the sets and digests of generated tokens, as JSON, replaced atomically.
//! One sandbox at a time uses a file; no secret is in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::token::RememberedToken;
use crate::{SandboxError, StoredSet};

const FORMAT: &str = "sealpost-sandbox";
const VERSION: u32 = 1;

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    tokens: Vec<RememberedToken>,
    sets: Vec<StoredSet>,
}

/// What was in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) tokens: Vec<RememberedToken>,
    pub(crate) sets: BTreeMap<String, StoredSet>,
}

/// Reads the file; one that does not exist is empty, one that is something else is left alone.
pub(crate) fn read(path: &Path) -> Result<Contents, SandboxError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Contents::default()),
        Err(source) => return Err(SandboxError::File { path: path.to_owned(), source }),
    };
    parse(&bytes).map_err(|reason| SandboxError::UnreadableFile { path: path.to_owned(), reason })
}

/// Reads what is in a file, or says why it can't.
pub(crate) fn parse(bytes: &[u8]) -> Result<Contents, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if document.format != FORMAT || document.version != VERSION {
        return Err(format!("it says {} {}", document.format, document.version));
    }
    let mut sets = BTreeMap::new();
    for set in document.sets {
        // The next write would drop one of two sets, and a page begins after an id: a set without one is on none.
        if set.id.is_empty() || sets.contains_key(&set.id) {
            return Err("a set in it has no id or that of another set".to_owned());
        }
        sets.insert(set.id.clone(), set);
    }
    Ok(Contents { tokens: document.tokens, sets })
}

/// Replaces the file: written beside it with access for the owner only, flushed, then renamed over it.
pub(crate) fn write(
    path: &Path,
    tokens: &[RememberedToken],
    sets: &BTreeMap<String, StoredSet>,
) -> Result<(), SandboxError> {
    let failed = |source| SandboxError::File { path: path.to_owned(), source };
    let bytes = bytes(tokens, sets).map_err(|error| failed(error.into()))?;
    replace(path, &bytes).map_err(failed)
}

/// What the file holds of them.
pub(crate) fn bytes(
    tokens: &[RememberedToken],
    sets: &BTreeMap<String, StoredSet>,
) -> serde_json::Result<Vec<u8>> {
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        tokens: tokens.to_vec(),
        sets: sets.values().cloned().collect(),
    };
    serde_json::to_vec_pretty(&document)
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = beside(path);
    // Left over from a crash in the middle of a write; the file itself is whole.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    sync_directory(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".new");
    path.with_file_name(name)
}

/// Makes the rename itself durable where directories can be flushed.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(parent)?.sync_all() } else { Ok(()) }
}
