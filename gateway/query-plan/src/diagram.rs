//! A plan in, a picture of its fetches and what each waits for out, for Mermaid and Graphviz.

use crate::{Fetch, FetchKind, QueryPlan};
use std::fmt::Write;

/// The plan as a Mermaid flow chart.
pub fn plan_to_mermaid(plan: &QueryPlan) -> String {
    let mut text = String::from("flowchart LR\n");
    for (index, fetch) in plan.fetches.iter().enumerate() {
        let label = label(fetch).join("<br/>").replace('"', "#quot;");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  f{index}[\"{label}\"]");
    }
    for (before, after) in edges(plan) {
        let _ = writeln!(text, "  f{before} --> f{after}");
    }
    text
}

/// The plan in Graphviz' language.
pub fn plan_to_dot(plan: &QueryPlan) -> String {
    let mut text = String::from(
        "digraph plan {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n",
    );
    for (index, fetch) in plan.fetches.iter().enumerate() {
        let label = label(fetch).join("\\n").replace('"', "\\\"");
        let _ = writeln!(text, "  f{index} [label=\"{label}\"];");
    }
    for (before, after) in edges(plan) {
        let _ = writeln!(text, "  f{before} -> f{after};");
    }
    text.push_str("}\n");
    text
}

fn label(fetch: &Fetch) -> Vec<String> {
    let mut lines = vec![fetch.subgraph_name.to_string()];
    match &fetch.kind {
        FetchKind::Root {
            operation_type,
            target,
            ..
        } if target.0.is_empty() => {
            lines.push(operation_type.name().to_owned());
        }
        FetchKind::Root { target, .. } => lines.push(target.to_string()),
        FetchKind::Entities(calls) => {
            let targets = calls.iter().flat_map(|call| &call.targets);
            lines.extend(targets.map(ToString::to_string));
        }
    }
    lines
}

fn edges(plan: &QueryPlan) -> Vec<(usize, usize)> {
    let after = plan.fetches.iter().enumerate();
    after
        .flat_map(|(index, fetch)| {
            fetch
                .depends_on
                .iter()
                .map(move |before| (before.index(), index))
        })
        .collect()
}
