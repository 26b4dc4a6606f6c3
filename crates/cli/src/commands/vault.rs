//! The vault itself.

use sealpost_app::views::{VaultState, VaultStatus};
use sealpost_app::{App, not_built_yet};

use super::Done;
use crate::args::VaultCommand;
use crate::output::{Ended, NO_KEY, Out, table};

pub(super) async fn run(app: &App, out: &mut Out, command: VaultCommand) -> Done {
    match command {
        VaultCommand::Init => {
            let status = app.vault_create().await?;
            Ok(out.view(&status, |_| format!("Created {}. Its key is in {}.", status.file, status.keyring)))
        }
        VaultCommand::Status => {
            let status = app.vault_status().await?;
            Ok(out.view(&status, |_| describe(&status)))
        }
        VaultCommand::UnlockTest => {
            let status = app.vault_unlock().await?;
            let text = || format!("{} opens with its key from {}.", status.file, status.keyring);
            Ok(out.view(&status, |_| text()))
        }
        VaultCommand::Doctor => doctor(app, out).await,
        VaultCommand::Recovery => Err(not_built_yet("vault recovery").into()),
        VaultCommand::Passphrase => Err(not_built_yet("vault passphrase").into()),
        VaultCommand::Rekey => Err(not_built_yet("vault rekey").into()),
        VaultCommand::Backup { .. } => Err(not_built_yet("vault backup").into()),
        VaultCommand::Restore { .. } => Err(not_built_yet("vault restore").into()),
    }
}

fn describe(status: &VaultStatus) -> String {
    let state = match status.state {
        VaultState::Absent => "none yet",
        VaultState::Locked => "locked",
        VaultState::Unlocked => "open",
    };
    let slots: Vec<&str> = status.key_slots.iter().map(|slot| slot.kind.as_str()).collect();
    let mut rows = vec![
        vec!["Vault".into(), state.into()],
        vec!["File".into(), status.file.clone()],
        vec!["Keyring".into(), status.keyring.clone()],
    ];
    if !slots.is_empty() {
        rows.push(vec!["Opens with".into(), slots.join(", ")]);
    }
    if let Some(schema) = status.schema {
        rows.push(vec!["Schema".into(), schema.to_string()]);
    }
    let mut text = table(&rows);
    if status.state == VaultState::Absent {
        text.push_str("\nCreate it with: sealpost vault init");
    }
    text
}

/// The keyring, and if there is a vault, whether it opens.
async fn doctor(app: &App, out: &Out) -> Done {
    let check = app.keyring_check().await?;
    let status = app.vault_status().await?;
    let opening = if status.state == VaultState::Locked { app.vault_unlock().await.err() } else { None };
    let healthy = check.usable && opening.is_none();
    let document =
        serde_json::json!({ "keyring": check, "vault": status, "problem": opening, "healthy": healthy });
    let text = out.render(&document, |out| {
        let mut text = format!("{}\n", check.summary);
        for step in &check.steps {
            text.push_str(&format!("  {step}\n"));
        }
        if !check.hint.is_empty() {
            text.push_str(&format!("hint:  {}\n", check.hint));
        }
        match (&opening, status.state) {
            (Some(problem), _) => {
                text.push_str(&out.paint("bad", &format!("The vault does not open: {problem}")));
            }
            (None, VaultState::Absent) => {
                text.push_str(&format!("There is no vault at {} yet.", status.file));
            }
            (None, _) => text.push_str(&out.paint("ok", &format!("The vault at {} opens.", status.file))),
        }
        text
    });
    Ok(if healthy { Ended::Text(text) } else { Ended::Coded(text, NO_KEY) })
}
