//! Imports larger than one batch, which are sealed on all cores and written by one.

use super::NewDraft;
use crate::NewActivity;
use crate::store::{ListedDraft, Whole};
use crate::testing::{Bench, login};

/// More than two batches, and not a multiple of one.
const MANY: usize = 700;

fn new() -> Vec<NewDraft> {
    let one = |n| {
        let save = login(&format!("draft {n}"), "robot", "pw");
        NewDraft { meta: save.meta, secrets: save.secrets }
    };
    (0..MANY).map(one).collect()
}

#[test]
fn an_import_keeps_the_order_tells_each_draft_and_is_one_line_of_activity() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    let mut told = Vec::new();
    let ids = vault.import(new(), &NewActivity::of("imported"), &mut |done| told.push(done)).unwrap();
    assert_eq!(told, (1..=MANY).collect::<Vec<_>>());
    let drafts = vault.drafts_since(0).unwrap().drafts;
    assert_eq!(drafts.len(), MANY);
    for (n, (draft, id)) in drafts.iter().zip(&ids).enumerate() {
        let ListedDraft::Readable(draft) = draft else { panic!("{n} does not open") };
        assert_eq!((&draft.id, draft.name.as_str()), (id, &*format!("draft {n}")));
    }
    assert_eq!(vault.activity(None, 100).unwrap().len(), 1);
    assert_eq!(vault.whole().unwrap(), Whole::Intact);
}

#[test]
fn an_import_that_fails_in_its_last_batch_leaves_nothing_and_the_next_one_works() {
    let (_dir, bench) = Bench::temporary();
    let mut vault = bench.create().unwrap();
    vault
        .connection
        .execute_batch(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON main.draft WHEN (SELECT count(*) FROM main.draft) >= 650
             BEGIN SELECT RAISE(ABORT, 'full'); END",
        )
        .unwrap();
    let mut told = 0;
    vault.import(new(), &NewActivity::of("imported"), &mut |done| told = done).unwrap_err();
    assert_eq!(told, 650);
    assert!(vault.drafts_since(0).unwrap().drafts.is_empty());
    assert!(vault.activity(None, 100).unwrap().is_empty());
    assert_eq!(vault.whole().unwrap(), Whole::Intact);

    vault.connection.execute_batch("DROP TRIGGER temp.full").unwrap();
    assert_eq!(vault.import(new(), &NewActivity::of("imported"), &mut |_| ()).unwrap().len(), MANY);
}
