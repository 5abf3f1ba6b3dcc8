//! Default values must be values of their type; those that only look different are brought to one form.

use apollo_compiler::ast::{IntValue, Type, Value};
use apollo_compiler::{Name, Node};
use indexmap::IndexMap;
use weft_diagnostic::Diagnostic;

use crate::codes::INVALID_GRAPHQL;
use crate::ingest::subgraph::{InputValue, Subgraph, TypeDefinition, TypeKind};

/// Checks every default, and writes it as its type wants it (an enum's value without quotes, an integer without dot).
pub(super) fn coerce_default_values(subgraph: &mut Subgraph) -> Vec<Diagnostic> {
    let types = types_of(subgraph);
    let mut errors = Vec::new();
    let mut coerced: Vec<(Place, Node<Value>)> = Vec::new();
    for_each_input(subgraph, |place, coordinate, input| {
        let Some(default) = &input.default_value else {
            return;
        };
        match coerce(default, &input.ty, &types) {
            Some(value) if value != *default => coerced.push((place, value)),
            Some(_) => {}
            None => {
                let message = format!(
                    "the default `{default}` of `{coordinate}` is no value of type `{}`",
                    input.ty
                );
                errors.push(
                    Diagnostic::error(INVALID_GRAPHQL, message)
                        .with_label(subgraph.node_label(default, "this default"))
                        .with_coordinate(coordinate)
                        .with_help(format!("give a value of type `{}`", input.ty)),
                );
            }
        }
    });
    for (place, value) in coerced {
        if let Some(input) = input_at(subgraph, &place) {
            input.default_value = Some(value);
        }
    }
    errors
}

/// Where an argument or input field is: type, field (of objects), name.
pub(super) type Place = (Name, Option<Name>, Name);

/// Visits every argument and input field, with its coordinate.
pub(super) fn for_each_input(
    subgraph: &Subgraph,
    mut visit: impl FnMut(Place, String, &InputValue),
) {
    for definition in subgraph.types.values() {
        let type_name = &definition.name;
        for input in definition.input_fields.values() {
            let place = (type_name.clone(), None, input.name.clone());
            visit(place, format!("{type_name}.{}", input.name), input);
        }
        for field in definition.fields.values() {
            for argument in field.arguments.values() {
                let place = (
                    type_name.clone(),
                    Some(field.name.clone()),
                    argument.name.clone(),
                );
                let coordinate = format!("{type_name}.{}({}:)", field.name, argument.name);
                visit(place, coordinate, argument);
            }
        }
    }
}

fn input_at<'a>(subgraph: &'a mut Subgraph, place: &Place) -> Option<&'a mut InputValue> {
    let (type_name, field, name) = place;
    let definition = subgraph.types.get_mut(type_name)?;
    match field {
        Some(field) => definition.fields.get_mut(field)?.arguments.get_mut(name),
        None => definition.input_fields.get_mut(name),
    }
}

/// The types that a default can be of.
fn types_of(subgraph: &Subgraph) -> IndexMap<Name, TypeDefinition> {
    let relevant = |definition: &&TypeDefinition| {
        matches!(definition.kind, TypeKind::Enum | TypeKind::InputObject)
    };
    subgraph
        .types
        .values()
        .filter(relevant)
        .map(|definition| (definition.name.clone(), definition.clone()))
        .collect()
}

/// The value as the type wants it; `None` when it is no value of the type.
fn coerce(
    value: &Node<Value>,
    ty: &Type,
    types: &IndexMap<Name, TypeDefinition>,
) -> Option<Node<Value>> {
    if matches!(value.as_ref(), Value::Null) {
        return (!ty.is_non_null()).then(|| value.clone());
    }
    match ty {
        Type::List(inner) | Type::NonNullList(inner) => match value.as_ref() {
            Value::List(elements) => {
                let coerced: Option<Vec<_>> = elements
                    .iter()
                    .map(|element| coerce(element, inner, types))
                    .collect();
                Some(value.same_location(Value::List(coerced?)))
            }
            _ => coerce(value, inner, types),
        },
        Type::Named(name) | Type::NonNullNamed(name) => match types.get(name) {
            Some(definition) if definition.kind == TypeKind::Enum => coerce_enum(value, definition),
            Some(definition) => coerce_object(value, definition, types),
            None => coerce_scalar(value, name),
        },
    }
}

fn coerce_enum(value: &Node<Value>, definition: &TypeDefinition) -> Option<Node<Value>> {
    let name = match value.as_ref() {
        Value::Enum(name) => name.as_str(),
        Value::String(text) => text.as_str(),
        _ => return None,
    };
    let (known, _) = definition.values.get_key_value(name)?;
    Some(value.same_location(Value::Enum(known.clone())))
}

fn coerce_object(
    value: &Node<Value>,
    definition: &TypeDefinition,
    types: &IndexMap<Name, TypeDefinition>,
) -> Option<Node<Value>> {
    let entries: Option<Vec<_>> = value
        .as_object()?
        .iter()
        .map(|(name, entry)| {
            let field = definition.input_fields.get(name)?;
            Some((name.clone(), coerce(entry, &field.ty, types)?))
        })
        .collect();
    Some(value.same_location(Value::Object(entries?)))
}

fn coerce_scalar(value: &Node<Value>, name: &str) -> Option<Node<Value>> {
    let fits = match (name, value.as_ref()) {
        ("Int", Value::Int(number)) => number.try_to_i32().is_ok(),
        ("Int", Value::Float(number)) => {
            let number = number.try_to_f64().ok()?;
            let is_integer = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
            let integer = format!("{number:.0}");
            return is_integer
                .then(|| value.same_location(Value::Int(IntValue::new_parsed(&integer))));
        }
        ("ID", Value::String(text)) => {
            let is_integer = text
                .parse::<i32>()
                .is_ok_and(|number| number.to_string() == *text);
            return Some(match is_integer {
                true => value.same_location(Value::Int(IntValue::new_parsed(text))),
                false => value.clone(),
            });
        }
        ("Float", Value::Int(_) | Value::Float(_))
        | ("String", Value::String(_))
        | ("Boolean", Value::Boolean(_))
        | ("ID", Value::Int(_)) => true,
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        _ => true,
    };
    fits.then(|| value.clone())
}
