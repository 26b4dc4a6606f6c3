//! Names of the vault's commands.

use std::path::PathBuf;

use clap::Subcommand;
use sealpost_app::parts::UnlockMode;

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
        /// Take the rows as they are for right, after you looked at what the doctor found. Copy the vault first.
        #[arg(long)]
        accept_rows: bool,
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
        after_help = "Example:\n  sealpost vault rekey --recovery-to new-code.txt\n\nA vault with a recovery code gets a new one, shown on the terminal or written to --recovery-to; the old code opens nothing\nany more. A backup is kept first, and opens with the code or passphrase of before, or with the keyring: delete it, and earlier\nones, when the old key must not open anything.\n\nOne that was cut off is finished with --resume, or forgotten with --discard. Until then the vault opens as before."
    )]
    Rekey {
        /// Write the new recovery code to a new file, or - for standard output, and ask nothing.
        #[arg(long, value_name = "FILE|-", conflicts_with = "wrap_only")]
        recovery_to: Option<String>,
        /// Only make a new keyring entry; what is stored is not encrypted again.
        #[arg(long)]
        wrap_only: bool,
        /// Finish a new key that was cut off; its recovery code is the one that was shown then.
        #[arg(long, conflicts_with_all = ["recovery_to", "wrap_only"])]
        resume: bool,
        /// Forget a new key that was cut off; the recovery code that was shown then opens nothing.
        #[arg(long, conflicts_with_all = ["recovery_to", "wrap_only", "resume"])]
        discard: bool,
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
