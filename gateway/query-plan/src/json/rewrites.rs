//! Keys that differ between the merged response and a request, as rewrites: innermost first, so that each path
//! holds when its turn comes.

use crate::{EntityCall, FetchSelection, FetchSelectionSet, RepresentationItem};
use serde_json::{Value, json};

/// Renames in the answer of a subgraph.
pub(super) fn of_answer(selection: &FetchSelectionSet) -> Vec<Value> {
    let mut rewrites = Vec::new();
    answer(selection, &mut Vec::new(), &mut rewrites);
    rewrites
}

fn answer(selection: &FetchSelectionSet, path: &mut Vec<String>, rewrites: &mut Vec<Value>) {
    for item in &selection.items {
        match item {
            FetchSelection::Field(field) => {
                path.push(field.response_key.to_string());
                answer(&field.selection, path, rewrites);
                if field.response_key != field.stored_as {
                    push(rewrites, renamed(path, field.stored_as.as_str()));
                }
                path.pop();
            }
            FetchSelection::Fragment(fragment) => answer(&fragment.selection, path, rewrites),
        }
    }
}

/// Renames and type names in the representations of a call.
pub(super) fn of_representations(call: &EntityCall) -> Vec<Value> {
    let mut rewrites = Vec::new();
    for representation in &call.representations {
        let mut path = vec![format!("... on {}", representation.type_condition)];
        items(&representation.items, &mut path, &mut rewrites);
    }
    for representation in &call.representations {
        if let Some(typename) = &representation.typename {
            let path = [
                format!("... on {}", representation.type_condition),
                "__typename".to_owned(),
            ];
            push(
                &mut rewrites,
                json!({"kind": "ValueSetter", "path": path, "setValueTo": typename.as_str()}),
            );
        }
    }
    rewrites
}

/// How a call's context variables are filled: up from the entity, then down to the value.
pub(super) fn of_contexts(call: &EntityCall) -> Vec<Value> {
    let mut rewrites = Vec::new();
    let Some(target) = call.targets.first() else {
        return rewrites;
    };
    for context in &call.context_variables {
        for source in &context.sources {
            let mut path = vec!["..".to_owned(); source.fields_between(target)];
            path.push(format!("... on {}", source.type_condition));
            let variable = context.variable.as_str();
            values(&source.value, &mut path, variable, &mut rewrites);
        }
    }
    rewrites
}

fn values(
    items: &[RepresentationItem],
    path: &mut Vec<String>,
    variable: &str,
    rewrites: &mut Vec<Value>,
) {
    for item in items {
        let (segment, below) = match item {
            RepresentationItem::Field(field) => (field.stored_as.to_string(), &field.items),
            RepresentationItem::Fragment {
                type_condition,
                items,
            } => (format!("... on {type_condition}"), items),
        };
        path.push(segment);
        if below.is_empty() {
            push(rewrites, renamed(path, variable));
        }
        values(below, path, variable, rewrites);
        path.pop();
    }
}

fn items(items_of: &[RepresentationItem], path: &mut Vec<String>, rewrites: &mut Vec<Value>) {
    for item in items_of {
        match item {
            RepresentationItem::Field(field) => {
                path.push(field.stored_as.to_string());
                items(&field.items, path, rewrites);
                if field.stored_as != field.name {
                    push(rewrites, renamed(path, field.name.as_str()));
                }
                path.pop();
            }
            RepresentationItem::Fragment { items: below, .. } => items(below, path, rewrites),
        }
    }
}

fn renamed(path: &[String], to: &str) -> Value {
    json!({"kind": "KeyRenamer", "path": path, "renameKeyTo": to})
}

fn push(rewrites: &mut Vec<Value>, rewrite: Value) {
    if !rewrites.contains(&rewrite) {
        rewrites.push(rewrite);
    }
}
