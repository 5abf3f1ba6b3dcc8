//! A mutation field that several subgraphs share is called in one of them only, since each call changes things: one of
//! them must be able to begin every operation below it.

use apollo_compiler::ast::OperationType;
use weft_supergraph::Supergraph;
use weft_supergraph::query_graph::{FieldId, NodeId, TypeId};

use super::walk::{Order, Walk};

/// The search from the first subgraph of a shared mutation field, where none of its subgraphs can do with itself alone.
pub(super) fn unanswerable(supergraph: &Supergraph) -> Option<Walk<'_>> {
    let graph = supergraph.query_graph();
    let (mutation, info) = (0..)
        .map(TypeId)
        .zip(graph.types())
        .find(|(_, info)| info.root == Some(OperationType::Mutation) && info.in_api)?;
    let fields = info.fields.iter().filter(|(_, field)| field.in_api);
    fields.into_iter().find_map(|(field, _)| {
        let resolves = |node: &&NodeId| graph.node(**node).edge(*field).is_some();
        let nodes: Vec<&NodeId> = info.nodes.iter().filter(resolves).collect();
        if nodes.len() < 2 {
            return None;
        }
        let walks = nodes
            .into_iter()
            .map(|node| from_one(supergraph, mutation, *node, *field));
        let failed: Option<Vec<Walk<'_>>> = walks
            .map(|walk| (!walk.failures.is_empty()).then_some(walk))
            .collect();
        failed?.into_iter().next()
    })
}

fn from_one(supergraph: &Supergraph, mutation: TypeId, node: NodeId, field: FieldId) -> Walk<'_> {
    let mut walk = Walk::new(supergraph, Order::ShortestFirst);
    walk.run_field(mutation, node, field);
    walk
}
