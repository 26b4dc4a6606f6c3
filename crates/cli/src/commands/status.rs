//! Where drafts stand, and what was done.

use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{DraftQuery, DraftView};

use super::{Done, Opened};
use crate::output::{Ended, Out, SOME_FAILED, Stop, table};
use crate::words;

impl Opened<'_> {
    pub(super) async fn status(&self, out: &mut Out, refresh: bool, drafts: &[String]) -> Done {
        let mut ids = Vec::new();
        for draft in drafts {
            ids.push(self.find(draft).await?);
        }
        let mut unread = None;
        if refresh {
            match self.0.publication_refresh(&ids).await {
                Err(problem) if problem.code == Code::Network => unread = Some(problem),
                read => drop(read?),
            }
        }
        let unresolved = self.0.unresolved_count().await?;
        if unresolved > 0 {
            let of = self
                .0
                .publish_unfinished()
                .await?
                .map_or_else(String::new, |run| format!(" of {}", run.total));
            out.note(
                &out.paint("warn", &format!("{unresolved}{of} unresolved: `sealpost reconcile` finds out.")),
            );
        }
        let views = self.views(&ids).await?;
        let text = out.render(&views, |_| {
            let mut rows = Vec::new();
            for view in &views {
                let state = words::state(view.state).to_owned();
                rows.push(vec![view.name.clone(), state]);
                rows.extend(view.publications.iter().map(|one| {
                    vec![
                        format!("  {}", one.environment),
                        words::state(one.state).to_owned(),
                        one.remote_id.clone().unwrap_or_default(),
                        one.owner.clone().unwrap_or_default(),
                        one.problem.clone().unwrap_or_default(),
                    ]
                }));
            }
            if rows.is_empty() { "No drafts.".into() } else { table(&rows) }
        });
        Ok(match unread {
            None => Ended::Text(text),
            Some(problem) => {
                out.note(&format!("{} {problem}", out.paint("warn", "warning:")));
                Ended::Coded(text, SOME_FAILED)
            }
        })
    }

    async fn views(&self, ids: &[String]) -> Result<Vec<DraftView>, Problem> {
        let mut ids = ids.to_vec();
        if ids.is_empty() {
            ids = self.rows(DraftQuery::default()).await?.into_iter().map(|row| row.id).collect();
        }
        let mut views = Vec::with_capacity(ids.len());
        for id in &ids {
            views.push(self.0.draft_get(id).await?);
        }
        Ok(views)
    }

    pub(super) async fn report(&self, out: &Out, since: Option<&str>) -> Done {
        let since = since
            .map(|text| {
                sealpost_app::start_of_day(text).ok_or_else(|| {
                    Stop::usage(
                        &format!("{text} is no day."),
                        "Nothing was changed.",
                        "Write it as 2026-11-24.",
                    )
                })
            })
            .transpose()?;
        let report = self.0.attempt_report(since).await?;
        Ok(out.view(&report, |_| report.markdown.clone()))
    }

    pub(super) async fn activity(&self, out: &mut Out, limit: usize) -> Done {
        let (mut entries, mut before) = (Vec::new(), None);
        while entries.len() < limit {
            let wanted = u32::try_from(limit - entries.len()).unwrap_or(u32::MAX);
            let page = self.0.activity(before, Some(wanted)).await?;
            entries.extend(page.entries);
            before = page.next_before;
            if before.is_none() {
                break;
            }
        }
        Ok(out.view(&entries, |_| {
            let rows: Vec<Vec<String>> = entries
                .iter()
                .map(|entry| {
                    let details: Vec<String> =
                        entry.details.iter().map(|line| format!("{}: {}", line.label, line.value)).collect();
                    vec![words::moment(Some(entry.at)), entry.text.clone(), details.join("; ")]
                })
                .collect();
            if rows.is_empty() { "Nothing happened yet.".into() } else { table(&rows) }
        }))
    }
}
