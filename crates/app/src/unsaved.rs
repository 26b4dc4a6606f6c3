//! Unsaved work: the window hands over what is typed a moment after it is typed, and it is sealed in the vault at once.
//!
//! ```text
//! typing ─▶ unsaved_keep ─▶ sealed row ─ lock, crash, power cut ─▶ unsaved_list ─▶ the editor again
//!                              └─ draft_save / env_save with `unsaved` = its name, or unsaved_drop ─▶ gone
//! ```
//!
//! So a lock needs nothing of the window, which may be asleep by then (docs/adr/0008-unsaved-work-is-sealed-while-it-is-typed.md). A typed secret
//! never comes back to the window: an editor that was filled again says [`SecretEdit::Unsaved`], and the value is taken
//! from here.

use std::collections::BTreeMap;

use sealpost_vault::{DraftSecrets, SecretEdit, SecretField, SecretValue};

use crate::app::{App, Session};
use crate::drafts::decode;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::{UnsavedEnvironment, UnsavedForm, UnsavedSave, UnsavedSecret, UnsavedView};

impl App {
    /// Keeps what is being typed, in place of what was kept of the same form; gives its name.
    ///
    /// # Errors
    /// `Invalid` if a picked file is not base64, `DiskFull`, `ReadOnly`, `VaultLocked`.
    pub async fn unsaved_keep(&self, save: UnsavedSave) -> Result<String, Problem> {
        self.with_session(move |session| {
            let (id, expected_revision, form, edits, there) = match save {
                UnsavedSave::Draft { save } => (
                    save.id,
                    save.expected_revision,
                    UnsavedForm::Draft { content: Box::new(save.content) },
                    save.secrets,
                    save.override_secrets,
                ),
                UnsavedSave::Environment { save } => {
                    let fields = UnsavedEnvironment {
                        name: save.name,
                        url: save.url,
                        colour: save.colour,
                        protected: save.protected,
                        ca_pem: save.ca_pem,
                        proxy: save.proxy,
                    };
                    let token = BTreeMap::from([(SecretField::Token, save.token)]);
                    (
                        save.id,
                        save.expected_revision,
                        UnsavedForm::Environment { fields },
                        token,
                        BTreeMap::new(),
                    )
                }
            };
            let name = name_of(&form, id.as_deref());
            let before = session.vault.unsaved_secrets(&name)?;
            let mut secrets = DraftSecrets::new();
            let edits = kept(edits, &before.own_only(), &mut |field, value| secrets.set(field, value))?;
            let mut override_secrets = BTreeMap::new();
            for (id, edits) in there {
                let environment = parse_environment_id(&id)?;
                let mut put = |field, value| secrets.set_override(environment, field, value);
                override_secrets.insert(id, kept(edits, &before.only_in(environment), &mut put)?);
            }
            let work = UnsavedView {
                name: String::new(),
                kept_at: 0,
                id,
                expected_revision,
                form,
                secrets: edits,
                override_secrets,
            };
            session.vault.keep_unsaved(&name, &work, &secrets)?;
            Ok(name)
        })
        .await
    }

    /// All unsaved work, the newest first, without its secrets.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn unsaved_list(&self) -> Result<Vec<UnsavedView>, Problem> {
        self.with_session(|session| {
            let all = session.vault.unsaved::<UnsavedView>()?;
            Ok(all
                .into_iter()
                .map(|kept| UnsavedView { name: kept.name, kept_at: kept.kept_at.as_millis(), ..kept.meta })
                .map(without_secrets)
                .collect())
        })
        .await
    }

    /// Drops unsaved work that is not wanted; nothing there is fine.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn unsaved_drop(&self, name: &str) -> Result<(), Problem> {
        let name = name.to_owned();
        self.with_session(move |session| Ok(session.vault.drop_unsaved(&name)?)).await
    }
}

/// Covers a password in the address of a proxy, and leaves out a CA file that holds a private key.
fn without_secrets(mut work: UnsavedView) -> UnsavedView {
    if let UnsavedForm::Environment { fields } = &mut work.form {
        fields.proxy = crate::proxy_text::shown_unsaved(&fields.proxy);
        fields.ca_pem = fields.ca_pem.take().filter(|pem| !pem.contains("PRIVATE KEY"));
    }
    work
}

fn name_of(form: &UnsavedForm, id: Option<&str>) -> String {
    let what = match form {
        UnsavedForm::Draft { .. } => "draft",
        UnsavedForm::Environment { .. } => "environment",
    };
    format!("{what}:{}", id.unwrap_or("new"))
}

/// Puts the values to seal, and gives what becomes of each field. What the editor no longer has is carried over.
fn kept(
    edits: BTreeMap<SecretField, SecretEdit>,
    before: &DraftSecrets,
    put: &mut dyn FnMut(SecretField, SecretValue),
) -> Result<BTreeMap<SecretField, UnsavedSecret>, Problem> {
    let mut fields = BTreeMap::new();
    for (field, edit) in edits {
        let value = match edit {
            SecretEdit::Keep => continue,
            SecretEdit::Clear => {
                fields.insert(field, UnsavedSecret::Clear);
                continue;
            }
            SecretEdit::Set { value } => value,
            SecretEdit::SetFile { base64 } => decode(&base64)?,
            SecretEdit::Unsaved => before.get(field).cloned().ok_or_else(gone)?,
        };
        put(field, value);
        fields.insert(field, UnsavedSecret::Set);
    }
    Ok(fields)
}

impl Session {
    /// The values an editor refers to by [`SecretEdit::Unsaved`].
    pub(crate) fn unsaved_values(&self, name: Option<&str>) -> Result<DraftSecrets, Problem> {
        Ok(name.map(|name| self.vault.unsaved_secrets(name)).transpose()?.unwrap_or_default())
    }

    /// What was typed is stored now: it is no longer unsaved. A failure leaves it there, to be asked about again.
    pub(crate) fn settle_unsaved(&mut self, name: Option<&str>) {
        if let Some(name) = name {
            drop(self.vault.drop_unsaved(name));
        }
    }
}

/// The value an editor refers to is no longer kept.
pub(crate) fn gone() -> Problem {
    Problem::new(
        Code::NotFound,
        "A secret that was typed before is no longer kept here.",
        "Nothing was changed.",
        "Type it again.",
    )
}

#[cfg(test)]
mod tests {
    use sealpost_vault::testing::NOW;
    use serde_json::json;

    use super::*;
    use crate::testing;
    use crate::views::{DraftSave, EnvironmentSave};

    async fn opened() -> (tempfile::TempDir, App) {
        let dir = tempfile::tempdir().unwrap();
        let (_, app) = testing::opened(dir.path()).await;
        (dir, app)
    }

    /// A login as the window sends it.
    fn draft(name: &str, secrets: &serde_json::Value) -> DraftSave {
        serde_json::from_value(json!({
            "content": { "name": name, "scopes": ["SYNTHETIC"], "ownerAccessOnly": true,
                "details": { "type": "USERNAME_PASSWORD", "user": "robot" } },
            "secrets": secrets,
        }))
        .unwrap()
    }

    fn environment(token: &serde_json::Value) -> EnvironmentSave {
        serde_json::from_value(
            json!({ "name": "prod", "url": "https://abc12345.live.dynatrace.com", "token": token }),
        )
        .unwrap()
    }

    async fn lock_and_unlock(app: &App) {
        app.vault_lock().await.unwrap();
        app.vault_unlock().await.unwrap();
    }

    #[tokio::test]
    async fn what_was_typed_is_there_after_a_lock_and_its_secret_is_saved_without_ever_coming_back() {
        let (_dir, app) = opened().await;
        let typed = draft("shop", &json!({ "password": { "do": "set", "value": "zebra-typed" } }));
        let name = app.unsaved_keep(UnsavedSave::Draft { save: typed.into() }).await.unwrap();
        lock_and_unlock(&app).await;

        let found = app.unsaved_list().await.unwrap();
        assert_eq!(
            (found.len(), found[0].name.as_str(), found[0].kept_at),
            (1, name.as_str(), NOW.as_millis())
        );
        assert_eq!(found[0].secrets, BTreeMap::from([(SecretField::Password, UnsavedSecret::Set)]));
        assert!(!serde_json::to_string(&found).unwrap().contains("zebra"), "no secret in the answer");

        // The editor that was filled again is typed in once more, and locked once more.
        let again = draft("shop 2", &json!({ "password": { "do": "unsaved" } }));
        app.unsaved_keep(UnsavedSave::Draft { save: again.clone().into() }).await.unwrap();
        lock_and_unlock(&app).await;

        let stored = app.draft_save(DraftSave { unsaved: Some(name), ..again }).await.unwrap();
        let secret = app.secret_reveal(&stored.id, SecretField::Password, None).await.unwrap();
        assert_eq!(secret.0.expose_text(), Some("zebra-typed"));
        assert_eq!(app.unsaved_list().await.unwrap(), [], "a save settles it");
    }

    #[tokio::test]
    async fn a_token_that_was_typed_for_a_new_environment_is_saved_from_what_was_kept() {
        let (_dir, app) = opened().await;
        let token = json!({ "do": "set", "value": "dt0c01.PUBLIC.SECRETPARTOFTHETOKEN" });
        let name =
            app.unsaved_keep(UnsavedSave::Environment { save: environment(&token).into() }).await.unwrap();
        lock_and_unlock(&app).await;
        let save = EnvironmentSave { unsaved: Some(name), ..environment(&json!({ "do": "unsaved" })) };
        assert_eq!(app.env_save(save).await.unwrap().token_identifier, "dt0c01.PUBLIC");
        assert_eq!(app.unsaved_list().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_save_that_fails_keeps_the_unsaved_work() {
        let (_dir, app) = opened().await;
        let stored = app.draft_save(draft("shop", &json!({}))).await.unwrap();
        let edit = DraftSave { id: Some(stored.id), expected_revision: Some(1), ..draft("mine", &json!({})) };
        let name = app.unsaved_keep(UnsavedSave::Draft { save: edit.clone().into() }).await.unwrap();
        app.draft_save(DraftSave { unsaved: None, ..edit.clone() }).await.unwrap();
        let refused = app.draft_save(DraftSave { unsaved: Some(name), ..edit }).await.unwrap_err();
        assert_eq!(refused.code, Code::StaleRevision);
        assert_eq!(app.unsaved_list().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_secret_that_is_no_longer_kept_is_said_and_never_saved_as_empty() {
        let (_dir, app) = opened().await;
        let edits = json!({ "password": { "do": "unsaved" } });
        for unsaved in [None, Some("draft:new".to_owned())] {
            let refused = app.draft_save(DraftSave { unsaved, ..draft("shop", &edits) }).await.unwrap_err();
            assert_eq!(refused.code, Code::NotFound);
        }
        let kept = app.unsaved_keep(UnsavedSave::Draft { save: draft("shop", &edits).into() }).await;
        assert_eq!(kept.unwrap_err().code, Code::NotFound);
        assert_eq!(app.draft_list(crate::views::DraftQuery::default()).await.unwrap().total, 0);
    }

    #[tokio::test]
    async fn what_was_dropped_does_not_come_back() {
        let (_dir, app) = opened().await;
        let name =
            app.unsaved_keep(UnsavedSave::Draft { save: draft("shop", &json!({})).into() }).await.unwrap();
        app.unsaved_drop(&name).await.unwrap();
        lock_and_unlock(&app).await;
        assert_eq!(app.unsaved_list().await.unwrap(), []);
    }
}
