//! Where drafts stand, and what was done.

use sealpost_app::problem::Problem;
use sealpost_app::views::{DraftQuery, DraftView};

use super::{Done, Opened};
use crate::output::{Out, table};

impl Opened<'_> {
    pub(super) async fn status(&self, out: &mut Out, refresh: bool, drafts: &[String]) -> Done {
        let mut ids = Vec::new();
        for draft in drafts {
            ids.push(self.0.draft_find(draft).await?.to_string());
        }
        if refresh {
            self.0.publication_refresh(&ids).await?;
        }
        let views = self.views(&ids).await?;
        Ok(out.view(&views, |_| {
            let mut rows = Vec::new();
            for view in &views {
                rows.push(vec![view.name.clone(), format!("{:?}", view.state), String::new(), String::new()]);
                rows.extend(view.publications.iter().map(|one| {
                    vec![
                        format!("  {}", one.environment),
                        format!("{:?}", one.state),
                        one.remote_id.clone().unwrap_or_default(),
                        one.owner.clone().unwrap_or_default(),
                    ]
                }));
            }
            if rows.is_empty() { "No drafts.".into() } else { table(&rows) }
        }))
    }

    async fn views(&self, ids: &[String]) -> Result<Vec<DraftView>, Problem> {
        let mut ids = ids.to_vec();
        let mut offset = 0;
        while ids.is_empty() || offset > 0 {
            let page = self
                .0
                .draft_list(DraftQuery { offset: Some(offset), limit: Some(500), ..Default::default() })
                .await?;
            let count = u32::try_from(page.rows.len()).unwrap_or(0);
            ids.extend(page.rows.into_iter().map(|row| row.id));
            offset = if count == 500 { offset + count } else { 0 };
            if offset == 0 {
                break;
            }
        }
        let mut views = Vec::with_capacity(ids.len());
        for id in &ids {
            views.push(self.0.draft_get(id).await?);
        }
        Ok(views)
    }

    pub(super) async fn activity(&self, out: &mut Out, limit: u32) -> Done {
        let page = self.0.activity(None, Some(limit)).await?;
        Ok(out.view(&page.entries, |_| {
            let rows: Vec<Vec<String>> = page
                .entries
                .iter()
                .map(|entry| vec![sealpost_app::moment(entry.at), entry.text.clone()])
                .collect();
            if rows.is_empty() { "Nothing happened yet.".into() } else { table(&rows) }
        }))
    }
}
