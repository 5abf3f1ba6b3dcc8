//! The least number of dependent steps for a node: everything is opened as soon as it can be.

use super::{Handle, Level, Search};
use crate::selection::NodeId;

impl Search<'_> {
    /// The step after which all of the node is there; `None` where something cannot be had at all.
    pub(crate) fn earliest(&mut self, node: NodeId, handles: &[Handle]) -> Option<Level> {
        let soonest = handles.iter().map(|handle| handle.level).min();
        if let Some(level) = soonest {
            let first: Vec<&Handle> = handles
                .iter()
                .filter(|handle| handle.level == level)
                .collect();
            for handle in first {
                if self.is_closed(node, handle) {
                    return Some(level);
                }
            }
        }
        let key = (node, handles.to_vec());
        if let Some(known) = self.earliest.get(&key) {
            return *known;
        }
        if !self.memory.take::<Handle>(handles.len() + 1) {
            return None;
        }
        self.earliest.insert(key.clone(), None);
        let level = self.earliest_in_frame(node, handles);
        self.earliest.insert(key, level);
        level
    }

    fn earliest_in_frame(&mut self, node: NodeId, handles: &[Handle]) -> Option<Level> {
        let frame = self.frame(node, handles);
        let mut latest = handles.iter().map(|handle| handle.level).min().unwrap_or(0);
        for class in &frame.classes {
            let available = self.closure(&frame, class, handles, &|_| true);
            if available.is_empty() && class.needs.is_empty() {
                continue;
            }
            latest = latest.max(self.covered(&frame, class, &available, node)?);
        }
        Some(latest)
    }
}
