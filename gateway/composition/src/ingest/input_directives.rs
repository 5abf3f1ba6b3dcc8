//! What directives of GraphQL itself ask of arguments and input fields: what is required cannot be deprecated, and the
//! fields of a `@oneOf` input object are all optional.
//! <https://spec.graphql.org/draft/#sec--deprecated>, <https://spec.graphql.org/draft/#sec--oneOf>

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;
use weft_diagnostic::Diagnostic;

use crate::codes::INVALID_GRAPHQL;
use crate::ingest::default_values::for_each_input;
use crate::ingest::subgraph::{Application, Directives, InputValue, Subgraph};

/// Required inputs that are deprecated, and inputs of a `@oneOf` object that are required or have a default.
pub(super) fn check_input_directives(subgraph: &Subgraph) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for_each_input(subgraph, |(type_name, field, _), coordinate, input| {
        let owner = subgraph.types.get(&type_name).filter(|_| field.is_none());
        let one_of = owner.and_then(|owner| named("oneOf", owner.directives()));
        errors.extend(deprecated_requirement(subgraph, &coordinate, input));
        errors.extend(one_of.and_then(|one_of| no_choice(subgraph, one_of, &coordinate, input)));
    });
    errors
}

fn named<'a>(name: &str, directives: &'a [Application]) -> Option<&'a Node<Directive>> {
    let mut nodes = directives.iter().map(|application| &application.node);
    nodes.find(|node| node.name == name)
}

fn deprecated_requirement(
    subgraph: &Subgraph,
    coordinate: &str,
    input: &InputValue,
) -> Option<Diagnostic> {
    let deprecated = named("deprecated", input.directives())?;
    let is_required = input.ty.is_non_null() && input.default_value.is_none();
    is_required.then(|| {
        let message = format!("`{coordinate}` is required, so it cannot be deprecated");
        Diagnostic::error(INVALID_GRAPHQL, message)
            .with_label(subgraph.label(&input.name, "required"))
            .with_label(subgraph.node_label(deprecated, "deprecated"))
            .with_coordinate(coordinate)
            .with_help("make its type nullable or give it a default first")
    })
}

fn no_choice(
    subgraph: &Subgraph,
    one_of: &Node<Directive>,
    coordinate: &str,
    input: &InputValue,
) -> Option<Diagnostic> {
    let (problem, help) = match &input.default_value {
        Some(_) => ("has a default", "remove the default"),
        None if input.ty.is_non_null() => ("is required", "make its type nullable"),
        None => return None,
    };
    let message =
        format!("`{coordinate}` {problem}, and clients give one field of a `@oneOf` input");
    Some(
        Diagnostic::error(INVALID_GRAPHQL, message)
            .with_label(subgraph.label(&input.name, problem))
            .with_label(subgraph.node_label(one_of, "exactly one field is given"))
            .with_coordinate(coordinate)
            .with_help(help),
    )
}
