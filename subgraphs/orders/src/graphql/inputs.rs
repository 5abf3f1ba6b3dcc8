//! What clients send: the inputs of queries and mutations, with their limits.

use async_graphql::{Enum, InputObject, OneofObject, Result};
use chrono::{DateTime, Utc};
use std::ops::RangeInclusive;
use subgraph_service::errors::bad_user_input;
use subgraph_service::shared_types::Address;
use uuid::Uuid;

use crate::entity::order::Status;
use crate::graphql::product::checked_country;
use crate::placing::Wish;

/// How many lines an order may have.
const LINES: RangeInclusive<usize> = 1..=50;
/// How many of one product a line may order.
const QUANTITY: RangeInclusive<i32> = 1..=100;

/// What to leave out of the list of orders
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct OrderFilter {
    /// Only orders with one of these
    pub(crate) status: Option<Vec<Status>>,
    /// Only orders placed after this
    pub(crate) placed_after: Option<DateTime<Utc>>,
}

/// An order to place
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PlaceOrderInput {
    /// What to order
    lines: Vec<OrderLineInput>,
    /// Where to send it
    ship_to: ShipToInput,
    /// A code for a discount
    coupon: Option<String>,
    /// The caller's own name for this attempt: the same key again gives the same order
    idempotency_key: String,
}

/// One product to order
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderLineInput {
    /// Which product
    sku: String,
    /// How many
    #[graphql(default = 1)]
    quantity: i32,
}

/// Where to send an order: exactly one
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum ShipToInput {
    /// To an address
    Address(PostalInput),
    /// To one of our shops
    PickupPoint(PickupPoint),
}

/// A shop where orders can be fetched
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum PickupPoint {
    /// Berlin, Torstraße
    BerlinMitte,
    /// Lyon, Rue de la République
    LyonPresquile,
}

/// An address to send to
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PostalInput {
    /// Street and number
    line1: String,
    /// Flat, building, company
    line2: Option<String>,
    /// City or town
    city: String,
    /// Postal code, as the country writes it
    postcode: String,
    /// Two letters, as `DE`
    country: String,
}

/// How to pay: exactly one
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum PaymentInput {
    /// A token from the card form; the demo declines `tok_declined` and takes everything else
    CardToken(String),
    /// By invoice, with the buyer's own reference: for those whose `invoiceAllowed` is true
    InvoiceReference(String),
}

impl PlaceOrderInput {
    /// The input as the domain knows it.
    ///
    /// # Errors
    /// When something is too long, too short, too many, or the country is not one; the message says what would do.
    pub(crate) fn into_wish(self, buyer_id: Uuid) -> Result<Wish> {
        if !LINES.contains(&self.lines.len()) {
            return Err(bad_user_input(
                "lines",
                format!("`lines` needs {} to {} lines", LINES.start(), LINES.end()),
            ));
        }
        if let Some(line) = self
            .lines
            .iter()
            .find(|line| !QUANTITY.contains(&line.quantity))
        {
            let range = format!(
                "`quantity` of `{}` is to be {} to {}",
                line.sku,
                QUANTITY.start(),
                QUANTITY.end()
            );
            return Err(bad_user_input("quantity", range));
        }
        Ok(Wish {
            buyer_id,
            idempotency_key: checked_text("idempotencyKey", self.idempotency_key, 8..=128)?,
            lines: self
                .lines
                .into_iter()
                .map(|line| (line.sku, line.quantity))
                .collect(),
            ship_to: self.ship_to.into_address()?,
            coupon: self
                .coupon
                .map(|code| checked_text("coupon", code, 1..=32))
                .transpose()?,
        })
    }
}

/// Reads a text without the spaces around it.
fn checked_text(argument: &str, text: String, length: RangeInclusive<usize>) -> Result<String> {
    let text = text.trim();
    if length.contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(bad_user_input(
        argument,
        format!(
            "`{argument}` needs {} to {} characters",
            length.start(),
            length.end()
        ),
    ))
}

impl ShipToInput {
    fn into_address(self) -> Result<Address> {
        match self {
            Self::Address(PostalInput {
                line1,
                line2,
                city,
                postcode,
                country,
            }) => {
                let country = checked_country(&country)?;
                let line1 = checked_text("line1", line1, 1..=200)?;
                let line2 = line2
                    .map(|line| checked_text("line2", line, 1..=200))
                    .transpose()?;
                let city = checked_text("city", city, 1..=100)?;
                let postcode = checked_text("postcode", postcode, 1..=20)?;
                Ok(Address {
                    label: "delivery".to_owned(),
                    line1,
                    line2,
                    city,
                    postcode,
                    country,
                })
            }
            Self::PickupPoint(point) => Ok(point.address()),
        }
    }
}

impl PickupPoint {
    fn address(self) -> Address {
        let (line1, city, postcode, country) = match self {
            Self::BerlinMitte => ("Torstraße 99", "Berlin", "10119", "DE"),
            Self::LyonPresquile => ("12 Rue de la République", "Lyon", "69001", "FR"),
        };
        let [line1, city, postcode, country] = [line1, city, postcode, country].map(str::to_owned);
        Address {
            label: "pickup".to_owned(),
            line1,
            line2: Some("Weft shop".to_owned()),
            city,
            postcode,
            country,
        }
    }
}

impl PaymentInput {
    pub(crate) fn is_by_invoice(&self) -> bool {
        matches!(self, Self::InvoiceReference(_))
    }

    /// What is written beside the order; none when the payment is declined.
    ///
    /// # Errors
    /// When the token or the reference is empty.
    pub(crate) fn accepted(self) -> Result<Option<String>> {
        let (kind, text) = match &self {
            Self::CardToken(token) => ("card", token),
            Self::InvoiceReference(reference) => ("invoice", reference),
        };
        if text.trim().is_empty() || text.len() > 128 {
            return Err(bad_user_input(
                "payment",
                "the card token or reference needs 1 to 128 characters",
            ));
        }
        Ok((text != "tok_declined").then(|| format!("{kind}:{text}")))
    }
}
