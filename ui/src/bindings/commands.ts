// Written by `cargo xtask bindings` from crates/app; do not edit.

import type * as t from "./types";

/** Every command the window may call: its arguments and its answer. */
export interface Commands {
  vault_status: { args: Record<string, never>; answer: t.VaultStatus };
  vault_create: { args: Record<string, never>; answer: t.VaultStatus };
  vault_create_with: { args: { passphrase: string }; answer: t.VaultStatus };
  vault_unlock: { args: Record<string, never>; answer: t.VaultStatus };
  vault_unlock_with: { args: { passphrase: string }; answer: t.VaultStatus };
  vault_recover: { args: { secret: string }; answer: t.VaultStatus };
  vault_lock: { args: Record<string, never>; answer: t.VaultStatus };
  activity_seen: { args: { agoMs: number }; answer: null };
  close_heard: { args: Record<string, never>; answer: null };
  window_close: { args: Record<string, never>; answer: null };
  recovery_make: { args: Record<string, never>; answer: string };
  recovery_ask: { args: Record<string, never>; answer: number[] };
  recovery_confirm: { args: { groups: string[] }; answer: t.VaultStatus };
  passphrase_set: { args: { passphrase: string; mode: t.UnlockMode }; answer: t.VaultStatus };
  recovery_copy: { args: Record<string, never>; answer: t.CopyReceipt };
  unlock_test: { args: { secret: string }; answer: t.VaultStatus };
  passphrase_remove: { args: Record<string, never>; answer: t.VaultStatus };
  vault_rekey: { args: { groups: string[]; passphrase?: string }; answer: t.RekeyDone };
  vault_rekey_resume: { args: { secret?: string }; answer: t.RekeyDone };
  vault_rekey_discard: { args: Record<string, never>; answer: t.VaultStatus };
  slot_remove: { args: { kind: string }; answer: t.VaultStatus };
  keyring_check: { args: Record<string, never>; answer: t.KeyringCheck };
  vault_doctor: { args: Record<string, never>; answer: t.DoctorReport };
  doctor_save: { args: Record<string, never>; answer: t.DoctorReport | null };
  backup_status: { args: Record<string, never>; answer: t.BackupStatus };
  backup_now: { args: Record<string, never>; answer: t.BackupDone };
  backup_drill: { args: Record<string, never>; answer: t.DrillView };
  backup_to_file: { args: Record<string, never>; answer: t.BackupDone | null };
  backup_restore: { args: { file?: string; secret?: string }; answer: t.RestoreDone };
  file_choose: { args: { title: string }; answer: t.FileChosen | null };
  backup_restore_chosen: { args: { secret?: string }; answer: t.RestoreDone };
  portable_export: { args: { passphrase: string }; answer: t.PortableDone | null };
  portable_import_chosen: { args: { passphrase: string }; answer: t.PortableDone };
  draft_list: { args: { query: t.DraftQuery }; answer: t.DraftList };
  draft_get: { args: { id: string }; answer: t.DraftView };
  draft_check: { args: { save: t.DraftSave }; answer: t.DraftCheck };
  draft_save: { args: { save: t.DraftSave }; answer: t.DraftView };
  draft_delete: { args: { ids: string[] }; answer: number };
  draft_restore: { args: { ids: string[] }; answer: number };
  draft_duplicate: { args: { id: string }; answer: t.DraftView };
  draft_history: { args: { id: string }; answer: t.RevisionView[] };
  draft_roll_back: { args: { id: string; revision: number; expectedRevision: number }; answer: t.DraftView };
  draft_samples: { args: Record<string, never>; answer: number };
  unsaved_keep: { args: { save: t.UnsavedSave }; answer: string };
  unsaved_list: { args: Record<string, never>; answer: t.UnsavedView[] };
  unsaved_drop: { args: { name: string }; answer: null };
  dropped_read: { args: Record<string, never>; answer: string };
  draft_uses: { args: { id: string; environmentId: string }; answer: t.UseView[] };
  encryption_key: { args: Record<string, never>; answer: string };
  secret_reveal: { args: { id: string; field: t.SecretField; environmentId?: string }; answer: string };
  secret_copy: { args: { id: string; field: t.SecretField; environmentId?: string }; answer: t.CopyReceipt };
  text_copy: { args: { text: string }; answer: null };
  clipboard_clear: { args: Record<string, never>; answer: null };
  env_list: { args: Record<string, never>; answer: t.EnvironmentView[] };
  env_save: { args: { save: t.EnvironmentSave }; answer: t.EnvironmentView };
  env_delete: { args: { id: string }; answer: null };
  env_test: { args: { id?: string; save?: t.EnvironmentSave }; answer: t.ProbeView };
  group_list: { args: Record<string, never>; answer: t.GroupView[] };
  group_save: { args: { save: t.GroupSave }; answer: t.GroupView };
  group_delete: { args: { id: string }; answer: null };
  url_check: { args: { url: string }; answer: t.UrlCheck };
  sandbox_start: { args: Record<string, never>; answer: t.EnvironmentView };
  publish_plan: { args: { draftIds: string[]; environmentIds: string[] }; answer: t.PlanView };
  publish_start: { args: { start: t.PublishStart }; answer: t.RunView };
  publish_state: { args: Record<string, never>; answer: t.RunView | null };
  publish_moved: { args: { id: string; after: number }; answer: t.RunMoved | null };
  publish_cancel: { args: Record<string, never>; answer: null };
  publish_unfinished: { args: Record<string, never>; answer: t.UnfinishedRun | null };
  publish_resume: { args: Record<string, never>; answer: t.PlanView };
  publish_take_theirs: { args: { planId: string; row: string }; answer: t.DraftView };
  rotation_start: { args: { start: t.RotationStart }; answer: t.RotationView };
  rotation_list: { args: Record<string, never>; answer: t.RotationView[] };
  rotation_plan: { args: { draftId: string; rest: boolean }; answer: t.PlanView };
  rotation_roll_back: { args: { draftId: string; environmentId: string; revision?: number }; answer: t.PlanView };
  rotation_roll_forward: { args: { draftId: string; environmentId: string }; answer: t.DraftView };
  rotation_end: { args: { draftId: string }; answer: null };
  unpublish_plan: { args: { draftIds: string[]; environmentIds: string[] }; answer: t.PlanView };
  reconcile: { args: { choices: t.ReconcileChoice[] }; answer: t.ReconcileView };
  unresolved_count: { args: Record<string, never>; answer: number };
  publication_refresh: { args: { draftIds: string[] }; answer: number };
  remote_list: { args: { environmentId: string }; answer: t.RemoteSetView[] };
  remote_adopt: { args: { environmentId: string; remoteId: string; draftId?: string }; answer: t.DraftView };
  remote_adopt_all: { args: { environmentId: string; remoteIds: string[] }; answer: t.AdoptedSets };
  remote_ignore: { args: { environmentId: string; remoteIds: string[]; ignore: boolean }; answer: t.RemoteView };
  matrix: { args: { query: t.MatrixQuery }; answer: t.MatrixView };
  remote_look: { args: { environmentId: string }; answer: t.RemoteView };
  remote_seen: { args: { environmentId: string }; answer: t.RemoteView };
  drift_settle: { args: { draftId: string; environmentId: string; paths: string[]; how: t.DriftSettlement }; answer: t.DriftView };
  drift_take_theirs: { args: { draftId: string; environmentId: string }; answer: t.DraftView };
  drift_forget: { args: { draftId: string; environmentId: string }; answer: null };
  activity_list: { args: { before?: number; limit?: number }; answer: t.ActivityPage };
  protection_list: { args: Record<string, never>; answer: t.Protection[] };
  attempt_report: { args: { since?: number }; answer: t.AttemptReport };
  attempt_evidence: { args: { id: string }; answer: t.AttemptEvidence };
  settings_get: { args: Record<string, never>; answer: t.Settings };
  settings_set: { args: { settings: t.Settings }; answer: t.Settings };
}

/** Arguments that are encrypted on their way to the program. */
export const ENCRYPTED_ARGUMENTS: Partial<Record<keyof Commands, readonly string[]>> = {
  vault_create_with: ["passphrase"],
  vault_unlock_with: ["passphrase"],
  vault_recover: ["secret"],
  recovery_confirm: ["groups"],
  passphrase_set: ["passphrase"],
  unlock_test: ["secret"],
  vault_rekey: ["groups", "passphrase"],
  vault_rekey_resume: ["secret"],
  backup_restore: ["secret"],
  backup_restore_chosen: ["secret"],
  portable_export: ["passphrase"],
  portable_import_chosen: ["passphrase"],
  draft_check: ["save"],
  draft_save: ["save"],
  unsaved_keep: ["save"],
  env_save: ["save"],
  env_test: ["save"],
  url_check: ["url"],
  rotation_start: ["start"],
};

/** Commands whose answer is encrypted on its way to the page. */
export const ENCRYPTED_ANSWERS: readonly (keyof Commands)[] = ["recovery_make", "dropped_read", "secret_reveal"];
