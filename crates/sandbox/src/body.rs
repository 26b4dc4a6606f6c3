//! Request bodies: read up to the limit of contract 4.7, wiped when dropped. Copies inside hyper are not reached.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::Pin;

use axum::body::HttpBody as _;
use axum::http::{HeaderMap, StatusCode, header};
use hyper::body::Incoming;
use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

use crate::answer::Refusal;

/// 1 MB for all APIs without an exception; that it is 2^20 bytes is our choice (c).
pub(crate) const LIMIT: usize = 1 << 20;
/// How much of a body that is too large is read anyway, so that the client gets to see the answer.
const DRAINED: usize = 8 * LIMIT;

/// A JSON body; its strings are wiped when it is dropped.
pub(crate) struct JsonBody(Value);

impl Deref for JsonBody {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for JsonBody {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads a body to its end, or until it is far too large.
pub(crate) async fn read(mut body: Incoming) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(LIMIT).clamp(4096, LIMIT);
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected));
    let mut seen = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Refusal::bad_request("The request body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= LIMIT {
            bytes.extend_from_slice(&data);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > LIMIT {
        return Err(Refusal::too_large());
    }
    Ok(bytes)
}

/// The body as JSON; media type and syntax are checked, the texts are our choice (c) and do not quote the body.
pub(crate) fn json(headers: &HeaderMap, bytes: &[u8]) -> Result<JsonBody, Refusal> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = "The request body must be application/json.";
        return Err(Refusal::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    serde_json::from_slice(bytes).map(JsonBody).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refusal::bad_request(format!("The request body is not valid JSON at line {line}, column {column}."))
    })
}
