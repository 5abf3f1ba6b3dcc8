//! Amounts of money for people. The services have a `Money` each, as value types that the graph brings together.

/// An amount in minor units, with its currency's symbol: `€12.05`, `-£0.50`.
pub fn formatted(amount_minor: i64, symbol: &str) -> String {
    let sign = if amount_minor < 0 { "-" } else { "" };
    let (whole, fraction) = (
        amount_minor.unsigned_abs() / 100,
        amount_minor.unsigned_abs() % 100,
    );
    format!("{sign}{symbol}{whole}.{fraction:02}")
}

#[cfg(test)]
mod tests {
    use super::formatted;

    #[test]
    fn cents_have_two_digits() {
        assert_eq!(formatted(1205, "€"), "€12.05");
        assert_eq!(formatted(5, "$"), "$0.05");
    }

    #[test]
    fn the_sign_comes_before_the_symbol() {
        assert_eq!(formatted(-50, "£"), "-£0.50");
    }
}
