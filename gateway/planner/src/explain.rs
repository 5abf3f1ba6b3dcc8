//! Why a plan is as it is: what each fetch gives that others cannot, what the alternatives to each fetch and to each subgraph cost,
//! and whether the plan is proven to be the best.

mod alternatives;

pub use alternatives::Alternative;

use crate::error::PlanError;
use crate::graph::Graph;
use crate::options::PlanOptions;
use crate::root;
use crate::search::{Search, Steps};
use crate::selection::NodeId;
use alternatives::Alternatives;
use apollo_compiler::ast::OperationType;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use weft_query_plan::{Fetch, FetchKind, FetchSelection, FetchSelectionSet, Operation, QueryPlan};
use weft_supergraph::SubgraphId;

/// In plans of up to so many steps, all sets of steps are tried.
const MOST_STEPS: usize = 10;

/// What a plan costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanCost {
    /// Dependent steps.
    pub steps: usize,
    /// Requests.
    pub requests: usize,
}

/// A plan with its reasons.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The plan.
    pub plan: QueryPlan,
    /// What it costs.
    pub cost: PlanCost,
    /// No plan costs less than this.
    pub bound: PlanCost,
    /// For each fetch, why it is there.
    pub reasons: Vec<String>,
    /// For each fetch, from where else its fields could be had.
    pub alternatives: Vec<Vec<Alternative>>,
    /// For each subgraph of the plan, what the best plan without it costs; `None` where there is none.
    pub without: Vec<(String, Option<PlanCost>)>,
}

impl Explanation {
    /// Whether no plan is better.
    pub fn is_proven(&self) -> bool {
        self.cost == self.bound
    }
}

/// Plans an operation, and says why the plan is as it is.
pub(crate) fn explain(
    graph: &Graph<'_>,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<Explanation, PlanError> {
    let (mut search, root) = root::search(graph, operation, options);
    let plan = root::plan_with(&mut search, root, operation, options)?;
    let cost = cost_of(&plan);
    search.set_steps(None);
    let soonest = match operation.operation().operation_type {
        OperationType::Query => search.earliest(root, &[]).map_or(0, |level| level as usize),
        _ => cost.steps,
    };
    let mut requests_needed = 0;
    let mut without = Vec::new();
    for (subgraph, steps) in steps_of(&plan) {
        let (mut fewer, root) = root::search(graph, operation, options);
        fewer.set_only_steps(subgraph, Steps::NONE);
        let other = root::plan_with(&mut fewer, root, operation, options)
            .ok()
            .map(|plan| cost_of(&plan));
        let is_indispensable = other.is_none_or(|other| other.steps > cost.steps);
        without.push((graph.subgraph(subgraph).name.clone(), other));
        requests_needed += match operation.operation().operation_type {
            OperationType::Query => fewest_requests(&mut search, root, subgraph, steps, cost.steps),
            _ => usize::from(is_indispensable),
        };
    }
    // Every step has a request, and no request goes to two subgraphs.
    let bound = PlanCost {
        steps: soonest.min(cost.steps),
        requests: requests_needed.max(soonest.min(cost.steps)),
    };
    let reasons = (0..plan.fetches.len())
        .map(|index| reason(graph, &plan, index))
        .collect();
    let alternatives = Alternatives {
        graph,
        operation,
        options,
    };
    Ok(Explanation {
        alternatives: alternatives.of(&plan),
        plan,
        cost,
        bound,
        reasons,
        without,
    })
}

/// In how many steps a plan asks each subgraph.
fn steps_of(plan: &QueryPlan) -> BTreeMap<SubgraphId, usize> {
    let mut counts = BTreeMap::new();
    for step in plan.steps() {
        let asked: BTreeSet<SubgraphId> = step.iter().map(|&id| plan.fetch(id).subgraph).collect();
        for subgraph in asked {
            *counts.entry(subgraph).or_default() += 1;
        }
    }
    counts
}

/// In how many steps a subgraph must be asked at least, when all is to be there after `steps`: the smallest set of steps that
/// is enough, whatever the other subgraphs do. A plan asks it in `asked` steps.
fn fewest_requests(
    search: &mut Search<'_>,
    root: NodeId,
    subgraph: SubgraphId,
    asked: usize,
    steps: usize,
) -> usize {
    if steps > MOST_STEPS {
        return usize::from(!is_enough(search, root, subgraph, Steps::NONE, steps));
    }
    let enough = (0..asked).find(|&count| {
        let mut sets = (0..1u64 << steps).filter(|set| set.count_ones() as usize == count);
        sets.any(|set| is_enough(search, root, subgraph, Steps(set << 1), steps))
    });
    enough.unwrap_or(asked)
}

/// Whether all can be there after `steps` when the subgraph is asked only in some of them.
fn is_enough(
    search: &mut Search<'_>,
    root: NodeId,
    subgraph: SubgraphId,
    only: Steps,
    steps: usize,
) -> bool {
    search.set_only_steps(subgraph, only);
    search.assume_values();
    let all = search.earliest(root, &[]);
    all.is_some_and(|all| all as usize <= steps)
}

fn cost_of(plan: &QueryPlan) -> PlanCost {
    PlanCost {
        steps: plan.steps().len(),
        requests: plan.fetches.len(),
    }
}

fn reason(graph: &Graph<'_>, plan: &QueryPlan, index: usize) -> String {
    let fetch = &plan.fetches[index];
    let mut fields = BTreeSet::new();
    let mut text = String::new();
    match &fetch.kind {
        FetchKind::Root {
            selection,
            operation_type,
            ..
        } => {
            let root = graph.supergraph().root_type(*operation_type);
            let root = root.map_or_else(|| operation_type.name().to_owned(), ToString::to_string);
            top_fields(selection, &root, &mut fields);
            text.push_str("starts from a root type");
        }
        FetchKind::Entities(calls) => {
            calls
                .iter()
                .for_each(|call| top_fields(&call.selection, "", &mut fields));
            let targets: Vec<String> = calls
                .iter()
                .flat_map(|call| call.targets.iter().map(|target| format!("`{target}`")))
                .collect();
            // Writing to a string cannot fail.
            let _ = write!(text, "enters at {}", targets.join(", "));
        }
    }
    let after: Vec<String> = fetch
        .depends_on
        .iter()
        .map(|before| before.0.to_string())
        .collect();
    if !after.is_empty() {
        let _ = write!(text, " after fetch {}", after.join(" and "));
    }
    takes(fetch, &mut text);
    for (ty, field) in fields {
        let owners = owners(graph, &ty, &field);
        let _ = write!(text, "; gives `{ty}.{field}`");
        match owners.as_slice() {
            [_] => text.push_str(", which only it resolves"),
            [] => {}
            several => {
                let _ = write!(
                    text,
                    ", as would {}",
                    several_names(several, &fetch.subgraph_name)
                );
            }
        }
    }
    text
}

/// The arguments that a fetch takes from contexts.
fn takes(fetch: &Fetch, text: &mut String) {
    let FetchKind::Entities(calls) = &fetch.kind else {
        return;
    };
    for call in calls {
        for context in &call.context_variables {
            let sources = context.sources.iter();
            let types: Vec<String> = sources
                .map(|source| format!("`{}`", source.type_condition))
                .collect();
            let (argument, types) = (&context.argument, types.join(" or "));
            // Writing to a string cannot fail.
            let _ = write!(text, "; takes `{argument}` from the {types} above");
        }
    }
}

fn several_names(names: &[String], except: &str) -> String {
    let others: Vec<String> = names
        .iter()
        .filter(|name| *name != except)
        .map(|name| format!("`{name}`"))
        .collect();
    others.join(", ")
}

/// The fields right below the root or the entities, with the types that they are on.
fn top_fields(selection: &FetchSelectionSet, ty: &str, fields: &mut BTreeSet<(String, String)>) {
    for item in &selection.items {
        match item {
            FetchSelection::Field(field) if field.name == "__typename" => {}
            FetchSelection::Field(field) => {
                fields.insert((ty.to_owned(), field.name.to_string()));
            }
            FetchSelection::Fragment(fragment) => {
                let ty = fragment
                    .type_condition
                    .as_ref()
                    .map_or(ty, |name| name.as_str());
                top_fields(&fragment.selection, ty, fields);
            }
        }
    }
}

fn owners(graph: &Graph<'_>, ty: &str, field: &str) -> Vec<String> {
    let Some(object) = graph.possible(ty).first() else {
        return Vec::new();
    };
    let name = graph.name_id(field);
    let resolving = graph
        .subgraph_ids()
        .filter(|&id| graph.needs_more(id, object, name).is_some());
    resolving
        .map(|id| graph.subgraph(id).name.clone())
        .collect()
}
