//! Every command of the window: three lines each, no logic. The list is the app's (`registry.rs`); a test holds the two
//! against each other.

use std::time::Duration;

use sealpost_app::App;
use sealpost_app::parts::{SecretField, SecretValue, UnlockMode};
use sealpost_app::problem::Problem;
use sealpost_app::views::*;
use tauri::{State, Wry};

use crate::clipboard::Clipboard;
use crate::closing::{self, Closing};
use crate::system_lock::Signals;

type Answer<T> = Result<T, Problem>;

#[tauri::command]
async fn vault_status(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_status().await
}

#[tauri::command]
async fn vault_create(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_create().await
}

#[tauri::command]
async fn vault_unlock(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_unlock().await
}

#[tauri::command]
async fn vault_unlock_with(app: State<'_, App>, passphrase: SecretValue) -> Answer<VaultStatus> {
    app.vault_unlock_with(passphrase).await
}

#[tauri::command]
async fn vault_recover(app: State<'_, App>, secret: SecretValue) -> Answer<VaultStatus> {
    app.vault_recover(secret).await
}

/// Gives a fresh recovery code to the webview, to be written down.
#[tauri::command]
async fn recovery_make(app: State<'_, App>) -> Answer<String> {
    let code = app.recovery_make().await?;
    Ok(code.0.expose_text().unwrap_or_default().to_owned())
}

#[tauri::command]
async fn recovery_ask(app: State<'_, App>) -> Answer<Vec<u32>> {
    app.recovery_ask()
}

#[tauri::command]
async fn recovery_confirm(app: State<'_, App>, groups: Vec<SecretValue>) -> Answer<VaultStatus> {
    app.recovery_confirm(groups).await
}

#[tauri::command]
async fn passphrase_set(
    app: State<'_, App>,
    passphrase: SecretValue,
    mode: UnlockMode,
) -> Answer<VaultStatus> {
    app.passphrase_set(passphrase, mode).await
}

#[tauri::command]
async fn vault_rekey(
    app: State<'_, App>,
    groups: Vec<SecretValue>,
    passphrase: Option<SecretValue>,
) -> Answer<RekeyDone> {
    app.rekey(groups, passphrase).await
}

#[tauri::command]
async fn slot_remove(app: State<'_, App>, kind: String) -> Answer<VaultStatus> {
    app.slot_remove(kind).await
}

#[tauri::command]
async fn vault_lock(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_lock().await
}

#[tauri::command]
async fn close_heard(closing: State<'_, Closing>) -> Answer<()> {
    closing.heard();
    Ok(())
}

#[tauri::command]
async fn window_close(app: State<'_, App>, window: tauri::WebviewWindow) -> Answer<()> {
    closing::close(&app, &window).await;
    Ok(())
}

#[tauri::command]
async fn keyring_check(app: State<'_, App>) -> Answer<KeyringCheck> {
    app.keyring_check().await
}

#[tauri::command]
async fn vault_doctor(app: State<'_, App>) -> Answer<DoctorReport> {
    app.doctor().await
}

#[tauri::command]
async fn backup_status(app: State<'_, App>) -> Answer<BackupStatus> {
    app.backup_status().await
}

#[tauri::command]
async fn backup_now(app: State<'_, App>) -> Answer<BackupDone> {
    app.backup_now().await
}

#[tauri::command]
async fn backup_drill(app: State<'_, App>) -> Answer<DrillView> {
    app.backup_drill().await
}

/// Puts the newest copy in the vault's place.
#[tauri::command]
async fn backup_restore(app: State<'_, App>, secret: Option<SecretValue>) -> Answer<RestoreDone> {
    app.restore(None, secret).await
}

#[tauri::command]
async fn draft_list(app: State<'_, App>, query: DraftQuery) -> Answer<DraftList> {
    app.draft_list(query).await
}

#[tauri::command]
async fn draft_get(app: State<'_, App>, id: String) -> Answer<DraftView> {
    app.draft_get(&id).await
}

#[tauri::command]
async fn draft_check(app: State<'_, App>, save: DraftSave) -> Answer<DraftCheck> {
    app.draft_check(save).await
}

#[tauri::command]
async fn draft_save(app: State<'_, App>, save: DraftSave) -> Answer<DraftView> {
    app.draft_save(save).await
}

#[tauri::command]
async fn draft_delete(app: State<'_, App>, ids: Vec<String>) -> Answer<u32> {
    app.draft_delete(&ids).await
}

#[tauri::command]
async fn draft_restore(app: State<'_, App>, ids: Vec<String>) -> Answer<u32> {
    app.draft_restore(&ids).await
}

#[tauri::command]
async fn draft_duplicate(app: State<'_, App>, id: String) -> Answer<DraftView> {
    app.draft_duplicate(&id).await
}

#[tauri::command]
async fn draft_history(app: State<'_, App>, id: String) -> Answer<Vec<RevisionView>> {
    app.draft_history(&id).await
}

#[tauri::command]
async fn draft_roll_back(
    app: State<'_, App>,
    id: String,
    revision: u32,
    expected_revision: u32,
) -> Answer<DraftView> {
    app.draft_roll_back(&id, revision, expected_revision).await
}

#[tauri::command]
async fn draft_samples(app: State<'_, App>) -> Answer<u32> {
    app.draft_samples().await
}

#[tauri::command]
async fn draft_uses(app: State<'_, App>, id: String, environment_id: String) -> Answer<Vec<UseView>> {
    app.draft_uses(&id, &environment_id).await
}

#[tauri::command]
async fn unsaved_keep(app: State<'_, App>, save: UnsavedSave) -> Answer<String> {
    app.unsaved_keep(save).await
}

#[tauri::command]
async fn unsaved_list(app: State<'_, App>) -> Answer<Vec<UnsavedView>> {
    app.unsaved_list().await
}

#[tauri::command]
async fn unsaved_drop(app: State<'_, App>, name: String) -> Answer<()> {
    app.unsaved_drop(&name).await
}

#[tauri::command]
async fn env_list(app: State<'_, App>) -> Answer<Vec<EnvironmentView>> {
    app.env_list().await
}

#[tauri::command]
async fn env_save(app: State<'_, App>, save: EnvironmentSave) -> Answer<EnvironmentView> {
    app.env_save(save).await
}

#[tauri::command]
async fn env_delete(app: State<'_, App>, id: String) -> Answer<()> {
    app.env_delete(&id).await
}

#[tauri::command]
async fn env_test(
    app: State<'_, App>,
    id: Option<String>,
    save: Option<EnvironmentSave>,
) -> Answer<ProbeView> {
    app.env_test(id.as_deref(), save).await
}

#[tauri::command]
async fn sandbox_start(app: State<'_, App>) -> Answer<EnvironmentView> {
    app.sandbox_start().await
}

#[tauri::command]
async fn publish_plan(
    app: State<'_, App>,
    draft_ids: Vec<String>,
    environment_ids: Vec<String>,
) -> Answer<PlanView> {
    app.publish_plan(&draft_ids, &environment_ids).await
}

#[tauri::command]
async fn publish_start(app: State<'_, App>, start: PublishStart) -> Answer<RunView> {
    app.publish_start(start).await
}

#[tauri::command]
async fn publish_state(app: State<'_, App>) -> Answer<Option<RunView>> {
    Ok(app.publish_state())
}

#[tauri::command]
async fn publish_cancel(app: State<'_, App>) -> Answer<()> {
    app.publish_cancel().await
}

#[tauri::command]
async fn publish_unfinished(app: State<'_, App>) -> Answer<Option<UnfinishedRun>> {
    app.publish_unfinished().await
}

#[tauri::command]
async fn publish_resume(app: State<'_, App>) -> Answer<PlanView> {
    app.publish_resume().await
}

#[tauri::command]
async fn publish_take_theirs(app: State<'_, App>, plan_id: String, row: String) -> Answer<DraftView> {
    app.publish_take_theirs(&plan_id, &row).await
}

#[tauri::command]
async fn unpublish_plan(
    app: State<'_, App>,
    draft_ids: Vec<String>,
    environment_ids: Vec<String>,
) -> Answer<PlanView> {
    app.unpublish_plan(&draft_ids, &environment_ids).await
}

#[tauri::command]
async fn reconcile(app: State<'_, App>, choices: Vec<ReconcileChoice>) -> Answer<ReconcileView> {
    app.reconcile(choices).await
}

#[tauri::command]
async fn unresolved_count(app: State<'_, App>) -> Answer<u32> {
    app.unresolved_count().await
}

#[tauri::command]
async fn remote_adopt(
    app: State<'_, App>,
    environment_id: String,
    remote_id: String,
    draft_id: Option<String>,
) -> Answer<DraftView> {
    app.remote_adopt(&environment_id, &remote_id, draft_id.as_deref()).await
}

#[tauri::command]
async fn publication_refresh(app: State<'_, App>, draft_ids: Vec<String>) -> Answer<u32> {
    app.publication_refresh(&draft_ids).await
}

#[tauri::command]
async fn remote_list(app: State<'_, App>, environment_id: String) -> Answer<Vec<RemoteSetView>> {
    app.remote_list(&environment_id).await
}

#[tauri::command]
async fn activity_list(app: State<'_, App>, before: Option<i64>, limit: Option<u32>) -> Answer<ActivityPage> {
    app.activity(before, limit).await
}

#[tauri::command]
async fn protection_list(signals: State<'_, Signals>) -> Answer<Vec<Protection>> {
    Ok(crate::protections::all(&signals))
}

#[tauri::command]
async fn attempt_report(app: State<'_, App>, since: Option<i64>) -> Answer<AttemptReport> {
    app.attempt_report(since).await
}

#[tauri::command]
async fn attempt_evidence(app: State<'_, App>, id: String) -> Answer<AttemptEvidence> {
    app.attempt_evidence(&id).await
}

#[tauri::command]
async fn settings_get(app: State<'_, App>) -> Answer<Settings> {
    app.settings().await
}

#[tauri::command]
async fn settings_set(app: State<'_, App>, settings: Settings) -> Answer<Settings> {
    app.set_settings(settings).await
}

/// The one command that gives a secret to the webview. It has a permission of its own.
#[tauri::command]
async fn secret_reveal(app: State<'_, App>, id: String, field: SecretField) -> Answer<String> {
    let secret = app.secret_reveal(&id, field).await?;
    Ok(secret.0.expose_text().unwrap_or_default().to_owned())
}

#[tauri::command]
async fn secret_copy(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    id: String,
    field: SecretField,
) -> Answer<CopyReceipt> {
    let seconds = app.settings().await?.clipboard_seconds;
    let secret = app.secret_for_clipboard(&id, field).await?;
    clipboard.put_secret(secret, Duration::from_secs(u64::from(seconds)))?;
    Ok(CopyReceipt { clears_in_seconds: seconds })
}

#[tauri::command]
async fn text_copy(clipboard: State<'_, Clipboard>, text: String) -> Answer<()> {
    clipboard.put_text(&text)
}

#[tauri::command]
async fn clipboard_clear(clipboard: State<'_, Clipboard>) -> Answer<()> {
    clipboard.clear_if_ours(None);
    Ok(())
}

#[tauri::command]
fn url_check(url: &str) -> UrlCheck {
    sealpost_app::url_check(url)
}

/// Handles exactly the commands of the app's registry.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        vault_status,
        vault_create,
        vault_unlock,
        vault_unlock_with,
        vault_recover,
        recovery_make,
        recovery_ask,
        recovery_confirm,
        passphrase_set,
        vault_rekey,
        slot_remove,
        vault_lock,
        close_heard,
        window_close,
        keyring_check,
        vault_doctor,
        backup_status,
        backup_now,
        backup_drill,
        backup_restore,
        draft_list,
        draft_get,
        draft_check,
        draft_save,
        draft_delete,
        draft_restore,
        draft_duplicate,
        draft_history,
        draft_roll_back,
        draft_samples,
        draft_uses,
        unsaved_keep,
        unsaved_list,
        unsaved_drop,
        env_list,
        env_save,
        env_delete,
        env_test,
        sandbox_start,
        publish_plan,
        publish_start,
        publish_state,
        publish_cancel,
        publish_unfinished,
        publish_resume,
        publish_take_theirs,
        unpublish_plan,
        reconcile,
        unresolved_count,
        publication_refresh,
        remote_list,
        remote_adopt,
        activity_list,
        protection_list,
        attempt_report,
        attempt_evidence,
        settings_get,
        settings_set,
        secret_reveal,
        secret_copy,
        text_copy,
        clipboard_clear,
        url_check,
    ]
}
