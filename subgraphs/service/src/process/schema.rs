//! Builds a service's schema: limits, federation, and the exported SDL in the place of async-graphql's own.

use std::sync::Arc;

use async_graphql::SchemaBuilder;

use super::Service;
use crate::{
    error_nulls::ErrorNulls,
    federation_sdl::{ServeSdl, federation_sdl},
};

/// Higher than the gateway's own limits: an entity query wraps a client's selection in `_entities` and a type condition.
const DEPTH: usize = 24;
/// The number of fields of one operation.
const COMPLEXITY: usize = 2000;

type Builder<S> =
    SchemaBuilder<<S as Service>::Query, <S as Service>::Mutation, <S as Service>::Subscription>;

/// The federation SDL of a service, as `_service { sdl }` and `--print-schema` give it.
pub fn export_schema<S: Service>() -> anyhow::Result<String> {
    let schema = federated::<S>().finish();
    federation_sdl(&schema, S::sdl_additions())
}

/// The schema without the service's data.
pub(super) fn builder<S: Service>() -> anyhow::Result<Builder<S>> {
    let sdl: Arc<str> = export_schema::<S>()?.into();
    Ok(federated::<S>()
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .extension(ServeSdl(sdl))
        .extension(ErrorNulls))
}

fn federated<S: Service>() -> Builder<S> {
    S::schema()
        .enable_federation()
        .enable_subscription_in_federation()
}
