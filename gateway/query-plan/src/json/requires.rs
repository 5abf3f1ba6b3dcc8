//! What an entity call copies into its representations, as selections.

use crate::{EntityCall, RepresentationItem};
use serde_json::{Value, json};

/// One inline fragment for each representation.
pub(super) fn of_call(call: &EntityCall) -> Value {
    let fragments = call.representations.iter().map(|representation| {
        let mut selections = vec![json!({"kind": "Field", "name": "__typename"})];
        selections.extend(items(&representation.items));
        fragment(representation.type_condition.as_str(), selections)
    });
    Value::Array(fragments.collect())
}

fn items(items_of: &[RepresentationItem]) -> Vec<Value> {
    items_of
        .iter()
        .map(|item| match item {
            RepresentationItem::Field(field) if field.items.is_empty() => {
                json!({"kind": "Field", "name": field.stored_as.as_str()})
            }
            RepresentationItem::Field(field) => {
                json!({"kind": "Field", "name": field.stored_as.as_str(), "selections": items(&field.items)})
            }
            RepresentationItem::Fragment { type_condition, items: below } => {
                fragment(type_condition.as_str(), items(below))
            }
        })
        .collect()
}

fn fragment(type_condition: &str, selections: Vec<Value>) -> Value {
    json!({"kind": "InlineFragment", "typeCondition": type_condition, "selections": selections})
}
