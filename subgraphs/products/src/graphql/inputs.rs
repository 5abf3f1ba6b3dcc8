//! What clients send: selectors and the inputs of the mutations, with their limits.

use async_graphql::{CustomValidator, ID, InputObject, InputValueError, OneofObject};
use subgraph_service::limits::{AtMost, Between, Length};

use crate::entity::product::Currency;

/// Which product: exactly one of its keys
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum ProductBy {
    /// By its id
    Id(ID),
    /// By its number in the catalogue
    Sku(String),
}

/// A review of a purchased order line
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ReviewInput {
    /// The order with which it was bought
    pub(crate) order_id: ID,
    /// The line of that order
    pub(crate) line_no: i32,
    /// 1 (poor) to 5 (excellent)
    pub(crate) rating: i32,
    /// The buyer's words
    #[graphql(validator(custom = "Length::of(\"body\", 1, 4000)"))]
    pub(crate) body: Option<String>,
}

/// A product to add to the catalogue, or to change when its SKU is known
#[derive(Clone, Debug, InputObject)]
pub(crate) struct UpsertProductInput {
    /// The number in the catalogue
    #[graphql(validator(custom = "Sku"))]
    pub(crate) sku: String,
    /// The name in the shop
    #[graphql(validator(custom = "Length::of(\"title\", 1, 200)"))]
    pub(crate) title: String,
    /// A few sentences about it
    #[graphql(default, validator(custom = "Length::of(\"description\", 0, 4000)"))]
    pub(crate) description: String,
    /// The price in minor units, taxes included
    #[graphql(validator(custom = "Between::of(\"priceMinor\", 0, 10_000_000)"))]
    pub(crate) price_minor: i32,
    /// The currency of the price
    #[graphql(default_with = "Currency::Eur")]
    pub(crate) currency: Currency,
    /// The shelf it stands on
    pub(crate) category_id: ID,
    /// Words to filter by
    #[graphql(default, validator(custom = "AtMost::of(\"tags\", 20)"))]
    pub(crate) tags: Vec<String>,
    /// What its kind has of its own
    pub(crate) form: ProductFormInput,
}

/// Whether a product is shipped or downloaded: exactly one
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum ProductFormInput {
    /// It is shipped
    Physical(PhysicalInput),
    /// It is downloaded
    Digital(DigitalInput),
}

/// What only a product that is shipped has. Its stock is changed with `adjustStock`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PhysicalInput {
    /// The weight as packed
    #[graphql(validator(custom = "Between::of(\"weightGrams\", 1, 1_000_000)"))]
    pub(crate) weight_grams: i32,
    /// Millimetres from left to right
    #[graphql(validator(custom = "Between::of(\"widthMm\", 1, 10_000)"))]
    pub(crate) width_mm: i32,
    /// Millimetres from bottom to top
    #[graphql(validator(custom = "Between::of(\"heightMm\", 1, 10_000)"))]
    pub(crate) height_mm: i32,
    /// Millimetres from front to back
    #[graphql(validator(custom = "Between::of(\"depthMm\", 1, 10_000)"))]
    pub(crate) depth_mm: i32,
}

/// What only a product that is downloaded has
#[derive(Clone, Debug, InputObject)]
pub(crate) struct DigitalInput {
    /// How much there is to download
    #[graphql(validator(custom = "Between::of(\"downloadSizeBytes\", 1, i32::MAX)"))]
    pub(crate) download_size_bytes: i32,
}

/// What a number in the catalogue looks like.
struct Sku;

impl CustomValidator<String> for Sku {
    fn check(&self, value: &String) -> Result<(), InputValueError<String>> {
        let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if (3..=64).contains(&value.len()) && value.bytes().all(known) {
            return Ok(());
        }
        Err(InputValueError::custom(
            "`sku` needs from 3 to 64 characters, each a capital letter, a digit or `-`",
        ))
    }
}
