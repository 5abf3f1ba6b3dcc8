//! Field sets of keys, requirements and contexts as nodes, so that they are planned like a client's selection.

use crate::graph::Graph;
use crate::selection::{Need, NodeId, SelectionNode, Selections};
use crate::type_set::TypeSet;
use weft_query_plan::Conjunction;
use weft_supergraph::{FieldSelection, FieldSet, FieldSetItem};

/// The node of a field set for objects of the given types; `__typename` is left out.
pub(crate) fn node_of(
    graph: &Graph<'_>,
    selections: &mut Selections,
    fields: &FieldSet,
    types: &TypeSet,
) -> NodeId {
    let mut needs = Vec::new();
    collect(graph, selections, &[(fields, types.clone())], &mut needs);
    selections.intern(SelectionNode::of(needs))
}

fn collect(
    graph: &Graph<'_>,
    selections: &mut Selections,
    sources: &[(&FieldSet, TypeSet)],
    needs: &mut Vec<Need>,
) {
    for (fields, types) in sources {
        for item in &fields.items {
            match item {
                FieldSetItem::Field(field) if field.name == "__typename" => {}
                FieldSetItem::Field(field) => needs.push(need(graph, selections, field, types)),
                FieldSetItem::Fragment(fragment) => {
                    let narrowed = types.intersection(&graph.possible(&fragment.type_condition));
                    if !narrowed.is_empty() {
                        collect(graph, selections, &[(&fragment.selection, narrowed)], needs);
                    }
                }
            }
        }
    }
}

fn need(
    graph: &Graph<'_>,
    selections: &mut Selections,
    field: &FieldSelection,
    types: &TypeSet,
) -> Need {
    let mut possible = TypeSet::default();
    for object in types.iter() {
        if let Some(returned) = graph.return_type(object, &field.name) {
            possible.extend(&graph.possible(returned));
        }
    }
    let child = (!field.selection.is_empty())
        .then(|| node_of(graph, selections, &field.selection, &possible));
    Need {
        response_key: None,
        field: selections.intern_field(&field.name, graph.name_id(&field.name), &field.arguments),
        conditions: Conjunction::default(),
        types: types.clone(),
        is_narrowed: false,
        child,
        defer: None,
    }
}
