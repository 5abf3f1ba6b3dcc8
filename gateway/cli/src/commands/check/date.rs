//! Today, in UTC, as `YYYY-MM-DD`.

use chrono::Utc;

/// Today's date.
pub(super) fn today() -> String {
    Utc::now().date_naive().to_string()
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
    fn dates_have_four_two_and_two_digits() {
        assert!(is_date("2026-12-31"));
        assert!(!is_date("2026-13-01"));
        assert!(!is_date("31.12.2026"));
        assert!(!is_date("soon"));
    }
}
