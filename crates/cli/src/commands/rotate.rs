//! Rotation: a secret is changed, tried in a canary, given to the rest, taken back where it does not work.

use std::collections::BTreeMap;

use sealpost_app::parts::{SecretEdit, SecretField};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{
    DraftView, RotatedEnvironment, RotatedState, RotationPhase, RotationStart, RotationView,
};

use super::consent::Wishes;
use super::{Done, Opened};
use crate::args::{ConsentArgs, RotateArgs};
use crate::input::{ask_secret, can_ask, secrets_from};
use crate::output::{Out, Stop, table};
use crate::words;

impl Opened<'_> {
    pub(super) async fn rotate(&self, out: &mut Out, arguments: RotateArgs) -> Done {
        let Some(draft) = &arguments.draft else { return self.list_rotations(out).await };
        if arguments.end {
            return self.end_rotation(out, draft).await;
        }
        let acts = !arguments.canary.is_empty() || arguments.go_on || arguments.rollback || arguments.forward;
        if !acts {
            let view = self.rotation(draft).await?;
            return Ok(out.view(&view, |_| describe(&view)));
        }
        self.settle_first(out).await?;
        if !arguments.canary.is_empty() {
            return self.begin(out, draft, &arguments).await;
        }
        if arguments.go_on {
            return self.go_on(out, draft, &arguments.consent).await;
        }
        // Required by the arguments.
        let environment = self.environment(arguments.env.as_deref().unwrap_or_default()).await?;
        let id = self.find(draft).await?;
        let plan = if arguments.rollback {
            self.0.rotation_roll_back(&id, &environment.id, arguments.revision).await?
        } else {
            self.0.rotation_roll_forward(&id, &environment.id).await?;
            self.0.publish_plan(&[id], &[environment.id]).await?
        };
        self.carry_out(out, plan, &arguments.consent, &Wishes::default()).await
    }

    async fn list_rotations(&self, out: &Out) -> Done {
        let all = self.0.rotation_list().await?;
        Ok(out.view(&all, |_| {
            let texts: Vec<String> = all.iter().map(describe).collect();
            if texts.is_empty() { "No rotations.".into() } else { texts.join("\n\n") }
        }))
    }

    async fn end_rotation(&self, out: &Out, draft: &str) -> Done {
        let id = self.find(draft).await?;
        self.0.rotation_end(&id).await?;
        let document = serde_json::json!({ "ended": id });
        Ok(out.view(&document, |_| "Ended. Every environment keeps the secret it has.".into()))
    }

    async fn begin(&self, out: &Out, draft: &str, arguments: &RotateArgs) -> Done {
        let stored = self.view(draft).await?;
        let mut canary = Vec::new();
        for name in &arguments.canary {
            canary.push(self.environment(name).await?.id);
        }
        let start = RotationStart {
            id: stored.id.clone(),
            expected_revision: Some(stored.revision),
            canary,
            secrets: new_secrets(&stored, &arguments.secret)?,
            user: arguments.user.clone(),
        };
        let view = self.0.rotation_start(start).await?;
        out.note(&format!("The new secret of {} is stored as revision {}.", view.draft_name, view.revision));
        let plan = self.0.rotation_plan(&view.draft_id, false).await?;
        let done = self.carry_out(out, plan, &arguments.consent, &Wishes::default()).await?;
        out.note(&next_step(&self.rotation(&stored.id).await?));
        Ok(done)
    }

    async fn go_on(&self, out: &Out, draft: &str, consent: &ConsentArgs) -> Done {
        let view = self.rotation(draft).await?;
        let rest = view.phase != RotationPhase::Canary;
        if !rest {
            out.note("The canary does not have the new secret yet: publishing it there.");
        }
        let plan = self.0.rotation_plan(&view.draft_id, rest).await?;
        let done = self.carry_out(out, plan, consent, &Wishes::default()).await?;
        out.note(&next_step(&self.rotation(&view.draft_id).await?));
        Ok(done)
    }

    async fn rotation(&self, draft: &str) -> Result<RotationView, Problem> {
        let id = self.find(draft).await?;
        self.0.rotation_list().await?.into_iter().find(|one| one.draft_id == id).ok_or_else(|| {
            Problem::new(
                Code::NotFound,
                "No rotation of this draft is under way.",
                "Nothing was changed.",
                "Begin one with --canary NAME.",
            )
        })
    }
}

/// The new values, from where the arguments say or from the terminal.
fn new_secrets(draft: &DraftView, sources: &[String]) -> Result<BTreeMap<SecretField, SecretEdit>, Stop> {
    let fields: Vec<SecretField> = draft.secrets.iter().map(|one| one.field).collect();
    if !sources.is_empty() {
        return Ok(secrets_from(sources, &fields)?);
    }
    let text: Vec<SecretField> =
        fields.into_iter().filter(|field| *field != SecretField::Certificate).collect();
    if !can_ask() || text.is_empty() {
        return Err(Stop::usage(
            "The new secret is missing.",
            "Nothing was stored.",
            "Pass it with --secret: - for standard input, a file, or env:NAME.",
        ));
    }
    let mut edits = BTreeMap::new();
    for field in text {
        let typed = ask_secret(&format!("New {}, not shown; empty keeps it", field.name()))?;
        if !typed.is_empty() {
            edits.insert(field, SecretEdit::Set { value: typed.as_str().into() });
        }
    }
    Ok(edits)
}

const fn word(state: RotatedState) -> &'static str {
    match state {
        RotatedState::Waiting => "waiting",
        RotatedState::Done => "has the new secret",
        RotatedState::RollingBack => "to be rolled back, not published yet",
        RotatedState::RolledBack => "rolled back",
        RotatedState::Failed => "failed",
        RotatedState::Unclear => "unclear",
    }
}

fn row(one: &RotatedEnvironment) -> Vec<String> {
    let revisions: Vec<String> = one.previous.iter().map(|one| one.revision.to_string()).collect();
    let earlier = if revisions.is_empty() {
        String::new()
    } else {
        format!("earlier secrets: revision {}", revisions.join(", "))
    };
    let role = if one.canary { "canary" } else { "" };
    vec![one.environment.clone(), role.into(), word(one.state).into(), earlier]
}

fn describe(view: &RotationView) -> String {
    let fields: Vec<&str> = view.fields.iter().map(|field| field.name()).collect();
    let rows: Vec<Vec<String>> = view.environments.iter().map(row).collect();
    format!(
        "{}: {} changed {}\n{}\n{}",
        view.draft_name,
        fields.join(", "),
        words::moment(Some(view.started_at)),
        table(&rows),
        next_step(view)
    )
}

/// What a person does next.
fn next_step(view: &RotationView) -> String {
    let canary: Vec<&str> =
        view.environments.iter().filter(|one| one.canary).map(|one| one.environment.as_str()).collect();
    let (canary, draft) = (canary.join(", "), &view.draft_name);
    match view.phase {
        RotationPhase::Canary => {
            format!(
                "{canary} does not have the new secret yet. Publish it there: sealpost rotate {draft} --continue"
            )
        }
        RotationPhase::Check => format!(
            "Look whether {canary} works with it.\nIf it does:     sealpost rotate {draft} --continue\nIf it does not: sealpost rotate {draft} --rollback --env {canary}"
        ),
        RotationPhase::Rest => {
            format!("Some do not have the new secret yet. Go on: sealpost rotate {draft} --continue")
        }
        RotationPhase::Done => "Nothing is left to do.".into(),
        RotationPhase::RolledBack => format!(
            "{canary} has the earlier secret again. Begin anew with --canary, or end it: sealpost rotate {draft} --end"
        ),
    }
}
