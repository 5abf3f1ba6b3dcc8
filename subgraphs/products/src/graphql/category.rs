//! `Category`: a shelf of the shop, with its parent and its products.

use async_graphql::{Context, ID, Object, Result};

use crate::catalogue::CategoryPageKey;
use crate::entity::category::Model;
use crate::graphql::connection::ProductConnection;
use crate::loaders::Loaders;

/// A shelf of the shop
#[derive(Clone, Debug)]
pub(crate) struct Category(pub(crate) Model);

/// A shelf of the shop
#[Object]
impl Category {
    /// Never changes
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name in the shop
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The shelf that this one is part of
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match self.0.parent_id {
            Some(parent_id) => Loaders::of(ctx)?.category(parent_id).await,
            None => Ok(None),
        }
    }

    /// What stands on this shelf itself, newest first
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<ProductConnection> {
        let key = CategoryPageKey::new(self.0.id, first, after)?;
        Loaders::of(ctx)?.category_page(key).await
    }
}
