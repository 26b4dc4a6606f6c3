//! The steps of a rotation; each answers with what it would do, none sends anything.

use sealpost_app::App;
use sealpost_app::views::*;
use tauri::State;

use super::Answer;
use crate::encrypted_calls::Decrypted;

#[tauri::command]
pub(super) async fn rotation_start(
    app: State<'_, App>,
    start: Decrypted<RotationStart>,
) -> Answer<RotationView> {
    app.rotation_start(start.0).await
}

#[tauri::command]
pub(super) async fn rotation_list(app: State<'_, App>) -> Answer<Vec<RotationView>> {
    app.rotation_list().await
}

#[tauri::command]
pub(super) async fn rotation_plan(app: State<'_, App>, draft_id: String, rest: bool) -> Answer<PlanView> {
    app.rotation_plan(&draft_id, rest).await
}

#[tauri::command]
pub(super) async fn rotation_roll_back(
    app: State<'_, App>,
    draft_id: String,
    environment_id: String,
    revision: Option<u32>,
) -> Answer<PlanView> {
    app.rotation_roll_back(&draft_id, &environment_id, revision).await
}

#[tauri::command]
pub(super) async fn rotation_roll_forward(
    app: State<'_, App>,
    draft_id: String,
    environment_id: String,
) -> Answer<DraftView> {
    app.rotation_roll_forward(&draft_id, &environment_id).await
}

#[tauri::command]
pub(super) async fn rotation_end(app: State<'_, App>, draft_id: String) -> Answer<()> {
    app.rotation_end(&draft_id).await
}
