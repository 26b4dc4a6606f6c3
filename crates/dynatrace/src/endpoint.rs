//! Where an environment lives: every form of address people paste, brought to one base (contract 1.1).

use std::net::IpAddr;

use url::{Host, Url};

/// What kind of deployment an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// `{id}.live.dynatrace.com` and its sprint and dev forms.
    Saas,
    /// `{domain}/e/{id}`: Managed, and Dynatrace for Government.
    Managed,
    /// `{domain}:9999/e/{id}`.
    ActiveGate,
    /// A loopback address: the sandbox.
    Local,
    /// A host of one's own without `/e/{id}`; may be a vanity name.
    Other,
}

impl EndpointKind {
    /// Name for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saas => "SaaS",
            Self::Managed => "Managed",
            Self::ActiveGate => "ActiveGate",
            Self::Local => "Local",
            Self::Other => "Other",
        }
    }
}

/// Why an address can't be used; each is a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Nothing there.
    #[error(
        "The address is empty. Paste the environment's URL, for example https://abc12345.live.dynatrace.com."
    )]
    Empty,
    /// Not a URL.
    #[error(
        "This is not a web address. Paste the environment's URL, for example https://abc12345.live.dynatrace.com."
    )]
    NotAUrl,
    /// Neither http nor https.
    #[error("The address must begin with https://.")]
    Scheme,
    /// http to another computer: the token would travel in clear.
    #[error("The address must begin with https://: over http:// the token could be read on the way.")]
    NotEncrypted,
    /// A user name or password in the address.
    #[error("The address holds a user name or password. Take it out; the token has its own field.")]
    Credentials,
    /// `/e/` without an id.
    #[error("The address ends in /e/ without an environment ID. Paste it with the ID.")]
    NoEnvironmentId,
    /// A page of the vendor that serves no API.
    #[error(
        "{0} serves no environment API. Paste the URL of your environment, for example https://abc12345.live.dynatrace.com."
    )]
    NotAnEnvironment(String),
}

/// A normalised address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
    kind: EndpointKind,
    environment_id: Option<String>,
    rewritten: bool,
}

/// Hosts of the platform and their classic twins (contract 1.1, "Rewriting rules").
const REWRITES: [(&str, &str); 3] = [
    (".sprint.apps.dynatracelabs.", ".sprint.dynatracelabs."),
    (".dev.apps.dynatracelabs.", ".dev.dynatracelabs."),
    (".apps.dynatrace.", ".live.dynatrace."),
];

/// Hosts of the vendor that are no environments.
const NOT_ENVIRONMENTS: [&str; 6] = [
    "www.dynatrace.com",
    "dynatrace.com",
    "docs.dynatrace.com",
    "account.dynatrace.com",
    "myaccount.dynatrace.com",
    "sso.dynatrace.com",
];

impl Endpoint {
    /// Reads an address as typed or pasted.
    ///
    /// # Errors
    /// [`EndpointError`], a sentence each.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EndpointError::Empty);
        }
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&with_scheme).map_err(|_| EndpointError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        let local = url.host().as_ref().is_some_and(is_loopback);
        if url.scheme() == "http" && !local {
            return Err(EndpointError::NotEncrypted);
        }
        let host = url.host_str().ok_or(EndpointError::NotAUrl)?.to_ascii_lowercase();
        if !local && !host.contains('.') && !host.starts_with('[') {
            return Err(EndpointError::NotAUrl);
        }
        if NOT_ENVIRONMENTS.contains(&host.as_str()) {
            return Err(EndpointError::NotAnEnvironment(host));
        }
        let rewritten = rewrite_host(&mut url, &host);
        let environment_id = environment_of_path(&url)?;
        let path = environment_id.as_ref().map_or_else(String::new, |id| format!("/e/{id}"));
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let kind = kind_of(&url, &host, local, environment_id.is_some());
        let environment_id = environment_id.or_else(|| {
            (kind == EndpointKind::Saas).then(|| host.split('.').next().unwrap_or_default().to_owned())
        });
        Ok(Self { base: url, kind, environment_id, rewritten })
    }

    /// The address without a trailing slash: `https://abc12345.live.dynatrace.com`.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// What kind of deployment it is.
    #[must_use]
    pub fn kind(&self) -> EndpointKind {
        self.kind
    }

    /// The environment's id as far as the address tells it.
    #[must_use]
    pub fn environment_id(&self) -> Option<&str> {
        self.environment_id.as_deref()
    }

    /// On this computer: no proxy, http allowed.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.kind == EndpointKind::Local
    }

    /// Is `APP_ENGINE` unknown there (contract 2.3)?
    #[must_use]
    pub fn is_managed(&self) -> bool {
        matches!(self.kind, EndpointKind::Managed | EndpointKind::ActiveGate)
    }

    /// One sentence: what was recognised, what was rewritten.
    #[must_use]
    pub fn note(&self) -> String {
        let id = self.environment_id.as_ref().map_or_else(String::new, |id| format!(", environment {id}"));
        let rewritten = if self.rewritten {
            " The platform address was changed to the one that takes API tokens."
        } else {
            ""
        };
        format!("Recognised as {}{id}. Requests go to /api/v2/credentials.{rewritten}", self.kind.as_str())
    }

    /// A URL below `/api`, with each segment encoded (ids are opaque, contract 5.4).
    pub(crate) fn api(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("api").extend(segments);
        }
        url
    }
}

fn rewrite_host(url: &mut Url, host: &str) -> bool {
    let rewrite = REWRITES.iter().find(|(from, _)| host.contains(from));
    rewrite.is_some_and(|(from, to)| url.set_host(Some(&host.replacen(from, to, 1))).is_ok())
}

/// The id after `/e/`, wherever a pasted address ends.
fn environment_of_path(url: &Url) -> Result<Option<String>, EndpointError> {
    let mut segments = url.path_segments().into_iter().flatten();
    if segments.next() != Some("e") {
        return Ok(None);
    }
    match segments.next() {
        Some(id) if !id.is_empty() => Ok(Some(id.to_owned())),
        _ => Err(EndpointError::NoEnvironmentId),
    }
}

fn kind_of(url: &Url, host: &str, local: bool, has_path_id: bool) -> EndpointKind {
    let saas = [".live.dynatrace.", ".dynatracelabs."].iter().any(|part| host.contains(part));
    match (local, has_path_id) {
        (true, _) => EndpointKind::Local,
        (false, true) if url.port() == Some(9999) => EndpointKind::ActiveGate,
        (false, true) => EndpointKind::Managed,
        (false, false) if saas => EndpointKind::Saas,
        (false, false) => EndpointKind::Other,
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}
