//! The applications of `@listSize`, for the rules about them.

use apollo_compiler::ast::Value;

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Directives, FieldDefinition, Subgraph, TypeDefinition};

/// One `@listSize`.
pub(super) struct ListSize<'a> {
    pub(super) parent: &'a TypeDefinition,
    pub(super) field: &'a FieldDefinition,
    pub(super) application: &'a Application,
}

/// Every `@listSize` of a subgraph.
pub(super) fn list_sizes(subgraph: &Subgraph) -> impl Iterator<Item = ListSize<'_>> {
    subgraph.types.values().flat_map(|parent| {
        parent.fields.values().flat_map(move |field| {
            field
                .applications(Federation::ListSize)
                .map(move |application| ListSize {
                    parent,
                    field,
                    application,
                })
        })
    })
}

impl<'a> ListSize<'a> {
    pub(super) fn coordinate(&self) -> String {
        format!("{}.{}", self.parent.name, self.field.name)
    }

    /// The names in an argument that is a list of strings; one string counts as a list of it.
    pub(super) fn names(&self, argument: &str) -> Vec<&'a str> {
        match self.application.argument(argument).map(AsRef::as_ref) {
            Some(Value::List(elements)) => elements
                .iter()
                .filter_map(|element| element.as_str())
                .collect(),
            Some(Value::String(name)) => vec![name],
            _ => Vec::new(),
        }
    }
}
