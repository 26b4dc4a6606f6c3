//! Drafts.

use indicatif::{ProgressBar, ProgressStyle};
use sealpost_app::parts::{Issue, SecretField};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{DraftQuery, DraftRow, DraftSave, DraftView, RevisionView, SyncState};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Done, Opened, draft_asked};
use crate::args::DraftCommand;
use crate::input::bytes_from;
use crate::output::{Ended, Out, table};
use crate::words;

/// From how many items on a bar is shown.
const LONG: usize = 200;
/// How many notes of an import are printed.
const SHOWN_NOTES: usize = 20;

impl Opened<'_> {
    pub(super) async fn draft(&self, out: &mut Out, command: DraftCommand) -> Done {
        match command {
            DraftCommand::New { from: Some(source) } => self.import(out, bytes_from(&source)?).await,
            DraftCommand::New { from: None } => {
                let view = self.save_asked(out, draft_asked::new(out)?).await?;
                Ok(out.view(&json!({ "ids": [view.id] }), |_| view.id.clone()))
            }
            DraftCommand::List { text, type_name, trash } => {
                let query = DraftQuery { text, type_name, trash: Some(trash), ..DraftQuery::default() };
                self.list(out, query).await
            }
            DraftCommand::Show { draft } => {
                let view = self.view(&draft).await?;
                Ok(out.view(&view, |out| show(out, &view)))
            }
            DraftCommand::Edit { draft, from, revision } => {
                let view = match from {
                    Some(source) => {
                        let id = self.find(&draft).await?;
                        let view = self.0.draft_edit_from(&id, revision, bytes_from(&source)?).await?;
                        findings(out, &view.issues);
                        view
                    }
                    None => {
                        let stored = self.view(&draft).await?;
                        let mut save = draft_asked::edit(out, &stored)?;
                        save.expected_revision = revision.or(save.expected_revision);
                        self.save_asked(out, save).await?
                    }
                };
                Ok(out.view(&view, |_| format!("Saved {} as revision {}.", view.name, view.revision)))
            }
            DraftCommand::Rm { draft } => {
                let view = self.view(&draft).await?;
                let moved = self.0.draft_delete(std::slice::from_ref(&view.id)).await?;
                let document = json!({ "id": view.id, "moved": moved });
                Ok(out.view(&document, |_| {
                    format!(
                        "Moved {} to the trash. Nothing was deleted in any environment.\nBring it back with: sealpost draft restore {}",
                        view.name, view.id
                    )
                }))
            }
            DraftCommand::Restore { draft } => {
                let id = self.in_trash(&draft).await?;
                self.0.draft_restore(std::slice::from_ref(&id)).await?;
                let view = self.0.draft_get(&id).await?;
                Ok(out.view(&view, |_| format!("Restored {}.", view.name)))
            }
            DraftCommand::History { draft } => {
                let id = self.find(&draft).await?;
                let revisions = self.0.draft_history(&id).await?;
                Ok(out.view(&revisions, |_| table(&revisions.iter().map(revision_row).collect::<Vec<_>>())))
            }
            DraftCommand::Override(arguments) => self.override_in(out, arguments).await,
            DraftCommand::Reveal { draft, field, env } => {
                self.reveal(out, &draft, &field, env.as_deref()).await
            }
        }
    }

    /// Checks with the typed secrets at hand, which a check after the save would not have; then saves.
    async fn save_asked(&self, out: &Out, save: DraftSave) -> Result<DraftView, Problem> {
        let check = self.0.draft_check(save.clone()).await?;
        let view = self.0.draft_save(save).await?;
        findings(out, &check.issues);
        Ok(view)
    }

    /// The draft in the trash that an id, a unique id prefix or a unique name means.
    async fn in_trash(&self, text: &str) -> Result<String, Problem> {
        let rows = self.rows(DraftQuery { trash: Some(true), ..DraftQuery::default() }).await?;
        let named = |fits: &dyn Fn(&DraftRow) -> bool| -> Vec<String> {
            rows.iter().filter(|row| fits(row)).map(|row| row.id.clone()).collect()
        };
        let mut found = named(&|row| row.id == text || row.name == text);
        if found.is_empty() && text.len() >= 4 {
            found = named(&|row| row.id.starts_with(text));
        }
        match &found[..] {
            [id] => Ok(id.clone()),
            [] => Err(Problem::new(
                Code::NotFound,
                format!("There is no {text} in the trash."),
                "Nothing was changed.",
                "List it with `sealpost draft list --trash`.",
            )),
            several => Err(Problem::new(
                Code::Ambiguous,
                format!("{} drafts in the trash fit this name or id.", several.len()),
                "Nothing was changed.",
                "Name it by its id: `sealpost draft list --trash` shows them.",
            )),
        }
    }

    /// The id of the draft that an id, a unique id prefix or a unique name means.
    pub(super) async fn find(&self, text: &str) -> Result<String, Problem> {
        self.0.draft_find(text).await.map(|id| id.to_string()).map_err(|mut problem| {
            if problem.code == Code::NotFound {
                problem.title = format!("There is no draft {text}.");
                problem.hint = "List them with `sealpost draft list`.".into();
            }
            problem
        })
    }

    pub(super) async fn view(&self, draft: &str) -> Result<DraftView, Problem> {
        let id = self.find(draft).await?;
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
                    shown.set_length(total as u64);
                    if let Ok(style) = ProgressStyle::with_template("Sealing {bar:32} {pos}/{len}") {
                        shown.set_style(style);
                    }
                    shown.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                }
                shown.set_position(done as u64);
            })
            .await?;
        bar.finish_and_clear();
        for (place, note) in report.notes.iter().take(SHOWN_NOTES) {
            out.note(&format!("item {}: {}", place + 1, words::issue(out, note)));
        }
        if report.notes.len() > SHOWN_NOTES {
            out.note(&format!("… and {} more of these.", report.notes.len() - SHOWN_NOTES));
        }
        let ids: Vec<String> = report.ids.iter().map(ToString::to_string).collect();
        if let [only] = &ids[..] {
            findings(out, &self.0.draft_get(only).await?.issues);
        }
        let document = json!({ "ids": ids });
        Ok(out.view(&document, |_| ids.join("\n")))
    }

    pub(super) async fn rows(&self, query: DraftQuery) -> Result<Vec<DraftRow>, Problem> {
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
                return Ok(rows);
            }
        }
    }

    async fn list(&self, out: &Out, query: DraftQuery) -> Done {
        let rows = self.rows(query).await?;
        if !out.is_json() {
            let lines: Vec<Vec<String>> = rows.iter().map(list_row).collect();
            return Ok(Ended::Text(if lines.is_empty() { "No drafts.".into() } else { table(&lines) }));
        }
        let mut documents = Vec::with_capacity(rows.len());
        for row in &rows {
            // Only what was sent somewhere has more to tell than its row.
            let linked = row.pips.iter().any(|pip| pip.state != SyncState::NotTarget);
            let publications =
                if linked { self.0.draft_get(&row.id).await?.publications } else { Vec::new() };
            documents.push(json!({
                "id": row.id, "name": row.name, "type": row.type_name, "summary": row.summary,
                "revision": row.revision, "updatedAt": row.updated_at, "deletedAt": row.deleted_at,
                "state": row.state, "expiring": row.expiring, "publications": publications,
            }));
        }
        Ok(out.view(&documents, |_| String::new()))
    }

    async fn reveal(&self, out: &Out, draft: &str, field: &str, env: Option<&str>) -> Done {
        let view = self.view(draft).await?;
        let environment = match env {
            Some(name) => Some(self.environment(name).await?.id),
            None => None,
        };
        let known = SecretField::from_name(field);
        let there = |wanted: &SecretField| {
            let here = view.overrides.iter().find(|one| Some(&one.environment_id) == environment.as_ref());
            here.is_some_and(|here| here.secrets.contains(wanted))
        };
        let set = |wanted: SecretField| {
            view.secrets.iter().any(|one| one.field == wanted && one.set) || there(&wanted)
        };
        let Some(field) = known.filter(|field| set(*field)) else {
            let names: Vec<&str> =
                view.secrets.iter().filter(|one| one.set).map(|one| one.field.name()).collect();
            let hint = match &names[..] {
                [] => "No secret of this draft is set.".to_owned(),
                names => format!("What is set: {}.", names.join(", ")),
            };
            let title = format!("{} has no {field}.", view.name);
            return Err(Problem::new(Code::NotFound, title, "Nothing was revealed.", hint).into());
        };
        let secret = self.0.secret_reveal(&view.id, field, environment.as_deref()).await?;
        if !out.is_json() {
            // The one place where the command line prints a secret: it was asked for by name, and it was recorded.
            return Ok(Ended::Secret(Zeroizing::new(secret.0.expose().to_vec())));
        }
        let text = secret.0.expose_text().ok_or_else(|| {
            Problem::new(
                Code::Invalid,
                "The value is a file, not text.",
                "Nothing was revealed.",
                "Leave --json out and send the output to a file.",
            )
        })?;
        Ok(out.view(&json!({ "field": field.name(), "value": text }), |_| String::new()))
    }
}

/// Says what stands against publishing, beside the result.
pub(super) fn findings(out: &Out, issues: &[Issue]) {
    for issue in issues {
        out.note(&words::issue(out, issue));
    }
}

fn list_row(row: &DraftRow) -> Vec<String> {
    vec![
        row.id.clone(),
        row.name.clone(),
        row.type_name.clone(),
        row.summary.clone(),
        words::state(row.state).to_owned(),
    ]
}

fn revision_row(one: &RevisionView) -> Vec<String> {
    let changes = match (one.changes.is_empty(), one.revision) {
        (false, _) => one.changes.join(", "),
        (true, 1) => "first save".into(),
        (true, _) => "no change".into(),
    };
    vec![one.revision.to_string(), words::moment(Some(one.saved_at)), one.content.name.clone(), changes]
}

/// The fields that only this type has, as far as they are text.
fn own_fields(view: &DraftView) -> Vec<Vec<String>> {
    let details = serde_json::to_value(&view.content.details).unwrap_or_default();
    let mut rows = Vec::new();
    let mut open = vec![details];
    while let Some(Value::Object(fields)) = open.pop() {
        for (name, value) in fields {
            match value {
                Value::String(text) if name != "type" => rows.push(vec![name, text]),
                Value::Object(_) if name != "facts" => open.push(value),
                _ => {}
            }
        }
    }
    if let Some(facts) = &view.certificate {
        rows.push(vec!["Subject".into(), facts.subject.clone()]);
        rows.push(vec!["Valid until".into(), words::moment(Some(facts.not_after.as_millis()))]);
    }
    rows
}

fn show(out: &Out, view: &DraftView) -> String {
    let set = |set: bool| if set { "set" } else { "not set" }.to_owned();
    let scopes: Vec<&str> = view.content.scopes.iter().map(|scope| scope.0.as_str()).collect();
    let mut rows = vec![
        vec!["Name".into(), view.name.clone()],
        vec!["Id".into(), view.id.clone()],
        vec!["Type".into(), view.type_name.clone()],
        vec!["Revision".into(), format!("{}, saved {}", view.revision, words::moment(Some(view.updated_at)))],
        vec!["Description".into(), view.content.description.clone()],
        vec!["Scopes".into(), scopes.join(", ")],
        vec!["Owner only".into(), if view.content.owner_access_only { "yes" } else { "no" }.into()],
    ];
    rows.retain(|row| !row[1].is_empty());
    rows.extend(own_fields(view));
    rows.extend(view.secrets.iter().map(|secret| vec![secret.field.name().to_owned(), set(secret.set)]));
    for there in &view.overrides {
        rows.extend(super::overrides::lines(view, there));
    }
    for publication in &view.publications {
        let protected = if publication.protected { "protected" } else { "" };
        rows.push(vec!["Environment".into(), format!("{}  {protected}", publication.environment)]);
        rows.extend(words::publication(publication));
    }
    let mut text = table(&rows);
    for issue in view.issues.iter().chain(view.overrides.iter().flat_map(|there| &there.issues)) {
        text.push_str(&format!("\n{}", words::issue(out, issue)));
    }
    text
}
