//! Can a literal be the value of an argument?

use apollo_compiler::ast::{Type, Value};

use crate::ingest::subgraph::{Subgraph, TypeKind};

/// Whether `value` can be coerced to `ty`; values of custom scalars always can.
pub(super) fn is_valid_value(subgraph: &Subgraph, value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::Variable(_), _) => false,
        (Value::Null, _) => !ty.is_non_null(),
        (_, Type::List(inner) | Type::NonNullList(inner)) => match value {
            Value::List(elements) => elements
                .iter()
                .all(|element| is_valid_value(subgraph, element, inner)),
            _ => is_valid_value(subgraph, value, inner),
        },
        (_, Type::Named(name) | Type::NonNullNamed(name)) => is_valid_named(subgraph, value, name),
    }
}

fn is_valid_named(subgraph: &Subgraph, value: &Value, name: &str) -> bool {
    match name {
        "Int" => value.to_i32().is_some(),
        "Float" => matches!(value, Value::Int(_) | Value::Float(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => matches!(value, Value::String(_) | Value::Int(_)),
        _ => is_valid_declared(subgraph, value, name),
    }
}

fn is_valid_declared(subgraph: &Subgraph, value: &Value, name: &str) -> bool {
    let Some(definition) = subgraph.types.get(name) else {
        return true;
    };
    match (definition.kind, value) {
        (TypeKind::Enum, Value::Enum(written)) => definition.values.contains_key(written),
        (TypeKind::InputObject, Value::Object(entries)) => {
            let known = entries.iter().all(|(key, value)| {
                definition
                    .input_fields
                    .get(key)
                    .is_some_and(|field| is_valid_value(subgraph, value, &field.ty))
            });
            known
                && definition.input_fields.values().all(|field| {
                    let given = entries.iter().any(|(key, _)| *key == field.name);
                    given || !field.ty.is_non_null() || field.default_value.is_some()
                })
        }
        (TypeKind::Enum | TypeKind::InputObject, _) => false,
        _ => true,
    }
}
