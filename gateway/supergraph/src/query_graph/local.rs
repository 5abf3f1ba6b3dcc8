//! Facts about a query graph that hold for every operation: where no search is needed.

use fixedbitset::FixedBitSet;

use super::{NodeId, QueryGraph, TypeId};

/// The nodes at and below which their subgraph resolves everything that clients can select.
pub(super) fn closed_nodes(graph: &QueryGraph) -> FixedBitSet {
    let mut closed = FixedBitSet::with_capacity(graph.nodes.len());
    closed.insert_range(..);
    loop {
        let before = closed.count_ones(..);
        for index in 0..graph.nodes.len() {
            if closed.contains(index) && !is_closed(graph, index, &closed) {
                closed.set(index, false);
            }
        }
        if closed.count_ones(..) == before {
            return closed;
        }
    }
}

fn is_closed(graph: &QueryGraph, index: usize, closed: &FixedBitSet) -> bool {
    let node = &graph.nodes[index];
    if node.is_interface_object {
        return false;
    }
    let holds = |target: &NodeId| closed.contains(target.0 as usize);
    if node.kind.is_abstract() {
        return node.narrowed.iter().all(|(_, target)| holds(target));
    }
    let fields = &graph.type_info(node.type_id).fields;
    fields
        .iter()
        .filter(|(_, info)| info.in_api)
        .all(|(field, _)| {
            let edge = node.edge(*field);
            edge.is_some_and(|edge| {
                edge.is_unconditional() && edge.target.as_ref().is_none_or(holds)
            })
        })
}

/// The types that are entities, or below which one can be reached.
pub(super) fn types_that_lead_to_entities(graph: &QueryGraph) -> FixedBitSet {
    let mut leads = FixedBitSet::with_capacity(graph.types.len());
    for (index, info) in graph.types.iter().enumerate() {
        leads.set(index, !info.entries.is_empty());
    }
    loop {
        let before = leads.count_ones(..);
        for (index, info) in graph.types.iter().enumerate() {
            let through_fields = info.fields.values().filter_map(|field| field.target);
            let mut next = through_fields.chain(info.possible_ids());
            if !leads.contains(index) && next.any(|TypeId(next)| leads.contains(next as usize)) {
                leads.insert(index);
            }
        }
        if leads.count_ones(..) == before {
            return leads;
        }
    }
}
