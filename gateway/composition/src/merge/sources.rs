//! Which subgraphs take part in an element of the supergraph.

use std::rc::Rc;

use apollo_compiler::Name;
use indexmap::IndexMap;

use crate::ingest::subgraph::{FieldDefinition, Subgraph, TypeDefinition, TypeKind};

/// A type as one subgraph (by its index) has it.
pub(super) type TypeSource<'a> = (usize, &'a TypeDefinition);

/// All type names with the subgraphs that define them.
pub(super) struct TypeIndex<'a>(IndexMap<Name, Vec<TypeSource<'a>>>);

impl<'a> TypeIndex<'a> {
    pub(super) fn new(subgraphs: &'a [Subgraph]) -> Self {
        let mut index: IndexMap<Name, Vec<TypeSource<'a>>> = IndexMap::new();
        for (position, subgraph) in subgraphs.iter().enumerate() {
            for (name, definition) in &subgraph.types {
                index
                    .entry(name.clone())
                    .or_default()
                    .push((position, definition));
            }
        }
        Self(index)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Name, &[TypeSource<'a>])> {
        self.0
            .iter()
            .map(|(name, sources)| (name, sources.as_slice()))
    }

    pub(super) fn get(&self, name: &str) -> &[TypeSource<'a>] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The kind that a subgraph's definition has in the supergraph: an interface object is an interface there.
pub(super) fn merged_kind(definition: &TypeDefinition) -> TypeKind {
    if definition.is_interface_object() {
        TypeKind::Interface
    } else {
        definition.kind
    }
}

/// A field as the subgraphs have it.
pub(super) struct FieldSources<'a> {
    /// The subgraphs that declare it, in order.
    pub present: Vec<FieldSource<'a>>,
    /// The subgraphs that have its type, or an interface object for it.
    pub related: Rc<[usize]>,
}

/// A field in one subgraph.
#[derive(Clone, Copy)]
pub(super) struct FieldSource<'a> {
    /// The subgraph.
    pub subgraph: usize,
    /// The type there.
    pub parent: &'a TypeDefinition,
    /// The field there.
    pub field: &'a FieldDefinition,
}

impl<'a> FieldSources<'a> {
    /// The related subgraphs without the field.
    pub(super) fn absent(&self) -> impl Iterator<Item = usize> {
        let is_present = |subgraph: &usize| {
            self.present
                .binary_search_by_key(subgraph, |source| source.subgraph)
                .is_ok()
        };
        self.related
            .iter()
            .copied()
            .filter(move |subgraph| !is_present(subgraph))
    }

    /// Those that resolve the field at least on some path without `@provides`.
    pub(super) fn without_external(&self) -> Vec<FieldSource<'a>> {
        self.present
            .iter()
            .filter(|source| !source.field.is_external())
            .copied()
            .collect()
    }
}
