//! The operation that takes a client to a failure, as text that can be sent.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, OperationType, Type};
use apollo_compiler::schema::ExtendedType;
use std::fmt::Write;
use weft_supergraph::query_graph::{FieldId, QueryGraph, TypeId};

use super::walk::State;

/// The operation that selects `field` at the end of the path to `state`, on one line.
pub(super) fn operation(
    graph: &QueryGraph,
    api_schema: &Schema,
    states: &[State],
    state: usize,
    field: FieldId,
) -> String {
    let mut steps = vec![(states[state].type_id, field, None)];
    let mut here = state;
    while let Some((before, field, condition)) = states[here].came_by {
        steps.push((states[before].type_id, field, condition));
        here = before;
    }
    let root = graph
        .type_info(states[here].type_id)
        .root
        .unwrap_or(OperationType::Query);
    let mut text = match root {
        OperationType::Query => String::new(),
        other => format!("{} ", other.name()),
    };
    let mut braces = 0;
    for (type_id, field, condition) in steps.into_iter().rev() {
        write_step(graph, api_schema, type_id, field, &mut text);
        braces += 1;
        if let Some(condition) = condition {
            _ = write!(text, " {{ ... on {}", graph.type_info(condition).name);
            braces += 1;
        }
    }
    let below = graph.type_info(states[state].type_id).fields.get(&field);
    if below.is_some_and(|below| below.target.is_some()) {
        text.push_str(" { __typename }");
    }
    text + &" }".repeat(braces)
}

fn write_step(graph: &QueryGraph, schema: &Schema, on: TypeId, field: FieldId, text: &mut String) {
    let name = graph.field_name(field);
    let start = if text.is_empty() || text.ends_with(' ') {
        "{ "
    } else {
        " { "
    };
    _ = write!(text, "{start}{name}");
    if let Ok(definition) = schema.type_field(&graph.type_info(on).name, name) {
        text.push_str(&required_arguments(schema, definition));
    }
}

/// Arguments that must be given, with sample values.
fn required_arguments(schema: &Schema, field: &FieldDefinition) -> String {
    let required = field
        .arguments
        .iter()
        .filter(|argument| argument.is_required());
    let samples: Vec<String> = required
        .map(|argument| format!("{}: {}", argument.name, sample(schema, &argument.ty, 0)))
        .collect();
    if samples.is_empty() {
        String::new()
    } else {
        format!("({})", samples.join(", "))
    }
}

/// A value that the type accepts.
fn sample(schema: &Schema, ty: &Type, depth: usize) -> String {
    if ty.is_list() {
        return "[]".to_owned();
    }
    match (
        ty.inner_named_type().as_str(),
        schema.types.get(ty.inner_named_type()),
    ) {
        ("Int" | "Float", _) => "1".to_owned(),
        ("Boolean", _) => "true".to_owned(),
        (_, Some(ExtendedType::Enum(enum_))) => enum_
            .values
            .keys()
            .next()
            .map_or_else(|| "null".to_owned(), ToString::to_string),
        (_, Some(ExtendedType::InputObject(input))) if depth < 4 => {
            let required = input.fields.values().filter(|field| field.is_required());
            let fields: Vec<String> = required
                .map(|field| format!("{}: {}", field.name, sample(schema, &field.ty, depth + 1)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        _ => "\"1\"".to_owned(),
    }
}
