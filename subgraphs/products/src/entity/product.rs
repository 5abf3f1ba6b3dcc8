//! `products`: both kinds in one table; what only one kind has is NULL for the other.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub sku: String,
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub price_minor: i64,
    pub currency: Currency,
    pub category_id: Uuid,
    pub tax_class: TaxClass,
    pub weight_grams: Option<i32>,
    pub width_mm: Option<i32>,
    pub height_mm: Option<i32>,
    pub depth_mm: Option<i32>,
    pub download_size_bytes: Option<i32>,
    /// What can still be reserved. NULL: never runs out (a download).
    pub available: Option<i64>,
    pub rating_sum: i64,
    pub rating_count: i64,
    /// The average rating times 1000, 0 without reviews: what the catalogue sorts by.
    pub rating_milli: i64,
    pub units_committed: i64,
    pub created_at: i64,
}

/// Which concrete type of the interface `Product` a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Kind {
    #[sea_orm(string_value = "PHYSICAL")]
    Physical,
    #[sea_orm(string_value = "DIGITAL")]
    Digital,
}

/// A currency that the shop sells in
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(3))")]
pub enum Currency {
    #[sea_orm(string_value = "EUR")]
    Eur,
    #[sea_orm(string_value = "USD")]
    Usd,
    #[sea_orm(string_value = "GBP")]
    Gbp,
}

/// How a product is taxed: for services only
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, EnumIter, DeriveActiveEnum)]
#[graphql(inaccessible)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum TaxClass {
    #[sea_orm(string_value = "STANDARD")]
    Standard,
    #[sea_orm(string_value = "REDUCED")]
    Reduced,
    #[sea_orm(string_value = "ZERO")]
    Zero,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
