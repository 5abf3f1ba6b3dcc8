//! A plan with deferred parts as a `Defer` node: the first answer, and behind it each part that has fetches of its own. Parts
//! within parts are nodes within nodes.

use super::{path, sequence, step_nodes};
use crate::QueryPlan;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The node of the whole plan.
pub(super) fn node(plan: &QueryPlan) -> Value {
    within(plan, None, sequence(step_nodes(plan, plan.steps_of(None))))
}

/// What is answered first within a part, with the parts that are nested in it.
fn within(plan: &QueryPlan, part: Option<usize>, first: Value) -> Value {
    let nested: Vec<Value> = (0..plan.deferred.len())
        .filter(|&number| around(plan, number) == part && has_fetches(plan, number))
        .map(|number| deferred(plan, number))
        .collect();
    if nested.is_empty() {
        return first;
    }
    let primary = match first {
        Value::Null => Value::Null,
        first => json!({"node": first}),
    };
    json!({"kind": "Defer", "primary": primary, "deferred": nested})
}

fn deferred(plan: &QueryPlan, number: usize) -> Value {
    let part = &plan.deferred[number];
    let own = sequence(step_nodes(plan, plan.steps_of(Some(number))));
    let mut node = json!({
        "depends": depends(plan, number),
        "queryPath": part.paths.first().map_or_else(|| json!([]), path),
        "node": within(plan, Some(number), own),
    });
    if let Some(label) = &part.label {
        node["label"] = json!(label);
    }
    node
}

/// The fetches of other parts that a part's fetches wait for.
fn depends(plan: &QueryPlan, number: usize) -> Vec<Value> {
    let is_own = |fetch: &&crate::Fetch| fetch.parts.first() == Some(&number);
    let own = plan.fetches.iter().filter(is_own);
    let before = own.flat_map(|fetch| &fetch.depends_on);
    let others: BTreeSet<_> = before
        .filter(|before| plan.fetch(**before).parts.first() != Some(&number))
        .collect();
    let ids = others.into_iter();
    ids.map(|id| json!({"id": id.0.to_string()})).collect()
}

/// The nearest part around one that has a node.
fn around(plan: &QueryPlan, number: usize) -> Option<usize> {
    let mut parents = std::iter::successors(plan.deferred[number].parent, |&parent| {
        plan.deferred[parent].parent
    });
    parents.find(|&parent| has_fetches(plan, parent))
}

fn has_fetches(plan: &QueryPlan, number: usize) -> bool {
    let is_own = |fetch: &crate::Fetch| fetch.parts.first() == Some(&number);
    plan.fetches.iter().any(is_own)
}
