//! Names of the command line; scripts depend on them (ARCHITECTURE, "The command line"). A secret is never an argument.

mod rotation;

mod there;
mod vault;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use there::{DriftCommand, DriftFields, DriftListArgs, DriftPlace, RemoteCommand};
pub(crate) use vault::{UnlockArg, VaultCommand};

pub(crate) use rotation::{GroupCommand, OverrideArgs, RotateArgs};

/// Draft Dynatrace credential sets offline and publish them with a plan.
#[derive(Debug, Parser)]
#[command(
    name = "sealpost",
    version,
    arg_required_else_help = true,
    after_help = "Example:
  sealpost vault init
  sealpost draft new --from login.json
  sealpost env add prod --url https://abc12345.live.dynatrace.com --token-from env:DT_TOKEN
  sealpost publish shop-login --env prod"
)]
pub(crate) struct Cli {
    /// Folder of the vault [env: SEALPOST_VAULT].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) vault: Option<PathBuf>,
    /// Where the passphrase is, for a vault that opens with one: - for standard input, a file, or env:NAME for an
    /// environment variable [env: SEALPOST_PASSPHRASE_FROM]. Without it, a terminal is asked.
    #[arg(long, global = true, value_name = "-|FILE|env:VAR")]
    pub(crate) passphrase_from: Option<String>,
    /// Print one JSON document on standard output, and nothing else there.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, look at and check the vault.
    #[command(subcommand, after_help = "Example:\n  sealpost vault init")]
    Vault(VaultCommand),
    /// Write, read and remove drafts.
    #[command(subcommand, after_help = "Example:\n  sealpost draft new --from login.json")]
    Draft(DraftCommand),
    /// Add, test and remove environments.
    #[command(subcommand, after_help = "Example:\n  sealpost env test prod")]
    Env(EnvCommand),
    /// Show what publishing would do; changes nothing.
    #[command(after_help = "Example:\n  sealpost plan shop-login --env staging --env prod")]
    Plan(Targets),
    /// Publish drafts to environments, after showing the plan.
    #[command(after_help = "Example:\n  sealpost publish shop-login --env prod --confirm prod --yes")]
    Publish(PublishArgs),
    /// Change a secret: in one environment first, then in the rest; back per environment.
    #[command(
        after_help = "Example:\n  sealpost rotate shop-login --canary staging --secret env:NEW_PASSWORD\n  sealpost rotate shop-login --continue\n  sealpost rotate shop-login --rollback --env staging\n\nWithout options it says how far the rotation is; without a draft, it lists all rotations."
    )]
    Rotate(RotateArgs),
    /// Show where drafts stand in each environment.
    #[command(
        after_help = "Example:\n  sealpost status --refresh shop-login\n  sealpost status --matrix --refresh"
    )]
    Status {
        /// Read the environments first.
        #[arg(long)]
        refresh: bool,
        /// One row per draft, one column per environment; with --refresh also the sets that no draft is linked to.
        #[arg(long, conflicts_with = "drafts")]
        matrix: bool,
        /// Ids, unique id prefixes or unique names; all drafts if none is named.
        drafts: Vec<String>,
    },
    /// Show what differs between what was published and what is there, and settle it.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Example:\n  sealpost drift --refresh\n  sealpost drift accept shop-login --env prod description"
    )]
    Drift {
        #[command(flatten)]
        list: DriftListArgs,
        #[command(subcommand)]
        command: Option<DriftCommand>,
    },
    /// Look at the sets that live in an environment.
    #[command(subcommand, after_help = "Example:\n  sealpost remote list prod")]
    Remote(RemoteCommand),
    /// Delete published sets from environments; the drafts are kept.
    #[command(after_help = "Example:\n  sealpost unpublish shop-login --env staging")]
    Unpublish(UnpublishArgs),
    /// Find out what became of requests whose answer is missing; sends nothing.
    #[command(
        after_help = "Example:\n  sealpost reconcile --choose 0192f4c2=CREDENTIALS_VAULT-0123456789ABCDEF"
    )]
    Reconcile {
        /// The set that an attempt made, or none, if there are several to choose from; may be given again.
        #[arg(long, value_name = "ATTEMPT=ID|none")]
        choose: Vec<String>,
    },
    /// Print what uses a published set, with its id in one environment: monitor, extension, Terraform, curl, app.
    #[command(after_help = "Example:\n  sealpost use shop-login --env prod --as terraform")]
    Use {
        /// An id, a unique id prefix or a unique name.
        draft: String,
        /// The environment.
        #[arg(long, value_name = "NAME")]
        env: String,
        /// Only this text.
        #[arg(long = "as", value_name = "FORM", value_parser = ["httpMonitor", "extension", "terraform", "curl", "sdk"])]
        form: Option<String>,
    },
    /// Run the sandbox until it is stopped; prints its URL and token.
    #[command(after_help = "Example:\n  sealpost sandbox --listen 127.0.0.1:14999 --fault 429:retry-after=2")]
    Sandbox(SandboxArgs),
    /// Show what was done.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Example:\n  sealpost activity --limit 20\n  sealpost activity show 0192f4c2"
    )]
    Activity {
        /// Number of entries.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(subcommand)]
        command: Option<ActivityCommand>,
    },
    /// Report every write to an environment, as Markdown or with --json: who, what, where, when, with which result.
    #[command(after_help = "Example:\n  sealpost report --since 2026-11-01 > published.md")]
    Report {
        /// From the start of this day, UTC.
        #[arg(long, value_name = "YYYY-MM-DD")]
        since: Option<String>,
    },
    /// Print completions for a shell.
    #[command(
        after_help = "Example:\n  sealpost completions bash > ~/.local/share/bash-completion/completions/sealpost"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ActivityCommand {
    /// Show the request and the answer of an attempt; a mark stands in the place of every secret.
    #[command(
        after_help = "Example:\n  sealpost activity show 0192f4c2\n\nThe ids of attempts are in the report."
    )]
    Show {
        /// Id of the attempt, or a unique beginning of it.
        attempt: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// Store new drafts from request bodies of the API: one JSON object or an array of them.
    #[command(
        after_help = "Example:\n  sealpost draft new --from - < login.json\n\nWithout --from, a terminal is asked for type, name, fields and secrets."
    )]
    New {
        /// A file, or - for standard input.
        #[arg(long, value_name = "FILE|-")]
        from: Option<String>,
    },
    /// List drafts.
    #[command(after_help = "Example:\n  sealpost draft list --text shop")]
    List {
        /// Words to find.
        #[arg(long)]
        text: Option<String>,
        /// Only this type, in the API's spelling.
        #[arg(long = "type")]
        type_name: Option<String>,
        /// List the trash instead.
        #[arg(long)]
        trash: bool,
    },
    /// Show a draft without its secrets.
    #[command(after_help = "Example:\n  sealpost --json draft show shop-login")]
    Show {
        /// An id, a unique id prefix or a unique name.
        draft: String,
    },
    /// Replace a draft by a request body; secrets it leaves out are kept.
    #[command(
        after_help = "Example:\n  sealpost draft edit shop-login --from login.json\n\nWithout --from, a terminal is asked field by field; an empty answer keeps what is stored."
    )]
    Edit {
        /// An id, a unique id prefix or a unique name.
        draft: String,
        /// A file, or - for standard input.
        #[arg(long, value_name = "FILE|-")]
        from: Option<String>,
        /// Refuse if another revision is stored by now.
        #[arg(long, value_name = "N")]
        revision: Option<u32>,
    },
    /// Say what is another one in one environment: name, user, access, secrets, …
    #[command(
        after_help = "Example:\n  sealpost draft override shop-login --env prod --user robot-prod --secret env:PROD_PASSWORD\n  sealpost draft override shop-login --env prod --clear user"
    )]
    Override(OverrideArgs),
    /// Move a draft to the trash; nothing is deleted in any environment.
    #[command(after_help = "Example:\n  sealpost draft rm shop-login")]
    Rm {
        /// An id, a unique id prefix or a unique name.
        draft: String,
    },
    /// Bring a draft back from the trash.
    #[command(after_help = "Example:\n  sealpost draft restore shop-login")]
    Restore {
        /// An id, a unique id prefix or a unique name in the trash.
        draft: String,
    },
    /// Show every revision and what changed.
    #[command(after_help = "Example:\n  sealpost draft history shop-login")]
    History {
        /// An id, a unique id prefix or a unique name.
        draft: String,
    },
    /// Print one secret in clear; it is recorded in the activity log.
    #[command(after_help = "Example:\n  sealpost draft reveal shop-login password")]
    Reveal {
        /// An id, a unique id prefix or a unique name.
        draft: String,
        /// The secret, in the API's spelling.
        #[arg(value_parser = ["password", "token", "certificate", "authenticationPassword", "privacyPassword", "secretKey"])]
        field: String,
        /// As it is in this environment.
        #[arg(long, value_name = "NAME")]
        env: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvCommand {
    /// Add an environment.
    #[command(
        after_help = "Example:\n  sealpost env add prod --url https://abc12345.live.dynatrace.com --token-from env:DT_TOKEN --protected"
    )]
    Add {
        /// Unique name.
        name: String,
        /// Its address, as in the browser.
        #[arg(long)]
        url: String,
        #[command(flatten)]
        options: EnvOptions,
    },
    /// List environments.
    #[command(after_help = "Example:\n  sealpost env list")]
    List,
    /// Change an environment; what is left out is kept.
    #[command(after_help = "Example:\n  sealpost env edit prod --token-from token.txt")]
    Edit {
        /// Its name.
        name: String,
        /// A new name.
        #[arg(long)]
        rename: Option<String>,
        /// A new address.
        #[arg(long)]
        url: Option<String>,
        #[command(flatten)]
        options: EnvOptions,
    },
    /// Remove an environment to which nothing is published.
    #[command(after_help = "Example:\n  sealpost env rm staging")]
    Rm {
        /// Its name.
        name: String,
    },
    /// Make, change and remove groups of environments, to publish to by one name.
    #[command(subcommand, after_help = "Example:\n  sealpost env group add europe --env staging --env prod")]
    Group(GroupCommand),
    /// Test the connection: address, TLS, scopes, owner, expiry.
    #[command(after_help = "Example:\n  sealpost env test prod")]
    Test {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct EnvOptions {
    /// Where the token is: - for standard input, a file, or env:NAME for an environment variable.
    #[arg(long, value_name = "-|FILE|env:VAR")]
    pub(crate) token_from: Option<String>,
    /// Extra CA certificates, a PEM file.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Its name must be typed before every publish.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub(crate) protected: Option<bool>,
    /// Refuse every write there.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub(crate) read_only: Option<bool>,
    /// How the window marks it.
    #[arg(long, value_parser = ["red", "orange", "amber", "green", "teal", "blue", "violet", "grey"])]
    pub(crate) colour: Option<String>,
    /// system, none, or a proxy URL, without a password.
    #[arg(long, value_name = "system|none|URL")]
    pub(crate) proxy: Option<String>,
    /// Where the proxy's password is: - for standard input, a file, or env:NAME for an environment variable.
    #[arg(long, value_name = "-|FILE|env:VAR")]
    pub(crate) proxy_password_from: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// Ids, unique id prefixes or unique names.
    #[arg(required = true)]
    pub(crate) drafts: Vec<String>,
    /// Names of environments.
    #[arg(long = "env", required_unless_present = "groups", value_name = "NAME")]
    pub(crate) envs: Vec<String>,
    /// Names of groups of environments.
    #[arg(long = "group", value_name = "NAME")]
    pub(crate) groups: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// Ids, unique id prefixes or unique names.
    #[arg(required_unless_present_any = ["plan", "resume"])]
    pub(crate) drafts: Vec<String>,
    /// Names of environments.
    #[arg(long = "env", required_unless_present_any = ["plan", "resume", "groups"], value_name = "NAME")]
    pub(crate) envs: Vec<String>,
    /// Names of groups of environments.
    #[arg(long = "group", value_name = "NAME", conflicts_with_all = ["plan", "resume"])]
    pub(crate) groups: Vec<String>,
    /// Publish exactly this plan, the JSON of `sealpost --json plan`; rows that moved since are refused.
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["drafts", "envs", "resume"])]
    pub(crate) plan: Option<String>,
    /// What the last publish did not do: rows that failed, are unclear, or were never started.
    #[arg(long, conflicts_with_all = ["drafts", "envs"])]
    pub(crate) resume: bool,
    /// Replace what was changed there by the draft.
    #[arg(long, conflicts_with = "take_theirs")]
    pub(crate) keep_mine: bool,
    /// Take what was changed there into the draft, as a new revision.
    #[arg(long)]
    pub(crate) take_theirs: bool,
    /// Adopt this set instead of making another of its name; may be given again.
    #[arg(long, value_name = "REMOTE-ID")]
    pub(crate) adopt: Vec<String>,
    #[command(flatten)]
    pub(crate) consent: ConsentArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UnpublishArgs {
    #[command(flatten)]
    pub(crate) targets: Targets,
    #[command(flatten)]
    pub(crate) consent: ConsentArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConsentArgs {
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Names of protected environments, typed in full.
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Vec<String>,
    /// Agree that sets get another owner.
    #[arg(long)]
    pub(crate) accept_owner_change: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// A loopback address; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: std::net::SocketAddr,
    /// What goes wrong, for example 429:retry-after=2 or close-after-store; may be given again.
    #[arg(long, value_name = "SPEC")]
    pub(crate) fault: Vec<String>,
    /// Behave as Managed: no APP_ENGINE.
    #[arg(long)]
    pub(crate) managed: bool,
    /// Serve over TLS with a certificate made now.
    #[arg(long)]
    pub(crate) tls: bool,
    /// A user with a token of its own, in the place of the usual one; may be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Vec<String>,
    /// Keep metadata of the sets in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}
