//! What an error means for a row: pure, so that every case stands in one table.

use std::time::Duration;

use sealpost_dynatrace::{Error, NotSentCause};
use sealpost_vault::{AttemptAction, AttemptState, RecordedProblem};

/// What to do after a failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Wait, then send again: it certainly was not applied, or applying it twice is the same as once.
    Retry(Duration),
    /// Close the attempt like this.
    Close(AttemptState),
}

/// Tries after the first (DESIGN_GUIDE section 5, "Running").
pub(super) const RETRIES: u32 = 5;
/// Longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// A create is sent again only if the server said 429: it did not take the request (contract 4.7). After anything
/// that may have been applied it is unclear and stays so (contract 5.5). An update may always be sent again.
pub(super) fn judge(action: AttemptAction, error: &Error, tries: u32) -> Verdict {
    let wait = || {
        let asked = if let Error::Refused { retry_after, .. } = error { *retry_after } else { None };
        Verdict::Retry(asked.unwrap_or_else(|| backoff(tries)).min(LONGEST))
    };
    let may_retry = tries < RETRIES;
    match (action, error) {
        (_, Error::Refused { status: 429, .. }) if may_retry => wait(),
        (AttemptAction::Create, error) if error.may_have_been_applied() => {
            Verdict::Close(AttemptState::Unclear)
        }
        (AttemptAction::Update | AttemptAction::Delete, error) if may_retry && error.is_retryable() => wait(),
        (AttemptAction::Update | AttemptAction::Delete, error) if error.may_have_been_applied() => {
            Verdict::Close(AttemptState::Unclear)
        }
        (_, Error::NotSent { .. }) => Verdict::Close(AttemptState::NotSent),
        _ => Verdict::Close(AttemptState::Refused),
    }
}

/// 1, 2, 4, 8, 16 s. One queue per environment sends one request at a time, so there is no herd to spread out.
fn backoff(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.min(4))
}

/// After this, the rest of the environment's queue would fail the same way.
pub(super) fn stops_the_queue(error: &Error) -> bool {
    match error {
        Error::Refused { status: 401, .. } => true,
        Error::NotSent { cause, .. } => !matches!(cause, NotSentCause::Build),
        other => other.missing_scope(),
    }
}

/// The failure for people.
pub(super) fn problem_of(
    action: AttemptAction,
    state: AttemptState,
    error: &Error,
    name: &str,
) -> RecordedProblem {
    let (server_message, violations) = match error {
        Error::Refused { message, violations, .. } => {
            (Some(message.clone()), violations.iter().map(|v| (v.path.clone(), v.message.clone())).collect())
        }
        _ => (None, Vec::new()),
    };
    let (message, hint) = match (state, action) {
        (AttemptState::NotSent, _) => (
            format!("Not sent to {name}: {error}."),
            "Nothing was changed there. Test the connection, then publish again.".to_owned(),
        ),
        (AttemptState::Unclear, AttemptAction::Create) => (
            format!("The request to {name} may have arrived, but no usable answer came: {error}."),
            "It is not repeated, since that could make a second set. Make the plan again: it shows whether it arrived."
                .to_owned(),
        ),
        (AttemptState::Unclear, _) => (
            format!("The update may have reached {name}, but no usable answer came: {error}."),
            "Publish again: an update can be repeated.".to_owned(),
        ),
        _ => (format!("{name} refused it{}.", status_words(error)), hint_of(error)),
    };
    RecordedProblem { message, server_message, violations, hint: Some(hint) }
}

fn status_words(error: &Error) -> String {
    error.status().map_or_else(String::new, |status| format!(" with status {status}"))
}

/// What to do about a refusal (contract 4.6).
fn hint_of(error: &Error) -> String {
    let text = match error {
        error if error.missing_scope() => {
            "Add the missing scope to the token in Dynatrace, then publish again."
        }
        Error::Refused { status: 401, .. } => "The token is unknown, disabled or expired there. Replace it.",
        Error::Refused { status: 403, .. } => {
            "The token's user may not change this set. Use a token of its owner, or of a user who may change monitoring settings."
        }
        Error::Refused { status: 404, .. } => "The set is gone or can't be seen. Make the plan again.",
        Error::Refused { status: 413, .. } => {
            "The set is too large: the API takes 1 MB. Use a smaller certificate file."
        }
        Error::Refused { status: 429, .. } => "The environment is busy. Try again later.",
        Error::Refused { status: 400, .. } => {
            "Correct what the server names, then publish again. A type or scope may be unsupported by its version."
        }
        Error::Unreadable { .. } => "Check the address of this environment: something else answers there.",
        _ => "Nothing was changed there. Try again later.",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use sealpost_dynatrace::MaybeSentCause;

    use super::*;

    fn refused(status: u16) -> Error {
        Error::Refused { status, message: "no".into(), violations: Vec::new(), retry_after: None }
    }

    fn lost() -> Error {
        Error::MaybeSent { cause: MaybeSentCause::Timeout, detail: String::new() }
    }

    fn page() -> Error {
        Error::Unreadable { status: 200, hint: String::new() }
    }

    #[test]
    fn a_create_that_may_have_arrived_is_never_sent_again() {
        for error in [lost(), page(), refused(500), refused(502), refused(503), refused(504)] {
            let verdict = judge(AttemptAction::Create, &error, 0);
            assert_eq!(verdict, Verdict::Close(AttemptState::Unclear), "{error:?}");
        }
    }

    #[test]
    fn a_create_that_was_refused_or_not_sent_is_closed_as_that() {
        for status in [400, 401, 403, 404, 413] {
            assert_eq!(
                judge(AttemptAction::Create, &refused(status), 0),
                Verdict::Close(AttemptState::Refused)
            );
        }
        let error = Error::NotSent { cause: NotSentCause::Connect, detail: String::new() };
        assert_eq!(judge(AttemptAction::Create, &error, 0), Verdict::Close(AttemptState::NotSent));
    }

    #[test]
    fn a_throttled_request_waits_as_long_as_the_server_asks_and_not_for_ever() {
        let asked = |seconds| Error::Refused {
            status: 429,
            message: String::new(),
            violations: Vec::new(),
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(judge(AttemptAction::Create, &asked(7), 0), Verdict::Retry(Duration::from_secs(7)));
        assert_eq!(judge(AttemptAction::Create, &asked(3_600), 0), Verdict::Retry(LONGEST));
        assert_eq!(judge(AttemptAction::Create, &asked(7), RETRIES), Verdict::Close(AttemptState::Refused));
    }

    #[test]
    fn an_update_is_repeated_a_few_times_and_then_told() {
        for error in [lost(), refused(500), refused(503)] {
            assert!(matches!(judge(AttemptAction::Update, &error, 0), Verdict::Retry(_)), "{error:?}");
            let last = judge(AttemptAction::Update, &error, RETRIES);
            assert_eq!(last, Verdict::Close(AttemptState::Unclear), "{error:?}");
        }
        for status in [400, 403, 404] {
            assert_eq!(
                judge(AttemptAction::Update, &refused(status), 0),
                Verdict::Close(AttemptState::Refused)
            );
        }
    }
}
