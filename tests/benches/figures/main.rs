//! `cargo xtask bench`: each figure as a ratio to a floor measured in the same run, so that it means the same on every
//! machine. A ratio over its limit ends the run with 1.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't go on must stop, and its result is what it prints"
)]

mod publishing;
mod rotation;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params};
use sealpost_app::views::DraftQuery;
use sealpost_app::{App, Parts, RealSleeper};
use sealpost_vault::key::MemoryKeyring;
use sealpost_vault::seal::{Binding, DataKey, Field, Sealer, Table};
use sealpost_vault::testing::{Bench, SameKeyring, login, quiet};
use sealpost_vault::{NewActivity, NewDraft, OsEntropy, SystemClock, VaultId};

/// Sizes of the sealed columns of a login draft, as the vault writes them.
const META: usize = 330;
const SECRETS: usize = 96;
const DETAIL: usize = 34;

/// A figure, and the word that asks for it alone: `cargo xtask bench list`.
type Measurement = (&'static str, fn(&Path) -> Vec<Figure>);

const MEASUREMENTS: [Measurement; 7] = [
    ("publish", |folder| publishing::publish(folder).into()),
    ("save", |folder| vec![save(folder)]),
    ("import", |folder| vec![import(folder)]),
    ("list", |folder| vec![list(folder)]),
    ("search", |folder| vec![search(folder)]),
    ("rewrap", |folder| vec![rotation::rewrap(folder)]),
    ("rekey", |folder| vec![rotation::rekey(folder)]),
];

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = asked.iter().find(|word| !MEASUREMENTS.iter().any(|(name, _)| name == word)) {
        println!("There is no figure named {unknown}.");
        return ExitCode::FAILURE;
    }
    let folder = tempfile::tempdir().expect("a folder for the databases");
    let mut ok = true;
    for (name, measure) in MEASUREMENTS {
        if !asked.is_empty() && !asked.iter().any(|word| word == name) {
            continue;
        }
        for Figure { name, value, floor, limit, unit } in measure(folder.path()) {
            let ratio = value / floor;
            ok &= ratio <= limit;
            let verdict = if ratio <= limit { "ok" } else { "OVER" };
            println!(
                "{name}: {value:.3} {unit} / floor {floor:.3} {unit} = {ratio:.2} (at most {limit}) {verdict}"
            );
        }
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Figure {
    name: &'static str,
    value: f64,
    floor: f64,
    limit: f64,
    unit: &'static str,
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// A bare database with the vault's settings and tables of the same shape.
fn bare(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a bare database");
    for (name, value) in
        [("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "ON"), ("temp_store", "MEMORY")]
    {
        connection.pragma_update(None, name, value).expect("a pragma");
    }
    connection
        .execute_batch(
            "CREATE TABLE draft (id BLOB NOT NULL UNIQUE, revision INTEGER, digest BLOB, meta BLOB, secrets BLOB);
             CREATE TABLE revision (id BLOB, revision INTEGER, meta BLOB, secrets BLOB, UNIQUE (id, revision));
             CREATE TABLE activity (seq INTEGER PRIMARY KEY, detail BLOB);",
        )
        .expect("tables");
    connection
}

fn bytes(length: usize, salt: u64) -> Vec<u8> {
    (0..length as u64).map(|n| (n.wrapping_mul(2_654_435_761).wrapping_add(salt) >> 7) as u8).collect()
}

/// One durable save against a bare commit of the same bytes.
fn save(folder: &Path) -> Figure {
    const TIMES: u32 = 400;
    let mut floor_db = bare(&folder.join("save.db"));
    floor_db
        .execute(
            "INSERT INTO draft VALUES (?1, 1, ?2, ?3, ?4)",
            params![bytes(16, 0), bytes(32, 0), bytes(META, 0), bytes(SECRETS, 0)],
        )
        .expect("a row");
    let bench = Bench::at(&folder.join("save"));
    let mut vault = bench.create().expect("a vault");
    let id = vault.save_draft(&login("shop login", "robot", "not-a-real-one"), &quiet()).expect("a draft").id;
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for n in 1..=TIMES {
        let start = Instant::now();
        let tx = floor_db.transaction_with_behavior(TransactionBehavior::Immediate).expect("a transaction");
        tx.prepare_cached("INSERT INTO revision SELECT id, revision, meta, secrets FROM draft")
            .and_then(|mut s| s.execute([]))
            .expect("a write");
        tx.prepare_cached("UPDATE draft SET revision = revision + 1, digest = ?1, meta = ?2, secrets = ?3")
            .and_then(|mut s| {
                s.execute(params![bytes(32, n.into()), bytes(META, n.into()), bytes(SECRETS, n.into())])
            })
            .expect("a write");
        tx.prepare_cached("INSERT INTO activity (detail) VALUES (?1)")
            .and_then(|mut s| s.execute([bytes(DETAIL, n.into())]))
            .expect("a write");
        tx.commit().expect("a commit");
        floors.push(start.elapsed());

        let mut next = login("shop login", "robot", "not-a-real-one");
        next.over = Some((id, n));
        let start = Instant::now();
        vault.save_draft(&next, &quiet()).expect("a save");
        ours.push(start.elapsed());
    }
    Figure { name: "one durable save", value: median(ours), floor: median(floors), limit: 1.25, unit: "ms" }
}

fn sealer() -> Sealer {
    let entropy = OsEntropy::new();
    Sealer::new(VaultId::from_bytes([1; 16]), &DataKey::make(&entropy), Arc::new(OsEntropy::new()))
}

fn place(n: u64, field: Field) -> Binding {
    let mut object = [0; 16];
    object[..8].copy_from_slice(&n.to_be_bytes());
    Binding { table: Table::Draft, object, field, revision: 1 }
}

/// Ten thousand drafts in one import against one bare transaction with as many seals.
fn import(folder: &Path) -> Figure {
    const DRAFTS: u64 = 10_000;
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let mut floor_db = bare(&folder.join(format!("import-{round}.db")));
        let sealer = sealer();
        let start = Instant::now();
        let tx = floor_db.transaction().expect("a transaction");
        for n in 0..DRAFTS {
            let meta = sealer.seal(&place(n, Field::Meta), &bytes(META - 32, n)).expect("a seal");
            let secrets = sealer.seal(&place(n, Field::Secrets), &bytes(SECRETS - 32, n)).expect("a seal");
            let digest = sealer.digest("draft", &[&meta, &secrets]);
            tx.prepare_cached("INSERT INTO draft VALUES (?1, 1, ?2, ?3, ?4)")
                .and_then(|mut s| s.execute(params![place(n, Field::Meta).object, digest, meta, secrets]))
                .expect("a write");
        }
        tx.commit().expect("a commit");
        floors.push(start.elapsed());

        let bench = Bench::at(&folder.join(format!("import-{round}")));
        let mut vault = bench.create().expect("a vault");
        let new = (0..DRAFTS).map(new_draft).collect();
        let start = Instant::now();
        vault.import(new, &NewActivity::of("draftsImported"), &mut |_| ()).expect("an import");
        ours.push(start.elapsed());
    }
    Figure {
        name: "import of 10,000 drafts",
        value: median(ours),
        floor: median(floors),
        limit: 1.5,
        unit: "ms",
    }
}

fn new_draft(n: u64) -> NewDraft {
    let save = login(&format!("shop login {n}"), &format!("robot-{}", n % 500), "not-a-real-one");
    NewDraft { meta: save.meta, secrets: save.secrets }
}

const MANY: u64 = 100_000;

/// Unlocking and listing 100,000 drafts against scanning and decrypting the same blobs bare.
fn list(folder: &Path) -> Figure {
    let bench = Bench::at(&folder.join("many"));
    let mut vault = bench.create().expect("a vault");
    let new = (0..MANY).map(new_draft).collect();
    vault.import(new, &NewActivity::of("draftsImported"), &mut |_| ()).expect("an import");
    drop(vault);

    let mut floor_db = bare(&folder.join("many.db"));
    let sealer = sealer();
    let tx = floor_db.transaction().expect("a transaction");
    for n in 0..MANY {
        let meta = sealer.seal(&place(n, Field::Meta), &bytes(META - 32, n)).expect("a seal");
        tx.prepare_cached("INSERT INTO draft VALUES (?1, 1, ?2, ?3, ?4)")
            .and_then(|mut s| {
                s.execute(params![place(n, Field::Meta).object, bytes(32, n), meta, bytes(SECRETS, n)])
            })
            .expect("a write");
    }
    tx.commit().expect("a commit");

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let start = Instant::now();
        let mut statement =
            floor_db.prepare_cached("SELECT id, revision, digest, meta FROM draft").expect("a statement");
        let mut rows = statement.query([]).expect("rows");
        let mut total = 0;
        while let Some(row) = rows.next().expect("a row") {
            let object: [u8; 16] = row.get(0).expect("an id");
            let binding = Binding { table: Table::Draft, object, field: Field::Meta, revision: 1 };
            let blob = row.get_ref(3).expect("a blob").as_blob().expect("a blob");
            total += sealer.open(&binding, blob).expect("it opens").len();
        }
        assert!(total > 0);
        floors.push(start.elapsed());

        let app = app_over(&bench);
        let start = Instant::now();
        let shown = runtime.block_on(async {
            app.vault_unlock().await.expect("it opens");
            app.draft_list(DraftQuery::default()).await.expect("a list")
        });
        ours.push(start.elapsed());
        assert_eq!(u64::from(shown.total), MANY);
    }
    Figure {
        name: "unlock and list 100,000 drafts",
        value: median(ours),
        floor: median(floors),
        limit: 2.0,
        unit: "ms",
    }
}

fn app_over(bench: &Bench) -> App {
    let keyring: Arc<MemoryKeyring> = Arc::clone(&bench.keyring);
    App::new(Parts {
        folder: bench.folder.clone(),
        second_process: Arc::new(SameKeyring(Arc::clone(&keyring))),
        keyring,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy::new()),
        user: Some("tester".into()),
        sleeper: Arc::new(RealSleeper),
    })
}

/// A keystroke over 100,000 drafts, from the question to the answer: the slowest of a word typed letter by letter.
fn search(folder: &Path) -> Figure {
    let bench = Bench::at(&folder.join("searched"));
    let mut vault = bench.create().expect("a vault");
    let new = (0..MANY).map(new_draft).collect();
    vault.import(new, &NewActivity::of("draftsImported"), &mut |_| ()).expect("an import");
    drop(vault);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = app_over(&bench);
    runtime.block_on(app.vault_unlock()).expect("it opens");
    let mut slowest = Vec::new();
    for _ in 0..7 {
        let mut worst = Duration::ZERO;
        for text in ["l", "lo", "log", "logi", "login 4", "login 42", "login 421"] {
            let query = DraftQuery { text: Some(text.into()), limit: Some(100), ..DraftQuery::default() };
            let start = Instant::now();
            let found = runtime.block_on(app.draft_list(query)).expect("a list");
            worst = worst.max(start.elapsed());
            assert!(found.total > 0);
        }
        runtime.block_on(app.draft_list(DraftQuery::default())).expect("a list");
        slowest.push(worst);
    }
    Figure {
        name: "slowest keystroke of a search",
        value: median(slowest),
        floor: 1.0,
        limit: 8.0,
        unit: "ms",
    }
}
