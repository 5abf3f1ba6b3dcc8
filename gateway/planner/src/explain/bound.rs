//! What no plan can do with less: dependent steps exactly, requests as far as a limited number of looks shows.

use super::{PlanCost, cost_of};
use crate::search::{Level, Search, Steps};
use crate::selection::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::QueryPlan;
use weft_supergraph::SubgraphId;

/// In plans of up to so many steps, all sets of steps are tried.
const MOST_STEPS: usize = 10;

/// How many sets of requests are tried.
const MOST_SETS: usize = 2_000;

/// A bound for all plans of a query; its requests are those of plans with the fewest steps.
pub(super) fn bound(search: &mut Search<'_>, root: NodeId, plan: &QueryPlan) -> PlanCost {
    let cost = cost_of(plan);
    search.set_steps(None);
    search.assume_values();
    let mut soonest = search.earliest(root, &[]);
    if search.assume_soonest_values() {
        soonest = search.earliest(root, &[]);
    }
    let soonest = soonest.map_or(0, |level| level as usize);
    let mut bound = Bound {
        fewest: vec![0; search.graph.subgraph_ids().count()],
        steps: cost.steps,
        sets: 0,
        search,
        root,
    };
    for (subgraph, asked) in steps_of(plan) {
        bound.fewest[subgraph.index()] = bound.fewest_requests(subgraph, asked);
    }
    // Every step has a request, and no request goes to two subgraphs.
    let steps = soonest.min(cost.steps);
    let mut requests = bound.fewest.iter().sum::<usize>().max(steps);
    if steps == cost.steps {
        while requests < cost.requests && bound.needs_more_than(requests) {
            requests += 1;
        }
    }
    PlanCost { steps, requests }
}

/// In how many steps a plan asks each subgraph.
pub(super) fn steps_of(plan: &QueryPlan) -> BTreeMap<SubgraphId, usize> {
    let mut counts = BTreeMap::new();
    for step in plan.steps() {
        let asked: BTreeSet<SubgraphId> = step.iter().map(|&id| plan.fetch(id).subgraph).collect();
        for subgraph in asked {
            *counts.entry(subgraph).or_default() += 1;
        }
    }
    counts
}

/// What is known of plans that have everything after some steps.
struct Bound<'b, 'a> {
    search: &'b mut Search<'a>,
    root: NodeId,
    steps: usize,
    /// In how many steps each subgraph must be asked at least.
    fewest: Vec<usize>,
    /// How many sets of requests were tried.
    sets: usize,
}

impl Bound<'_, '_> {
    /// In how many steps a subgraph must be asked at least: the smallest set of steps that is enough, whatever the other subgraphs do.
    /// A plan asks it in `asked` steps.
    fn fewest_requests(&mut self, subgraph: SubgraphId, asked: usize) -> usize {
        let mut all = vec![Steps::ALL; self.fewest.len()];
        if self.steps > MOST_STEPS {
            all[subgraph.index()] = Steps::NONE;
            return usize::from(!self.is_enough(&all));
        }
        let enough = (0..asked).find(|&count| {
            self.sets_of(count).any(|set| {
                all[subgraph.index()] = set;
                self.is_enough(&all)
            })
        });
        enough.unwrap_or(asked)
    }

    /// Whether no set of so many requests is enough; false where there are too many of them to tell.
    fn needs_more_than(&mut self, requests: usize) -> bool {
        let mut chosen = vec![Steps::NONE; self.fewest.len()];
        self.steps <= MOST_STEPS && self.none_is_enough(0, requests, &mut chosen)
    }

    /// Whether no way to spread the requests that are left over the subgraphs from `position` on is enough.
    fn none_is_enough(&mut self, position: usize, left: usize, chosen: &mut Vec<Steps>) -> bool {
        if position == chosen.len() {
            self.sets += 1;
            return left > 0 || self.sets <= MOST_SETS && !self.is_enough(chosen);
        }
        let for_others: usize = self.fewest[position + 1..].iter().sum();
        let most = left.saturating_sub(for_others).min(self.steps);
        (self.fewest[position]..=most).all(|count| {
            self.sets_of(count).all(|set| {
                chosen[position] = set;
                self.none_is_enough(position + 1, left - count, chosen)
            })
        })
    }

    /// All sets of so many steps.
    fn sets_of(&self, count: usize) -> impl Iterator<Item = Steps> + use<> {
        let sets = 0..1u64 << self.steps;
        let sets = sets.filter(move |set| set.count_ones() as usize == count);
        sets.map(|set| Steps(set << 1))
    }

    /// Whether all can be there in time when each subgraph is asked in some steps only, or perhaps.
    fn is_enough(&mut self, steps: &[Steps]) -> bool {
        let enough = self.search.is_enough(steps, self.root, self.steps as Level);
        enough.unwrap_or(true)
    }
}
