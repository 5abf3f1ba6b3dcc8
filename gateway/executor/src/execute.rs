//! From a compiled plan and variables to a response: starts each fetch when its inputs are there.

use crate::client::SubgraphClient;
use crate::compile::CompiledPlan;
use crate::options::ExecutionOptions;
use crate::response::Response;
use crate::variables::CoercedVariables;
use bytes::Bytes;
use std::future::Future;
use std::pin::Pin;

/// What one request brings to a plan.
pub struct ExecutionRequest<'request> {
    /// The variables, coerced.
    pub variables: &'request CoercedVariables,
    /// The answers of `__schema` and `__type` fields of the operation, which only the edge knows.
    pub introspection: &'request [PrerenderedField],
    /// A JSON object that becomes the response's `extensions`.
    pub extensions: Option<&'request [u8]>,
    /// When it ends, fetches that are under way are given up: their fields fail with `GATEWAY_TIMEOUT`.
    pub deadline: Option<Pin<Box<dyn Future<Output = ()> + Send + 'request>>>,
}

impl<'request> ExecutionRequest<'request> {
    /// A request with variables and nothing else.
    pub fn new(variables: &'request CoercedVariables) -> Self {
        Self {
            variables,
            introspection: &[],
            extensions: None,
            deadline: None,
        }
    }
}

/// A field of the query's root that was answered before execution.
#[derive(Debug, Clone)]
pub struct PrerenderedField {
    /// The field's response key.
    pub response_key: String,
    /// Its value as JSON.
    pub value: Bytes,
}

/// Runs a query or mutation.
pub async fn execute<C: SubgraphClient>(
    plan: &CompiledPlan,
    request: ExecutionRequest<'_>,
    client: &C,
    options: &ExecutionOptions,
) -> Response {
    unimplemented!()
}

/// Answers one event of a subscription: `event` is the source's payload, `{"data":…,"errors":…}`.
pub async fn execute_event<C: SubgraphClient>(
    plan: &CompiledPlan,
    event: Bytes,
    request: ExecutionRequest<'_>,
    client: &C,
    options: &ExecutionOptions,
) -> Response {
    unimplemented!()
}
