//! Whether one open fetch answers a whole node alone: then there is nothing to search below it.

use super::{Handle, Search};
use crate::graph::{NameId, TYPENAME};
use crate::selection::NodeId;
use crate::type_set::TypeSet;

impl Search<'_> {
    /// Whether all needs of the node are resolved through the handle, at every depth.
    pub(crate) fn is_closed(&mut self, node: NodeId, handle: &Handle) -> bool {
        let key = (
            node,
            handle.subgraph,
            handle.types.clone(),
            handle.provides,
            handle.is_interface_object,
            handle.is_closed,
            handle.values,
        );
        if let Some(&known) = self.closed.get(&key) {
            return known;
        }
        let closed = (0..self.selections.node(node).needs.len())
            .all(|position| self.is_need_closed(node, position, handle));
        self.closed.insert(key, closed);
        closed
    }

    /// Whether one need is resolved through the handle, and everything below it.
    pub(crate) fn is_need_closed(
        &mut self,
        node: NodeId,
        position: usize,
        handle: &Handle,
    ) -> bool {
        let need = &self.selections.node(node).needs[position];
        let name = self.selections.name_id(need.field);
        let child = need.child;
        let is_narrowed = need.is_narrowed;
        if handle.is_closed && need.response_key.is_some() && name != TYPENAME {
            return false;
        }
        let types = need.types.intersection(&handle.types);
        if handle.is_interface_object && (name == TYPENAME || is_narrowed || types != *handle.types)
        {
            return false;
        }
        if name == TYPENAME || types.is_empty() {
            return true;
        }
        if !types.iter().all(|object| {
            self.is_local(handle, object, name) || self.is_carried(node, handle, object, name)
        }) {
            return false;
        }
        let Some(child) = child else { return true };
        self.alike(handle, &types, name).into_iter().all(|types| {
            let below = self.descend(handle, handle.level, &types, name);
            self.is_closed(child, &below)
        })
    }

    /// The types, split where a subgraph provides different fields below the field.
    fn alike(&mut self, handle: &Handle, types: &TypeSet, name: NameId) -> Vec<TypeSet> {
        let mut parts: Vec<(u32, TypeSet)> = Vec::new();
        for object in types.iter() {
            let below = self.descend(handle, handle.level, &TypeSet::single(object), name);
            match parts
                .iter_mut()
                .find(|(provides, _)| *provides == below.provides)
            {
                Some((_, same)) => same.insert(object),
                None => parts.push((below.provides, TypeSet::single(object))),
            }
        }
        parts.into_iter().map(|(_, types)| types).collect()
    }
}
