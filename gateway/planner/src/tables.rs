//! What all plans of one supergraph share, prepared once from its query graph: object types as small numbers, possible types as
//! bit sets, and what each object type is in each subgraph.

use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use indexmap::IndexSet;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::sync::Arc;
use weft_supergraph::query_graph::{
    Edge, Entry, FieldId, LabelId, NodeId, QueryGraph, SelectionId, TypeId, TypeInfo, type_ids,
};
use weft_supergraph::{SubgraphId, SubgraphTypeKind, Supergraph};

/// The tables of one supergraph; shared between threads.
#[derive(Debug)]
pub(crate) struct Tables {
    /// The object types; an object type's number is its position.
    pub(crate) objects: IndexSet<Name>,
    /// The object types that a value of each type can have, by [`TypeId`].
    pub(crate) possible: Vec<TypeSet>,
    /// Facts about each node, by [`NodeId`].
    pub(crate) nodes: Vec<NodeFacts>,
    /// The object types that operations start from, by number.
    pub(crate) roots: Vec<(usize, OperationType)>,
    /// The object types that set contexts for arguments below them.
    pub(crate) setters: TypeSet,
    /// The object types that an interface object stands for in some subgraph.
    pub(crate) stood_for: TypeSet,
    /// Whether objects of some field can have other types in one subgraph than in another.
    pub(crate) has_partial_members: bool,
    /// The fields for which some subgraph needs more than the object.
    pub(crate) requiring: FxHashSet<FieldId>,
    known: Vec<FxHashMap<usize, Known>>,
    fields: Vec<FxHashMap<FieldId, KnownFields>>,
}

/// What is known of a node beyond what the query graph says.
#[derive(Debug)]
pub(crate) struct NodeFacts {
    /// The position of its type in [`Subgraph::types`](weft_supergraph::Subgraph::types).
    pub(crate) position: usize,
    /// The object types that a value has there; where interface objects stand for types, those.
    pub(crate) possible: Arc<TypeSet>,
    /// Whether only an interface object is known there, and so no type.
    pub(crate) is_blind: bool,
}

/// An object type in one subgraph.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The node of the type itself, or those of interface objects that stand for it.
    pub(crate) nodes: SmallVec<[NodeId; 1]>,
    /// The keys by which its objects are entered.
    pub(crate) entries: SmallVec<[Entry; 1]>,
}

/// What a field of an object type is in each subgraph that has it, in their order.
type KnownFields = Vec<(SubgraphId, KnownField)>;

/// A field of an object type in one subgraph.
#[derive(Debug)]
pub(crate) struct KnownField {
    /// The node that has it.
    pub(crate) node: NodeId,
    /// Its position in the fields of the node's type.
    pub(crate) position: usize,
    /// How the subgraph resolves it; `None` where it does not.
    pub(crate) resolved: Option<Resolved>,
    /// The node of the type that it returns, whether it is resolved or not; `None` for a leaf.
    pub(crate) target: Option<NodeId>,
}

/// How a subgraph resolves a field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolved {
    /// Only while this label is on, or off.
    pub(crate) label: Option<(LabelId, bool)>,
    /// Whether it needs more than the object: what it requires, or values from contexts.
    pub(crate) needs_more: bool,
}

/// Whether a subgraph resolves a field only with more than the object: with what it requires, or with values from contexts.
fn needs_more(edge: &Edge) -> bool {
    edge.requires != SelectionId::EMPTY || !edge.contexts.is_empty()
}

impl Tables {
    /// Prepares the tables.
    pub(crate) fn new(supergraph: &Supergraph) -> Self {
        let graph = supergraph.query_graph();
        let counts = graph.types().iter().filter(|info| counts_as_object(info));
        let mut tables = Self {
            objects: counts.map(|info| info.name.clone()).collect(),
            possible: Vec::new(),
            nodes: Vec::new(),
            roots: Vec::new(),
            setters: TypeSet::default(),
            stood_for: TypeSet::default(),
            has_partial_members: false,
            requiring: FxHashSet::default(),
            known: Vec::new(),
            fields: Vec::new(),
        };
        tables.possible = graph
            .types()
            .iter()
            .map(|info| tables.possible_types(graph, info))
            .collect();
        let kinds = tables.objects.iter().map(|name| supergraph.root_kind(name));
        let roots = kinds
            .enumerate()
            .filter_map(|(object, kind)| Some((object, kind?)));
        tables.roots = roots.collect();
        let setters = graph.contexts().iter().flat_map(|context| &context.setters);
        let setters = setters.filter_map(|(setter, _)| tables.object_of(graph, *setter));
        tables.setters = setters.collect();
        tables.add_nodes(supergraph);
        tables.add_known(supergraph);
        tables.has_partial_members = tables.finds_partial_members();
        tables
    }

    /// What an object type is in a subgraph; `None` where the subgraph does not know it.
    pub(crate) fn known(&self, subgraph: SubgraphId, object: usize) -> Option<&Known> {
        self.known[subgraph.index()].get(&object)
    }

    /// What a field of an object type is in a subgraph; `None` where the subgraph does not know it.
    pub(crate) fn field(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: FieldId,
    ) -> Option<&KnownField> {
        let known = self.fields[object].get(&name)?;
        let position = known.binary_search_by_key(&subgraph, |(subgraph, _)| *subgraph);
        Some(&known[position.ok()?].1)
    }

    fn possible_types(&self, graph: &QueryGraph, info: &TypeInfo) -> TypeSet {
        let own = self.objects.get_index_of(&info.name);
        let behind = info
            .possible_ids()
            .filter_map(|id| self.object_of(graph, id));
        own.into_iter().chain(behind).collect()
    }

    fn object_of(&self, graph: &QueryGraph, id: TypeId) -> Option<usize> {
        self.objects.get_index_of(&graph.type_info(id).name)
    }

    fn add_nodes(&mut self, supergraph: &Supergraph) {
        let graph = supergraph.query_graph();
        for index in 0..graph.node_count() {
            let node = graph.node(NodeId(index as u32));
            let requiring = node.edges().iter().filter(|edge| needs_more(edge));
            self.requiring.extend(requiring.map(|edge| edge.field));
            let name = &graph.type_info(node.type_id).name;
            let position = supergraph.subgraph(node.subgraph).types.get_index_of(name);
            let (possible, is_blind) = self.possible_at(graph, NodeId(index as u32));
            self.nodes.push(NodeFacts {
                position: position.unwrap_or_default(),
                possible: Arc::new(possible),
                is_blind,
            });
        }
    }

    /// The object types that a value has at a node, where an interface object counts for all implementations of its interface.
    fn possible_at(&self, graph: &QueryGraph, id: NodeId) -> (TypeSet, bool) {
        let node = graph.node(id);
        if node.is_interface_object {
            return (self.possible[node.type_id.0 as usize].clone(), true);
        }
        if let Some(own) = self.object_of(graph, node.type_id) {
            return (TypeSet::single(own), false);
        }
        let mut types = TypeSet::default();
        let mut is_blind = !node.possible.is_clear();
        for possible in type_ids(&node.possible) {
            is_blind &= self.object_of(graph, possible).is_none();
            types.extend(&self.possible[possible.0 as usize]);
        }
        (types, is_blind)
    }

    fn add_known(&mut self, supergraph: &Supergraph) {
        let graph = supergraph.query_graph();
        let mut known: Vec<FxHashMap<usize, Known>> = Vec::new();
        known.resize_with(supergraph.subgraphs().len(), FxHashMap::default);
        self.fields
            .resize_with(self.objects.len(), FxHashMap::default);
        for index in 0..graph.node_count() {
            let (id, node) = (NodeId(index as u32), graph.node(NodeId(index as u32)));
            if node.provided != SelectionId::EMPTY {
                continue;
            }
            let here = &mut known[node.subgraph.index()];
            for object in self.stands_for(graph, id) {
                if node.is_interface_object {
                    self.stood_for.insert(object);
                }
                here.entry(object).or_default().nodes.push(id);
                self.add_fields(supergraph, id, object);
            }
        }
        for (object, name) in self.objects.iter().enumerate() {
            let entries = graph.type_id(name).map(|id| &graph.type_info(id).entries);
            for entry in entries.into_iter().flatten() {
                let subgraph = graph.node(entry.node).subgraph;
                if let Some(known) = known[subgraph.index()].get_mut(&object) {
                    known.entries.push(*entry);
                }
            }
        }
        self.known = known;
    }

    fn finds_partial_members(&self) -> bool {
        let mut fields = self.fields.iter().flat_map(FxHashMap::values);
        fields.any(|known| {
            let resolved = known.iter().filter(|(_, one)| one.resolved.is_some());
            let targets = resolved.filter_map(|(_, one)| one.target);
            let mut possible = targets.map(|target| &*self.nodes[target.0 as usize].possible);
            let first = possible.next();
            possible.any(|other| Some(other) != first)
        })
    }

    /// The object types that the subgraph knows as that node: its own, or those that an interface object stands for.
    fn stands_for(&self, graph: &QueryGraph, id: NodeId) -> Vec<usize> {
        let node = graph.node(id);
        if !node.is_interface_object {
            return self.object_of(graph, node.type_id).into_iter().collect();
        }
        let is_own = |object: usize| {
            let own = graph.type_id(&self.objects[object]);
            own.is_some_and(|own| {
                graph.node_id(own, node.subgraph).is_some() && own != node.type_id
            })
        };
        let possible = self.possible[node.type_id.0 as usize].iter();
        possible.filter(|&object| !is_own(object)).collect()
    }

    fn add_fields(&mut self, supergraph: &Supergraph, id: NodeId, object: usize) {
        let graph = supergraph.query_graph();
        let node = graph.node(id);
        let local = &supergraph.subgraph(node.subgraph).types[self.nodes[id.0 as usize].position];
        for (position, field) in local.fields.values().enumerate() {
            let Some(name) = graph.field_id(&field.name) else {
                continue;
            };
            let returned = graph.type_id(field.ty.inner_named_type());
            let edge = node.edges().iter().find(|edge| edge.field == name);
            let field = KnownField {
                node: id,
                position,
                resolved: edge.map(|edge| Resolved {
                    label: edge.label,
                    needs_more: needs_more(edge),
                }),
                target: returned.and_then(|returned| graph.node_id(returned, node.subgraph)),
            };
            let known = self.fields[object].entry(name).or_default();
            // Interface objects can stand for one type twice; the first of them counts.
            if let Err(place) = known.binary_search_by_key(&node.subgraph, |(known, _)| *known) {
                known.insert(place, (node.subgraph, field));
            }
        }
    }
}

/// Object types, and interfaces that no object type implements: what is asked for on such a one is planned, or found to be out
/// of reach, like on an object type.
fn counts_as_object(info: &TypeInfo) -> bool {
    match info.kind {
        SubgraphTypeKind::Object => true,
        SubgraphTypeKind::Interface => info.possible.is_clear(),
        _ => false,
    }
}
