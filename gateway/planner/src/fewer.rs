//! A plan in, one with fewer requests out. The search decides place by place and cannot see that one request serves many places.
//!
//! Each request of the plan is left out in turn, those with the fewest calls first, and stays out where all can still be there in as
//! many steps. None of those that are left can be missed, so all cost the same to the search that then plans with them alone, for the
//! fewest calls.

use crate::build::Built;
use crate::error::PlanError;
use crate::schedule::schedule;
use crate::search::{Level, Search, Steps};
use crate::selection::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use weft_supergraph::SubgraphId;

/// A request: all calls to a subgraph in a step.
type Request = (SubgraphId, Level);

/// Limits a search to requests of a plan of which none can be left out. False where there is nothing to choose: each field can be had from one
/// subgraph only, and none is asked for entities twice.
///
/// # Errors
/// [`PlanError::Stopped`] when planning was stopped.
pub(crate) fn keep_needed_requests(
    search: &mut Search<'_>,
    root: NodeId,
    built: &Built,
    levels: &[Level],
) -> Result<bool, PlanError> {
    let steps = levels.iter().copied().max().unwrap_or(0);
    if steps > Steps::LAST {
        return Ok(false);
    }
    let requests = requests(built, levels);
    if !search.has_chosen && !asks_again(&requests) {
        return Ok(false);
    }
    let mut needed = vec![Steps::NONE; search.graph.subgraph_ids().count()];
    for &(subgraph, level) in &requests {
        needed[subgraph.index()].insert(level);
    }
    let apart = left_apart(search, built, &requests);
    for &(subgraph, level) in requests.iter().filter(|request| !apart.contains(request)) {
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
fn left_apart(search: &Search<'_>, built: &Built, requests: &[Request]) -> Vec<Request> {
    if !search.effort.reuses_entities {
        return Vec::new();
    }
    let joined = self::requests(built, &schedule(built, search, false));
    let is_apart = |request: &&Request| !joined.contains(request);
    requests.iter().filter(is_apart).copied().collect()
}

/// Whether a subgraph is asked in two steps after the first.
fn asks_again(requests: &[Request]) -> bool {
    let mut later = requests.iter().filter(|(_, level)| *level > 1);
    let mut seen = FxHashSet::default();
    later.any(|(subgraph, _)| !seen.insert(subgraph))
}

/// The requests of a plan, those with the fewest calls first, and the later ones of those.
fn requests(built: &Built, levels: &[Level]) -> Vec<Request> {
    let mut calls: FxHashMap<Request, usize> = FxHashMap::default();
    for (group, &level) in built.groups.iter().zip(levels) {
        *calls.entry((group.subgraph, level)).or_default() += 1;
    }
    let mut requests: Vec<(usize, Reverse<Level>, SubgraphId)> = calls
        .into_iter()
        .map(|((subgraph, level), calls)| (calls, Reverse(level), subgraph))
        .collect();
    requests.sort_unstable();
    requests
        .into_iter()
        .map(|(_, Reverse(level), subgraph)| (subgraph, level))
        .collect()
}
