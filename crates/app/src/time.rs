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

#[cfg(test)]
mod tests {
    use super::day;

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
