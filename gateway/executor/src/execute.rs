//! From a compiled plan and variables to a response: the flow of fetches, then one walk that writes.

use crate::client::SubgraphClient;
use crate::compile::CompiledPlan;
use crate::complete::Completer;
use crate::fetch::Run;
use crate::flow::flow;
use crate::options::ExecutionOptions;
use crate::response::{Response, ResponseWriter};
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
    run(plan, None, request, client, options).await
}

/// Answers one event of a subscription: `event` is the source's payload, `{"data":…,"errors":…}`.
pub async fn execute_event<C: SubgraphClient>(
    plan: &CompiledPlan,
    event: Bytes,
    request: ExecutionRequest<'_>,
    client: &C,
    options: &ExecutionOptions,
) -> Response {
    run(plan, Some(event), request, client, options).await
}

async fn run<C: SubgraphClient>(
    plan: &CompiledPlan,
    event: Option<Bytes>,
    mut request: ExecutionRequest<'_>,
    client: &C,
    options: &ExecutionOptions,
) -> Response {
    let variant = plan.variant(request.variables);
    let mut run = Run::new(&variant, request.variables, options);
    let ready = run.start(event);
    let deadline = &mut request.deadline;
    flow(plan, &mut run, ready, client, deadline, |_, _| false).await;
    complete(plan, run, &request, options)
}

fn complete(
    plan: &CompiledPlan,
    run: Run<'_>,
    request: &ExecutionRequest<'_>,
    options: &ExecutionOptions,
) -> Response {
    let mut run = run;
    let expected = plan.expected_bytes();
    let completer = Completer {
        variant: run.variant,
        plan: plan.plan(),
        store: &run.store,
        errors: &mut run.errors,
        introspection: request.introspection,
        options,
        out: ResponseWriter::with_capacity(expected + expected / 8),
        error_list: Vec::new(),
        error_count: 0,
        pending: Vec::new(),
        nulled: Vec::new(),
    };
    let completed = completer.complete(run.root, request.extensions);
    plan.note_bytes(completed.written);
    Response {
        body: completed.body,
        data_is_null: completed.data_is_null,
        errors: completed.errors,
        subgraph_requests: run.sent,
    }
}
