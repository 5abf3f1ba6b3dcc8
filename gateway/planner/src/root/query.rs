//! Queries: a first plan, others with prices that were learned from it, and one with requests of which none can be left out.

use super::settle::with_contexts;
use crate::build::Builder;
use crate::error::PlanError;
use crate::fewer::keep_needed_requests;
use crate::schedule::{Request, Scheduled};
use crate::search::{Level, Search};
use crate::selection::NodeId;
use apollo_compiler::ast::OperationType;
use rustc_hash::FxHashMap;

/// One in so many of the evaluations are for the first plan: it says what requests there could be, and its choices are made again.
const FIRST_PLAN: u64 = 8;

/// The best plan that is found.
pub(super) fn best_query(
    search: &mut Search<'_>,
    root: NodeId,
    rounds: u32,
) -> Result<Scheduled, PlanError> {
    let evaluations = search.effort.evaluations;
    search.effort.evaluations = evaluations / FIRST_PLAN;
    let mut best = with_contexts(search, |search| query(search, root))?;
    for _ in 0..rounds {
        let is_affordable = 2 * search.evaluations <= search.effort.evaluations;
        if !search.has_chosen || !is_affordable {
            break;
        }
        let prices = prices(&best);
        if prices == search.prices {
            break;
        }
        search.set_prices(prices);
        let other = match query(search, root) {
            Err(error) if search.memory.is_exceeded() => return Err(error),
            // A value from a context is not there when it was expected.
            Err(_) if search.graph.has_contexts() => break,
            found => found?,
        };
        if other.cost() >= best.cost() {
            break;
        }
        best = other;
    }
    search.effort.evaluations = evaluations;
    // Of what is deferred, the parts have requests of their own.
    let is_whole = search.selections.without_deferred(root) == root;
    if is_whole && keep_needed_requests(search, root, &best)? {
        let other = with_contexts(search, |search| query(search, root));
        if search.memory.is_stopped() {
            return Err(PlanError::Stopped);
        }
        best = better(best, other);
    }
    Ok(best)
}

/// The second, where there is one and it costs less.
fn better(best: Scheduled, other: Result<Scheduled, PlanError>) -> Scheduled {
    match other {
        Ok(other) if other.cost() < best.cost() => other,
        _ => best,
    }
}

fn query(search: &mut Search<'_>, root: NodeId) -> Result<Scheduled, PlanError> {
    let first = search.selections.without_deferred(root);
    let deadline = search.earliest(first, &[]);
    let mut builder = Builder::new(search, root, OperationType::Query);
    builder.root(root, deadline.unwrap_or(Level::MAX))?;
    let built = builder.finish()?;
    Ok(Scheduled::new(built, search))
}

/// What a request to each subgraph in each step costs: the less, the more calls share it.
fn prices(scheduled: &Scheduled) -> FxHashMap<Request, u64> {
    let calls = scheduled.calls().into_iter();
    calls
        .map(|(request, calls)| (request, 1000 / calls as u64))
        .collect()
}
