//! Fields that require something of other subgraphs, in a subgraph that the gateway cannot come back to.
//!
//! Without a key that the subgraph itself resolves nothing identifies the object, and the field is an error. With one that
//! is only not `resolvable` other gateways compose, so it is a warning.

use apollo_compiler::Name;
use weft_diagnostic::{Diagnostic, Severity};
use weft_supergraph::query_graph::NodeId;
use weft_supergraph::{FieldSetItem, SubgraphId, Supergraph};

use super::Origin;
use super::operation::operation;
use super::repairs::{Change, Repair, SchemaChange, those_that_work};
use super::report::label;
use super::walk::{State, Stranded};
use crate::codes::{REQUIRES_WITHOUT_WAY_BACK, SATISFIABILITY_ERROR};

/// What to say of such a field, and the best repair of an error.
pub(super) fn without_way_back(
    supergraph: &Supergraph,
    origin: Origin<'_>,
    states: &[State],
    stranded: &Stranded,
    tries: &mut usize,
) -> Option<(Diagnostic, Option<Repair>)> {
    let graph = supergraph.query_graph();
    let node = graph.node(*stranded.nodes.first()?);
    let type_name = &graph.type_info(node.type_id).name;
    let field = graph.field_name(stranded.field);
    let subgraph = &supergraph.subgraph(node.subgraph).name;
    let known = supergraph.subgraph_field(node.subgraph, type_name, field)?;
    let requires = known.requires.as_ref()?;
    let why = format!(
        "`{type_name}.{field}` in `{subgraph}` requires `{requires}` from other subgraphs, and `{subgraph}` has no resolvable `@key` on `{type_name}` by which the gateway can come back with it"
    );
    let coordinate = format!("{type_name}.{field}");
    let local_key = |node: &NodeId| has_local_key(supergraph, *node);
    let mut repair = None;
    let diagnostic = if stranded.nodes.iter().any(local_key) {
        let help = format!(
            "make a `@key` of `{type_name}` in `{subgraph}` resolvable, and see that the subgraphs on the way can supply it"
        );
        Diagnostic::new(REQUIRES_WITHOUT_WAY_BACK, Severity::Warning, why).with_help(help)
    } else {
        let api_schema = supergraph.api_schema();
        let operation = operation(graph, api_schema, states, stranded.state, stranded.field);
        let message = format!("the operation `{operation}` cannot be answered: {why}");
        let candidates = keys_of_others(supergraph, node.subgraph, type_name);
        let working = those_that_work(candidates, &coordinate, origin, tries);
        let texts: Vec<String> = working.iter().map(ToString::to_string).collect();
        repair = working.into_iter().next();
        Diagnostic::error(SATISFIABILITY_ERROR, message).with_help(match texts.is_empty() {
            true => format!(
                "add a `@key` to `{type_name}` in `{subgraph}` whose fields `{subgraph}` resolves itself"
            ),
            false => texts.join("; or "),
        })
    };
    let diagnostic = diagnostic.with_coordinate(coordinate);
    let diagnostic = match label(origin, subgraph, type_name, Some(field), "needs a way back") {
        Some(label) => diagnostic.with_label(label),
        None => diagnostic.with_subgraph(subgraph),
    };
    Some((diagnostic, repair))
}

/// The keys that other subgraphs have for the type, as keys of this one where it resolves their fields.
fn keys_of_others(supergraph: &Supergraph, subgraph: SubgraphId, type_name: &Name) -> Vec<Repair> {
    let others = supergraph
        .iter_subgraphs()
        .filter(|(other, _)| *other != subgraph)
        .filter_map(|(other, _)| supergraph.subgraph_type(other, type_name));
    let mut found: Vec<Repair> = Vec::new();
    for key in others.flat_map(|known| &known.keys) {
        let repair = Repair {
            changes: vec![SchemaChange {
                subgraph: supergraph.subgraph(subgraph).name.clone(),
                type_name: type_name.clone(),
                change: Change::AddKey(key.fields.to_string()),
            }],
        };
        let is_local = is_local(supergraph, subgraph, type_name, &key.fields.items);
        if is_local && !found.contains(&repair) {
            found.push(repair);
        }
    }
    found
}

/// Whether the subgraph resolves all fields of a key of the node's type, resolvable or not.
fn has_local_key(supergraph: &Supergraph, node: NodeId) -> bool {
    let graph = supergraph.query_graph();
    let node = graph.node(node);
    let type_name = &graph.type_info(node.type_id).name;
    let known = supergraph.subgraph_type(node.subgraph, type_name);
    known.is_some_and(|known| {
        let mut keys = known.keys.iter();
        keys.any(|key| is_local(supergraph, node.subgraph, type_name, &key.fields.items))
    })
}

fn is_local(
    supergraph: &Supergraph,
    subgraph: SubgraphId,
    type_name: &Name,
    items: &[FieldSetItem],
) -> bool {
    items.iter().all(|item| match item {
        FieldSetItem::Field(selected) if selected.name == "__typename" => true,
        FieldSetItem::Field(selected) => {
            let field = supergraph.subgraph_field(subgraph, type_name, &selected.name);
            field.is_some_and(|field| {
                let below = field.ty.inner_named_type();
                !field.external && is_local(supergraph, subgraph, below, &selected.selection.items)
            })
        }
        FieldSetItem::Fragment(fragment) => is_local(
            supergraph,
            subgraph,
            &fragment.type_condition,
            &fragment.selection.items,
        ),
    })
}
