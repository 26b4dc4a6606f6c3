//! Rotation: a secret is changed once, tried in one environment, then given to the rest; each can go back by itself.
//!
//! ```text
//! rotation_start ─ draft saved with the new secret + Rotation stored, one transaction
//!   ─▶ rotation_plan(canary) ─ plan, consent, run as every publish ─▶ a person looks whether it works
//!   ─▶ rotation_plan(rest)   ─ refused until the canary has it
//! rotation_roll_back(environment) ─ the earlier secret becomes that environment's override ─▶ a plan for it alone
//! rotation_roll_forward(environment) ─ that override is taken away again
//! ```
//!
//! Nothing here sends anything: every step ends in a plan, which is carried out like any other. How far a rotation is
//! follows from what is recorded of each publication (keyed digests of the secrets last sent there), so it survives a
//! restart and is true whoever published. An environment that went back keeps its secret as an override, so that the
//! draft and every other environment stay as they are (docs/adr/0015-an-environment-goes-back-by-an-override.md).

mod state;
mod steps;

pub(crate) use state::under_way;
