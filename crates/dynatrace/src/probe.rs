//! The connection test: what works, what does not, what to do. Reads only.

use crate::client::{Client, TokenLookup, Touch};
use crate::error::{Error, MaybeSentCause, NotSentCause};
use crate::read::TokenInfo;
use crate::tls::TlsFacts;
use crate::transport::millis;

/// How many sets there are, and whether there are more than that.
type Listed = Result<(u64, bool), Error>;

/// How one check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// As it should be.
    Ok,
    /// Works, with something to know.
    Warning,
    /// Publishing would fail.
    Failed,
    /// Can't be told.
    Unknown,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How it ended.
    pub result: CheckResult,
    /// One word: Trusted, Granted, Missing, …
    pub word: &'static str,
    /// What was found and what to do.
    pub detail: String,
}

/// All checks, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// An answer of the API came.
    pub reachable: bool,
    /// Round trip of the list, milliseconds.
    pub latency_ms: Option<u64>,
    /// User behind the token.
    pub owner: Option<String>,
    /// When the token ends, milliseconds since the epoch.
    pub token_expires_at: Option<i64>,
    /// Publishing can work: reachable, read and write granted, enabled, not expired. An unverifiable scope counts.
    pub can_write: bool,
    /// DER of the server's certificate.
    pub certificate: Option<Vec<u8>>,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Probe {
    /// No check failed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.result != CheckResult::Failed)
    }
}

fn check(name: &'static str, result: CheckResult, word: &'static str, detail: impl Into<String>) -> Check {
    Check { name, result, word, detail: detail.into() }
}

/// Thirty days, in milliseconds.
const SOON_MS: i64 = 30 * 24 * 3_600_000;

/// Runs the checks. `now_ms` decides what is expired.
pub async fn probe(client: &Client, now_ms: i64) -> Probe {
    let endpoint = client.endpoint();
    let Touch { listed, took, tls } = client.touch().await;
    let answered = !matches!(listed, Err(Error::NotSent { .. } | Error::MaybeSent { .. }));
    let mut probe = Probe {
        reachable: matches!(listed, Ok(_) | Err(Error::Refused { .. })),
        latency_ms: answered.then(|| millis(took)),
        owner: None,
        token_expires_at: None,
        can_write: false,
        certificate: tls.certificate.clone(),
        checks: vec![check("Address", CheckResult::Ok, endpoint.kind().as_str(), endpoint.note())],
    };
    probe.checks.push(transport(&listed, endpoint.is_encrypted(), &tls));
    if !probe.reachable {
        return probe;
    }
    probe.checks.push(answer_time(millis(took)));
    probe
        .checks
        .extend(client.token_warning().map(|text| check("Token form", CheckResult::Warning, "Odd", text)));
    probe.checks.push(read_scope(&listed));
    let lookup = client.lookup_token().await;
    let info = if let TokenLookup::Known(info) = &lookup { Some(info) } else { None };
    probe.checks.push(write_scope(&lookup));
    probe.checks.push(owner(&lookup));
    let expires = info.and_then(TokenInfo::expires_at);
    probe.checks.push(expiry(&lookup, expires, now_ms));
    probe.owner = info.map(|info| info.owner.clone()).filter(|owner| !owner.is_empty());
    probe.token_expires_at = expires;
    probe.can_write = probe.ok();
    probe
}

/// Can it be reached, over a connection that is trusted?
fn transport(listed: &Listed, encrypted: bool, tls: &TlsFacts) -> Check {
    use CheckResult::{Failed, Ok as Fine, Warning};
    let name = if encrypted { "TLS" } else { "Connection" };
    match listed {
        Err(Error::NotSent { cause, detail }) => match cause {
            NotSentCause::Tls => check(name, Failed, not_trusted_word(detail), untrusted(detail)),
            NotSentCause::Dns => check(
                "Connection",
                Failed,
                "Unknown host",
                "The host name has no address. Check its spelling and your network.",
            ),
            NotSentCause::Proxy => check(
                "Connection",
                Failed,
                "Proxy",
                format!(
                    "The proxy did not let the request through ({detail}). Check the proxy setting of this environment."
                ),
            ),
            NotSentCause::Connect => check(
                "Connection",
                Failed,
                "No answer",
                format!("Nobody answers at this address ({detail}). Check host, port and firewall."),
            ),
            NotSentCause::Build => check(
                "Connection",
                Failed,
                "Not usable",
                format!("The connection could not be prepared: {detail}."),
            ),
        },
        Err(Error::MaybeSent { cause: MaybeSentCause::Timeout, .. }) => check(
            "Connection",
            Failed,
            "Time-out",
            "The server took the connection and gave no answer in time. Try again; a proxy may be needed.",
        ),
        Err(Error::MaybeSent { detail, .. }) => check(
            "Connection",
            Failed,
            "Cut off",
            format!("The connection was cut off ({detail}). Try again; check proxy and firewall."),
        ),
        Err(Error::Unreadable { status, hint }) => check(
            "Connection",
            Failed,
            "Other product",
            format!(
                "Status {status} with {hint}. Check that the address is the environment's own, as shown in its web address."
            ),
        ),
        Ok(_) | Err(Error::Refused { .. }) if encrypted => {
            let version = tls.version.map_or_else(String::new, |version| format!("{version}. "));
            let text = "The certificate is trusted by this computer or by the custom CA.";
            check(name, Fine, "Trusted", format!("{version}{text}"))
        }
        Ok(_) | Err(Error::Refused { .. }) => {
            check(name, Warning, "Local", "Not encrypted, on this computer only.")
        }
    }
}

/// rustls names the reason in its error; each has another remedy.
fn untrusted(detail: &str) -> String {
    let lower = detail.to_lowercase();
    let advice = if lower.contains("expired") {
        "It has expired, or the clock of this computer is wrong. Have it renewed, or set the clock."
    } else if lower.contains("not valid yet") {
        "It is not valid yet, or the clock of this computer is wrong. Check the clock."
    } else if lower.contains("another name") {
        "It was made for another name. Use the host name that stands in it."
    } else if lower.contains("certificate") {
        "If your company or ActiveGate uses its own CA, add it as custom CA."
    } else {
        return format!(
            "There is no encrypted connection: {detail}. Check the port, and whether it speaks https."
        );
    };
    format!("The server's certificate is not trusted ({detail}). {advice}")
}

fn not_trusted_word(detail: &str) -> &'static str {
    if detail.to_lowercase().contains("certificate") { "Not trusted" } else { "No TLS" }
}

/// From here on an answer is called slow, milliseconds.
const SLOW_MS: u64 = 3_000;

fn answer_time(took: u64) -> Check {
    const NAME: &str = "Answer";
    if took < SLOW_MS {
        check(NAME, CheckResult::Ok, "Reachable", format!("Answered in {took} ms."))
    } else {
        let text =
            format!("Answered in {took} ms. Publishing works and takes longer; check network and proxy.");
        check(NAME, CheckResult::Warning, "Slow", text)
    }
}

fn read_scope(listed: &Listed) -> Check {
    const NAME: &str = "credentialVault.read";
    match listed {
        Ok((1, false)) => check(NAME, CheckResult::Ok, "Granted", "Lists 1 set."),
        Ok((count, more)) => {
            let more = if *more { " or more" } else { "" };
            check(NAME, CheckResult::Ok, "Granted", format!("Lists {count}{more} sets."))
        }
        Err(error) if error.missing_scope() => check(
            NAME,
            CheckResult::Failed,
            "Missing",
            "Owner and state could not be read back. Add the scope in Dynatrace, then test again.",
        ),
        Err(Error::Refused { status: 401, .. }) => check(
            NAME,
            CheckResult::Failed,
            "Refused",
            "The token is unknown, disabled or expired here. Paste a valid one of this environment.",
        ),
        Err(Error::Refused { status: 404, .. }) => check(
            NAME,
            CheckResult::Failed,
            "Not found",
            "There is no Credential vault API at this address. Check the environment ID in it.",
        ),
        Err(Error::Refused { status: 429 | 500.., .. }) => check(
            NAME,
            CheckResult::Failed,
            "Not readable",
            "The environment is busy or has a failure of its own. Try again later.",
        ),
        Err(error) => check(NAME, CheckResult::Failed, "Refused", format!("The server said: {error}")),
    }
}

fn write_scope(lookup: &TokenLookup) -> Check {
    const NAME: &str = "credentialVault.write";
    match lookup {
        TokenLookup::Known(info) if info.personal => check(
            NAME,
            CheckResult::Failed,
            "Missing",
            "This is a personal access token, which can't hold the scope. Use an access token.",
        ),
        TokenLookup::Known(info) if !info.enabled => check(
            NAME,
            CheckResult::Failed,
            "Disabled",
            "The token is disabled. Enable it in Dynatrace, or paste another one.",
        ),
        TokenLookup::Known(info) if info.can_write() => {
            check(NAME, CheckResult::Ok, "Granted", granted_by(info))
        }
        TokenLookup::Known(_) => check(
            NAME,
            CheckResult::Failed,
            "Missing",
            "Publishing would fail. Add the scope in Dynatrace, then test again.",
        ),
        TokenLookup::Unknown => check(
            NAME,
            CheckResult::Failed,
            "Unknown token",
            "This environment does not know the token. Paste one that was made here.",
        ),
        TokenLookup::CannotVerify(Error::Refused { status: 401, .. }) => check(
            NAME,
            CheckResult::Failed,
            "Refused",
            "The token is unknown, disabled or expired here. Paste a valid one of this environment.",
        ),
        TokenLookup::CannotVerify(_) => check(
            NAME,
            CheckResult::Unknown,
            "Not readable",
            "The token can't be looked up here. A publish will show whether it may write.",
        ),
    }
}

fn granted_by(info: &TokenInfo) -> String {
    let broad = info.scopes.iter().any(|scope| scope == "WriteConfig")
        && !info.scopes.iter().any(|scope| scope == "credentialVault.write");
    if broad {
        "Granted by the broader WriteConfig.".into()
    } else {
        "Sets can be created, updated and deleted.".into()
    }
}

fn owner(lookup: &TokenLookup) -> Check {
    match lookup {
        TokenLookup::Known(info) if !info.owner.is_empty() => check(
            "Token owner",
            CheckResult::Ok,
            "Known",
            format!("{} becomes the owner of what is published.", info.owner),
        ),
        _ => check(
            "Token owner",
            CheckResult::Unknown,
            "Not readable",
            "An owner change can't be foreseen; it is recorded after each publish.",
        ),
    }
}

fn expiry(lookup: &TokenLookup, expires: Option<i64>, now_ms: i64) -> Check {
    const NAME: &str = "Token expiry";
    match (lookup, expires) {
        (TokenLookup::Known(_), Some(at)) if at <= now_ms => check(
            NAME,
            CheckResult::Failed,
            "Expired",
            "The token has expired. Make a new one in Dynatrace and replace it here.",
        ),
        (TokenLookup::Known(_), Some(at)) if at - now_ms < SOON_MS => {
            let days = (at - now_ms) / (24 * 3_600_000);
            check(
                NAME,
                CheckResult::Warning,
                "Expires soon",
                format!("The token ends in {days} days. Make a new one in Dynatrace and replace it here."),
            )
        }
        (TokenLookup::Known(info), None) if info.expiration_date.is_some() => check(
            NAME,
            CheckResult::Unknown,
            "Not readable",
            "The token ends at a time that can't be read. Look it up in Dynatrace.",
        ),
        (TokenLookup::Known(info), Some(_)) => {
            let date = info.expiration_date.as_deref().unwrap_or_default();
            check(NAME, CheckResult::Ok, "Valid", format!("Until {}.", date.get(..10).unwrap_or(date)))
        }
        (TokenLookup::Known(_), None) => check(NAME, CheckResult::Ok, "Valid", "The token never expires."),
        _ => check(NAME, CheckResult::Unknown, "Not readable", "The token can't be looked up here."),
    }
}
