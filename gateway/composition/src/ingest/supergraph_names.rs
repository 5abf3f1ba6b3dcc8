//! Names that begin with `join__` belong to the supergraph. A subgraph's text may contain such types (one that was taken
//! from a supergraph does); they take no part in composing, and nothing may refer to them.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use weft_diagnostic::Diagnostic;

use crate::codes::INVALID_GRAPHQL;
use crate::ingest::subgraph::Subgraph;

/// Takes those types out; fields and arguments that have them are errors.
pub(super) fn take_out_supergraph_types(subgraph: &mut Subgraph) -> Vec<Diagnostic> {
    subgraph.types.retain(|name, _| !is_taken(name));
    let fields = subgraph
        .types
        .values()
        .flat_map(|definition| definition.fields.values());
    let arguments = fields
        .clone()
        .flat_map(|field| field.arguments.values())
        .map(|argument| (&argument.name, &*argument.ty));
    let inputs = subgraph
        .types
        .values()
        .flat_map(|definition| definition.input_fields.values())
        .map(|input| (&input.name, &*input.ty));
    fields
        .map(|field| (&field.name, &field.ty))
        .chain(arguments)
        .chain(inputs)
        .filter(|(_, ty)| is_taken(ty.inner_named_type()))
        .map(|(name, ty)| error(subgraph, name, ty))
        .collect()
}

fn is_taken(name: &Name) -> bool {
    name.starts_with("join__")
}

fn error(subgraph: &Subgraph, name: &Name, ty: &Type) -> Diagnostic {
    let message = format!(
        "`{name}` has type `{ty}`, and names that begin with `join__` belong to the supergraph"
    );
    Diagnostic::error(INVALID_GRAPHQL, message)
        .with_label(subgraph.label(name, "of a type that no subgraph can have"))
        .with_help("give the type another name")
}
