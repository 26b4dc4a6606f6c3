//! Environments, and the sets that live there.

use sealpost_app::App;
use sealpost_app::views::*;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(super) async fn env_list(app: State<'_, App>) -> Answer<Vec<EnvironmentView>> {
    app.env_list().await
}

#[tauri::command]
pub(super) async fn env_save(app: State<'_, App>, save: EnvironmentSave) -> Answer<EnvironmentView> {
    app.env_save(save).await
}

#[tauri::command]
pub(super) async fn env_delete(app: State<'_, App>, id: String) -> Answer<()> {
    app.env_delete(&id).await
}

#[tauri::command]
pub(super) async fn env_test(
    app: State<'_, App>,
    id: Option<String>,
    save: Option<EnvironmentSave>,
) -> Answer<ProbeView> {
    app.env_test(id.as_deref(), save).await
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
pub(super) fn url_check(url: &str) -> UrlCheck {
    sealpost_app::url_check(url)
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
