//! `orders`: one row per order, with its sums and its address as they were when it was placed.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub number: String,
    pub buyer_id: Uuid,
    pub idempotency_key: String,
    pub status: Status,
    pub currency: Currency,
    pub subtotal_minor: i64,
    pub discount_minor: i64,
    pub shipping_minor: i64,
    pub total_minor: i64,
    pub coupon: Option<String>,
    /// Set when the buyer has agreed to pay: what settles the order once its stock is committed.
    pub payment: Option<String>,
    /// Why an order was cancelled or rejected.
    pub closing_note: Option<String>,
    /// What was missing when an order was rejected: SKUs with commas between.
    pub missing_skus: Option<String>,
    pub ship_label: String,
    pub ship_line1: String,
    pub ship_line2: Option<String>,
    pub ship_city: String,
    pub ship_postcode: String,
    pub ship_country: String,
    pub placed_at: i64,
}

impl Model {
    /// The SKUs that were missing when the order was rejected.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing_skus
            .iter()
            .flat_map(|skus| skus.split(','))
            .filter(|sku| !sku.is_empty())
    }
}

/// Where an order is on its way
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[graphql(name = "OrderStatus")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Status {
    /// Placed; its stock is being reserved
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// Its stock is held; it waits to be paid
    #[sea_orm(string_value = "RESERVED")]
    Reserved,
    /// Paid; its stock is sold
    #[sea_orm(string_value = "PAID")]
    Paid,
    /// On its way to the buyer
    #[sea_orm(string_value = "SHIPPED")]
    Shipped,
    /// With the buyer
    #[sea_orm(string_value = "DELIVERED")]
    Delivered,
    /// Given up by the buyer, by staff, or because it was not paid in time
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
    /// Not possible: something is sold out
    #[sea_orm(string_value = "REJECTED")]
    Rejected,
}

impl Status {
    /// Whether nothing can happen to the order any more.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled | Self::Rejected)
    }
}

/// A currency that the shop sells in
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(3))")]
pub enum Currency {
    #[sea_orm(string_value = "EUR")]
    Eur,
    #[sea_orm(string_value = "USD")]
    Usd,
    #[sea_orm(string_value = "GBP")]
    Gbp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
