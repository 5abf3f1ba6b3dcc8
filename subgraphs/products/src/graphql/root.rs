//! The root `Query`: the catalogue's entry points and, for the gateway, the entities.

use async_graphql::MergedObject;

use crate::graphql::entities::EntityQuery;
use crate::graphql::query::CatalogueQuery;

#[derive(Debug, Default, MergedObject)]
pub struct Query(CatalogueQuery, EntityQuery);
