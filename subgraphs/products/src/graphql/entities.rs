//! Entities by their keys, for the gateway. A row that does not exist is null: one error would fail the whole list.
//! The two kinds of product have resolvers of their own, because the gateway may ask for either by its concrete name.

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use crate::graphql::category::Category;
use crate::graphql::product::{DigitalProduct, PhysicalProduct, Product};
use crate::graphql::review::Review;
use crate::graphql::user::User;
use crate::loaders::Loaders;

/// The entity resolvers
#[derive(Debug, Default)]
pub(crate) struct EntityQuery;

#[Object]
impl EntityQuery {
    #[graphql(entity)]
    async fn product_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Product>> {
        find_by_id(ctx, &id).await
    }

    #[graphql(entity)]
    async fn product_by_sku(&self, ctx: &Context<'_>, sku: String) -> Result<Option<Product>> {
        Loaders::of(ctx)?.product_by_sku(sku).await
    }

    #[graphql(entity)]
    async fn physical_product_by_id(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<Option<PhysicalProduct>> {
        Ok(find_by_id(ctx, &id).await?.and_then(Product::physical))
    }

    #[graphql(entity)]
    async fn physical_product_by_sku(
        &self,
        ctx: &Context<'_>,
        sku: String,
    ) -> Result<Option<PhysicalProduct>> {
        Ok(Loaders::of(ctx)?
            .product_by_sku(sku)
            .await?
            .and_then(Product::physical))
    }

    #[graphql(entity)]
    async fn digital_product_by_id(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<Option<DigitalProduct>> {
        Ok(find_by_id(ctx, &id).await?.and_then(Product::digital))
    }

    #[graphql(entity)]
    async fn digital_product_by_sku(
        &self,
        ctx: &Context<'_>,
        sku: String,
    ) -> Result<Option<DigitalProduct>> {
        Ok(Loaders::of(ctx)?
            .product_by_sku(sku)
            .await?
            .and_then(Product::digital))
    }

    #[graphql(entity)]
    async fn category_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Category>> {
        let Ok(id) = Uuid::parse_str(&id) else {
            return Ok(None);
        };
        Loaders::of(ctx)?.category(id).await
    }

    #[graphql(entity)]
    async fn review_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Review>> {
        let Ok(id) = Uuid::parse_str(&id) else {
            return Ok(None);
        };
        Loaders::of(ctx)?.review(id).await
    }

    /// Whether there is such a user is for the users service to say.
    #[graphql(entity)]
    async fn user_by_id(&self, id: ID) -> Option<User> {
        let id = Uuid::parse_str(&id).ok()?;
        Some(User {
            id,
            display_name: None,
        })
    }
}

async fn find_by_id(ctx: &Context<'_>, id: &ID) -> Result<Option<Product>> {
    match Uuid::parse_str(id) {
        Ok(id) => Loaders::of(ctx)?.product(id).await,
        Err(_not_ours) => Ok(None),
    }
}
