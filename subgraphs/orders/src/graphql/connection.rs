//! Relay connections: pages of orders with opaque keyset cursors.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use sea_orm::Condition;
use subgraph_service::Database;
use subgraph_service::errors::internal;
use subgraph_service::keyset::Page;
use subgraph_service::shared_types::PageInfo;

use crate::entity::order;
use crate::graphql::order::Order;
use crate::order_queries;

/// A page of orders
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct OrderConnection {
    /// The orders of this page, each with its cursor
    edges: Vec<OrderEdge>,
    /// The orders of this page
    nodes: Vec<Order>,
    /// Where this page stands
    page_info: PageInfo,
    #[graphql(skip)]
    filter: Condition,
}

/// An order on a page
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderEdge {
    /// Where the order stands: give it as `after`
    cursor: String,
    /// The order
    node: Order,
}

impl OrderConnection {
    /// A page of what passes `filter`, which `totalCount` counts when it is asked for.
    pub(crate) fn new(page: Page<order::Model>, filter: Condition) -> Self {
        let page_info = page.page_info();
        let edges: Vec<_> = page
            .edges
            .into_iter()
            .map(|(cursor, row)| OrderEdge {
                cursor,
                node: Order(row),
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
impl OrderConnection {
    /// How many orders there are on all pages together
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        order_queries::count(ctx.data::<Database>()?, self.filter.clone())
            .await
            .map_err(internal)
    }
}
