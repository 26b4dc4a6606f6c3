//! Every command of the window, by area: three lines each, no logic. The list is the app's (`registry.rs`); a test holds
//! the two against each other.

mod drafts;
mod environments;
mod publish;
mod rotation;
mod vault;

use sealpost_app::problem::Problem;
use tauri::Wry;

type Answer<T> = Result<T, Problem>;

/// Handles exactly the commands of the app's registry.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        vault::vault_status,
        vault::vault_create,
        vault::vault_unlock,
        vault::vault_unlock_with,
        vault::vault_recover,
        vault::recovery_make,
        vault::recovery_ask,
        vault::recovery_confirm,
        vault::passphrase_set,
        vault::vault_rekey,
        vault::slot_remove,
        vault::vault_lock,
        vault::close_heard,
        vault::window_close,
        vault::keyring_check,
        vault::vault_doctor,
        vault::backup_status,
        vault::backup_now,
        vault::backup_drill,
        vault::backup_restore,
        drafts::draft_list,
        drafts::draft_get,
        drafts::draft_check,
        drafts::draft_save,
        drafts::draft_delete,
        drafts::draft_restore,
        drafts::draft_duplicate,
        drafts::draft_history,
        drafts::draft_roll_back,
        drafts::draft_samples,
        drafts::draft_uses,
        drafts::unsaved_keep,
        drafts::unsaved_list,
        drafts::unsaved_drop,
        environments::env_list,
        environments::env_save,
        environments::env_delete,
        environments::env_test,
        environments::group_list,
        environments::group_save,
        environments::group_delete,
        environments::sandbox_start,
        publish::publish_plan,
        publish::publish_start,
        publish::publish_state,
        publish::publish_moved,
        publish::publish_cancel,
        publish::publish_unfinished,
        publish::publish_resume,
        publish::publish_take_theirs,
        rotation::rotation_start,
        rotation::rotation_list,
        rotation::rotation_plan,
        rotation::rotation_roll_back,
        rotation::rotation_roll_forward,
        rotation::rotation_end,
        publish::unpublish_plan,
        publish::reconcile,
        publish::unresolved_count,
        publish::publication_refresh,
        environments::remote_list,
        environments::remote_adopt,
        environments::matrix,
        environments::remote_look,
        environments::remote_seen,
        environments::drift_settle,
        environments::drift_take_theirs,
        environments::drift_forget,
        publish::activity_list,
        vault::protection_list,
        publish::attempt_report,
        publish::attempt_evidence,
        vault::settings_get,
        vault::settings_set,
        drafts::secret_reveal,
        drafts::secret_copy,
        drafts::text_copy,
        drafts::clipboard_clear,
        environments::url_check,
    ]
}
