//! Faults: what can go wrong between a client and a tenant, as a value and as text for the command line.
//!
//! A spec is a name, an optional value, and options: `429:retry-after=2:times=3:on=POST`. [`NAMES`] lists them all.
//! Failures happen once unless `times` says otherwise; ways an answer looks, delays and switches stay on.
//! `times` counts requests that the fault really changed. Without `on` a fault meets every credentials request
//! it makes sense for; `on=LOOKUP` aims it at `POST /apiTokens/lookup`, which is otherwise left alone.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Which requests it meets; `None` means all that its kind makes sense for.
    pub on: Option<On>,
    /// How many more requests it changes; `None` is without end.
    pub times: Option<u32>,
}

/// What a fault does. The tag is the name in a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `429`: throttled before anything was done, with `Retry-After` if given (contract 4.7).
    TooManyRequests {
        /// Seconds for the `Retry-After` header.
        retry_after: Option<u32>,
    },
    /// `503`: unavailable before anything was done.
    Unavailable,
    /// `413`: a write is refused as too large, whatever its size, as a gateway with a lower limit does.
    TooLarge,
    /// `500-transient`: the transient text of contract 4.5, nothing was done.
    TransientError,
    /// `html-200`: 200 with an HTML page, nothing was done, as a wrong host answers (contract 1.1).
    HtmlPage,
    /// `echo-request`: refuses a write with 400 and repeats its whole body, secrets included, in message and violation, as
    /// a careless server does.
    EchoRequest,
    /// `close-after-store`: the write is done, then the TCP connection is cut instead of an answer.
    CloseAfterStore,
    /// `500-after-store`: the write is done, then the transient text is answered.
    ErrorAfterStore,
    /// `truncated-body`: the answer breaks off in the middle of its body; whatever was asked is done.
    TruncatedBody,
    /// `delete-500-empty`: the set is not deleted, the answer is 500 without a body (contract 1.4).
    DeleteEmptyError,
    /// `latency=20ms`: everything is done at once and answered late.
    Latency(Duration),
    /// `delay-visible=3s`: a new id is 404, and not listed, for so long (contract 5.8).
    DelayVisible(Duration),
    /// `put-unknown-creates`: PUT to an unknown id creates it, 201 (contract 5.6).
    PutUnknownCreates,
    /// `usage-shape=b`: `credentialUsageSummary` in the shape of the hand-written examples (contract 4.4).
    UsageShapeB,
    /// `scope-only`: `scope` without `scopes` where there is exactly one (contract 2.3).
    ScopeOnly,
    /// `string-booleans`: booleans as strings (contract 2.1).
    StringBooleans,
    /// `unknown-enums`: constants no client knows, in every enum (contract section 6, row 6).
    UnknownEnums,
    /// `extra-fields`: members no client knows (contract section 6, row 7).
    ExtraFields,
}

/// Which requests a fault meets. The four methods mean requests to `/credentials`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// List or get.
    Get,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Delete.
    Delete,
    /// `POST /apiTokens/lookup`.
    Lookup,
}

impl On {
    const ALL: [(Self, &str); 5] = [
        (Self::Get, "GET"),
        (Self::Post, "POST"),
        (Self::Put, "PUT"),
        (Self::Delete, "DELETE"),
        (Self::Lookup, "LOOKUP"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(on, _)| *on == self).map_or("", |(_, name)| name)
    }
}

/// The names a spec can begin with.
pub const NAMES: [&str; 18] = [
    "429",
    "503",
    "413",
    "500-transient",
    "html-200",
    "echo-request",
    "close-after-store",
    "500-after-store",
    "truncated-body",
    "delete-500-empty",
    "latency=20ms",
    "delay-visible=3s",
    "put-unknown-creates",
    "usage-shape=b",
    "scope-only",
    "string-booleans",
    "unknown-enums",
    "extra-fields",
];

/// Why a spec is not a fault, with what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{spec}\" is not a fault of the sandbox: {reason}. Valid are {}; each may be followed by :times=N or \
         :times=always and by :on=GET, POST, PUT, DELETE or LOOKUP; 429 also by :retry-after=SECONDS", NAMES.join(", "))]
pub struct FaultError {
    /// What was given.
    pub spec: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FaultKind {
    /// Which requests the kind makes sense for, and which of these it meets when the spec does not say.
    fn reach(&self) -> (&'static [On], &'static [On]) {
        const CREDENTIALS: &[On] = &[On::Get, On::Post, On::Put, On::Delete];
        const ANY: &[On] = &[On::Get, On::Post, On::Put, On::Delete, On::Lookup];
        match self {
            Self::TooManyRequests { .. }
            | Self::Unavailable
            | Self::TransientError
            | Self::HtmlPage
            | Self::TruncatedBody
            | Self::Latency(_) => (ANY, CREDENTIALS),
            Self::CloseAfterStore | Self::ErrorAfterStore => (&[On::Post, On::Put, On::Delete], &[On::Post]),
            Self::EchoRequest | Self::TooLarge => (&[On::Post, On::Put], &[On::Post, On::Put]),
            Self::DelayVisible(_) => (&[On::Post], &[On::Post]),
            Self::DeleteEmptyError => (&[On::Delete], &[On::Delete]),
            Self::PutUnknownCreates => (&[On::Put], &[On::Put]),
            Self::UsageShapeB
            | Self::ScopeOnly
            | Self::StringBooleans
            | Self::UnknownEnums
            | Self::ExtraFields => (&[On::Get], &[On::Get]),
        }
    }

    /// Failures happen once by default, everything else always.
    fn happens_once(&self) -> bool {
        matches!(
            self,
            Self::TooManyRequests { .. }
                | Self::Unavailable
                | Self::TooLarge
                | Self::TransientError
                | Self::HtmlPage
                | Self::EchoRequest
                | Self::CloseAfterStore
                | Self::ErrorAfterStore
                | Self::TruncatedBody
                | Self::DeleteEmptyError
        )
    }

    fn named(name: &str, value: Option<&str>) -> Result<Self, String> {
        let kind = match (name, value) {
            ("429", None) => Self::TooManyRequests { retry_after: None },
            ("503", None) => Self::Unavailable,
            ("413", None) => Self::TooLarge,
            ("500-transient", None) => Self::TransientError,
            ("html-200", None) => Self::HtmlPage,
            ("echo-request", None) => Self::EchoRequest,
            ("close-after-store", None) => Self::CloseAfterStore,
            ("500-after-store", None) => Self::ErrorAfterStore,
            ("truncated-body", None) => Self::TruncatedBody,
            ("delete-500-empty", None) => Self::DeleteEmptyError,
            ("put-unknown-creates", None) => Self::PutUnknownCreates,
            ("usage-shape", Some("b")) => Self::UsageShapeB,
            ("scope-only", None) => Self::ScopeOnly,
            ("string-booleans", None) => Self::StringBooleans,
            ("unknown-enums", None) => Self::UnknownEnums,
            ("extra-fields", None) => Self::ExtraFields,
            ("latency", Some(text)) => Self::Latency(duration(text)?),
            ("delay-visible", Some(text)) => Self::DelayVisible(duration(text)?),
            ("latency" | "delay-visible", None) => {
                return Err(format!("{name} needs a duration, as in {name}=3s"));
            }
            ("usage-shape", _) => return Err("the only other shape is b, as in usage-shape=b".to_owned()),
            (known, Some(_)) if NAMES.contains(&known) => return Err(format!("{known} takes no value")),
            _ => return Err("the name is unknown".to_owned()),
        };
        Ok(kind)
    }
}

impl Fault {
    /// A fault with the defaults of its kind.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        let times = kind.happens_once().then_some(1);
        Self { kind, on: None, times }
    }

    /// Reads a spec such as `429:retry-after=2:times=3:on=POST`.
    ///
    /// # Errors
    /// A sentence that names the valid specs.
    pub fn parse(spec: &str) -> Result<Self, FaultError> {
        let wrong = |reason: String| FaultError { spec: spec.to_owned(), reason };
        let mut parts = spec.trim().split(':');
        let head = parts.next().unwrap_or_default();
        let (name, value) = head.split_once('=').map_or((head, None), |(name, value)| (name, Some(value)));
        let mut fault = Self::new(FaultKind::named(name, value).map_err(wrong)?);
        for option in parts {
            let (key, value) = option
                .split_once('=')
                .ok_or_else(|| wrong(format!("the option \"{option}\" has no value")))?;
            match key {
                "times" => fault.times = times(value).map_err(wrong)?,
                "on" => fault.on = Some(on(value, &fault.kind).map_err(wrong)?),
                "retry-after" => {
                    let FaultKind::TooManyRequests { retry_after } = &mut fault.kind else {
                        return Err(wrong("only 429 has retry-after".to_owned()));
                    };
                    let seconds = number(value)
                        .ok_or_else(|| wrong("retry-after is a number of seconds".to_owned()))?;
                    *retry_after = Some(seconds);
                }
                _ => return Err(wrong(format!("the option \"{key}\" is unknown"))),
            }
        }
        Ok(fault)
    }

    /// Whether the fault meets this kind of request.
    pub(crate) fn meets(&self, on: On) -> bool {
        self.on.map_or_else(|| self.kind.reach().1.contains(&on), |only| only == on)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(spec: &str) -> Result<Self, Self::Err> {
        Self::parse(spec)
    }
}

/// The spec that reads back as this fault.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FaultKind::TooManyRequests { retry_after: None } => out.write_str("429")?,
            FaultKind::TooManyRequests { retry_after: Some(seconds) } => {
                write!(out, "429:retry-after={seconds}")?;
            }
            FaultKind::Unavailable => out.write_str("503")?,
            FaultKind::TooLarge => out.write_str("413")?,
            FaultKind::TransientError => out.write_str("500-transient")?,
            FaultKind::HtmlPage => out.write_str("html-200")?,
            FaultKind::EchoRequest => out.write_str("echo-request")?,
            FaultKind::CloseAfterStore => out.write_str("close-after-store")?,
            FaultKind::ErrorAfterStore => out.write_str("500-after-store")?,
            FaultKind::TruncatedBody => out.write_str("truncated-body")?,
            FaultKind::DeleteEmptyError => out.write_str("delete-500-empty")?,
            FaultKind::Latency(time) => write!(out, "latency={}ms", time.as_millis())?,
            FaultKind::DelayVisible(time) => write!(out, "delay-visible={}ms", time.as_millis())?,
            FaultKind::PutUnknownCreates => out.write_str("put-unknown-creates")?,
            FaultKind::UsageShapeB => out.write_str("usage-shape=b")?,
            FaultKind::ScopeOnly => out.write_str("scope-only")?,
            FaultKind::StringBooleans => out.write_str("string-booleans")?,
            FaultKind::UnknownEnums => out.write_str("unknown-enums")?,
            FaultKind::ExtraFields => out.write_str("extra-fields")?,
        }
        match self.times {
            Some(times) => write!(out, ":times={times}")?,
            None => out.write_str(":times=always")?,
        }
        self.on.map_or(Ok(()), |on| write!(out, ":on={}", on.name()))
    }
}

/// Digits alone: `parse` would take a sign too.
fn number<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn times(text: &str) -> Result<Option<u32>, String> {
    match number(text) {
        _ if text == "always" => Ok(None),
        Some(0) | None => Err("times is a number from 1, or always".to_owned()),
        Some(times) => Ok(Some(times)),
    }
}

fn on(text: &str, kind: &FaultKind) -> Result<On, String> {
    let found = On::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(on, _)| *on);
    let on = found.ok_or_else(|| format!("\"{text}\" is no request it could meet"))?;
    let (possible, _) = kind.reach();
    if possible.contains(&on) {
        return Ok(on);
    }
    let names: Vec<_> = possible.iter().map(|on| on.name()).collect();
    Err(format!("it has no meaning on {}, only on {}", on.name(), names.join(", ")))
}

/// `20ms` or `3s`, at most an hour: a longer one would be a typing mistake.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed = if let Some(millis) = text.strip_suffix("ms") {
        number(millis).map(Duration::from_millis)
    } else {
        text.strip_suffix('s').and_then(number).map(Duration::from_secs)
    };
    parsed
        .filter(|time| *time <= Duration::from_secs(3600))
        .ok_or_else(|| format!("\"{text}\" is not a duration such as 20ms or 3s, up to 3600s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_a_fault_and_reads_back_as_itself() {
        for name in NAMES {
            let fault = Fault::parse(name).unwrap();
            assert_eq!(Fault::parse(&fault.to_string()).unwrap(), fault, "{name}");
        }
        let full = Fault::parse("429:retry-after=2:times=3:on=POST").unwrap();
        assert_eq!(full.kind, FaultKind::TooManyRequests { retry_after: Some(2) });
        assert_eq!((full.on, full.times), (Some(On::Post), Some(3)));
        assert_eq!(full.to_string().parse::<Fault>().unwrap(), full);
    }

    #[test]
    fn failures_happen_once_and_shapes_always_unless_the_spec_says_otherwise() {
        assert_eq!(Fault::parse("503").unwrap().times, Some(1));
        assert_eq!(Fault::parse("503:times=always").unwrap().times, None);
        assert_eq!(Fault::parse("scope-only").unwrap().times, None);
        assert_eq!(Fault::parse("scope-only:times=2").unwrap().times, Some(2));
    }

    #[test]
    fn a_bad_spec_is_refused_with_a_sentence_that_names_the_valid_ones() {
        for bad in [
            "",
            "428",
            "429=1",
            "429:",
            "429:times",
            "429:times=0",
            "429:times=-1",
            "429:times=+1",
            "429:retry-after=+2",
            "latency=+3s",
            "429:times=x",
            "429:retry-after=soon",
            "503:retry-after=1",
            "429:on=PATCH",
            "429:whatever=1",
            "latency",
            "latency=20",
            "latency=-1s",
            "latency=9999999s",
            "usage-shape",
            "usage-shape=c",
            "scope-only=1",
            "scope-only:on=POST",
            "delete-500-empty:on=GET",
            "close-after-store:on=GET",
            "delay-visible=3s:on=PUT",
        ] {
            let error = Fault::parse(bad).unwrap_err().to_string();
            for name in NAMES {
                assert!(error.contains(name), "{bad}: {error}");
            }
        }
    }

    #[test]
    fn a_fault_meets_lookups_only_when_told_to() {
        assert!(!Fault::parse("429").unwrap().meets(On::Lookup));
        assert!(Fault::parse("429:on=lookup").unwrap().meets(On::Lookup));
        assert!(!Fault::parse("429:on=LOOKUP").unwrap().meets(On::Get));
    }
}
