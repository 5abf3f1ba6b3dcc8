//! Fields that would be put together from subgraphs of which each knows them for other types only.
//!
//! Whoever gives the objects at a place gives the same ones, so it must not matter which is asked. Where a field is asked of objects
//! whatever their type is, one of them must therefore lead to it for all types: then so does a plan that takes others.

use super::{Frame, Handle, Search};
use crate::graph::TYPENAME;
use crate::selection::{Need, NodeId, SelectionNode};

impl Search<'_> {
    /// A field to which none of what is open leads for all types, though all of it together does.
    pub(crate) fn split_field(&mut self, node: NodeId, handles: &[Handle]) -> Option<String> {
        if handles.len() < 2 || handles.iter().any(|handle| handle.is_closed) {
            return None;
        }
        let frame = self.frame(node, handles);
        let needs = 0..self.selections.node(node).needs.len();
        let split = needs.into_iter().find(|&position| {
            let classes = frame.classes.iter();
            let asking = classes.filter(|class| class.needs.contains(&position));
            asking.count() > 1 && self.is_split(&frame, position, handles)
        })?;
        let need = &self.selections.node(node).needs[split];
        Some(self.selections.field(need.field).name.to_string())
    }

    fn is_split(&mut self, frame: &Frame, position: usize, handles: &[Handle]) -> bool {
        let need = Need::clone(&self.selections.node(frame.node).needs[position]);
        let is_typename = self.selections.name_id(need.field) == TYPENAME;
        if need.response_key.is_none() || need.is_narrowed || is_typename {
            return false;
        }
        let types = need.types.intersection(&frame.types);
        let alone = SelectionNode::of([Need {
            types: types.clone(),
            ..need
        }]);
        let alone = self.selections.intern(alone);
        let leads_there = |handle: &Handle| {
            types.is_subset(&handle.types)
                && self.earliest(alone, std::slice::from_ref(handle)).is_some()
        };
        !handles.iter().any(leads_there)
            && self.earliest(alone, handles).is_some()
            && !self.memory.is_exceeded()
    }
}
