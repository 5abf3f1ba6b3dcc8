//! `Product`, an entity interface, and the two kinds that implement it. What both share is written once, on `Row`.
#![allow(
    clippy::duplicated_attributes,
    reason = "several fields of the interface have the same type"
)]

use async_graphql::{Context, ID, Interface, Object, Result, SimpleObject};
use subgraph_service::errors::internal;
use subgraph_service::guard::HasScope;
use subgraph_service::owner::owner;

use crate::entity::product::{Kind, Model, TaxClass};
use crate::graphql::category::Category;
use crate::graphql::connection::ReviewConnection;
use crate::graphql::money::Money;
use crate::loaders::Loaders;
use crate::review_pages::{Parent, ReviewPageKey};

/// Anything for sale. Orders adds fields to it without knowing its kinds.
#[derive(Clone, Debug, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Never changes"),
    field(
        name = "sku",
        ty = "String",
        desc = "The number in the catalogue: what a label shows"
    ),
    field(name = "title", ty = "String", desc = "The name in the shop"),
    field(name = "description", ty = "String", desc = "A few sentences about it"),
    field(name = "price", ty = "Money", desc = "The price today, taxes included"),
    field(name = "category", ty = "Category", desc = "The shelf it stands on"),
    field(
        name = "tags",
        ty = "Vec<String>",
        desc = "Words to filter by, in alphabetical order"
    ),
    field(
        name = "in_stock",
        ty = "bool",
        desc = "Whether at least one can be ordered now"
    ),
    field(
        name = "weight_grams",
        ty = "Option<i32>",
        desc = "The weight as packed; null for what is not shipped"
    ),
    field(
        name = "dimensions",
        ty = "Option<Dimensions>",
        desc = "The size as packed; null for what is not shipped"
    ),
    field(
        name = "tax_class",
        ty = "TaxClass",
        inaccessible,
        desc = "For the tax estimate of orders"
    ),
    field(
        name = "rating",
        ty = "Option<f64>",
        desc = "The average of its reviews, 1 to 5; null without reviews"
    ),
    field(
        name = "reviews",
        ty = "ReviewConnection",
        desc = "What buyers say, newest first",
        arg(name = "first", ty = "i32", default = 10),
        arg(name = "after", ty = "Option<String>")
    )
)]
pub(crate) enum Product {
    Physical(PhysicalProduct),
    Digital(DigitalProduct),
}

impl From<Model> for Product {
    fn from(model: Model) -> Self {
        match model.kind {
            Kind::Physical => Self::Physical(PhysicalProduct(Row(model))),
            Kind::Digital => Self::Digital(DigitalProduct(Row(model))),
        }
    }
}

impl Product {
    pub(crate) fn physical(self) -> Option<PhysicalProduct> {
        match self {
            Self::Physical(product) => Some(product),
            Self::Digital(_) => None,
        }
    }

    pub(crate) fn digital(self) -> Option<DigitalProduct> {
        match self {
            Self::Digital(product) => Some(product),
            Self::Physical(_) => None,
        }
    }
}

/// A product that is shipped
#[derive(Clone, Debug)]
pub(crate) struct PhysicalProduct(Row);

/// A product that is downloaded
#[derive(Clone, Debug)]
pub(crate) struct DigitalProduct(Row);

/// The size of a product as packed
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(shareable)]
pub(crate) struct Dimensions {
    /// Millimetres from left to right
    width_mm: i32,
    /// Millimetres from bottom to top
    height_mm: i32,
    /// Millimetres from front to back
    depth_mm: i32,
}

/// A product that is shipped
#[Object(directive = owner::apply("catalog".to_owned()))]
impl PhysicalProduct {
    /// Never changes
    async fn id(&self) -> ID {
        self.0.id()
    }

    /// The number in the catalogue: what a label shows
    async fn sku(&self) -> &str {
        &self.0.0.sku
    }

    /// The name in the shop
    #[graphql(tag = "partner")]
    async fn title(&self) -> &str {
        &self.0.0.title
    }

    /// A few sentences about it
    async fn description(&self) -> &str {
        &self.0.0.description
    }

    /// The price today, taxes included
    #[graphql(tag = "partner")]
    async fn price(&self) -> Money {
        self.0.price()
    }

    /// The shelf it stands on
    async fn category(&self, ctx: &Context<'_>) -> Result<Category> {
        self.0.category(ctx).await
    }

    /// Words to filter by, in alphabetical order
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.0.tags(ctx).await
    }

    /// Whether at least one can be ordered now
    async fn in_stock(&self) -> bool {
        self.0.in_stock()
    }

    /// The weight as packed
    async fn weight_grams(&self) -> Option<i32> {
        self.0.0.weight_grams
    }

    /// The size as packed
    async fn dimensions(&self) -> Option<Dimensions> {
        let Model {
            width_mm,
            height_mm,
            depth_mm,
            ..
        } = self.0.0;
        Some(Dimensions {
            width_mm: width_mm?,
            height_mm: height_mm?,
            depth_mm: depth_mm?,
        })
    }

    /// How many can still be ordered: for staff
    #[graphql(
        requires_scopes = "catalog:write",
        guard = "HasScope(\"catalog:write\")"
    )]
    async fn stock_level(&self) -> Option<i64> {
        self.0.0.available
    }

    /// For the tax estimate of orders
    #[graphql(inaccessible)]
    async fn tax_class(&self) -> TaxClass {
        self.0.0.tax_class
    }

    /// The average of its reviews, 1 to 5; null without reviews
    async fn rating(&self) -> Option<f64> {
        self.0.rating()
    }

    /// What buyers say, newest first
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10)] first: i32,
        after: Option<String>,
    ) -> Result<ReviewConnection> {
        self.0.reviews(ctx, first, after).await
    }
}

/// A product that is downloaded
#[Object(directive = owner::apply("catalog".to_owned()))]
impl DigitalProduct {
    /// Never changes
    async fn id(&self) -> ID {
        self.0.id()
    }

    /// The number in the catalogue: what a label shows
    async fn sku(&self) -> &str {
        &self.0.0.sku
    }

    /// The name in the shop
    #[graphql(tag = "partner")]
    async fn title(&self) -> &str {
        &self.0.0.title
    }

    /// A few sentences about it
    async fn description(&self) -> &str {
        &self.0.0.description
    }

    /// The price today, taxes included
    #[graphql(tag = "partner")]
    async fn price(&self) -> Money {
        self.0.price()
    }

    /// The shelf it stands on
    async fn category(&self, ctx: &Context<'_>) -> Result<Category> {
        self.0.category(ctx).await
    }

    /// Words to filter by, in alphabetical order
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.0.tags(ctx).await
    }

    /// Whether at least one can be ordered now: a download always
    async fn in_stock(&self) -> bool {
        self.0.in_stock()
    }

    /// Null: a download weighs nothing
    async fn weight_grams(&self) -> Option<i32> {
        self.0.0.weight_grams
    }

    /// Null: a download has no size in millimetres
    async fn dimensions(&self) -> Option<Dimensions> {
        None
    }

    /// How much there is to download
    async fn download_size_bytes(&self) -> i32 {
        self.0.0.download_size_bytes.unwrap_or_default()
    }

    /// For the tax estimate of orders
    #[graphql(inaccessible)]
    async fn tax_class(&self) -> TaxClass {
        self.0.0.tax_class
    }

    /// The average of its reviews, 1 to 5; null without reviews
    async fn rating(&self) -> Option<f64> {
        self.0.rating()
    }

    /// What buyers say, newest first
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10)] first: i32,
        after: Option<String>,
    ) -> Result<ReviewConnection> {
        self.0.reviews(ctx, first, after).await
    }
}

/// What both kinds answer in the same way.
#[derive(Clone, Debug)]
struct Row(Model);

impl Row {
    fn id(&self) -> ID {
        self.0.id.into()
    }

    fn price(&self) -> Money {
        Money::new(self.0.price_minor, self.0.currency)
    }

    fn in_stock(&self) -> bool {
        self.0.available.is_none_or(|available| available > 0)
    }

    #[expect(clippy::cast_precision_loss, reason = "a rating is at most 5000")]
    fn rating(&self) -> Option<f64> {
        (self.0.rating_count > 0).then(|| self.0.rating_milli as f64 / 1000.0)
    }

    async fn category(&self, ctx: &Context<'_>) -> Result<Category> {
        let category = Loaders::of(ctx)?.category(self.0.category_id).await?;
        category.ok_or_else(|| internal("a product stands on a shelf that does not exist"))
    }

    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Loaders::of(ctx)?.tags(self.0.id).await
    }

    async fn reviews(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<ReviewConnection> {
        let key = ReviewPageKey::new(Parent::Product(self.0.id), first, after)?;
        Loaders::of(ctx)?.review_page(key).await
    }
}
