//! From a compiled plan and variables to a response: starts each fetch when its inputs are there.

use crate::client::{FetchError, FetchErrorCode, SubgraphClient, SubgraphResponse};
use crate::compile::CompiledPlan;
use crate::complete::Completer;
use crate::fetch::{Call, Run};
use crate::options::ExecutionOptions;
use crate::response::{Response, ResponseWriter};
use crate::variables::CoercedVariables;
use bytes::Bytes;
use futures::Stream;
use futures::stream::FuturesUnordered;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

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
    let mut ready = run.start(event);
    let mut calls = FuturesUnordered::new();
    loop {
        for call in ready.drain(..) {
            calls.push(send(plan, client, call));
        }
        match poll_fn(|context| next(&mut calls, &mut request.deadline, context)).await {
            Some((call, result)) => run.absorb(call, result, &mut ready),
            None if calls.is_empty() => break,
            None => {
                // The deadline: whatever is under way is dropped, which cancels it.
                calls.clear();
                request.deadline = None;
                run.give_up();
            }
        }
    }
    complete(plan, run, &request, options)
}

/// Sends a call.
pub(crate) async fn send<'plan, C: SubgraphClient>(
    plan: &'plan CompiledPlan,
    client: &'plan C,
    mut call: Call,
) -> (Call, Result<SubgraphResponse, FetchError>) {
    let body = Bytes::from(std::mem::take(&mut call.body));
    let request = plan.request(call.fetch, body, call.representations());
    match request {
        Some(request) => (call, client.fetch(request).await),
        None => {
            let error = FetchError::new(FetchErrorCode::Refused, "the plan has no such fetch");
            (call, Err(error))
        }
    }
}

/// The next answer; `None` when there is none to wait for, or when the deadline has passed.
pub(crate) fn next<S: Stream<Item = T> + Unpin, T>(
    calls: &mut S,
    deadline: &mut Option<Pin<Box<dyn Future<Output = ()> + Send + '_>>>,
    context: &mut Context<'_>,
) -> Poll<Option<T>> {
    if let Poll::Ready(next) = Pin::new(calls).poll_next(context) {
        return Poll::Ready(next);
    }
    match deadline {
        Some(deadline) => deadline.as_mut().poll(context).map(|()| None),
        None => Poll::Pending,
    }
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
