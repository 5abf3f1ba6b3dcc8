//! A subgraph's own schema, as its server would have it: with `_entities` and all types, keys and directives left aside.

use apollo_compiler::Schema;
use apollo_compiler::ast::OperationType;
use apollo_compiler::validation::Valid;
use std::fmt::Write;
use weft_supergraph::{Subgraph, SubgraphId, SubgraphType, SubgraphTypeKind, Supergraph};

/// The schema against which requests to a subgraph must be valid.
pub(super) fn of_subgraph(supergraph: &Supergraph, id: SubgraphId) -> Valid<Schema> {
    let text = text(supergraph, supergraph.subgraph(id));
    match Schema::parse(text, "subgraph.graphql") {
        Ok(schema) => Valid::assume_valid(schema),
        Err(partial) => Valid::assume_valid(partial.partial),
    }
}

fn text(supergraph: &Supergraph, subgraph: &Subgraph) -> String {
    let mut text = String::new();
    let mut roots = String::new();
    let query = supergraph
        .root_type(OperationType::Query)
        .map_or("Query", |name| name.as_str());
    for operation in [
        OperationType::Query,
        OperationType::Mutation,
        OperationType::Subscription,
    ] {
        if let Some(root) = supergraph.root_type(operation)
            && (operation == OperationType::Query || subgraph.types.contains_key(root))
        {
            // Writing to a string cannot fail.
            let _ = write!(roots, " {}: {root}", operation.name());
        }
    }
    let _ = writeln!(text, "schema {{{roots} }} scalar _Any");
    let entities: Vec<&str> = subgraph
        .types
        .values()
        .filter(|ty| ty.kind == SubgraphTypeKind::Object && !ty.keys.is_empty())
        .map(|ty| ty.name.as_str())
        .collect();
    if !entities.is_empty() {
        let _ = writeln!(text, "union _Entity = {}", entities.join(" | "));
        let _ = writeln!(
            text,
            "extend type {query} {{ _entities(representations: [_Any!]!): [_Entity]! }}"
        );
    }
    if !subgraph.types.contains_key(query) {
        let _ = writeln!(text, "type {query} {{ _service: String }}");
    }
    subgraph
        .types
        .values()
        .for_each(|ty| write_type(&mut text, ty));
    text
}

fn write_type(text: &mut String, ty: &SubgraphType) {
    let name = &ty.name;
    let is_built_in = ["Int", "Float", "String", "Boolean", "ID"].contains(&name.as_str());
    let _ = match ty.kind {
        SubgraphTypeKind::Scalar if is_built_in => Ok(()),
        SubgraphTypeKind::Scalar => writeln!(text, "scalar {name}"),
        SubgraphTypeKind::Object => write_composite(text, "type", ty),
        SubgraphTypeKind::Interface => write_composite(text, "interface", ty),
        SubgraphTypeKind::Union if ty.possible_types.is_empty() => writeln!(text, "union {name}"),
        SubgraphTypeKind::Union => {
            writeln!(text, "union {name} = {}", joined(&ty.possible_types, " | "))
        }
        SubgraphTypeKind::Enum => {
            writeln!(text, "enum {name} {{ {} }}", joined(&ty.enum_values, " "))
        }
        SubgraphTypeKind::InputObject => {
            let fields = ty
                .input_fields
                .iter()
                .map(|(name, ty)| format!("{name}: {ty}"));
            writeln!(
                text,
                "input {name} {{ {} }}",
                fields.collect::<Vec<_>>().join(" ")
            )
        }
    };
}

fn write_composite(text: &mut String, keyword: &str, ty: &SubgraphType) -> std::fmt::Result {
    write!(text, "{keyword} {}", ty.name)?;
    if !ty.implements.is_empty() {
        write!(text, " implements {}", joined(&ty.implements, " & "))?;
    }
    text.push_str(" { ");
    for field in ty.fields.values() {
        text.push_str(&field.name);
        if !field.arguments.is_empty() {
            let arguments = field.arguments.iter().map(|(name, argument)| {
                let default = argument.default_value.as_ref();
                let default =
                    default.map_or_else(String::new, |value| format!(" = {}", value.serialize()));
                format!("{name}: {}{default}", argument.ty)
            });
            write!(text, "({})", arguments.collect::<Vec<_>>().join(", "))?;
        }
        write!(text, ": {} ", field.ty)?;
    }
    writeln!(text, "}}")
}

fn joined<'n>(
    names: impl IntoIterator<Item = &'n apollo_compiler::Name>,
    separator: &str,
) -> String {
    let names: Vec<&str> = names.into_iter().map(|name| name.as_str()).collect();
    names.join(separator)
}
