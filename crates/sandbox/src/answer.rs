//! What is answered: JSON, nothing, or an error envelope (contract 4.5).

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::broken::HalfBody;

/// An answer before it becomes bytes.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) payload: Payload,
    pub(crate) retry_after: Option<u32>,
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Empty,
    Json(Value),
    Html(&'static str),
}

/// The text of contract 4.5 for a transient failure.
pub(crate) const TRANSIENT: &str =
    "Internal Server Error occurred. It has been logged and will be investigated";

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, payload: Payload::Json(body), retry_after: None }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, payload: Payload::Empty, retry_after: None }
    }

    pub(crate) fn html(page: &'static str) -> Self {
        Self { status: StatusCode::OK, payload: Payload::Html(page), retry_after: None }
    }

    /// `truncated` promises the whole body and breaks off in its middle.
    pub(crate) fn into_response(self, truncated: bool) -> Response {
        let (kind, bytes) = match self.payload {
            Payload::Empty => (None, Bytes::new()),
            Payload::Json(body) => (Some("application/json; charset=utf-8"), Bytes::from(body.to_string())),
            Payload::Html(page) => (Some("text/html; charset=utf-8"), Bytes::from_static(page.as_bytes())),
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if truncated && !bytes.is_empty() {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            *response.body_mut() = Body::new(HalfBody::of(&bytes));
        } else {
            *response.body_mut() = Body::from(bytes);
        }
        response
    }
}

/// One `ConstraintViolation` in a request body, or in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// A refusal in the envelope of contract 4.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
    location: &'static str,
    violations: Vec<Violation>,
    retry_after: Option<u32>,
}

impl Refusal {
    /// An envelope without violations.
    pub(crate) fn plain(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), location: "", violations: Vec::new(), retry_after: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::plain(StatusCode::BAD_REQUEST, message)
    }

    /// `Constraints violated.` about members of the body.
    pub(crate) fn body(violations: Vec<Violation>) -> Self {
        Self { location: "PAYLOAD_BODY", violations, ..Self::bad_request("Constraints violated.") }
    }

    /// `Constraints violated.` about one query parameter.
    pub(crate) fn query(path: &str, message: impl Into<String>) -> Self {
        let violations = vec![Violation { path: path.to_owned(), message: message.into() }];
        Self { location: "QUERY", violations, ..Self::bad_request("Constraints violated.") }
    }

    /// A refusal that repeats what it refuses.
    pub(crate) fn repeating(text: &str) -> Self {
        let violations = vec![Violation { path: text.to_owned(), message: format!("is not {text}") }];
        Self { message: format!("Could not read {text}"), ..Self::body(violations) }
    }

    /// The transient 500.
    pub(crate) fn transient() -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, TRANSIENT)
    }

    /// 413 for a body over the limit (contract 7, point 13).
    pub(crate) fn too_large() -> Self {
        Self::plain(StatusCode::PAYLOAD_TOO_LARGE, "The request body is larger than 1 MB.")
    }

    /// 404 for a set; the text is our choice (c).
    pub(crate) fn unknown_id(id: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, format!("Could not find a credential with ID: {id}"))
    }

    /// 429, with `Retry-After` if given; the text is our choice (c).
    pub(crate) fn throttled(retry_after: Option<u32>) -> Self {
        Self { retry_after, ..Self::plain(StatusCode::TOO_MANY_REQUESTS, "Too many requests.") }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut error = json!({ "code": refusal.status.as_u16(), "message": refusal.message });
        if !refusal.violations.is_empty() {
            let violations = refusal.violations.iter().map(|violation| {
                json!({ "path": violation.path, "message": violation.message,
                        "parameterLocation": refusal.location, "location": null })
            });
            error["constraintViolations"] = violations.collect();
        }
        Self { retry_after: refusal.retry_after, ..Self::json(refusal.status, json!({ "error": error })) }
    }
}

/// How long half a body waits before it breaks off, so that the first half is on its way.
pub(crate) const BREAK_OFF_AFTER: Duration = Duration::from_millis(10);
