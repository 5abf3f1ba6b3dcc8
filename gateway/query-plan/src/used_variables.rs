//! Which variables a selection uses, in arguments and in conditions.

use crate::{FetchField, FetchSelection, FetchSelectionSet};
use apollo_compiler::ast::Value;
use apollo_compiler::{Name, Node};
use std::collections::BTreeSet;

impl FetchSelectionSet {
    /// All variables that are used at any depth.
    pub fn used_variables(&self) -> BTreeSet<Name> {
        let mut used = BTreeSet::new();
        of_selection(self, &mut used);
        used
    }
}

fn of_selection(selection: &FetchSelectionSet, used: &mut BTreeSet<Name>) {
    for item in &selection.items {
        match item {
            FetchSelection::Field(field) => of_field(field, used),
            FetchSelection::Fragment(fragment) => {
                let conditions = fragment.conditions.0.iter();
                used.extend(conditions.map(|condition| condition.variable.clone()));
                of_selection(&fragment.selection, used);
            }
        }
    }
}

fn of_field(field: &FetchField, used: &mut BTreeSet<Name>) {
    let conditions = field.conditions.0.iter();
    used.extend(conditions.map(|condition| condition.variable.clone()));
    for argument in &field.arguments {
        of_value(&argument.value, used);
    }
    of_selection(&field.selection, used);
}

fn of_value(value: &Node<Value>, used: &mut BTreeSet<Name>) {
    match value.as_ref() {
        Value::Variable(name) => {
            used.insert(name.clone());
        }
        Value::List(items) => items.iter().for_each(|item| of_value(item, used)),
        Value::Object(fields) => fields.iter().for_each(|(_, item)| of_value(item, used)),
        _ => {}
    }
}
