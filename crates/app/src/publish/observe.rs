//! What an environment looks like now: who the token is, what it may do, which sets it sees. Reads only.

use std::collections::HashMap;

use sealpost_dynatrace::{Client, ClientOptions, Endpoint, Error, ListFilter, Proxy, RemoteSet, TokenLookup};
use sealpost_vault::{Environment, EnvironmentId, EnvironmentMeta, Publication, SecretValue, Timestamp};

use super::unresolved::VISIBLE_AFTER_MS;
use crate::app::App;
use crate::environments::api_token;
use crate::problem::{Code, Problem};
use crate::views::{MonitorView, PlanAction, PlanRow};

/// A plan names the monitors of so many sets per environment: one request each.
const NAMED_MONITORS: usize = 50;

/// Everything needed to make a client: no id, since an unsaved environment can be tested too.
pub(crate) struct Connection {
    pub(crate) meta: EnvironmentMeta,
    pub(crate) token: SecretValue,
}

/// The client of a connection.
///
/// # Errors
/// `Invalid`: address, token, CA or proxy can't be used.
pub(crate) fn client_for(connection: &Connection) -> Result<Client, Problem> {
    let endpoint =
        Endpoint::parse(&connection.meta.url).map_err(|error| Problem::invalid(error.to_string(), ""))?;
    let token = api_token(&connection.token)?;
    let proxy = match connection.meta.proxy.as_str() {
        "" | "system" => Proxy::System,
        "none" => Proxy::None,
        url => Proxy::Url(url.to_owned()),
    };
    let options =
        ClientOptions { extra_ca_pem: connection.meta.ca_pem.clone(), proxy, ..ClientOptions::default() };
    Client::new(endpoint, token, &options).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("The connection to {} could not be prepared: {error}.", connection.meta.name),
            "Nothing was sent.",
            "Check the CA file and the proxy of this environment.",
        )
    })
}

/// An environment as observed for a plan.
pub(crate) struct Observed {
    pub(crate) environment: Environment,
    /// User behind the token, if it could be read.
    pub(crate) token_owner: Option<String>,
    /// Sets the token sees, by id.
    pub(crate) sets: HashMap<String, RemoteSet>,
    /// `APP_ENGINE` does not exist there.
    pub(crate) managed: bool,
    /// Why nothing can be published there.
    pub(crate) problem: Option<String>,
    /// When the look began, milliseconds since the epoch.
    pub(crate) looked_at: i64,
}

impl Observed {
    /// Why nothing may be written there.
    pub(super) fn refusal(&self) -> Option<String> {
        let read_only = || {
            format!("{} is read-only here. Allow writing in its settings first.", self.environment.meta.name)
        };
        self.problem.clone().or_else(|| self.environment.meta.read_only.then(read_only))
    }

    /// Why a linked set that can't be found may still be there: it was made moments ago and never seen since (contract
    /// 5.8), or it is shown to its owner alone (contract 5.1). Making another one then would double it.
    pub(super) fn can_be_hidden(&self, publication: &Publication) -> Option<String> {
        let meta = &publication.meta;
        let unseen = publication.verified_at.is_none_or(|seen| Some(seen) < publication.published_at);
        let made = publication.published_at.filter(|_| unseen).map(Timestamp::as_millis);
        if made.is_some_and(|made| self.looked_at.saturating_sub(made) < VISIBLE_AFTER_MS) {
            let id = meta.remote_id.as_deref().unwrap_or("Its set");
            return Some(format!(
                "{id} was written moments ago and can't be seen there yet. Try again in a minute."
            ));
        }
        let owner_only = meta.remote.as_ref().and_then(|set| set.get("ownerAccessOnly")).map_or_else(
            || meta.published.as_ref().is_some_and(|sent| sent.meta.owner_access_only),
            |value| value == &serde_json::Value::Bool(true) || value == "true",
        );
        let owner =
            meta.owner.as_ref().filter(|owner| owner_only && self.token_owner.as_ref() != Some(owner))?;
        let id = meta.remote_id.as_deref().unwrap_or("its set");
        Some(format!(
            "{id} is open to its owner {owner} alone, so this token can't tell whether it is still there. Use a token \
             of {owner}."
        ))
    }
}

impl App {
    /// Opens an environment's connection; starts the sandbox if it is one.
    pub(crate) async fn connect(&self, id: EnvironmentId) -> Result<(Environment, Client), Problem> {
        let (environment, token) = self
            .with_session(move |session| {
                Ok((session.vault.environment(id)?, session.vault.environment_token(id)?))
            })
            .await?;
        if environment.meta.sandbox {
            self.ensure_sandbox(&environment).await?;
        }
        let client = client_for(&Connection { meta: environment.meta.clone(), token })?;
        Ok((environment, client))
    }

    /// Reads an environment. One that does not answer is described, not an error.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`, `Invalid`.
    pub(crate) async fn observe(&self, id: EnvironmentId) -> Result<Observed, Problem> {
        let (environment, client) = self.connect(id).await?;
        let now = self.now();
        let mut observed = Observed {
            managed: client.endpoint().is_managed(),
            environment,
            token_owner: None,
            sets: HashMap::new(),
            problem: None,
            looked_at: now,
        };
        let lookup = self.reading(|| async {
            match client.lookup_token().await {
                TokenLookup::CannotVerify(error) => Err(error),
                answered => Ok(answered),
            }
        });
        match lookup.await.unwrap_or_else(TokenLookup::CannotVerify) {
            TokenLookup::Known(info) => {
                observed.token_owner = Some(info.owner.clone()).filter(|owner| !owner.is_empty());
                let expired = info.expires_at().is_some_and(|at| at <= now);
                if !info.enabled {
                    observed.problem =
                        Some("The token is disabled. Enable it in Dynatrace, or replace it.".into());
                } else if expired {
                    observed.problem = Some("The token has expired. Replace it in this environment.".into());
                } else if !info.can_write() {
                    observed.problem =
                        Some("The token lacks credentialVault.write. Add the scope in Dynatrace.".into());
                } else if !info.can_read() {
                    observed.problem =
                        Some("The token lacks credentialVault.read. Add the scope in Dynatrace.".into());
                }
            }
            TokenLookup::Unknown => {
                observed.problem = Some("This environment does not know the token. Replace it.".into());
            }
            // The look-up is deprecated (contract 1.3): its failure says nothing about the token, the list will.
            TokenLookup::CannotVerify(_) => {}
        }
        let all = ListFilter::default();
        match self.reading(|| client.list(&all)).await {
            Ok(list) => observed.sets = list.sets.into_iter().map(|set| (set.id.clone(), set)).collect(),
            Err(error) => {
                observed.problem.get_or_insert_with(|| not_readable(&error, &observed.environment.meta.name));
            }
        }
        if observed.problem.is_none() {
            self.look_for_linked(&client, &mut observed).await?;
        }
        Ok(observed)
    }

    /// Names the monitors that use the sets of these rows, as far as the token may read them: one refusal ends it, since
    /// the next would be the same. Usage counts stand in the rows in any case.
    pub(super) async fn name_monitors(&self, id: EnvironmentId, rows: &mut [&mut PlanRow]) {
        let used = |row: &&mut &mut PlanRow| {
            row.action != PlanAction::NoChange && row.usage.iter().any(|usage| usage.count > 0)
        };
        let mut rows = rows.iter_mut().filter(used).take(NAMED_MONITORS).peekable();
        if rows.peek().is_none() {
            return;
        }
        let Ok((_, client)) = self.connect(id).await else { return };
        for row in rows {
            let Some(set) = row.remote_id.clone() else { continue };
            let Ok(monitors) = self.reading(|| client.monitors_using(&set)).await else { return };
            row.monitors = monitors
                .into_iter()
                .map(|one| MonitorView { id: one.id, name: one.name, kind: one.kind, enabled: one.enabled })
                .collect();
        }
    }

    /// A set that is linked here but not in the list may still exist: the list holds only what the owner may see.
    async fn look_for_linked(&self, client: &Client, observed: &mut Observed) -> Result<(), Problem> {
        let id = observed.environment.id;
        let linked: Vec<String> = self
            .with_session(move |session| {
                let here = session.vault.publications_in(id)?;
                Ok(here.into_iter().filter_map(|p| p.meta.remote_id).collect())
            })
            .await?;
        for remote_id in linked {
            if observed.sets.contains_key(&remote_id) {
                continue;
            }
            match self.reading(|| client.get(&remote_id)).await {
                Ok(set) => drop(observed.sets.insert(remote_id, set)),
                Err(error) if error.is_not_found() => {}
                Err(error) => {
                    observed.problem = Some(not_readable(&error, &observed.environment.meta.name));
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Why an environment can't be read, as a sentence for a plan row.
pub(super) fn not_readable(error: &Error, name: &str) -> String {
    match error {
        Error::NotSent { .. } => format!("No connection to {name}. Test the connection for the reason."),
        Error::MaybeSent { .. } => format!("No answer from {name}. Try again later."),
        Error::Unreadable { status, hint } => format!("{name} answered status {status} with {hint}."),
        Error::Refused { .. } if error.missing_scope() => {
            "The token lacks credentialVault.read. Add the scope in Dynatrace.".into()
        }
        Error::Refused { status: 401, .. } => {
            format!("{name} refused the token: unknown, disabled or expired. Replace it.")
        }
        Error::Refused { status, message, .. } => format!("{name} refused with status {status}: {message}"),
    }
}
