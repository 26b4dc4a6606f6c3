//! One module per noun.

mod consent;
mod draft;
mod draft_asked;
mod drift;
mod env;
mod evidence;
mod groups;
mod matrix;
mod overrides;
mod plan_text;
mod publish;
mod reconcile;
mod rotate;
mod sandbox;
mod status;
mod uses;
mod vault;
mod vault_care;
mod vault_keys;

use sealpost_app::App;
use sealpost_app::problem::{Code, Problem};

use crate::args::{ActivityCommand, Command, RemoteCommand};
use crate::input::{ask_secret, can_ask, passphrase_from};
use crate::output::{Ended, Out, Stop};

type Done = Result<Ended, Stop>;

/// Runs a command.
///
/// # Errors
/// What the app said.
pub(crate) async fn run(app: &App, out: &mut Out, passphrase_from: Option<String>, command: Command) -> Done {
    let app = &Vaulted { app, passphrase_from };
    match command {
        Command::Vault(command) => vault::run(app, out, command).await,
        Command::Draft(command) => opened(app).await?.draft(out, command).await,
        Command::Env(command) => opened(app).await?.env(out, command).await,
        Command::Plan(targets) => opened(app).await?.plan(out, &targets).await,
        Command::Publish(arguments) => opened(app).await?.publish(out, arguments).await,
        Command::Status { refresh, matrix: true, .. } => opened(app).await?.matrix(out, refresh).await,
        Command::Status { refresh, drafts, .. } => opened(app).await?.status(out, refresh, &drafts).await,
        Command::Rotate(arguments) => opened(app).await?.rotate(out, arguments).await,
        Command::Drift { list, command: None } => opened(app).await?.drift(out, &list).await,
        Command::Drift { command: Some(command), .. } => opened(app).await?.settle_drift(out, command).await,
        Command::Remote(RemoteCommand::List { name }) => opened(app).await?.remote_list(out, &name).await,
        Command::Remote(RemoteCommand::Adopt { name, remote_id, draft }) => {
            opened(app).await?.remote_adopt(out, &name, &remote_id, draft.as_deref()).await
        }
        Command::Remote(RemoteCommand::Ignore { name, remote_ids, stop }) => {
            opened(app).await?.remote_ignore(out, &name, remote_ids, !stop).await
        }
        Command::Unpublish(arguments) => opened(app).await?.unpublish(out, &arguments).await,
        Command::Reconcile { choose } => opened(app).await?.reconcile(out, &choose).await,
        Command::Use { draft, env, form } => {
            opened(app).await?.uses(out, &draft, &env, form.as_deref()).await
        }
        Command::Sandbox(arguments) => sandbox::run(out, arguments).await,
        Command::Activity { command: Some(ActivityCommand::Show { attempt }), .. } => {
            opened(app).await?.evidence(out, &attempt).await
        }
        Command::Activity { limit, command: None } => opened(app).await?.activity(out, limit).await,
        Command::Report { since } => opened(app).await?.report(out, since.as_deref()).await,
        // Handled before a vault is looked for.
        Command::Completions { .. } => Ok(Ended::Silent),
    }
}

/// An app, and where the passphrase of its vault is.
struct Vaulted<'a> {
    app: &'a App,
    passphrase_from: Option<String>,
}

/// An app whose vault is open.
struct Opened<'a>(&'a App);

async fn opened<'a>(vaulted: &Vaulted<'a>) -> Result<Opened<'a>, Problem> {
    let app = vaulted.app;
    match (app.vault_unlock().await, &vaulted.passphrase_from) {
        (Err(problem), Some(source)) if problem.code == Code::PassphraseNeeded => {
            app.vault_unlock_with(passphrase_from(source)?).await?;
        }
        (Err(problem), None) if problem.code == Code::PassphraseNeeded && can_ask() => {
            app.vault_unlock_with(ask_secret("Passphrase")?.as_str().into()).await?;
        }
        (Err(mut problem), None) if problem.code == Code::PassphraseNeeded => {
            problem.hint = "Say where it is with --passphrase-from or SEALPOST_PASSPHRASE_FROM.".into();
            return Err(problem);
        }
        (unlocked, _) => drop(unlocked?),
    }
    Ok(Opened(app))
}

/// A defect of ours.
pub(crate) fn internal(what: &str) -> Problem {
    Problem::new(
        Code::Internal,
        format!("Sealpost met an error of its own: {what}."),
        "What was stored before is unchanged.",
        "Try again.",
    )
}

/// Returns when the process is asked to end; listens from the call on, not only once it is awaited.
#[cfg(unix)]
fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listening = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = listening else {
            drop(tokio::signal::ctrl_c().await);
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Returns when the process is asked to end.
#[cfg(not(unix))]
async fn stopped() {
    drop(tokio::signal::ctrl_c().await);
}
