//! `Subscription`: products whose stock changes.

use async_graphql::{Context, ID, Result, Subscription};
use futures::{Stream, StreamExt};
use sea_orm::EntityTrait;
use std::collections::HashSet;
use subgraph_service::Database;
use subgraph_service::errors::{bad_user_input, internal};
use uuid::Uuid;

use crate::catalogue::parse_id;
use crate::entity::product;
use crate::graphql::product::Product;
use crate::stock_feed::StockFeed;

/// How many products one subscription may follow.
const MAXIMUM_PRODUCTS: usize = 100;

/// The fields of `Subscription`
#[derive(Debug, Default)]
pub struct CatalogueSubscription;

#[Subscription(name = "Subscription")]
impl CatalogueSubscription {
    /// One of these products, each time that more or less of it can be ordered
    async fn stock_changed(
        &self,
        ctx: &Context<'_>,
        product_ids: Vec<ID>,
    ) -> Result<impl Stream<Item = Result<Product>>> {
        if product_ids.is_empty() || product_ids.len() > MAXIMUM_PRODUCTS {
            return Err(bad_user_input(
                "productIds",
                format!("`productIds` needs 1 to {MAXIMUM_PRODUCTS} ids"),
            ));
        }
        let followed: HashSet<Uuid> = product_ids
            .iter()
            .map(|id| parse_id("productIds", id))
            .collect::<Result<_>>()?;
        let database = ctx.data::<Database>()?.clone();
        let news = ctx.data::<StockFeed>()?.subscribe();
        Ok(news
            .filter(move |id| std::future::ready(followed.contains(id)))
            .filter_map(move |id| {
                let database = database.clone();
                async move { load(&database, id).await.transpose() }
            }))
    }
}

async fn load(database: &Database, id: Uuid) -> Result<Option<Product>> {
    let found = product::Entity::find_by_id(id)
        .one(&**database)
        .await
        .map_err(internal)?;
    Ok(found.map(Product::from))
}
