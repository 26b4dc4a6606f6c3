//! Drafts, what is not saved of them, and their secrets.

use std::time::Duration;

use sealpost_app::App;
use sealpost_app::parts::SecretField;
use sealpost_app::views::*;
use tauri::State;

use super::Answer;
use crate::clipboard::Clipboard;
use crate::encrypted_calls::{Decrypted, EncryptedText, OneTimeKeys, PageKey};

#[tauri::command]
pub(super) async fn draft_list(app: State<'_, App>, query: DraftQuery) -> Answer<DraftList> {
    app.draft_list(query).await
}

#[tauri::command]
pub(super) async fn draft_get(app: State<'_, App>, id: String) -> Answer<DraftView> {
    app.draft_get(&id).await
}

#[tauri::command]
pub(super) async fn draft_check(app: State<'_, App>, save: Decrypted<DraftSave>) -> Answer<DraftCheck> {
    app.draft_check(save.0).await
}

#[tauri::command]
pub(super) async fn draft_save(app: State<'_, App>, save: Decrypted<DraftSave>) -> Answer<DraftView> {
    app.draft_save(save.0).await
}

#[tauri::command]
pub(super) async fn draft_delete(app: State<'_, App>, ids: Vec<String>) -> Answer<u32> {
    app.draft_delete(&ids).await
}

#[tauri::command]
pub(super) async fn draft_restore(app: State<'_, App>, ids: Vec<String>) -> Answer<u32> {
    app.draft_restore(&ids).await
}

#[tauri::command]
pub(super) async fn draft_duplicate(app: State<'_, App>, id: String) -> Answer<DraftView> {
    app.draft_duplicate(&id).await
}

#[tauri::command]
pub(super) async fn draft_history(app: State<'_, App>, id: String) -> Answer<Vec<RevisionView>> {
    app.draft_history(&id).await
}

#[tauri::command]
pub(super) async fn draft_roll_back(
    app: State<'_, App>,
    id: String,
    revision: u32,
    expected_revision: u32,
) -> Answer<DraftView> {
    app.draft_roll_back(&id, revision, expected_revision).await
}

#[tauri::command]
pub(super) async fn draft_samples(app: State<'_, App>) -> Answer<u32> {
    app.draft_samples().await
}

#[tauri::command]
pub(super) async fn draft_uses(
    app: State<'_, App>,
    id: String,
    environment_id: String,
) -> Answer<Vec<UseView>> {
    app.draft_uses(&id, &environment_id).await
}

/// Gives the page the file that was dropped on it, as the button would have: where the system gives it only to us.
#[tauri::command]
pub(super) async fn dropped_read(app: State<'_, App>, page: PageKey) -> Answer<EncryptedText> {
    page.encrypt("dropped_read", &app.dropped_read().await?)
}

#[tauri::command]
pub(super) async fn unsaved_keep(app: State<'_, App>, save: Decrypted<UnsavedSave>) -> Answer<String> {
    app.unsaved_keep(save.0).await
}

#[tauri::command]
pub(super) async fn unsaved_list(app: State<'_, App>) -> Answer<Vec<UnsavedView>> {
    app.unsaved_list().await
}

#[tauri::command]
pub(super) async fn unsaved_drop(app: State<'_, App>, name: String) -> Answer<()> {
    app.unsaved_drop(&name).await
}

/// A key for one call of the page that carries a secret.
#[tauri::command]
pub(super) async fn encryption_key(keys: State<'_, OneTimeKeys>) -> Answer<String> {
    Ok(keys.fresh())
}

/// Gives a stored secret to the webview. It has a permission of its own.
#[tauri::command]
pub(super) async fn secret_reveal(
    app: State<'_, App>,
    page: PageKey,
    id: String,
    field: SecretField,
    environment_id: Option<String>,
) -> Answer<EncryptedText> {
    page.encrypt("secret_reveal", &app.secret_reveal(&id, field, environment_id.as_deref()).await?)
}

#[tauri::command]
pub(super) async fn secret_copy(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    id: String,
    field: SecretField,
    environment_id: Option<String>,
) -> Answer<CopyReceipt> {
    let seconds = app.settings().await?.clipboard_seconds;
    let secret = app.secret_for_clipboard(&id, field, environment_id.as_deref()).await?;
    clipboard.put_secret(secret, Duration::from_secs(u64::from(seconds)))?;
    Ok(CopyReceipt { clears_in_seconds: seconds })
}

#[tauri::command]
pub(super) async fn text_copy(clipboard: State<'_, Clipboard>, text: String) -> Answer<()> {
    clipboard.put_text(&text)
}

#[tauri::command]
pub(super) async fn clipboard_clear(clipboard: State<'_, Clipboard>) -> Answer<()> {
    clipboard.clear_if_ours(None);
    Ok(())
}
