//! The list of commands the window may call. It exists once: it feeds the TypeScript bindings, the manifest that
//! Tauri's permissions are made from, and the test that the shell handles exactly these.

/// One command: its name, its arguments and its answer as TypeScript.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Name as called.
    pub name: &'static str,
    /// Arguments, as TypeScript object members.
    pub args: &'static str,
    /// Answer, as a TypeScript type.
    pub answer: &'static str,
}

const fn command(name: &'static str, args: &'static str, answer: &'static str) -> Command {
    Command { name, args, answer }
}

/// All of them, by area.
pub const COMMANDS: &[Command] = &[
    command("vault_status", "", "VaultStatus"),
    command("vault_create", "", "VaultStatus"),
    command("vault_unlock", "", "VaultStatus"),
    command("vault_unlock_with", "passphrase: string", "VaultStatus"),
    command("vault_recover", "secret: string", "VaultStatus"),
    command("vault_lock", "", "VaultStatus"),
    command("close_heard", "", "null"),
    command("window_close", "", "null"),
    command("recovery_make", "", "string"),
    command("recovery_ask", "", "number[]"),
    command("recovery_confirm", "groups: string[]", "VaultStatus"),
    command("passphrase_set", "passphrase: string; mode: UnlockMode", "VaultStatus"),
    command("vault_rekey", "groups: string[]; passphrase?: string", "RekeyDone"),
    command("slot_remove", "kind: string", "VaultStatus"),
    command("keyring_check", "", "KeyringCheck"),
    command("vault_doctor", "", "DoctorReport"),
    command("backup_status", "", "BackupStatus"),
    command("backup_now", "", "BackupDone"),
    command("backup_drill", "", "DrillView"),
    command("backup_restore", "secret?: string", "RestoreDone"),
    command("draft_list", "query: DraftQuery", "DraftList"),
    command("draft_get", "id: string", "DraftView"),
    command("draft_check", "save: DraftSave", "DraftCheck"),
    command("draft_save", "save: DraftSave", "DraftView"),
    command("draft_delete", "ids: string[]", "number"),
    command("draft_restore", "ids: string[]", "number"),
    command("draft_duplicate", "id: string", "DraftView"),
    command("draft_history", "id: string", "RevisionView[]"),
    command("draft_roll_back", "id: string; revision: number; expectedRevision: number", "DraftView"),
    command("draft_samples", "", "number"),
    command("unsaved_keep", "save: UnsavedSave", "string"),
    command("unsaved_list", "", "UnsavedView[]"),
    command("unsaved_drop", "name: string", "null"),
    command("draft_uses", "id: string; environmentId: string", "UseView[]"),
    command("secret_reveal", "id: string; field: SecretField", "string"),
    command("secret_copy", "id: string; field: SecretField", "CopyReceipt"),
    command("text_copy", "text: string", "null"),
    command("clipboard_clear", "", "null"),
    command("env_list", "", "EnvironmentView[]"),
    command("env_save", "save: EnvironmentSave", "EnvironmentView"),
    command("env_delete", "id: string", "null"),
    command("env_test", "id?: string; save?: EnvironmentSave", "ProbeView"),
    command("url_check", "url: string", "UrlCheck"),
    command("sandbox_start", "", "EnvironmentView"),
    command("publish_plan", "draftIds: string[]; environmentIds: string[]", "PlanView"),
    command("publish_start", "start: PublishStart", "RunView"),
    command("publish_state", "", "RunView | null"),
    command("publish_moved", "id: string; after: number", "RunMoved | null"),
    command("publish_cancel", "", "null"),
    command("publish_unfinished", "", "UnfinishedRun | null"),
    command("publish_resume", "", "PlanView"),
    command("publish_take_theirs", "planId: string; row: string", "DraftView"),
    command("unpublish_plan", "draftIds: string[]; environmentIds: string[]", "PlanView"),
    command("reconcile", "choices: ReconcileChoice[]", "ReconcileView"),
    command("unresolved_count", "", "number"),
    command("publication_refresh", "draftIds: string[]", "number"),
    command("remote_list", "environmentId: string", "RemoteSetView[]"),
    command("remote_adopt", "environmentId: string; remoteId: string; draftId?: string", "DraftView"),
    command("matrix", "query: MatrixQuery", "MatrixView"),
    command("remote_look", "environmentId: string", "RemoteView"),
    command("remote_seen", "environmentId: string", "RemoteView"),
    command(
        "drift_settle",
        "draftId: string; environmentId: string; paths: string[]; how: DriftSettlement",
        "DriftView",
    ),
    command("drift_take_theirs", "draftId: string; environmentId: string", "DraftView"),
    command("drift_forget", "draftId: string; environmentId: string", "null"),
    command("activity_list", "before?: number; limit?: number", "ActivityPage"),
    command("protection_list", "", "Protection[]"),
    command("attempt_report", "since?: number", "AttemptReport"),
    command("attempt_evidence", "id: string", "AttemptEvidence"),
    command("settings_get", "", "Settings"),
    command("settings_set", "settings: Settings", "Settings"),
];
