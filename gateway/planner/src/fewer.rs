//! A plan in, one with fewer requests out. The search decides place by place and cannot see that one request serves many places.
//!
//! Each request of the plan is left out in turn, those with the fewest calls first, and stays out where all can still be there in as
//! many steps. None of those that are left can be missed, so all cost the same to the search that then plans with them alone, for the
//! fewest calls.

use crate::error::PlanError;
use crate::schedule::{Request, Scheduled};
use crate::search::{Level, Search, Steps};
use crate::selection::NodeId;
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use weft_supergraph::SubgraphId;

/// Limits a search to requests of a plan of which none can be left out. False where there is nothing to choose (each field can be had from
/// one subgraph only, and none is asked for entities twice), and for plans with more steps than [`Steps::LAST`].
///
/// # Errors
/// [`PlanError::Stopped`] when planning was stopped.
pub(crate) fn keep_needed_requests(
    search: &mut Search<'_>,
    root: NodeId,
    scheduled: &Scheduled,
) -> Result<bool, PlanError> {
    let steps = scheduled.steps();
    if steps > Steps::LAST {
        return Ok(false);
    }
    let requests = requests(scheduled);
    // Every step has a request.
    let may_be_fewer =
        requests.len() > steps as usize && (search.has_chosen || asks_again(&requests));
    if !search.has_chosen && !may_be_fewer {
        return Ok(false);
    }
    let mut needed = vec![Steps::NONE; search.graph.subgraph_ids().count()];
    for &(subgraph, level) in &requests {
        needed[subgraph.index()].insert(level);
    }
    let apart = left_apart(search, scheduled);
    let candidates = requests
        .iter()
        .filter(|request| may_be_fewer && !apart.contains(request));
    for &(subgraph, level) in candidates {
        let mut fewer = needed.clone();
        fewer[subgraph.index()].remove(level);
        if search.is_enough(&fewer, root, steps) == Some(true) {
            needed = fewer;
        }
        if search.memory.is_stopped() {
            return Err(PlanError::Stopped);
        }
    }
    search.set_steps(Some(needed));
    search.set_prices(requests.into_iter().map(|request| (request, 0)).collect());
    Ok(true)
}

/// The requests that are there because they may save the last step.
fn left_apart(search: &Search<'_>, scheduled: &Scheduled) -> FxHashSet<Request> {
    if !search.effort.reuses_entities {
        return FxHashSet::default();
    }
    let joined = scheduled.calls_at(&scheduled.joined_levels(search));
    let mut apart: FxHashSet<Request> = scheduled.calls().into_keys().collect();
    apart.retain(|request| !joined.contains_key(request));
    apart
}

/// Whether a subgraph is asked in two steps after the first.
fn asks_again(requests: &[Request]) -> bool {
    let mut later = requests.iter().filter(|(_, level)| *level > 1);
    let mut seen = FxHashSet::default();
    later.any(|(subgraph, _)| !seen.insert(subgraph))
}

/// The requests of a plan, those with the fewest calls first, and the later ones of those.
fn requests(scheduled: &Scheduled) -> Vec<Request> {
    let calls = scheduled.calls().into_iter();
    let mut requests: Vec<(usize, Reverse<Level>, SubgraphId)> = calls
        .map(|((subgraph, level), calls)| (calls, Reverse(level), subgraph))
        .collect();
    requests.sort_unstable();
    let requests = requests.into_iter();
    requests
        .map(|(_, Reverse(level), subgraph)| (subgraph, level))
        .collect()
}
