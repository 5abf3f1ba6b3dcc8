//! A document in, an operation that is ready to run out: parsed, validated, planned, compiled. Once per document.

use std::sync::Arc;

use apollo_compiler::response::GraphQLError;
use http::StatusCode;
use weft_executor::{CompiledPlan, PrerenderedField};
use weft_planner::{PlanError, PlanOptions};
use weft_query_plan::{Operation, OperationError};

use crate::configuration::TimeSpan;
use crate::graph::Graph;
use crate::incremental::DeferringPlans;
use crate::introspection;
use crate::preparing::prepare_aside;
use crate::request_error::{RequestError, code};
use crate::usage::{OperationUsage, UsageRecorder};

/// An operation that is ready to run, shared by all its requests.
#[derive(Debug)]
pub(crate) struct PreparedOperation {
    /// The operation, valid for the API schema.
    pub(crate) operation: Operation,
    /// Its plan, compiled; or why the subgraphs cannot answer it.
    pub(crate) plan: Result<CompiledPlan, String>,
    /// What of it is answered from the schema.
    pub(crate) introspection: Introspection,
    /// Its plans for clients that take an answer in parts.
    pub(crate) deferring: DeferringPlans,
    /// Where its requests are counted, if they are.
    pub(crate) usage: Option<Arc<OperationUsage>>,
    /// About how many bytes all of it takes.
    pub(crate) memory: usize,
}

/// What preparing takes besides the graph and the document.
#[derive(Clone)]
pub(crate) struct Preparation {
    /// Which of the document's operations.
    pub(crate) operation_name: Option<String>,
    /// Whether clients may read the schema.
    pub(crate) allow_introspection: bool,
    /// Who counts requests.
    pub(crate) usage: Option<Arc<UsageRecorder>>,
}

/// The introspection fields of an operation.
#[derive(Debug)]
pub(crate) enum Introspection {
    /// The same for every request, perhaps none.
    Answered(Vec<PrerenderedField>),
    /// Those response keys, depending on variables.
    PerRequest(Vec<String>),
}

/// About how many bytes a parsed document takes, and how many more for each byte of its text.
const PARSED: (usize, usize) = (1_500, 17);

/// Prepares an operation. Takes long for large documents: not for the event loop.
///
/// # Errors
/// A request error when the document is invalid, does not have the operation, or takes too long to plan.
pub(crate) fn prepare(
    graph: &Graph,
    document: &str,
    preparation: &Preparation,
    options: &PlanOptions,
) -> Result<PreparedOperation, RequestError> {
    let name = preparation.operation_name.as_deref();
    let operation = Operation::parse(graph.supergraph(), document, name).map_err(refuse)?;
    let allowed = preparation.allow_introspection;
    let introspection = prepare_introspection(graph, &operation, allowed)?;
    let plan = match compile(graph, &operation, options) {
        // What took too long now may not do so when less is going on, so this is not kept.
        Err(PlanError::Stopped) => return Err(too_slow(graph)),
        plan => plan.map_err(|error| error.to_string()),
    };
    let usage = preparation.usage.as_ref();
    let compiled = plan.as_ref().map_or(0, CompiledPlan::memory);
    Ok(PreparedOperation {
        memory: compiled + PARSED.0 + PARSED.1 * document.len(),
        usage: usage.and_then(|usage| usage.counter(graph.supergraph(), &operation)),
        operation,
        plan,
        introspection,
        deferring: DeferringPlans::default(),
    })
}

/// The plan of an operation, compiled.
///
/// # Errors
/// Why the subgraphs cannot answer it, or that planning was stopped.
pub(crate) fn compile(
    graph: &Graph,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<CompiledPlan, PlanError> {
    let plan = graph.planner().plan(operation, options)?;
    let (supergraph, compilation) = (graph.supergraph(), graph.compilation());
    let mut plan = CompiledPlan::new(supergraph, operation, plan, compilation);
    if !graph.shows_plans() {
        plan.keep_outline();
    }
    Ok(plan)
}

/// Prepares an operation on a thread where it may take its time, and keeps it.
///
/// # Errors
/// As [`prepare`].
pub(crate) async fn prepare_off_the_event_loop(
    graph: Arc<Graph>,
    document: String,
    preparation: Preparation,
) -> Result<Arc<PreparedOperation>, RequestError> {
    let prepared = prepare_aside(&graph, move |graph, options| {
        prepare(graph, &document, &preparation, options)
    });
    prepared.await.map(|done| done.map(Arc::new)).unwrap_or_else(|_| {
        Err(RequestError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL,
            "the operation could not be prepared: a defect of the gateway, please report it with the document",
        ))
    })
}

fn too_slow(graph: &Graph) -> RequestError {
    let limit = TimeSpan(graph.planning_time());
    RequestError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        code::PLANNING_TIMEOUT,
        format!(
            "planning the operation took longer than {limit}: split it into several, or raise `planning.time_limit`"
        ),
    )
}

fn prepare_introspection(
    graph: &Graph,
    operation: &Operation,
    allowed: bool,
) -> Result<Introspection, RequestError> {
    let keys = introspection::response_keys(operation);
    if keys.is_empty() {
        return Ok(Introspection::Answered(Vec::new()));
    }
    if !allowed {
        return Err(RequestError::new(
            StatusCode::BAD_REQUEST,
            code::INTROSPECTION_DISABLED,
            "introspection is switched off: ask for the schema where it is published",
        ));
    }
    if operation.operation().variables.is_empty() {
        let answered = introspection::answer(graph, operation, &keys, None)?;
        return Ok(Introspection::Answered(answered));
    }
    Ok(Introspection::PerRequest(keys))
}

fn refuse(error: OperationError) -> RequestError {
    match error {
        OperationError::Invalid { syntax, errors } => {
            let (code, errors) = if syntax {
                (code::PARSE_FAILED, syntax_errors(errors))
            } else {
                (code::VALIDATION_FAILED, errors)
            };
            RequestError::with_errors(StatusCode::BAD_REQUEST, code, errors)
        }
        OperationError::NoSuchOperation { message } => RequestError::new(
            StatusCode::BAD_REQUEST,
            code::OPERATION_RESOLUTION_FAILURE,
            message,
        ),
    }
}

/// The parser's own words, each once: a half document breaks many other rules, which say nothing about the slip.
fn syntax_errors(errors: Vec<GraphQLError>) -> Vec<GraphQLError> {
    let mut kept: Vec<GraphQLError> = Vec::new();
    for error in &errors {
        let known = kept
            .iter()
            .any(|it| it.message == error.message && it.locations == error.locations);
        if error.message.starts_with("syntax error") && !known {
            kept.push(error.clone());
        }
    }
    if kept.is_empty() { errors } else { kept }
}
