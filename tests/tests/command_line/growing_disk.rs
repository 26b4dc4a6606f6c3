//! A disk with a little more room each time: wherever a save, an import, a new key, a backup, a migration or a publish runs out
//! of it, the vault is as it was before or as it is after.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sealpost_tests::cli::{CommandLine, Said, SandboxProcess};
use sealpost_tests::session::folder;
use sealpost_tests::small_disk::SmallDisk;
use sealpost_tests::world::soaking;
use sealpost_vault::key::{Keyring as _, OsKeyring};
use sealpost_vault::{VaultId, forget_generation};
use serde_json::{Value, json};

const KILOBYTES: u32 = 6_000;

/// Kilobytes of room, in turn, until there is enough.
fn rooms() -> Vec<u32> {
    if soaking() {
        (0..3_000).step_by(4).collect()
    } else {
        vec![0, 4, 12, 36, 100, 132, 164, 200, 400, 3_000]
    }
}

struct Place {
    disk: SmallDisk,
    line: CommandLine,
}

impl Place {
    fn new(name: &str) -> Self {
        let vault = folder().join("vaults").join(name);
        let disk = SmallDisk::at(&vault, KILOBYTES);
        let line = CommandLine::over(&vault).behind(disk.enter());
        line.ok(&["vault", "init"], "");
        line.ok(&["draft", "new", "--from", "-"], &bodies("first", 5));
        Self { disk, line }
    }

    fn vault(&self) -> &Path {
        &self.line.vault
    }

    /// Leaves that much room while something is done, and all of it afterwards.
    fn with_room(&self, kilobytes: u32, run: impl FnOnce(&CommandLine) -> Said) -> Said {
        let fill = format!(
            "free=$(df -k --output=avail \"$0\" | tail -n 1); \
             [ \"$free\" -le {kilobytes} ] || head -c $(( (free - {kilobytes}) * 1024 )) /dev/zero > \"$0\"/filler"
        );
        self.disk.shell(&fill, self.vault());
        let said = run(&self.line);
        self.disk.shell("rm -f \"$0\"/filler", self.vault());
        assert!(!said.stderr.contains("panicked") && !said.stderr.contains("kept-secret"), "{said:?}");
        said
    }

    /// Every draft opens, with its secret, and nothing is wrong with the vault.
    fn drafts(&self, after: &str) -> usize {
        let report = self.line.ok(&["vault", "doctor"], "");
        assert_eq!(report["healthy"], true, "{after}: {report:#}");
        let drafts = self.line.ok(&["draft", "list"], "");
        let drafts = drafts.as_array().unwrap();
        for draft in [drafts.first().unwrap(), drafts.last().unwrap()] {
            let secret = self.line.run(&["draft", "reveal", draft["id"].as_str().unwrap(), "token"], "");
            let want = format!("kept-secret-{}", draft["name"].as_str().unwrap());
            assert_eq!(secret.stdout.trim(), want, "{after}: {secret:?}");
        }
        drafts.len()
    }
}

fn bodies(name: &str, number: usize) -> String {
    let body = |n: usize| {
        let name = format!("{name}-{n}");
        let token = format!("kept-secret-{name}");
        json!({ "type": "TOKEN", "name": name, "scopes": ["SYNTHETIC"], "description": "d".repeat(2_000), "token": token })
    };
    Value::from((0..number).map(body).collect::<Vec<_>>()).to_string()
}

/// Runs it with more room each time until it goes through; gives at how many points it did not.
fn until_it_fits(place: &Place, run: impl Fn(&CommandLine) -> Said, check: impl Fn(bool, &str)) -> usize {
    for (points, room) in rooms().into_iter().enumerate() {
        let said = place.with_room(room, &run);
        check(said.code == 0, &format!("{room} kB: {said:?}"));
        if said.code == 0 {
            return points;
        }
        assert!(said.stderr.contains("disk is full"), "{room} kB: {said:?}");
    }
    panic!("there was never enough room");
}

#[test]
fn a_save_is_the_next_revision_or_none() {
    let place = Place::new("growing-save");
    let mut edited = serde_json::from_str::<Value>(&bodies("first", 1)).unwrap()[0].take();
    edited["description"] = "e".repeat(60_000).into();
    let edited = edited.to_string();
    let refused = until_it_fits(
        &place,
        |line| line.run(&["draft", "edit", "first-0", "--from", "-"], &edited),
        |done, after| {
            assert_eq!(place.drafts(after), 5, "{after}");
            let draft = place.line.ok(&["draft", "show", "first-0"], "");
            assert_eq!(draft["revision"], if done { 2 } else { 1 }, "{after}");
            assert_eq!(draft.to_string().contains("eeee"), done, "{after}");
        },
    );
    assert!(refused > 2, "it ran out of room at {refused} points");
}

#[test]
fn an_import_is_there_whole_or_not_at_all() {
    let place = Place::new("growing-import");
    let refused = until_it_fits(
        &place,
        |line| line.run(&["draft", "new", "--from", "-"], &bodies("more", 40)),
        |done, after| assert_eq!(place.drafts(after), if done { 45 } else { 5 }, "{after}"),
    );
    assert!(refused > 2, "it ran out of room at {refused} points");
}

#[test]
fn a_new_key_is_everywhere_or_nowhere() {
    let place = Place::new("growing-rekey");
    place.line.ok(&["draft", "new", "--from", "-"], &bodies("more", 40));
    let refused = until_it_fits(
        &place,
        |line| line.run(&["vault", "rekey"], ""),
        |_, after| assert_eq!(place.drafts(after), 45, "{after}"),
    );
    assert!(refused > 2, "it ran out of room at {refused} points");
}

#[test]
fn a_backup_is_a_whole_one_or_none() {
    let place = Place::new("growing-backup");
    let copies = |done: bool, after: &str| {
        assert_eq!(place.drafts(after), 5, "{after}");
        let status = place.line.ok(&["vault", "backup", "--list"], "");
        let asked =
            status["backups"].as_array().unwrap().iter().filter(|copy| copy["why"] == "asked").count();
        assert_eq!(asked, usize::from(done), "{after}: {status:#}");
    };
    let refused = until_it_fits(&place, |line| line.run(&["vault", "backup"], ""), copies);
    assert!(refused > 2, "it ran out of room at {refused} points");
}

#[test]
fn a_publish_whose_record_found_no_room_makes_one_set_in_the_end() {
    let place = Place::new("growing-publish");
    let sandbox = SandboxProcess::start(&[]);
    let add = ["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"];
    place.line.ok(&add, &sandbox.token);
    let publish = ["publish", "first-0", "--env", "there", "--yes"];
    let mut refused = 0;
    for room in rooms() {
        let said = place.with_room(room, |line| line.run(&publish, ""));
        assert_eq!(place.drafts("publish"), 5, "{room} kB: {said:?}");
        if said.code == 0 {
            break;
        }
        refused += 1;
    }
    assert!(refused > 0, "it ran out of room");
    // What the full disk left without an outcome is settled first.
    assert_eq!(place.line.run(&publish, "").code, 0);
    let sets = place.line.ok(&["remote", "list", "there"], "");
    let named = sets.as_array().unwrap().iter().filter(|set| set["name"] == "first-0").count();
    assert_eq!(named, 1, "{sets:#}");
}

fn frozen(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/vaults/schema-{schema}"))
}

/// A frozen vault of an earlier schema on a disk of its own, and its entry in the keyring.
struct Earlier {
    place: Place,
    schema: u32,
    id: VaultId,
    /// Where its file is looked at: nothing outside sees the disk.
    copy: PathBuf,
}

impl Earlier {
    fn of(schema: u32) -> Self {
        let vault = folder().join("vaults").join(format!("growing-migration-{schema}"));
        let copy = folder().join(format!("growing-migration-{schema}-copy"));
        fs::create_dir_all(&copy).unwrap();
        fs::copy(frozen(schema).join("vault.sealpost"), copy.join("vault.sealpost")).unwrap();
        let id = sealpost_vault::look(&copy).unwrap().id;
        let entry = fs::read_to_string(frozen(schema).join("keyring-entry.hex")).unwrap();
        let entry = sealpost_vault::unhex(entry.trim()).unwrap();
        OsKeyring::default().write(&format!("vault-{id}"), &entry).unwrap();
        let disk = SmallDisk::at(&vault, KILOBYTES);
        let line = CommandLine::over(&vault).behind(disk.enter());
        Self { place: Place { disk, line }, schema, id, copy }
    }

    /// The vault as it was frozen, and nothing beside it. That it was here before in a later state is not held against it.
    fn thaw(&self) {
        forget_generation(self.id, &OsKeyring::default());
        let frozen = frozen(self.schema);
        let line = format!("rm -rf \"$0\"/* && cp '{}' \"$0\"/", frozen.join("vault.sealpost").display());
        self.place.disk.shell(&line, self.place.vault());
    }

    /// Names of all files there are, and the schema of the vault's.
    fn found(&self) -> (Vec<String>, u32) {
        fs::remove_dir_all(&self.copy).unwrap();
        let line = format!("cp -r \"$0\" '{}'", self.copy.display());
        self.place.disk.shell(&line, self.place.vault());
        let names = |folder: &Path| -> Vec<String> {
            let all = fs::read_dir(folder).into_iter().flatten().flatten();
            all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        };
        let mut all = names(&self.copy);
        all.extend(names(&self.copy.join("backups")));
        all.retain(|name| name != "backups");
        all.sort();
        let file = Connection::open(self.copy.join("vault.sealpost")).unwrap();
        (all, file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap())
    }

    /// Everything that was frozen opens, and nothing is wrong with it.
    fn is_whole(&self, after: &str) {
        let report = self.place.line.ok(&["vault", "doctor"], "");
        assert_eq!(report["healthy"], true, "{after}: {report:#}");
        let secret = self.place.line.run(&["draft", "reveal", "shop-login", "password"], "");
        assert_eq!(secret.stdout.trim(), "fixture-password-2", "{after}: {secret:?}");
    }
}

#[test]
fn a_vault_of_an_earlier_schema_is_migrated_or_stays_as_it_was() {
    let newest = sealpost_vault::store::SCHEMA;
    let schemas = if soaking() { (1..newest).collect() } else { vec![1] };
    for schema in schemas {
        let earlier = Earlier::of(schema);
        let mut refused = 0;
        let migrated = rooms().into_iter().any(|room| {
            earlier.thaw();
            let said = earlier.place.with_room(room, |line| line.run(&["draft", "list"], ""));
            let after = format!("schema {schema}, {room} kB: {said:?}");
            let (files, found) = earlier.found();
            let copies = files.iter().filter(|name| name.starts_with("before-schema-")).count();
            if said.code == 0 {
                assert_eq!((found, copies), (newest, 1), "{after}: {files:?}");
            } else {
                assert!(
                    said.stderr.contains("disk is full") && said.stderr.contains("Free some space"),
                    "{after}"
                );
                assert_eq!((found, copies), (schema, 0), "{after}: {files:?}");
                refused += 1;
            }
            // There is more room now: the same call brings it up.
            earlier.is_whole(&after);
            let (files, found) = earlier.found();
            let copies = files.iter().filter(|name| name.starts_with("before-schema-")).count();
            assert_eq!((found, copies), (newest, 1), "{after}: {files:?}");
            said.code == 0
        });
        assert!(migrated && refused > 2, "schema {schema}: it ran out of room at {refused} points");
        eprintln!("schema {schema}: it ran out of room at {refused} points");
    }
}
