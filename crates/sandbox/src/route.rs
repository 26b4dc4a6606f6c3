//! Which path means what: `/api/v2/…` and `/e/{id}/api/v2/…`, with or without a trailing slash (contract 1.4).

use axum::http::Method;

use crate::fault::On;

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/api/v2/credentials`
    Credentials,
    /// `/api/v2/credentials/{id}`
    Credential(String),
    /// `/api/v2/apiTokens/lookup`
    Lookup,
    /// `/api/v1/synthetic/monitors`
    Monitors,
    /// `/sandbox/faults`
    Faults,
    /// `/sandbox/state`
    State,
    /// `/sandbox/usage/{id}`
    Usage(String),
    /// Anything else.
    Unknown,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let rest = match segments.as_slice() {
            // Any environment id will do (c).
            ["e", environment, rest @ ..] if !environment.is_empty() => rest,
            ["sandbox", "faults"] => return Self::Faults,
            ["sandbox", "state"] => return Self::State,
            ["sandbox", "usage", id] => return decoded(id).map_or(Self::Unknown, Self::Usage),
            all => all,
        };
        match rest {
            ["api", "v2", "credentials"] => Self::Credentials,
            ["api", "v2", "credentials", id] => decoded(id).map_or(Self::Unknown, Self::Credential),
            ["api", "v2", "apiTokens", "lookup"] => Self::Lookup,
            ["api", "v1", "synthetic", "monitors"] => Self::Monitors,
            _ => Self::Unknown,
        }
    }

    /// The kind of request as faults see it.
    pub(crate) fn on(&self, method: &Method) -> Option<On> {
        match (self, method) {
            (Self::Credentials | Self::Credential(_), &Method::GET) => Some(On::Get),
            (Self::Credentials, &Method::POST) => Some(On::Post),
            (Self::Credential(_), &Method::PUT) => Some(On::Put),
            (Self::Credential(_), &Method::DELETE) => Some(On::Delete),
            (Self::Lookup, &Method::POST) => Some(On::Lookup),
            _ => None,
        }
    }
}

/// Undoes percent encoding; `None` for an empty or broken segment.
fn decoded(segment: &str) -> Option<String> {
    let mut out = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        out.push(if byte == b'%' { hex(rest.next()?)? * 16 + hex(rest.next()?)? } else { byte });
    }
    String::from_utf8(out).ok().filter(|text| !text.is_empty())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_base_forms_lead_to_the_same_place_with_and_without_a_trailing_slash() {
        for base in ["", "/e/5ea19057"] {
            for slash in ["", "/"] {
                let of = |path: &str| Route::of(&format!("{base}/api/{path}{slash}"));
                assert_eq!(of("v2/credentials"), Route::Credentials);
                assert_eq!(of("v2/credentials/A-1"), Route::Credential("A-1".to_owned()));
                assert_eq!(of("v2/credentials/A%2D1"), Route::Credential("A-1".to_owned()));
                assert_eq!(of("v2/apiTokens/lookup"), Route::Lookup);
            }
        }
    }

    #[test]
    fn other_paths_lead_nowhere() {
        for path in [
            "",
            "/",
            "//api/v2/credentials",
            "/api/v2/credentials//",
            "/api/v2/credentials/a/b",
            "/api/v2/credentials/%",
            "/api/v2/credentials/%ff",
            "/api/config/v1/credentials",
            "/e//api/v2/credentials",
            "/e/x/sandbox/faults",
            "/platform/classic/environment-api/v2/credentials",
        ] {
            assert_eq!(Route::of(path), Route::Unknown, "{path}");
        }
    }
}
