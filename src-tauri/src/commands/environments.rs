//! Environments, and the sets that live there.

use sealpost_app::App;
use sealpost_app::views::*;
use tauri::State;

use super::Answer;
use crate::encrypted_calls::Decrypted;

#[tauri::command]
pub(super) async fn env_list(app: State<'_, App>) -> Answer<Vec<EnvironmentView>> {
    app.env_list().await
}

#[tauri::command]
pub(super) async fn env_save(
    app: State<'_, App>,
    save: Decrypted<EnvironmentSave>,
) -> Answer<EnvironmentView> {
    app.env_save(save.0).await
}

#[tauri::command]
pub(super) async fn env_delete(app: State<'_, App>, id: String) -> Answer<()> {
    app.env_delete(&id).await
}

#[tauri::command]
pub(super) async fn env_test(
    app: State<'_, App>,
    id: Option<String>,
    save: Decrypted<Option<EnvironmentSave>>,
) -> Answer<ProbeView> {
    app.env_test(id.as_deref(), save.0).await
}

#[tauri::command]
pub(super) async fn sandbox_start(app: State<'_, App>) -> Answer<EnvironmentView> {
    app.sandbox_start().await
}

#[tauri::command]
pub(super) async fn remote_adopt(
    app: State<'_, App>,
    environment_id: String,
    remote_id: String,
    draft_id: Option<String>,
) -> Answer<DraftView> {
    app.remote_adopt(&environment_id, &remote_id, draft_id.as_deref()).await
}

#[tauri::command]
pub(super) async fn remote_list(app: State<'_, App>, environment_id: String) -> Answer<Vec<RemoteSetView>> {
    app.remote_list(&environment_id).await
}

#[tauri::command]
pub(super) fn url_check(url: Decrypted<String>) -> UrlCheck {
    // Somebody may paste an address with a token in it.
    let Decrypted(url) = url;
    sealpost_app::url_check(&url)
}

#[tauri::command]
pub(super) async fn remote_adopt_all(
    app: State<'_, App>,
    environment_id: String,
    remote_ids: Vec<String>,
) -> Answer<AdoptedSets> {
    app.remote_adopt_all(&environment_id, remote_ids).await
}

#[tauri::command]
pub(super) async fn remote_ignore(
    app: State<'_, App>,
    environment_id: String,
    remote_ids: Vec<String>,
    ignore: bool,
) -> Answer<RemoteView> {
    app.remote_ignore(&environment_id, remote_ids, ignore).await
}

#[tauri::command]
pub(super) async fn matrix(app: State<'_, App>, query: MatrixQuery) -> Answer<MatrixView> {
    app.matrix(query).await
}

#[tauri::command]
pub(super) async fn remote_look(app: State<'_, App>, environment_id: String) -> Answer<RemoteView> {
    app.remote_look(&environment_id).await
}

#[tauri::command]
pub(super) async fn remote_seen(app: State<'_, App>, environment_id: String) -> Answer<RemoteView> {
    app.remote_seen(&environment_id).await
}

#[tauri::command]
pub(super) async fn drift_settle(
    app: State<'_, App>,
    draft_id: String,
    environment_id: String,
    paths: Vec<String>,
    how: DriftSettlement,
) -> Answer<DriftView> {
    app.drift_settle(&draft_id, &environment_id, paths, how).await
}

#[tauri::command]
pub(super) async fn drift_take_theirs(
    app: State<'_, App>,
    draft_id: String,
    environment_id: String,
) -> Answer<DraftView> {
    app.drift_take_theirs(&draft_id, &environment_id).await
}

#[tauri::command]
pub(super) async fn drift_forget(
    app: State<'_, App>,
    draft_id: String,
    environment_id: String,
) -> Answer<()> {
    app.drift_forget(&draft_id, &environment_id).await
}

#[tauri::command]
pub(super) async fn group_list(app: State<'_, App>) -> Answer<Vec<GroupView>> {
    app.group_list().await
}

#[tauri::command]
pub(super) async fn group_save(app: State<'_, App>, save: GroupSave) -> Answer<GroupView> {
    app.group_save(save).await
}

#[tauri::command]
pub(super) async fn group_delete(app: State<'_, App>, id: String) -> Answer<()> {
    app.group_delete(&id).await
}
