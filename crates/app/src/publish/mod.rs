//! Publishing: plan, approve, execute, record.
//!
//! ```text
//! observe (effects: token look-up, list)  ─▶ Observed per environment
//! plan    (pure: drafts, publications, Observed) ─▶ StoredPlan: rows with diff, reasons, warnings
//! person  (consents: rows, owner changes, typed names)
//! execute (effects: per environment one queue; per row: attempt committed ─▶ request ─▶ GET ─▶ recorded)
//! ```
//!
//! A create is never repeated unless it certainly was not sent; one that may have arrived is marked `Unclear`. The next
//! plan reads off the list what became of it (contract 5.5): exactly one new set of that name and type is taken over by
//! an update, none after half a minute means it did not arrive, several need a person. An update is idempotent and may
//! be repeated. The plan's rows carry the draft's revision; a row whose draft moved since is skipped, never sent.

mod body;
mod classify;
mod execute;
mod fields;
mod observe;
mod plan;
mod record;
mod refresh;
mod runs;
mod start;
mod unresolved;

#[cfg(test)]
mod tests;

pub(crate) use fields::{changed_labels, label};
pub(crate) use observe::{Connection, client_for};
pub(crate) use runs::Runs;
