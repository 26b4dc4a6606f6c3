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
    /// A user name, password or token in the address, where it would end in logs.
    #[error("The address holds a user name, password or token. Take it out; the token has its own field.")]
    Credentials,
    /// A query: the address of one page, not of an environment.
    #[error("The address has a part that begins with a question mark. Paste it only up to there.")]
    Query,
    /// `/e/` without an id.
    #[error("The address ends in /e/ without an environment ID. Paste it with the ID.")]
    NoEnvironmentId,
    /// An ActiveGate serves several environments and needs to know which.
    #[error("This is an ActiveGate's port. Add /e/ and the environment ID to the address.")]
    ActiveGateWithoutId,
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
    shortened: bool,
}

/// Hosts of the platform and their classic twins (contract 1.1, "Rewriting rules").
const REWRITES: [(&str, &str); 3] = [
    (".sprint.apps.dynatracelabs.", ".sprint.dynatracelabs."),
    (".dev.apps.dynatracelabs.", ".dev.dynatracelabs."),
    (".apps.dynatrace.", ".live.dynatrace."),
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
        // `api-token` is a form the API knows (contract 1.2); it must never be stored as an address.
        let token = url.query_pairs().any(|(name, value)| name == "api-token" || value.starts_with("dt0"));
        if token || !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if url.query().is_some() {
            return Err(EndpointError::Query);
        }
        let local = url.host().as_ref().is_some_and(is_loopback);
        if url.scheme() == "http" && !local {
            return Err(EndpointError::NotEncrypted);
        }
        let host = url.host_str().ok_or(EndpointError::NotAUrl)?.trim_end_matches('.').to_ascii_lowercase();
        if !local && !host.contains('.') && !host.starts_with('[') {
            return Err(EndpointError::NotAUrl);
        }
        let classic = classic_host(&host);
        let rewritten = classic != host;
        url.set_host(Some(&classic)).map_err(|_| EndpointError::NotAUrl)?;
        let environment_id = environment_of_path(&url)?;
        let saas = is_saas(&classic);
        if is_the_vendors(&classic) && !saas && environment_id.is_none() {
            return Err(EndpointError::NotAnEnvironment(classic));
        }
        if !local && environment_id.is_none() && url.port() == Some(9999) {
            return Err(EndpointError::ActiveGateWithoutId);
        }
        let path = environment_id.as_ref().map_or_else(String::new, |id| format!("/e/{id}"));
        let shortened = is_more_than(url.path(), &path);
        url.set_path(&path);
        url.set_fragment(None);
        let kind = match (local, saas, environment_id.is_some()) {
            (true, ..) => EndpointKind::Local,
            (_, true, _) => EndpointKind::Saas,
            (.., true) if url.port() == Some(9999) => EndpointKind::ActiveGate,
            (.., true) => EndpointKind::Managed,
            _ => EndpointKind::Other,
        };
        let environment_id = environment_id.or_else(|| {
            saas.then(|| classic.split('.').next().unwrap_or_default().to_owned()).filter(|_| !local)
        });
        Ok(Self { base: url, kind, environment_id, rewritten, shortened })
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

    /// https, which is everything but a sandbox on this computer.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
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
        let shortened = if self.shortened { " The rest of the path was left out." } else { "" };
        format!(
            "Recognised as {}{id}. Requests go to /api/v2/credentials.{rewritten}{shortened}",
            self.kind.as_str()
        )
    }

    /// The address of one set (contract 1.4), its id encoded as one segment. None if it is no id: the URL library drops
    /// the segments `.` and `..`, and an empty one names the collection, so that something else would be reached.
    #[must_use]
    pub fn set_url(&self, id: &str) -> Option<Url> {
        (!matches!(id, "" | "." | "..")).then(|| self.api(&["v2", "credentials", id]))
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

/// The host that takes API tokens: the platform's host is none (contract 1.1). What stands before the last label decides: the
/// same words further to the left are somebody's own.
fn classic_host(host: &str) -> String {
    let rewritten = REWRITES.iter().find_map(|(from, to)| {
        let at = host.rfind(from)?;
        let top = &host[at + from.len()..];
        (!top.contains('.')).then(|| format!("{}{to}{top}", &host[..at]))
    });
    rewritten.filter(|_| is_the_vendors(host)).unwrap_or_else(|| host.to_owned())
}

/// The last two labels decide: `abc.live.dynatrace.com.example.org` is somebody else's host.
fn is_the_vendors(host: &str) -> bool {
    let mut labels = host.rsplit('.');
    let (_top, name) = (labels.next(), labels.next());
    matches!(name, Some("dynatrace" | "dynatracelabs"))
}

/// `{id}.live.dynatrace.{top}`, `{id}.{stage}.dynatracelabs.{top}`.
fn is_saas(host: &str) -> bool {
    let labels: Vec<&str> = host.rsplit('.').collect();
    match labels[..] {
        [_, "dynatrace", stage, id] => stage == "live" && !id.is_empty(),
        [_, "dynatracelabs", _, .., id] => !id.is_empty() && labels.len() >= 4,
        _ => false,
    }
}

/// Was more pasted than the base and the API's own path?
fn is_more_than(path: &str, base: &str) -> bool {
    let rest = path.strip_prefix(base).unwrap_or(path).trim_matches('/');
    let own = ["", "api", "api/v2", "api/v2/credentials", "platform/classic/environment-api/v2"];
    !own.contains(&rest)
}

/// The id after `/e/`, wherever a pasted address ends.
fn environment_of_path(url: &Url) -> Result<Option<String>, EndpointError> {
    let mut segments = url.path_segments().into_iter().flatten();
    if segments.next() != Some("e") {
        return Ok(None);
    }
    match segments.next() {
        // What is in none of them (`@`, an encoded control character) would stand in every address and every log.
        Some(id) if is_an_id(id) => Ok(Some(id.to_owned())),
        _ => Err(EndpointError::NoEnvironmentId),
    }
}

/// Ids are eight letters and digits, or a UUID (contract 1.1); what else may stand in one is left open.
fn is_an_id(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}
