//! Publishing: plan, approve, execute, record.
//!
//! ```text
//! observe (effects: token look-up, list)  ─▶ Observed per environment
//! plan    (pure: drafts, publications, Observed) ─▶ StoredPlan: rows with diff, reasons, warnings
//! person  (consents: rows, owner changes, typed names)
//! execute (effects: per environment one queue; per row: attempt committed ─▶ request ─▶ GET ─▶ recorded)
//! ```
//!
//! A create is never repeated unless it certainly was not sent; one that may have arrived is marked `Unclear`, and
//! [`reconcile`] reads off the list what became of it (contract 5.5): one new set that can only be ours is adopted, none
//! after a while means it did not arrive, several need a person. An update and a delete are idempotent and repeated
//! within bounds ([`classify`]). Rows carry what they were decided on; one whose draft, link or remote set moved since
//! is skipped, never sent. One process publishes at a time (a lock of the operating system, dropped with the process).

mod adopt;
mod body;
mod classify;
mod compare;
mod drift;
mod execute;
mod fields;
mod ignored;
mod make;
mod observe;
mod order;
mod plan;
mod progress;
mod queue;
mod reconcile;
mod record;
mod refresh;
mod repeat;
mod resume;
mod runs;
mod seen;
mod send;
mod settle;
mod start;
mod unpublish;
mod unresolved;

#[cfg(test)]
mod tests;

pub(crate) use fields::{Fields, changed_labels, diff, label, yes_no};
pub(crate) use ignored::Ignored;
pub(crate) use make::unique;
pub(crate) use observe::{Connection, client_for};
#[cfg(any(test, feature = "testing"))]
pub(crate) use resume::RecordedRun;
pub(crate) use runs::Runs;
pub(crate) use seen::Seen;
