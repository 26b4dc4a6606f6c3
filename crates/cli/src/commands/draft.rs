//! Drafts.

use indicatif::{ProgressBar, ProgressStyle};
use sealpost_app::parts::{SecretField, Severity};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{DraftQuery, DraftView};
use zeroize::Zeroizing;

use super::{Done, Opened};
use crate::args::DraftCommand;
use crate::input::{ask, ask_secret, bytes_from, can_ask};
use crate::output::{Ended, Out, table};

/// From how many items on a bar is shown.
const LONG: usize = 200;

impl Opened<'_> {
    pub(super) async fn draft(&self, out: &mut Out, command: DraftCommand) -> Done {
        match command {
            DraftCommand::New { from: Some(source) } => self.import(out, bytes_from(&source)?).await,
            DraftCommand::New { from: None } => self.import(out, asked()?).await,
            DraftCommand::List { text, type_name, trash } => {
                let query = DraftQuery { text, type_name, trash: Some(trash), ..DraftQuery::default() };
                self.list(out, query).await
            }
            DraftCommand::Show { draft } => {
                let view = self.view(&draft).await?;
                Ok(out.view(&view, |out| show(out, &view)))
            }
            DraftCommand::Edit { draft, from, revision } => {
                let source = from.ok_or_else(|| {
                    Problem::new(
                        Code::Invalid,
                        "An edit needs its new content.",
                        "Nothing was changed.",
                        "Pass a request body with --from FILE, or --from - for standard input.",
                    )
                })?;
                let id = self.0.draft_find(&draft).await?.to_string();
                let view = self.0.draft_edit_from(&id, revision, bytes_from(&source)?).await?;
                Ok(out.view(&view, |out| show(out, &view)))
            }
            DraftCommand::Rm { draft } => {
                let id = self.0.draft_find(&draft).await?.to_string();
                let moved = self.0.draft_delete(std::slice::from_ref(&id)).await?;
                let document = serde_json::json!({ "id": id, "moved": moved });
                Ok(out.view(&document, |_| {
                    "Moved to the trash. Nothing was deleted in any environment.".into()
                }))
            }
            DraftCommand::Restore { id } => {
                let restored = self.0.draft_restore(std::slice::from_ref(&id)).await?;
                if restored == 0 {
                    return Err(Problem::new(
                        Code::NotFound,
                        "No such draft is in the trash.",
                        "Nothing was changed.",
                        "List it with `sealpost draft list --trash`.",
                    ));
                }
                let view = self.0.draft_get(&id).await?;
                Ok(out.view(&view, |_| format!("Restored {}.", view.name)))
            }
            DraftCommand::History { draft } => {
                let id = self.0.draft_find(&draft).await?.to_string();
                let revisions = self.0.draft_history(&id).await?;
                Ok(out.view(&revisions, |_| {
                    let rows: Vec<Vec<String>> = revisions
                        .iter()
                        .map(|one| {
                            let changes = if one.changes.is_empty() {
                                "first save".into()
                            } else {
                                one.changes.join(", ")
                            };
                            vec![one.revision.to_string(), one.content.name.clone(), changes]
                        })
                        .collect();
                    table(&rows)
                }))
            }
            DraftCommand::Reveal { draft, field } => self.reveal(out, &draft, &field).await,
        }
    }

    pub(super) async fn view(&self, draft: &str) -> Result<DraftView, Problem> {
        let id = self.0.draft_find(draft).await?.to_string();
        self.0.draft_get(&id).await
    }

    async fn import(&self, out: &Out, json: Zeroizing<Vec<u8>>) -> Done {
        let bar = ProgressBar::hidden();
        let shown = bar.clone();
        let json_output = out.is_json();
        let report = self
            .0
            .draft_import(json, move |done, total| {
                if total >= LONG && done == 1 && !json_output {
                    shown.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                    shown.set_length(total as u64);
                    if let Ok(style) = ProgressStyle::with_template("Sealing {bar:32} {pos}/{len}") {
                        shown.set_style(style);
                    }
                }
                shown.set_position(done as u64);
            })
            .await?;
        bar.finish_and_clear();
        for (place, note) in &report.notes {
            if note.severity == Severity::Warning {
                out.note(&format!("note: item {}: {}: {}", place + 1, note.path, note.message));
            }
        }
        let ids: Vec<String> = report.ids.iter().map(ToString::to_string).collect();
        let document = serde_json::json!({ "ids": ids });
        Ok(out.view(&document, |_| ids.join("\n")))
    }

    async fn list(&self, out: &Out, query: DraftQuery) -> Done {
        let mut rows = Vec::new();
        loop {
            let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let page = self
                .0
                .draft_list(DraftQuery { offset: Some(offset), limit: Some(500), ..query.clone() })
                .await?;
            let last = page.rows.len() < 500;
            rows.extend(page.rows);
            if last {
                break;
            }
        }
        Ok(out.view(&rows, |_| {
            let lines: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    vec![
                        row.id[..13].to_owned(),
                        row.name.clone(),
                        row.type_name.clone(),
                        row.summary.clone(),
                        format!("{:?}", row.state),
                    ]
                })
                .collect();
            if lines.is_empty() { "No drafts.".into() } else { table(&lines) }
        }))
    }

    async fn reveal(&self, out: &Out, draft: &str, field: &str) -> Done {
        let field = SecretField::from_name(field).ok_or_else(|| {
            let names: Vec<&str> = SecretField::ALL.into_iter().map(SecretField::name).collect();
            Problem::new(
                Code::Invalid,
                "There is no such secret field.",
                "Nothing was revealed.",
                format!("One of: {}.", names.join(", ")),
            )
        })?;
        let id = self.0.draft_find(draft).await?.to_string();
        let secret = self.0.secret_reveal(&id, field).await?;
        let Some(text) = secret.0.expose_text() else {
            return Err(Problem::new(
                Code::Invalid,
                "The value is a file, not text.",
                "Nothing was revealed.",
                "A PKCS#12 file can't be shown on a terminal.",
            ));
        };
        // The one place where the command line prints a secret: it was asked for by name, and it was recorded.
        let document = serde_json::json!({ "field": field.name(), "value": text });
        Ok(Ended::Text(out.render(&document, |_| text.to_owned())))
    }
}

/// Asks a terminal for a user name and password set.
fn asked() -> Result<Zeroizing<Vec<u8>>, Problem> {
    if !can_ask() {
        return Err(Problem::new(
            Code::Invalid,
            "There is no terminal to ask.",
            "Nothing was stored.",
            "Pass request bodies with --from FILE, or --from - for standard input.",
        ));
    }
    let (name, user) = (ask("Name")?, ask("User name")?);
    let password = ask_secret("Password (not shown)")?;
    let quoted = |text: &str| Zeroizing::new(serde_json::to_string(text).unwrap_or_default());
    let body = format!(
        r#"{{"type":"USERNAME_PASSWORD","name":{},"scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":{},"password":{}}}"#,
        *quoted(&name),
        *quoted(&user),
        *quoted(&password)
    );
    Ok(Zeroizing::new(body.into_bytes()))
}

fn show(out: &Out, view: &DraftView) -> String {
    let set = |set: bool| if set { "set" } else { "not set" }.to_owned();
    let scopes: Vec<&str> = view.content.scopes.iter().map(|scope| scope.0.as_str()).collect();
    let mut rows = vec![
        vec!["Name".into(), view.name.clone()],
        vec!["Id".into(), view.id.clone()],
        vec!["Type".into(), view.type_name.clone()],
        vec!["Revision".into(), view.revision.to_string()],
        vec!["Description".into(), view.content.description.clone()],
        vec!["Scopes".into(), scopes.join(", ")],
        vec!["Owner only".into(), if view.content.owner_access_only { "yes" } else { "no" }.into()],
    ];
    rows.extend(view.secrets.iter().map(|secret| vec![secret.field.name().to_owned(), set(secret.set)]));
    for publication in &view.publications {
        let parts = [
            format!("{:?}", publication.state),
            publication.remote_id.clone().unwrap_or_default(),
            publication.owner.clone().unwrap_or_default(),
        ];
        rows.push(vec![publication.environment.clone(), parts.join("  ")]);
    }
    let mut text = table(&rows);
    for issue in &view.issues {
        let tone = if issue.severity == Severity::Error { "bad" } else { "warn" };
        text.push_str(&format!("\n{}", out.paint(tone, &format!("{}: {}", issue.path, issue.message))));
    }
    text
}
