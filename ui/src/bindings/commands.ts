// Written by `cargo xtask bindings` from crates/app; do not edit.

import type * as t from "./types";

/** Every command the window may call: its arguments and its answer. */
export interface Commands {
  vault_status: { args: Record<string, never>; answer: t.VaultStatus };
  vault_create: { args: Record<string, never>; answer: t.VaultStatus };
  vault_unlock: { args: Record<string, never>; answer: t.VaultStatus };
  vault_unlock_with: { args: { passphrase: string }; answer: t.VaultStatus };
  vault_recover: { args: { secret: string }; answer: t.VaultStatus };
  vault_lock: { args: Record<string, never>; answer: t.VaultStatus };
  close_heard: { args: Record<string, never>; answer: null };
  window_close: { args: Record<string, never>; answer: null };
  recovery_make: { args: Record<string, never>; answer: string };
  recovery_ask: { args: Record<string, never>; answer: number[] };
  recovery_confirm: { args: { groups: string[] }; answer: t.VaultStatus };
  passphrase_set: { args: { passphrase: string; mode: t.UnlockMode }; answer: t.VaultStatus };
  vault_rekey: { args: { groups: string[]; passphrase?: string }; answer: t.RekeyDone };
  slot_remove: { args: { kind: string }; answer: t.VaultStatus };
  keyring_check: { args: Record<string, never>; answer: t.KeyringCheck };
  vault_doctor: { args: Record<string, never>; answer: t.DoctorReport };
  backup_status: { args: Record<string, never>; answer: t.BackupStatus };
  backup_now: { args: Record<string, never>; answer: t.BackupDone };
  backup_drill: { args: Record<string, never>; answer: t.DrillView };
  backup_restore: { args: { secret?: string }; answer: t.RestoreDone };
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
  draft_uses: { args: { id: string; environmentId: string }; answer: t.UseView[] };
  secret_reveal: { args: { id: string; field: t.SecretField }; answer: string };
  secret_copy: { args: { id: string; field: t.SecretField }; answer: t.CopyReceipt };
  text_copy: { args: { text: string }; answer: null };
  clipboard_clear: { args: Record<string, never>; answer: null };
  env_list: { args: Record<string, never>; answer: t.EnvironmentView[] };
  env_save: { args: { save: t.EnvironmentSave }; answer: t.EnvironmentView };
  env_delete: { args: { id: string }; answer: null };
  env_test: { args: { id?: string; save?: t.EnvironmentSave }; answer: t.ProbeView };
  url_check: { args: { url: string }; answer: t.UrlCheck };
  sandbox_start: { args: Record<string, never>; answer: t.EnvironmentView };
  publish_plan: { args: { draftIds: string[]; environmentIds: string[] }; answer: t.PlanView };
  publish_start: { args: { start: t.PublishStart }; answer: t.RunView };
  publish_state: { args: Record<string, never>; answer: t.RunView | null };
  publish_cancel: { args: Record<string, never>; answer: null };
  publish_unfinished: { args: Record<string, never>; answer: t.UnfinishedRun | null };
  publish_resume: { args: Record<string, never>; answer: t.PlanView };
  publish_take_theirs: { args: { planId: string; row: string }; answer: t.DraftView };
  unpublish_plan: { args: { draftIds: string[]; environmentIds: string[] }; answer: t.PlanView };
  reconcile: { args: { choices: t.ReconcileChoice[] }; answer: t.ReconcileView };
  unresolved_count: { args: Record<string, never>; answer: number };
  publication_refresh: { args: { draftIds: string[] }; answer: number };
  remote_list: { args: { environmentId: string }; answer: t.RemoteSetView[] };
  remote_adopt: { args: { environmentId: string; remoteId: string; draftId?: string }; answer: t.DraftView };
  activity_list: { args: { before?: number; limit?: number }; answer: t.ActivityPage };
  protection_list: { args: Record<string, never>; answer: t.Protection[] };
  attempt_report: { args: { since?: number }; answer: t.AttemptReport };
  settings_get: { args: Record<string, never>; answer: t.Settings };
  settings_set: { args: { settings: t.Settings }; answer: t.Settings };
}
