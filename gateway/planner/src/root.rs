//! The whole of planning for one operation: queries at once, mutations field after field, subscriptions from one source.

mod query;
mod series;
mod settle;

use crate::assemble::Assembler;
use crate::context::bind_contexts;
use crate::error::PlanError;
use crate::graph::Graph;
use crate::memory::Memory;
use crate::normalise::Normaliser;
use crate::options::PlanOptions;
use crate::schedule::Scheduled;
use crate::search::{Effort, Search};
use crate::selection::{Need, NodeId, SelectionNode, Selections};
use crate::shared_members::keep_shared_members;
use apollo_compiler::ast::OperationType;
use query::best_query;
use series::one_after_the_other;
use settle::with_contexts;
use std::rc::Rc;
use weft_query_plan::{Operation, QueryPlan};

/// With more subgraphs than this to choose from at a place, not every set is looked at.
const EXHAUSTIVE: usize = 6;

/// Plans an operation.
pub(crate) fn plan(
    graph: &Graph<'_>,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    or_at_once(operation, options, |options| {
        let (mut search, root) = search(graph, operation, options);
        plan_with(&mut search, root, operation, options)
    })
}

/// Plans with the options, or else without what they allow to come later: a value type's fields can be apart in subgraphs that are only
/// entered above it, and those cannot be asked for twice.
pub(crate) fn or_at_once<T>(
    operation: &Operation,
    options: &PlanOptions,
    plan: impl Fn(&PlanOptions) -> Result<T, PlanError>,
) -> Result<T, PlanError> {
    let may_defer = !operation.deferred().is_empty() && !options.answers_at_once;
    match plan(options) {
        Err(PlanError::Unreachable { .. }) if may_defer => plan(&PlanOptions {
            answers_at_once: true,
            ..options.clone()
        }),
        found => found,
    }
}

/// Plans with a search, which may be limited in what it asks.
pub(crate) fn plan_with(
    search: &mut Search<'_>,
    root: NodeId,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    let found = match operation.operation().operation_type {
        OperationType::Query => best_query(search, root, options.rounds),
        serial => with_contexts(search, |search| one_after_the_other(search, root, serial)),
    };
    let Scheduled { built, levels } = match found {
        // What was not looked at for lack of room seemed to be out of reach.
        Err(_) if search.memory.is_exceeded() => return Err(search.memory.error()),
        found => found?,
    };
    Ok(Assembler::new(search, &built, operation).plan(&levels))
}

/// A search for an operation, and the node of its root selection.
pub(crate) fn search<'g>(
    graph: &'g Graph<'g>,
    operation: &Operation,
    options: &PlanOptions,
) -> (Search<'g>, NodeId) {
    let mut selections = Selections::default();
    let defers = !options.answers_at_once;
    let root = Normaliser::new(graph, operation.document(), &mut selections, defers)
        .root(&operation.operation().selection_set);
    let root = without_introspection(&mut selections, root);
    let root = keep_shared_members(graph, &mut selections, root);
    let is_query = operation.operation().operation_type == OperationType::Query;
    let root = bind_contexts(graph, &mut selections, root, is_query);
    let effort = Effort {
        evaluations: options.evaluations,
        exhaustive: EXHAUSTIVE,
        reuses_entities: options.reuses_entities,
    };
    let memory = Memory::new(options.memory, options.stop.clone());
    (Search::new(graph, selections, effort, memory), root)
}

/// Leaves out what the server answers itself.
fn without_introspection(selections: &mut Selections, root: NodeId) -> NodeId {
    let needs = selections.node(root).needs.iter();
    let needs = needs.filter(|need| !selections.field(need.field).name.starts_with("__"));
    let needs: Vec<Rc<Need>> = needs.cloned().collect();
    let node = selections.node(root).clone();
    selections.intern(SelectionNode { needs, ..node })
}
