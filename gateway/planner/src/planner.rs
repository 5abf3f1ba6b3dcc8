//! A supergraph that is ready to plan on: what all its plans share is prepared once.

use crate::check::{Facts, Model, check_soundness};
use crate::error::PlanError;
use crate::explain::{Explanation, explain};
use crate::graph::Graph;
use crate::options::PlanOptions;
use crate::root;
use crate::tables::Tables;
use std::ops::Deref;
use std::sync::OnceLock;
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// Plans operations on one supergraph, from any number of threads. `S` is how it holds the supergraph: borrowed, or in an
/// [`Arc`](std::sync::Arc).
#[derive(Debug)]
pub struct Planner<S> {
    supergraph: S,
    tables: Tables,
    /// For the proof of plans, once one is asked for.
    facts: OnceLock<Facts>,
}

impl<S: Deref<Target = Supergraph>> Planner<S> {
    /// Prepares what all plans share.
    pub fn new(supergraph: S) -> Self {
        let tables = Tables::new(&supergraph);
        Self {
            supergraph,
            tables,
            facts: OnceLock::new(),
        }
    }

    /// The supergraph.
    pub fn supergraph(&self) -> &S {
        &self.supergraph
    }

    /// Plans an operation.
    ///
    /// # Errors
    /// [`PlanError`] when the graph has no way to something that the operation asks for, when the operation is larger than the
    /// planner's budget, or when planning was stopped.
    pub fn plan(
        &self,
        operation: &Operation,
        options: &PlanOptions,
    ) -> Result<QueryPlan, PlanError> {
        let plan = root::plan(&self.graph(options), operation, options)?;
        self.prove(operation, &plan, options)?;
        Ok(plan)
    }

    /// Plans an operation, and says why the plan is as it is.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub fn explain(
        &self,
        operation: &Operation,
        options: &PlanOptions,
    ) -> Result<Explanation, PlanError> {
        let explanation = explain(&self.graph(options), operation, options)?;
        self.prove(operation, &explanation.plan, options)?;
        Ok(explanation)
    }

    /// Proves a plan, where the options ask for it.
    fn prove(
        &self,
        operation: &Operation,
        plan: &QueryPlan,
        options: &PlanOptions,
    ) -> Result<(), PlanError> {
        if !options.check {
            return Ok(());
        }
        let facts = self.facts.get_or_init(|| Facts::new(&self.supergraph));
        let model = Model::new(&self.supergraph, facts, &options.override_labels);
        let problems = check_soundness(&model, operation, plan);
        match problems.is_empty() {
            true => Ok(()),
            false => Err(PlanError::Unsound { problems }),
        }
    }

    fn graph(&self, options: &PlanOptions) -> Graph<'_> {
        Graph::new(&self.supergraph, &self.tables, &options.override_labels)
    }
}
