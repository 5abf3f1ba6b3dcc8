//! `Review`: what a buyer says about a product.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use subgraph_service::clock::date_time;
use subgraph_service::errors::internal;
use subgraph_service::guard::identity;

use crate::entity::review::Model;
use crate::graphql::product::Product;
use crate::graphql::user::User;
use crate::loaders::Loaders;

/// What a buyer says about a product
#[derive(Clone, Debug)]
pub(crate) struct Review(pub(crate) Model);

/// What a buyer says about a product
#[Object]
impl Review {
    /// Never changes
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is about
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let product = Loaders::of(ctx)?.product(self.0.product_id).await?;
        product.ok_or_else(|| internal("a review is about a product that does not exist"))
    }

    /// 1 (poor) to 5 (excellent)
    async fn rating(&self) -> i32 {
        self.0.rating
    }

    /// The buyer's words
    async fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// When it was written
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// Who wrote it. The name is kept beside the review, so no trip to users is needed for it.
    #[graphql(provides = "displayName")]
    async fn author(&self) -> User {
        User {
            id: self.0.author_id,
            display_name: Some(self.0.author_name.clone()),
        }
    }

    /// The purchase that entitles the author to review: visible to the author and to staff
    async fn purchase(&self, ctx: &Context<'_>) -> Option<OrderLine> {
        let visible = identity(ctx).may_see(self.0.author_id);
        visible.then(|| OrderLine {
            order_id: self.0.order_id.into(),
            line_no: self.0.line_no,
        })
    }
}

/// A line of an order: an entity of the orders service
#[derive(Clone, Debug, SimpleObject)]
#[graphql(unresolvable = "orderId lineNo")]
pub(crate) struct OrderLine {
    /// The order
    order_id: ID,
    /// The line within the order, from 1
    line_no: i32,
}
