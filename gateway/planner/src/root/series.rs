//! Mutations and subscriptions: root fields one after the other.

use crate::build::Builder;
use crate::error::PlanError;
use crate::schedule::Scheduled;
use crate::search::{Level, Search};
use crate::selection::{Need, NodeId, SelectionNode};
use apollo_compiler::ast::OperationType;
use std::rc::Rc;
use weft_supergraph::SubgraphId;

/// Root fields in their order, each by one subgraph; neighbours that one subgraph answers go in one request.
pub(super) fn one_after_the_other(
    search: &mut Search<'_>,
    root: NodeId,
    operation_type: OperationType,
) -> Result<Scheduled, PlanError> {
    let mut parts: Vec<(SubgraphId, Vec<Rc<Need>>)> = Vec::new();
    for need in search.selections.node(root).needs.clone() {
        let alone = search
            .selections
            .intern(SelectionNode::of(vec![need.clone()]));
        let alone = search.selections.without_deferred(alone);
        let before = parts.last().map(|(subgraph, _)| *subgraph);
        let subgraph = only_root(search, alone, before);
        match (parts.last_mut(), subgraph) {
            (Some((last, needs)), Some(subgraph)) if *last == subgraph => needs.push(need),
            (_, subgraph) => parts.push((subgraph.unwrap_or(SubgraphId(0)), vec![need])),
        }
    }
    let mut builder = Builder::new(search, root, operation_type);
    for (subgraph, needs) in parts {
        builder.root_from(subgraph, SelectionNode::of(needs))?;
    }
    let built = builder.finish()?;
    Ok(Scheduled::new(built, search))
}

/// The subgraph that answers a root field best, all of it: fewest steps, then cheapest, then the one before.
fn only_root(
    search: &mut Search<'_>,
    node: NodeId,
    before: Option<SubgraphId>,
) -> Option<SubgraphId> {
    let mut best: Option<((Level, u64, bool), SubgraphId)> = None;
    for subgraph in search.graph.subgraph_ids() {
        search.set_only_root(Some(subgraph));
        let Some(steps) = search.earliest(node, &[]) else {
            continue;
        };
        let Some(solution) = search.solve(node, &[], steps) else {
            continue;
        };
        let rank = (steps, solution.price, Some(subgraph) != before);
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            best = Some((rank, subgraph));
        }
    }
    search.set_only_root(None);
    best.map(|(_, subgraph)| subgraph)
}
