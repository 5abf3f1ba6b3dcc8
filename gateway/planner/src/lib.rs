//! The planner: a supergraph and a client's operation in, the best query plan out.
//!
//! What it does, in order: `normalise` the operation; find the least number of dependent steps (`search/earliest`) and the cheapest
//! entries under it (`search/solve`); `build` groups of selections; `schedule` them; `write` and `assemble` the requests.

mod assemble;
mod build;
mod check;
mod context;
mod error;
mod explain;
mod field_set;
mod graph;
mod normalise;
mod options;
mod root;
mod schedule;
mod search;
mod selection;
mod type_set;
mod write;

pub use check::check;
pub use error::PlanError;
pub use explain::{Explanation, PlanCost, explain};
pub use options::PlanOptions;

use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// Plans an operation.
///
/// # Errors
/// [`PlanError`] when the graph has no way to something that the operation asks for, or when the operation is larger than the
/// planner's budget.
pub fn plan(
    supergraph: &Supergraph,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    root::plan(supergraph, operation, options)
}
