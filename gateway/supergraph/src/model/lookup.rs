//! Questions that the planner, the executor and the checks ask of a [`Supergraph`].

use apollo_compiler::ast::OperationType;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;

use super::{Subgraph, SubgraphField, SubgraphId, SubgraphType, SubgraphTypeKind, Supergraph};

impl Supergraph {
    /// All subgraphs with their ids.
    pub fn iter_subgraphs(&self) -> impl Iterator<Item = (SubgraphId, &Subgraph)> {
        (0..).map(SubgraphId).zip(&self.subgraphs)
    }

    /// The subgraph of that name, as its owners gave it.
    pub fn subgraph_by_name(&self, name: &str) -> Option<(SubgraphId, &Subgraph)> {
        let id = *self.by_name.get(name)?;
        Some((id, self.subgraph(id)))
    }

    /// The subgraphs that resolve a field wherever they are at its type: those that have it neither external
    /// nor overridden. A progressive override leaves both of its subgraphs in the list.
    pub fn resolvers(&self, type_name: &str, field: &str) -> &[SubgraphId] {
        let fields = self.resolvers.get(type_name);
        let found = fields.and_then(|fields| fields.get(field));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// The type in one subgraph.
    pub fn subgraph_type(&self, id: SubgraphId, type_name: &str) -> Option<&SubgraphType> {
        self.subgraph(id).types.get(type_name)
    }

    /// The field in one subgraph, external or not.
    pub fn subgraph_field(
        &self,
        id: SubgraphId,
        type_name: &str,
        field: &str,
    ) -> Option<&SubgraphField> {
        self.subgraph_type(id, type_name)?.fields.get(field)
    }

    /// The object types that a value of a composite type can have, in the order of the supergraph, inaccessible
    /// ones included; nothing for other kinds.
    pub fn possible_types(&self, type_name: &str) -> impl Iterator<Item = &Name> + Clone {
        self.possible_types.get(type_name).into_iter().flatten()
    }

    /// Whether a value of the composite type can be an object of that type.
    pub fn is_possible_type(&self, type_name: &str, object: &str) -> bool {
        let possible = self.possible_types.get(type_name);
        possible.is_some_and(|possible| possible.contains(object))
    }

    /// The kind of a type in the supergraph.
    pub fn kind(&self, type_name: &str) -> Option<SubgraphTypeKind> {
        Some(match self.schema.types.get(type_name)? {
            ExtendedType::Scalar(_) => SubgraphTypeKind::Scalar,
            ExtendedType::Object(_) => SubgraphTypeKind::Object,
            ExtendedType::Interface(_) => SubgraphTypeKind::Interface,
            ExtendedType::Union(_) => SubgraphTypeKind::Union,
            ExtendedType::Enum(_) => SubgraphTypeKind::Enum,
            ExtendedType::InputObject(_) => SubgraphTypeKind::InputObject,
        })
    }

    /// Whether it is an interface or a union in the supergraph.
    pub fn is_abstract(&self, type_name: &str) -> bool {
        self.kind(type_name)
            .is_some_and(SubgraphTypeKind::is_abstract)
    }

    /// The type that an operation of that kind starts from.
    pub fn root_type(&self, operation: OperationType) -> Option<&Name> {
        self.schema.root_operation(operation)
    }

    /// The kind of operation that starts from a type.
    pub fn root_kind(&self, type_name: &str) -> Option<OperationType> {
        let mut roots = self.schema.schema_definition.iter_root_operations();
        roots
            .find(|(_, root)| root.name == type_name)
            .map(|(kind, _)| kind)
    }
}

impl SubgraphTypeKind {
    /// Whether it is an interface or a union.
    pub fn is_abstract(self) -> bool {
        matches!(self, Self::Interface | Self::Union)
    }

    /// Whether it has fields or members.
    pub fn is_composite(self) -> bool {
        matches!(self, Self::Object | Self::Interface | Self::Union)
    }
}

/// For each type and field: who resolves it.
pub(super) fn resolvers<'a>(
    subgraphs: impl Iterator<Item = (SubgraphId, &'a Subgraph)>,
) -> FxHashMap<Name, FxHashMap<Name, Vec<SubgraphId>>> {
    let mut resolvers: FxHashMap<Name, FxHashMap<Name, Vec<SubgraphId>>> = FxHashMap::default();
    for (id, subgraph) in subgraphs {
        for (name, known) in &subgraph.types {
            for (field, here) in &known.fields {
                if !here.external && !here.overridden {
                    let fields = resolvers.entry(name.clone()).or_default();
                    fields.entry(field.clone()).or_default().push(id);
                }
            }
        }
    }
    resolvers
}

/// The object types behind each composite type.
pub(super) fn possible_types(schema: &Schema) -> FxHashMap<Name, IndexSet<Name>> {
    let mut possible: FxHashMap<Name, IndexSet<Name>> = FxHashMap::default();
    for (name, definition) in &schema.types {
        match definition {
            ExtendedType::Object(object) => {
                possible
                    .entry(name.clone())
                    .or_default()
                    .insert(name.clone());
                for interface in &object.implements_interfaces {
                    let implementations = possible.entry(interface.name.clone()).or_default();
                    implementations.insert(name.clone());
                }
            }
            ExtendedType::Union(union_) => {
                let members = union_.members.iter().map(|member| member.name.clone());
                possible.entry(name.clone()).or_default().extend(members);
            }
            _ => {}
        }
    }
    possible
}
