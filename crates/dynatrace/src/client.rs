//! The client: what can be asked of an environment (contract 1.3 to 1.5). One factory for every request of the project;
//! nothing is retried here but a password that the server asks for and the type does not have (contract 2.7).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use url::Url;

use crate::body::RequestBody;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::exchange::Exchanges;
use crate::read::{self, Monitor, Page, RemoteSet, TokenInfo};
use crate::tls::TlsFacts;
use crate::token::ApiToken;
use crate::transport::{Answer, Transport};

/// Most pages of a list that are read: 500 sets each (contract 1.5). A server that hands out keys for ever is cut off.
const MAX_PAGES: usize = 2_000;

/// Which way to go. `Debug` does not show a URL: it may hold a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system says.
    #[default]
    System,
    /// Straight.
    None,
    /// Through this one.
    Url(String),
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::None => "None",
            Self::Url(_) => "Url(…)",
        })
    }
}

/// What a client is made with.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// CA certificates to trust beside those of the OS, PEM.
    pub extra_ca_pem: Option<String>,
    /// Which way to go. A local endpoint never goes through a proxy.
    pub proxy: Proxy,
    /// Until the connection stands.
    pub connect_timeout: Duration,
    /// Until the whole answer is read.
    pub timeout: Duration,
    /// The time now in milliseconds since the epoch, for `Retry-After` as a date.
    pub now: fn() -> i64,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            extra_ca_pem: None,
            proxy: Proxy::System,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            now: crate::retry_after::system_now,
        }
    }
}

/// All sets of a list (contract 1.5).
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteList {
    /// What the token may see.
    pub sets: Vec<RemoteSet>,
    /// Elements without an id, name or type: unusable (contract 4.2).
    pub skipped: u32,
}

/// Which sets to list. The server's name filter is no exact match: compare again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// As a whole phrase.
    pub name: Option<String>,
}

/// How an update ended (contract 4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// 204, or another 2xx without an id.
    Updated,
    /// 201 with this id, which may be another one than asked for.
    Created(String),
}

/// What a token look-up found (contract 1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenLookup {
    /// The token's facts.
    Known(TokenInfo),
    /// 404: the environment does not know it.
    Unknown,
    /// The look-up itself is not to be had; the token may be fine.
    CannotVerify(Error),
}

/// A client of one environment.
pub struct Client {
    transport: Transport,
    endpoint: Endpoint,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint.base())
            .field("token", self.transport.token())
            .finish_non_exhaustive()
    }
}

/// What a connection test learns from one small page of the list.
pub(crate) struct Touch {
    /// How many sets there are, and whether there are more than that.
    pub(crate) listed: Result<(u64, bool), Error>,
    pub(crate) took: Duration,
    pub(crate) tls: TlsFacts,
}

impl Client {
    /// Makes a client. Its trust store is read now, so a client is made per run and not kept for days.
    ///
    /// # Errors
    /// [`Error::NotSent`] with `Build`: the CA file holds no usable certificate, the proxy is no URL, no trust store.
    pub fn new(endpoint: Endpoint, token: ApiToken, options: &ClientOptions) -> Result<Self, Error> {
        let transport = Transport::new(&endpoint, token, options)?;
        Ok(Self { transport, endpoint })
    }

    /// Where it talks to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What its token looks like, if that is odd ([`ApiToken::warning`]).
    #[must_use]
    pub fn token_warning(&self) -> Option<&'static str> {
        self.transport.token().warning()
    }

    /// All sets the token may see, over all pages, each id once.
    ///
    /// # Errors
    /// See [`Error`]. A page that repeats its key is `Unreadable`.
    pub async fn list(&self, filter: &ListFilter) -> Result<RemoteList, Error> {
        let mut first = self.collection();
        first.query_pairs_mut().append_pair("pageSize", "500");
        if let Some(name) = filter.name.as_deref().filter(|name| can_be_a_phrase(name)) {
            first.query_pairs_mut().append_pair("name", &format!("\"{name}\""));
        }
        let mut all = RemoteList { sets: Vec::new(), skipped: 0 };
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        let mut page = self.page(first).await?;
        for _ in 0..MAX_PAGES {
            // A set can move to the next page while the list is read.
            all.sets.extend(page.sets.into_iter().filter(|set| ids.insert(set.id.clone())));
            all.skipped = all.skipped.saturating_add(page.skipped);
            let Some(key) = page.next else { return Ok(all) };
            if !keys.insert(key.clone()) {
                break;
            }
            // All other parameters must be left out (contract 1.5).
            let mut next = self.collection();
            next.query_pairs_mut().append_pair("nextPageKey", &key);
            page = self.page(next).await?;
        }
        Err(Error::unreadable(200, "a list whose pages never end"))
    }

    /// One small page, for a connection test: its round trip, what TLS showed, whether it may be read.
    pub(crate) async fn touch(&self) -> Touch {
        let mut url = self.collection();
        url.query_pairs_mut().append_pair("pageSize", "20");
        let start = Instant::now();
        match self.transport.send(Method::GET, url, None).await {
            Ok(answer) => {
                let listed = answer.read(read::page).map(|page| {
                    let here = page.sets.len() as u64;
                    (page.total.unwrap_or(here), page.total.is_none() && page.next.is_some())
                });
                Touch { listed, took: start.elapsed(), tls: answer.tls }
            }
            Err(error) => Touch { listed: Err(error), took: start.elapsed(), tls: TlsFacts::default() },
        }
    }

    /// One set.
    ///
    /// # Errors
    /// See [`Error`]; an unknown id is [`Error::is_not_found`]. A fresh id may be unknown for a while (contract 5.8).
    pub async fn get(&self, id: &str) -> Result<RemoteSet, Error> {
        self.transport.send(Method::GET, self.member(id)?, None).await?.read(RemoteSet::from_json)
    }

    /// Creates a set and gives its id: any 2xx with one will do (contract 6, row 2). **Not repeatable**: each call may
    /// make one more set (contract 5.5).
    ///
    /// # Errors
    /// See [`Error`], above all [`Error::may_have_been_applied`].
    pub async fn create(&self, body: &RequestBody) -> Result<String, Error> {
        self.unwitnessed().create(body).await
    }

    /// Replaces a set as a whole; may be repeated.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update(&self, id: &str, body: &RequestBody) -> Result<UpdateOutcome, Error> {
        self.unwitnessed().update(id, body).await
    }

    /// Deletes a set; an unknown id counts as done (contract 4.6), if the API itself says that it is unknown.
    ///
    /// # Errors
    /// See [`Error`]; in use is [`Error::is_in_use`].
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        self.unwitnessed().delete(id).await
    }

    /// Writes through this are kept as evidence, without secrets.
    #[must_use]
    pub fn witnessed<'a>(&'a self, exchanges: &'a Exchanges) -> Witnessed<'a> {
        Witnessed { client: self, exchanges: Some(exchanges) }
    }

    fn unwitnessed(&self) -> Witnessed<'_> {
        Witnessed { client: self, exchanges: None }
    }

    /// The monitors that use a set, by name. The token needs a scope of synthetic monitoring for it; a refusal says
    /// nothing about the set.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn monitors_using(&self, id: &str) -> Result<Vec<Monitor>, Error> {
        let mut url = self.endpoint.api(&["v1", "synthetic", "monitors"]);
        url.query_pairs_mut().append_pair("credentialId", id);
        self.transport.send(Method::GET, url, None).await?.read(|value| read::monitors(&value))
    }

    /// Looks up this client's own token (contract 1.3).
    pub async fn lookup_token(&self) -> TokenLookup {
        let url = self.endpoint.api(&["v2", "apiTokens", "lookup"]);
        let body = RequestBody::token_lookup(self.transport.token());
        match self.transport.send(Method::POST, url, Some(&body)).await {
            Ok(answer) => answer
                .read(|value| read::token_info(&value))
                .map_or_else(TokenLookup::CannotVerify, TokenLookup::Known),
            Err(Error::Refused { status: 404, .. }) => TokenLookup::Unknown,
            Err(error) => TokenLookup::CannotVerify(error),
        }
    }

    async fn page(&self, url: Url) -> Result<Page, Error> {
        self.transport.send(Method::GET, url, None).await?.read(read::page)
    }

    fn collection(&self) -> Url {
        self.endpoint.api(&["v2", "credentials"])
    }

    fn member(&self, id: &str) -> Result<Url, Error> {
        self.endpoint.set_url(id).ok_or_else(|| Error::build("the ID of the set is empty or no ID"))
    }
}

/// The writes of a client, seen by somebody.
#[derive(Debug, Clone, Copy)]
pub struct Witnessed<'a> {
    client: &'a Client,
    exchanges: Option<&'a Exchanges>,
}

impl Witnessed<'_> {
    /// As [`Client::create`].
    ///
    /// # Errors
    /// As there.
    pub async fn create(&self, body: &RequestBody) -> Result<String, Error> {
        let answer = self.write(Method::POST, self.client.collection(), body).await?;
        answer.created_id().ok_or_else(|| answer.unreadable())
    }

    /// As [`Client::update`].
    ///
    /// # Errors
    /// As there.
    pub async fn update(&self, id: &str, body: &RequestBody) -> Result<UpdateOutcome, Error> {
        let answer = self.write(Method::PUT, self.client.member(id)?, body).await?;
        match answer.created_id() {
            Some(id) => Ok(UpdateOutcome::Created(id)),
            None if answer.status == StatusCode::NO_CONTENT || answer.body.is_empty() => {
                Ok(UpdateOutcome::Updated)
            }
            None => Err(answer.unreadable()),
        }
    }

    /// As [`Client::delete`].
    ///
    /// # Errors
    /// As there.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        match self.send(Method::DELETE, self.client.member(id)?, None).await {
            // A page with status 200 has deleted nothing.
            Ok(answer) if answer.body.is_empty() || answer.json().is_some() => Ok(()),
            Ok(answer) => Err(answer.unreadable()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sends a set. One refused for the password that its type does not have was not stored; it goes out once more with
    /// a dummy, as the contract advises (2.7).
    async fn write(&self, method: Method, url: Url, body: &RequestBody) -> Result<Answer, Error> {
        let sent = self.send(method.clone(), url.clone(), Some(body)).await;
        match (sent, body.with_dummy_password()) {
            (Err(error), Some(other)) if error.refuses_password() => {
                self.send(method, url, Some(other)).await
            }
            (sent, _) => sent,
        }
    }

    async fn send(&self, method: Method, url: Url, body: Option<&RequestBody>) -> Result<Answer, Error> {
        self.client.transport.send_seen(method, url, body, self.exchanges).await
    }
}

/// Can the name stand between double quotes? No source says how to write a quote there (contract 6, row 20); without
/// the filter more sets come, and the caller compares anyway.
fn can_be_a_phrase(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains('"')
}
