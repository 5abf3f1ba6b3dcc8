//! A plan in, JSON in the query plan format that GraphQL tools read out: `Sequence`, `Parallel`, `Flatten`, `Fetch`, `Condition`,
//! and `BatchFetch` for a request with several entity calls.
//!
//! The format has steps where the plan has dependencies, so fetches are put into the earliest step that their dependencies allow.

mod deferred;
mod requires;
mod rewrites;

use crate::{
    EntityCall, Fetch, FetchConditions, FetchId, FetchKind, PathSegment, QueryPlan, ResponsePath,
};
use apollo_compiler::ast::OperationType;
use serde_json::{Value, json};

/// The plan as JSON.
pub fn plan_to_json(plan: &QueryPlan) -> Value {
    if plan.is_deferring() {
        return json!({"kind": "QueryPlan", "node": deferred::node(plan)});
    }
    let mut steps = step_nodes(plan, plan.steps());
    if plan.operation_type == OperationType::Subscription && !steps.is_empty() {
        let primary = steps.remove(0);
        let rest = sequence(steps);
        return json!({"kind": "QueryPlan", "node": {"kind": "Subscription", "primary": primary, "rest": rest}});
    }
    match sequence(steps) {
        Value::Null => json!({"kind": "QueryPlan"}),
        node => json!({"kind": "QueryPlan", "node": node}),
    }
}

fn step_nodes(plan: &QueryPlan, steps: Vec<Vec<FetchId>>) -> Vec<Value> {
    let node = |ids: Vec<FetchId>| {
        let fetches: Vec<&Fetch> = ids.into_iter().map(|id| plan.fetch(id)).collect();
        step(&fetches)
    };
    steps.into_iter().map(node).collect()
}

fn sequence(mut steps: Vec<Value>) -> Value {
    match steps.len() {
        0 => Value::Null,
        1 => steps.remove(0),
        _ => json!({"kind": "Sequence", "nodes": steps}),
    }
}

fn step(fetches: &[&Fetch]) -> Value {
    match fetches {
        [only] => conditional(only),
        several => {
            let nodes: Vec<Value> = several.iter().map(|fetch| conditional(fetch)).collect();
            json!({"kind": "Parallel", "nodes": nodes})
        }
    }
}

/// The format's conditions have one variable each and nest; alternatives are left to the selections themselves.
fn conditional(fetch: &Fetch) -> Value {
    let mut node = fetch_node(fetch);
    if let FetchConditions::Any(any) = &fetch.conditions
        && let [all] = any.as_slice()
    {
        for condition in all.0.iter().rev() {
            let clause = if condition.value {
                "ifClause"
            } else {
                "elseClause"
            };
            let variable = condition.variable.as_str();
            node = json!({"kind": "Condition", "condition": variable, clause: node});
        }
    }
    node
}

fn fetch_node(fetch: &Fetch) -> Value {
    match &fetch.kind {
        FetchKind::Root {
            operation_type,
            target,
            selection,
        } => {
            let mut node = common("Fetch", fetch);
            node["operationKind"] = json!(operation_type.name());
            set_unless_empty(&mut node, "outputRewrites", rewrites::of_answer(selection));
            flatten(target, node)
        }
        FetchKind::Entities(calls) => match calls.as_slice() {
            [call] if call.targets.len() == 1 => {
                let mut node = common("Fetch", fetch);
                node["operationKind"] = json!("query");
                node["requires"] = requires::of_call(call);
                set_unless_empty(
                    &mut node,
                    "inputRewrites",
                    rewrites::of_representations(call),
                );
                set_unless_empty(&mut node, "contextRewrites", rewrites::of_contexts(call));
                set_unless_empty(
                    &mut node,
                    "outputRewrites",
                    rewrites::of_answer(&call.selection),
                );
                flatten(&call.targets[0], node)
            }
            calls => {
                let mut node = common("BatchFetch", fetch);
                let aliases: Vec<Value> = calls.iter().map(alias).collect();
                node["entityBatch"] = json!({"aliases": aliases});
                node
            }
        },
    }
}

fn common(kind: &str, fetch: &Fetch) -> Value {
    let variables: Vec<&str> = fetch
        .variables
        .iter()
        .map(|variable| variable.name.as_str())
        .collect();
    let mut node = json!({
        "kind": kind,
        "serviceName": &*fetch.subgraph_name,
        "variableUsages": variables,
        "operation": &*fetch.document,
    });
    if let Some(name) = &fetch.operation_name {
        node["operationName"] = json!(name.as_str());
    }
    node
}

fn alias(call: &EntityCall) -> Value {
    let paths: Vec<Value> = call.targets.iter().map(path).collect();
    let mut alias = json!({
        "alias": call.response_key.as_str(),
        "representationsVariableName": call.representations_variable.as_str(),
        "paths": paths,
        "requires": requires::of_call(call),
    });
    set_unless_empty(
        &mut alias,
        "inputRewrites",
        rewrites::of_representations(call),
    );
    set_unless_empty(&mut alias, "contextRewrites", rewrites::of_contexts(call));
    set_unless_empty(
        &mut alias,
        "outputRewrites",
        rewrites::of_answer(&call.selection),
    );
    alias
}

fn set_unless_empty(node: &mut Value, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        node[key] = Value::Array(items);
    }
}

fn flatten(target: &ResponsePath, node: Value) -> Value {
    if target.0.is_empty() {
        return node;
    }
    json!({"kind": "Flatten", "path": path(target), "node": node})
}

/// Types are written behind the key that they belong to: `media|[Book,Film]`.
fn path(path: &ResponsePath) -> Value {
    let mut segments: Vec<String> = Vec::new();
    for segment in &path.0 {
        match segment {
            PathSegment::Key(key) => segments.push(key.to_string()),
            PathSegment::List => segments.push("@".to_owned()),
            PathSegment::Types(types) => {
                let names: Vec<&str> = types.iter().map(|name| name.as_str()).collect();
                let condition = format!("|[{}]", names.join(","));
                match segments.last_mut() {
                    Some(last) => last.push_str(&condition),
                    None => segments.push(condition),
                }
            }
        }
    }
    json!(segments)
}
