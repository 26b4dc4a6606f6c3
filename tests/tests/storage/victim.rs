//! What a victim does, and what must hold after it is gone.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use sealpost_vault::key::{KeyError, Keyring, SecondProcess, second_process_answer};
use sealpost_vault::testing::{NOW, login, quiet};
use sealpost_vault::{
    Access, AttemptAction, AttemptIntent, AttemptOutcome, AttemptState, DraftId, EnvironmentMeta, FixedClock,
    LinkChange, ListedDraft, NewAttempt, NewDraft, NewWaysIn, OsEntropy, Publication, PublicationState,
    RekeyState, SaveEnvironment, SecretField, Vault, store, unhex,
};
use zeroize::Zeroizing;

/// Environment of a victim.
const WORK: &str = "SEALPOST_VICTIM_WORK";
const FOLDER: &str = "SEALPOST_VICTIM_FOLDER";

/// A keyring of files: what one process writes, the next one reads.
#[derive(Debug, Clone)]
pub(crate) struct FileKeyring(PathBuf);

impl FileKeyring {
    fn path(&self, account: &str) -> PathBuf {
        self.0.join(account)
    }
}

fn lost(error: &std::io::Error) -> KeyError {
    match error.kind() {
        std::io::ErrorKind::NotFound => KeyError::Missing,
        _ => KeyError::NoService(error.to_string()),
    }
}

impl Keyring for FileKeyring {
    fn name(&self) -> String {
        "files".into()
    }
    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        fs::read(self.path(account)).map(Zeroizing::new).map_err(|error| lost(&error))
    }
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError> {
        // As a keyring does it: the entry is the old one or the new one.
        let part = self.path(&format!("{account}.part"));
        fs::write(&part, bytes)
            .and_then(|()| fs::rename(&part, self.path(account)))
            .map_err(|error| lost(&error))
    }
    fn delete(&self, account: &str) -> Result<(), KeyError> {
        fs::remove_file(self.path(account)).map_err(|error| lost(&error))
    }
}

impl SecondProcess for FileKeyring {
    fn digest_of(&self, account: &str) -> Result<String, String> {
        second_process_answer(self, account).map_err(|error| error.to_string())
    }
}

/// What a victim is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Save,
    Import,
    Publish,
    Rekey,
    Rewrap,
    Migrate,
    Backup,
    Restore,
    /// Saves new drafts until it is ended.
    Forever,
}

impl Work {
    /// Those that end, and so have a before and an after.
    pub(crate) const ALL: [Self; 8] = [
        Self::Save,
        Self::Import,
        Self::Publish,
        Self::Rekey,
        Self::Rewrap,
        Self::Migrate,
        Self::Backup,
        Self::Restore,
    ];

    fn word(self) -> String {
        format!("{self:?}")
    }
}

/// Drafts that [`Work::Import`] brings.
const IMPORTED: usize = 120;

/// A folder with a vault, a keyring, and a backup with one draft less.
pub(crate) struct Scene {
    dir: tempfile::TempDir,
    work: Work,
}

impl Scene {
    pub(crate) fn of(work: Work) -> Self {
        let scene = Self { dir: tempfile::tempdir().unwrap(), work };
        let Place { folder, keyring, .. } = scene.place();
        fs::create_dir(&keyring.0).unwrap();
        if work == Work::Migrate {
            let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vaults/schema-1");
            fs::create_dir(&folder).unwrap();
            fs::copy(fixture.join("vault.sealpost"), store::vault_path(&folder)).unwrap();
            let entry = unhex(fs::read_to_string(fixture.join("keyring-entry.hex")).unwrap().trim()).unwrap();
            // Looking would migrate it; the id is told by a copy.
            let copy = scene.dir.path().join("copy");
            fs::create_dir(&copy).unwrap();
            fs::copy(store::vault_path(&folder), store::vault_path(&copy)).unwrap();
            let id = sealpost_vault::look(&copy).unwrap().id;
            keyring.write(&format!("vault-{id}"), &entry).unwrap();
            return scene;
        }
        let mut vault =
            Vault::create(&folder, &keyring, &keyring, clock(), Arc::new(OsEntropy::new())).unwrap();
        for name in ["one", "two"] {
            vault.save_draft(&login(name, "robot", "before"), &quiet()).unwrap();
        }
        let meta =
            EnvironmentMeta { name: "prod".into(), url: "https://x.example".into(), ..Default::default() };
        vault.save_environment(&SaveEnvironment { over: None, meta, token: "t".into() }, None).unwrap();
        vault.backup_to(&scene.dir.path().join("backup")).unwrap();
        vault.save_draft(&login("three", "robot", "before"), &quiet()).unwrap();
        scene
    }

    pub(crate) fn place(&self) -> Place {
        Place::at(self.dir.path())
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The same again, in a folder of its own.
    pub(crate) fn again(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_all(self.dir.path(), dir.path());
        Self { dir, work: self.work }
    }

    /// A process that does the work in this folder; `before` is put before its command line.
    pub(crate) fn command(&self, before: &[String]) -> Command {
        let program = std::env::current_exe().unwrap().display().to_string();
        let mut words = before.to_vec();
        words.extend([program, "victim::does_its_work".into(), "--exact".into(), "--nocapture".into()]);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env(WORK, self.work.word()).env(FOLDER, self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Starts the victim and returns when it is about to begin.
    pub(crate) fn start(&self) -> Child {
        let mut child = self.command(&[]).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("begins") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "the victim begins");
        }
        // Read to the end elsewhere, so that the victim never waits for a reader.
        std::thread::spawn(move || drop(std::io::copy(&mut output, &mut std::io::sink())));
        child
    }

    /// What must hold whatever happened to the victim.
    pub(crate) fn must_be_whole(&self, what: &str) {
        let place = self.place();
        let mut vault =
            place.open().unwrap_or_else(|error| panic!("{what}: the vault does not open: {error}"));
        if self.work == Work::Rekey {
            finish_rekey(&mut vault, &place.keyring, what);
        }
        let findings = vault.verify().unwrap();
        assert!(findings.sound(), "{what}: {findings:?}");
        let drafts = drafts(&vault);
        let counts: &[usize] = match self.work {
            Work::Import => &[3, 3 + IMPORTED],
            Work::Migrate => &[2],
            Work::Restore => &[2, 3],
            _ => &[3],
        };
        assert!(counts.contains(&drafts.len()), "{what}: {} drafts", drafts.len());
        if self.work == Work::Save {
            let saved = vault.draft(drafts[0]).unwrap().0.revision;
            let (_, secrets) = vault.draft_secrets(drafts[0]).unwrap();
            let word = secrets.get(SecretField::Password).unwrap().expose_text().unwrap().to_owned();
            assert!([(1, "before"), (2, "after")].contains(&(saved, &word)), "{what}: {saved} {word}");
        }
        if self.work == Work::Publish {
            let open = vault.unresolved_attempts().unwrap().len();
            let done = vault.publications(None).unwrap().len();
            assert!([(0, 0), (1, 0), (0, 1)].contains(&(open, done)), "{what}: {open} open, {done} done");
        }
        let made = place.folder.with_file_name("made-backup");
        if made.exists() {
            assert!(vault.drill(&made).unwrap().sound(), "{what}: a backup with its name is whole");
        }
    }
}

/// A key that was begun can be finished from wherever it was cut off.
fn finish_rekey(vault: &mut Vault, keyring: &FileKeyring, what: &str) {
    assert!(vault.verify().unwrap().sound(), "{what}: before it is finished");
    if !matches!(vault.interrupted_rekey().unwrap(), RekeyState::Interrupted(_)) {
        return;
    }
    let rekey = vault.resume_rekey(Access::Keyring, keyring).unwrap();
    assert!(vault.encrypt_for(&rekey, &mut |_, _| ControlFlow::Continue(())).unwrap());
    vault.finish_rekey(rekey).unwrap_or_else(|error| panic!("{what}: it can't be finished: {error}"));
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(NOW))
}

/// Drafts of a vault, in a fixed order.
pub(crate) fn drafts(vault: &Vault) -> Vec<DraftId> {
    let mut ids: Vec<(String, DraftId)> = vault
        .drafts_since(0)
        .unwrap()
        .drafts
        .into_iter()
        .map(|row| match row {
            ListedDraft::Readable(draft) => (draft.name.clone(), draft.id),
            ListedDraft::Unreadable { id } => panic!("{id} does not open"),
        })
        .collect();
    ids.sort();
    ids.into_iter().map(|(_, id)| id).collect()
}

/// Where vault and keyring are.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) keyring: FileKeyring,
}

impl Place {
    fn at(root: &Path) -> Self {
        Self { folder: root.join("vault"), keyring: FileKeyring(root.join("keyring")) }
    }

    pub(crate) fn open(&self) -> Result<Vault, sealpost_vault::Error> {
        Vault::open(&self.folder, &self.keyring, clock(), Arc::new(OsEntropy::new()))
    }

    fn work(&self, work: &str) -> Result<(), sealpost_vault::Error> {
        if work == Work::Restore.word() {
            let backup = self.folder.with_file_name("backup");
            return store::backup::restore(&self.folder, &backup, "kept").map(drop);
        }
        let mut vault = self.open()?;
        let first = drafts(&vault)[0];
        if work == Work::Save.word() {
            let mut save = login("one", "robot", "after");
            save.over = Some((first, 1));
            vault.save_draft(&save, &quiet())?;
        } else if work == Work::Import.word() {
            let new = |number: usize| {
                let save = login(&format!("imported {number}"), "robot", "after");
                NewDraft { meta: save.meta, secrets: save.secrets }
            };
            vault.import((0..IMPORTED).map(new).collect(), &quiet(), &mut |_| {})?;
        } else if work == Work::Publish.word() {
            publish(&mut vault, first)?;
        } else if work == Work::Rekey.word() {
            vault.rekey(NewWaysIn::default(), &self.keyring, &self.keyring, &mut |_, _| {})?;
        } else if work == Work::Rewrap.word() {
            vault.rewrite_keyring(&self.keyring, &self.keyring)?;
        } else if work == Work::Backup.word() {
            vault.backup_to(&self.folder.with_file_name("made-backup"))?;
        } else if work == Work::Forever.word() {
            forever(&mut vault)?;
        }
        // Opening was the work of a migration.
        Ok(())
    }
}

fn publish(vault: &mut Vault, draft: DraftId) -> Result<(), sealpost_vault::Error> {
    let environment = vault.environments()?[0].id;
    let new = NewAttempt {
        draft,
        draft_revision: 1,
        environment,
        publication_revision: None,
        known: Vec::new(),
        action: AttemptAction::Create,
        intent: AttemptIntent { name: "one".into(), ..Default::default() },
    };
    let attempt = vault.begin_attempt(&new)?;
    let mut link = Publication::new(vault, draft, environment);
    link.state = PublicationState::Published;
    vault.finish_attempt(
        attempt,
        AttemptState::Done,
        &AttemptOutcome::default(),
        LinkChange::Store(&mut link),
        &quiet(),
    )
}

/// Saves until its input is closed; says how many it saved.
fn forever(vault: &mut Vault) -> Result<(), sealpost_vault::Error> {
    let until =
        std::time::Instant::now() + std::time::Duration::from_secs(if crate::soak() { 60 } else { 3 });
    let mut saved = 0;
    // On a busy computer the other one may have had all the time; it ends, and then it is this one's turn.
    let patience = until + std::time::Duration::from_secs(30);
    while std::time::Instant::now() < if saved == 0 { patience } else { until } {
        let save = login(&format!("{} {saved}", std::process::id()), "robot", "word");
        match vault.save_draft(&save, &quiet()) {
            Ok(_) => saved += 1,
            // Another that never pauses may hold it for longer than we wait; a person would try again.
            Err(sealpost_vault::Error::Store(sealpost_vault::StoreError::Busy)) => {}
            Err(other) => return Err(other),
        }
    }
    eprintln!("saved {saved}");
    let _said = std::io::Write::write_all(&mut std::io::stdout(), format!("saved {saved}\n").as_bytes());
    Ok(())
}

/// No test by itself: what the victims of the others run.
#[test]
fn does_its_work() {
    let (Ok(work), Some(folder)) = (std::env::var(WORK), std::env::var_os(FOLDER)) else { return };
    let _said = std::io::Write::write_all(&mut std::io::stdout(), b"begins\n");
    // Refused is as good as done: what must hold is asked of the files.
    if let Err(error) = Place::at(Path::new(&folder)).work(&work) {
        eprintln!("{work} was refused: {error}");
    }
}
