//! Entities by their keys, for the gateway. What does not exist or is somebody else's is null: one error would fail the whole list.
//! The arguments beside the keys are what the fields of an entity require.

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use crate::charges::TaxClass;
use crate::graphql::money::MoneyRepresentation;
use crate::graphql::order::{Order, OrderLine};
use crate::graphql::product::{DimensionsRepresentation, External, Product};
use crate::graphql::user::User;

/// The entity resolvers
#[derive(Debug, Default)]
pub(crate) struct EntityQuery;

#[Object]
impl EntityQuery {
    #[graphql(entity)]
    async fn order_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Order>> {
        match Uuid::parse_str(&id) {
            Ok(id) => Order::visible(ctx, id).await,
            Err(_not_ours) => Ok(None),
        }
    }

    #[graphql(entity)]
    async fn order_line(
        &self,
        ctx: &Context<'_>,
        order_id: ID,
        line_no: i32,
    ) -> Result<Option<OrderLine>> {
        let Ok(id) = Uuid::parse_str(&order_id) else {
            return Ok(None);
        };
        match Order::visible(ctx, id).await? {
            Some(order) => order.line(ctx, line_no).await,
            None => Ok(None),
        }
    }

    /// Whether there is such a user is for the users service to say.
    #[graphql(entity)]
    async fn user_by_id(&self, #[graphql(key)] id: ID, risk_score: Option<f64>) -> Option<User> {
        let id = Uuid::parse_str(&id).ok()?;
        Some(User::with_risk(id, risk_score))
    }

    /// Whether there is such a product is for the products service to say.
    #[graphql(entity)]
    async fn product_by_id(
        &self,
        #[graphql(key)] id: ID,
        weight_grams: Option<i32>,
        dimensions: Option<DimensionsRepresentation>,
        tax_class: Option<TaxClass>,
        price: Option<MoneyRepresentation>,
    ) -> Option<Product> {
        let id = Uuid::parse_str(&id).ok()?;
        Some(Product::with_id(
            id,
            External {
                weight_grams,
                dimensions,
                tax_class,
                price,
            },
        ))
    }

    #[graphql(entity)]
    async fn product_by_sku(
        &self,
        #[graphql(key)] sku: String,
        weight_grams: Option<i32>,
        dimensions: Option<DimensionsRepresentation>,
        tax_class: Option<TaxClass>,
        price: Option<MoneyRepresentation>,
    ) -> Option<Product> {
        Some(Product::with_sku(
            sku,
            External {
                weight_grams,
                dimensions,
                tax_class,
                price,
            },
        ))
    }
}
