//! Plan and publish.

use indicatif::{ProgressBar, ProgressStyle};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{AppEvent, PlanAction, PlanRow, PlanView, PublishStart, RunState, RunView};

use super::{Done, Opened};
use crate::args::{PublishArgs, Targets};
use crate::input::{ask, can_ask};
use crate::output::{Ended, Out, table};

/// Exit code when some rows were blocked or failed.
const SOME_FAILED: u8 = 3;
/// Exit code for a missing answer.
const USAGE: u8 = 2;

impl Opened<'_> {
    async fn make_plan(&self, targets: &Targets) -> Result<PlanView, Problem> {
        let mut drafts = Vec::new();
        for draft in &targets.drafts {
            drafts.push(self.0.draft_find(draft).await?.to_string());
        }
        let mut environments = Vec::new();
        for name in &targets.envs {
            environments.push(self.environment(name).await?.id);
        }
        self.0.publish_plan(&drafts, &environments).await
    }

    pub(super) async fn plan(&self, out: &mut Out, targets: &Targets) -> Done {
        let plan = self.make_plan(targets).await?;
        let blocked = plan.rows.iter().any(|row| row.action == PlanAction::Blocked);
        let text = out.render(&plan, |out| describe(out, &plan));
        Ok(if blocked { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    pub(super) async fn publish(&self, out: &mut Out, arguments: PublishArgs) -> Done {
        let plan = self.make_plan(&arguments.targets).await?;
        let runs = |row: &&PlanRow| matches!(row.action, PlanAction::Create | PlanAction::Update);
        let rows: Vec<String> = plan.rows.iter().filter(runs).map(|row| row.key.clone()).collect();
        let blocked = plan.rows.iter().any(|row| row.action == PlanAction::Blocked);
        out.note(&describe(out, &plan));
        if rows.is_empty() {
            let text = out
                .render(&serde_json::json!({ "plan": plan, "items": [] }), |_| "Nothing to publish.".into());
            return Ok(if blocked { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) });
        }
        if !arguments.yes && !agreed(out, rows.len())? {
            return Ok(Ended::Coded(out.render(&plan, |_| "Nothing was sent.".into()), USAGE));
        }
        let owner_changes = if arguments.accept_owner_change { rows.clone() } else { Vec::new() };
        let start = PublishStart {
            plan_id: plan.id.clone(),
            rows,
            owner_changes,
            confirmed_names: arguments.confirm,
        };
        self.0.publish_start(start).await?;
        let run = self.follow(out).await?;
        let failed = run.items.iter().any(|item| item.state != RunState::Done);
        let text = out.render(&run, |out| report(out, &run));
        Ok(if failed || blocked { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    /// Shows progress until the end. Ctrl-C finishes the request in flight and leaves the rest unpublished.
    async fn follow(&self, out: &Out) -> Result<RunView, Problem> {
        let mut events = self.0.events();
        let bar = if out.is_json() { ProgressBar::hidden() } else { ProgressBar::new(0) };
        if let Ok(style) = ProgressStyle::with_template("Publishing {bar:32} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        let ended = self.0.publish_wait();
        tokio::pin!(ended);
        let run = loop {
            tokio::select! {
                run = &mut ended => break run,
                event = events.recv() => {
                    if let Ok(AppEvent::RunChanged { run }) = event {
                        let over = |state| matches!(state, RunState::Done | RunState::Failed | RunState::Unclear | RunState::Skipped);
                        bar.set_length(run.items.len() as u64);
                        bar.set_position(run.items.iter().filter(|item| over(item.state)).count() as u64);
                    }
                }
                _ = tokio::signal::ctrl_c() => {
                    bar.set_message("finishing the request in flight");
                    self.0.publish_cancel().await?;
                }
            }
        };
        bar.finish_and_clear();
        run.ok_or_else(|| super::internal("the run left no report"))
    }
}

fn agreed(out: &Out, changes: usize) -> Result<bool, Problem> {
    if !can_ask() {
        return Err(Problem::new(
            Code::ConsentMissing,
            "There is no terminal to ask.",
            "Nothing was sent.",
            "Read the plan, then add --yes.",
        ));
    }
    let noun = if changes == 1 { "change" } else { "changes" };
    let answer = ask(&out.paint("bold", &format!("Apply {changes} {noun}? [y/N]")))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

fn action(out: &Out, action: PlanAction) -> String {
    let (tone, word) = match action {
        PlanAction::Create => ("ok", "create"),
        PlanAction::Update => ("warn", "update"),
        PlanAction::NoChange => ("dim", "no change"),
        PlanAction::Blocked => ("bad", "blocked"),
    };
    out.paint(tone, word)
}

fn describe(out: &Out, plan: &PlanView) -> String {
    let mut lines = Vec::new();
    for environment in &plan.environments {
        let protected = if environment.protected { " (protected)" } else { "" };
        lines.push(out.paint("bold", &format!("{}{protected}", environment.name)));
        for row in plan.rows.iter().filter(|row| row.environment_id == environment.id) {
            lines.push(format!("  {}  {}: {}", action(out, row.action), row.draft_name, row.summary));
            if let Some(change) = &row.owner_change {
                lines.push(out.paint("warn", &format!("      owner: {} → {}", change.from, change.to)));
            }
            for change in row.changes.iter().filter(|_| row.action == PlanAction::Update) {
                if change.secret {
                    lines.push(format!("      {}: changed", change.label));
                    continue;
                }
                lines.extend(
                    change
                        .before
                        .iter()
                        .map(|line| out.paint("bad", &format!("      - {}: {line}", change.label))),
                );
                lines.extend(
                    change
                        .after
                        .iter()
                        .map(|line| out.paint("ok", &format!("      + {}: {line}", change.label))),
                );
            }
            lines.extend(
                row.reasons.iter().skip(1).map(|reason| out.paint("bad", &format!("      {reason}"))),
            );
            lines.extend(row.warnings.iter().map(|warning| out.paint("warn", &format!("      {warning}"))));
        }
    }
    lines.join("\n")
}

fn report(out: &Out, run: &RunView) -> String {
    let rows: Vec<Vec<String>> = run
        .items
        .iter()
        .map(|item| {
            let word = match item.state {
                RunState::Done if item.action == PlanAction::Create => "created",
                RunState::Done => "updated",
                RunState::Failed => "failed",
                RunState::Unclear => "unclear",
                RunState::Skipped => "skipped",
                _ => "open",
            };
            vec![
                word.to_owned(),
                item.draft_name.clone(),
                item.environment.clone(),
                item.remote_id.clone().unwrap_or_default(),
                item.owner.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let mut text = table(&rows);
    for item in run.items.iter().filter(|item| !item.message.is_empty()) {
        text.push_str(&format!("\n{}: {}", item.draft_name, item.message));
        if let Some(server) = &item.server_message {
            text.push_str(&format!("\n  server: “{server}”"));
        }
        for violation in &item.violations {
            text.push_str(&format!("\n  {}: {}", violation.label, violation.value));
        }
        if let Some(hint) = &item.hint {
            text.push_str(&format!("\n  {}", out.paint("dim", hint)));
        }
    }
    text
}
