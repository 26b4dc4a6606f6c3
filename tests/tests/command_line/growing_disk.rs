//! A disk with a little more room each time: wherever an import, a new key, a backup or a publish runs out of it, the vault is
//! as it was before or as it is after.

use std::path::Path;

use sealpost_tests::cli::{CommandLine, Said, SandboxProcess};
use sealpost_tests::session::folder;
use sealpost_tests::small_disk::SmallDisk;
use sealpost_tests::world::soaking;
use serde_json::{Value, json};

const KILOBYTES: u32 = 6_000;

/// Kilobytes of room, in turn, until there is enough.
fn rooms() -> Vec<u32> {
    if soaking() { (0..3_000).step_by(4).collect() } else { vec![0, 4, 12, 36, 100, 200, 400, 3_000] }
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
