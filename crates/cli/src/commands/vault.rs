//! The vault itself.

use sealpost_app::parts::UnlockMode;
use sealpost_app::views::{Protection, ProtectionState, VaultState, VaultStatus};
use serde::Serialize;

use super::{Done, Vaulted, opened};
use crate::args::VaultCommand;
use crate::input::way_in_from;
use crate::output::{Out, table};

/// The vault, and what guards the memory of a program that opens it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(flatten)]
    status: VaultStatus,
    protections: Vec<Protection>,
}

pub(super) async fn run(vaulted: &Vaulted<'_>, out: &mut Out, command: VaultCommand) -> Done {
    let app = vaulted.app;
    match command {
        VaultCommand::Init { recovery_to, unlock } => vaulted.init(out, recovery_to, unlock).await,
        VaultCommand::Status => {
            let status = app.vault_status().await?;
            let protections = app.protections(crate::WIPES_FREED_MEMORY).await?;
            let document = Status { status, protections };
            Ok(out.view(&document, |_| describe(&document)))
        }
        VaultCommand::UnlockTest { from: Some(source) } => {
            let status = app.unlock_test(way_in_from(&source)?).await?;
            let text = || format!("{} opens with it. Nothing was changed.", status.file);
            Ok(out.view(&status, |_| text()))
        }
        VaultCommand::UnlockTest { from: None } => {
            let status = opened(vaulted).await?.0.vault_status().await?;
            let text = || format!("{} opens with {}.", status.file, way_in(&status));
            Ok(out.view(&status, |_| text()))
        }
        VaultCommand::Doctor { report, export_unreadable, accept_rows } => {
            vaulted.doctor(out, report, export_unreadable, accept_rows).await
        }
        VaultCommand::Recovery { to, from, remove } => vaulted.recovery(out, to, from, remove).await,
        VaultCommand::Passphrase { from, unlock, remove } => {
            vaulted.passphrase(out, from, unlock, remove).await
        }
        VaultCommand::Rekey { resume: true, .. } => vaulted.rekey_resume(out).await,
        VaultCommand::Rekey { discard: true, .. } => vaulted.rekey_discard(out).await,
        VaultCommand::Rekey { recovery_to, wrap_only, .. } => {
            vaulted.rekey(out, recovery_to, wrap_only).await
        }
        VaultCommand::Backup { list: true, .. } => vaulted.backups(out).await,
        VaultCommand::Backup { drill: true, .. } => vaulted.drill(out).await,
        VaultCommand::Backup { file, portable, under, .. } => {
            vaulted.backup(out, file, portable, under).await
        }
        VaultCommand::Restore { file, from } => vaulted.restore(out, file, from).await,
    }
}

/// What opens the vault from day to day, as part of a sentence.
pub(super) fn way_in(status: &VaultStatus) -> String {
    match status.unlock_mode {
        UnlockMode::Keyring => format!("its key from {}", status.keyring),
        UnlockMode::Either => format!("its key from {}, or with its passphrase", status.keyring),
        UnlockMode::Both => format!("its key from {} together with its passphrase", status.keyring),
        UnlockMode::Passphrase => "its passphrase".to_owned(),
    }
}

fn describe(Status { status, protections }: &Status) -> String {
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
    if status.key_slots.iter().all(|slot| slot.kind != "recovery") && !status.key_slots.is_empty() {
        rows.push(vec!["Recovery".into(), "no code yet: sealpost vault recovery".into()]);
    }
    if let Some(schema) = status.schema {
        rows.push(vec!["Schema".into(), schema.to_string()]);
    }
    rows.extend(protections.iter().map(|one| vec![protection(&one.name).into(), state_of(one).into()]));
    let mut text = table(&rows);
    if status.state == VaultState::Absent {
        text.push_str("\nCreate it with: sealpost vault init");
    }
    text
}

fn protection(name: &str) -> &str {
    match name {
        "coreDumps" => "No core dumps",
        "memory" => "Memory closed to others",
        "lockedKeys" => "Keys kept out of swap",
        "wipedMemory" => "Freed memory wiped",
        other => other,
    }
}

const fn state_of(one: &Protection) -> &'static str {
    match one.state {
        ProtectionState::On => "on",
        ProtectionState::Off => "off",
        ProtectionState::Unavailable => "not on this system",
    }
}
