//! Environments and what lives in them.

use sealpost_app::parts::{SecretEdit, SecretValue};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::{EnvironmentSave, EnvironmentView, ProbeView};
use sealpost_app::{proxy_has_password, proxy_with_password};

use super::{Done, Opened};
use crate::args::{EnvCommand, EnvOptions};
use crate::input::{ask_secret, bytes_from, can_ask, passphrase_from, token_from};
use crate::output::{Ended, Out, SOME_FAILED, Stop, table};
use crate::words;

impl Opened<'_> {
    pub(super) async fn env(&self, out: &mut Out, command: EnvCommand) -> Done {
        match command {
            EnvCommand::Add { name, url, options } => {
                let token = match &options.token_from {
                    Some(source) => token_from(source)?,
                    None if can_ask() => ask_secret("Access token (not shown)")?,
                    None => {
                        return Err(Stop::usage(
                            "The access token is missing.",
                            "Nothing was stored.",
                            "Pass it with --token-from: - for standard input, a file, or env:NAME.",
                        ));
                    }
                };
                let save = save(None, name, url, Some(&token), &options)?;
                let view = self.0.env_save(save).await?;
                Ok(out.view(&view, |_| format!("Added {} ({}, {}).", view.name, view.kind, view.url)))
            }
            EnvCommand::List => {
                let all = self.0.env_list().await?;
                Ok(out.view(&all, |_| {
                    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
                    if rows.is_empty() { "No environments.".into() } else { table(&rows) }
                }))
            }
            EnvCommand::Edit { name, rename, url, options } => {
                let stored = self.environment(&name).await?;
                let token = options.token_from.as_deref().map(token_from).transpose()?;
                let url = url.unwrap_or_else(|| stored.url.clone());
                let save = save(Some(&stored), rename.unwrap_or(name), url, token.as_deref(), &options)?;
                let view = self.0.env_save(save).await?;
                Ok(out.view(&view, |_| format!("Saved {}.", view.name)))
            }
            EnvCommand::Rm { name } => {
                let stored = self.environment(&name).await?;
                self.0.env_delete(&stored.id).await?;
                let document = serde_json::json!({ "removed": stored.id });
                Ok(out.view(&document, |_| format!("Removed {name}. Its sets in Dynatrace are not touched.")))
            }
            EnvCommand::Group(command) => self.groups(out, command).await,
            EnvCommand::Test { name } => {
                let stored = self.environment(&name).await?;
                let probe = self.0.env_test(Some(&stored.id), None).await?;
                let text = out.render(&probe, |out| checks(out, &probe));
                Ok(if probe.ok { Ended::Text(text) } else { Ended::Coded(text, SOME_FAILED) })
            }
        }
    }

    pub(super) async fn environment(&self, name: &str) -> Result<EnvironmentView, Problem> {
        let all = self.0.env_list().await?;
        all.into_iter().find(|env| env.name == name || env.id == name).ok_or_else(|| {
            Problem::new(
                Code::NotFound,
                format!("There is no environment named {name}."),
                "Nothing was changed.",
                "List them with `sealpost env list`.",
            )
        })
    }

    pub(super) async fn remote_list(&self, out: &mut Out, name: &str) -> Done {
        let environment = self.environment(name).await?;
        let sets = self.0.remote_list(&environment.id).await?;
        Ok(out.view(&sets, |_| {
            let rows: Vec<Vec<String>> = sets
                .iter()
                .map(|set| {
                    let linked = if set.draft_id.is_some() { "linked" } else { "not in this vault" };
                    vec![
                        set.id.clone(),
                        set.name.clone(),
                        set.type_name.clone(),
                        set.owner.clone(),
                        linked.into(),
                    ]
                })
                .collect();
            if rows.is_empty() { "No sets.".into() } else { table(&rows) }
        }))
    }

    pub(super) async fn remote_ignore(
        &self,
        out: &mut Out,
        name: &str,
        remote_ids: Vec<String>,
        ignore: bool,
    ) -> Done {
        let environment = self.environment(name).await?.id;
        if ignore {
            // Only what is there can be ignored: an id that was mistyped is found out.
            self.0.remote_look(&environment).await?;
        }
        let ignored = self.0.remote_ignore(&environment, remote_ids, ignore).await?.ignored;
        Ok(out.view(&ignored, |_| match ignored.len() {
            0 => format!("No set of {name} is ignored."),
            number => {
                let names: Vec<&str> = ignored.iter().map(|set| set.name.as_str()).collect();
                format!("Ignored in {name}: {number}, {}.", names.join(", "))
            }
        }))
    }
}

fn save(
    stored: Option<&EnvironmentView>,
    name: String,
    url: String,
    token: Option<&String>,
    options: &EnvOptions,
) -> Result<EnvironmentSave, Problem> {
    let ca_pem = options.ca.as_ref().map(|path| bytes_from(&path.to_string_lossy())).transpose()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(EnvironmentSave {
        id: stored.map(|env| env.id.clone()),
        expected_revision: stored.map(|env| env.revision),
        name,
        url,
        token: token
            .map_or(SecretEdit::Keep, |token| SecretEdit::Set { value: SecretValue::from(token.as_str()) }),
        colour: options.colour.clone().or_else(|| stored.map(|env| env.colour.clone())).unwrap_or_default(),
        protected: options.protected.or_else(|| stored.map(|env| env.protected)).unwrap_or(false),
        read_only: options.read_only,
        ca_pem: ca_pem.map(|bytes| text(&bytes)),
        proxy: proxy(stored, options)?,
        unsaved: None,
    })
}

/// The proxy's address; its password comes from where secrets come from, and is never an argument, which others can see.
fn proxy(stored: Option<&EnvironmentView>, options: &EnvOptions) -> Result<String, Problem> {
    if options.proxy.as_deref().is_some_and(proxy_has_password) {
        return Err(Problem::new(
            Code::Invalid,
            "The proxy's password is in the command line, where other programs and the shell's history see it.",
            "Nothing was changed.",
            "Leave it out of --proxy and say where it is: --proxy-password-from -, FILE or env:NAME. Change it where it is used, since it was seen.",
        ));
    }
    let address = options.proxy.clone().or_else(|| stored.map(|env| env.proxy.clone())).unwrap_or_default();
    match (&options.proxy_password_from, &options.token_from) {
        (None, _) => Ok(address),
        (Some(source), Some(token)) if source == "-" && token == "-" => Err(Problem::new(
            Code::Invalid,
            "Token and proxy password can't both come from standard input.",
            "Nothing was changed.",
            "Name a file or env:NAME for one of them.",
        )),
        (Some(source), _) => {
            let password = passphrase_from(source)?;
            proxy_with_password(&address, password.expose_text().unwrap_or_default())
        }
    }
}

fn row(env: &EnvironmentView) -> Vec<String> {
    if env.unreadable {
        let hint = "does not open; see: sealpost vault doctor".to_owned();
        let published = format!("{} published", env.published);
        return vec![env.name.clone(), env.id.clone(), hint, String::new(), published, String::new()];
    }
    vec![
        env.name.clone(),
        env.kind.clone(),
        env.url.clone(),
        match (env.protected, env.read_only) {
            (_, true) => "read-only",
            (true, false) => "protected",
            (false, false) => "",
        }
        .into(),
        format!("{} published", env.published),
        match &env.last_probe {
            None => "not tested".into(),
            Some(probe) if probe.ok => format!("tested {}: ok", words::moment(Some(probe.at))),
            Some(probe) => format!("tested {}: failed", words::moment(Some(probe.at))),
        },
    ]
}

fn checks(out: &Out, probe: &ProbeView) -> String {
    let rows: Vec<Vec<String>> = probe
        .checks
        .iter()
        .map(|check| vec![check.name.clone(), check.word.clone(), check.detail.clone()])
        .collect();
    let took = probe.latency_ms.map_or_else(String::new, |ms| format!(" ({ms} ms)"));
    let verdict =
        if probe.ok { out.paint("ok", "All checks passed") } else { out.paint("bad", "A check failed") };
    format!("{}\n{verdict}{took}", table(&rows))
}
