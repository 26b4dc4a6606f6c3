//! Times as text, for sentences.

/// The day of a time, `2026-11-24`, UTC.
#[must_use]
pub(crate) fn day(millis: i64) -> String {
    let days = millis.div_euclid(86_400_000);
    // Civil date from days since 1970-01-01, proleptic Gregorian calendar.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
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
