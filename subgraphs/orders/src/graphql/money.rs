//! `Money`: an amount in minor units with its currency; a value type that products defines in the same way.

use async_graphql::{InputObject, SimpleObject};
use subgraph_service::money::formatted;

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
        Self {
            amount_minor,
            currency,
            formatted: formatted(amount_minor, symbol),
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
