//! Arguments of what differs per environment: overrides, groups, rotation.

use clap::{Args, Subcommand};

use super::ConsentArgs;

#[derive(Debug, Args)]
pub(crate) struct OverrideArgs {
    /// An id, a unique id prefix or a unique name.
    pub(crate) draft: String,
    /// The environment.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: String,
    /// Its name there.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its description there.
    #[arg(long)]
    pub(crate) description: Option<String>,
    /// The user, SNMP username or AWS access key ID there.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// A scope there, in the place of the draft's; may be given again.
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    /// Only the owner may see and use the set there.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub(crate) owner_only: Option<bool>,
    /// A user or app that may use the set there, in the place of the draft's; may be given again.
    #[arg(long, value_name = "USER:ID|APPLICATION:ID")]
    pub(crate) allow: Vec<String>,
    /// Apps may use the set there without a user's context.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub(crate) contextless: Option<bool>,
    /// Where a secret that is another one there is: - for standard input, a file, or env:NAME for an environment variable.
    /// The field may be left out if the draft has one secret.
    #[arg(long, value_name = "[FIELD=]-|FILE|env:VAR")]
    pub(crate) secret: Vec<String>,
    /// Make this there what it is everywhere; may be given again.
    #[arg(long, value_name = "FIELD", value_parser = CLEARABLE)]
    pub(crate) clear: Vec<String>,
    /// Take the whole override away.
    #[arg(long, conflicts_with_all = ["name", "description", "user", "scope", "owner_only", "allow", "contextless", "secret", "clear"])]
    pub(crate) remove: bool,
    /// Refuse if another revision is stored by now.
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u32>,
}

const CLEARABLE: [&str; 13] = [
    "name",
    "description",
    "user",
    "scopes",
    "ownerAccessOnly",
    "allowedEntities",
    "allowContextlessRequests",
    "password",
    "token",
    "certificate",
    "authenticationPassword",
    "privacyPassword",
    "secretKey",
];

#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Make a group.
    #[command(after_help = "Example:\n  sealpost env group add europe --env staging --env prod")]
    Add {
        /// Unique name.
        name: String,
        /// Names of environments.
        #[arg(long = "env", required = true, value_name = "NAME")]
        envs: Vec<String>,
    },
    /// List groups.
    #[command(after_help = "Example:\n  sealpost env group list")]
    List,
    /// Change a group; what is left out is kept.
    #[command(after_help = "Example:\n  sealpost env group edit europe --rename eu --env prod")]
    Edit {
        /// Its name.
        name: String,
        /// A new name.
        #[arg(long)]
        rename: Option<String>,
        /// All its environments from now on.
        #[arg(long = "env", value_name = "NAME")]
        envs: Vec<String>,
    },
    /// Remove a group; its environments stay.
    #[command(after_help = "Example:\n  sealpost env group rm europe")]
    Rm {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// An id, a unique id prefix or a unique name; without one, all rotations are listed.
    pub(crate) draft: Option<String>,
    /// Change the secret and publish it to this environment first; may be given again.
    #[arg(long, value_name = "NAME", requires = "draft", conflicts_with_all = ["go_on", "rollback", "forward", "end"])]
    pub(crate) canary: Vec<String>,
    /// Where the new secret is: - for standard input, a file, or env:NAME for an environment variable. The field may be
    /// left out if the draft has one secret. Without it, a terminal is asked.
    #[arg(long, value_name = "[FIELD=]-|FILE|env:VAR", requires = "canary")]
    pub(crate) secret: Vec<String>,
    /// The user or access key ID that belongs to the new secret.
    #[arg(long, requires = "canary")]
    pub(crate) user: Option<String>,
    /// The new secret works: publish it to the rest. If the canary does not have it yet, publish it there.
    #[arg(long = "continue", requires = "draft", conflicts_with_all = ["rollback", "forward", "end"])]
    pub(crate) go_on: bool,
    /// Publish the earlier secret to one environment again; the others keep theirs.
    #[arg(long, requires = "draft", requires = "env", conflicts_with_all = ["forward", "end"])]
    pub(crate) rollback: bool,
    /// Publish the new secret to an environment that was rolled back.
    #[arg(long, requires = "draft", requires = "env", conflicts_with = "end")]
    pub(crate) forward: bool,
    /// The environment to roll back or forward.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// Go back to the secret of this revision, and not to the last one published there.
    #[arg(long, value_name = "N", requires = "rollback")]
    pub(crate) revision: Option<u32>,
    /// End the rotation; every environment keeps the secret it has.
    #[arg(long, requires = "draft")]
    pub(crate) end: bool,
    #[command(flatten)]
    pub(crate) consent: ConsentArgs,
}
