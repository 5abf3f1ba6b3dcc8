//! Plans an operation again, for what it costs to do without something. All of that together may take as much work as a few plannings:
//! counted, not timed, so that an explanation is the same on every machine.

use super::{Price, cost_of};
use crate::error::PlanError;
use crate::graph::Graph;
use crate::limit::Limit;
use crate::options::PlanOptions;
use crate::root;
use crate::search::{Search, Steps};
use rustc_hash::FxHashMap;
use weft_query_plan::Operation;
use weft_supergraph::SubgraphId;

/// The work of so many plannings that weigh as many choices as they may.
const PLANNINGS: u64 = 10;
/// What a planning takes at least, in evaluations.
const LEAST: u64 = 100;

/// Plans an operation again and again.
pub(super) struct Replanning<'x, 'g> {
    pub(super) graph: &'x Graph<'g>,
    operation: &'x Operation,
    options: &'x PlanOptions,
    /// How many evaluations it may still take.
    left: u64,
    known: FxHashMap<Limit, Result<Price, PlanError>>,
}

impl<'x, 'g> Replanning<'x, 'g> {
    /// For an operation that was planned with those options.
    pub(super) fn new(
        graph: &'x Graph<'g>,
        operation: &'x Operation,
        options: &'x PlanOptions,
    ) -> Self {
        Self {
            graph,
            operation,
            options,
            left: PLANNINGS * (options.evaluations + LEAST),
            known: FxHashMap::default(),
        }
    }

    /// What the best plan costs that never asks a subgraph.
    pub(super) fn without(&mut self, subgraph: SubgraphId) -> Price {
        let graph = self.graph;
        let price = self.plan(graph, |search| {
            search.set_only_steps(subgraph, Steps::NONE);
        });
        price.unwrap_or_else(|error| {
            Price::NoPlan(match error {
                PlanError::Unreachable { .. } | PlanError::Split { .. } => {
                    "some of what is asked for can be had on no other way".to_owned()
                }
                error => error.to_string(),
            })
        })
    }

    /// What the best plan costs under a limit.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn under(&mut self, limit: Limit) -> Result<Price, PlanError> {
        if let Some(known) = self.known.get(&limit) {
            return known.clone();
        }
        let graph = self.graph.limited(limit.clone());
        let price = self.plan(&graph, |_| {});
        self.known.insert(limit, price.clone());
        price
    }

    fn plan(
        &mut self,
        graph: &Graph<'_>,
        limit: impl FnOnce(&mut Search<'_>),
    ) -> Result<Price, PlanError> {
        if self.left == 0 {
            return Ok(Price::NotPlanned);
        }
        let (mut search, root) = root::search(graph, self.operation, self.options);
        limit(&mut search);
        let plan = root::plan_with(&mut search, root, self.operation, self.options);
        // Taking a kilobyte is about as much work as an evaluation.
        let work = search.evaluations + search.memory.kilobytes() + LEAST;
        self.left = self.left.saturating_sub(work);
        plan.map(|plan| Price::Plan(cost_of(&plan)))
    }
}
