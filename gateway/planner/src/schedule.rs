//! Which groups go out in which step: as soon as their inputs are there, or later where that saves a request.
//!
//! Where entities are reused, a request that is alone in the last step is not joined where all that it asks may be known from the
//! earlier one: at worst that costs one request, at best it saves the last step.

use crate::build::{Built, Group, GroupId, GroupKind, Trees};
use crate::search::{Level, Search};
use crate::selection::BoundValue;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use weft_supergraph::SubgraphId;

/// Steps, requests, calls: what makes one plan better than another.
pub(crate) type Cost = (Level, usize, usize);

/// A request: all calls to a subgraph in a step.
pub(crate) type Request = (SubgraphId, Level);

/// What was built, with the step of each group, from 1.
pub(crate) struct Scheduled {
    pub(crate) built: Built,
    pub(crate) levels: Vec<Level>,
}

impl Scheduled {
    /// Each group in a step in which the search may ask its subgraph.
    pub(crate) fn new(built: Built, search: &Search<'_>) -> Self {
        let levels = schedule(&built, search, search.effort.reuses_entities);
        Self { built, levels }
    }

    /// The same where nothing is left apart because entities are reused.
    pub(crate) fn joined_levels(&self, search: &Search<'_>) -> Vec<Level> {
        schedule(&self.built, search, false)
    }

    /// What it costs.
    pub(crate) fn cost(&self) -> Cost {
        (self.steps(), self.calls().len(), self.built.groups.len())
    }

    /// How many dependent steps there are.
    pub(crate) fn steps(&self) -> Level {
        self.levels.iter().copied().max().unwrap_or(0)
    }

    /// The requests, each with how many calls it has.
    pub(crate) fn calls(&self) -> FxHashMap<Request, usize> {
        self.calls_at(&self.levels)
    }

    /// The same if the groups were in other steps.
    pub(crate) fn calls_at(&self, levels: &[Level]) -> FxHashMap<Request, usize> {
        let mut calls = FxHashMap::default();
        for (group, &level) in self.built.groups.iter().zip(levels) {
            *calls.entry((group.subgraph, level)).or_default() += 1;
        }
        calls
    }

    /// The step after which each value from a context is there.
    pub(crate) fn value_levels(&self) -> FxHashMap<BoundValue, Level> {
        let level =
            |groups: &BTreeSet<GroupId>| groups.iter().map(|group| self.levels[group.0]).max();
        let all = self.built.values.iter();
        all.map(|(&value, groups)| (value, level(groups).unwrap_or(0)))
            .collect()
    }
}

fn schedule(built: &Built, search: &Search<'_>, reuses_entities: bool) -> Vec<Level> {
    let groups = &built.groups;
    let mut levels = vec![0; groups.len()];
    for index in 0..groups.len() {
        earliest(groups, index, search, &mut levels);
    }
    join_later_requests(built, reuses_entities, &mut levels);
    levels
}

fn earliest(groups: &[Group], index: usize, search: &Search<'_>, levels: &mut Vec<Level>) -> Level {
    if levels[index] == 0 {
        let before = groups[index].depends_on.iter();
        let after = before
            .map(|&GroupId(dependency)| earliest(groups, dependency, search, levels))
            .max();
        let soonest = after.unwrap_or(0) + 1;
        let allowed = search.step_from(groups[index].subgraph, soonest);
        levels[index] = allowed.unwrap_or(soonest);
    }
    levels[index]
}

/// Moves the calls of a request that nothing waits for into a later request to the same subgraph.
fn join_later_requests(built: &Built, reuses_entities: bool, levels: &mut [Level]) {
    let awaited: FxHashSet<GroupId> = built
        .groups
        .iter()
        .flat_map(|group| group.depends_on.iter().copied())
        .collect();
    for ((subgraph, parts), mut steps) in request_steps(&built.groups, levels) {
        // From the last one back: what a request will hold is known before others may join it.
        let Some(mut later) = steps.pop_last() else {
            continue;
        };
        for &step in steps.iter().rev() {
            let mut calls = calls_at(&built.groups, levels, subgraph, step);
            calls.retain(|&index| built.groups[index].deferred() == parts);
            let is_free = calls
                .iter()
                .all(|&index| !awaited.contains(&GroupId(index)));
            let is_apart =
                reuses_entities && may_save_a_step(built, levels, &calls, subgraph, later);
            if is_free && !is_apart {
                calls.into_iter().for_each(|index| levels[index] = later);
            } else {
                later = step;
            }
        }
    }
}

/// A subgraph, and the deferred parts that it is asked for.
type RequestKind = (SubgraphId, Vec<usize>);

/// The steps in which each subgraph is asked for entities.
fn request_steps(groups: &[Group], levels: &[Level]) -> FxHashMap<RequestKind, BTreeSet<Level>> {
    let mut requests: FxHashMap<RequestKind, BTreeSet<Level>> = FxHashMap::default();
    for (group, &level) in groups.iter().zip(levels) {
        if group.kind == GroupKind::Entities {
            let kind = (group.subgraph, group.deferred());
            requests.entry(kind).or_default().insert(level);
        }
    }
    requests
}

fn calls_at(groups: &[Group], levels: &[Level], subgraph: SubgraphId, step: Level) -> Vec<usize> {
    let is_there = |&index: &usize| {
        let group = &groups[index];
        group.subgraph == subgraph && levels[index] == step && group.kind == GroupKind::Entities
    };
    (0..groups.len()).filter(is_there).collect()
}

/// Whether the later request is alone in the last step, and may find all that it asks among what `calls` bring.
fn may_save_a_step(
    built: &Built,
    levels: &[Level],
    calls: &[usize],
    subgraph: SubgraphId,
    later: Level,
) -> bool {
    let mut groups = levels.iter().zip(&built.groups);
    groups.all(|(&level, group)| level < later || group.subgraph == subgraph)
        && may_answer(
            built,
            calls,
            &calls_at(&built.groups, levels, subgraph, later),
        )
}

/// Whether each of the later groups may find all that it asks in what an earlier one brings.
fn may_answer(built: &Built, earlier: &[usize], later: &[usize]) -> bool {
    later.iter().all(|&later| {
        let mut earlier = earlier.iter();
        earlier
            .any(|&earlier| is_covered(&built.trees, &built.groups[earlier], &built.groups[later]))
    })
}

/// Whether `wide` asks the same leaves of the same entities, by the same inputs.
fn is_covered(trees: &Trees, wide: &Group, narrow: &Group) -> bool {
    let ([wide_input], [narrow_input]) = (&*wide.inputs, &*narrow.inputs) else {
        return false;
    };
    wide.contexts.is_empty()
        && narrow.contexts.is_empty()
        && wide_input.key_type == narrow_input.key_type
        && narrow_input.types.is_subset(&wide_input.types)
        && !wide_input.is_renamed
        && !narrow_input.is_renamed
        && narrow_input
            .items
            .iter()
            .all(|item| wide_input.items.contains(item))
        && trees.get(narrow.tree).items.iter().all(|wanted| {
            let mut offered = trees.get(wide.tree).items.iter();
            wanted.child.is_none()
                && wanted.conditions.is_always()
                && offered.any(|offered| {
                    offered.field == wanted.field
                        && offered.conditions.is_always()
                        && wanted.types.is_subset(&offered.types)
                })
        })
}
