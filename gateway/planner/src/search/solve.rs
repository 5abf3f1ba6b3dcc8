//! The cheapest set of subgraphs to enter at a place, under a deadline.

use super::candidates::Candidates;
use super::{Frame, Handle, Level, Search};
use crate::selection::NodeId;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use weft_supergraph::SubgraphId;

/// What a request costs that no price was set for.
pub(super) const REQUEST: u64 = 1000;
/// What an entity call costs on top, so that fewer are better at equal requests.
pub(super) const CALL: u64 = 20;
/// What one step counts for one leaf, so that averages over classes are whole numbers, or nearly.
pub(super) const WAIT: u64 = 60;

/// What to do at a node where some handles are given.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    /// The subgraphs that may be entered.
    pub(crate) entered: Vec<SubgraphId>,
    /// Who answers each leaf, by class and position of the need.
    pub(crate) leaves: FxHashMap<(usize, usize), Supplier>,
    /// What all entries at the place and below cost.
    pub(crate) price: u64,
    /// The steps in which what the client asks for is there, added up: of two that cost the same, the one that leaves less to later
    /// requests sends them less, and loses less when they fail.
    pub(crate) waits: u64,
    /// Which of the given handles are used, as bits.
    pub(crate) used: u64,
}

impl Solution {
    fn cost(&self) -> (u64, u64) {
        (self.price, self.waits)
    }
}

/// Who answers a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supplier {
    /// A given handle.
    Given(usize),
    /// An entry into that subgraph.
    Entered(SubgraphId),
    /// An entry that carries what the field requires, in that step.
    Required(SubgraphId, Level),
}

impl Search<'_> {
    /// The best choice that has everything by `deadline`.
    pub(crate) fn solve(
        &mut self,
        node: NodeId,
        handles: &[Handle],
        deadline: Level,
    ) -> Option<Rc<Solution>> {
        let key = (node, handles.to_vec(), deadline);
        if let Some(known) = self.solved.get(&key) {
            return known.clone();
        }
        if !self.memory.take::<Solution>(1) || !self.memory.take::<Handle>(handles.len()) {
            return None;
        }
        self.solved.insert(key.clone(), None);
        let solution = self
            .closed_by_one(node, handles)
            .or_else(|| self.choose(node, handles, deadline));
        let solution = solution.map(Rc::new);
        self.solved.insert(key, solution.clone());
        solution
    }

    /// A node that one handle answers alone needs no search.
    fn closed_by_one(&mut self, node: NodeId, handles: &[Handle]) -> Option<Solution> {
        let index = handles
            .iter()
            .position(|handle| self.is_closed(node, handle))?;
        let frame = self.frame(node, handles);
        let waits = self
            .leaf_count(node)
            .saturating_mul(u64::from(handles[index].level) * WAIT);
        let mut leaves = FxHashMap::default();
        for (class_index, class) in frame.classes.iter().enumerate() {
            for &need in &class.needs {
                leaves.insert((class_index, need), Supplier::Given(index));
            }
        }
        Some(Solution {
            entered: Vec::new(),
            leaves,
            price: 0,
            waits,
            used: 1 << index.min(63),
        })
    }

    /// How many leaves a client asks for from a node on.
    fn leaf_count(&mut self, node: NodeId) -> u64 {
        if let Some(&known) = self.leaf_counts.get(&node) {
            return known;
        }
        let mut count: u64 = 0;
        for position in 0..self.selections.node(node).needs.len() {
            let need = &self.selections.node(node).needs[position];
            let (is_input, child) = (need.response_key.is_none(), need.child);
            let below = child.map_or(1, |child| self.leaf_count(child));
            count = count.saturating_add(if is_input { 0 } else { below });
        }
        self.leaf_counts.insert(node, count);
        count
    }

    fn choose(&mut self, node: NodeId, handles: &[Handle], deadline: Level) -> Option<Solution> {
        let frame = self.frame(node, handles);
        let candidates = self.candidates(&frame, handles, deadline);
        let Candidates { forced, free, .. } = &candidates;
        self.has_chosen |= !free.is_empty();
        if self.evaluations >= self.effort.evaluations && !free.is_empty() {
            return self.evaluate(&frame, handles, &union(forced, free), deadline, u64::MAX);
        }
        if free.len() <= self.effort.exhaustive {
            self.choose_among_all(&frame, handles, &candidates, deadline)
        } else {
            self.choose_by_removal(&frame, handles, &candidates, deadline)
        }
    }

    fn choose_among_all(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        candidates: &Candidates,
        deadline: Level,
    ) -> Option<Solution> {
        let Candidates { forced, free, .. } = candidates;
        let mut sets: Vec<u32> = (0..1 << free.len()).collect();
        sets.sort_by_key(|set| set.count_ones());
        let soonest = 1 + handles.iter().map(|handle| handle.level).min().unwrap_or(0);
        let mut best: Option<Solution> = None;
        for set in sets {
            let chosen: Vec<SubgraphId> = free
                .iter()
                .enumerate()
                .filter(|(index, _)| set & (1 << index) != 0)
                .map(|(_, &subgraph)| subgraph)
                .collect();
            if !candidates.can_do_with(&chosen) {
                continue;
            }
            let entered = union(forced, &chosen);
            let least: u64 = entered
                .iter()
                .map(|&subgraph| self.least_price(subgraph) + u64::from(soonest))
                .sum();
            let most = best.as_ref().map_or(u64::MAX, |best| best.price);
            if most <= least {
                continue;
            }
            let solution = self.evaluate(frame, handles, &entered, deadline, most - least);
            best = better(best, solution);
        }
        best
    }

    /// What an entry into the subgraph costs at least. A set in which all are used costs no less than their sum; one in
    /// which not all are used is no better than a smaller one.
    fn least_price(&self, subgraph: SubgraphId) -> u64 {
        self.least_prices.get(&subgraph).copied().unwrap_or(REQUEST) + CALL
    }

    fn choose_by_removal(
        &mut self,
        frame: &Frame,
        handles: &[Handle],
        candidates: &Candidates,
        deadline: Level,
    ) -> Option<Solution> {
        let forced = &candidates.forced;
        let mut free = candidates.free.clone();
        let mut best = self.evaluate(frame, handles, &union(forced, &free), deadline, u64::MAX);
        let mut position = free.len();
        while position > 0 {
            position -= 1;
            let mut fewer = free.clone();
            fewer.remove(position);
            if !candidates.can_do_with(&fewer) {
                continue;
            }
            let solution =
                self.evaluate(frame, handles, &union(forced, &fewer), deadline, u64::MAX);
            if let Some(solution) = solution
                && best
                    .as_ref()
                    .is_none_or(|best| solution.cost() <= best.cost())
            {
                best = Some(solution);
                free = fewer;
            }
        }
        best
    }
}

fn better(best: Option<Solution>, other: Option<Solution>) -> Option<Solution> {
    match (best, other) {
        (Some(best), Some(other)) if other.cost() < best.cost() => Some(other),
        (Some(best), _) => Some(best),
        (None, other) => other,
    }
}

fn union(forced: &[SubgraphId], chosen: &[SubgraphId]) -> Vec<SubgraphId> {
    let mut all = [forced, chosen].concat();
    all.sort();
    all
}
