//! Names of the commands about what is in an environment.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct DriftListArgs {
    /// Ids, unique id prefixes or unique names; all drafts if none is named.
    pub(crate) drafts: Vec<String>,
    /// Only this environment.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// Read the environments first.
    #[arg(long)]
    pub(crate) refresh: bool,
}

/// How a difference is settled. Pushing is `publish --keep-mine`.
#[derive(Debug, Subcommand)]
pub(crate) enum DriftCommand {
    /// Let fields stay as they are there now; another value there is a difference again.
    #[command(after_help = "Example:\n  sealpost drift accept shop-login --env prod description")]
    Accept(DriftFields),
    /// Stop comparing fields of a draft in one environment.
    #[command(after_help = "Example:\n  sealpost drift ignore shop-login --env prod scopes")]
    Ignore(DriftFields),
    /// Compare fields again that were accepted or ignored.
    #[command(after_help = "Example:\n  sealpost drift compare shop-login --env prod scopes")]
    Compare(DriftFields),
    /// Take what is there into the draft, as a new revision.
    #[command(after_help = "Example:\n  sealpost drift take shop-login --env prod")]
    Take(DriftPlace),
    /// Forget the id of a set that is gone there; the draft is kept.
    #[command(after_help = "Example:\n  sealpost drift forget shop-login --env prod")]
    Forget(DriftPlace),
}

#[derive(Debug, Args)]
pub(crate) struct DriftPlace {
    /// An id, a unique id prefix or a unique name.
    pub(crate) draft: String,
    /// The environment.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: String,
}

#[derive(Debug, Args)]
pub(crate) struct DriftFields {
    #[command(flatten)]
    pub(crate) place: DriftPlace,
    /// Fields in the API's spelling, as `sealpost drift` shows them.
    #[arg(required = true, value_name = "FIELD")]
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RemoteCommand {
    /// List every set the token may see.
    #[command(after_help = "Example:\n  sealpost remote list prod")]
    List {
        /// Name of the environment.
        name: String,
    },
    /// Adopt a set: its metadata and id, never its secret.
    #[command(after_help = "Example:\n  sealpost remote adopt prod CREDENTIALS_VAULT-0123456789ABCDEF")]
    Adopt {
        /// Name of the environment.
        name: String,
        /// Id of the set.
        remote_id: String,
        /// Link it to this draft instead of making a new one.
        #[arg(long)]
        draft: Option<String>,
    },
    /// Leave sets out of the lists of those that no draft is linked to. Changes nothing there.
    #[command(after_help = "Example:\n  sealpost remote ignore prod CREDENTIALS_VAULT-0123456789ABCDEF")]
    Ignore {
        /// Name of the environment.
        name: String,
        /// Ids of the sets.
        #[arg(required = true)]
        remote_ids: Vec<String>,
        /// Show them again instead.
        #[arg(long)]
        stop: bool,
    },
}
