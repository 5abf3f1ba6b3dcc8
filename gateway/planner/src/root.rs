//! The whole of planning for one operation: queries at once, mutations field after field, subscriptions from one source.

use crate::assemble::Assembler;
use crate::build::{Builder, Built, GroupId};
use crate::context::bind_contexts;
use crate::error::PlanError;
use crate::fewer::keep_needed_requests;
use crate::graph::Graph;
use crate::memory::Memory;
use crate::normalise::Normaliser;
use crate::options::PlanOptions;
use crate::schedule::schedule;
use crate::search::{Effort, Level, Search};
use crate::selection::{BoundValue, Need, NodeId, SelectionNode, Selections};
use crate::shared_members::keep_shared_members;
use apollo_compiler::ast::OperationType;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::SubgraphId;

/// With more subgraphs than this to choose from at a place, not every set is looked at.
const EXHAUSTIVE: usize = 6;

/// One in so many of the evaluations are for the first plan: it says what requests there could be, and its choices are made again.
const FIRST_PLAN: u64 = 8;

/// How often a plan is made again because values from contexts come later than it had assumed.
const CONTEXT_ROUNDS: usize = 3;

/// Steps, requests, calls: what makes one plan better than another.
type Cost = (u32, usize, usize);

/// Plans an operation.
pub(crate) fn plan(
    graph: &Graph<'_>,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    or_at_once(operation, options, |options| {
        let (mut search, root) = search(graph, operation, options);
        plan_with(&mut search, root, operation, options)
    })
}

/// Plans with the options, or else without what they allow to come later: a value type's fields can be apart in subgraphs that are only
/// entered above it, and those cannot be asked for twice.
pub(crate) fn or_at_once<T>(
    operation: &Operation,
    options: &PlanOptions,
    plan: impl Fn(&PlanOptions) -> Result<T, PlanError>,
) -> Result<T, PlanError> {
    let may_defer = !operation.deferred().is_empty() && !options.answers_at_once;
    match plan(options) {
        Err(PlanError::Unreachable { .. }) if may_defer => plan(&PlanOptions {
            answers_at_once: true,
            ..options.clone()
        }),
        found => found,
    }
}

/// Plans with a search, which may be limited in what it asks.
pub(crate) fn plan_with(
    search: &mut Search<'_>,
    root: NodeId,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    let found = match operation.operation().operation_type {
        OperationType::Query => best_query(search, root, options.rounds),
        serial => with_contexts(search, |search| {
            let built = one_after_the_other(search, root, serial)?;
            let levels = schedule(&built, search, search.effort.reuses_entities);
            Ok((built, levels))
        }),
    };
    let (built, levels) = match found {
        // What was not looked at for lack of room seemed to be out of reach.
        Err(_) if search.memory.is_exceeded() => return Err(search.memory.error()),
        found => found?,
    };
    Ok(Assembler::new(search, &built, operation).plan(&levels))
}

/// A search for an operation, and the node of its root selection.
pub(crate) fn search<'g>(
    graph: &'g Graph<'g>,
    operation: &Operation,
    options: &PlanOptions,
) -> (Search<'g>, NodeId) {
    let mut selections = Selections::default();
    let defers = !options.answers_at_once;
    let root = Normaliser::new(graph, operation.document(), &mut selections, defers)
        .root(&operation.operation().selection_set);
    let root = without_introspection(&mut selections, root);
    let root = keep_shared_members(graph, &mut selections, root);
    let is_query = operation.operation().operation_type == OperationType::Query;
    let root = bind_contexts(graph, &mut selections, root, is_query);
    let effort = Effort {
        evaluations: options.evaluations,
        exhaustive: EXHAUSTIVE,
        reuses_entities: options.reuses_entities,
    };
    let memory = Memory::new(options.memory, options.stop.clone());
    (Search::new(graph, selections, effort, memory), root)
}

/// Leaves out what the server answers itself.
fn without_introspection(selections: &mut Selections, root: NodeId) -> NodeId {
    let needs = selections.node(root).needs.iter();
    let needs = needs.filter(|need| !selections.field(need.field).name.starts_with("__"));
    let needs: Vec<Rc<Need>> = needs.cloned().collect();
    let node = selections.node(root).clone();
    selections.intern(SelectionNode { needs, ..node })
}

/// What was built, and the step of each group.
type Scheduled = (Built, Vec<Level>);

fn best_query(search: &mut Search<'_>, root: NodeId, rounds: u32) -> Result<Scheduled, PlanError> {
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
        if cost(&other) >= cost(&best) {
            break;
        }
        best = other;
    }
    search.effort.evaluations = evaluations;
    // Of what is deferred, the parts have requests of their own.
    let is_whole = search.selections.without_deferred(root) == root;
    if is_whole && keep_needed_requests(search, root, &best.0, &best.1)? {
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
        Ok(other) if cost(&other) < cost(&best) => other,
        _ => best,
    }
}

/// Plans until the steps in which values from contexts are there are those that the search assumed; the best plan on the way.
fn with_contexts(
    search: &mut Search<'_>,
    mut plan: impl FnMut(&mut Search<'_>) -> Result<Scheduled, PlanError>,
) -> Result<Scheduled, PlanError> {
    search.wait_for_values(false);
    let mut best = settle(search, &mut plan)?;
    if search.wait_for_values(true) {
        // What waits comes later: that must save a step or a request.
        let requests = |scheduled: &Scheduled| {
            let (steps, requests, _) = cost(scheduled);
            (steps, requests)
        };
        match plan(search) {
            Err(error) if search.memory.is_exceeded() => return Err(error),
            Ok(other) if requests(&other) < requests(&best) => best = other,
            _ => _ = search.wait_for_values(false),
        }
    }
    Ok(best)
}

/// The same, while calls leave as soon as they can: none waits for a value that fields below what it enters take.
fn settle(
    search: &mut Search<'_>,
    plan: &mut impl FnMut(&mut Search<'_>) -> Result<Scheduled, PlanError>,
) -> Result<Scheduled, PlanError> {
    let mut best = plan(search)?;
    let mut context_levels = levels_of(&best);
    for _ in 0..CONTEXT_ROUNDS {
        if !search.set_context_levels(context_levels) {
            break;
        }
        let other = match plan(search) {
            Err(error) if search.memory.is_exceeded() => return Err(error),
            // A value is not there when it was expected: nothing may count on that.
            Err(_) if search.keep_values_apart() => {
                context_levels = levels_of(&best);
                continue;
            }
            found => found?,
        };
        context_levels = levels_of(&other);
        if cost(&other) <= cost(&best) {
            best = other;
        }
    }
    Ok(best)
}

/// The step after which each value is there.
fn levels_of((built, levels): &Scheduled) -> FxHashMap<BoundValue, Level> {
    let level = |groups: &BTreeSet<GroupId>| groups.iter().map(|group| levels[group.0]).max();
    let all = built.values.iter();
    all.map(|(&value, groups)| (value, level(groups).unwrap_or(0)))
        .collect()
}

fn query(search: &mut Search<'_>, root: NodeId) -> Result<Scheduled, PlanError> {
    let first = search.selections.without_deferred(root);
    let deadline = search.earliest(first, &[]);
    let mut builder = Builder::new(search, root, OperationType::Query);
    builder.root(root, deadline.unwrap_or(Level::MAX))?;
    let built = builder.finish()?;
    let levels = schedule(&built, search, search.effort.reuses_entities);
    Ok((built, levels))
}

/// What a request to each subgraph in each step costs: the less, the more calls share it.
fn prices((built, levels): &Scheduled) -> FxHashMap<(SubgraphId, Level), u64> {
    let mut calls: FxHashMap<(SubgraphId, Level), u64> = FxHashMap::default();
    for (group, &level) in built.groups.iter().zip(levels) {
        *calls.entry((group.subgraph, level)).or_default() += 1;
    }
    calls
        .into_iter()
        .map(|(request, count)| (request, 1000 / count))
        .collect()
}

fn cost((built, levels): &Scheduled) -> Cost {
    let mut requests: Vec<(SubgraphId, u32)> = built
        .groups
        .iter()
        .zip(levels)
        .map(|(group, &level)| (group.subgraph, level))
        .collect();
    requests.sort_unstable();
    requests.dedup();
    (
        levels.iter().copied().max().unwrap_or(0),
        requests.len(),
        built.groups.len(),
    )
}

/// Root fields in their order, each by one subgraph; neighbours that one subgraph answers go in one request.
fn one_after_the_other(
    search: &mut Search<'_>,
    root: NodeId,
    operation_type: OperationType,
) -> Result<Built, PlanError> {
    let mut parts: Vec<(SubgraphId, Vec<Rc<Need>>)> = Vec::new();
    for need in search.selections.node(root).needs.clone() {
        let alone = search
            .selections
            .intern(SelectionNode::of(vec![need.clone()]));
        let alone = search.selections.without_deferred(alone);
        let before = parts.last().map(|(subgraph, _)| *subgraph);
        let subgraph = only_root(search, alone, before);
        match (parts.last_mut(), subgraph) {
            (Some((last, needs)), Some(subgraph)) if *last == subgraph => needs.push(need),
            (_, subgraph) => parts.push((subgraph.unwrap_or(SubgraphId(0)), vec![need])),
        }
    }
    let mut builder = Builder::new(search, root, operation_type);
    for (subgraph, needs) in parts {
        builder.root_from(subgraph, SelectionNode::of(needs))?;
    }
    builder.finish()
}

/// The subgraph that answers a root field best, all of it: fewest steps, then cheapest, then the one before.
fn only_root(
    search: &mut Search<'_>,
    node: NodeId,
    before: Option<SubgraphId>,
) -> Option<SubgraphId> {
    let mut best: Option<((Level, u64, bool), SubgraphId)> = None;
    for subgraph in search.graph.subgraph_ids() {
        search.set_only_root(Some(subgraph));
        let Some(steps) = search.earliest(node, &[]) else {
            continue;
        };
        let Some(solution) = search.solve(node, &[], steps) else {
            continue;
        };
        let rank = (steps, solution.price, Some(subgraph) != before);
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            best = Some((rank, subgraph));
        }
    }
    search.set_only_root(None);
    best.map(|(_, subgraph)| subgraph)
}
