//! Shared fields of abstract types: whether the subgraphs that resolve one can return the same objects.

use weft_supergraph::SubgraphId;
use weft_supergraph::query_graph::{NodeId, QueryGraph, TypeId, type_ids};

/// What subgraphs know of the types behind a shared field, when they do not know the same.
pub(super) struct Agreement {
    /// The types that all of them know and clients see.
    pub(super) common: Vec<TypeId>,
    /// What each knows.
    pub(super) known: Vec<(SubgraphId, Vec<TypeId>)>,
}

/// Compares the object types of the abstract nodes that a field leads to. `None` when there are not two of them,
/// or all know the same.
pub(super) fn agreement(graph: &QueryGraph, target: TypeId, nodes: &[NodeId]) -> Option<Agreement> {
    let nodes = nodes.iter().map(|node| graph.node(*node));
    let mut known: Vec<_> = nodes
        .filter(|node| node.kind.is_abstract())
        .map(|node| (node.subgraph, &node.possible))
        .collect();
    known.dedup_by_key(|(subgraph, _)| *subgraph);
    let (_, first) = known.first()?;
    if known.iter().all(|(_, possible)| possible == first) {
        return None;
    }
    let mut common = graph.type_info(target).possible.clone();
    known
        .iter()
        .for_each(|(_, possible)| common.intersect_with(possible));
    Some(Agreement {
        common: type_ids(&common)
            .filter(|id| graph.type_info(*id).in_api)
            .collect(),
        known: (known.into_iter())
            .map(|(subgraph, possible)| (subgraph, type_ids(possible).collect()))
            .collect(),
    })
}
