//! What is asked of single members of an interface or a union, before anything is planned: nodes in, nodes out that ask a member only
//! where every subgraph that may answer the field above knows it.
//!
//! Whoever may answer a field gives the same objects. So an object that one of them has no type for cannot be there, and what is asked
//! of its type would depend on which subgraph a plan takes. Where one subgraph alone can answer, its members are asked in full.

use crate::graph::{Graph, NameId, TYPENAME};
use crate::selection::{Need, NodeId, SelectionNode, Selections};
use crate::type_set::TypeSet;
use rustc_hash::FxHashMap;
use weft_supergraph::SubgraphId;

/// Leaves out what is asked of members that some subgraph does not know.
pub(crate) fn keep_shared_members(
    graph: &Graph<'_>,
    selections: &mut Selections,
    root: NodeId,
) -> NodeId {
    if !graph.has_partial_members() {
        return root;
    }
    let everywhere = Place {
        subgraphs: graph.subgraph_ids().collect(),
        members: None,
    };
    let mut narrowing = Narrowing {
        graph,
        selections,
        known: FxHashMap::default(),
    };
    narrowing.node(root, &everywhere)
}

/// What can be known of objects at a place without a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    /// The subgraphs that may give them.
    subgraphs: Vec<SubgraphId>,
    /// The types that all of those know; `None` where only one may give them.
    members: Option<TypeSet>,
}

struct Narrowing<'n, 'a> {
    graph: &'n Graph<'a>,
    selections: &'n mut Selections,
    known: FxHashMap<(NodeId, Place), NodeId>,
}

impl Narrowing<'_, '_> {
    fn node(&mut self, node: NodeId, place: &Place) -> NodeId {
        let key = (node, place.clone());
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let mut needs = Vec::new();
        for need in self.selections.node(node).needs.clone() {
            let types = self.kept(&need, place);
            if !types.is_empty() {
                self.narrow(&need, types, place, &mut needs);
            }
        }
        let starts = self.selections.node(node).starts.clone();
        let narrowed = self.selections.intern(SelectionNode {
            starts,
            ..SelectionNode::of(needs)
        });
        self.known.insert(key, narrowed);
        narrowed
    }

    /// The types for which a need stays. Everyone can tell what type an object is of.
    fn kept(&self, need: &Need, place: &Place) -> TypeSet {
        let is_typename = self.selections.name_id(need.field) == TYPENAME;
        match &place.members {
            Some(members) if need.is_narrowed && !is_typename => need.types.intersection(members),
            _ => need.types.clone(),
        }
    }

    /// Adds a need for some types, apart where what may answer it differs between them.
    fn narrow(&mut self, need: &Need, types: TypeSet, place: &Place, needs: &mut Vec<Need>) {
        let Some(child) = need.child else {
            needs.push(Need {
                types,
                ..need.clone()
            });
            return;
        };
        let name = self.selections.name_id(need.field);
        let mut places: Vec<(Place, TypeSet)> = Vec::new();
        for object in types.iter() {
            let below = self.below(place, object, name);
            match places.iter_mut().find(|(known, _)| *known == below) {
                Some((_, types)) => types.insert(object),
                None => places.push((below, TypeSet::single(object))),
            }
        }
        for (below, types) in places {
            let child = Some(self.node(child, &below));
            let need = Need {
                types,
                child,
                ..need.clone()
            };
            add(needs, need);
        }
    }

    /// The objects below a field of an object.
    fn below(&self, place: &Place, object: usize, name: NameId) -> Place {
        let is_root = self.graph.root_below(object).is_some();
        let may_give = |&subgraph: &SubgraphId| {
            let is_open = is_root || place.subgraphs.contains(&subgraph);
            let is_open = is_open || self.graph.entries(subgraph, object).next().is_some();
            is_open && self.graph.needs_more(subgraph, object, name).is_some()
        };
        let mut subgraphs: Vec<SubgraphId> = self.graph.subgraph_ids().filter(may_give).collect();
        if subgraphs.is_empty() {
            // What the path provides.
            subgraphs.clone_from(&place.subgraphs);
        }
        let returned = subgraphs.iter().filter_map(|&subgraph| {
            let (types, _) = self.graph.returned(subgraph, object, name)?;
            Some(types)
        });
        let members = match subgraphs.len() {
            0 | 1 => None,
            _ => returned
                .map(|types| (*types).clone())
                .reduce(|all, types| all.intersection(&types)),
        };
        Place { subgraphs, members }
    }
}

/// Adds a need, or its types to one that is the same for other types.
fn add(needs: &mut Vec<Need>, need: Need) {
    let same = needs.iter_mut().find(|known| {
        let types = known.types.clone();
        **known
            == Need {
                types,
                ..need.clone()
            }
    });
    match same {
        Some(known) => known.types.extend(&need.types),
        None => needs.push(need),
    }
}
