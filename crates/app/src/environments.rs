//! Environments: address, token, colour, protection; and their connection test.

use sealpost_dynatrace::{ApiToken, CheckResult, Endpoint, Probe, probe};
use sealpost_vault::certificate::inspect;
use sealpost_vault::{
    CertificateFacts, CertificateFormat, Environment, EnvironmentId, EnvironmentMeta, Error, NewActivity,
    SaveEnvironment, SecretEdit, SecretField, SecretValue,
};
use secrecy::SecretString;

use crate::app::{App, Session};
use crate::problem::{Code, Problem};
use crate::proxy_text;
use crate::publish::{Connection, client_for};
use crate::unsaved::gone;
use crate::views::{EnvironmentSave, EnvironmentView, ProbeCheck, ProbeView, UrlCheck};

const COLOURS: [&str; 8] = ["red", "orange", "amber", "green", "teal", "blue", "violet", "grey"];

/// Reads an id from outside.
pub(crate) fn parse_environment_id(text: &str) -> Result<EnvironmentId, Problem> {
    text.parse().map_err(|_| Problem::not_found("environment"))
}

/// What an address is read as; needs no vault.
#[must_use]
pub fn url_check(url: &str) -> UrlCheck {
    match Endpoint::parse(url) {
        Ok(endpoint) => UrlCheck {
            url: endpoint.base().to_owned(),
            kind: endpoint.kind().as_str().to_owned(),
            note: endpoint.note(),
            error: String::new(),
        },
        Err(error) => UrlCheck {
            url: String::new(),
            kind: String::new(),
            note: String::new(),
            error: error.to_string(),
        },
    }
}

/// A token as the client takes it.
pub(crate) fn api_token(token: &SecretValue) -> Result<ApiToken, Problem> {
    let text = token.expose_text().unwrap_or_default();
    ApiToken::new(&SecretString::from(text))
        .map_err(|error| Problem::new(Code::Invalid, error.to_string(), "Nothing was changed.", ""))
}

/// The subject and end of the first CA certificate, or why the text can't be used.
fn ca_facts(pem: &str) -> Result<CertificateFacts, Problem> {
    inspect(pem.as_bytes(), CertificateFormat::Pem, None).map_err(|_| {
        Problem::invalid(
            "The CA file holds no certificate in PEM form.",
            "Choose a file that begins with -----BEGIN CERTIFICATE-----.",
        )
    })
}

/// A CA file that may be stored. One that was stored before with a key is shown all the same.
fn ca_to_store(pem: String) -> Result<String, Problem> {
    if ca_facts(&pem)?.has_private_key {
        return Err(Problem::invalid(
            "The CA file holds a private key.",
            "Choose the certificate alone: nothing here needs the key.",
        ));
    }
    Ok(pem)
}

impl App {
    /// All environments in their order; after them those that do not open, of which nothing but the id is known.
    ///
    /// # Errors
    /// `VaultLocked`, `Storage`.
    pub async fn env_list(&self) -> Result<Vec<EnvironmentView>, Problem> {
        self.with_session(|session| {
            session.refresh()?;
            let readable = session.index.environments().iter().map(|env| session.environment_view(env));
            let unreadable = session.vault.unreadable_environments()?;
            Ok(readable.chain(unreadable.into_iter().map(|id| session.unreadable_environment(id))).collect())
        })
        .await
    }

    pub(crate) async fn environment_view(&self, id: EnvironmentId) -> Result<EnvironmentView, Problem> {
        self.with_session(move |session| {
            session.refresh()?;
            let environment = session.vault.environment(id)?;
            Ok(session.environment_view(&environment))
        })
        .await
    }

    /// Stores an environment: the address normalised, the token checked by its form.
    ///
    /// # Errors
    /// `Invalid` (name, address, token, CA file), `StaleRevision`, `VaultLocked`.
    pub async fn env_save(&self, save: EnvironmentSave) -> Result<EnvironmentView, Problem> {
        self.change(move |session| {
            session.refresh()?;
            let unsaved = save.unsaved.clone();
            let (over, meta, token) = merge(session, save)?;
            let save = SaveEnvironment { over, meta, token };
            let stored = session.vault.save_environment(&save, Some(&NewActivity::of("environmentSaved")))?;
            session.settle_unsaved(unsaved.as_deref());
            session.refresh()?;
            Ok(session.environment_view(&stored))
        })
        .await
    }

    /// Removes an environment to which nothing is published.
    ///
    /// # Errors
    /// `Invalid` while publications are linked to it, `NotFound`, `VaultLocked`.
    pub async fn env_delete(&self, id: &str) -> Result<(), Problem> {
        let id = parse_environment_id(id)?;
        self.change(move |session| {
            let mut entry = NewActivity::of("environmentDeleted");
            entry.detail.environment_name = match session.vault.environment(id) {
                Ok(environment) => Some(environment.meta.name),
                // What does not open any more may go too, and nobody can say its name.
                Err(Error::Unreadable { .. }) => None,
                Err(other) => return Err(other.into()),
            };
            Ok(session.vault.delete_environment(id, &entry)?)
        })
        .await
    }

    /// Tests a stored environment, or one that is being edited; the result of a stored one is kept.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `VaultLocked`. What the test finds is the answer, not an error.
    pub async fn env_test(
        &self,
        id: Option<&str>,
        save: Option<EnvironmentSave>,
    ) -> Result<ProbeView, Problem> {
        let id = id.map(parse_environment_id).transpose()?;
        let (connection, stored) = self
            .with_session(move |session| {
                let (meta, token) = match save {
                    Some(save) => {
                        let (_, meta, token) = merge(session, save)?;
                        (meta, token)
                    }
                    None => {
                        let id = id.ok_or_else(|| Problem::not_found("environment"))?;
                        (session.vault.environment(id)?.meta, session.vault.environment_token(id)?)
                    }
                };
                let stored = id.map(|id| session.vault.environment(id)).transpose()?;
                Ok((Connection { meta, token }, stored))
            })
            .await?;
        if let Some(environment) = stored.as_ref().filter(|env| env.meta.sandbox) {
            self.ensure_sandbox(environment).await?;
        }
        let client = client_for(&connection)?;
        let now = self.now();
        let found = probe_view(probe(&client, now).await, now);
        if let Some(environment) = stored {
            self.keep_probe(environment, found.clone()).await?;
        }
        Ok(found)
    }

    /// Keeps the result beside the environment, not in it: a test is no edit, and must not make one stale.
    async fn keep_probe(&self, environment: Environment, found: ProbeView) -> Result<(), Problem> {
        self.change(move |session| {
            let failed: Vec<_> = found
                .checks
                .iter()
                .filter(|check| check.result == "failed")
                .map(|check| check.name.clone())
                .collect();
            let result = if failed.is_empty() {
                "all checks passed".into()
            } else {
                format!("failed: {}", failed.join(", "))
            };
            let entry = NewActivity::of("environmentTested")
                .about_environment(environment.id, &environment.meta.name)
                .line("Result", result);
            session.vault.set_setting(&probe_name(environment.id), &found)?;
            Ok(session.vault.record(&entry)?)
        })
        .await
    }
}

/// Name of the setting that holds the last test of an environment.
fn probe_name(id: EnvironmentId) -> String {
    format!("probe:{id}")
}

type Merged = (Option<(EnvironmentId, u32)>, EnvironmentMeta, SecretValue);

/// Merges an edit with what is stored, and checks it.
fn merge(session: &Session, save: EnvironmentSave) -> Result<Merged, Problem> {
    let id = save.id.as_deref().map(parse_environment_id).transpose()?;
    let stored = id.map(|id| session.vault.environment(id)).transpose()?;
    let name = save.name.trim().to_owned();
    if name.is_empty() {
        return Err(Problem::invalid(
            "An environment needs a name.",
            "Type a short one, for example prod-eu.",
        ));
    }
    let endpoint = Endpoint::parse(&save.url).map_err(|error| Problem::invalid(error.to_string(), ""))?;
    let trimmed = |value: &SecretValue| SecretValue::from(value.expose_text().unwrap_or_default().trim());
    let token = match (save.token, &stored) {
        (SecretEdit::Set { value }, _) => trimmed(&value),
        (SecretEdit::Unsaved, _) => {
            let kept = session.unsaved_values(save.unsaved.as_deref())?;
            kept.get(SecretField::Token).map(trimmed).ok_or_else(gone)?
        }
        (SecretEdit::Keep, Some(stored)) => session.vault.environment_token(stored.id)?,
        _ => {
            return Err(Problem::invalid(
                "An environment needs an access token.",
                "Paste one with credentialVault.read and credentialVault.write.",
            ));
        }
    };
    let identifier = api_token(&token)?.identifier();
    let kept = stored.as_ref().map(|env| env.meta.clone()).unwrap_or_default();
    let ca_pem = match save.ca_pem {
        None => kept.ca_pem.clone(),
        Some(text) if text.trim().is_empty() => None,
        Some(text) => Some(ca_to_store(text)?),
    };
    let proxy = proxy_text::to_store(&save.proxy, &kept.proxy)?;
    let colour = if COLOURS.contains(&save.colour.as_str()) {
        save.colour
    } else {
        let used = session.index.environments().len();
        if kept.colour.is_empty() { COLOURS[used % COLOURS.len()].to_owned() } else { kept.colour.clone() }
    };
    let meta = EnvironmentMeta {
        name,
        url: endpoint.base().to_owned(),
        token_identifier: identifier,
        colour,
        protected: save.protected,
        read_only: save.read_only.unwrap_or(kept.read_only),
        sandbox: kept.sandbox,
        ca_pem,
        proxy,
    };
    let over = stored.map(|env| (env.id, save.expected_revision.unwrap_or(env.revision)));
    Ok((over, meta, token))
}

impl Session {
    pub(crate) fn environment_view(&self, environment: &Environment) -> EnvironmentView {
        let meta = &environment.meta;
        let endpoint = Endpoint::parse(&meta.url).ok();
        let ca = meta.ca_pem.as_deref().and_then(|pem| ca_facts(pem).ok());
        let kind = match &endpoint {
            _ if meta.sandbox => "Sandbox",
            Some(endpoint) => endpoint.kind().as_str(),
            None => "Other",
        };
        EnvironmentView {
            id: environment.id.to_string(),
            revision: environment.revision,
            name: meta.name.clone(),
            url: meta.url.clone(),
            kind: kind.to_owned(),
            environment_key: endpoint.and_then(|endpoint| endpoint.environment_id().map(str::to_owned)),
            token_identifier: meta.token_identifier.clone(),
            colour: meta.colour.clone(),
            protected: meta.protected,
            read_only: meta.read_only,
            sandbox: meta.sandbox,
            ca_subject: ca.as_ref().map(|facts| facts.subject.clone()),
            ca_not_after: ca.map(|facts| facts.not_after.as_millis()),
            proxy: if meta.proxy.is_empty() { "system".into() } else { proxy_text::shown(&meta.proxy) },
            published: self.index.published_to(environment.id),
            unreadable: false,
            // A test of another address or token says nothing about this one.
            last_probe: self
                .vault
                .setting::<ProbeView>(&probe_name(environment.id))
                .ok()
                .flatten()
                .filter(|probe| probe.at >= environment.updated_at.as_millis()),
        }
    }
}

impl Session {
    /// What a list shows of an environment that does not open. Nothing is ever sent there.
    fn unreadable_environment(&self, id: EnvironmentId) -> EnvironmentView {
        EnvironmentView {
            id: id.to_string(),
            revision: 0,
            name: "Unreadable environment".into(),
            url: String::new(),
            kind: "Unreadable".into(),
            environment_key: None,
            token_identifier: String::new(),
            colour: "grey".into(),
            protected: false,
            read_only: true,
            sandbox: false,
            ca_subject: None,
            ca_not_after: None,
            proxy: "system".into(),
            published: self.index.published_to(id),
            unreadable: true,
            last_probe: None,
        }
    }
}

fn probe_view(found: Probe, now: i64) -> ProbeView {
    let ok = found.ok();
    let trusted_until = found
        .certificate
        .as_deref()
        .and_then(|der| sealpost_vault::certificate::inspect_der(der).ok())
        .map(|facts| facts.not_after.as_millis());
    ProbeView {
        at: now,
        reachable: found.reachable,
        ok,
        latency_ms: found.latency_ms.map(|ms| u32::try_from(ms).unwrap_or(u32::MAX)),
        owner: found.owner,
        token_expires_at: found.token_expires_at,
        can_write: found.can_write,
        checks: found
            .checks
            .into_iter()
            .map(|check| {
                let result = match check.result {
                    CheckResult::Ok => "ok",
                    CheckResult::Warning => "warning",
                    CheckResult::Failed => "failed",
                    CheckResult::Unknown => "unknown",
                };
                let until = trusted_until.filter(|_| check.name == "TLS" && result == "ok");
                let detail = match until {
                    Some(at) => format!("{} Valid until {}.", check.detail, crate::time::day(at)),
                    None => check.detail,
                };
                ProbeCheck {
                    name: check.name.to_owned(),
                    result: result.to_owned(),
                    word: check.word.to_owned(),
                    detail,
                }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
