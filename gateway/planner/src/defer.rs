//! `@defer` in the planner's form: which needs belong to which deferred fragment, and nodes with and without them.

use crate::selection::{Need, NodeId, SelectionNode, Selections};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A deferred fragment as seen from the objects that something belongs to: a position in [`Defers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DeferId(u32);

/// A deferred fragment, perhaps within others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Defer {
    /// The fragment's number in the operation.
    part: usize,
    /// The deferred fragment around it.
    within: Option<DeferId>,
}

/// The deferred fragments of one operation, and nodes without them.
#[derive(Debug, Default)]
pub(crate) struct Defers {
    defers: IndexSet<Defer>,
    first: FxHashMap<NodeId, NodeId>,
}

impl Defers {
    /// A fragment within another.
    pub(crate) fn within(&mut self, part: usize, within: Option<DeferId>) -> DeferId {
        DeferId(self.defers.insert_full(Defer { part, within }).0 as u32)
    }

    fn get(&self, id: DeferId) -> Defer {
        self.defers[id.0 as usize]
    }

    /// The fragment's number.
    pub(crate) fn part(&self, id: DeferId) -> usize {
        self.get(id).part
    }

    /// How many fragments are around something.
    pub(crate) fn depth(&self, id: Option<DeferId>) -> usize {
        std::iter::successors(id, |&id| self.get(id).within).count()
    }

    /// Whether what is in `inner` is answered together with `outer`, or later.
    pub(crate) fn is_within(&self, inner: Option<DeferId>, outer: Option<DeferId>) -> bool {
        outer.is_none()
            || std::iter::successors(inner, |&id| self.get(id).within).any(|id| Some(id) == outer)
    }

    /// `inner` as seen from within `outer`.
    pub(crate) fn seen_from(
        &mut self,
        inner: Option<DeferId>,
        outer: Option<DeferId>,
    ) -> Option<DeferId> {
        let id = inner.filter(|_| inner != outer)?;
        let Defer { part, within } = self.get(id);
        let within = self.seen_from(within, outer);
        Some(self.within(part, within))
    }

    /// The same within one more fragment, around all.
    fn put_within(&mut self, id: Option<DeferId>, part: usize) -> DeferId {
        let Some(id) = id else {
            return self.within(part, None);
        };
        let known = self.get(id);
        let within = self.put_within(known.within, part);
        self.within(known.part, Some(within))
    }

    /// The number of the outermost fragment, and what is left within it.
    fn enter(&mut self, id: DeferId) -> (usize, Option<DeferId>) {
        let Defer { part, within } = self.get(id);
        let Some(within) = within else {
            return (part, None);
        };
        let (outermost, left) = self.enter(within);
        (outermost, Some(self.within(part, left)))
    }
}

impl Selections {
    /// A node without all that is deferred, at every depth.
    pub(crate) fn without_deferred(&mut self, node: NodeId) -> NodeId {
        if self.defers.defers.is_empty() {
            return node;
        }
        if let Some(&known) = self.defers.first.get(&node) {
            return known;
        }
        let mut first = self.node(node).clone();
        first.needs.retain(|need| need.defer.is_none());
        first.starts.clear();
        for need in &mut first.needs {
            let child = need.child.map(|child| self.without_deferred(child));
            Rc::make_mut(need).child = child;
        }
        let first = self.intern(first);
        self.defers.first.insert(node, first);
        first
    }

    /// The children of the needs that [`Self::without_deferred`] leaves, with what is deferred in them.
    pub(crate) fn children(&self, node: NodeId) -> Vec<Option<NodeId>> {
        let needs = self.node(node).needs.iter();
        let first = needs.filter(|need| need.defer.is_none());
        first.map(|need| need.child).collect()
    }

    /// The deferred parts of a node: the number of each outermost fragment, and its needs.
    pub(crate) fn deferred_needs(&mut self, node: NodeId) -> Vec<(usize, Vec<Need>)> {
        let mut parts: Vec<(usize, Vec<Need>)> = Vec::new();
        for need in self.node(node).needs.clone() {
            let Some(defer) = need.defer else { continue };
            let (part, left) = self.defers.enter(defer);
            let need = Need {
                defer: left,
                ..Need::clone(&need)
            };
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, needs)) => needs.push(need),
                None => parts.push((part, vec![need])),
            }
        }
        parts
    }

    /// A need that is answered at once, while what is below it belongs to a deferred fragment, all but inputs.
    pub(crate) fn deferred_below(&mut self, mut need: Need, part: usize) -> Need {
        if let Some(child) = need.child {
            let mut node = self.node(child).clone();
            let asked = |need: &&mut Rc<Need>| need.response_key.is_some();
            for below in node.needs.iter_mut().filter(asked) {
                let below = Rc::make_mut(below);
                below.defer = Some(self.defers.put_within(below.defer, part));
            }
            need.child = Some(self.intern(node));
        }
        need
    }

    /// A node with other needs at the same objects.
    pub(crate) fn with_needs(&mut self, node: NodeId, needs: Vec<Need>) -> NodeId {
        let known = self.node(node);
        let (waits_for, passes) = (known.waits_for.clone(), known.passes.clone());
        self.intern(SelectionNode {
            waits_for,
            passes,
            ..SelectionNode::of(needs)
        })
    }
}
