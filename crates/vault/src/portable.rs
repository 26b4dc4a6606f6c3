//! The portable export: everything a person put in, under a passphrase, in a file that the standard `age` tool opens
//! (age-encryption.org/v1, scrypt recipient). Nobody is locked in.
//!
//! ```text
//! Vault ─ export ─▶ JSON (format "sealpost-export", version 2) ─▶ age stream        age -d file > everything.json
//! age stream ─ read ─▶ Portable ─ import ─▶ new drafts, environments that have a new name, their publications
//! ```
//!
//! The plain JSON never touches a disk and is wiped: it is written straight into the encrypting stream. Importing is
//! additive: nothing that is there is changed, and of the drafts all are there or none. What refers to an environment
//! (overrides, groups) does so by its name, since ids are made anew. Version 1 had neither.

use std::collections::BTreeMap;
use std::io::{Read as _, Write};

use age::secrecy::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::draft::DraftMeta;
use crate::error::{Error, StoreError};
use crate::ids::EnvironmentId;
use crate::overrides::DraftOverride;
use crate::secret::{DraftSecrets, SecretField, SecretValue};
use crate::store::{EnvironmentMeta, GroupMeta, ListedDraft, NewActivity, NewDraft, SaveEnvironment};
use crate::vault::Vault;

const FORMAT: &str = "sealpost-export";
const VERSION: u32 = 2;
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

type WrittenSecrets<'a> = BTreeMap<&'static str, Written<'a>>;
type ReadSecrets = BTreeMap<String, ReadSecret>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenDraft<'a> {
    in_trash: bool,
    #[serde(flatten)]
    meta: &'a DraftMeta,
    secrets: WrittenSecrets<'a>,
    /// By name of the environment.
    per_environment: BTreeMap<String, WrittenOverride<'a>>,
    published: Vec<WrittenLink<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenOverride<'a> {
    #[serde(flatten)]
    here: DraftOverride,
    secrets: WrittenSecrets<'a>,
}

/// A group, its members by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PortableGroup {
    name: String,
    environments: Vec<String>,
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
    secrets: ReadSecrets,
    #[serde(default)]
    per_environment: BTreeMap<String, ReadOverride>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadOverride {
    #[serde(flatten)]
    here: DraftOverride,
    #[serde(default)]
    secrets: ReadSecrets,
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
    #[serde(default)]
    groups: Vec<PortableGroup>,
}

/// An export that was read, to be imported.
#[derive(Debug, Default)]
pub struct Portable {
    /// Its drafts.
    pub drafts: Vec<PortableDraft>,
    /// Its environments and their tokens.
    pub environments: Vec<SaveEnvironment>,
    /// Its groups.
    pub groups: Vec<PortableGroup>,
}

/// A draft of an export. What differs per environment waits for the ids that those get here.
#[derive(Debug)]
pub struct PortableDraft {
    new: NewDraft,
    /// By name of the environment.
    there: Vec<(String, DraftOverride, DraftSecrets)>,
}

impl PortableDraft {
    /// The draft, with the overrides of environments that exist here; and how many do not.
    fn placed(self, ids: &BTreeMap<String, EnvironmentId>) -> (NewDraft, usize) {
        let (mut new, mut left_out) = (self.new, 0);
        for (name, here, secrets) in self.there {
            let Some(id) = ids.get(&name) else {
                left_out += 1;
                continue;
            };
            new.meta.overrides.insert(*id, here);
            for (field, value) in secrets.iter() {
                new.secrets.set_override(*id, field, value.clone());
            }
        }
        (new, left_out)
    }
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
        carried.left_out += self.unreadable_environments()?.len();
        let mut members = Members { out, first: true };
        for environment in &environments {
            let token = self.environment_token(environment.id)?;
            let token = token.expose_text().unwrap_or_default();
            members.put(&WrittenEnvironment { meta: &environment.meta, token })?;
            carried.environments += 1;
        }
        members.out.write_all(b"],\n\"groups\":[").map_err(io)?;
        members.first = true;
        let name_of = |id: &EnvironmentId| {
            environments.iter().find(|one| one.id == *id).map(|one| one.meta.name.clone())
        };
        for group in self.groups()? {
            let environments = group.meta.environments.iter().filter_map(name_of).collect();
            members.put(&PortableGroup { name: group.meta.name, environments })?;
        }
        members.out.write_all(b"],\n\"drafts\":[").map_err(io)?;
        members.first = true;
        for listed in self.drafts_since(0)?.drafts {
            let ListedDraft::Readable(listed) = listed else {
                carried.left_out += 1;
                continue;
            };
            let (Ok((mut draft, _)), Ok((_, secrets))) =
                (self.draft(listed.id), self.draft_secrets(listed.id))
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
            let mut per_environment = BTreeMap::new();
            for (id, here) in std::mem::take(&mut draft.meta.overrides) {
                // Of an environment that is gone: under its id, so that it is in the file at least.
                let name = Some(name_of(id)).filter(|name| !name.is_empty());
                let name = name.map_or_else(|| id.to_string(), str::to_owned);
                let values = secrets.overrides().find(|(of, _)| *of == id);
                let secrets = values.map(|(_, all)| written_all(all)).unwrap_or_default();
                per_environment.insert(name, WrittenOverride { here: here.meant(), secrets });
            }
            members.put(&WrittenDraft {
                in_trash: draft.deleted_at.is_some(),
                meta: &draft.meta,
                secrets: written_all(secrets.iter()),
                per_environment,
                published: published.collect(),
            })?;
            carried.drafts += 1;
        }
        members.out.write_all(b"]}\n").map_err(io)?;
        Ok(carried)
    }

    /// Adds what an export holds: each environment and group whose name is not taken, and every draft as a new one.
    ///
    /// # Errors
    /// [`Error::Store`]. Drafts are all there or none.
    pub fn import_portable(&mut self, portable: Portable) -> Result<Carried, Error> {
        let mut carried = Carried { drafts: portable.drafts.len(), ..Carried::default() };
        for environment in portable.environments {
            match self.save_environment(&environment, Some(&NewActivity::of("environmentSaved"))) {
                Ok(_) => carried.environments += 1,
                Err(Error::NameTaken) => carried.left_out += 1,
                Err(other) => return Err(other),
            }
        }
        let ids: BTreeMap<String, EnvironmentId> =
            self.environments()?.into_iter().map(|one| (one.meta.name, one.id)).collect();
        let mut new = Vec::with_capacity(portable.drafts.len());
        for draft in portable.drafts {
            let (draft, left_out) = draft.placed(&ids);
            carried.left_out += left_out;
            new.push(draft);
        }
        let entry = NewActivity::of("draftsImported").line("Drafts", carried.drafts.to_string());
        self.import(new, &entry, &mut |_| {})?;
        for group in portable.groups {
            let environments = group.environments.iter().filter_map(|name| ids.get(name).copied()).collect();
            let meta = GroupMeta { name: group.name, environments };
            match self.save_group(None, &meta, &NewActivity::of("groupSaved").line("Group", &meta.name)) {
                Ok(_) => {}
                Err(Error::NameTaken) => carried.left_out += 1,
                Err(other) => return Err(other),
            }
        }
        Ok(carried)
    }
}

fn written_all<'a>(all: impl Iterator<Item = (SecretField, &'a SecretValue)>) -> WrittenSecrets<'a> {
    all.map(|(field, value)| (field.name(), written(value))).collect()
}

fn written(value: &SecretValue) -> Written<'_> {
    value.expose_text().map_or_else(|| Written::Base64(STANDARD.encode(value.expose())), Written::Text)
}

/// Opens an export.
///
/// # Errors
/// [`PortableError`].
pub fn read_portable(file: &[u8], passphrase: &SecretValue) -> Result<Portable, PortableError> {
    read_export(&opened(file, passphrase, MOST_WORK)?)
}

/// What is inside the age file, if its scrypt asks for no more work than this power of two.
pub(crate) fn opened(
    file: &[u8],
    passphrase: &SecretValue,
    most_work: u8,
) -> Result<Zeroizing<Vec<u8>>, PortableError> {
    let decryptor = age::Decryptor::new(file).map_err(|_| PortableError::NotAge)?;
    if !decryptor.is_scrypt() {
        return Err(PortableError::NotAge);
    }
    let words = SecretString::from(passphrase.expose_text().unwrap_or_default().to_owned());
    let mut identity = age::scrypt::Identity::new(words);
    identity.set_max_work_factor(most_work);
    let stream = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|_| PortableError::WrongPassphrase)?;
    let mut json = Zeroizing::new(Vec::new());
    stream.take(MOST_BYTES).read_to_end(&mut json).map_err(|_| PortableError::WrongPassphrase)?;
    Ok(json)
}

/// What an export holds.
pub(crate) fn read_export(json: &[u8]) -> Result<Portable, PortableError> {
    // serde's own words may quote a value; its line and column say enough.
    let wrong = |error: &serde_json::Error| {
        PortableError::NotAnExport(format!("line {}, column {}", error.line(), error.column()))
    };
    let read: ReadExport = serde_json::from_slice(json).map_err(|error| wrong(&error))?;
    if read.format != FORMAT {
        return Err(PortableError::NotAnExport("another format".into()));
    }
    if read.version > VERSION {
        return Err(PortableError::TooNew(read.version));
    }
    let mut portable = Portable::default();
    for draft in read.drafts {
        let new = NewDraft { meta: draft.meta, secrets: decoded_all(draft.secrets)? };
        let mut there = Vec::with_capacity(draft.per_environment.len());
        for (name, one) in draft.per_environment {
            there.push((name, one.here, decoded_all(one.secrets)?));
        }
        portable.drafts.push(PortableDraft { new, there });
    }
    portable.groups = read.groups;
    portable.environments = read
        .environments
        .into_iter()
        .map(|one| SaveEnvironment { over: None, meta: one.meta, token: one.token })
        .collect();
    Ok(portable)
}

fn decoded_all(all: ReadSecrets) -> Result<DraftSecrets, PortableError> {
    let mut secrets = DraftSecrets::new();
    for (name, value) in all {
        let field = SecretField::from_name(&name)
            .ok_or_else(|| PortableError::NotAnExport("an unknown secret field".into()))?;
        secrets.set(field, decoded(value)?);
    }
    Ok(secrets)
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
