//! Writes `ui/src/bindings/`: the types from the views, the commands from the registry.
//!
//! The files are checked in; the test fails when they are stale, and `SEALPOST_WRITE_BINDINGS=1` writes them.

use std::fmt::Write as _;
use std::path::PathBuf;

use ts_rs::{Config, TS};

use crate::problem::{Code, Problem};
use crate::registry::COMMANDS;
use crate::views::*;

fn declarations() -> String {
    let cfg = Config::default();
    let mut out = String::from("// Written by `cargo xtask bindings` from crates/app; do not edit.\n\n");
    out.push_str("export type JsonValue = number | string | boolean | null | JsonValue[] | { [key: string]: JsonValue };\n\n");
    macro_rules! all {
        ($($t:ty),* $(,)?) => { $( let _ = writeln!(out, "export {}\n", <$t as TS>::decl(&cfg)); )* };
    }
    all!(
        sealpost_vault::SecretField,
        sealpost_vault::SecretEdit,
        sealpost_vault::Scope,
        sealpost_vault::AllowedEntity,
        sealpost_vault::CertificateFormat,
        sealpost_vault::CertificateFacts,
        sealpost_vault::Reference,
        sealpost_vault::SourceAuthMethod,
        sealpost_vault::ExternalVault,
        sealpost_vault::Details,
        sealpost_vault::Severity,
        sealpost_vault::IssueCode,
        sealpost_vault::Issue,
        Code,
        Problem,
        VaultState,
        sealpost_vault::UnlockMode,
        KeySlotView,
        VaultStatus,
        KeyringCheck,
        BackupView,
        FileChosen,
        PortableDone,
        DrillView,
        BackupStatus,
        BackupDone,
        RestoreDone,
        RekeyDone,
        RekeyNeeds,
        UnfinishedKey,
        UnreadableView,
        ContentsView,
        DoctorReport,
        DetailLine,
        ActivityEntry,
        ActivityPage,
        AttemptLine,
        AttemptReport,
        AttemptEvidence,
        ExchangeView,
        Settings,
        CopyReceipt,
        Protection,
        ProtectionState,
        AppEvent,
        SyncState,
        DraftQuery,
        Pip,
        DraftRow,
        DraftCounts,
        DraftList,
        SecretFieldView,
        OverrideContent,
        OverrideView,
        DraftContent,
        DraftView,
        DraftSave,
        DraftCheck,
        RevisionView,
        UseView,
        UnsavedSave,
        UnsavedSecret,
        UnsavedEnvironment,
        UnsavedForm,
        UnsavedView,
        ProbeCheck,
        ProbeView,
        EnvironmentView,
        EnvironmentSave,
        UrlCheck,
        UsageView,
        PublicationView,
        PlanAction,
        FieldChange,
        OwnerChange,
        MonitorView,
        FoundSet,
        ConflictField,
        FieldStanding,
        StandingField,
        DriftSettlement,
        DriftField,
        DriftView,
        PlanRow,
        PlanEnvironment,
        PlanView,
        AdoptChoice,
        PublishStart,
        RunState,
        RunItem,
        RunView,
        RunMoved,
        MovedItem,
        RunCounts,
        RemoteSetView,
        RemoteView,
        IgnoredSet,
        AdoptedSets,
        LeftSet,
        MatrixQuery,
        MatrixCell,
        MatrixRow,
        MatrixEnvironment,
        MatrixView,
        RotationStart,
        RotatedState,
        RotationPhase,
        PreviousSecret,
        RotatedEnvironment,
        RotationView,
        GroupView,
        GroupSave,
        ReconcileOutcome,
        ReconcileItem,
        ReconcileView,
        ReconcileChoice,
        UnfinishedRun,
    );
    out
}

fn commands() -> String {
    let mut out = String::from("// Written by `cargo xtask bindings` from crates/app; do not edit.\n\n");
    out.push_str("import type * as t from \"./types\";\n\n/** Every command the window may call: its arguments and its answer. */\nexport interface Commands {\n");
    for c in COMMANDS {
        let args = if c.args.is_empty() {
            "Record<string, never>".to_owned()
        } else {
            format!("{{ {} }}", qualify(c.args))
        };
        let _ = writeln!(out, "  {}: {{ args: {}; answer: {} }};", c.name, args, qualify(c.answer));
    }
    out.push_str("}\n");
    out.push_str("\n/** Arguments that are encrypted on their way to the program. */\n");
    out.push_str(
        "export const ENCRYPTED_ARGUMENTS: Partial<Record<keyof Commands, readonly string[]>> = {\n",
    );
    for c in COMMANDS.iter().filter(|c| !c.encrypted.is_empty()) {
        let _ = writeln!(out, "  {}: {:?},", c.name, c.encrypted);
    }
    out.push_str("};\n\n/** Commands whose answer is encrypted on its way to the page. */\n");
    out.push_str("export const ENCRYPTED_ANSWERS: readonly (keyof Commands)[] = ");
    let answers: Vec<&str> = COMMANDS.iter().filter(|c| c.encrypts_answer).map(|c| c.name).collect();
    let _ = writeln!(out, "{answers:?};");
    out
}

/// `DraftQuery` becomes `t.DraftQuery`; keywords and member names stay.
fn qualify(ts: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in ts.chars().chain(std::iter::once('\0')) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            if word.chars().next().is_some_and(char::is_uppercase) {
                out.push_str("t.");
            }
            out.push_str(&word);
            word.clear();
            if c != '\0' {
                out.push(c);
            }
        }
    }
    out
}

#[test]
fn the_bindings_of_the_window_are_up_to_date() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bindings");
    for (name, want) in [("types.ts", declarations()), ("commands.ts", commands())] {
        let path = dir.join(name);
        if std::env::var_os("SEALPOST_WRITE_BINDINGS").is_some() {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(&path, &want).unwrap();
        }
        let have = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(have == want, "{name} is stale: run `cargo xtask bindings`");
    }
}
