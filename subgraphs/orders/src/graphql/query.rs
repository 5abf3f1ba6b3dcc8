//! `Query`: the entry points of orders.

use async_graphql::{Context, ID, Object, Result};
use subgraph_service::errors::bad_user_input;
use subgraph_service::guard::{HasScope, signed_in_user};
use subgraph_service::keyset::{PageArguments, PageSize};
use uuid::Uuid;

use crate::graphql::connection::OrderConnection;
use crate::graphql::inputs::OrderFilter;
use crate::graphql::order::Order;
use crate::order_queries;

/// The fields of `Query`
#[derive(Debug, Default)]
pub(crate) struct OrdersQuery;

#[Object]
impl OrdersQuery {
    /// One order: its buyer's own, any for staff; null when there is none or it is somebody else's
    async fn order(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Order>> {
        let id = parse_id("id", &id)?;
        signed_in_user(ctx)?;
        Order::visible(ctx, id).await
    }

    /// All orders, newest first: for staff
    #[graphql(requires_scopes = "orders:read", guard = "HasScope(\"orders:read\")")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        filter: Option<OrderFilter>,
    ) -> Result<OrderConnection> {
        let arguments = PageArguments::forwards(first, after, PageSize::default())?;
        let OrderFilter {
            status,
            placed_after,
        } = filter.unwrap_or_default();
        let filter = order_queries::filter(status, placed_after);
        let page = order_queries::page(ctx.data()?, filter.clone(), &arguments).await?;
        Ok(OrderConnection::new(page, filter))
    }
}

/// Reads an id that a client sent.
///
/// # Errors
/// When it is not a UUID, as all ids of this service are.
pub(crate) fn parse_id(name: &str, id: &ID) -> Result<Uuid> {
    Uuid::parse_str(id).map_err(|_| {
        bad_user_input(
            name,
            format!(
                "`{name}` is not an id: expected a UUID, got `{}`",
                id.as_str()
            ),
        )
    })
}
