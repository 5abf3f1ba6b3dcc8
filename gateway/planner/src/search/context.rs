//! Values that fields take from contexts: when they are there, and which calls can take them along for fields below what they enter.

use super::{Available, Frame, Handle, Level, Origin, Search};
use crate::graph::{NameId, Resolution};
use crate::selection::{BoundValue, NodeId, Wait};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use weft_supergraph::{SubgraphField, SubgraphId};

/// When values are there.
#[derive(Default)]
pub(super) struct Values {
    /// The step after which each value is there, as the last plan had it.
    levels: FxHashMap<BoundValue, Level>,
    /// The sets of values that calls take along; [`Handle::values`] is one more than the position here.
    taken: IndexSet<Vec<BoundValue>>,
    /// The soonest step in which each can be there.
    soonest: FxHashMap<BoundValue, Level>,
    /// Whether each field with values is entered by a call of its own.
    all_apart: bool,
    /// Whether all values are taken to be there in time: for a bound of what any plan needs.
    all_there: bool,
    /// Whether calls wait for values that fields below take.
    are_awaited: bool,
    /// Whether some call could wait for a value.
    come_late: bool,
}

impl Values {
    /// Forgets when values are there.
    pub(super) fn forget_levels(&mut self) {
        self.levels.clear();
    }

    fn is_there(&self, value: BoundValue, level: Level) -> bool {
        let known = self.levels.get(&value);
        known.map_or(self.all_there, |&known| known < level)
    }
}

impl<'a> Search<'a> {
    /// Sets when values that fields take from contexts are there, and forgets what was found out without them. Whether anything
    /// changed.
    pub(crate) fn set_context_levels(&mut self, levels: FxHashMap<BoundValue, Level>) -> bool {
        if levels == self.values.levels {
            return false;
        }
        self.values.levels = levels;
        self.forget_answers();
        true
    }

    /// Lets each field with values from contexts be entered by a call of its own. Whether some may not have been.
    pub(crate) fn keep_values_apart(&mut self) -> bool {
        self.values.forget_levels();
        self.forget_answers();
        !std::mem::replace(&mut self.values.all_apart, true)
    }

    /// Lets calls wait for values that come later than they could leave, or not. Whether that may change anything.
    pub(crate) fn wait_for_values(&mut self, wait: bool) -> bool {
        let may_change = self.values.come_late && self.values.are_awaited != wait;
        self.values.are_awaited = wait;
        if may_change {
            self.forget_answers();
        }
        may_change
    }

    /// Takes all values to be there in time, for a bound of what any plan needs.
    pub(crate) fn assume_values(&mut self) {
        self.values.forget_levels();
        self.values.soonest.clear();
        self.values.all_there = true;
        self.values.are_awaited = false;
        self.values.all_apart = false;
    }

    /// The same, but for the steps in which values can be there at the soonest, as far as they were met since. Whether there are any.
    pub(crate) fn assume_soonest_values(&mut self) -> bool {
        self.values.levels = std::mem::take(&mut self.values.soonest);
        self.forget_answers();
        !self.values.levels.is_empty()
    }

    /// Notes when an input of a node is there.
    pub(super) fn note_value(&mut self, node: NodeId, position: usize, level: Level) {
        let known = self.selections.node(node);
        let need = &known.needs[position];
        if let Some(binding) = known.gives.filter(|_| need.response_key.is_none()) {
            let field = need.field;
            let soonest = self.values.soonest.entry(BoundValue { binding, field });
            let soonest = soonest.or_insert(level);
            *soonest = level.min(*soonest);
        }
    }

    /// The step after which all values are there that a field of the node takes from contexts in a subgraph.
    pub(super) fn context_level(&self, node: NodeId, subgraph: SubgraphId, name: NameId) -> Level {
        let waits = self.waits(node, subgraph, name);
        let levels = waits.filter_map(|wait| self.values.levels.get(&wait.value));
        levels.copied().max().unwrap_or(0)
    }

    fn waits(
        &self,
        node: NodeId,
        subgraph: SubgraphId,
        name: NameId,
    ) -> impl Iterator<Item = &Wait> {
        let waits = self.selections.node(node).waits_for.iter();
        waits.filter(move |wait| wait.subgraph == subgraph && wait.field == name)
    }

    /// The values from a node or above it that fields below it take in a subgraph.
    fn passed(&self, frame: &Frame, subgraph: SubgraphId) -> impl Iterator<Item = BoundValue> {
        let takes_any = !frame.is_blind && !self.values.all_apart;
        let passes = self.selections.node(frame.node).passes.iter();
        let passes = passes.filter(move |(known, _)| takes_any && *known == subgraph);
        passes.map(|(_, value)| *value)
    }

    /// The step in which a call leaves that could leave in that one: later, where it waits for values.
    pub(super) fn level_with_values(
        &mut self,
        frame: &Frame,
        subgraph: SubgraphId,
        level: Level,
    ) -> Level {
        let levels = self.passed(frame, subgraph);
        let levels = levels.filter_map(|value| self.values.levels.get(&value));
        let with_values = levels.max().map_or(0, |known| known + 1);
        self.values.come_late |= with_values > level;
        match self.values.are_awaited {
            true => level.max(with_values),
            false => level,
        }
    }

    /// The values that a call takes along which enters a node's objects in that step.
    pub(super) fn values_taken(
        &mut self,
        frame: &Frame,
        subgraph: SubgraphId,
        level: Level,
    ) -> u32 {
        let there = self.passed(frame, subgraph);
        let there = there.filter(|&value| self.values.is_there(value, level));
        let there: Vec<BoundValue> = there.collect();
        match there.is_empty() {
            true => 0,
            false => self.values.taken.insert_full(there).0 as u32 + 1,
        }
    }

    /// A handle as it is below a field that is fetched through it in that step: where that is later than the handle, by another call.
    pub(crate) fn in_step<'h>(
        &mut self,
        frame: &Frame,
        handle: &'h Handle,
        level: Level,
    ) -> Cow<'h, Handle> {
        if level <= handle.level || handle.is_interface_object {
            return Cow::Borrowed(handle);
        }
        Cow::Owned(Handle {
            values: self.values_taken(frame, handle.subgraph, level),
            ..handle.clone()
        })
    }

    /// Whether a field is resolved with nothing but the objects that are there: its own, provided, or with values that came along.
    pub(crate) fn gives_at_once(
        &self,
        node: NodeId,
        one: &Available,
        object: usize,
        name: NameId,
    ) -> bool {
        let is_given = matches!(one.origin, Origin::Given(_));
        self.is_local(&one.handle, object, name)
            || is_given && self.is_carried(node, &one.handle, object, name)
    }

    /// Whether all that a field needs besides the object are values that came with the call which gave the objects above. Only
    /// arguments that can be null: without a value the others would cost the call all that it asks.
    pub(crate) fn is_carried(
        &self,
        node: NodeId,
        handle: &Handle,
        object: usize,
        name: NameId,
    ) -> bool {
        let position = (handle.values as usize).checked_sub(1);
        let taken = position.and_then(|position| self.values.taken.get_index(position));
        let Some(taken) = taken else {
            return false;
        };
        let resolution = self.graph.resolution(handle.subgraph, object, name);
        let Some(Resolution::Requires(field)) = resolution else {
            return false;
        };
        let is_plain = field.requires.is_none() && !handle.is_closed && !handle.is_interface_object;
        let can_be_null = |field: &SubgraphField| {
            let mut arguments = field.context_arguments.iter();
            arguments.all(|argument| !argument.ty.is_non_null())
        };
        let mut waits = self.waits(node, handle.subgraph, name).peekable();
        let has_values =
            waits.peek().is_some() && waits.all(|wait| taken.binary_search(&wait.value).is_ok());
        is_plain && can_be_null(field) && has_values
    }
}
