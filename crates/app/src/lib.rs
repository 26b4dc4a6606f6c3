//! What Sealpost does: the use-cases that every caller shares. The window and the command line are thin over [`App`].
//!
//! ```text
//! App ── vault access (create, unlock, lock, reveal, settings, activity)
//!     ── ways in      (recovery code, passphrase), backups, doctor
//!     ── drafts       (list, read, check, save, import, trash, history)
//!     ── unsaved work (keep, list, drop)
//!     ── report       (what was published, by whom, where; an allow-list of fields)
//!     ── courier      (texts that use a published set, by its id)
//!     ── environments (save, test, the sandbox)
//!     ── rotation     (a new secret: canary, then the rest; back per environment), groups of environments
//!     ── publish      (plan ─▶ consent ─▶ run ─▶ recorded; reconcile; unpublish; adopt; refresh; remote list)
//! ```
//!
//! Blocking work (SQLite, the keyring) runs off the caller's thread; one lock guards the open vault. What callers see
//! are [`views`], which can't hold a secret, and [`problem::Problem`]s with a closed set of codes. What changes is told
//! as [`views::AppEvent`]s.

mod activity;
mod app;
mod backups;
mod courier;
mod doctor;
mod drafts;
mod dropped;
mod environments;
mod evidence;
mod folder;
#[cfg(any(test, feature = "testing"))]
pub mod fuzzed;
mod groups;
mod idle;
mod index;
mod key_slots;
mod matrix;
mod new_key;
pub mod problem;
mod problem_map;
mod process;
mod proxy_text;
mod publish;
pub mod registry;
mod report;
mod rotation;
mod sandbox_environment;
mod search_text;
mod second_process;
mod surroundings;
mod time;
mod unsaved;
mod vault_access;
pub mod views;
mod wait;

#[cfg(test)]
mod bindings;
#[cfg(test)]
mod testing;

pub use app::{App, Parts};
pub use drafts::ImportReport;
pub use environments::url_check;
pub use folder::vault_folder;
pub use process::protect_process;
pub use proxy_text::{proxy_has_password, proxy_with_password};
pub use second_process::SpawnSelf;
pub use time::{moment, start_of_day};
pub use vault_access::not_built_yet;
#[cfg(any(test, feature = "testing"))]
pub use wait::JumpingSleeper;
pub use wait::{RealSleeper, Sleeper};

/// What callers need of the vault and the sandbox, so that they depend on this crate alone.
pub mod parts {
    pub use sealpost_sandbox as sandbox;
    pub use sealpost_vault::key::{Keyring, OsKeyring, SecondProcess, second_process_answer};
    pub use sealpost_vault::{
        AllowedEntity, DraftId, Issue, Scope, SecretEdit, SecretField, SecretValue, Severity, UnlockMode,
    };
}
