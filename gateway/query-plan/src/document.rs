//! A fetch in, the text that is sent to its subgraph out, without insignificant white space.

use crate::{
    Conjunction, EntityCall, FetchField, FetchFragment, FetchKind, FetchSelection,
    FetchSelectionSet, FetchVariable,
};
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use std::fmt::Write;

/// The document of a request.
pub fn document_of(
    kind: &FetchKind,
    operation_name: Option<&Name>,
    variables: &[FetchVariable],
) -> String {
    let mut text = String::new();
    let (operation_type, calls) = match kind {
        FetchKind::Root { operation_type, .. } => (*operation_type, [].as_slice()),
        FetchKind::Entities(calls) => (OperationType::Query, calls.as_slice()),
    };
    write_head(&mut text, operation_type, operation_name, calls, variables);
    text.push('{');
    match kind {
        FetchKind::Root { selection, .. } => write_selections(&mut text, selection),
        FetchKind::Entities(calls) => write_calls(&mut text, calls),
    }
    text.push('}');
    text
}

/// The text of a selection set, with its braces.
pub fn selection_text(selection: &FetchSelectionSet) -> String {
    let mut text = String::from("{");
    write_selections(&mut text, selection);
    text.push('}');
    text
}

fn write_head(
    text: &mut String,
    operation_type: OperationType,
    operation_name: Option<&Name>,
    calls: &[EntityCall],
    variables: &[FetchVariable],
) {
    let mut declared: Vec<String> = calls.iter().map(call_declarations).collect();
    declared.extend(variables.iter().map(variable_declaration));
    let is_short =
        operation_type == OperationType::Query && operation_name.is_none() && declared.is_empty();
    if !is_short {
        text.push_str(operation_type.name());
    }
    if let Some(name) = operation_name {
        text.push(' ');
        text.push_str(name);
    }
    if !declared.is_empty() {
        text.push('(');
        text.push_str(&declared.join(","));
        text.push(')');
    }
}

/// The declarations of a call's own variables, with commas between them.
pub fn call_declarations(call: &EntityCall) -> String {
    let mut text = format!("${}:[_Any!]!", call.representations_variable);
    for context in &call.context_variables {
        text.push_str(&format!(",${}:{}", context.variable, context.ty));
    }
    text
}

/// A call as a field of a request.
pub fn call_text(call: &EntityCall) -> String {
    let mut text = String::new();
    write_calls(&mut text, std::slice::from_ref(call));
    text
}

/// The declaration of one of the client's variables.
pub fn variable_declaration(variable: &FetchVariable) -> String {
    let mut text = format!("${}:{}", variable.name, variable.ty);
    if let Some(default) = &variable.default_value {
        text.push('=');
        text.push_str(&default.serialize().no_indent().to_string());
    }
    text
}

fn write_calls(text: &mut String, calls: &[EntityCall]) {
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        if call.response_key != "_entities" {
            text.push_str(&call.response_key);
            text.push(':');
        }
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "_entities(representations:${}){{",
            call.representations_variable
        );
        write_selections(text, &call.selection);
        text.push('}');
    }
}

fn write_selections(text: &mut String, selection: &FetchSelectionSet) {
    for (index, item) in selection.items.iter().enumerate() {
        if index > 0 && !text.ends_with('}') {
            text.push(' ');
        }
        match item {
            FetchSelection::Field(field) => write_field(text, field),
            FetchSelection::Fragment(fragment) => write_fragment(text, fragment),
        }
    }
}

fn write_field(text: &mut String, field: &FetchField) {
    if field.response_key != field.name {
        text.push_str(&field.response_key);
        text.push(':');
    }
    text.push_str(&field.name);
    if !field.arguments.is_empty() {
        let arguments: Vec<String> = field
            .arguments
            .iter()
            .map(|argument| {
                format!(
                    "{}:{}",
                    argument.name,
                    argument.value.serialize().no_indent()
                )
            })
            .collect();
        text.push('(');
        text.push_str(&arguments.join(","));
        text.push(')');
    }
    write_conditions(text, &field.conditions);
    if !field.selection.items.is_empty() {
        text.push('{');
        write_selections(text, &field.selection);
        text.push('}');
    }
}

fn write_fragment(text: &mut String, fragment: &FetchFragment) {
    text.push_str("...");
    if let Some(type_condition) = &fragment.type_condition {
        text.push_str(" on ");
        text.push_str(type_condition);
    }
    write_conditions(text, &fragment.conditions);
    text.push('{');
    write_selections(text, &fragment.selection);
    text.push('}');
}

/// A field may carry one `@skip` and one `@include`; further conditions would need fragments around it.
fn write_conditions(text: &mut String, conditions: &Conjunction) {
    for condition in &conditions.0 {
        let directive = if condition.value { "@include" } else { "@skip" };
        let _ = write!(text, " {directive}(if:${})", condition.variable);
    }
}
