//! The vault, its ways in, its copies, and what a person can set.

use std::time::Duration;

use sealpost_app::App;
use sealpost_app::parts::{SecretValue, UnlockMode};
use sealpost_app::views::*;
use tauri::State;

use super::Answer;
use crate::clipboard::Clipboard;
use crate::closing::{self, Closing};
use crate::dialogs::{ChosenFile, chosen_file, new_file};
use crate::encrypted_calls::{Decrypted, EncryptedText, PageKey};
use crate::system_lock::Signals;

#[tauri::command]
pub(super) async fn vault_status(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_status().await
}

#[tauri::command]
pub(super) async fn vault_create(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_create().await
}

/// For a computer without a keyring: the passphrase alone opens it.
#[tauri::command]
pub(super) async fn vault_create_with(
    app: State<'_, App>,
    passphrase: Decrypted<SecretValue>,
) -> Answer<VaultStatus> {
    app.vault_create_with(Some((passphrase.0, UnlockMode::Passphrase))).await
}

#[tauri::command]
pub(super) async fn vault_unlock(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_unlock().await
}

#[tauri::command]
pub(super) async fn vault_unlock_with(
    app: State<'_, App>,
    passphrase: Decrypted<SecretValue>,
) -> Answer<VaultStatus> {
    app.vault_unlock_with(passphrase.0).await
}

#[tauri::command]
pub(super) async fn vault_recover(
    app: State<'_, App>,
    secret: Decrypted<SecretValue>,
) -> Answer<VaultStatus> {
    app.vault_recover(secret.0).await
}

/// Gives a fresh recovery code to the webview, to be written down.
#[tauri::command]
pub(super) async fn recovery_make(app: State<'_, App>, page: PageKey) -> Answer<EncryptedText> {
    page.encrypt("recovery_make", &app.recovery_make().await?)
}

#[tauri::command]
pub(super) async fn recovery_ask(app: State<'_, App>) -> Answer<Vec<u32>> {
    app.recovery_ask()
}

#[tauri::command]
pub(super) async fn recovery_confirm(
    app: State<'_, App>,
    groups: Decrypted<Vec<SecretValue>>,
) -> Answer<VaultStatus> {
    app.recovery_confirm(groups.0).await
}

#[tauri::command]
pub(super) async fn passphrase_set(
    app: State<'_, App>,
    passphrase: Decrypted<SecretValue>,
    mode: UnlockMode,
) -> Answer<VaultStatus> {
    app.passphrase_set(passphrase.0, mode).await
}

/// Copies the recovery code that is shown; it is cleared like any secret.
#[tauri::command]
pub(super) async fn recovery_copy(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
) -> Answer<CopyReceipt> {
    let seconds = app.settings().await?.clipboard_seconds;
    clipboard.put_secret(app.recovery_for_clipboard()?, Duration::from_secs(u64::from(seconds)))?;
    Ok(CopyReceipt { clears_in_seconds: seconds })
}

#[tauri::command]
pub(super) async fn unlock_test(app: State<'_, App>, secret: Decrypted<SecretValue>) -> Answer<VaultStatus> {
    app.unlock_test(secret.0).await
}

#[tauri::command]
pub(super) async fn passphrase_remove(app: State<'_, App>) -> Answer<VaultStatus> {
    app.passphrase_remove().await
}

#[tauri::command]
pub(super) async fn vault_rekey(
    app: State<'_, App>,
    groups: Decrypted<Vec<SecretValue>>,
    passphrase: Decrypted<Option<SecretValue>>,
) -> Answer<RekeyDone> {
    // The code is on the screen until it is confirmed.
    app.rekey(groups.0, passphrase.0, true).await
}

#[tauri::command]
pub(super) async fn vault_rekey_resume(
    app: State<'_, App>,
    secret: Decrypted<Option<SecretValue>>,
) -> Answer<RekeyDone> {
    app.rekey_resume(secret.0).await
}

#[tauri::command]
pub(super) async fn vault_rekey_discard(app: State<'_, App>) -> Answer<VaultStatus> {
    app.rekey_discard().await
}

#[tauri::command]
pub(super) async fn slot_remove(app: State<'_, App>, kind: String) -> Answer<VaultStatus> {
    app.slot_remove(kind).await
}

#[tauri::command]
pub(super) async fn vault_lock(app: State<'_, App>) -> Answer<VaultStatus> {
    app.vault_lock().await
}

#[tauri::command]
pub(super) async fn activity_seen(app: State<'_, App>, ago_ms: u64) -> Answer<()> {
    app.activity_seen(Duration::from_millis(ago_ms));
    Ok(())
}

#[tauri::command]
pub(super) async fn close_heard(closing: State<'_, Closing>) -> Answer<()> {
    closing.heard();
    Ok(())
}

#[tauri::command]
pub(super) async fn window_close(app: State<'_, App>, window: tauri::WebviewWindow) -> Answer<()> {
    closing::close(&app, &window).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn keyring_check(app: State<'_, App>) -> Answer<KeyringCheck> {
    app.keyring_check().await
}

#[tauri::command]
pub(super) async fn vault_doctor(app: State<'_, App>) -> Answer<DoctorReport> {
    app.doctor().await
}

/// Nothing, if no file was named.
#[tauri::command]
pub(super) async fn doctor_save(
    app: State<'_, App>,
    window: tauri::WebviewWindow,
) -> Answer<Option<DoctorReport>> {
    let Some(file) = new_file(&window, "Save the report", "sealpost-report.json").await else {
        return Ok(None);
    };
    app.doctor_save(file).await.map(Some)
}

#[tauri::command]
pub(super) async fn backup_status(app: State<'_, App>) -> Answer<BackupStatus> {
    app.backup_status().await
}

#[tauri::command]
pub(super) async fn backup_now(app: State<'_, App>) -> Answer<BackupDone> {
    app.backup_now().await
}

#[tauri::command]
pub(super) async fn backup_drill(app: State<'_, App>) -> Answer<DrillView> {
    app.backup_drill().await
}

/// Nothing, if no file was named.
#[tauri::command]
pub(super) async fn backup_to_file(
    app: State<'_, App>,
    window: tauri::WebviewWindow,
) -> Answer<Option<BackupDone>> {
    let Some(file) = new_file(&window, "Back up to a file", "backup.sealpost").await else { return Ok(None) };
    app.backup_to(file).await.map(Some)
}

/// Puts one of the vault's own copies in its place, or the newest.
#[tauri::command]
pub(super) async fn backup_restore(
    app: State<'_, App>,
    file: Option<String>,
    secret: Decrypted<Option<SecretValue>>,
) -> Answer<RestoreDone> {
    app.restore_copy(file, secret.0).await
}

/// Nothing, if the dialog was put away. The file is remembered here for the command that the person agrees to.
#[tauri::command]
pub(super) async fn file_choose(
    chosen: State<'_, ChosenFile>,
    window: tauri::WebviewWindow,
    title: String,
) -> Answer<Option<FileChosen>> {
    let Some(file) = chosen_file(&window, &title).await else { return Ok(None) };
    // A file that went meanwhile, or can't be read, is told of when it is opened.
    let bytes = std::fs::metadata(&file).map_or(0, |found| found.len());
    let view = FileChosen { file: file.display().to_string(), bytes };
    chosen.set(file);
    Ok(Some(view))
}

/// Puts the file that was chosen last in the vault's place.
#[tauri::command]
pub(super) async fn backup_restore_chosen(
    app: State<'_, App>,
    chosen: State<'_, ChosenFile>,
    secret: Decrypted<Option<SecretValue>>,
) -> Answer<RestoreDone> {
    app.restore(Some(chosen.get()?), secret.0).await
}

/// Nothing, if no file was named.
#[tauri::command]
pub(super) async fn portable_export(
    app: State<'_, App>,
    window: tauri::WebviewWindow,
    passphrase: Decrypted<SecretValue>,
) -> Answer<Option<PortableDone>> {
    let Some(file) = new_file(&window, "Export", "sealpost-export.age").await else { return Ok(None) };
    app.export_to(file, passphrase.0).await.map(Some)
}

/// Adds what the file that was chosen last holds to the vault.
#[tauri::command]
pub(super) async fn portable_import_chosen(
    app: State<'_, App>,
    chosen: State<'_, ChosenFile>,
    passphrase: Decrypted<SecretValue>,
) -> Answer<PortableDone> {
    app.import_from(chosen.get()?, passphrase.0).await
}

#[tauri::command]
pub(super) async fn protection_list(
    app: State<'_, App>,
    signals: State<'_, Signals>,
) -> Answer<Vec<Protection>> {
    crate::protections::all(&app, &signals).await
}

#[tauri::command]
pub(super) async fn settings_get(app: State<'_, App>) -> Answer<Settings> {
    app.settings().await
}

#[tauri::command]
pub(super) async fn settings_set(app: State<'_, App>, settings: Settings) -> Answer<Settings> {
    app.set_settings(settings).await
}
