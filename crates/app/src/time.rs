//! Times as text, for sentences.

use time::OffsetDateTime;

/// The day of a time, `2026-11-24`, UTC.
#[must_use]
pub(crate) fn day(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    // Years beyond 9999 are outside the calendar; nothing that Sealpost reads ends there.
    OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| format!("{seconds} s"), |at| at.date().to_string())
}

/// A moment, `2026-11-24 08:00:00`, UTC.
#[must_use]
pub fn moment(millis: i64) -> String {
    let seconds = millis.rem_euclid(86_400_000) / 1000;
    format!("{} {:02}:{:02}:{:02}", day(millis), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The first millisecond of a day written `2026-11-24`, UTC; none if it is no day.
#[must_use]
pub fn start_of_day(text: &str) -> Option<i64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    let mut parts = text.splitn(3, '-').map(str::parse::<u16>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = time::Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp() * 1000)
}

#[cfg(test)]
mod tests {
    use super::{day, moment, start_of_day};

    #[test]
    fn a_day_begins_where_its_moments_begin_and_what_is_no_day_is_refused() {
        for text in ["1970-01-01", "2024-02-29", "2026-11-24"] {
            assert_eq!(moment(start_of_day(text).unwrap()), format!("{text} 00:00:00"));
        }
        for text in [
            "",
            "2026",
            "2026-11",
            "2026-02-29",
            "2026-13-01",
            "24.11.2026",
            "2026-11-24T00",
            "-1-1-1",
            "2026-+1-24",
            "+2026-1-1",
        ] {
            assert_eq!(start_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn days_agree_with_the_calendar() {
        for (millis, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_400_000, "2000-02-29"),
            (1_795_507_200_000, "2026-11-24"),
            (4_107_542_399_999, "2100-02-28"),
        ] {
            assert_eq!(day(millis), text);
        }
    }
}
