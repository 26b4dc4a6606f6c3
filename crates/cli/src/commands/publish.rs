//! Plan, publish, unpublish.

use indicatif::{ProgressBar, ProgressStyle};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{AppEvent, PlanAction, PlanRow, PlanView, RunState, RunView};

use super::consent::{Wishes, changes, consent};
use super::plan_text::{blocked, describe, report};
use super::{Done, Opened, stopped};
use crate::args::{ConsentArgs, PublishArgs, Targets, UnpublishArgs};
use crate::input::bytes_from;
use crate::output::{Ended, Out, SOME_FAILED, Stop};
use crate::words::count;

impl Opened<'_> {
    async fn ids(
        &self,
        drafts: &[String],
        envs: &[String],
        groups: &[String],
    ) -> Result<(Vec<String>, Vec<String>), Problem> {
        let (mut ids, mut environments) = (Vec::new(), Vec::new());
        for draft in drafts {
            ids.push(self.find(draft).await?);
        }
        for name in envs {
            environments.push(self.environment(name).await?.id);
        }
        for name in groups {
            environments.extend(self.group(name).await?.environment_ids);
        }
        Ok((ids, environments))
    }

    pub(super) async fn plan(&self, out: &mut Out, targets: &Targets) -> Done {
        let (drafts, environments) = self.ids(&targets.drafts, &targets.envs, &targets.groups).await?;
        let plan = self.0.publish_plan(&drafts, &environments).await?;
        let text = out.render(&plan, |out| describe(out, &plan));
        Ok(if blocked(&plan) { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) })
    }

    pub(super) async fn publish(&self, out: &mut Out, arguments: PublishArgs) -> Done {
        self.settle_first(out).await?;
        let mut plan = match &arguments.plan {
            Some(file) => self.plan_again(out, file).await?,
            None if arguments.resume => self.0.publish_resume().await?,
            None => {
                let (drafts, environments) =
                    self.ids(&arguments.drafts, &arguments.envs, &arguments.groups).await?;
                self.0.publish_plan(&drafts, &environments).await?
            }
        };
        if arguments.take_theirs {
            plan = self.take_theirs(out, plan).await?;
        }
        let wishes = Wishes { keep_mine: arguments.keep_mine, adopt: arguments.adopt };
        self.carry_out(out, plan, &arguments.consent, &wishes).await
    }

    pub(super) async fn unpublish(&self, out: &mut Out, arguments: &UnpublishArgs) -> Done {
        self.settle_first(out).await?;
        let targets = &arguments.targets;
        let (drafts, environments) = self.ids(&targets.drafts, &targets.envs, &targets.groups).await?;
        let plan = self.0.unpublish_plan(&drafts, &environments).await?;
        self.carry_out(out, plan, &arguments.consent, &Wishes::default()).await
    }

    /// Shows a plan, asks, runs it and reports.
    pub(super) async fn carry_out(
        &self,
        out: &Out,
        plan: PlanView,
        given: &ConsentArgs,
        wishes: &Wishes,
    ) -> Done {
        out.note(&describe(out, &plan));
        if changes(&plan).is_empty() {
            let document = serde_json::json!({ "plan": plan, "items": [] });
            let said = if blocked(&plan) { "Nothing was sent." } else { "Nothing to do." };
            let text = out.render(&document, |_| said.into());
            return Ok(if blocked(&plan) { Ended::Coded(text, SOME_FAILED) } else { Ended::Text(text) });
        }
        let Some(start) = consent(out, &plan, given, wishes)? else {
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

    /// Requests of an earlier run whose outcome is not known come first: what they became decides what is to do.
    pub(super) async fn settle_first(&self, out: &mut Out) -> Result<(), Stop> {
        let unresolved = self.0.unresolved_count().await?;
        if unresolved == 0 {
            return Ok(());
        }
        let cut_off = self.0.publish_unfinished().await?;
        let of = cut_off.map_or_else(String::new, |run| format!(" of {}", run.total));
        out.note(&format!(
            "{unresolved}{of} unresolved from an earlier publish: looking what became of them."
        ));
        let found = self.0.reconcile(Vec::new()).await?;
        out.note(&super::reconcile::describe(out, &found));
        Ok(())
    }

    /// Makes the plan of a file again. Rows that are not what they were in it are refused.
    async fn plan_again(&self, out: &Out, file: &str) -> Result<PlanView, Stop> {
        let unreadable = |why: String| {
            Problem::new(
                Code::Invalid,
                format!("{file} is no plan: {why}."),
                "Nothing was sent.",
                "Write one with: sealpost --json plan DRAFT --env NAME > plan.json",
            )
        };
        let wanted: PlanView =
            serde_json::from_slice(&bytes_from(file)?).map_err(|error| unreadable(error.to_string()))?;
        let fresh = self.0.publish_replan(&wanted).await?;
        for row in fresh.rows.iter().filter(|row| row.action == PlanAction::Blocked) {
            out.note(&format!("{}: {}", row.draft_name, row.summary));
        }
        Ok(fresh)
    }

    /// Takes every conflict's other side into its draft, and plans again.
    async fn take_theirs(&self, out: &Out, plan: PlanView) -> Result<PlanView, Problem> {
        let conflicts: Vec<&PlanRow> =
            plan.rows.iter().filter(|row| row.action == PlanAction::Conflict).collect();
        if conflicts.is_empty() {
            return Ok(plan);
        }
        for row in &conflicts {
            let draft = self.0.publish_take_theirs(&plan.id, &row.key).await?;
            out.note(&format!("{}: revision {} has what is there.", draft.name, draft.revision));
        }
        self.0.publish_replan_rows(&plan).await
    }

    /// Shows progress until the end. Ctrl-C finishes the request in flight and leaves the rest unpublished.
    async fn follow(&self, out: &Out) -> Result<RunView, Problem> {
        let mut events = self.0.events();
        let bar = if out.is_json() { ProgressBar::hidden() } else { ProgressBar::new(0) };
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message("Working");
        let (ended, stop) = (self.0.publish_wait(), stopped());
        tokio::pin!(ended, stop);
        let mut stopping = false;
        let run = loop {
            tokio::select! {
                run = &mut ended => break run,
                event = events.recv() => {
                    if let Ok(AppEvent::RunMoved { moved }) = event {
                        let counts = moved.counts;
                        bar.set_length(counts.total.into());
                        bar.set_position((counts.total - counts.open).into());
                        bar.set_message(match counts.waiting {
                            0 => "Working".to_owned(),
                            some => format!("Working, {} waiting", count(some as usize, "request")),
                        });
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
