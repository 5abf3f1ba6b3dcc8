//! A group: an entity call or a root selection, before calls are put together into requests.

use super::{GroupContext, TreeId};
use crate::search::Level;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use std::collections::{BTreeMap, BTreeSet};
use weft_query_plan::{Conjunction, PathSegment, RepresentationItem};
use weft_supergraph::SubgraphId;

/// A position in the list of groups; a group comes after those that it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct GroupId(pub(crate) usize);

/// What a group asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupKind {
    /// Fields of a root type.
    Root(OperationType),
    /// Fields of entities.
    Entities,
}

/// How objects of some types become representations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    /// The types.
    pub(crate) types: TypeSet,
    /// The type that has the key in the subgraph.
    pub(crate) key_type: Name,
    /// Whether representations carry the key type's name instead of the object's own.
    pub(crate) is_renamed: bool,
    /// Whether objects' types are unknown: they are taken to be of the key type.
    pub(crate) is_blind: bool,
    /// What is copied.
    pub(crate) items: Vec<RepresentationItem>,
}

/// A fetch to be.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) subgraph: SubgraphId,
    pub(crate) kind: GroupKind,
    /// The step that the search had in mind; identifies the group at its place.
    pub(crate) level: Level,
    pub(crate) path: Vec<PathSegment>,
    /// The runtime types at the place.
    pub(crate) types: TypeSet,
    pub(crate) inputs: Vec<Input>,
    /// The types that it is for, where others must not go along.
    pub(crate) only_for: Option<TypeSet>,
    /// What its fields take from above.
    pub(crate) contexts: Vec<GroupContext>,
    pub(crate) tree: TreeId,
    pub(crate) depends_on: BTreeSet<GroupId>,
    /// Groups that bring values for fields below the entities, each with the conditions of those fields; they are among those that
    /// the group depends on once all is built.
    pub(crate) values_from: BTreeMap<GroupId, Vec<Conjunction>>,
    /// It is sent when one of them holds.
    pub(crate) conditions: Vec<Conjunction>,
    /// The deferred parts that need it; `None` stands for the first answer.
    pub(crate) parts: BTreeSet<Option<usize>>,
}

impl Group {
    /// The deferred parts that need it; none for a group that the first answer waits for.
    pub(crate) fn deferred(&self) -> Vec<usize> {
        match self.parts.contains(&None) {
            true => Vec::new(),
            false => self.parts.iter().copied().flatten().collect(),
        }
    }

    /// Lets it wait for groups that bring values for fields below the entities. Those are only sent where a client needs such a field.
    pub(crate) fn wait_for_values(
        &mut self,
        before: BTreeSet<GroupId>,
        conditions: Option<&Conjunction>,
    ) {
        for group in before {
            match conditions {
                Some(conditions) => {
                    let known = self.values_from.entry(group).or_default();
                    known.push(conditions.clone());
                }
                None => _ = self.depends_on.insert(group),
            }
        }
    }

    /// All that it depends on.
    pub(crate) fn before(&self) -> BTreeSet<GroupId> {
        let values = self.values_from.keys();
        self.depends_on.iter().chain(values).copied().collect()
    }

    /// Whether it comes after other groups for the order of a mutation's fields alone: it needs nothing of theirs.
    pub(crate) fn only_takes_its_turn(&self) -> bool {
        matches!(self.kind, GroupKind::Root(_)) && self.path.is_empty()
    }

    /// Lets the group run under one more condition; false where nothing changes.
    pub(crate) fn add_condition(&mut self, condition: &Conjunction) -> bool {
        let implied = |known: &Conjunction| known.0.iter().all(|one| condition.0.contains(one));
        if self.conditions.iter().any(implied) {
            return false;
        }
        self.conditions
            .retain(|known| !condition.0.iter().all(|one| known.0.contains(one)));
        self.conditions.push(condition.clone());
        true
    }
}

/// Whether each group can come after all that it depends on.
pub(super) fn can_be_ordered(groups: &[Group]) -> bool {
    let mut left: Vec<usize> = Vec::with_capacity(groups.len());
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for (index, group) in groups.iter().enumerate() {
        let before = group.before();
        left.push(before.len());
        for GroupId(dependency) in before {
            dependents[dependency].push(index);
        }
    }
    let mut free: Vec<usize> = (0..left.len()).filter(|&index| left[index] == 0).collect();
    let mut ordered = 0;
    while let Some(index) = free.pop() {
        ordered += 1;
        for &dependent in &dependents[index] {
            left[dependent] -= 1;
            if left[dependent] == 0 {
                free.push(dependent);
            }
        }
    }
    ordered == groups.len()
}
