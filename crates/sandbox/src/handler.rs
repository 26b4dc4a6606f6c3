//! One request from its first byte to its answer: log, body, refusing faults, authentication, operation, late faults.

use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;

use crate::answer::{Answer, Payload, Refusal};
use crate::body;
use crate::broken::Cut;
use crate::fault::{FaultKind, On};
use crate::route::Route;
use crate::tenant::Tenant;
use crate::token::KnownToken;
use crate::{control, credentials};

const READ: &[&str] = &["credentialVault.read", "ReadConfig"];
const WRITE: &[&str] = &["credentialVault.write", "WriteConfig"];

/// What a wrong host or a proxy shows (contract 1.1).
const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Dynatrace</title></head><body><p>Sign in</p></body></html>";

/// Answers, or cuts the connection.
pub(crate) async fn answer(tenant: &Tenant, request: Request<Incoming>, cut: &Cut) -> Response {
    let (head, incoming) = request.into_parts();
    let route = Route::of(head.uri.path());
    let on = route.on(&head.method);
    let number = tenant.state().log.begin(head.method.as_str(), head.uri.path());
    // Read before anything is refused, so that the connection stays usable.
    let bytes = body::read(incoming).await;
    let mut answer = match on
        .and_then(|on| tenant.faults.take(on, |kind| refused(kind, bytes.as_ref().map_or(&[], |b| b))))
    {
        Some(answer) => answer,
        None => bytes
            .and_then(|bytes| perform(tenant, &head, &route, on, &bytes, number))
            .unwrap_or_else(Answer::from),
    };
    let mut truncated = false;
    if let Some(on) = on {
        let stored = answer.status.is_success() && head.method != Method::GET;
        if stored && tenant.faults.strikes(on, &FaultKind::CloseAfterStore) {
            tracing::debug!(method = %head.method, path = head.uri.path(), "connection cut after the write");
            match cut.now().await {}
        }
        if stored && tenant.faults.strikes(on, &FaultKind::ErrorAfterStore) {
            answer = Refusal::transient().into();
        }
        if let Some(latency) = tenant.faults.latency(on) {
            tokio::time::sleep(latency).await;
        }
        let has_body = !matches!(answer.payload, Payload::Empty);
        truncated = has_body && tenant.faults.strikes(on, &FaultKind::TruncatedBody);
    }
    let status = answer.status.as_u16();
    if let Some(entry) = tenant.state().log.entry(number) {
        entry.status = Some(status);
    }
    tracing::debug!(method = %head.method, path = head.uri.path(), status, "answered");
    answer.into_response(truncated)
}

/// The answer of a fault that strikes before anything is done; none of the others.
fn refused(kind: &FaultKind, body: &[u8]) -> Option<Answer> {
    match kind {
        FaultKind::EchoRequest => Some(Refusal::repeating(&String::from_utf8_lossy(body)).into()),
        FaultKind::HtmlPage => Some(Answer::html(PAGE)),
        FaultKind::TooManyRequests { retry_after } => Some(Refusal::throttled(*retry_after).into()),
        FaultKind::Unavailable => {
            Some(Refusal::plain(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable.").into())
        }
        FaultKind::TooLarge => Some(Refusal::too_large().into()),
        FaultKind::TransientError => Some(Refusal::transient().into()),
        _ => None,
    }
}

/// Authenticates, then does what route and method ask for.
fn perform(
    tenant: &Tenant,
    head: &Parts,
    route: &Route,
    on: Option<On>,
    bytes: &[u8],
    number: u64,
) -> Result<Answer, Refusal> {
    if *route == Route::Unknown {
        return Err(Refusal::plain(StatusCode::NOT_FOUND, "There is nothing at this path."));
    }
    let caller = authenticate(tenant, &head.headers)?;
    if let Some(entry) = tenant.state().log.entry(number) {
        entry.user = Some(caller.user.clone());
    }
    match on {
        Some(On::Get) => needs(&caller, READ)?,
        Some(On::Post | On::Put | On::Delete) => needs(&caller, WRITE)?,
        Some(On::Lookup) | None => {}
    }
    let body = || body::json(&head.headers, bytes);
    match (route, &head.method) {
        (Route::Credentials, &Method::GET) => credentials::list(tenant, &caller, &parameters(head)?),
        (Route::Credentials, &Method::POST) => credentials::create(tenant, &caller, &*body()?),
        (Route::Credential(id), &Method::GET) => credentials::get(tenant, &caller, id),
        (Route::Credential(id), &Method::PUT) => credentials::replace(tenant, &caller, &*body()?, id),
        (Route::Credential(id), &Method::DELETE) => credentials::delete(tenant, &caller, id),
        (Route::Lookup, &Method::POST) => control::lookup(tenant, &*body()?),
        (Route::Monitors, &Method::GET) => Ok(control::monitors(tenant, &caller, &parameters(head)?)),
        (Route::Faults, &Method::GET) => Ok(control::faults(tenant)),
        (Route::Faults, &Method::PUT) => control::set_faults(tenant, &*body()?),
        (Route::State, &Method::GET) => control::state(tenant),
        (Route::Usage(id), &Method::PUT) => control::set_usage(tenant, id, &*body()?),
        _ => Err(Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, "This method is not possible here.")),
    }
}

/// `Authorization: Api-Token …` (contract 1.2, 4.5). The `api-token` query parameter and `Bearer` are refused (c): the
/// first leaks into logs, the second belongs to the platform host.
fn authenticate(tenant: &Tenant, headers: &HeaderMap) -> Result<KnownToken, Refusal> {
    let unauthorized = |message| Refusal::plain(StatusCode::UNAUTHORIZED, message);
    let sent =
        headers.get(header::AUTHORIZATION).ok_or_else(|| unauthorized("Missing authorization parameter."))?;
    let failed = || unauthorized("Token Authentication failed");
    let (scheme, text) = sent.to_str().ok().and_then(|sent| sent.split_once(' ')).ok_or_else(failed)?;
    if !scheme.eq_ignore_ascii_case("Api-Token") {
        return Err(failed());
    }
    let now = tenant.clock.now();
    tenant.state().tokens.authenticate(text.trim(), now).ok_or_else(failed)
}

/// 403 with the text of contract 4.5.
fn needs(caller: &KnownToken, accepted: &[&str]) -> Result<(), Refusal> {
    if caller.has_scope(accepted) {
        return Ok(());
    }
    let names = accepted.join(", ");
    Err(Refusal::plain(
        StatusCode::FORBIDDEN,
        format!("Token is missing required scope. Use one of: {names}"),
    ))
}

fn parameters(head: &Parts) -> Result<Vec<(String, String)>, Refusal> {
    let parsed = Query::<Vec<(String, String)>>::try_from_uri(&head.uri);
    parsed.map(|Query(all)| all).map_err(|_| Refusal::bad_request("The query is not readable."))
}
