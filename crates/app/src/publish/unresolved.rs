//! What became of a create whose answer is missing: read off the list, never guessed (contract 5.5). Pure.
//!
//! A candidate is a set of exactly the name and type that were sent, that was not there before, that belongs to the
//! token's user and that no draft is linked to. If what can be read of it is also what was sent, it is ours; if it is
//! not, a person has to say.

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::Attempt;

use super::compare::is_as_sent;
use super::fields::Fields;

/// A set may stay invisible for a while after its create (contract 5.8), and a request that was given up on may still
/// arrive. After this age, milliseconds, absence is proof.
pub(super) const VISIBLE_AFTER_MS: i64 = 60_000;

/// An attempt without an answer, and what it sent.
pub(super) struct Lost<'a> {
    pub(super) attempt: &'a Attempt,
    /// The fields that were sent; none if that revision of the draft can't be read any more.
    pub(super) sent: Option<&'a Fields>,
}

/// What the list says about a create.
#[derive(Debug, PartialEq)]
pub(super) enum Trace<'a> {
    /// Nothing appeared.
    None,
    /// Exactly one set appeared that can only be ours.
    One(&'a RemoteSet),
    /// Several may be it, or one that is not what was sent: a person has to say which.
    Ask(Vec<&'a RemoteSet>),
}

impl Lost<'_> {
    /// Is its absence proof by now?
    pub(super) fn is_old(&self, now: i64) -> bool {
        now.saturating_sub(self.attempt.started_at.as_millis()) >= VISIBLE_AFTER_MS
    }

    fn candidates<'s>(&self, sets: &[&'s RemoteSet], linked: &dyn Fn(&str) -> bool) -> Vec<&'s RemoteSet> {
        let intent = &self.attempt.intent;
        let may_be_ours = |set: &&&RemoteSet| {
            set.name == intent.name
                && set.type_name == intent.type_name
                && !intent.same_name_before.contains(&set.id)
                && intent.token_owner.as_ref().is_none_or(|owner| set.owner.is_empty() || set.owner == *owner)
                && !linked(&set.id)
        };
        let mut found: Vec<&RemoteSet> = sets.iter().filter(may_be_ours).copied().collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// Looks for the set of this one attempt.
    pub(super) fn trace<'s>(&self, sets: &[&'s RemoteSet], linked: &dyn Fn(&str) -> bool) -> Trace<'s> {
        let found = self.candidates(sets, linked);
        let exact: Vec<&RemoteSet> =
            found.iter().copied().filter(|set| self.sent.is_none_or(|sent| is_as_sent(sent, set))).collect();
        match (&exact[..], found.is_empty()) {
            (_, true) => Trace::None,
            ([one], _) => Trace::One(one),
            ([], _) => Trace::Ask(found),
            _ => Trace::Ask(exact),
        }
    }
}

/// Looks for the sets of several attempts in one environment: what one of them certainly is, no other can be, and a set
/// that two may claim belongs to neither until a person says so. In the order of the attempts.
pub(super) fn trace_all<'s>(
    lost: &[Lost<'_>],
    sets: &[&'s RemoteSet],
    linked: &dyn Fn(&str) -> bool,
) -> Vec<Trace<'s>> {
    let mut settled: Vec<Option<&'s RemoteSet>> = vec![None; lost.len()];
    loop {
        let taken = |id: &str| linked(id) || settled.iter().flatten().any(|set| set.id == id);
        let traces: Vec<Trace<'s>> = lost
            .iter()
            .zip(&settled)
            .map(|(one, settled)| settled.map_or_else(|| one.trace(sets, &taken), Trace::One))
            .collect();
        let claims =
            |id: &str| traces.iter().filter(|trace| matches!(trace, Trace::One(set) if set.id == id)).count();
        let sole: Vec<Option<&'s RemoteSet>> = traces
            .iter()
            .map(|trace| match trace {
                Trace::One(set) if claims(&set.id) == 1 => Some(*set),
                _ => None,
            })
            .collect();
        if sole == settled {
            let shared = |trace: &Trace<'s>| matches!(trace, Trace::One(set) if claims(&set.id) > 1);
            let shared: Vec<bool> = traces.iter().map(shared).collect();
            return traces
                .into_iter()
                .zip(shared)
                .map(|(trace, shared)| match trace {
                    Trace::One(set) if shared => Trace::Ask(vec![set]),
                    other => other,
                })
                .collect();
        }
        settled = sole;
    }
}

#[cfg(test)]
mod tests {
    use sealpost_vault::{
        AttemptAction, AttemptId, AttemptIntent, AttemptState, DraftId, EnvironmentId, Timestamp,
    };

    use super::*;

    fn set(id: &str, description: &str, owner: &str) -> RemoteSet {
        let json = serde_json::json!({"id": id, "name": "shop", "type": "TOKEN", "description": description,
            "owner": owner, "scopes": ["SYNTHETIC"]});
        RemoteSet::from_json(json).unwrap()
    }

    fn attempt(before: &[&str]) -> Attempt {
        Attempt {
            id: AttemptId::from_bytes([1; 16]),
            draft: DraftId::from_bytes([2; 16]),
            environment: EnvironmentId::from_bytes([3; 16]),
            action: AttemptAction::Create,
            state: AttemptState::Unclear,
            draft_revision: 1,
            started_at: Timestamp::from_millis(0),
            finished_at: None,
            intent: AttemptIntent {
                name: "shop".into(),
                type_name: "TOKEN".into(),
                same_name_before: before.iter().map(ToString::to_string).collect(),
                token_owner: Some("me".into()),
                ..AttemptIntent::default()
            },
            outcome: None,
        }
    }

    fn sent(description: &str) -> Fields {
        Fields::from([("description".to_owned(), vec![description.to_owned()])])
    }

    fn trace<'s>(before: &[&str], sent: Option<&Fields>, sets: &'s [RemoteSet]) -> Trace<'s> {
        let attempt = attempt(before);
        let sets: Vec<&RemoteSet> = sets.iter().collect();
        Lost { attempt: &attempt, sent }.trace(&sets, &|id| id == "linked")
    }

    #[test]
    fn what_was_there_before_or_is_anothers_or_is_linked_is_not_ours() {
        let sets = [set("before", "", "me"), set("theirs", "", "other"), set("linked", "", "me")];
        assert_eq!(trace(&["before"], None, &sets), Trace::None);
    }

    #[test]
    fn another_name_or_type_is_not_ours() {
        let mut sets = [set("a", "", "me"), set("b", "", "me")];
        sets[0].name = "Shop".into();
        sets[1].type_name = "USERNAME_PASSWORD".into();
        assert_eq!(trace(&[], None, &sets), Trace::None);
    }

    #[test]
    fn one_new_set_with_what_was_sent_is_ours_also_beside_others() {
        let sets = [set("a", "made by hand", "me"), set("b", "as sent", "me")];
        assert_eq!(trace(&[], Some(&sent("as sent")), &sets), Trace::One(&sets[1]));
    }

    #[test]
    fn a_new_set_that_is_not_what_was_sent_is_never_taken_without_asking() {
        let sets = [set("a", "made by hand", "me")];
        assert_eq!(trace(&[], Some(&sent("as sent")), &sets), Trace::Ask(vec![&sets[0]]));
    }

    #[test]
    fn two_alike_are_never_told_apart_by_a_guess() {
        let sets = [set("a", "as sent", "me"), set("b", "as sent", "me")];
        assert_eq!(trace(&[], Some(&sent("as sent")), &sets), Trace::Ask(vec![&sets[0], &sets[1]]));
    }

    #[test]
    fn a_later_attempt_frees_the_earlier_one_of_its_set() {
        let (first, second) = (attempt(&[]), attempt(&["a"]));
        let all = [set("a", "", "me"), set("b", "", "me")];
        let sets: Vec<&RemoteSet> = all.iter().collect();
        let lost = [Lost { attempt: &first, sent: None }, Lost { attempt: &second, sent: None }];
        assert_eq!(trace_all(&lost, &sets, &|_| false), [Trace::One(&all[0]), Trace::One(&all[1])]);
    }

    #[test]
    fn a_set_that_two_attempts_may_claim_belongs_to_neither() {
        let (first, second) = (attempt(&[]), attempt(&[]));
        let all = [set("a", "", "me")];
        let sets: Vec<&RemoteSet> = all.iter().collect();
        let lost = [Lost { attempt: &first, sent: None }, Lost { attempt: &second, sent: None }];
        let ask = || Trace::Ask(vec![&all[0]]);
        assert_eq!(trace_all(&lost, &sets, &|_| false), [ask(), ask()]);
    }
}
