//! A mutation field that several subgraphs share is called in one of them only, since each call changes things: one of
//! them must be able to begin every operation below it.

use apollo_compiler::ast::OperationType;
use weft_supergraph::Supergraph;
use weft_supergraph::query_graph::{FieldId, NodeId, TypeId};

use super::walk::{Order, Walk};

/// For each mutation field that none of its subgraphs can do with itself alone: the search from the first of them.
/// What `walk` visited can all be answered, and need not be visited again.
pub(super) fn unanswerable<'g>(supergraph: &'g Supergraph, walk: &mut Walk<'g>) -> Vec<Walk<'g>> {
    let Some((mutation, fields)) = shared_fields(supergraph) else {
        return Vec::new();
    };
    let mut failed = Vec::new();
    for (field, nodes) in fields {
        let mut alone = nodes.iter();
        if alone.any(|node| walk.answers_below(mutation, *node, field)) {
            continue;
        }
        let mut shortest = Walk::new(supergraph, Order::ShortestFirst);
        shortest.run_field(mutation, nodes[0], field);
        failed.push(shortest);
    }
    failed
}

/// A field with the nodes that resolve it.
type Shared = (FieldId, Vec<NodeId>);

/// The mutation type, and its fields that several subgraphs resolve, with their nodes.
fn shared_fields(supergraph: &Supergraph) -> Option<(TypeId, Vec<Shared>)> {
    let graph = supergraph.query_graph();
    let (mutation, info) = (0..)
        .map(TypeId)
        .zip(graph.types())
        .find(|(_, info)| info.root == Some(OperationType::Mutation) && info.in_api)?;
    let fields = info.fields.iter().filter(|(_, field)| field.in_api);
    let resolving = fields.map(|(field, _)| {
        let resolves = |node: &&NodeId| graph.node(**node).edge(*field).is_some();
        let nodes: Vec<NodeId> = info.nodes.iter().filter(resolves).copied().collect();
        (*field, nodes)
    });
    Some((
        mutation,
        resolving.filter(|(_, nodes)| nodes.len() > 1).collect(),
    ))
}
