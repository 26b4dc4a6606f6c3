//! Texts to use a published set with.

use sealpost_app::problem::{Code, Problem};

use super::{Done, Opened};
use crate::output::Out;

impl Opened<'_> {
    pub(super) async fn uses(&self, out: &Out, draft: &str, environment: &str, form: Option<&str>) -> Done {
        let (draft, environment) = (self.find(draft).await?, self.environment(environment).await?.id);
        let mut uses = self.0.draft_uses(&draft, &environment).await?;
        if let Some(form) = form {
            uses.retain(|one| one.key == form);
            if uses.is_empty() {
                return Err(Problem::new(
                    Code::Invalid,
                    format!("A set of this type and these scopes is not used by {form}."),
                    "Nothing was changed.",
                    "Leave --as out to see what uses it.",
                )
                .into());
            }
        }
        Ok(out.view(&uses, |out| match &uses[..] {
            // Alone it goes straight into a file.
            [one] if form.is_some() => one.text.clone(),
            _ => {
                let texts = uses
                    .iter()
                    .map(|one| format!("{}\n{}", out.paint("bold", &one.title), one.text.trim_end()));
                texts.collect::<Vec<_>>().join("\n\n")
            }
        }))
    }
}
