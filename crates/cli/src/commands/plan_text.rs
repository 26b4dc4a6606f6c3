//! Plans and runs as text for people.

use sealpost_app::views::{FieldChange, FieldStanding, PlanAction, PlanView, RunItem, RunState, RunView};

use crate::output::{Out, table};

/// Is something in it that can't be done?
pub(super) fn blocked(plan: &PlanView) -> bool {
    plan.rows.iter().any(|row| row.action == PlanAction::Blocked)
}

fn action(out: &Out, action: PlanAction) -> String {
    let (tone, word) = match action {
        PlanAction::Create => ("ok", "create"),
        PlanAction::Update => ("warn", "update"),
        PlanAction::Adopt => ("warn", "adopt"),
        PlanAction::Conflict => ("bad", "conflict"),
        PlanAction::Delete => ("bad", "delete"),
        PlanAction::NoChange => ("dim", "no change"),
        PlanAction::Blocked => ("bad", "blocked"),
    };
    out.paint(tone, word)
}

/// The plan for people.
pub(super) fn describe(out: &Out, plan: &PlanView) -> String {
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
            let shown = matches!(row.action, PlanAction::Update | PlanAction::Adopt | PlanAction::Conflict);
            if shown {
                lines.extend(row.changes.iter().flat_map(|change| change_lines(out, change)));
            }
            lines.extend(row.conflict.iter().map(|field| {
                let text =
                    |lines: &[String]| if lines.is_empty() { "nothing".into() } else { lines.join(", ") };
                out.paint(
                    "warn",
                    &format!(
                        "      {}: published {}, there {}, here {}",
                        field.label,
                        text(&field.published),
                        text(&field.theirs),
                        text(&field.mine)
                    ),
                )
            }));
            lines.extend(row.standing.iter().map(|field| {
                let standing = if field.standing == FieldStanding::Ignored { "ignored" } else { "accepted" };
                let text =
                    |lines: &[String]| if lines.is_empty() { "nothing".into() } else { lines.join(", ") };
                out.paint(
                    "dim",
                    &format!(
                        "      {}, {standing}: there {}, here {}",
                        field.label,
                        text(&field.theirs),
                        text(&field.mine)
                    ),
                )
            }));
            lines.extend(row.adoptable.iter().map(|set| {
                format!("      can be adopted: {} of {} (--adopt {})", set.id, set.owner, set.id)
            }));
            lines.extend(row.monitors.iter().map(|monitor| {
                format!("      used by {} ({}, {})", monitor.name, monitor.kind.to_lowercase(), monitor.id)
            }));
            lines.extend(
                row.reasons.iter().skip(1).map(|reason| out.paint("bad", &format!("      {reason}"))),
            );
            lines.extend(row.warnings.iter().map(|warning| out.paint("warn", &format!("      {warning}"))));
        }
    }
    lines.join("\n")
}

fn change_lines(out: &Out, change: &FieldChange) -> Vec<String> {
    if change.secret {
        return vec![format!("      {}: changed", change.label)];
    }
    let line =
        |tone, sign: char, text: &String| out.paint(tone, &format!("      {sign} {}: {text}", change.label));
    let before = change.before.iter().map(|text| line("bad", '-', text));
    before.chain(change.after.iter().map(|text| line("ok", '+', text))).collect()
}

/// What a run did, for people.
pub(super) fn report(out: &Out, run: &RunView) -> String {
    let rows: Vec<Vec<String>> = run
        .items
        .iter()
        .map(|item| {
            let word = match item.state {
                RunState::Done if item.action == PlanAction::Create => "created",
                RunState::Done if item.action == PlanAction::Adopt => "adopted",
                RunState::Done if item.action == PlanAction::Delete => "deleted",
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
