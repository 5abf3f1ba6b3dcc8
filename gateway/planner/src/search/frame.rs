//! A node at a place where some subgraphs are open: the runtime types, in classes that every subgraph treats alike.

use super::{Available, Handle, Map, Search};
use crate::graph::Resolution;
use crate::selection::NodeId;
use crate::type_set::TypeSet;
use std::rc::Rc;

/// The runtime types at a place, with what is needed for them.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// What is needed.
    pub(crate) node: NodeId,
    /// All runtime types.
    pub(crate) types: TypeSet,
    /// Whether runtime types are unknown: only interface objects are open.
    pub(crate) is_blind: bool,
    /// Whether something is needed for some of the types only.
    pub(crate) is_restricted: bool,
    /// The types in classes.
    pub(crate) classes: Vec<Rc<Class>>,
}

/// Runtime types that every subgraph treats alike, as far as the node's needs go.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// The types.
    pub(crate) types: TypeSet,
    /// One of them, to ask about all.
    pub(crate) representative: usize,
    /// The needs that apply, by position in the node.
    pub(crate) needs: Vec<usize>,
}

/// A class at a place, with all that is open for it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'s> {
    /// The place.
    pub(crate) frame: &'s Frame,
    /// The class.
    pub(crate) class: &'s Class,
    /// What is open, given or entered.
    pub(crate) available: &'s [Available],
}

impl Search<'_> {
    /// The frame of a node where the given handles are open; none at the root of an operation.
    pub(crate) fn frame(&mut self, node: NodeId, handles: &[Handle]) -> Frame {
        let types = self.types_at(node, handles);
        let is_blind =
            !handles.is_empty() && handles.iter().all(|handle| handle.is_interface_object);
        let needs = &self.selections.node(node).needs;
        let is_restricted = needs.iter().any(|need| !need.covers(&types));
        let classes = self.classes(node, &types, handles);
        Frame {
            node,
            types,
            is_blind,
            is_restricted,
            classes,
        }
    }

    fn types_at(&self, node: NodeId, handles: &[Handle]) -> TypeSet {
        let Some((first, rest)) = handles.split_first() else {
            let mut types = TypeSet::default();
            for need in &self.selections.node(node).needs {
                types.extend(&need.types);
            }
            return types;
        };
        let common = rest.iter().fold((*first.types).clone(), |types, handle| {
            types.intersection(&handle.types)
        });
        if !common.is_empty() {
            return common;
        }
        let mut all = (*first.types).clone();
        rest.iter().for_each(|handle| all.extend(&handle.types));
        all
    }

    fn classes(&mut self, node: NodeId, types: &TypeSet, handles: &[Handle]) -> Vec<Rc<Class>> {
        let mut classes: Map<Vec<u32>, TypeSet> = Map::default();
        if types.len() == 1 {
            classes.insert(Vec::new(), types.clone());
        } else {
            for object in types.iter() {
                let signature = self.signature(node, object, handles);
                classes.entry(signature).or_default().insert(object);
            }
        }
        let needs = &self.selections.node(node).needs;
        let class = |types: TypeSet| {
            let representative = types.first()?;
            let applies = |need: &usize| needs[*need].types.contains(representative);
            let needs = (0..needs.len()).filter(applies).collect();
            Some(Rc::new(Class {
                types,
                representative,
                needs,
            }))
        };
        classes.into_values().filter_map(class).collect()
    }

    /// What tells apart the types that are to be planned apart.
    fn signature(&mut self, node: NodeId, object: usize, handles: &[Handle]) -> Vec<u32> {
        let graph = self.graph;
        let mut signature: Vec<u32> = handles
            .iter()
            .map(|handle| u32::from(handle.types.contains(object)))
            .collect();
        for subgraph in graph.subgraph_ids() {
            if !graph.knows(subgraph, object) {
                continue;
            }
            signature.push(u32::from(subgraph.0) + 1_000_000);
            for entry in graph.entries(subgraph, object) {
                signature.push(u32::from(entry.subgraph_type.is_interface_object));
                signature.push(self.keys.insert_full(entry.key.fields.clone()).0 as u32);
            }
        }
        for position in 0..self.selections.node(node).needs.len() {
            let need = &self.selections.node(node).needs[position];
            if !need.types.contains(object) {
                continue;
            }
            signature.push(2_000_000 + position as u32);
            let name = self.selections.name_id(need.field);
            for subgraph in graph.subgraph_ids() {
                let code = match graph.resolution(subgraph, object, name) {
                    None => 0,
                    Some(Resolution::Local(field)) => match &field.provides {
                        None => 1,
                        Some(provides) => {
                            500_000 + self.keys.insert_full(provides.clone()).0 as u32
                        }
                    },
                    Some(Resolution::Requires(field)) => {
                        if !field.context_arguments.is_empty() {
                            signature.push(3_000_000 + object as u32);
                        }
                        let fields = field.requires.clone().unwrap_or_default();
                        2 + self.keys.insert_full(fields).0 as u32
                    }
                };
                signature.push(code);
            }
            for handle in handles.iter().filter(|handle| handle.provides != 0) {
                signature.push(u32::from(self.is_provided(handle, object, name)));
            }
        }
        signature
    }
}
