//! Where one can get from a set of nodes: closures of key jumps and the fields that they open, memoised.
//!
//! A closure is a least fixed point. Keys and requirements may lead through other entities, whose closures may
//! lead back: an inner computation then sees what the outer one has so far, its result is not remembered, and
//! the outer one repeats until nothing is added.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

use super::{
    ContextId, Edge, Entry, FieldId, LabelId, NodeId, QueryGraph, SelectionId, SelectionItem,
    TYPENAME, TypeId, type_ids,
};

/// Nested closures beyond this depth are given up: keys of keys of keys.
const DEPTH_LIMIT: usize = 24;

/// What holds on the path so far: decided labels and contexts that an ancestor set. Both sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Environment {
    /// The labels that are known to be on or off.
    pub labels: Vec<(LabelId, bool)>,
    /// The contextual arguments whose value is at hand.
    pub contexts: Vec<ContextId>,
}

/// A node that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The node.
    pub node: NodeId,
    /// How many dependent key jumps it takes at least.
    pub hops: u32,
    /// The key of the last jump; `None` where one starts.
    pub by: Option<Entry>,
}

/// Answers questions about one graph and remembers the answers.
#[derive(Debug)]
pub struct Reach<'g> {
    graph: &'g QueryGraph,
    environment: u32,
    environments: FxHashMap<Environment, u32>,
    current: Environment,
    closures: FxHashMap<(u32, TypeId, NodeId), Arc<[Reached]>>,
    stack: Vec<Frame>,
    frames: u64,
    /// Answers that rest on unfinished ones, good until one of those changes.
    provisional: FxHashMap<(u32, TypeId, NodeId), Provisional>,
    /// Requirements that are being looked at, and the height of the stack when each was begun.
    requirements: Vec<(TypeId, NodeId, FieldId, usize)>,
    undecided: Option<LabelId>,
}

/// An answer that took something from an unfinished closure.
#[derive(Debug)]
struct Provisional {
    reached: Arc<[Reached]>,
    /// The height of the stack that it depends on, and which frame was there.
    depends_on: usize,
    frame: u64,
}

/// A closure that is being computed.
#[derive(Debug)]
struct Frame {
    id: u64,
    type_id: TypeId,
    start: NodeId,
    reached: Vec<Reached>,
    /// The lowest height of the stack that it took an unfinished answer from.
    depends_on: usize,
}

impl<'g> Reach<'g> {
    /// Starts without decided labels and without contexts.
    pub fn new(graph: &'g QueryGraph) -> Self {
        Self {
            graph,
            environment: 0,
            environments: FxHashMap::from_iter([(Environment::default(), 0)]),
            current: Environment::default(),
            closures: FxHashMap::default(),
            stack: Vec::new(),
            frames: 0,
            provisional: FxHashMap::default(),
            requirements: Vec::new(),
            undecided: None,
        }
    }

    /// The graph.
    pub fn graph(&self) -> &'g QueryGraph {
        self.graph
    }

    /// Sets what holds from here on.
    pub fn set_environment(&mut self, environment: &Environment) {
        if self.current != *environment {
            let next = u32::try_from(self.environments.len()).unwrap_or(u32::MAX);
            self.environment = *self.environments.entry(environment.clone()).or_insert(next);
            self.current = environment.clone();
        }
        self.undecided = None;
    }

    /// A label that an answer since the last [`Reach::set_environment`] depended on without its being decided
    /// (it counted as off). Ask again with the label on and off.
    pub fn undecided(&self) -> Option<LabelId> {
        self.undecided
    }

    /// All nodes that can be reached from `start` (ascending) for one object of type `type_id`, ascending, `start`
    /// included. For an interface, `start` holds interface objects whose type is not known yet.
    ///
    /// Each start is looked at alone: a key is not put together from fields of two starts, although both belong to
    /// one object. That is what the field's other gateways promise, and it keeps the number of closures small.
    pub fn closure(&mut self, type_id: TypeId, start: &[NodeId]) -> Arc<[Reached]> {
        if let [only] = start {
            return self.closure_of(type_id, *only);
        }
        let mut nearest: FxHashMap<NodeId, Reached> = FxHashMap::default();
        for node in start {
            for reached in self.closure_of(type_id, *node).iter() {
                let known = nearest.entry(reached.node).or_insert(*reached);
                if reached.hops < known.hops {
                    *known = *reached;
                }
            }
        }
        let mut all: Vec<Reached> = nearest.into_values().collect();
        all.sort_unstable_by_key(|reached| reached.node);
        all.into()
    }

    fn closure_of(&mut self, type_id: TypeId, start: NodeId) -> Arc<[Reached]> {
        let key = (self.environment, type_id, start);
        if let Some(known) = self.closures.get(&key) {
            return Arc::clone(known);
        }
        if let Some(partial) = self.in_progress(type_id, start) {
            return partial;
        }
        if let Some(reached) = self.provisional(key) {
            return reached;
        }
        let undecided = self.undecided.take();
        self.frames += 1;
        self.stack.push(Frame {
            id: self.frames,
            type_id,
            start,
            reached: self.starting_points(type_id, start),
            depends_on: usize::MAX,
        });
        let height = self.stack.len();
        self.grow(type_id);
        let Some(frame) = self.stack.pop() else {
            return Arc::from([]);
        };
        let mut reached = frame.reached;
        reached.sort_unstable_by_key(|reached| reached.node);
        let reached: Arc<[Reached]> = reached.into();
        if frame.depends_on < height {
            self.depend_on(frame.depends_on);
            self.remember_for_now(key, &reached, frame.depends_on);
        } else if self.undecided.is_none() {
            self.closures.insert(key, Arc::clone(&reached));
        }
        self.undecided = undecided.or(self.undecided);
        reached
    }

    /// The nodes to which a field leads from `nodes` (of one object of type `type_id`). Empty when nothing there
    /// resolves it. For a leaf, the nodes that resolve it.
    pub fn step(&mut self, type_id: TypeId, nodes: &[NodeId], field: FieldId) -> Vec<NodeId> {
        let mut targets = Vec::new();
        for &node in nodes {
            let graph = self.graph;
            let Some(edge) = graph.node(node).edge(field) else {
                continue;
            };
            if self.is_usable(type_id, node, edge) {
                targets.push(edge.target.unwrap_or(node));
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Whether what a field requires is at its node itself, or can be brought back there by a key.
    pub fn returns(&mut self, type_id: TypeId, node: NodeId, edge: &Edge) -> bool {
        if self.selects(type_id, &[node], edge.requires) {
            return true;
        }
        let graph = self.graph;
        let here = graph.node(node);
        let closure = self.closure_of(type_id, node);
        let reached: Vec<NodeId> = closure.iter().map(|reached| reached.node).collect();
        graph.type_info(type_id).entries.iter().any(|entry| {
            let there = graph.node(entry.node);
            (there.subgraph, there.type_id) == (here.subgraph, here.type_id)
                && self.selects(type_id, &reached, entry.key)
        })
    }

    /// Whether a field set can be had for an object of type `type_id` at `nodes`, without further jumps on that
    /// object itself.
    pub fn selects(&mut self, type_id: TypeId, nodes: &[NodeId], selection: SelectionId) -> bool {
        let graph = self.graph;
        let items = graph.selections().items(selection);
        items.iter().all(|item| match *item {
            SelectionItem::Field(TYPENAME, _) => true,
            SelectionItem::Field(field, below) => self.selects_field(type_id, nodes, field, below),
            SelectionItem::Fragment(condition, inner) => {
                let info = graph.type_info(condition);
                !info.possible.contains(type_id.0 as usize) || self.selects(type_id, nodes, inner)
            }
        })
    }

    /// The object types that a value of abstract type `type_id` can have at `nodes`, each with the nodes for it.
    /// `None` when the nodes are interface objects and no key leads to where the type is known.
    pub fn spread(
        &mut self,
        type_id: TypeId,
        nodes: &[NodeId],
    ) -> Option<Vec<(TypeId, Vec<NodeId>)>> {
        let mut nodes = nodes.to_vec();
        if !self.knows_types(&nodes) {
            nodes = self
                .closure(type_id, &nodes)
                .iter()
                .map(|reached| reached.node)
                .collect();
            if !self.knows_types(&nodes) {
                return None;
            }
        }
        let graph = self.graph;
        let narrowed = |object: TypeId| {
            let mut narrowed: Vec<NodeId> = nodes
                .iter()
                .filter_map(|node| graph.narrow(*node, object))
                .collect();
            narrowed.sort_unstable();
            narrowed.dedup();
            (object, narrowed)
        };
        Some(
            type_ids(&self.shared_types(type_id, &nodes))
                .map(narrowed)
                .collect(),
        )
    }

    /// The object types that all of `nodes` can have: the nodes are of one value.
    fn shared_types(&self, type_id: TypeId, nodes: &[NodeId]) -> FixedBitSet {
        let mut shared = self.graph.type_info(type_id).possible.clone();
        for node in nodes.iter().map(|node| self.graph.node(*node)) {
            shared.intersect_with(&node.possible);
        }
        shared
    }

    fn knows_types(&self, nodes: &[NodeId]) -> bool {
        nodes
            .iter()
            .any(|node| !self.graph.node(*node).is_interface_object)
    }

    fn selects_field(
        &mut self,
        type_id: TypeId,
        nodes: &[NodeId],
        field: FieldId,
        below: SelectionId,
    ) -> bool {
        let next = self.step(type_id, nodes, field);
        let info = self.graph.type_info(type_id).fields.get(&field);
        match info.and_then(|info| info.target) {
            _ if next.is_empty() => false,
            Some(target) => self.selects_below(target, &next, below),
            None => true,
        }
    }

    /// Whether a field set can be had for a value of type `type_id` at `nodes`, with jumps.
    fn selects_below(&mut self, type_id: TypeId, nodes: &[NodeId], selection: SelectionId) -> bool {
        let is_abstract = self.graph.type_info(type_id).is_abstract();
        let needs_type = || {
            let items = self.graph.selections().items(selection);
            items
                .iter()
                .any(|item| matches!(item, SelectionItem::Fragment(..)))
        };
        if !(is_abstract && needs_type()) && self.selects(type_id, nodes, selection) {
            return true;
        }
        if is_abstract {
            let spread = self.spread(type_id, nodes);
            return spread.is_some_and(|objects| {
                objects
                    .iter()
                    .all(|(object, nodes)| self.selects_below(*object, nodes, selection))
            });
        }
        let reached = self.closure(type_id, nodes);
        if reached.len() == nodes.len() {
            return false;
        }
        let reached: Vec<NodeId> = reached.iter().map(|reached| reached.node).collect();
        self.selects(type_id, &reached, selection)
    }

    fn is_usable(&mut self, type_id: TypeId, node: NodeId, edge: &Edge) -> bool {
        let decided = edge
            .label
            .is_none_or(|(label, when)| self.is_on(label) == when);
        let contexts = || {
            edge.contexts
                .iter()
                .all(|one| self.current.contexts.contains(one))
        };
        decided
            && contexts()
            && (edge.requires == SelectionId::EMPTY || self.meets_requirement(type_id, node, edge))
    }

    fn is_on(&mut self, label: LabelId) -> bool {
        let found = self
            .current
            .labels
            .iter()
            .find(|(known, _)| *known == label);
        match found {
            Some((_, on)) => *on,
            None => {
                self.undecided.get_or_insert(label);
                false
            }
        }
    }

    /// Whether what a field requires can be had from its node. A requirement that needs itself cannot.
    fn meets_requirement(&mut self, type_id: TypeId, node: NodeId, edge: &Edge) -> bool {
        let active = (self.requirements.iter())
            .find(|(on, active, field, _)| (*on, *active, *field) == (type_id, node, edge.field));
        if let Some((_, _, _, height)) = active {
            let height = *height;
            self.depend_on(height);
            return false;
        }
        let begun = (type_id, node, edge.field, self.stack.len());
        self.requirements.push(begun);
        let met = self.selects(type_id, &[node], edge.requires) || {
            let reached = self.closure_of(type_id, node);
            let reached: Vec<NodeId> = reached.iter().map(|reached| reached.node).collect();
            self.selects(type_id, &reached, edge.requires)
        };
        self.requirements.pop();
        if met {
            self.provisional.clear();
        }
        met
    }

    fn remember_for_now(
        &mut self,
        key: (u32, TypeId, NodeId),
        reached: &Arc<[Reached]>,
        depends_on: usize,
    ) {
        let kept = Provisional {
            reached: Arc::clone(reached),
            depends_on,
            frame: self.frame_at(depends_on),
        };
        self.provisional.insert(key, kept);
    }

    /// An answer that rests on unfinished ones, all of which are as they were.
    fn provisional(&mut self, key: (u32, TypeId, NodeId)) -> Option<Arc<[Reached]>> {
        let kept = self.provisional.get(&key)?;
        let (depends_on, reached) = (kept.depends_on, Arc::clone(&kept.reached));
        if depends_on > self.stack.len() || self.frame_at(depends_on) != kept.frame {
            return None;
        }
        self.depend_on(depends_on);
        Some(reached)
    }

    /// Which frame is at a height of the stack; 0 for none.
    fn frame_at(&self, height: usize) -> u64 {
        let below = height.checked_sub(1);
        below
            .and_then(|index| self.stack.get(index))
            .map_or(0, |frame| frame.id)
    }

    /// Adds nodes to the topmost frame, round by round, until no key opens another.
    fn grow(&mut self, type_id: TypeId) {
        let graph = self.graph;
        for hops in 1.. {
            let mut nodes: Vec<NodeId> = self.top().map(|reached| reached.node).collect();
            nodes.sort_unstable();
            let mut added: Vec<Reached> = Vec::new();
            for entry in &graph.type_info(type_id).entries {
                let known = nodes.binary_search(&entry.node).is_ok()
                    || added.iter().any(|reached| reached.node == entry.node);
                if !known && self.selects(type_id, &nodes, entry.key) {
                    let by = Some(*entry);
                    added.push(Reached {
                        node: entry.node,
                        hops,
                        by,
                    });
                }
            }
            if added.is_empty() {
                return;
            }
            self.provisional.clear();
            if let Some(frame) = self.stack.last_mut() {
                frame.reached.extend(added);
            }
        }
    }

    fn top(&self) -> impl Iterator<Item = &Reached> {
        self.stack
            .last()
            .into_iter()
            .flat_map(|frame| &frame.reached)
    }

    /// `start`; for a root type also its other subgraphs, which are entered without a key.
    fn starting_points(&self, type_id: TypeId, start: NodeId) -> Vec<Reached> {
        let point = |node: NodeId, hops: u32| Reached {
            node,
            hops,
            by: None,
        };
        let info = self.graph.type_info(type_id);
        let others = info
            .nodes
            .iter()
            .filter(|node| info.root.is_some() && **node != start);
        std::iter::once(point(start, 0))
            .chain(others.map(|node| point(*node, 1)))
            .collect()
    }

    /// What an unfinished computation of the same closure has so far, or nothing more when nested too deeply.
    fn in_progress(&mut self, type_id: TypeId, start: NodeId) -> Option<Arc<[Reached]>> {
        let same = |frame: &Frame| frame.type_id == type_id && frame.start == start;
        if let Some(position) = self.stack.iter().position(same) {
            self.depend_on(position + 1);
            let mut partial = self.stack[position].reached.clone();
            partial.sort_unstable_by_key(|reached| reached.node);
            return Some(partial.into());
        }
        if self.stack.len() < DEPTH_LIMIT {
            return None;
        }
        self.depend_on(0);
        let mut partial = self.starting_points(type_id, start);
        partial.sort_unstable_by_key(|reached| reached.node);
        Some(partial.into())
    }

    /// Notes that everything above that height of the stack rests on an unfinished answer.
    fn depend_on(&mut self, height: usize) {
        for frame in self.stack.iter_mut().skip(height) {
            frame.depends_on = frame.depends_on.min(height);
        }
    }
}
