//! The plans of an operation for clients that take an answer in parts: one for each set of values of the variables that decide
//! what is deferred.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apollo_compiler::Name;
use serde_json::Value;
use tokio::sync::OnceCell;
use weft_executor::CompiledPlan;
use weft_planner::PlanError;
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
    known: Mutex<HashMap<Vec<bool>, Arc<Known>>>,
}

/// What was planned for one set of values, once it was.
type Known = OnceCell<Option<Arc<CompiledPlan>>>;

impl DeferringPlans {
    /// What is known for some values, or what `make` makes of them, unless another request does so already. A plan that was
    /// stopped is not remembered: who waits for it gets a whole answer, and the next request tries again. Nothing is deferred
    /// where too many sets of values were seen.
    async fn get_or_make(
        &self,
        values: &[bool],
        make: impl Future<Output = Result<Option<Arc<CompiledPlan>>, Stopped>>,
    ) -> Option<Arc<CompiledPlan>> {
        let known = self.known(values)?;
        let plan = known.get_or_init(async || {
            make.await.unwrap_or_else(|Stopped| {
                self.all().remove(values);
                None
            })
        });
        plan.await.clone()
    }

    fn known(&self, values: &[bool]) -> Option<Arc<Known>> {
        let mut all = self.all();
        if let Some(known) = all.get(values) {
            return Some(Arc::clone(known));
        }
        let is_full = all.len() >= MOST;
        (!is_full).then(|| Arc::clone(all.entry(values.to_vec()).or_default()))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Vec<bool>, Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Planning was stopped before there was a plan.
struct Stopped;

/// The plan of a request; `None` where nothing of its answer comes later.
pub(super) async fn plan(
    admitted: &Admitted,
    request: &GraphqlRequest,
) -> Option<Arc<CompiledPlan>> {
    let operation = &admitted.prepared.operation;
    let values = values(operation, request)?;
    let making = async {
        let Ok(document) = request.document() else {
            return Ok(None);
        };
        let name = request.operation_name.clone();
        make(&admitted.graph, document, name, values.clone()).await
    };
    let plans = &admitted.prepared.deferring;
    plans.get_or_make(&values, making).await
}

/// The values of the variables that decide; an absent one has its default, or else does not stop the deferral.
fn values(operation: &Operation, request: &GraphqlRequest) -> Option<Vec<bool>> {
    let variables = operation.defer_variables()?;
    let given = request.variables.as_ref().filter(|_| !variables.is_empty());
    let given: HashMap<String, Value> = given
        .and_then(|given| serde_json::from_slice(given).ok())
        .unwrap_or_default();
    let value = |(name, default): &(Name, bool)| {
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
) -> Result<Option<Arc<CompiledPlan>>, Stopped> {
    let making = prepare_aside(graph, move |graph, options| {
        let operation = deferring(graph, &document, name.as_deref(), &values);
        match operation.map(|operation| compile(graph, &operation, options)) {
            Some(Ok(plan)) if plan.is_deferring() => Ok(Some(Arc::new(plan))),
            Some(Err(PlanError::Stopped)) => Err(Stopped),
            _ => Ok(None),
        }
    });
    making.await.unwrap_or(Ok(None))
}

/// The operation with what it defers under some values of the variables that decide.
fn deferring(
    graph: &Graph,
    document: &str,
    name: Option<&str>,
    values: &[bool],
) -> Option<Operation> {
    let plain = Operation::parse(graph.supergraph(), document, name).ok()?;
    let variables = plain.defer_variables()?;
    let is_on = |wanted: &Name| {
        let position = variables.iter().position(|(name, _)| name == wanted);
        position.is_some_and(|position| values[position])
    };
    Operation::parse_deferring(graph.supergraph(), document, name, is_on).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_is_known_is_not_planned_again() {
        let (plans, count) = (DeferringPlans::default(), AtomicUsize::new(0));
        let ask = async |value| {
            let make = async {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(None)
            };
            plans.get_or_make(&[value], make).await
        };
        join_all([true, false, true].map(&ask)).await;
        ask(false).await;
        assert_eq!(count.into_inner(), 2);
    }

    #[tokio::test]
    async fn planning_that_was_stopped_is_tried_again_by_the_next_request() {
        let (plans, count) = (DeferringPlans::default(), AtomicUsize::new(0));
        let ask = async || {
            let make = async {
                tokio::task::yield_now().await;
                match count.fetch_add(1, Ordering::SeqCst) {
                    0 => Err(Stopped),
                    _ => Ok(None),
                }
            };
            plans.get_or_make(&[true], make).await
        };
        // Who waits with the first does not wait as long again.
        join_all([ask(), ask(), ask()]).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
        ask().await;
        ask().await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
