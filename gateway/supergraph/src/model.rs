//! The joined model: for each subgraph, the types and fields that it can resolve and how they are entered.

mod lookup;

use std::sync::Arc;

use apollo_compiler::ast::{FieldDefinition, Type, Value};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap;

use crate::{FieldSet, QueryGraph};

/// A graph that was composed and checked.
#[derive(Debug, Clone)]
pub struct Supergraph {
    pub(crate) schema: Valid<Schema>,
    pub(crate) api_schema: Valid<Schema>,
    pub(crate) subgraphs: Vec<Subgraph>,
    by_name: FxHashMap<String, SubgraphId>,
    resolvers: FxHashMap<Name, FxHashMap<Name, Vec<SubgraphId>>>,
    possible_types: FxHashMap<Name, IndexSet<Name>>,
    query_graph: Arc<QueryGraph>,
}

impl Supergraph {
    pub(crate) fn new(
        schema: Valid<Schema>,
        api_schema: Valid<Schema>,
        subgraphs: Vec<Subgraph>,
    ) -> Self {
        let ids = || (0..).map(SubgraphId).zip(&subgraphs);
        let mut supergraph = Self {
            by_name: ids().map(|(id, one)| (one.name.clone(), id)).collect(),
            resolvers: lookup::resolvers(ids()),
            possible_types: lookup::possible_types(&schema),
            schema,
            api_schema,
            subgraphs,
            query_graph: Arc::default(),
        };
        supergraph.query_graph = Arc::new(QueryGraph::build(&supergraph));
        supergraph
    }

    /// The graph that satisfiability and planning walk.
    pub fn query_graph(&self) -> &QueryGraph {
        &self.query_graph
    }

    /// The supergraph schema with its `join` directives.
    pub fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// What clients see: without join machinery and inaccessible elements.
    pub fn api_schema(&self) -> &Valid<Schema> {
        &self.api_schema
    }

    /// All subgraphs; [`SubgraphId`] is the position here.
    pub fn subgraphs(&self) -> &[Subgraph] {
        &self.subgraphs
    }

    /// The subgraph with that id.
    pub fn subgraph(&self, id: SubgraphId) -> &Subgraph {
        &self.subgraphs[id.index()]
    }
}

/// A subgraph of one [`Supergraph`], as a small number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubgraphId(pub u16);

impl SubgraphId {
    /// The position in [`Supergraph::subgraphs`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// One subgraph's view of the graph, extracted from the join directives.
#[derive(Debug, Clone, PartialEq)]
pub struct Subgraph {
    /// The name its owners gave it (`join__graph(name:)`).
    pub name: String,
    /// Its value in the enum `join__Graph`.
    pub graph: Name,
    /// Where it is served; empty where the supergraph does not say.
    pub url: String,
    /// The types it knows, in supergraph order, root types under their supergraph names.
    pub types: IndexMap<Name, SubgraphType>,
}

/// What a type is in one subgraph.
#[derive(Debug, Clone, PartialEq)]
pub struct SubgraphType {
    /// Its name.
    pub name: Name,
    /// Its kind there: an interface object is an [`SubgraphTypeKind::Object`] with `is_interface_object`.
    pub kind: SubgraphTypeKind,
    /// How it is entered there.
    pub keys: Vec<Key>,
    /// Whether the subgraph declares the supergraph's interface as an `@interfaceObject`.
    pub is_interface_object: bool,
    /// Its fields there, external ones included; empty for kinds without fields.
    pub fields: IndexMap<Name, SubgraphField>,
    /// The interfaces that it implements there.
    pub implements: IndexSet<Name>,
    /// The object types that a value of it can have there: itself for an object, members of a union,
    /// implementations of an interface (an interface object stands for itself).
    pub possible_types: IndexSet<Name>,
    /// The values of an enum there.
    pub enum_values: IndexSet<Name>,
    /// The fields of an input object there.
    pub input_fields: IndexMap<Name, Node<Type>>,
}

/// The kinds of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubgraphTypeKind {
    /// A scalar.
    Scalar,
    /// An object type, or an interface object.
    Object,
    /// An interface.
    Interface,
    /// A union.
    Union,
    /// An enum.
    Enum,
    /// An input object.
    InputObject,
}

/// A `@key` of a type in one subgraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The fields of a representation.
    pub fields: FieldSet,
    /// Whether the subgraph resolves representations with it.
    pub resolvable: bool,
}

/// What a field is in one subgraph.
#[derive(Debug, Clone, PartialEq)]
pub struct SubgraphField {
    /// Its name.
    pub name: Name,
    /// Its type there, which may differ from the supergraph's by covariance.
    pub ty: Type,
    /// Its arguments there.
    pub arguments: IndexMap<Name, SubgraphArgument>,
    /// Declared there without being resolvable, except where a path provides it.
    pub external: bool,
    /// Overridden by another subgraph and kept only for keys and requirements: never read for clients.
    pub overridden: bool,
    /// What a representation must carry for it.
    pub requires: Option<FieldSet>,
    /// What comes with it although external otherwise.
    pub provides: Option<FieldSet>,
    /// A progressive override in force on it.
    pub override_label: Option<Override>,
    /// Arguments that are filled from `@context`s.
    pub context_arguments: Vec<ContextArgument>,
    /// The definition in the supergraph, for its arguments and directives.
    pub definition: Node<FieldDefinition>,
}

/// An argument in one subgraph.
#[derive(Debug, Clone, PartialEq)]
pub struct SubgraphArgument {
    /// Its type there.
    pub ty: Type,
    /// Its default there.
    pub default_value: Option<Node<Value>>,
}

/// A progressive override (`@override(from:, label:)`): one of two subgraphs resolves the field, by label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The label, such as `percent(25)` or `beta`.
    pub label: String,
    /// Whether this subgraph resolves the field when the label is on (it overrides), or when it is off
    /// (it is overridden).
    pub when: bool,
}

/// An argument that the gateway fills from an ancestor's fields (`@fromContext`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextArgument {
    /// The argument's name.
    pub argument: Name,
    /// Its type.
    pub ty: Type,
    /// The context's name.
    pub context: String,
    /// For each type that can set the context, the selection whose single leaf is the value.
    pub selections: IndexMap<Name, FieldSet>,
}
