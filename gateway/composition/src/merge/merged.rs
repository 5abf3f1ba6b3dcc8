//! The result of merging, before it becomes a document.

use apollo_compiler::ast::{Directive, DirectiveDefinition, Type, Value};
use apollo_compiler::{Name, Node};
use indexmap::{IndexMap, IndexSet};

use crate::ingest::subgraph::TypeKind;
use crate::ingest::version::Version;
use crate::merge::graph_names::Graph;

/// The merged graph.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The subgraphs as values of `join__Graph`, in order.
    pub graphs: Vec<Graph>,
    /// The version of the join specification.
    pub join: Version,
    /// The other specifications that the supergraph links.
    pub links: Vec<SupergraphLink>,
    /// The schema's description.
    pub description: Option<Node<str>>,
    /// Directives on the schema besides `@link`.
    pub schema_directives: Vec<Node<Directive>>,
    /// All types.
    pub types: IndexMap<Name, MergedType>,
    /// Directives of the subgraphs that the supergraph defines.
    pub directive_definitions: Vec<DirectiveDefinition>,
}

/// A `@link` of the supergraph.
#[derive(Debug, Clone)]
pub struct SupergraphLink {
    /// The URL with the version.
    pub url: String,
    /// `as:`.
    pub alias: Option<String>,
    /// `for:`.
    pub purpose: Option<&'static str>,
    /// `import:`, names in the specification and here, both with `@`.
    pub imports: Vec<(String, String)>,
    /// The definitions that come with it.
    pub definitions: String,
}

/// A merged type.
#[derive(Debug, Clone)]
pub struct MergedType {
    /// Its name.
    pub name: Name,
    /// Its kind.
    pub kind: TypeKind,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its directives.
    pub directives: Vec<Node<Directive>>,
    /// The interfaces that it implements.
    pub interfaces: IndexSet<Name>,
    /// Its fields.
    pub fields: IndexMap<Name, MergedField>,
    /// Its members.
    pub members: IndexSet<Name>,
    /// Its values.
    pub values: IndexMap<Name, MergedValue>,
    /// Its input fields.
    pub input_fields: IndexMap<Name, MergedInput>,
}

/// A merged field.
#[derive(Debug, Clone)]
pub struct MergedField {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its type.
    pub ty: Type,
    /// Its arguments.
    pub arguments: IndexMap<Name, MergedInput>,
    /// Its directives, `join` ones first.
    pub directives: Vec<Node<Directive>>,
}

/// A merged argument or input field.
#[derive(Debug, Clone)]
pub struct MergedInput {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its type.
    pub ty: Type,
    /// Its default.
    pub default_value: Option<Node<Value>>,
    /// Its directives.
    pub directives: Vec<Node<Directive>>,
}

/// A merged enum value.
#[derive(Debug, Clone)]
pub struct MergedValue {
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Option<Node<str>>,
    /// Its directives.
    pub directives: Vec<Node<Directive>>,
}

impl MergedType {
    /// A type with nothing in it yet.
    pub fn new(name: Name, kind: TypeKind) -> Self {
        Self {
            name,
            kind,
            description: None,
            directives: Vec::new(),
            interfaces: IndexSet::new(),
            fields: IndexMap::new(),
            members: IndexSet::new(),
            values: IndexMap::new(),
            input_fields: IndexMap::new(),
        }
    }
}

impl Merged {
    /// The object types that implement interface `name`.
    pub fn implementations<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a MergedType> {
        self.types
            .values()
            .filter(move |ty| ty.kind == TypeKind::Object && ty.interfaces.contains(name))
    }
}
