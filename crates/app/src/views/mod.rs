//! What callers see: plain values without secrets, serialised for the window and for `--json`.
//!
//! No type that is serialised here can hold a secret: `SecretValue` has no `Serialize`, so it would not compile.

mod backups;
mod drafts;
mod drift;
mod environments;
mod matrix;
mod publish;
mod reconcile;
mod report;
mod rotation;
mod runs;
mod unsaved;
mod vault;

pub use backups::*;
pub use drafts::*;
pub use drift::*;
pub use environments::*;
pub use matrix::*;
pub use publish::*;
pub use reconcile::*;
pub use report::*;
pub use rotation::*;
pub use runs::*;
pub use unsaved::*;
pub use vault::*;
