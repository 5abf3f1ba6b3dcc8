//! Why a plan is as it is: what each fetch gives that others cannot, what the alternatives to each fetch and to each subgraph cost,
//! and whether the plan is proven to be the best.

mod alternatives;
mod bound;
mod reason;
mod replanning;

pub use alternatives::Alternative;

use crate::error::PlanError;
use crate::graph::Graph;
use crate::options::PlanOptions;
use crate::root;
use alternatives::alternatives;
use apollo_compiler::ast::OperationType;
use bound::{bound, steps_of};
use reason::reason;
use replanning::Replanning;
use weft_query_plan::{Operation, QueryPlan};

/// What a plan costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanCost {
    /// Dependent steps.
    pub steps: usize,
    /// Requests.
    pub requests: usize,
}

/// What it costs to do something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Price {
    /// The best plan that does so costs this.
    Plan(PlanCost),
    /// There is no such plan, for a reason.
    NoPlan(String),
    /// It was not planned: those before took as much work as an explanation may take.
    NotPlanned,
}

/// A plan with its reasons.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The plan.
    pub plan: QueryPlan,
    /// What it costs.
    pub cost: PlanCost,
    /// No plan costs less than this.
    pub bound: PlanCost,
    /// For each fetch, why it is there.
    pub reasons: Vec<String>,
    /// For each fetch, from where else its fields could be had.
    pub alternatives: Vec<Vec<Alternative>>,
    /// For each subgraph of the plan, what the best plan without it costs.
    pub without: Vec<(String, Price)>,
}

impl Explanation {
    /// Whether no plan is better.
    pub fn is_proven(&self) -> bool {
        self.cost == self.bound
    }

    /// Whether something was not planned because that would be too much work.
    pub fn is_cut_short(&self) -> bool {
        let alternatives = self.alternatives.iter().flatten();
        let without = self.without.iter().map(|(_, price)| price);
        let mut prices = alternatives.map(|one| &one.price).chain(without);
        prices.any(|price| *price == Price::NotPlanned)
    }
}

/// Plans an operation, and says why the plan is as it is.
pub(crate) fn explain(
    graph: &Graph<'_>,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<Explanation, PlanError> {
    root::or_at_once(operation, options, |options| {
        let (mut search, root) = root::search(graph, operation, options);
        let plan = root::plan_with(&mut search, root, operation, options)?;
        let mut replanning = Replanning::new(graph, operation, options);
        let mut without = Vec::new();
        for &subgraph in steps_of(&plan).keys() {
            let name = graph.subgraph(subgraph).name.clone();
            without.push((name, replanning.without(subgraph)));
        }
        let cost = cost_of(&plan);
        let bound = match operation.operation().operation_type {
            OperationType::Query => bound(&mut search, root, &plan),
            _ => bound_of_series(cost, &without),
        };
        let fetches = plan.fetches.iter();
        Ok(Explanation {
            reasons: fetches.map(|fetch| reason(graph, fetch)).collect(),
            alternatives: alternatives(&mut replanning, &plan),
            plan,
            cost,
            bound,
            without,
        })
    })
}

/// What no plan of root fields one after the other can cost less than: a request to each subgraph that cannot be done without.
fn bound_of_series(cost: PlanCost, without: &[(String, Price)]) -> PlanCost {
    let is_needed = |price: &Price| match price {
        Price::Plan(other) => other.steps > cost.steps,
        Price::NoPlan(_) => true,
        Price::NotPlanned => false,
    };
    let needed = without.iter().filter(|(_, price)| is_needed(price));
    PlanCost {
        steps: cost.steps,
        requests: needed.count().max(cost.steps),
    }
}

fn cost_of(plan: &QueryPlan) -> PlanCost {
    PlanCost {
        steps: plan.steps().len(),
        requests: plan.fetches.len(),
    }
}
