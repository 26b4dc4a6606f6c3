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
    /// Arguments that carry what is secret: encrypted on their way from the page (ADR 25).
    pub encrypted: &'static [&'static str],
    /// Is the answer secret, and encrypted on its way to the page?
    pub encrypts_answer: bool,
}

impl Command {
    const fn encrypting(self, encrypted: &'static [&'static str]) -> Self {
        Self { encrypted, ..self }
    }

    const fn encrypting_its_answer(self) -> Self {
        Self { encrypts_answer: true, ..self }
    }
}

const fn command(name: &'static str, args: &'static str, answer: &'static str) -> Command {
    Command { name, args, answer, encrypted: &[], encrypts_answer: false }
}

/// All of them, by area.
pub const COMMANDS: &[Command] = &[
    command("vault_status", "", "VaultStatus"),
    command("vault_create", "", "VaultStatus"),
    command("vault_create_with", "passphrase: string", "VaultStatus").encrypting(&["passphrase"]),
    command("vault_unlock", "", "VaultStatus"),
    command("vault_unlock_with", "passphrase: string", "VaultStatus").encrypting(&["passphrase"]),
    command("vault_recover", "secret: string", "VaultStatus").encrypting(&["secret"]),
    command("vault_lock", "", "VaultStatus"),
    command("activity_seen", "agoMs: number", "null"),
    command("close_heard", "", "null"),
    command("window_close", "", "null"),
    command("recovery_make", "", "string").encrypting_its_answer(),
    command("recovery_ask", "", "number[]"),
    command("recovery_confirm", "groups: string[]", "VaultStatus").encrypting(&["groups"]),
    command("passphrase_set", "passphrase: string; mode: UnlockMode", "VaultStatus")
        .encrypting(&["passphrase"]),
    command("recovery_copy", "", "CopyReceipt"),
    command("unlock_test", "secret: string", "VaultStatus").encrypting(&["secret"]),
    command("passphrase_remove", "", "VaultStatus"),
    command("vault_rekey", "groups: string[]; passphrase?: string", "RekeyDone")
        .encrypting(&["groups", "passphrase"]),
    command("vault_rekey_resume", "secret?: string", "RekeyDone").encrypting(&["secret"]),
    command("vault_rekey_discard", "", "VaultStatus"),
    command("slot_remove", "kind: string", "VaultStatus"),
    command("keyring_check", "", "KeyringCheck"),
    command("vault_doctor", "", "DoctorReport"),
    command("doctor_save", "", "DoctorReport | null"),
    command("backup_status", "", "BackupStatus"),
    command("backup_now", "", "BackupDone"),
    command("backup_drill", "", "DrillView"),
    command("backup_to_file", "", "BackupDone | null"),
    command("backup_restore", "file?: string; secret?: string", "RestoreDone").encrypting(&["secret"]),
    command("file_choose", "title: string", "FileChosen | null"),
    command("backup_restore_chosen", "secret?: string", "RestoreDone").encrypting(&["secret"]),
    command("portable_export", "passphrase: string", "PortableDone | null").encrypting(&["passphrase"]),
    command("portable_import_chosen", "passphrase: string", "PortableDone").encrypting(&["passphrase"]),
    command("draft_list", "query: DraftQuery", "DraftList"),
    command("draft_get", "id: string", "DraftView"),
    command("draft_check", "save: DraftSave", "DraftCheck").encrypting(&["save"]),
    command("draft_save", "save: DraftSave", "DraftView").encrypting(&["save"]),
    command("draft_delete", "ids: string[]", "number"),
    command("draft_restore", "ids: string[]", "number"),
    command("draft_duplicate", "id: string", "DraftView"),
    command("draft_history", "id: string", "RevisionView[]"),
    command("draft_roll_back", "id: string; revision: number; expectedRevision: number", "DraftView"),
    command("draft_samples", "", "number"),
    command("unsaved_keep", "save: UnsavedSave", "string").encrypting(&["save"]),
    command("unsaved_list", "", "UnsavedView[]"),
    command("unsaved_drop", "name: string", "null"),
    command("dropped_read", "", "string").encrypting_its_answer(),
    command("draft_uses", "id: string; environmentId: string", "UseView[]"),
    command("encryption_key", "", "string"),
    command("secret_reveal", "id: string; field: SecretField; environmentId?: string", "string")
        .encrypting_its_answer(),
    command("secret_copy", "id: string; field: SecretField; environmentId?: string", "CopyReceipt"),
    command("text_copy", "text: string", "null"),
    command("clipboard_clear", "", "null"),
    command("env_list", "", "EnvironmentView[]"),
    command("env_save", "save: EnvironmentSave", "EnvironmentView").encrypting(&["save"]),
    command("env_delete", "id: string", "null"),
    command("env_test", "id?: string; save?: EnvironmentSave", "ProbeView").encrypting(&["save"]),
    command("group_list", "", "GroupView[]"),
    command("group_save", "save: GroupSave", "GroupView"),
    command("group_delete", "id: string", "null"),
    command("url_check", "url: string", "UrlCheck").encrypting(&["url"]),
    command("sandbox_start", "", "EnvironmentView"),
    command("publish_plan", "draftIds: string[]; environmentIds: string[]", "PlanView"),
    command("publish_start", "start: PublishStart", "RunView"),
    command("publish_state", "", "RunView | null"),
    command("publish_moved", "id: string; after: number", "RunMoved | null"),
    command("publish_cancel", "", "null"),
    command("publish_unfinished", "", "UnfinishedRun | null"),
    command("publish_resume", "", "PlanView"),
    command("publish_take_theirs", "planId: string; row: string", "DraftView"),
    command("rotation_start", "start: RotationStart", "RotationView").encrypting(&["start"]),
    command("rotation_list", "", "RotationView[]"),
    command("rotation_plan", "draftId: string; rest: boolean", "PlanView"),
    command("rotation_roll_back", "draftId: string; environmentId: string; revision?: number", "PlanView"),
    command("rotation_roll_forward", "draftId: string; environmentId: string", "DraftView"),
    command("rotation_end", "draftId: string", "null"),
    command("unpublish_plan", "draftIds: string[]; environmentIds: string[]", "PlanView"),
    command("reconcile", "choices: ReconcileChoice[]", "ReconcileView"),
    command("unresolved_count", "", "number"),
    command("publication_refresh", "draftIds: string[]", "number"),
    command("remote_list", "environmentId: string", "RemoteSetView[]"),
    command("remote_adopt", "environmentId: string; remoteId: string; draftId?: string", "DraftView"),
    command("remote_adopt_all", "environmentId: string; remoteIds: string[]", "AdoptedSets"),
    command("remote_ignore", "environmentId: string; remoteIds: string[]; ignore: boolean", "RemoteView"),
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
