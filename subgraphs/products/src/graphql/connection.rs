//! Relay connections: pages of products and of reviews with opaque keyset cursors.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use sea_orm::Condition;
use subgraph_service::Database;
use subgraph_service::errors::internal;
use subgraph_service::keyset::Page;
use subgraph_service::shared_types::PageInfo;

use crate::catalogue;
use crate::entity::{product, review};
use crate::graphql::product::Product;
use crate::graphql::review::Review;

/// A page of products
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct ProductConnection {
    /// The products of this page, each with its cursor
    edges: Vec<ProductEdge>,
    /// The products of this page
    nodes: Vec<Product>,
    /// Where this page stands
    page_info: PageInfo,
    #[graphql(skip)]
    filter: Condition,
}

/// A product on a page
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ProductEdge {
    /// Where the product stands: give it as `after` or `before`
    cursor: String,
    /// The product
    node: Product,
}

/// A page of reviews
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ReviewConnection {
    /// The reviews of this page, each with its cursor
    edges: Vec<ReviewEdge>,
    /// The reviews of this page
    nodes: Vec<Review>,
    /// Where this page stands
    page_info: PageInfo,
}

/// A review on a page
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ReviewEdge {
    /// Where the review stands: give it as `after`
    cursor: String,
    /// The review
    node: Review,
}

impl ProductConnection {
    /// A page of what passes `filter`, which `totalCount` counts when it is asked for.
    pub(crate) fn new(page: Page<product::Model>, filter: Condition) -> Self {
        let page_info = page.page_info();
        let edges: Vec<_> = page
            .edges
            .into_iter()
            .map(|(cursor, row)| ProductEdge {
                cursor,
                node: row.into(),
            })
            .collect();
        Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            edges,
            page_info,
            filter,
        }
    }
}

#[ComplexObject]
impl ProductConnection {
    /// How many products there are on all pages together
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        catalogue::count(ctx.data::<Database>()?, self.filter.clone())
            .await
            .map_err(internal)
    }
}

impl From<Page<review::Model>> for ReviewConnection {
    fn from(page: Page<review::Model>) -> Self {
        let page_info = page.page_info();
        let edges: Vec<_> = page
            .edges
            .into_iter()
            .map(|(cursor, row)| ReviewEdge {
                cursor,
                node: Review(row),
            })
            .collect();
        Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            edges,
            page_info,
        }
    }
}
