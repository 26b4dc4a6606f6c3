//! Plans, runs, and what is known of them afterwards.

use sealpost_app::App;
use sealpost_app::views::*;
use tauri::State;

use super::Answer;

#[tauri::command]
pub(super) async fn publish_plan(
    app: State<'_, App>,
    draft_ids: Vec<String>,
    environment_ids: Vec<String>,
) -> Answer<PlanView> {
    app.publish_plan(&draft_ids, &environment_ids).await
}

#[tauri::command]
pub(super) async fn publish_start(app: State<'_, App>, start: PublishStart) -> Answer<RunView> {
    app.publish_start(start).await
}

#[tauri::command]
pub(super) async fn publish_state(app: State<'_, App>) -> Answer<Option<RunView>> {
    Ok(app.publish_state())
}

#[tauri::command]
pub(super) async fn publish_moved(app: State<'_, App>, id: String, after: u64) -> Answer<Option<RunMoved>> {
    Ok(app.publish_moved(&id, after))
}

#[tauri::command]
pub(super) async fn publish_cancel(app: State<'_, App>) -> Answer<()> {
    app.publish_cancel().await
}

#[tauri::command]
pub(super) async fn publish_unfinished(app: State<'_, App>) -> Answer<Option<UnfinishedRun>> {
    app.publish_unfinished().await
}

#[tauri::command]
pub(super) async fn publish_resume(app: State<'_, App>) -> Answer<PlanView> {
    app.publish_resume().await
}

#[tauri::command]
pub(super) async fn publish_take_theirs(
    app: State<'_, App>,
    plan_id: String,
    row: String,
) -> Answer<DraftView> {
    app.publish_take_theirs(&plan_id, &row).await
}

#[tauri::command]
pub(super) async fn unpublish_plan(
    app: State<'_, App>,
    draft_ids: Vec<String>,
    environment_ids: Vec<String>,
) -> Answer<PlanView> {
    app.unpublish_plan(&draft_ids, &environment_ids).await
}

#[tauri::command]
pub(super) async fn reconcile(app: State<'_, App>, choices: Vec<ReconcileChoice>) -> Answer<ReconcileView> {
    app.reconcile(choices).await
}

#[tauri::command]
pub(super) async fn unresolved_count(app: State<'_, App>) -> Answer<u32> {
    app.unresolved_count().await
}

#[tauri::command]
pub(super) async fn publication_refresh(app: State<'_, App>, draft_ids: Vec<String>) -> Answer<u32> {
    app.publication_refresh(&draft_ids).await
}

#[tauri::command]
pub(super) async fn activity_list(
    app: State<'_, App>,
    before: Option<i64>,
    limit: Option<u32>,
) -> Answer<ActivityPage> {
    app.activity(before, limit).await
}

#[tauri::command]
pub(super) async fn attempt_report(app: State<'_, App>, since: Option<i64>) -> Answer<AttemptReport> {
    app.attempt_report(since).await
}

#[tauri::command]
pub(super) async fn attempt_evidence(app: State<'_, App>, id: String) -> Answer<AttemptEvidence> {
    app.attempt_evidence(&id).await
}
