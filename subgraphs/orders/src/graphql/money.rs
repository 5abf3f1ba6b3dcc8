//! `Money`: an amount in minor units with its currency; a value type that products defines in the same way.

use async_graphql::{InputObject, SimpleObject};

use crate::entity::order::Currency;

/// An amount of money
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(shareable)]
pub(crate) struct Money {
    /// In the smallest unit of the currency: cents, pence
    pub(crate) amount_minor: i64,
    /// The currency of the amount
    pub(crate) currency: Currency,
    /// For people: `€12.50`
    pub(crate) formatted: String,
}

impl Money {
    pub(crate) fn new(amount_minor: i64, currency: Currency) -> Self {
        let symbol = match currency {
            Currency::Eur => "€",
            Currency::Usd => "$",
            Currency::Gbp => "£",
        };
        let sign = if amount_minor < 0 { "-" } else { "" };
        let (whole, fraction) = (
            amount_minor.unsigned_abs() / 100,
            amount_minor.unsigned_abs() % 100,
        );
        Self {
            amount_minor,
            currency,
            formatted: format!("{sign}{symbol}{whole}.{fraction:02}"),
        }
    }
}

/// Money in a representation that the gateway sends: not part of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, InputObject)]
pub(crate) struct MoneyRepresentation {
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
}

impl From<MoneyRepresentation> for Money {
    fn from(representation: MoneyRepresentation) -> Self {
        Self::new(representation.amount_minor, representation.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Money};

    fn check(amount_minor: i64, currency: Currency, expect: &str) {
        assert_eq!(Money::new(amount_minor, currency).formatted, expect);
    }

    #[test]
    fn cents_have_two_digits() {
        check(1205, Currency::Eur, "€12.05");
        check(5, Currency::Usd, "$0.05");
    }

    #[test]
    fn the_sign_comes_before_the_symbol() {
        check(-50, Currency::Gbp, "-£0.50");
    }
}
