//! One request, one answer: the only place where the HTTP library is called. What is known of delivery is decided
//! here, once.

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use crate::body::RequestBody;
use crate::client::{ClientOptions, Proxy};
use crate::endpoint::Endpoint;
use crate::error::{Error, MaybeSentCause, NotSentCause};
use crate::exchange::{Exchange, Exchanges, SECRET_MARK, kept_answer, kept_headers, kept_request};
use crate::read;
use crate::redact::redact;
use crate::refusal::{Refusal, describe};
use crate::retry_after::retry_after;
use crate::tls::{self, TlsFacts};
use crate::token::ApiToken;
use crate::words::plain;

/// Longest answer that is read, bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Both ways (contract 1.4).
const JSON: &str = "application/json; charset=utf-8";
const USER_AGENT: &str = concat!("Sealpost/", env!("CARGO_PKG_VERSION"));

/// The HTTP library, set up once for an environment.
pub(crate) struct Transport {
    http: reqwest::Client,
    token: ApiToken,
    by_proxy: bool,
    now: fn() -> i64,
}

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) tls: TlsFacts,
    gateway: bool,
}

impl Transport {
    /// Sets the library up: no redirects (they would carry the token elsewhere), no retries (a create must not be sent
    /// twice), no proxy to this computer itself.
    pub(crate) fn new(endpoint: &Endpoint, token: ApiToken, options: &ClientOptions) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(endpoint, options.extra_ca_pem.as_deref())?)
            .tls_info(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(USER_AGENT);
        let mut by_proxy = false;
        builder = match &options.proxy {
            Proxy::System if !endpoint.is_local() => builder,
            Proxy::Url(url) if !endpoint.is_local() => {
                by_proxy = true;
                builder.proxy(proxy(url)?)
            }
            Proxy::System | Proxy::None | Proxy::Url(_) => builder.no_proxy(),
        };
        let http = builder.build().map_err(|error| Error::build(causes(&error)))?;
        Ok(Self { http, token, by_proxy, now: options.now })
    }

    /// The token, for the look-up and for what may be shown of it.
    pub(crate) fn token(&self) -> &ApiToken {
        &self.token
    }

    /// Sends a request and reads its answer: `Ok` is a 2xx, whatever its body.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&RequestBody>,
    ) -> Result<Answer, Error> {
        self.send_seen(method, url, body, None).await
    }

    /// The same; what went and came is put among the exchanges, if there are any to put it to.
    pub(crate) async fn send_seen(
        &self,
        method: Method,
        url: Url,
        body: Option<&RequestBody>,
        exchanges: Option<&Exchanges>,
    ) -> Result<Answer, Error> {
        let path = url.path().to_owned();
        let mut seen = exchanges.map(|_| self.sending(&method, &url, body));
        let start = Instant::now();
        let mut authorization = Zeroizing::new(String::with_capacity(self.token.expose().len() + 16));
        authorization.push_str("Api-Token ");
        authorization.push_str(self.token.expose());
        let mut authorization = header::HeaderValue::from_str(&authorization)
            .map_err(|_| Error::build("the token can't stand in a header"))?;
        authorization.set_sensitive(true);
        let mut request = self
            .http
            .request(method.clone(), url)
            .header(header::AUTHORIZATION, authorization)
            .header(header::ACCEPT, JSON);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, JSON).body(body.to_bytes());
        }
        let outcome = match request.send().await {
            Ok(response) => self.read(response, body, seen.as_mut()).await,
            Err(error) => Err(classify(&error, self.by_proxy)),
        };
        if let (Some(exchanges), Some(mut seen)) = (exchanges, seen) {
            seen.took_ms = millis(start.elapsed());
            seen.failure = match &outcome {
                Err(error @ (Error::NotSent { .. } | Error::MaybeSent { .. })) => Some(error.to_string()),
                _ => None,
            };
            exchanges.push(seen);
        }
        let status = match &outcome {
            Ok(answer) => Some(answer.status.as_u16()),
            Err(error) => error.status(),
        };
        tracing::debug!(%method, path, status, took_ms = millis(start.elapsed()), "request");
        outcome
    }

    /// What is known of an exchange before its answer.
    fn sending(&self, method: &Method, url: &Url, body: Option<&RequestBody>) -> Exchange {
        let mut headers = vec![
            ("authorization".to_owned(), format!("Api-Token {SECRET_MARK}")),
            ("accept".to_owned(), JSON.to_owned()),
            ("user-agent".to_owned(), USER_AGENT.to_owned()),
        ];
        if let Some(body) = body {
            headers.push(("content-type".to_owned(), JSON.to_owned()));
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        Exchange {
            sent_at: (self.now)(),
            method: method.to_string(),
            path: url[url::Position::BeforePath..].to_owned(),
            request_headers: headers,
            request_body: body.map(|body| kept_request(body.shown())),
            ..Exchange::default()
        }
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        sent: Option<&RequestBody>,
        mut seen: Option<&mut Exchange>,
    ) -> Result<Answer, Error> {
        let status = response.status();
        let headers = response.headers();
        let secrets = || sent.into_iter().flat_map(RequestBody::secrets).chain(self.token.secrets());
        if let Some(seen) = &mut seen {
            seen.status = Some(status.as_u16());
            seen.response_headers = kept_headers(headers, &secrets().collect::<Vec<_>>());
        }
        let gateway = headers.contains_key("dynatrace-response-source");
        let wait = headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| retry_after(text, (self.now)()));
        let tls = TlsFacts::of(&response);
        let mut body = Zeroizing::new(Vec::new());
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(Error::unreadable(status.as_u16(), "an answer over 64 MB")),
                Ok(None) => break,
                // The status line came, the rest did not: a refusal stays a refusal, anything else is unclear.
                Err(_) if status.is_client_error() => {
                    body.clear();
                    break;
                }
                Err(error) => return Err(broken(&error)),
            }
        }
        if let Some(seen) = seen {
            seen.response_body = kept_answer(&body, gateway, &secrets().collect::<Vec<_>>());
        }
        let answer = Answer { status, gateway, body, tls };
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() {
            let hint = "a redirect; the address may be a login page's or lack its https://";
            return Err(Error::unreadable(status.as_u16(), hint));
        }
        let clean = |text: &str| redact(text, secrets());
        let refusal = Refusal { status: status.as_u16(), body: &answer.body, gateway, retry_after: wait };
        Err(refusal.into_error(&clean))
    }
}

impl Answer {
    /// The body as JSON, if it is.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as what is expected.
    pub(crate) fn read<T>(&self, form: impl FnOnce(Value) -> Option<T>) -> Result<T, Error> {
        self.json().and_then(form).ok_or_else(|| self.unreadable())
    }

    /// The id of a create.
    pub(crate) fn created_id(&self) -> Option<String> {
        read::created_id(&self.body)
    }

    /// The error for a 2xx that is not of the expected form: 200 alone is no success (contract 1.1).
    pub(crate) fn unreadable(&self) -> Error {
        Error::unreadable(self.status.as_u16(), describe(&self.body, self.gateway))
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn proxy(url: &str) -> Result<reqwest::Proxy, Error> {
    // Its text is not quoted: it may hold a password.
    let wrong = || Error::build("the proxy is not a URL such as http://host:port");
    let url = Url::parse(url.trim()).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong());
    }
    reqwest::Proxy::all(url).map_err(|_| wrong())
}

/// What is known of delivery. The library says `is_connect` only while no connection stood, so nothing of the request
/// was written; everything later may have arrived.
fn classify(error: &reqwest::Error, by_proxy: bool) -> Error {
    if error.is_builder() {
        return Error::NotSent { cause: NotSentCause::Build, detail: causes(error) };
    }
    if !error.is_connect() {
        return broken(error);
    }
    let detail = causes(error);
    let lower = detail.to_lowercase();
    // A reset during the handshake stays `Connect`: a firewall or a restarting server does that, not a wrong certificate.
    let cause = if chain(error).any(is_tls) || lower.contains("handshake") {
        NotSentCause::Tls
    } else if by_proxy || lower.contains("tunnel error") || lower.contains("proxy") {
        // With a proxy of one's own, the name that is looked up and the port that is called are the proxy's.
        NotSentCause::Proxy
    } else if error.is_dns() || lower.contains("dns") {
        // Not found, or "invalid dns name": a name that no server can have.
        NotSentCause::Dns
    } else {
        NotSentCause::Connect
    };
    tracing::debug!(%detail, "not sent");
    Error::NotSent { cause, detail: plain(&detail).to_owned() }
}

fn broken(error: &reqwest::Error) -> Error {
    let cause = if error.is_timeout() { MaybeSentCause::Timeout } else { MaybeSentCause::Broken };
    let detail = causes(error);
    tracing::debug!(%detail, "no answer");
    Error::MaybeSent { cause, detail: plain(&detail).to_owned() }
}

/// The causes of an error, the error itself left out: its text quotes the URL.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Is it an error of the TLS library? An `io::Error` hides the error it was made of from `source`.
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.is_some_and(|inner| is_tls(inner))
}

/// The words of the causes.
fn causes(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for text in chain(error).map(ToString::to_string) {
        // Wrappers repeat the words of what they wrap.
        if !text.is_empty() && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    if parts.is_empty() {
        parts.push(if error.is_timeout() { "timed out".into() } else { "the request failed".into() });
    }
    parts.join(": ")
}
