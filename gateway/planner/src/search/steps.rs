//! In which steps each subgraph may be asked: what is enough for a plan, whatever is chosen within it.

use super::{Level, Search};
use crate::selection::NodeId;
use weft_supergraph::SubgraphId;

/// A set of steps, as bits; steps from 64 on are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Steps(pub(crate) u64);

impl Steps {
    /// All steps, those from 64 on too.
    pub(crate) const ALL: Self = Self(u64::MAX);
    /// No step.
    pub(crate) const NONE: Self = Self(0);
    /// The last step that a set can have without having all.
    pub(crate) const LAST: Level = 63;

    /// Adds a step up to [`Self::LAST`].
    pub(crate) fn insert(&mut self, step: Level) {
        self.0 |= 1 << step;
    }

    /// Takes a step up to [`Self::LAST`] away.
    pub(crate) fn remove(&mut self, step: Level) {
        self.0 &= !(1 << step);
    }

    /// The first of the steps from `level` on.
    fn first_from(self, level: Level) -> Option<Level> {
        if self == Self::ALL {
            return Some(level);
        }
        (level..=Self::LAST).find(|step| self.0 & (1 << step) != 0)
    }
}

impl Search<'_> {
    /// Lets one subgraph be asked in some steps only.
    pub(crate) fn set_only_steps(&mut self, subgraph: SubgraphId, only: Steps) {
        let mut steps = vec![Steps::ALL; self.graph.subgraph_ids().count()];
        steps[subgraph.index()] = only;
        self.values.forget_levels();
        self.set_steps(Some(steps));
    }

    /// Lets each subgraph be asked in some steps only.
    pub(crate) fn set_steps(&mut self, steps: Option<Vec<Steps>>) {
        self.steps = steps;
        self.forget_answers();
    }

    /// The first step from `level` on in which the subgraph may be asked.
    pub(crate) fn step_from(&self, subgraph: SubgraphId, level: Level) -> Option<Level> {
        match &self.steps {
            Some(steps) => steps[subgraph.index()].first_from(level),
            None => Some(level),
        }
    }

    /// Whether all of a node is there after `within` steps when each subgraph is asked in some steps only; `None` where there is no room
    /// to find out. What was remembered for that is then forgotten.
    pub(crate) fn is_enough(
        &mut self,
        steps: &[Steps],
        node: NodeId,
        within: Level,
    ) -> Option<bool> {
        let memory = self.memory.clone();
        self.set_steps(Some(steps.to_vec()));
        let level = self.earliest(node, &[]);
        let has_room = !self.memory.is_exceeded();
        self.memory = memory;
        has_room.then_some(level.is_some_and(|level| level <= within))
    }
}
