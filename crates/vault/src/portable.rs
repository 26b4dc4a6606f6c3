//! The portable export: everything a person put in, under a passphrase, in a file that the standard `age` tool opens
//! (age-encryption.org/v1, scrypt recipient). Nobody is locked in.
//!
//! ```text
//! Vault ─ export ─▶ JSON (format "sealpost-export", version 1) ─▶ age stream        age -d file > everything.json
//! age stream ─ read ─▶ Portable ─ import ─▶ new drafts, environments that have a new name, their publications
//! ```
//!
//! The plain JSON never touches a disk and is wiped: it is written straight into the encrypting stream. Importing is
//! additive: nothing that is there is changed, and it is all there or none of it.

use std::io::{Read as _, Write};

use age::secrecy::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::draft::DraftMeta;
use crate::error::{Error, StoreError};
use crate::secret::{DraftSecrets, SecretField, SecretValue};
use crate::store::{EnvironmentMeta, ListedDraft, NewActivity, NewDraft, SaveEnvironment};
use crate::vault::Vault;

const FORMAT: &str = "sealpost-export";
const VERSION: u32 = 1;
/// Costs of a foreign file's scrypt beyond which it is refused, as a power of two: about 16 s.
const MOST_WORK: u8 = 22;
/// More than any export of ours; a foreign file must not fill the memory.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Why an export can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortableError {
    /// Not an age file with a passphrase.
    #[error("the file is no age file with a passphrase")]
    NotAge,
    /// The passphrase does not open it, or it was changed.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// It opens and does not hold what an export holds.
    #[error("it opens, but holds no export of Sealpost: {0}")]
    NotAnExport(String),
    /// It is of a newer version.
    #[error("it was written by a newer Sealpost (export version {0})")]
    TooNew(u32),
}

/// One secret: text as text, anything else as base64.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Written<'a> {
    Text(&'a str),
    Base64(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenDraft<'a> {
    in_trash: bool,
    #[serde(flatten)]
    meta: &'a DraftMeta,
    secrets: std::collections::BTreeMap<&'static str, Written<'a>>,
    published: Vec<WrittenLink<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenLink<'a> {
    environment: &'a str,
    remote_id: Option<&'a str>,
    owner: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenEnvironment<'a> {
    #[serde(flatten)]
    meta: &'a EnvironmentMeta,
    token: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReadSecret {
    Text(SecretValue),
    Base64(SecretValue),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadDraft {
    #[serde(flatten)]
    meta: DraftMeta,
    #[serde(default)]
    secrets: std::collections::BTreeMap<String, ReadSecret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadEnvironment {
    #[serde(flatten)]
    meta: EnvironmentMeta,
    token: SecretValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadExport {
    format: String,
    version: u32,
    #[serde(default)]
    drafts: Vec<ReadDraft>,
    #[serde(default)]
    environments: Vec<ReadEnvironment>,
}

/// An export that was read, to be imported.
#[derive(Debug, Default)]
pub struct Portable {
    /// Its drafts.
    pub drafts: Vec<NewDraft>,
    /// Its environments and their tokens.
    pub environments: Vec<SaveEnvironment>,
}

/// How much an export or an import carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Drafts.
    pub drafts: usize,
    /// Environments.
    pub environments: usize,
    /// What was left out: rows that do not open, or environments whose name is taken.
    pub left_out: usize,
}

fn io(error: impl std::fmt::Display) -> Error {
    StoreError::Io(error.to_string()).into()
}

/// A JSON object, member by member, so that only one draft is open at a time.
struct Members<'a, W: Write> {
    out: &'a mut W,
    first: bool,
}

impl<W: Write> Members<'_, W> {
    fn put<T: Serialize>(&mut self, value: &T) -> Result<(), Error> {
        self.out.write_all(if self.first { b"\n" } else { b",\n" }).map_err(io)?;
        self.first = false;
        serde_json::to_writer(&mut *self.out, value).map_err(io)
    }
}

impl Vault {
    /// Writes everything a person put in as an age file under a passphrase. The trash is in it too; earlier revisions and
    /// the activity log are not.
    ///
    /// # Errors
    /// [`Error::Store`]; what was written by then is no age file.
    pub fn export(&self, passphrase: &SecretValue, out: impl Write) -> Result<Carried, Error> {
        let words = SecretString::from(passphrase.expose_text().unwrap_or_default().to_owned());
        let mut stream = age::Encryptor::with_user_passphrase(words).wrap_output(out).map_err(io)?;
        let carried = self.write_export(&mut stream)?;
        stream.finish().and_then(|mut out| out.flush()).map_err(io)?;
        Ok(carried)
    }

    fn write_export(&self, out: &mut impl Write) -> Result<Carried, Error> {
        let mut carried = Carried::default();
        write!(
            out,
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exportedAt\":{},\n\"environments\":[",
            self.now().as_millis()
        )
        .map_err(io)?;
        let environments = self.environments()?;
        let mut members = Members { out, first: true };
        for environment in &environments {
            let token = self.environment_token(environment.id)?;
            let token = token.expose_text().unwrap_or_default();
            members.put(&WrittenEnvironment { meta: &environment.meta, token })?;
            carried.environments += 1;
        }
        members.out.write_all(b"],\n\"drafts\":[").map_err(io)?;
        members.first = true;
        for listed in self.drafts_since(0)?.drafts {
            let ListedDraft::Readable(listed) = listed else {
                carried.left_out += 1;
                continue;
            };
            let (Ok((draft, _)), Ok((_, secrets))) = (self.draft(listed.id), self.draft_secrets(listed.id))
            else {
                carried.left_out += 1;
                continue;
            };
            let publications = self.publications(Some(draft.id))?;
            let name_of =
                |id| environments.iter().find(|one| one.id == id).map_or("", |one| one.meta.name.as_str());
            let published = publications.iter().map(|link| WrittenLink {
                environment: name_of(link.environment),
                remote_id: link.meta.remote_id.as_deref(),
                owner: link.meta.owner.as_deref(),
            });
            let secrets = secrets.iter().map(|(field, value)| (field.name(), written(value))).collect();
            members.put(&WrittenDraft {
                in_trash: draft.deleted_at.is_some(),
                meta: &draft.meta,
                secrets,
                published: published.collect(),
            })?;
            carried.drafts += 1;
        }
        members.out.write_all(b"]}\n").map_err(io)?;
        Ok(carried)
    }

    /// Adds what an export holds: every draft as a new one, and each environment whose name is not taken.
    ///
    /// # Errors
    /// [`Error::Store`]. Drafts are all there or none.
    pub fn import_portable(&mut self, portable: Portable) -> Result<Carried, Error> {
        let mut carried = Carried { drafts: portable.drafts.len(), ..Carried::default() };
        let entry = NewActivity::of("draftsImported").line("Drafts", carried.drafts.to_string());
        self.import(portable.drafts, &entry, &mut |_| {})?;
        for environment in portable.environments {
            match self.save_environment(&environment, Some(&NewActivity::of("environmentSaved"))) {
                Ok(_) => carried.environments += 1,
                Err(Error::NameTaken) => carried.left_out += 1,
                Err(other) => return Err(other),
            }
        }
        Ok(carried)
    }
}

fn written(value: &SecretValue) -> Written<'_> {
    value.expose_text().map_or_else(|| Written::Base64(STANDARD.encode(value.expose())), Written::Text)
}

/// Opens an export.
///
/// # Errors
/// [`PortableError`].
pub fn read_portable(file: &[u8], passphrase: &SecretValue) -> Result<Portable, PortableError> {
    let decryptor = age::Decryptor::new(file).map_err(|_| PortableError::NotAge)?;
    if !decryptor.is_scrypt() {
        return Err(PortableError::NotAge);
    }
    let words = SecretString::from(passphrase.expose_text().unwrap_or_default().to_owned());
    let mut identity = age::scrypt::Identity::new(words);
    identity.set_max_work_factor(MOST_WORK);
    let stream = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|_| PortableError::WrongPassphrase)?;
    let mut json = Zeroizing::new(Vec::new());
    stream.take(MOST_BYTES).read_to_end(&mut json).map_err(|_| PortableError::WrongPassphrase)?;
    // serde's own words may quote a value; its line and column say enough.
    let wrong = |error: &serde_json::Error| {
        PortableError::NotAnExport(format!("line {}, column {}", error.line(), error.column()))
    };
    let read: ReadExport = serde_json::from_slice(&json).map_err(|error| wrong(&error))?;
    if read.format != FORMAT {
        return Err(PortableError::NotAnExport("another format".into()));
    }
    if read.version > VERSION {
        return Err(PortableError::TooNew(read.version));
    }
    let mut portable = Portable::default();
    for draft in read.drafts {
        let mut secrets = DraftSecrets::new();
        for (name, value) in draft.secrets {
            let field = SecretField::from_name(&name)
                .ok_or_else(|| PortableError::NotAnExport("an unknown secret field".into()))?;
            secrets.set(field, decoded(value)?);
        }
        portable.drafts.push(NewDraft { meta: draft.meta, secrets });
    }
    portable.environments = read
        .environments
        .into_iter()
        .map(|one| SaveEnvironment { over: None, meta: one.meta, token: one.token })
        .collect();
    Ok(portable)
}

fn decoded(value: ReadSecret) -> Result<SecretValue, PortableError> {
    match value {
        ReadSecret::Text(text) => Ok(text),
        ReadSecret::Base64(text) => STANDARD
            .decode(text.expose())
            .map(SecretValue::new)
            .map_err(|_| PortableError::NotAnExport("a secret is no base64".into())),
    }
}

#[cfg(test)]
mod tests;
