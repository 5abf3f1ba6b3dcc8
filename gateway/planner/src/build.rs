//! Replays the search's choices into groups: what each fetch selects, what it needs, what must come before it.

mod answer;
mod child;
mod context;
mod deferred;
mod enter;
mod group;
mod leaf;
mod node;
mod spot;
mod tree;

use crate::error::PlanError;
use crate::memory::Memory;
use crate::search::{Available, Frame, Handle, Level, Search, Way};
use crate::selection::{BoundValue, FieldId, NodeId, SelectionNode};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use weft_query_plan::{Conjunction, PathSegment};
use weft_supergraph::SubgraphId;

use context::{EntryContexts, Offer};

pub(crate) use context::{GroupContext, own_contexts, same_contexts};
pub(crate) use group::{Group, GroupId, GroupKind, Input};
pub(crate) use spot::{SpotId, Spots};
pub(crate) use tree::{TreeId, TreeItem, Trees};

/// Everything that was built.
pub(crate) struct Built {
    /// The fetches to be.
    pub(crate) groups: Vec<Group>,
    /// What they select.
    pub(crate) trees: Trees,
    /// The groups that bring what fields take from contexts.
    pub(crate) values: FxHashMap<BoundValue, BTreeSet<GroupId>>,
    /// The deferred parts, by number.
    pub(crate) parts: FxHashMap<usize, PartPlace>,
}

/// Where objects are: a spot of the merged response, for some runtime types, under conditions.
struct Place {
    spot: SpotId,
    /// The path from the place above.
    segments: Vec<PathSegment>,
    /// How long the whole path is.
    depth: usize,
    conditions: Conjunction,
    is_root: bool,
    /// Whether only fetches read what is there, and no client.
    is_input: bool,
    /// The place above; `None` at the root.
    parent: Option<PlaceId>,
    /// The runtime types there.
    types: TypeSet,
    /// What fields below take from it.
    offer: Offer,
    /// The deferred part that it is in.
    part: Option<usize>,
}

/// For whom something is selected.
struct Gate {
    /// When.
    conditions: Conjunction,
    /// In which deferred part.
    part: Option<usize>,
}

/// Where the fragment of a deferred part stands, and the part around it.
pub(crate) type PartPlace = (Vec<Vec<PathSegment>>, Option<usize>);

/// A position in [`Builder::places`].
type PlaceId = usize;
/// A position in [`Builder::links`].
type LinkId = usize;
/// A position in [`Builder::scenes`].
type SceneId = usize;

/// Something that is open at a place, or will be as soon as something is selected through it.
struct Link {
    handle: Handle,
    source: Source,
    open: Option<(GroupId, TreeId)>,
}

/// How a link comes to be open.
#[derive(Clone)]
enum Source {
    /// By selecting a field through links of the place above, for some types each.
    Field {
        parents: Vec<(LinkId, TypeSet)>,
        item: Rc<TreeItem>,
        is_restricted: bool,
        returns_abstract: bool,
    },
    /// By entering the subgraph for a class.
    Entry {
        scene: SceneId,
        way: Way,
        required: Option<NodeId>,
        /// The types that require it, where the call is for no others.
        only_for: Option<TypeSet>,
        contexts: Rc<EntryContexts>,
    },
}

/// A class of types at a place, with what is available for it.
struct Scene {
    place: PlaceId,
    frame: Rc<Frame>,
    class: usize,
    available: Rc<Vec<Available>>,
    /// For each available one the link, once there is one.
    links: Vec<LinkId>,
}

/// Builds groups.
pub(crate) struct Builder<'s, 'a> {
    search: &'s mut Search<'a>,
    spots: Spots,
    memory: Memory,
    trees: Trees,
    groups: Vec<Group>,
    groups_at: FxHashMap<PlaceId, Vec<GroupId>>,
    places: Vec<Place>,
    links: Vec<Link>,
    scenes: Vec<Scene>,
    operation_type: OperationType,
    parts: FxHashMap<usize, PartPlace>,
}

impl<'s, 'a> Builder<'s, 'a> {
    /// A builder for an operation whose root selection is `root`.
    pub(crate) fn new(
        search: &'s mut Search<'a>,
        root: NodeId,
        operation_type: OperationType,
    ) -> Self {
        let mut memory = search.memory.clone();
        let spots = Spots::of(&search.selections, root, &mut memory);
        Self {
            search,
            spots,
            memory,
            trees: Trees::default(),
            groups: Vec::new(),
            groups_at: FxHashMap::default(),
            places: Vec::new(),
            links: Vec::new(),
            scenes: Vec::new(),
            operation_type,
            parts: FxHashMap::default(),
        }
    }

    /// Builds a root selection set.
    pub(crate) fn root(&mut self, node: NodeId, deadline: Level) -> Result<(), PlanError> {
        let place = self.place(Place {
            spot: SpotId::ROOT,
            segments: Vec::new(),
            depth: 0,
            conditions: Conjunction::default(),
            is_root: true,
            is_input: false,
            parent: None,
            types: TypeSet::default(),
            offer: Offer::default(),
            part: None,
        })?;
        self.build_node(node, place, &[], deadline)?;
        Ok(())
    }

    /// Builds a part of a root selection set that one subgraph answers, after all that was built before.
    pub(crate) fn root_from(
        &mut self,
        subgraph: SubgraphId,
        node: SelectionNode,
    ) -> Result<(), PlanError> {
        let before = self.groups.len();
        let node = self.search.selections.intern(node);
        self.search.set_only_root(Some(subgraph));
        let first = self.search.selections.without_deferred(node);
        let deadline = self.search.earliest(first, &[]).unwrap_or(Level::MAX);
        let built = self.root(node, deadline);
        self.search.set_only_root(None);
        built?;
        let is_first = |group: &usize| self.groups[*group].parts.contains(&None);
        let earlier = (0..before).filter(is_first).map(GroupId);
        let earlier: BTreeSet<GroupId> = earlier.collect();
        for group in &mut self.groups[before..] {
            if group.depends_on.is_empty() {
                group.depends_on.clone_from(&earlier);
            }
        }
        Ok(())
    }

    /// The groups, with conditions that let every fetch run whose results another needs.
    pub(crate) fn finish(mut self) -> Result<Built, PlanError> {
        self.check_order()?;
        for index in (0..self.groups.len()).rev() {
            self.pass_conditions_on(index);
        }
        for group in &mut self.groups {
            group.depends_on = group.before();
        }
        for index in (0..self.groups.len()).rev() {
            self.pass_parts_on(index);
        }
        Ok(Built {
            values: self.values(),
            parts: self.parts,
            groups: self.groups,
            trees: self.trees,
        })
    }

    fn pass_conditions_on(&mut self, index: usize) {
        let group = &self.groups[index];
        if group.only_takes_its_turn() {
            return;
        }
        let conditions = &group.conditions;
        let before = group.depends_on.iter();
        let before = before.map(|&dependency| (dependency, conditions.clone()));
        let values = group.values_from.iter();
        let values = values.map(|(&dependency, conditions)| (dependency, conditions.clone()));
        let before: Vec<(GroupId, Vec<Conjunction>)> = before.chain(values).collect();
        for (dependency, conditions) in before {
            let mut changed = false;
            for conjunction in &conditions {
                changed |= self.groups[dependency.0].add_condition(conjunction);
            }
            if changed {
                self.pass_conditions_on(dependency.0);
            }
        }
    }

    fn place(&mut self, place: Place) -> Result<PlaceId, PlanError> {
        let has_room = self.memory.take::<Place>(1)
            && self.memory.take::<PathSegment>(place.segments.len())
            && !self.search.memory.is_exceeded();
        if !has_room {
            return Err(self.memory.error());
        }
        self.places.push(place);
        Ok(self.places.len() - 1)
    }

    /// The path of a place from the root.
    fn path(&self, place: PlaceId) -> Vec<PathSegment> {
        let above = std::iter::successors(Some(place), |&place| self.places[place].parent);
        let mut all: Vec<&Vec<PathSegment>> =
            above.map(|place| &self.places[place].segments).collect();
        all.reverse();
        all.into_iter().flatten().cloned().collect()
    }

    fn link(&mut self, handle: Handle, source: Source) -> LinkId {
        self.memory.take::<Link>(1);
        self.links.push(Link {
            handle,
            source,
            open: None,
        });
        self.links.len() - 1
    }

    fn field_name(&self, field: FieldId) -> Name {
        self.search.selections.field(field).name.clone()
    }
}
