//! A plan in, one with fewer requests out. The search decides place by place and cannot see that one request serves many places.
//!
//! Each request of the plan is left out in turn, those with the fewest calls first, and stays out where all can still be there in as
//! many steps. None of those that are left can be missed, so all cost the same to the search that then plans with them alone, for the
//! fewest calls.

use crate::build::Built;
use crate::error::PlanError;
use crate::memory::Memory;
use crate::search::{Level, Search, Steps};
use crate::selection::NodeId;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use weft_supergraph::SubgraphId;

/// A request: all calls to a subgraph in a step.
type Request = (SubgraphId, Level);

/// Limits a search to requests of a plan of which none can be left out. False where the plan has more steps than can be told apart.
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
    let mut needed = vec![Steps::NONE; search.graph.subgraph_ids().count()];
    for &(subgraph, level) in &requests {
        needed[subgraph.index()].insert(level);
    }
    let memory = search.memory.clone();
    for &(subgraph, level) in &requests {
        let mut fewer = needed.clone();
        fewer[subgraph.index()].remove(level);
        search.set_steps(Some(fewer.clone()));
        if is_enough(search, root, &memory)? {
            needed = fewer;
        }
    }
    search.set_steps(Some(needed));
    search.set_prices(requests.into_iter().map(|request| (request, 0)).collect());
    Ok(true)
}

/// Whether all can be there with the requests that the search may make. What it remembers is then forgotten.
fn is_enough(search: &mut Search<'_>, root: NodeId, memory: &Memory) -> Result<bool, PlanError> {
    let is_enough = search.earliest(root, &[]).is_some();
    if search.memory.is_stopped() {
        return Err(PlanError::Stopped);
    }
    let has_room = !search.memory.is_exceeded();
    search.memory = memory.clone();
    Ok(is_enough && has_room)
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
