//! `Product`: in products an entity interface of two kinds, here one object that stands for all of them (`@interfaceObject`).

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use subgraph_service::errors::{bad_user_input, not_found};
use subgraph_service::guard::signed_in_user;
use subgraph_service::limits::Between;
use uuid::Uuid;

use crate::charges::{self, TaxClass};
use crate::entity::order_line;
use crate::graphql::money::{Money, MoneyRepresentation};
use crate::loaders::Loaders;
use crate::statistics::Companion;

/// Anything for sale. Orders adds fields to it without knowing its kinds.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    id: Option<Uuid>,
    sku: Option<String>,
    external: External,
}

/// What the gateway sends along when a field requires it.
#[derive(Clone, Debug, Default)]
pub(crate) struct External {
    pub(crate) weight_grams: Option<i32>,
    pub(crate) dimensions: Option<DimensionsRepresentation>,
    pub(crate) tax_class: Option<TaxClass>,
    pub(crate) price: Option<MoneyRepresentation>,
}

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

/// Dimensions in a representation that the gateway sends: not part of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, InputObject)]
pub(crate) struct DimensionsRepresentation {
    width_mm: i32,
    height_mm: i32,
    depth_mm: i32,
}

impl Product {
    pub(crate) fn of_line(line: &order_line::Model) -> Self {
        Self {
            id: Some(line.product_id),
            sku: Some(line.sku.clone()),
            external: External::default(),
        }
    }

    pub(crate) fn with_id(id: Uuid, external: External) -> Self {
        Self {
            id: Some(id),
            sku: None,
            external,
        }
    }

    pub(crate) fn with_sku(sku: String, external: External) -> Self {
        Self {
            id: None,
            sku: Some(sku),
            external,
        }
    }

    fn of_companion(companion: Companion) -> Self {
        Self {
            id: Some(companion.id),
            sku: Some(companion.sku),
            external: External::default(),
        }
    }

    /// The id, looked up when the gateway came with a SKU.
    async fn known_id(&self, ctx: &Context<'_>) -> Result<Uuid> {
        match (self.id, &self.sku) {
            (Some(id), _) => Ok(id),
            (None, Some(sku)) => {
                let id = Loaders::of(ctx)?
                    .products_by_sku
                    .load_one(sku.clone())
                    .await?;
                id.ok_or_else(|| not_found(format!("there is no product `{sku}`")))
            }
            (None, None) => Err(not_found("a product without a key")),
        }
    }

    fn shipping(&self, country: &str) -> Result<Option<Money>> {
        let country = checked_country(country)?;
        let External {
            weight_grams: Some(weight),
            price: Some(price),
            dimensions,
            ..
        } = &self.external
        else {
            return Ok(None);
        };
        let size =
            dimensions.map(|size| [size.width_mm, size.height_mm, size.depth_mm].map(i64::from));
        let free = price.amount_minor >= charges::FREE_SHIPPING_FROM;
        let minor = if free {
            0
        } else {
            charges::shipping_minor(&country, charges::charged_grams(i64::from(*weight), size))
        };
        Ok(Some(Money::new(minor, price.currency)))
    }

    fn tax(&self, country: &str) -> Result<Option<Money>> {
        let country = checked_country(country)?;
        let External {
            tax_class: Some(class),
            price: Some(price),
            ..
        } = self.external
        else {
            return Ok(None);
        };
        Ok(Some(Money::new(
            charges::tax_minor(&country, class, price.amount_minor),
            price.currency,
        )))
    }
}

/// Anything for sale. Orders adds fields to it without knowing its kinds.
#[Object(interface_object)]
impl Product {
    /// Never changes
    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        self.known_id(ctx).await.map(ID::from)
    }

    /// The number in the catalogue: what a label shows
    async fn sku(&self, ctx: &Context<'_>) -> Result<String> {
        if let Some(sku) = &self.sku {
            return Ok(sku.clone());
        }
        let id = self.known_id(ctx).await?;
        Loaders::of(ctx)?
            .skus
            .load_one(id)
            .await?
            .ok_or_else(|| not_found(format!("there is no product `{id}`")))
    }

    /// The weight as packed; null for what is not shipped
    #[graphql(external)]
    async fn weight_grams(&self) -> Option<i32> {
        self.external.weight_grams
    }

    /// The size as packed; null for what is not shipped
    #[graphql(external)]
    async fn dimensions(&self) -> Option<Dimensions> {
        let DimensionsRepresentation {
            width_mm,
            height_mm,
            depth_mm,
        } = self.external.dimensions?;
        Some(Dimensions {
            width_mm,
            height_mm,
            depth_mm,
        })
    }

    /// For the tax estimate of orders
    #[graphql(external)]
    async fn tax_class(&self) -> Result<TaxClass> {
        self.external
            .tax_class
            .ok_or_else(|| "`taxClass` is known to the products service".into())
    }

    /// The price today, taxes included
    #[graphql(external)]
    async fn price(&self) -> Result<Money> {
        self.external
            .price
            .map(Money::from)
            .ok_or_else(|| "`price` is known to the products service".into())
    }

    /// How many were sold so far
    async fn units_sold(&self, ctx: &Context<'_>) -> Result<i64> {
        let id = self.known_id(ctx).await?;
        Ok(Loaders::of(ctx)?
            .units_sold
            .load_one(id)
            .await?
            .unwrap_or_default())
    }

    /// What others bought together with it, most often first
    async fn often_bought_together(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 3, validator(custom = "Between::of(\"first\", 1, 20)"))] first: i32,
    ) -> Result<Vec<Product>> {
        let id = self.known_id(ctx).await?;
        let companions = Loaders::of(ctx)?
            .companions
            .load_one(id)
            .await?
            .unwrap_or_default();
        Ok(companions
            .into_iter()
            .take(first.unsigned_abs() as usize)
            .map(Self::of_companion)
            .collect())
    }

    /// Whether the caller has bought it; null with an error for callers who have not signed in
    async fn bought_by_me(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let key = (signed_in_user(ctx)?, self.known_id(ctx).await?);
        Ok(Some(
            Loaders::of(ctx)?
                .bought
                .load_one(key)
                .await?
                .unwrap_or_default(),
        ))
    }

    /// What sending one costs, by weight or by size; null for what is not shipped
    #[graphql(
        requires = "weightGrams dimensions { widthMm heightMm depthMm } price { amountMinor currency }"
    )]
    async fn shipping_estimate(
        &self,
        #[graphql(desc = "Two letters, as `DE`")] country: String,
    ) -> Result<Option<Money>> {
        self.shipping(&country)
    }

    /// The tax that the price includes in a country
    #[graphql(requires = "taxClass price { amountMinor currency }")]
    async fn tax_estimate(
        &self,
        #[graphql(desc = "Two letters, as `DE`")] country: String,
    ) -> Result<Option<Money>> {
        self.tax(&country)
    }
}

/// Reads a country as people write it.
///
/// # Errors
/// When it is not two letters.
pub(crate) fn checked_country(country: &str) -> Result<String> {
    let code = country.trim().to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code);
    }
    Err(bad_user_input(
        "country",
        format!("`{country}` is not a country: give its two letters, as `DE`"),
    ))
}
