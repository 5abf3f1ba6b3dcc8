//! Which groups go out in which step: as soon as their inputs are there, or later where that saves a request.

use crate::build::{Group, GroupId, GroupKind};
use rustc_hash::FxHashMap;
use weft_supergraph::SubgraphId;

/// The step of each group, from 1.
pub(crate) fn schedule(groups: &[Group]) -> Vec<u32> {
    let mut levels = vec![0; groups.len()];
    for index in 0..groups.len() {
        earliest(groups, index, &mut levels);
    }
    join_later_requests(groups, &mut levels);
    levels
}

fn earliest(groups: &[Group], index: usize, levels: &mut Vec<u32>) -> u32 {
    if levels[index] == 0 {
        let before = groups[index].depends_on.iter();
        let after = before
            .map(|&GroupId(dependency)| earliest(groups, dependency, levels))
            .max();
        levels[index] = after.unwrap_or(0) + 1;
    }
    levels[index]
}

/// Moves the calls of a request that nothing waits for into a later request to the same subgraph.
fn join_later_requests(groups: &[Group], levels: &mut [u32]) {
    let mut is_awaited = vec![false; groups.len()];
    for group in groups {
        group
            .depends_on
            .iter()
            .for_each(|&GroupId(dependency)| is_awaited[dependency] = true);
    }
    let mut requests: FxHashMap<SubgraphId, Vec<u32>> = FxHashMap::default();
    for (index, group) in groups.iter().enumerate() {
        if group.kind == GroupKind::Entities {
            requests
                .entry(group.subgraph)
                .or_default()
                .push(levels[index]);
        }
    }
    for steps in requests.values_mut() {
        steps.sort_unstable();
        steps.dedup();
    }
    let deepest = levels.iter().copied().max().unwrap_or(0);
    for step in 1..deepest {
        for (&subgraph, steps) in &requests {
            let Some(&later) = steps.iter().find(|&&later| later > step) else {
                continue;
            };
            let calls: Vec<usize> = (0..groups.len())
                .filter(|&index| {
                    let group = &groups[index];
                    group.subgraph == subgraph
                        && levels[index] == step
                        && group.kind == GroupKind::Entities
                })
                .collect();
            if calls.iter().all(|&index| !is_awaited[index]) {
                calls.into_iter().for_each(|index| levels[index] = later);
            }
        }
    }
}
