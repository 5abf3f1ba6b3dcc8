//! Points in time as they are stored: milliseconds since 1970 in an `i64`, the same on SQLite and PostgreSQL and sorted as
//! numbers. Their form in the schema is `DateTime`.

use chrono::{DateTime, Utc};

/// The present, in milliseconds since 1970.
pub fn now_millis() -> i64 {
    Utc::now().timestamp_millis()
}

/// A stored point in time as the schema's `DateTime`.
pub fn date_time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_time_reads_back_to_the_millisecond() {
        let now = now_millis();
        assert_eq!(date_time(now).timestamp_millis(), now);
    }
}
