//! What happens to a GraphQL request, in order: identify → prepare (parse, validate, plan, compile; cached) → coerce
//! variables → introspect → execute.

use std::sync::Arc;

use apollo_compiler::ast::OperationType;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;
use weft_executor::{
    CoercedVariables, CompiledPlan, ExecutionRequest, PrerenderedField, ResponseBody,
    coerce_variables, execute,
};

use crate::document_cache::DocumentReference;
use crate::gateway::Gateway;
use crate::graph::Graph;
use crate::http_request::GraphqlRequest;
use crate::introspection;
use crate::prepared_operation::{
    Introspection, Preparation, PreparedOperation, prepare_off_the_event_loop,
};
use crate::request_error::{RequestError, code};
use crate::subgraph_client::RequestClient;

/// How a request reached us, which decides what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// By GET: queries only.
    Get,
    /// By POST: queries and mutations.
    Post,
    /// In a WebSocket: everything.
    WebSocket,
}

/// A request that may run: its operation is valid, its variables fit.
pub(crate) struct Admitted {
    /// The graph it runs on, whatever is swapped in meanwhile.
    pub(crate) graph: Arc<Graph>,
    /// What to run.
    pub(crate) prepared: Arc<PreparedOperation>,
    /// With which variables.
    pub(crate) variables: CoercedVariables,
    /// The answers of its introspection fields that depend on variables.
    introspection: Vec<PrerenderedField>,
}

/// Everything that comes before execution.
///
/// # Errors
/// A request error, after which no subgraph is called.
pub(crate) async fn admit(
    gateway: &Gateway,
    request: &GraphqlRequest,
    arrival: Arrival,
) -> Result<Admitted, RequestError> {
    let graph = gateway.graph()?;
    let prepared = prepared(gateway, &graph, request).await?;
    permit(prepared.operation.operation().operation_type, arrival)?;
    let variables = coerce_variables(
        graph.supergraph(),
        &prepared.operation,
        request.variables.as_ref(),
    )
    .map_err(|errors| {
        RequestError::with_errors(StatusCode::BAD_REQUEST, code::BAD_USER_INPUT, errors)
    })?;
    let introspection = match &prepared.introspection {
        Introspection::Answered(_) => Vec::new(),
        Introspection::PerRequest(keys) => introspection::answer(
            &graph,
            &prepared.operation,
            keys,
            request.variables.as_ref(),
        )?,
    };
    Ok(Admitted {
        graph,
        prepared,
        variables,
        introspection,
    })
}

/// Runs a query or mutation that was admitted. `headers` are the client's.
pub(crate) async fn run(
    gateway: &Gateway,
    admitted: &Admitted,
    headers: &HeaderMap,
    arrived: Instant,
) -> ResponseBody {
    let plan = match admitted.plan() {
        Ok(plan) => plan,
        Err(body) => return body.into(),
    };
    let wants_plan = headers
        .get("weft-query-plan")
        .is_some_and(|it| it == "true");
    let extensions =
        (gateway.configuration().graphql.query_plan && wants_plan).then(|| plan_extension(plan));
    let client = admitted.client(gateway, headers, arrived);
    let deadline = arrived + gateway.configuration().server.request_timeout.0;
    let request = admitted.execution_request(extensions.as_deref(), deadline);
    execute(plan, request, &client, admitted.graph.execution())
        .await
        .body
}

impl Admitted {
    /// The plan, or the answer that says that there is none.
    pub(crate) fn plan(&self) -> Result<&CompiledPlan, Bytes> {
        self.prepared.plan.as_ref().map_err(|message| {
            let error = RequestError::new(StatusCode::OK, code::PLANNING_FAILED, message.as_str());
            let body = error.body();
            let errors = body.strip_suffix(b"}").unwrap_or(&body);
            Bytes::from([errors, b",\"data\":null}"].concat())
        })
    }

    /// What it brings to a plan.
    pub(crate) fn execution_request<'a>(
        &'a self,
        extensions: Option<&'a [u8]>,
        deadline: Instant,
    ) -> ExecutionRequest<'a> {
        ExecutionRequest {
            variables: &self.variables,
            introspection: match &self.prepared.introspection {
                Introspection::Answered(fields) => fields,
                Introspection::PerRequest(_) => &self.introspection,
            },
            extensions,
            deadline: Some(Box::pin(tokio::time::sleep_until(deadline))),
        }
    }

    /// Counts it, where usage is counted. `headers` are the client's.
    pub(crate) fn count(&self, gateway: &Gateway, headers: &HeaderMap) {
        if let (Some(recorder), Some(usage)) = (gateway.usage(), &self.prepared.usage) {
            recorder.count(usage, headers);
        }
    }

    /// The client for the calls of a request that began at some time.
    pub(crate) fn client<'a>(
        &'a self,
        gateway: &'a Gateway,
        headers: &'a HeaderMap,
        began: Instant,
    ) -> RequestClient<'a> {
        RequestClient {
            graph: &self.graph,
            transport: gateway.transport(),
            headers,
            began,
        }
    }
}

async fn prepared(
    gateway: &Gateway,
    graph: &Arc<Graph>,
    request: &GraphqlRequest,
) -> Result<Arc<PreparedOperation>, RequestError> {
    let reference = DocumentReference {
        document: &request.raw_query,
        operation_name: request.operation_name.as_deref(),
    };
    if let Some(prepared) = graph.documents().get(&reference) {
        return Ok(prepared);
    }
    let prepare = prepare_off_the_event_loop(
        Arc::clone(graph),
        request.document()?,
        Preparation {
            operation_name: request.operation_name.clone(),
            allow_introspection: gateway.configuration().graphql.introspection,
            usage: gateway.usage().cloned(),
        },
    );
    // Seldom needed, and large.
    Box::pin(graph.documents().get_or_prepare(&reference, prepare)).await
}

fn permit(operation: OperationType, arrival: Arrival) -> Result<(), RequestError> {
    match (operation, arrival) {
        (OperationType::Mutation, Arrival::Get) => Err(RequestError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            code::METHOD_NOT_ALLOWED,
            "a mutation cannot be sent by GET: send it by POST",
        )),
        (OperationType::Subscription, Arrival::Get | Arrival::Post) => Err(RequestError::new(
            StatusCode::BAD_REQUEST,
            code::METHOD_NOT_ALLOWED,
            "a subscription needs a WebSocket: connect with the protocol `graphql-transport-ws`",
        )),
        _ => Ok(()),
    }
}

fn plan_extension(plan: &CompiledPlan) -> Vec<u8> {
    let mut shown = weft_query_plan::plan_to_json(plan.plan());
    shown["text"] = weft_query_plan::plan_to_text(plan.plan()).into();
    serde_json::to_vec(&serde_json::json!({ "queryPlan": shown })).unwrap_or_default()
}
