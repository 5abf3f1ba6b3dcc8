//! The least number of dependent steps for a node: everything is opened as soon as it can be.
//!
//! Nodes can ask about each other in circles, through keys and requirements with nested fields. Then all of them are gone through
//! again with what was found, until nothing changes: each way through a circle takes at least one more step than what it leads back
//! to, so there is only one such answer, and it is the least.

use super::{Handle, Level, Search, Setting};
use crate::selection::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};

/// A node, and what is open there.
type Key = (NodeId, Vec<Handle>);

/// The steps that were found, remembered.
#[derive(Default)]
pub(super) struct Earliest {
    found: FxHashMap<Key, Found>,
    /// The number of the present round.
    round: u32,
    /// The rounds after which something that was assumed turned out otherwise.
    overtaken: FxHashSet<u32>,
    /// How many nodes are in progress.
    pub(super) depth: usize,
    /// Whether something that was assumed in the present round turned out otherwise.
    is_overtaken: bool,
}

/// What is known of one node.
struct Found {
    level: Option<Level>,
    round: u32,
    progress: Progress,
}

#[derive(PartialEq)]
enum Progress {
    Done,
    Begun,
    /// Something asked while it was in progress, and got what an earlier round had found.
    Assumed,
}

impl Earliest {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.found.clear();
    }

    /// Forgets what was found without anything open.
    pub(super) fn forget_roots(&mut self) {
        self.found.retain(|(_, handles), _| !handles.is_empty());
    }

    /// What is known of a node in this round.
    fn known(&mut self, key: &Key) -> Option<Option<Level>> {
        let found = self.found.get_mut(key)?;
        if found.progress == Progress::Done {
            return (!self.overtaken.contains(&found.round)).then_some(found.level);
        }
        found.progress = Progress::Assumed;
        Some(found.level)
    }

    fn begin(&mut self, key: Key) {
        self.depth += 1;
        let assumed = self.found.get(&key).and_then(|found| found.level);
        let begun = Found {
            level: assumed,
            round: self.round,
            progress: Progress::Begun,
        };
        self.found.insert(key, begun);
    }

    fn end(&mut self, key: Key, level: Option<Level>) {
        self.depth -= 1;
        let round = self.round;
        let done = Found {
            level,
            round,
            progress: Progress::Done,
        };
        let begun = self.found.insert(key, done);
        let is_other = |begun: Found| begun.progress == Progress::Assumed && begun.level != level;
        self.is_overtaken |= begun.is_some_and(is_other);
    }

    /// Begins another round where the last one was overtaken.
    fn goes_on(&mut self) -> bool {
        let goes_on = std::mem::take(&mut self.is_overtaken);
        if goes_on {
            self.overtaken.insert(self.round);
            self.round += 1;
        }
        goes_on
    }
}

impl Search<'_> {
    /// The step after which all of the node is there; `None` where something cannot be had at all.
    pub(crate) fn earliest(&mut self, node: NodeId, handles: &[Handle]) -> Option<Level> {
        let soonest = handles.iter().map(|handle| handle.level).min();
        if let Some(level) = soonest {
            let mut first = handles.iter().filter(|handle| handle.level == level);
            if first.any(|handle| self.is_closed(node, handle)) {
                return Some(level);
            }
        }
        let key = (node, handles.to_vec());
        if let Some(known) = self.earliest.known(&key) {
            return known;
        }
        if !self.memory.take::<Handle>(handles.len() + 1) {
            return None;
        }
        loop {
            self.earliest.begin(key.clone());
            let level = self.earliest_in_frame(node, handles);
            self.earliest.end(key.clone(), level);
            if self.earliest.depth > 0 || !self.earliest.goes_on() {
                return level;
            }
        }
    }

    fn earliest_in_frame(&mut self, node: NodeId, handles: &[Handle]) -> Option<Level> {
        let frame = self.frame(node, handles);
        let mut latest = handles.iter().map(|handle| handle.level).min().unwrap_or(0);
        for class in &frame.classes {
            let available = self.closure(&frame, class, handles, &|_| true);
            if available.is_empty() && class.needs.is_empty() {
                continue;
            }
            let setting = Setting {
                frame: &frame,
                class,
                available: &available,
            };
            latest = latest.max(self.covered(setting, node)?);
        }
        Some(latest)
    }
}
