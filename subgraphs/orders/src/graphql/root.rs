//! The root `Query`: the entry points for clients and, for the gateway, the entities.

use async_graphql::MergedObject;

use crate::graphql::entities::EntityQuery;
use crate::graphql::query::OrdersQuery;

#[derive(Debug, Default, MergedObject)]
pub struct Query(OrdersQuery, EntityQuery);
