//! The journal of publishing: what may begin, what closes it, and who may publish at all.

use crate::testing::{Bench, login, quiet};
use crate::{
    AttemptAction, AttemptId, AttemptIntent, AttemptOutcome, AttemptState, DraftId, EnvironmentId,
    EnvironmentMeta, Error, Exchange, LinkChange, NewAttempt, Publication, SaveEnvironment, Vault,
};

struct Journal {
    _dir: tempfile::TempDir,
    bench: Bench,
    vault: Vault,
    draft: DraftId,
    environment: EnvironmentId,
}

impl Journal {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::at(&dir.path().join("vault"));
        let mut vault = bench.create().unwrap();
        let draft = vault.save_draft(&login("a", "b", "c"), &quiet()).unwrap().id;
        let meta = EnvironmentMeta { name: "prod".into(), ..Default::default() };
        let save = SaveEnvironment { over: None, meta, token: "dt0c01.X.Y".into() };
        let environment = vault.save_environment(&save, None).unwrap().id;
        Self { _dir: dir, bench, vault, draft, environment }
    }

    fn create(&self) -> NewAttempt {
        NewAttempt {
            draft: self.draft,
            draft_revision: 1,
            environment: self.environment,
            publication_revision: None,
            action: AttemptAction::Create,
            intent: AttemptIntent::default(),
            known: Vec::new(),
        }
    }

    fn close(&mut self, id: AttemptId, state: AttemptState, link: LinkChange<'_>) -> Result<(), Error> {
        self.vault.finish_attempt(id, state, &AttemptOutcome::default(), link, &quiet())
    }
}

#[test]
fn what_went_over_the_wire_stays_with_the_attempt_when_its_outcome_is_found_out_later() {
    let mut journal = Journal::new();
    let id = journal.vault.begin_attempt(&journal.create()).unwrap();
    assert_eq!(journal.vault.exchanges(id).unwrap(), [], "none before the answer");
    let sent = Exchange { method: "POST".into(), status: Some(500), ..Exchange::default() };
    let outcome = AttemptOutcome { exchanges: vec![sent.clone()], ..AttemptOutcome::default() };
    journal.vault.finish_attempt(id, AttemptState::Unclear, &outcome, LinkChange::Keep, &quiet()).unwrap();
    journal.close(id, AttemptState::NotSent, LinkChange::Keep).unwrap();
    let again = journal.bench.open().unwrap();
    assert_eq!(again.exchanges(id).unwrap(), [sent]);
    assert_eq!(again.attempt(id).unwrap().outcome.unwrap().exchanges, [], "not opened with the journal");
    let told = again.activity(None, 10).unwrap();
    assert_eq!(told.iter().filter(|entry| entry.attempt == Some(id)).count(), 2);
    assert_eq!(again.attempts_beginning(&id.to_string()[..8]).unwrap(), [id]);
    assert!(matches!(again.exchanges(AttemptId::from_bytes([9; 16])), Err(Error::NotFound(_))));
}

#[test]
fn no_attempt_begins_for_a_draft_that_moved() {
    let mut journal = Journal::new();
    let refused = journal.vault.begin_attempt(&NewAttempt { draft_revision: 2, ..journal.create() });
    assert!(matches!(refused, Err(Error::StaleRevision { expected: 2, found: 1 })));
    assert!(journal.vault.unresolved_attempts().unwrap().is_empty());
    journal.vault.begin_attempt(&journal.create()).unwrap();
    let open = journal.bench.open().unwrap().unresolved_attempts().unwrap();
    assert_eq!(
        open.iter().map(|a| a.state).collect::<Vec<_>>(),
        [AttemptState::Open],
        "a crash now leaves a trace"
    );
}

#[test]
fn no_attempt_begins_while_another_one_for_the_same_draft_there_is_unresolved() {
    let mut journal = Journal::new();
    let first = journal.vault.begin_attempt(&journal.create()).unwrap();
    assert!(matches!(journal.vault.begin_attempt(&journal.create()), Err(Error::AttemptOpen)));
    journal.close(first, AttemptState::Unclear, LinkChange::Keep).unwrap();
    assert!(matches!(journal.vault.begin_attempt(&journal.create()), Err(Error::AttemptOpen)));
    let known = NewAttempt { known: vec![first], ..journal.create() };
    journal.vault.begin_attempt(&known).unwrap();
}

#[test]
fn no_attempt_begins_over_a_link_that_was_written_since() {
    let mut journal = Journal::new();
    let mut link = Publication::new(&journal.vault, journal.draft, journal.environment);
    journal.vault.put_publication(&mut link).unwrap();
    assert!(matches!(journal.vault.begin_attempt(&journal.create()), Err(Error::StaleRevision { .. })));
    let over = |revision| NewAttempt { publication_revision: Some(revision), ..journal.create() };
    let (old, current) = (over(1), over(2));
    journal.vault.put_publication(&mut link).unwrap();
    assert!(matches!(journal.vault.begin_attempt(&old), Err(Error::StaleRevision { .. })));
    journal.vault.begin_attempt(&current).unwrap();
}

#[test]
fn a_closed_attempt_is_not_closed_again_and_the_link_stays_as_it_was() {
    let mut journal = Journal::new();
    let id = journal.vault.begin_attempt(&journal.create()).unwrap();
    let mut link = Publication::new(&journal.vault, journal.draft, journal.environment);
    link.meta.remote_id = Some("first".into());
    journal.close(id, AttemptState::Done, LinkChange::Store(&mut link)).unwrap();
    link.meta.remote_id = Some("second".into());
    let again = journal.close(id, AttemptState::NotSent, LinkChange::Store(&mut link));
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let stored = journal.vault.publication(journal.draft, journal.environment).unwrap().unwrap();
    assert_eq!(stored.meta.remote_id.as_deref(), Some("first"));
}

#[test]
fn a_success_closes_what_was_unclear_before_and_a_failure_does_not() {
    for (state, left) in [(AttemptState::Done, 0), (AttemptState::Refused, 1)] {
        let mut journal = Journal::new();
        let first = journal.vault.begin_attempt(&journal.create()).unwrap();
        let second = NewAttempt { known: vec![first], ..journal.create() };
        let second = journal.vault.begin_attempt(&second).unwrap();
        journal.close(second, state, LinkChange::Keep).unwrap();
        assert_eq!(journal.vault.unresolved_attempts().unwrap().len(), left, "{state:?}");
    }
}

#[test]
fn a_removed_link_leaves_the_draft_and_frees_the_environment() {
    let mut journal = Journal::new();
    let mut link = Publication::new(&journal.vault, journal.draft, journal.environment);
    journal.vault.put_publication(&mut link).unwrap();
    let before = journal.vault.change_seq().unwrap();
    let delete =
        NewAttempt { publication_revision: Some(1), action: AttemptAction::Delete, ..journal.create() };
    let id = journal.vault.begin_attempt(&delete).unwrap();
    journal.close(id, AttemptState::Done, LinkChange::Remove).unwrap();
    assert_eq!(journal.vault.publication(journal.draft, journal.environment).unwrap(), None);
    assert!(journal.vault.draft(journal.draft).unwrap().0.deleted_at.is_none());
    assert!(journal.vault.change_seq().unwrap() > before, "another process sees it");
    journal.vault.delete_environment(journal.environment, &quiet()).unwrap();
}

#[test]
fn only_one_may_publish_from_a_vault_at_a_time() {
    let journal = Journal::new();
    let other = journal.bench.open().unwrap();
    let claim = journal.vault.claim_publishing().unwrap();
    assert!(claim.is_some());
    assert!(other.claim_publishing().unwrap().is_none());
    drop(claim);
    assert!(other.claim_publishing().unwrap().is_some());
}
