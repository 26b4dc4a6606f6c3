//! What an error means for a row: pure, so that every case stands in one table.

use std::time::Duration;

use sealpost_dynatrace::{Error, MaybeSentCause, NotSentCause};
use sealpost_vault::{AttemptAction, AttemptState, RecordedProblem};

/// How often a request is sent at most.
pub(super) const TRIES: u32 = 5;
/// Longest time from the first try to the start of the last one.
const LONGEST: Duration = Duration::from_secs(120);
/// The window of the first wait; it doubles with each try.
const FIRST_WINDOW: Duration = Duration::from_secs(2);
/// A read is tried so often if it failed by other things than throttling: somebody waits for a plan.
const READ_TRIES: u32 = 3;
const READ_WINDOW: Duration = Duration::from_millis(500);

/// The tries so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tries {
    /// How many, the failed one included.
    pub(super) made: u32,
    /// Time since the first began.
    pub(super) since: Duration,
    /// The id was made moments ago, so that an unknown id means "not visible yet" (contract 5.8).
    pub(super) fresh: bool,
    /// Random, over the whole range: spreads out clients that were throttled together (full jitter).
    pub(super) jitter: u32,
}

impl Tries {
    /// The wait before the next try, or none if there is no next: what the server asks for, else a random part of a
    /// window that doubles.
    fn next(&self, error: &Error, most: u32, first_window: Duration) -> Option<Duration> {
        let asked = if let Error::Refused { retry_after, .. } = error { *retry_after } else { None };
        let window = first_window * 2_u32.saturating_pow(self.made.saturating_sub(1));
        let drawn = window.mul_f64(f64::from(self.jitter) / f64::from(u32::MAX));
        let wait = asked.unwrap_or(drawn);
        (self.made < most && self.since + wait <= LONGEST).then_some(wait)
    }
}

/// The wait before a write is sent again, or none if it is given up. A create is sent again only if it certainly was not
/// taken: the server said 429 (contract 4.7), or it did not leave; anything else is unclear and stays so (contract
/// 5.5). An update and a delete may always be sent again.
pub(super) fn resend(action: AttemptAction, error: &Error, tries: &Tries) -> Option<Duration> {
    let repeatable = action != AttemptAction::Create;
    let unapplied = error.certainly_not_sent() || error.status() == Some(429);
    let not_visible_yet = repeatable && tries.fresh && error.is_not_found();
    let again = (error.is_retryable() && (repeatable || unapplied)) || not_visible_yet;
    if again { tries.next(error, TRIES, FIRST_WINDOW) } else { None }
}

/// How an attempt is closed whose request was given up after this failure.
pub(super) fn closed(error: &Error, maybe_applied: bool) -> AttemptState {
    match error {
        _ if maybe_applied || error.may_have_been_applied() => AttemptState::Unclear,
        Error::NotSent { .. } => AttemptState::NotSent,
        _ => AttemptState::Refused,
    }
}

/// The wait before a read is tried again, or none if it is given up.
pub(super) fn reread(error: &Error, tries: &Tries) -> Option<Duration> {
    match error {
        Error::Refused { status: 429, .. } => tries.next(error, TRIES, FIRST_WINDOW),
        Error::Refused { status: 500 | 502 | 503 | 504, .. } => tries.next(error, READ_TRIES, READ_WINDOW),
        // Cut in the middle; a time-out has taken long enough already.
        Error::MaybeSent { cause: MaybeSentCause::Broken, .. } => tries.next(error, READ_TRIES, READ_WINDOW),
        _ => None,
    }
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
            "It is not repeated, since that could make a second set. Look what became of it (Reconcile)."
                .to_owned(),
        ),
        (AttemptState::Unclear, AttemptAction::Update) => (
            format!("The update may have reached {name}, but no usable answer came: {error}."),
            "Publish again: an update can be repeated.".to_owned(),
        ),
        (AttemptState::Unclear, AttemptAction::Delete) => (
            format!("The deletion may have reached {name}, but no usable answer came: {error}."),
            "Unpublish again: a deletion can be repeated.".to_owned(),
        ),
        (_, AttemptAction::Delete) if error.is_in_use() => {
            let known = in_use(name);
            (known.message, known.hint.unwrap_or_default())
        }
        _ => (format!("{name} refused it{}.", status_words(error)), hint_of(error)),
    };
    RecordedProblem { message, server_message, violations, hint: Some(hint) }
}

/// A set is not deleted while monitors use it.
pub(super) fn in_use(name: &str) -> RecordedProblem {
    RecordedProblem {
        message: format!("{name} keeps the set: monitors use it."),
        hint: Some("Take it out of those monitors in Dynatrace first, then unpublish again.".into()),
        ..RecordedProblem::default()
    }
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

    fn asked(status: u16, seconds: u64) -> Error {
        Error::Refused {
            status,
            message: String::new(),
            violations: Vec::new(),
            retry_after: Some(Duration::from_secs(seconds)),
        }
    }

    fn lost() -> Error {
        Error::MaybeSent { cause: MaybeSentCause::Timeout, detail: String::new() }
    }

    fn page() -> Error {
        Error::Unreadable { status: 200, hint: String::new() }
    }

    fn not_sent() -> Error {
        Error::NotSent { cause: NotSentCause::Connect, detail: String::new() }
    }

    fn after(made: u32) -> Tries {
        Tries { made, since: Duration::ZERO, fresh: false, jitter: u32::MAX }
    }

    #[test]
    fn a_create_that_may_have_arrived_is_never_sent_again() {
        for error in [lost(), page(), refused(500), refused(502), refused(503), refused(504), asked(503, 1)] {
            assert_eq!(resend(AttemptAction::Create, &error, &after(1)), None, "{error:?}");
            assert_eq!(closed(&error, false), AttemptState::Unclear, "{error:?}");
        }
    }

    #[test]
    fn a_create_that_was_refused_is_closed_as_that() {
        for status in [400, 401, 403, 404, 413] {
            let fresh = Tries { fresh: true, ..after(1) };
            assert_eq!(resend(AttemptAction::Create, &refused(status), &fresh), None);
            assert_eq!(closed(&refused(status), false), AttemptState::Refused);
        }
    }

    #[test]
    fn a_refusal_after_a_try_that_may_have_arrived_is_not_told_as_a_refusal() {
        assert_eq!(closed(&refused(403), true), AttemptState::Unclear);
        assert_eq!(closed(&not_sent(), true), AttemptState::Unclear);
    }

    #[test]
    fn what_certainly_did_not_leave_is_sent_again_and_then_told_as_that() {
        for action in [AttemptAction::Create, AttemptAction::Update, AttemptAction::Delete] {
            assert!(resend(action, &not_sent(), &after(1)).is_some());
            assert_eq!(resend(action, &not_sent(), &after(TRIES)), None);
        }
        assert_eq!(closed(&not_sent(), false), AttemptState::NotSent);
        let build = Error::NotSent { cause: NotSentCause::Build, detail: String::new() };
        let again = resend(AttemptAction::Update, &build, &after(1));
        assert_eq!(again, None, "it would be built the same way again");
    }

    #[test]
    fn a_throttled_request_waits_as_long_as_the_server_asks() {
        for seconds in [0, 7, 120] {
            let wait = resend(AttemptAction::Create, &asked(429, seconds), &after(1));
            assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn no_request_is_tried_for_longer_than_two_minutes_or_more_than_five_times() {
        let update = |error: &Error, tries: &Tries| resend(AttemptAction::Update, error, tries);
        assert_eq!(update(&asked(429, 3_600), &after(1)), None);
        let late = Tries { since: Duration::from_secs(119), ..after(1) };
        assert_eq!(update(&asked(429, 2), &late), None);
        assert_eq!(update(&asked(429, 0), &after(TRIES)), None);
        let (mut since, mut made) = (Duration::ZERO, 1);
        while let Some(wait) = update(&refused(503), &Tries { since, ..after(made) }) {
            since += wait;
            made += 1;
        }
        assert_eq!(made, TRIES);
        assert!(since <= LONGEST, "{since:?}");
    }

    #[test]
    fn waits_are_drawn_from_the_whole_window_and_windows_double() {
        let wait = |made, jitter| {
            resend(AttemptAction::Update, &refused(503), &Tries { jitter, ..after(made) }).unwrap()
        };
        assert_eq!(wait(1, 0), Duration::ZERO);
        assert_eq!(wait(1, u32::MAX), FIRST_WINDOW);
        assert_eq!(wait(4, u32::MAX), FIRST_WINDOW * 8);
        assert!(wait(1, u32::MAX / 2) < FIRST_WINDOW.mul_f64(0.51));
    }

    #[test]
    fn an_update_or_delete_is_repeated_a_few_times_and_then_told() {
        for action in [AttemptAction::Update, AttemptAction::Delete] {
            for error in [lost(), refused(500), refused(503)] {
                assert!(resend(action, &error, &after(1)).is_some(), "{error:?}");
                assert_eq!(resend(action, &error, &after(TRIES)), None, "{error:?}");
            }
            for status in [400, 403, 404] {
                assert_eq!(resend(action, &refused(status), &after(1)), None);
            }
        }
    }

    #[test]
    fn an_unknown_id_is_asked_for_again_only_while_it_is_fresh() {
        let fresh = Tries { fresh: true, ..after(1) };
        assert!(resend(AttemptAction::Update, &refused(404), &fresh).is_some());
        assert_eq!(resend(AttemptAction::Update, &refused(404), &after(1)), None);
    }

    #[test]
    fn a_throttled_read_is_repeated_and_one_that_nobody_answers_is_not() {
        assert_eq!(reread(&asked(429, 9), &after(1)), Some(Duration::from_secs(9)));
        assert!(reread(&refused(503), &after(1)).is_some());
        assert!(reread(&refused(503), &after(READ_TRIES)).is_none());
        for error in [not_sent(), lost(), page(), refused(401), refused(404)] {
            assert_eq!(reread(&error, &after(1)), None, "{error:?}");
        }
    }
}
