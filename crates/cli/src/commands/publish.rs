//! Plan and publish.

use indicatif::{ProgressBar, ProgressStyle};
use sealpost_app::problem::Problem;
use sealpost_app::views::{AppEvent, PlanAction, PlanView, RunItem, RunState, RunView};

use super::consent::{changes, consent};
use super::{Done, Opened, stopped};
use crate::args::{PublishArgs, Targets};
use crate::output::{Ended, Out, SOME_FAILED, table};

impl Opened<'_> {
    async fn make_plan(&self, targets: &Targets) -> Result<PlanView, Problem> {
        let mut drafts = Vec::new();
        for draft in &targets.drafts {
            drafts.push(self.find(draft).await?);
        }
        let mut environments = Vec::new();
        for name in &targets.envs {
            environments.push(self.environment(name).await?.id);
        }
        self.0.publish_plan(&drafts, &environments).await
    }

    pub(super) async fn plan(&self, out: &mut Out, targets: &Targets) -> Done {
        let plan = self.make_plan(targets).await?;
        let text = out.render(&plan, |out| describe(out, &plan));
        Ok(if blocked(&plan) { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    pub(super) async fn publish(&self, out: &mut Out, arguments: PublishArgs) -> Done {
        let plan = self.make_plan(&arguments.targets).await?;
        out.note(&describe(out, &plan));
        if changes(&plan).is_empty() {
            let document = serde_json::json!({ "plan": plan, "items": [] });
            let said = if blocked(&plan) { "Nothing was sent." } else { "Nothing to publish." };
            let text = out.render(&document, |_| said.into());
            return Ok(if blocked(&plan) { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) });
        }
        let Some(start) = consent(out, &plan, &arguments)? else {
            let document = serde_json::json!({ "plan": plan, "items": [] });
            return Ok(Ended::Coded(out.render(&document, |_| "Nothing was sent.".into()), 1));
        };
        self.0.publish_start(start).await?;
        let run = self.follow(out).await?;
        let failed = run.items.iter().any(|item| item.state != RunState::Done);
        let mut document = serde_json::to_value(&run).unwrap_or_default();
        document["plan"] = serde_json::to_value(&plan).unwrap_or_default();
        let text = out.render(&document, |out| report(out, &run));
        Ok(if failed || blocked(&plan) { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    /// Shows progress until the end. Ctrl-C finishes the request in flight and leaves the rest unpublished.
    async fn follow(&self, out: &Out) -> Result<RunView, Problem> {
        let mut events = self.0.events();
        let bar = if out.is_json() { ProgressBar::hidden() } else { ProgressBar::new(0) };
        if let Ok(style) = ProgressStyle::with_template("Publishing {bar:32} {pos}/{len}") {
            bar.set_style(style);
        }
        let (ended, stop) = (self.0.publish_wait(), stopped());
        tokio::pin!(ended, stop);
        let mut stopping = false;
        let run = loop {
            tokio::select! {
                run = &mut ended => break run,
                event = events.recv() => {
                    if let Ok(AppEvent::RunChanged { run }) = event {
                        let open = run.items.iter().filter(|item| is_open(item.state)).count();
                        bar.set_length(run.items.len() as u64);
                        bar.set_position((run.items.len() - open) as u64);
                    }
                }
                () = &mut stop, if !stopping => {
                    stopping = true;
                    bar.suspend(|| out.note("Stopping: the request in flight is finished, the rest is not sent."));
                    self.0.publish_cancel().await?;
                }
            }
        };
        bar.finish_and_clear();
        run.ok_or_else(|| super::internal("the run left no report"))
    }
}

const fn is_open(state: RunState) -> bool {
    matches!(state, RunState::Queued | RunState::Sending | RunState::Waiting | RunState::Verifying)
}

fn blocked(plan: &PlanView) -> bool {
    plan.rows.iter().any(|row| row.action == PlanAction::Blocked)
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
        let rows = || plan.rows.iter().filter(|row| row.environment_id == environment.id);
        let told = |problem: &&String| rows().any(|row| row.reasons.contains(*problem));
        let untold = environment.problem.iter().filter(|problem| !told(problem));
        lines.extend(untold.map(|problem| out.paint("bad", &format!("  {problem}"))));
        for row in rows() {
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
                if item.state == RunState::Skipped { item.message.clone() } else { String::new() },
            ]
        })
        .collect();
    let mut text = table(&rows);
    let told = |item: &&RunItem| item.state != RunState::Skipped && !item.message.is_empty();
    for item in run.items.iter().filter(told) {
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
