//! The plans of an operation for clients that take an answer in parts: one for each set of values of the variables that decide
//! what is deferred.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use weft_executor::CompiledPlan;
use weft_query_plan::Operation;

use crate::graph::Graph;
use crate::http_request::GraphqlRequest;
use crate::pipeline::Admitted;
use crate::prepared_operation::compile;
use crate::preparing::prepare_aside;

/// How many sets of values are kept for an operation; answers for more come whole.
const MOST: usize = 16;

/// The plans that were made so far; `None` where nothing comes later.
#[derive(Debug, Default)]
pub(crate) struct DeferringPlans {
    known: Mutex<HashMap<Vec<bool>, Option<Arc<CompiledPlan>>>>,
}

impl DeferringPlans {
    /// What is known for some values; nothing more is deferred where too many sets of values were seen.
    fn known(&self, values: &[bool]) -> Option<Option<Arc<CompiledPlan>>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let full = (known.len() >= MOST).then_some(None);
        known.get(values).cloned().or(full)
    }

    fn keep(
        &self,
        values: Vec<bool>,
        plan: Option<Arc<CompiledPlan>>,
    ) -> Option<Arc<CompiledPlan>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(values).or_insert(plan).clone()
    }
}

/// The plan of a request; `None` where nothing of its answer comes later.
pub(super) async fn plan(
    admitted: &Admitted,
    request: &GraphqlRequest,
) -> Option<Arc<CompiledPlan>> {
    let operation = &admitted.prepared.operation;
    let values = values(operation, request)?;
    let plans = &admitted.prepared.deferring;
    if let Some(known) = plans.known(&values) {
        return known;
    }
    let document = request.document().ok()?;
    let name = request.operation_name.clone();
    let plan = make(&admitted.graph, document, name, values.clone()).await;
    plans.keep(values, plan)
}

/// The values of the variables that decide; an absent one has its default, or else does not stop the deferral.
fn values(operation: &Operation, request: &GraphqlRequest) -> Option<Vec<bool>> {
    let variables = operation.defer_variables()?;
    let given = request.variables.as_ref().filter(|_| !variables.is_empty());
    let given: HashMap<String, Value> = given
        .and_then(|given| serde_json::from_slice(given).ok())
        .unwrap_or_default();
    let value = |(name, default): &(apollo_compiler::Name, bool)| {
        let value = given.get(name.as_str()).and_then(Value::as_bool);
        value.unwrap_or(*default)
    };
    Some(variables.iter().map(value).collect())
}

/// Plans where it may take its time.
async fn make(
    graph: &Arc<Graph>,
    document: String,
    name: Option<String>,
    values: Vec<bool>,
) -> Option<Arc<CompiledPlan>> {
    let making = prepare_aside(graph, move |graph, options| {
        let plain = Operation::parse(graph.supergraph(), &document, name.as_deref()).ok()?;
        let variables = plain.defer_variables()?;
        let is_on = |wanted: &apollo_compiler::Name| {
            let position = variables.iter().position(|(name, _)| name == wanted);
            position.is_some_and(|position| values[position])
        };
        let name = name.as_deref();
        let operation = Operation::parse_deferring(graph.supergraph(), &document, name, is_on);
        let plan = compile(graph, &operation.ok()?, options).ok()?;
        plan.is_deferring().then(|| Arc::new(plan))
    });
    making.await.ok().flatten()
}
