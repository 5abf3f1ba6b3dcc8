//! The query graph: a [`Supergraph`](crate::Supergraph) as integers, built once, walked by satisfiability and planning.
//!
//! A [`Node`] is a type in a subgraph (or that type on a path with a `@provides`, which can resolve more). An
//! [`Edge`] is a field that the subgraph resolves there. An [`Entry`] is a key: a way into a node from any other
//! subgraph that can supply the key's fields. [`Reach`] answers where one can get, and remembers it.

mod build;
mod local;
mod reach;
mod selections;

use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use fixedbitset::FixedBitSet;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::{ContextArgument, SubgraphId, SubgraphTypeKind};

pub use reach::{Environment, Reach, Reached};
pub use selections::{SelectionId, SelectionItem, Selections};

/// A composite type of the supergraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// A field name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// A node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A label of progressive overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelId(pub u16);

/// An argument that is filled from a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextId(pub u32);

/// The field `__typename`.
pub const TYPENAME: FieldId = FieldId(0);

/// The graph; see the [module](self).
#[derive(Debug, Clone, Default)]
pub struct QueryGraph {
    types: Vec<TypeInfo>,
    type_ids: FxHashMap<Name, TypeId>,
    field_names: Vec<Name>,
    field_ids: FxHashMap<Name, FieldId>,
    nodes: Vec<Node>,
    node_ids: FxHashMap<(TypeId, SubgraphId, SelectionId), NodeId>,
    selections: Selections,
    labels: Vec<String>,
    contexts: Vec<ContextUse>,
    closed: FixedBitSet,
    leads_to_entity: FixedBitSet,
}

/// A composite type of the supergraph.
#[derive(Debug, Clone)]
pub struct TypeInfo {
    /// Its name.
    pub name: Name,
    /// Object, interface or union.
    pub kind: SubgraphTypeKind,
    /// The operations that start from it.
    pub root: Option<OperationType>,
    /// Whether clients see it.
    pub in_api: bool,
    /// The object types (as [`TypeId`]s) that a value can have.
    pub possible: FixedBitSet,
    /// Its fields in the supergraph; none for a union.
    pub fields: IndexMap<FieldId, FieldInfo>,
    /// Its node in each subgraph that knows it, without what a path provides.
    pub nodes: Vec<NodeId>,
    /// How an object of this type is entered: by its own keys, and by those of interface objects that stand for it.
    pub entries: Vec<Entry>,
}

/// A field of a type in the supergraph.
#[derive(Debug, Clone, Copy)]
pub struct FieldInfo {
    /// The composite type that it leads to; `None` for a leaf.
    pub target: Option<TypeId>,
    /// Whether clients see it.
    pub in_api: bool,
}

/// A type in a subgraph, maybe on a path that provides some of its external fields.
#[derive(Debug, Clone)]
pub struct Node {
    /// The type, as the subgraph sees it.
    pub type_id: TypeId,
    /// The subgraph.
    pub subgraph: SubgraphId,
    /// The kind there; `Object` for an interface object.
    pub kind: SubgraphTypeKind,
    /// Whether it stands for all implementations of an interface.
    pub is_interface_object: bool,
    /// What the path provides here; [`SelectionId::EMPTY`] off such paths.
    pub provided: SelectionId,
    /// The object types that a value has there. For an interface object: all of the interface.
    pub possible: FixedBitSet,
    /// The fields that can be resolved there, sorted by field.
    edges: Vec<Edge>,
    /// Where a type condition leads: the node of each possible object type. Empty for an object.
    narrowed: Vec<(TypeId, NodeId)>,
}

/// A field that a subgraph resolves at a node.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The field.
    pub field: FieldId,
    /// The node that it leads to; `None` for a leaf.
    pub target: Option<NodeId>,
    /// What a representation must carry for it; [`SelectionId::EMPTY`] for nothing.
    pub requires: SelectionId,
    /// The label that decides whether this subgraph resolves it, and the value for which it does.
    pub label: Option<(LabelId, bool)>,
    /// The contexts that it takes arguments from.
    pub contexts: Vec<ContextId>,
}

/// A way into a node by a resolvable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads: a node of the type, or of an interface object that stands for it.
    pub node: NodeId,
    /// The key.
    pub key: SelectionId,
    /// The key's position in [`SubgraphType::keys`](crate::SubgraphType::keys) of the node's type.
    pub position: usize,
}

/// A contextual argument, and where its value can come from.
#[derive(Debug, Clone)]
pub struct ContextUse {
    /// The argument as the model has it.
    pub argument: ContextArgument,
    /// For each object type that sets the context: what to select there.
    pub setters: Vec<(TypeId, SelectionId)>,
}

impl QueryGraph {
    /// All composite types; [`TypeId`] is the position here.
    pub fn types(&self) -> &[TypeInfo] {
        &self.types
    }

    /// A type by its id.
    pub fn type_info(&self, id: TypeId) -> &TypeInfo {
        &self.types[id.0 as usize]
    }

    /// The id of a composite type.
    pub fn type_id(&self, name: &str) -> Option<TypeId> {
        self.type_ids.get(name).copied()
    }

    /// A field's name.
    pub fn field_name(&self, id: FieldId) -> &Name {
        &self.field_names[id.0 as usize]
    }

    /// The id of a field name.
    pub fn field_id(&self, name: &str) -> Option<FieldId> {
        self.field_ids.get(name).copied()
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node of a type in a subgraph, off all paths that provide something.
    pub fn node_id(&self, type_id: TypeId, subgraph: SubgraphId) -> Option<NodeId> {
        let key = (type_id, subgraph, SelectionId::EMPTY);
        self.node_ids.get(&key).copied()
    }

    /// The interned field sets.
    pub fn selections(&self) -> &Selections {
        &self.selections
    }

    /// A label's text.
    pub fn label(&self, id: LabelId) -> &str {
        &self.labels[usize::from(id.0)]
    }

    /// All labels of progressive overrides.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// A contextual argument.
    pub fn context(&self, id: ContextId) -> &ContextUse {
        &self.contexts[id.0 as usize]
    }

    /// All contextual arguments; [`ContextId`] is the position here.
    pub fn contexts(&self) -> &[ContextUse] {
        &self.contexts
    }

    /// Where a type condition leads from a node; `None` when no value there has that object type.
    pub fn narrow(&self, node: NodeId, object: TypeId) -> Option<NodeId> {
        let here = self.node(node);
        if here.type_id == object || (here.is_interface_object && self.stands_for(node, object)) {
            return Some(node);
        }
        let found = here
            .narrowed
            .binary_search_by_key(&object, |(to, _)| *to)
            .ok()?;
        Some(here.narrowed[found].1)
    }

    /// Whether everything that clients can select at the node and below is resolved by its subgraph alone, so that
    /// no search is needed under it. Requirements, labels and contexts make a node not closed.
    pub fn is_closed(&self, node: NodeId) -> bool {
        self.closed.contains(node.0 as usize)
    }

    /// Whether an entity can be reached from the type, or it is one: below other types only value types follow, so
    /// what its subgraphs lack there can only come by way of an ancestor.
    pub fn leads_to_entity(&self, type_id: TypeId) -> bool {
        self.leads_to_entity.contains(type_id.0 as usize)
    }

    fn stands_for(&self, interface_object: NodeId, object: TypeId) -> bool {
        self.node(interface_object)
            .possible
            .contains(object.0 as usize)
    }
}

impl TypeInfo {
    /// Whether it is an interface or a union.
    pub fn is_abstract(&self) -> bool {
        self.kind.is_abstract()
    }

    /// The object types that a value can have.
    pub fn possible_ids(&self) -> impl Iterator<Item = TypeId> + '_ {
        type_ids(&self.possible)
    }
}

impl Node {
    /// The fields that can be resolved there, sorted by field.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edge of a field, if the subgraph resolves it at this node.
    pub fn edge(&self, field: FieldId) -> Option<&Edge> {
        let found = self
            .edges
            .binary_search_by_key(&field, |edge| edge.field)
            .ok()?;
        Some(&self.edges[found])
    }
}

impl Edge {
    /// Whether it can be taken whatever the path and the request: no requirement, label or context.
    pub fn is_unconditional(&self) -> bool {
        self.requires == SelectionId::EMPTY && self.label.is_none() && self.contexts.is_empty()
    }
}

/// The types in a set, ascending.
pub fn type_ids(set: &FixedBitSet) -> impl Iterator<Item = TypeId> + '_ {
    set.ones()
        .map(|index| TypeId(u32::try_from(index).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests;
