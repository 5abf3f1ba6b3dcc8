//! The search for what to open where: its memory, and the handles that describe what is open at a place.

mod candidates;
mod closed;
mod closure;
mod context;
mod earliest;
mod evaluate;
mod frame;
mod resolving;
mod solve;
mod split;
mod steps;

use crate::graph::{Graph, NameId};
use crate::memory::Memory;
use crate::selection::{NodeId, Selections};
use crate::type_set::TypeSet;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::rc::Rc;
use std::sync::Arc;
use weft_supergraph::{FieldSet, FieldSetItem, SubgraphId};

pub(crate) use closure::{Available, Origin, Way};
pub(crate) use frame::{Class, Frame, Setting};
pub(crate) use resolving::{Resolving, knowing};
pub(crate) use solve::{Solution, Supplier};
pub(crate) use steps::Steps;

/// A map in the order of its making, whose keys no client's text can choose.
type Map<K, V> = IndexMap<K, V, FxBuildHasher>;
/// A set in the order of its making, whose members no client's text can choose.
type Set<T> = IndexSet<T, FxBuildHasher>;

/// A dependent step, from 1.
pub(crate) type Level = u32;

/// A subgraph that is open at a place: its fields there cost nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Handle {
    /// The step in which the fetch is sent.
    pub(crate) level: Level,
    /// The subgraph.
    pub(crate) subgraph: SubgraphId,
    /// The runtime types that objects can have there.
    pub(crate) types: Arc<TypeSet>,
    /// What the path provides beyond the subgraph's own fields; an id of [`Search::provided`].
    pub(crate) provides: u32,
    /// Whether the subgraph knows the objects only as an interface object, and so not their types.
    pub(crate) is_interface_object: bool,
    /// Whether it gives inputs only: what is deferred is fetched anew.
    pub(crate) is_closed: bool,
    /// What fields below can take from contexts, because it is there when the fetch is sent; an id of [`Search::values`].
    pub(crate) values: u32,
}

/// How much work the search may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Evaluations of one set of entries at one place, in all.
    pub(crate) evaluations: u64,
    /// With at most that many subgraphs to choose from at a place, all sets are looked at.
    pub(crate) exhaustive: usize,
    /// Whether a request may be left apart that perhaps need not be sent.
    pub(crate) reuses_entities: bool,
}

/// A node, and what a handle has that decides whether it answers the node alone.
type ClosedKey = (NodeId, SubgraphId, Arc<TypeSet>, u32, bool, bool, u32);

/// What was found out, remembered per node.
pub(crate) struct Search<'a> {
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) selections: Selections,
    pub(crate) effort: Effort,
    /// What each (subgraph, step) costs, in thousandths of a request; all others cost a whole one.
    pub(crate) prices: FxHashMap<(SubgraphId, Level), u64>,
    least_prices: FxHashMap<SubgraphId, u64>,
    /// Whether there was a choice at all.
    pub(crate) has_chosen: bool,
    /// The one subgraph that may answer at the root, where only one may.
    only_root: Option<SubgraphId>,
    /// The steps in which each subgraph may be asked, where not all may in all.
    steps: Option<Vec<Steps>>,
    pub(crate) evaluations: u64,
    /// What is remembered, in bytes.
    pub(crate) memory: Memory,
    provided: Set<FieldSet>,
    keys: Set<FieldSet>,
    field_set_nodes: FxHashMap<(usize, TypeSet), NodeId>,
    closed: FxHashMap<ClosedKey, bool>,
    leaf_counts: FxHashMap<NodeId, u64>,
    earliest: earliest::Earliest,
    solved: FxHashMap<(NodeId, Vec<Handle>, Level), Option<Rc<Solution>>>,
    /// Requirements that are being looked at, each with how many nodes were in progress when it was begun.
    requirements_in_progress: Vec<(usize, SubgraphId, usize, NameId)>,
    values: context::Values,
}

impl<'a> Search<'a> {
    /// A search over the nodes of `selections`.
    pub(crate) fn new(
        graph: &'a Graph<'a>,
        selections: Selections,
        effort: Effort,
        memory: Memory,
    ) -> Self {
        let mut provided = Set::default();
        provided.insert(FieldSet::default());
        Self {
            graph,
            selections,
            effort,
            prices: FxHashMap::default(),
            least_prices: FxHashMap::default(),
            has_chosen: false,
            only_root: None,
            steps: None,
            evaluations: 0,
            memory,
            provided,
            keys: Set::default(),
            field_set_nodes: FxHashMap::default(),
            closed: FxHashMap::default(),
            leaf_counts: FxHashMap::default(),
            earliest: earliest::Earliest::default(),
            solved: FxHashMap::default(),
            requirements_in_progress: Vec::new(),
            values: context::Values::default(),
        }
    }

    /// Forgets what was found out under other circumstances.
    fn forget_answers(&mut self) {
        self.earliest.clear();
        self.solved.clear();
    }

    /// Sets what requests cost, and forgets the choices that were made with other prices.
    pub(crate) fn set_prices(&mut self, prices: FxHashMap<(SubgraphId, Level), u64>) {
        self.least_prices.clear();
        for (&(subgraph, _), &price) in &prices {
            let least = self.least_prices.entry(subgraph).or_insert(price);
            *least = price.min(*least);
        }
        self.prices = prices;
        self.solved.clear();
    }

    /// Lets only one subgraph answer at the root, or all.
    pub(crate) fn set_only_root(&mut self, subgraph: Option<SubgraphId>) {
        self.only_root = subgraph;
        self.earliest.forget_roots();
        self.solved.retain(|(_, handles, _), _| !handles.is_empty());
    }

    /// Whether a field is resolved through a handle with nothing but the object: by the subgraph itself, or because it is provided.
    pub(crate) fn is_local(&self, handle: &Handle, object: usize, name: NameId) -> bool {
        self.graph.needs_more(handle.subgraph, object, name) == Some(false)
            || self.is_provided(handle, object, name) && {
                let field = self.graph.field(handle.subgraph, object, name);
                field.is_some_and(|field| field.context_arguments.is_empty())
            }
    }

    fn is_provided(&self, handle: &Handle, object: usize, name: NameId) -> bool {
        handle.provides != 0
            && self.graph.allows_field(handle.subgraph, object, name)
            && provides_field(
                self.graph,
                &self.provided[handle.provides as usize],
                object,
                name,
            )
    }

    /// What is open below a field of objects of the given types, by going through a handle.
    pub(crate) fn descend(
        &mut self,
        handle: &Handle,
        level: Level,
        types: &TypeSet,
        name: NameId,
    ) -> Handle {
        let mut returned: Option<Arc<TypeSet>> = None;
        let mut blind = true;
        let mut below = FieldSet::default();
        for object in types.iter() {
            let Some((possible, unknown)) = self.graph.returned(handle.subgraph, object, name)
            else {
                continue;
            };
            blind &= unknown;
            match &mut returned {
                None => returned = Some(possible),
                Some(all) if possible.is_subset(all) => {}
                Some(all) => Arc::make_mut(all).extend(&possible),
            }
            self.provide_below(handle, object, name, &mut below);
        }
        // Below a field that is entered anew everything is.
        let local = |object| self.is_local(handle, object, name);
        let is_closed = handle.is_closed && types.iter().all(local);
        let is_plain = below.is_empty();
        Handle {
            level,
            subgraph: handle.subgraph,
            types: returned.unwrap_or_default(),
            provides: if is_plain {
                0
            } else {
                self.provided.insert_full(below).0 as u32
            },
            is_interface_object: blind,
            is_closed,
            values: handle.values,
        }
    }

    /// Adds what the field of an object, or the path to it, provides below.
    fn provide_below(&self, handle: &Handle, object: usize, name: NameId, below: &mut FieldSet) {
        let field = self.graph.field(handle.subgraph, object, name);
        if let Some(provides) = field.and_then(|field| field.provides.as_ref()) {
            merge_field_sets(below, provides);
        }
        if handle.provides != 0 {
            provided_below(
                self.graph,
                &self.provided[handle.provides as usize],
                object,
                name,
                below,
            );
        }
    }

    /// The node of a field set that belongs to the schema.
    pub(crate) fn field_set_node(&mut self, fields: &'a FieldSet, types: &TypeSet) -> NodeId {
        let key = (std::ptr::from_ref(fields) as usize, types.clone());
        if let Some(&node) = self.field_set_nodes.get(&key) {
            return node;
        }
        let node = crate::field_set::node_of(self.graph, &mut self.selections, fields, types);
        self.field_set_nodes.insert(key, node);
        node
    }
}

fn provides_field(graph: &Graph<'_>, fields: &FieldSet, object: usize, name: NameId) -> bool {
    fields.items.iter().any(|item| match item {
        FieldSetItem::Field(field) => graph.name_id(&field.name) == name,
        FieldSetItem::Fragment(fragment) => {
            graph.possible(&fragment.type_condition).contains(object)
                && provides_field(graph, &fragment.selection, object, name)
        }
    })
}

fn provided_below(
    graph: &Graph<'_>,
    fields: &FieldSet,
    object: usize,
    name: NameId,
    into: &mut FieldSet,
) {
    for item in &fields.items {
        match item {
            FieldSetItem::Field(field) if graph.name_id(&field.name) == name => {
                merge_field_sets(into, &field.selection);
            }
            FieldSetItem::Field(_) => {}
            FieldSetItem::Fragment(fragment) => {
                if graph.possible(&fragment.type_condition).contains(object) {
                    provided_below(graph, &fragment.selection, object, name, into);
                }
            }
        }
    }
}

fn merge_field_sets(into: &mut FieldSet, added: &FieldSet) {
    for item in &added.items {
        if !into.items.contains(item) {
            into.items.push(item.clone());
        }
    }
}
