//! Today, in UTC, as `YYYY-MM-DD`.

use std::time::{SystemTime, UNIX_EPOCH};

/// Today's date.
pub(super) fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    date_of(seconds / 86_400)
}

/// The date so many days after 1970-01-01: years of 365.2425 days that start in March, so that the leap day is the last.
fn date_of(days: u64) -> String {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether a text is a date.
pub(super) fn is_date(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [year, month, day]
        if year.len() == 4 && month.len() == 2 && day.len() == 2
        && digits(year) && digits(month) && digits(day)
        && ("01"..="12").contains(month) && ("01"..="31").contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_are_counted() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(11_016), "2000-02-29");
        assert_eq!(date_of(20_512), "2026-02-28");
        assert_eq!(date_of(20_513), "2026-03-01");
    }

    #[test]
    fn dates_have_four_two_and_two_digits() {
        assert!(is_date("2026-12-31"));
        assert!(!is_date("2026-13-01"));
        assert!(!is_date("31.12.2026"));
        assert!(!is_date("soon"));
    }
}
