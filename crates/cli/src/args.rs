//! Names of the command line; scripts depend on them (ARCHITECTURE, "The command line"). A secret is never an argument.

mod rotation;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sealpost_app::parts::UnlockMode;

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
pub(crate) enum VaultCommand {
    /// Create a vault; its key goes into the system keyring, and a recovery code is made.
    #[command(
        after_help = "Example:\n  sealpost --vault ~/vaults/work vault init\n\nOn a terminal the recovery code is shown once and two of its groups are asked back. A script says with\n--recovery-to where the code goes; without it, none is made, and a message says so.\n\nWith --passphrase-from the vault opens with that passphrase and needs no keyring; --unlock says otherwise."
    )]
    Init {
        /// Write the recovery code to a new file, or - for standard output, and ask nothing.
        #[arg(long, value_name = "FILE|-")]
        recovery_to: Option<String>,
        /// What the passphrase is for.
        #[arg(long, value_enum, requires = "passphrase_from")]
        unlock: Option<UnlockArg>,
    },
    /// Say whether there is a vault and what opens it; asks no keyring.
    #[command(after_help = "Example:\n  sealpost vault status")]
    Status,
    /// Check the keyring, the way in, everything in the vault, and its backups.
    #[command(after_help = "Example:\n  sealpost vault doctor --report doctor.json")]
    Doctor {
        /// Write what was found to a new file, without names and secrets, to be handed on.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Write the sealed bytes of every value that does not open into this folder.
        #[arg(long, value_name = "DIR")]
        export_unreadable: Option<PathBuf>,
    },
    /// Open the vault and close it again.
    #[command(after_help = "Example:\n  sealpost vault unlock-test --from recovery-code.txt")]
    UnlockTest {
        /// Try this recovery code or passphrase in the place of the keyring: - for standard input, a file, env:NAME for
        /// an environment variable, or ask for a prompt.
        #[arg(long, value_name = "-|FILE|env:VAR|ask")]
        from: Option<String>,
    },
    /// Make a recovery code, or use it.
    #[command(
        after_help = "Example:\n  sealpost vault recovery\n  sealpost vault recovery --from ask\n\nWithout options a new code is made and shown, and replaces the earlier one once two of its groups were typed back.\nWith --from the vault is opened with its recovery code or passphrase, and its keyring entry is written anew."
    )]
    Recovery {
        /// Write the new code to a new file, or - for standard output, and ask nothing.
        #[arg(long, value_name = "FILE|-", conflicts_with_all = ["from", "remove"])]
        to: Option<String>,
        /// Open with this recovery code or passphrase and repair the keyring entry: - for standard input, a file,
        /// env:NAME for an environment variable, or ask for a prompt.
        #[arg(long, value_name = "-|FILE|env:VAR|ask", conflicts_with = "remove")]
        from: Option<String>,
        /// Remove the recovery code; the last way to open the vault stays.
        #[arg(long)]
        remove: bool,
    },
    /// Set, change or remove the passphrase.
    #[command(
        after_help = "Example:\n  sealpost vault passphrase --unlock both\n\nWithout --from, a terminal is asked twice."
    )]
    Passphrase {
        /// Where the new passphrase is: - for standard input, a file, or env:NAME for an environment variable.
        #[arg(long, value_name = "-|FILE|env:VAR", conflicts_with = "remove")]
        from: Option<String>,
        /// What it is for; as before, or either for a first one.
        #[arg(long, value_enum, conflicts_with = "remove")]
        unlock: Option<UnlockArg>,
        /// Remove the passphrase; the last way to open the vault stays.
        #[arg(long)]
        remove: bool,
    },
    /// Encrypt the vault under a new key, and make every way in anew.
    #[command(
        after_help = "Example:\n  sealpost vault rekey --recovery-to new-code.txt\n\nA vault with a recovery code gets a new one, shown on the terminal or written to --recovery-to; the old code opens nothing\nany more. A backup is kept first, and opens with the code, passphrase or keyring entry of before: delete it when the old\nkey must not open anything."
    )]
    Rekey {
        /// Write the new recovery code to a new file, or - for standard output, and ask nothing.
        #[arg(long, value_name = "FILE|-", conflicts_with = "wrap_only")]
        recovery_to: Option<String>,
        /// Only make a new keyring entry; what is stored is not encrypted again.
        #[arg(long)]
        wrap_only: bool,
    },
    /// Write a backup and read it back, or look at the ones there are.
    #[command(
        after_help = "Example:\n  sealpost vault backup /media/stick/vault-copy.sealpost\n  sealpost vault backup everything.age\n\nA backup is a complete vault file, sealed as the vault is. A name that ends in .age, or --portable, writes everything\nunder a passphrase of its own instead, for the standard age tool: age -d everything.age"
    )]
    Backup {
        /// A new file; without one, a copy is made among the vault's own.
        file: Option<PathBuf>,
        /// Write a portable export, readable with the age tool.
        #[arg(long, requires = "file")]
        portable: bool,
        /// Where the export's passphrase is: - for standard input, a file, or env:NAME for an environment variable.
        #[arg(long, value_name = "-|FILE|env:VAR", requires = "file")]
        under: Option<String>,
        /// List the vault's own copies.
        #[arg(long, conflicts_with_all = ["file", "drill"])]
        list: bool,
        /// Open the newest copy and everything in it.
        #[arg(long, conflicts_with = "file")]
        drill: bool,
    },
    /// Put a backup in the vault's place, or add what a portable export holds.
    #[command(
        after_help = "Example:\n  sealpost vault restore /media/stick/vault-copy.sealpost\n\nThe file that is in the vault's place keeps existing beside it under another name. An export (.age) is added to the vault\ninstead: every draft as a new one."
    )]
    Restore {
        /// A backup or an export; without one, the newest of the vault's own copies.
        file: Option<PathBuf>,
        /// Open the backup with this recovery code or passphrase and not the keyring, or the export with this passphrase:
        /// - for standard input, a file, env:NAME for an environment variable, or ask for a prompt.
        #[arg(long, value_name = "-|FILE|env:VAR|ask")]
        from: Option<String>,
    },
}

/// What a passphrase is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum UnlockArg {
    /// The keyring opens the vault, and the passphrase does too.
    Either,
    /// The vault opens only with keyring and passphrase together.
    Both,
    /// The passphrase alone; the keyring is not used.
    Passphrase,
}

impl From<UnlockArg> for UnlockMode {
    fn from(argument: UnlockArg) -> Self {
        match argument {
            UnlockArg::Either => Self::Either,
            UnlockArg::Both => Self::Both,
            UnlockArg::Passphrase => Self::Passphrase,
        }
    }
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
    /// system, none, or a proxy URL.
    #[arg(long)]
    pub(crate) proxy: Option<String>,
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
