//! The client: one factory for every request of the project. TLS checks can't be turned off, redirects are not
//! followed, every call has time-outs, nothing is retried here.

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use crate::body::RequestBody;
use crate::endpoint::Endpoint;
use crate::error::{Error, MaybeSentCause, NotSentCause};
use crate::read::{self, Page, RemoteSet, TokenInfo};
use crate::retry_after::retry_after;
use crate::token::ApiToken;

/// Most pages of a list that are read: 500 sets each (contract 1.5). A server that hands out keys for ever is cut off.
const MAX_PAGES: usize = 2_000;
/// Longest answer that is read, bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Which way to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system says.
    #[default]
    System,
    /// Straight.
    None,
    /// Through this one.
    Url(String),
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

/// What the TLS connection showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFacts {
    /// DER of the server's certificate.
    pub certificate: Option<Vec<u8>>,
}

/// A client of one environment.
pub struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
    token: ApiToken,
    now: fn() -> i64,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint.base())
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// An answer, whole.
struct Answer {
    status: StatusCode,
    gateway: bool,
    body: Zeroizing<Vec<u8>>,
    tls: TlsFacts,
}

fn build_error(detail: impl Into<String>) -> Error {
    Error::NotSent { cause: NotSentCause::Build, detail: detail.into() }
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// [`Error::NotSent`] with `Build`: the CA file holds no certificate, the proxy is no URL, no trust store.
    pub fn new(endpoint: Endpoint, token: ApiToken, options: &ClientOptions) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_config(&endpoint, options.extra_ca_pem.as_deref())?)
            .tls_info(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("Sealpost/", env!("CARGO_PKG_VERSION")));
        builder = match &options.proxy {
            Proxy::System if !endpoint.is_local() => builder,
            Proxy::Url(url) if !endpoint.is_local() => {
                builder.proxy(reqwest::Proxy::all(url).map_err(|_| build_error("the proxy is not a URL"))?)
            }
            Proxy::System | Proxy::None | Proxy::Url(_) => builder.no_proxy(),
        };
        let http = builder.build().map_err(|error| build_error(causes(&error)))?;
        Ok(Self { http, endpoint, token, now: options.now })
    }

    /// Where it talks to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// All sets the token may see, over all pages.
    ///
    /// # Errors
    /// See [`Error`]. A page that repeats its key is `Unreadable`.
    pub async fn list(&self, filter: &ListFilter) -> Result<RemoteList, Error> {
        let mut first = self.endpoint.api(&["v2", "credentials"]);
        first.query_pairs_mut().append_pair("pageSize", "500");
        if let Some(name) = &filter.name {
            first.query_pairs_mut().append_pair("name", &format!("\"{name}\""));
        }
        let mut all = RemoteList { sets: Vec::new(), skipped: 0 };
        let mut page = self.page(first).await?;
        let mut keys = std::collections::HashSet::new();
        for _ in 0..MAX_PAGES {
            all.sets.append(&mut page.sets);
            all.skipped += page.skipped;
            let Some(key) = page.next else { return Ok(all) };
            if !keys.insert(key.clone()) {
                break;
            }
            // All other parameters must be left out (contract 1.5).
            let mut next = self.endpoint.api(&["v2", "credentials"]);
            next.query_pairs_mut().append_pair("nextPageKey", &key);
            page = self.page(next).await?;
        }
        Err(Error::Unreadable { status: 200, hint: "a list whose pages never end".into() })
    }

    async fn page(&self, url: Url) -> Result<Page, Error> {
        let answer = self.send(Method::GET, url, None).await?;
        answer.json().and_then(read::page).ok_or_else(|| answer.unreadable())
    }

    /// One small page, for a connection test: its round trip, what TLS showed, whether it may be read.
    pub(crate) async fn touch(&self) -> (Result<usize, Error>, Duration, TlsFacts) {
        let mut url = self.endpoint.api(&["v2", "credentials"]);
        url.query_pairs_mut().append_pair("pageSize", "500");
        let start = Instant::now();
        match self.send(Method::GET, url, None).await {
            Ok(answer) => {
                let took = start.elapsed();
                let read = answer.json().and_then(read::page).map(|page| page.sets.len());
                (read.ok_or_else(|| answer.unreadable()), took, answer.tls)
            }
            Err(error) => (Err(error), start.elapsed(), TlsFacts::default()),
        }
    }

    /// One set.
    ///
    /// # Errors
    /// See [`Error`]; an unknown id is [`Error::is_not_found`]. A fresh id may be unknown for a while (contract 5.8).
    pub async fn get(&self, id: &str) -> Result<RemoteSet, Error> {
        let answer = self.send(Method::GET, self.endpoint.api(&["v2", "credentials", id]), None).await?;
        answer.json().and_then(RemoteSet::from_json).ok_or_else(|| answer.unreadable())
    }

    /// Creates a set and gives its id. **Not repeatable**: each call may make one more set (contract 5.5).
    ///
    /// # Errors
    /// See [`Error`], above all [`Error::may_have_been_applied`].
    pub async fn create(&self, body: &RequestBody) -> Result<String, Error> {
        let url = self.endpoint.api(&["v2", "credentials"]);
        let answer = self.send(Method::POST, url, Some(body)).await?;
        read::created_id(&answer.body).ok_or_else(|| answer.unreadable())
    }

    /// Replaces a set as a whole; may be repeated.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update(&self, id: &str, body: &RequestBody) -> Result<UpdateOutcome, Error> {
        let answer =
            self.send(Method::PUT, self.endpoint.api(&["v2", "credentials", id]), Some(body)).await?;
        match (answer.status, read::created_id(&answer.body)) {
            (_, Some(id)) => Ok(UpdateOutcome::Created(id)),
            (StatusCode::NO_CONTENT, None) => Ok(UpdateOutcome::Updated),
            (_, None) if answer.body.is_empty() => Ok(UpdateOutcome::Updated),
            (_, None) => Err(answer.unreadable()),
        }
    }

    /// Deletes a set; an unknown id counts as done (contract 4.6).
    ///
    /// # Errors
    /// See [`Error`]; in use is [`Error::is_in_use`].
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        match self.send(Method::DELETE, self.endpoint.api(&["v2", "credentials", id]), None).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks up this client's own token (contract 1.3).
    pub async fn lookup_token(&self) -> TokenLookup {
        let url = self.endpoint.api(&["v2", "apiTokens", "lookup"]);
        let body = RequestBody::token_lookup(&self.token);
        match self.send(Method::POST, url, Some(&body)).await {
            Ok(answer) => match answer.json().as_ref().and_then(read::token_info) {
                Some(info) => TokenLookup::Known(info),
                None => TokenLookup::CannotVerify(answer.unreadable()),
            },
            Err(Error::Refused { status: 404, .. }) => TokenLookup::Unknown,
            Err(error) => TokenLookup::CannotVerify(error),
        }
    }

    async fn send(&self, method: Method, url: Url, body: Option<&RequestBody>) -> Result<Answer, Error> {
        let path = url.path().to_owned();
        let start = Instant::now();
        let mut authorization = header::HeaderValue::try_from(format!("Api-Token {}", self.token.expose()))
            .map_err(|_| build_error("the token can't stand in a header"))?;
        authorization.set_sensitive(true);
        let mut request = self
            .http
            .request(method.clone(), url)
            .header(header::AUTHORIZATION, authorization)
            .header(header::ACCEPT, "application/json; charset=utf-8");
        if let Some(body) = body {
            request =
                request.header(header::CONTENT_TYPE, "application/json; charset=utf-8").body(body.to_vec());
        }
        let outcome = match request.send().await {
            Ok(response) => self.read_answer(response, body).await,
            Err(error) => Err(classify(&error)),
        };
        let status = match &outcome {
            Ok(answer) => Some(answer.status.as_u16()),
            Err(error) => error.status(),
        };
        tracing::debug!(%method, path, status, took_ms = start.elapsed().as_millis() as u64, "request");
        outcome
    }

    async fn read_answer(
        &self,
        mut response: reqwest::Response,
        sent: Option<&RequestBody>,
    ) -> Result<Answer, Error> {
        let status = response.status();
        let headers = response.headers();
        let gateway = headers.contains_key("dynatrace-response-source");
        let retry_after = headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| retry_after(text, (self.now)()));
        let tls = TlsFacts {
            certificate: response
                .extensions()
                .get::<reqwest::tls::TlsInfo>()
                .and_then(|info| info.peer_certificate().map(<[u8]>::to_vec)),
        };
        let mut body = Zeroizing::new(Vec::new());
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => body.extend_from_slice(&chunk),
                Ok(Some(_)) => {
                    return Err(Error::Unreadable {
                        status: status.as_u16(),
                        hint: "an answer over 64 MB".into(),
                    });
                }
                Ok(None) => break,
                // The status line came, the rest did not: a refusal stays a refusal, anything else is unclear.
                Err(_) if status.is_client_error() => break,
                Err(error) => return Err(broken(&error)),
            }
        }
        let answer = Answer { status, gateway, body, tls };
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() {
            let hint = "a redirect; the address may be a login page's or lack its https://".into();
            return Err(Error::Unreadable { status: status.as_u16(), hint });
        }
        Err(redacted(read::refusal(status.as_u16(), &answer.body, gateway, retry_after), sent))
    }
}

impl Answer {
    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    fn unreadable(&self) -> Error {
        Error::Unreadable { status: self.status.as_u16(), hint: read::describe(&self.body, self.gateway) }
    }
}

/// A server may echo what it was sent.
fn redacted(error: Error, sent: Option<&RequestBody>) -> Error {
    match (error, sent) {
        (Error::Refused { status, message, mut violations, retry_after }, Some(body)) => {
            for violation in &mut violations {
                violation.message = body.redact(&violation.message);
                violation.path = body.redact(&violation.path);
            }
            Error::Refused { status, message: body.redact(&message), violations, retry_after }
        }
        (error, _) => error,
    }
}

/// rustls with ring; the trust store of the OS and the environment's own CA certificates.
fn tls_config(endpoint: &Endpoint, extra_ca_pem: Option<&str>) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = extra_ca_pem.map(certificates).transpose()?.unwrap_or_default();
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| build_error(error.to_string()))?;
    if endpoint.base().starts_with("http://") {
        // No TLS on the loopback sandbox; a computer without a trust store can still use it.
        return Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth());
    }
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(extra.clone(), Arc::clone(&provider));
    match verifier {
        Ok(verifier) => {
            Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
        }
        // A computer without any trust store: the environment's own CA is enough for that environment.
        Err(_) if !extra.is_empty() => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add_parsable_certificates(extra);
            Ok(builder.with_root_certificates(roots).with_no_client_auth())
        }
        Err(error) => Err(build_error(format!("this computer has no usable trust store ({error})"))),
    }
}

/// The certificates of a CA file.
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err(build_error("the CA file holds no certificate in PEM form")),
        Err(_) => Err(build_error("the CA file is not readable as PEM")),
    }
}

/// What is known of delivery. reqwest says `is_connect` only while no connection stood, so nothing was written;
/// everything later may have arrived.
fn classify(error: &reqwest::Error) -> Error {
    let detail = causes(error);
    let lower = detail.to_lowercase();
    if error.is_builder() || error.is_request() && error.is_body() {
        return Error::NotSent { cause: NotSentCause::Build, detail };
    }
    if error.is_connect() {
        let cause = if lower.contains("certificate") || lower.contains("tls") || lower.contains("handshake") {
            NotSentCause::Tls
        } else if lower.contains("dns") || lower.contains("lookup") || lower.contains("resolve") {
            NotSentCause::Dns
        } else if lower.contains("proxy") || lower.contains("tunnel") {
            NotSentCause::Proxy
        } else {
            NotSentCause::Connect
        };
        return Error::NotSent { cause, detail };
    }
    broken(error)
}

fn broken(error: &reqwest::Error) -> Error {
    let cause = if error.is_timeout() { MaybeSentCause::Timeout } else { MaybeSentCause::Broken };
    Error::MaybeSent { cause, detail: causes(error) }
}

/// The error's words and its causes, without its URL.
fn causes(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        source = cause.source();
    }
    if parts.is_empty() {
        parts.push(if error.is_timeout() { "timed out".into() } else { "the request failed".into() });
    }
    parts.join(": ")
}
