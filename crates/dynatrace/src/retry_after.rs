//! `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date in the one form that senders must use.

use std::time::Duration;

use time::{Date, Month};

/// Longest wait that is believed, seconds.
const MOST: u64 = 3_600;

/// The wait, or `None` if the value is neither form. A date in the past is no wait.
pub(crate) fn retry_after(text: &str, now_ms: i64) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a wait that is not believed either.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX).min(MOST)));
    }
    let at = http_date(text)?;
    let wait = u64::try_from(at.saturating_sub(now_ms)).unwrap_or(0);
    Some(Duration::from_millis(wait.min(MOST * 1000)))
}

/// IMF-fixdate, for example `Sun, 06 Nov 1994 08:49:37 GMT`, as milliseconds since the epoch.
fn http_date(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let [weekday, day, month, year, time, "GMT"] = parts[..] else { return None };
    // Which one it is, is not compared: a wait is no reason to teach a server the calendar.
    if !["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"].contains(&weekday) {
        return None;
    }
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()? + 1;
    let clock: Vec<i64> = time.split(':').map(number).collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else { return None };
    millis([number(year)?, month, number(day)?], [hour, minute, second])
}

/// Digits alone, and few: `parse` would take a sign, and a number that no calendar has overflows further on.
fn number(text: &str) -> Option<i64> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// A date and a time of day, UTC, as milliseconds since the epoch; `None` if a part is out of its range. A leap second
/// is the second after it, and a day that its month does not have is counted on into the next.
fn millis([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let valid = (1970..=9999).contains(&year)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let first = Date::from_calendar_date(i32::try_from(year).ok()?, month, 1).ok()?;
    let midnight = first.midnight().assume_utc().unix_timestamp() + (day - 1) * 86_400;
    valid.then_some((midnight + hour * 3600 + minute * 60 + second) * 1000)
}

/// The computer's clock, milliseconds since the epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "the default of ClientOptions::now; callers with a clock pass theirs"
)]
pub(crate) fn system_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// ISO 8601 with milliseconds and `Z`, as the look-up sends it (contract 1.3), as milliseconds since the epoch.
pub(crate) fn iso_date(text: &str) -> Option<i64> {
    let between = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if between.iter().any(|(at, sign)| text.as_bytes().get(*at) != Some(sign)) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(number);
    let date = [number(0..4)?, number(5..7)?, number(8..10)?];
    let clock = [number(11..13)?, number(14..16)?, number(17..19)?];
    let rest = text.get(19..)?.strip_suffix('Z')?;
    // Parts of a second are not looked at, but they are digits.
    let fraction = rest.is_empty()
        || rest
            .strip_prefix('.')
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    millis(date, clock).filter(|_| fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 784_111_777_000; // 1994-11-06T08:49:37Z, the date of the RFC's example

    #[test]
    fn both_forms_are_understood() {
        assert_eq!(retry_after("120", 0), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", NOW), Some(Duration::from_secs(10)));
        assert_eq!(iso_date("1994-11-06T08:49:37.000Z"), Some(NOW));
    }

    #[test]
    fn a_past_date_is_no_wait_and_a_far_one_is_not_believed() {
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:36 GMT", NOW), Some(Duration::ZERO));
        assert_eq!(retry_after("Sun, 06 Nov 2094 08:49:36 GMT", NOW), Some(Duration::from_secs(MOST)));
        assert_eq!(retry_after("99999999999", NOW), Some(Duration::from_secs(MOST)));
    }

    #[test]
    fn anything_else_is_ignored() {
        for text in [
            "",
            "-1",
            "1.5",
            "soon",
            "Sun, 06 Nov 1994",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 9223372036854775807:49:37 GMT",
            "Sun, 9223372036854775807 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 9223372036854775807 08:49:37 GMT",
            "S-n, 06 Nov 1994 08:49:37 GMT",
            "Sun, -6 Nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 +8:49:37 GMT",
            "+120",
        ] {
            assert_eq!(retry_after(text, NOW), None, "{text}");
        }
        for text in [
            "1994-11-06T08:49:37.0:-+1-06T08:49:7Z00Z",
            "1994-11-06T08:49:37.Z",
            "1994-11-06T08:49:37-01:00Z",
            "",
            "1994",
            "1994-13-06T08:49:37Z",
            "1994-11-06T08:49:37",
            "é994-11-06T08:49:37Z",
            "1994-+1-06T08:49:37Z",
            "1994+11-06T08:49:37Z",
            "1994-11-06T08:49000Z",
        ] {
            assert_eq!(iso_date(text), None, "{text}");
        }
    }
}
