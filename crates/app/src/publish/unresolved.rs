//! What became of a create whose answer is missing: read off the list, never guessed (contract 5.5). Pure.

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::Attempt;

/// A set may stay invisible for a while after its create (contract 5.8); before this age, nothing can be concluded
/// from its absence.
pub(super) const VISIBLE_AFTER_MS: i64 = 30_000;

/// What the list says about an attempt.
#[derive(Debug, PartialEq)]
pub(super) enum Trace<'a> {
    /// Too early to tell.
    TooEarly,
    /// Nothing appeared: it did not arrive.
    None,
    /// Exactly one set appeared that can only be ours.
    One(&'a RemoteSet),
    /// Several: a person has to say which.
    Several(Vec<&'a str>),
}

/// Looks for sets of exactly that name and type that were not there before the attempt, belong to the token's user, and
/// are not linked to another draft.
pub(super) fn trace<'a>(
    attempt: &Attempt,
    sets: impl Iterator<Item = &'a RemoteSet>,
    linked: &dyn Fn(&str) -> bool,
    now: i64,
) -> Trace<'a> {
    let intent = &attempt.intent;
    let ours = |set: &&RemoteSet| {
        set.name == intent.name
            && set.type_name == intent.type_name
            && !intent.same_name_before.contains(&set.id)
            && intent.token_owner.as_ref().is_none_or(|owner| set.owner.is_empty() || set.owner == *owner)
            && !linked(&set.id)
    };
    let mut found: Vec<&RemoteSet> = sets.filter(ours).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    match found[..] {
        [one] => Trace::One(one),
        [] if now - attempt.started_at.as_millis() < VISIBLE_AFTER_MS => Trace::TooEarly,
        [] => Trace::None,
        _ => Trace::Several(found.into_iter().map(|set| set.id.as_str()).collect()),
    }
}
